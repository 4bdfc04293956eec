package artifacts

import (
	"context"
	"errors"
	"path"
)

// earlier is what was noted of an upload that this one can go on from.
func (s *sending) earlier() (Staged, bool) {
	if s.opts.Journal == nil {
		return Staged{}, false
	}
	e, ok := s.opts.Journal.Staged()
	base := path.Base(e.Staging)
	_, ours := stagedName(base)
	return e, ok && ours && e.Staging == ImportFolder+"/"+base && e.Piece == s.piece
}

// named tells whether an earlier upload has given its file the name, and did not live to hear of it.
func (s *sending) named(ctx context.Context) (File, bool, error) {
	earlier, ok := s.earlier()
	if !ok || earlier.Arrived != s.size {
		return File{}, false, nil
	}
	_, err := s.lake.Stat(ctx, earlier.Staging)
	if _, gone := errors.AsType[*NotFoundError](err); !gone {
		return File{}, false, err
	}
	file, err := s.lake.Stat(ctx, ImportFolder+"/"+s.name)
	if _, none := errors.AsType[*NotFoundError](err); none {
		return File{}, false, nil
	}
	if err != nil || file.Folder || file.Size != s.size { // another size is somebody else's
		return File{}, false, err
	}
	s.clear()
	s.staged, s.held, s.flushed = file, s.count, s.count
	if err = s.run(ctx); err == nil {
		err = s.unchanged()
	}
	if errors.Is(err, errNotThere) {
		return File{}, false, nil
	}
	if err == nil {
		s.opts.Journal.Drop()
	}
	return file, err == nil, err
}

// resume looks at what an earlier upload has staged. What its notes do not vouch for is read back.
func (s *sending) resume(ctx context.Context, earlier Staged) (went bool, err error) {
	there, err := s.lake.Stat(ctx, earlier.Staging)
	if _, gone := errors.AsType[*NotFoundError](err); gone {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if there.ETag == "" || there.Size > s.size || there.Size%s.piece != 0 && there.Size != s.size {
		return false, s.lake.discard(ctx, earlier.Staging)
	}
	s.staging, s.staged = earlier.Staging, there
	s.held = int((there.Size + s.piece - 1) / s.piece)
	s.trusted = there.Size == earlier.Arrived && there.ETag == earlier.ETag && len(earlier.Sums) == s.held
	s.flushed, s.etag = s.held, there.ETag
	if s.trusted {
		copy(s.sums, earlier.Sums)
		s.heldHash = earlier.SHA256
		s.whole, s.done = s.held, there.Size
		for i := range s.held {
			s.there[i], s.checked[i] = true, true
		}
		s.tell()
	}
	return true, nil
}
