package artifacts

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/minio/crc64nvme"

	"fabricportal/internal/panics"
	"fabricportal/internal/services/fabric/troubles"
)

// pieceSize is how many bytes one append carries: OneLake counts in units of 4 MB. Tests make do with less.
var pieceSize int64 = 4 << 20

const (
	mostPieces = 50_000 // that a file may have (docs/fabric.md §5.3)
	mostGrown  = 8      // times pieceSize that a piece may have: what one append may carry is known up to 100 MB only
)

// pieceOf is how many bytes a piece has of a file of that size, which decides it alone: a later upload goes on with the same pieces. false for a
// file that can't be sent.
func pieceOf(size int64) (int64, bool) {
	piece := pieceSize
	for (size-1)/piece >= mostPieces && piece < mostGrown*pieceSize {
		piece *= 2
	}
	return piece, (size-1)/piece < mostPieces
}

const (
	senders    = 8               // pieces that are on their way at a time, each over a connection of its own, and the buffers that they take
	flushEvery = 16              // pieces, after which what has arrived is made to last
	flushAfter = time.Minute     // the same on a slow network, so that others see that somebody is at it
	endingTime = 5 * time.Second // for making the last pieces last when an upload is left
)

// errNotThere says that under the staging name stands something else than what was sent: it is begun anew.
var errNotThere = errors.New("what stands under the staging name is not what was sent")

// errFault ends the others where one of the workers has met a fault of this program; who waits for them raises that again.
var errFault = errors.New("a piece could not be sent for a fault of this program")

// sending is an upload under way. Its workers read the file in order, so that one pass hashes it, and put its pieces in any order.
type sending struct {
	lake    *OneLake
	name    string
	source  io.ReaderAt
	size    int64
	piece   int64 // bytes of each, of the last one fewer
	opts    UploadOptions
	count   int // pieces
	staging string
	staged  File // as it stood when this upload went on from it

	mu        sync.Mutex
	hash      hash.Hash
	read      int      // pieces, from the first on
	sums      []uint64 // by place
	prefix    []string // SHA-256 of the file up to the end of a piece
	checked   []bool   // the service has compared the piece with its check sum, or it was read back
	there     []bool
	held      int    // pieces that an earlier upload has made to last
	trusted   bool   // and they are as it left them
	heldHash  string // of those, as noted
	done      int64  // bytes
	whole     int    // pieces from the first on without a gap
	flushed   int    // of those, the ones that last
	etag      string // of the staging file then
	flushedAt time.Time
	flushing  bool
	inOne     bool // the service does not take a flush in the middle
}

func (s *sending) at(place int) int64     { return int64(place) * s.piece }
func (s *sending) length(place int) int64 { return min(s.piece, s.size-s.at(place)) }
func (s *sending) end(pieces int) int64   { return min(s.at(pieces), s.size) }

// open goes on from what an earlier upload has staged, or begins anew.
func (s *sending) open(ctx context.Context) error {
	s.clear()
	if earlier, ok := s.earlier(); ok {
		if went, err := s.resume(ctx, earlier); went || err != nil {
			return err
		}
	}
	s.staging = stagingPath(s.name)
	s.note() // before it is there: what is begun is never forgotten
	return s.lake.begin(ctx, s.staging)
}

// clear is how an upload begins.
func (s *sending) clear() {
	s.count = int((s.size + s.piece - 1) / s.piece)
	s.hash, s.read, s.done, s.whole, s.flushed, s.held, s.etag = sha256.New(), 0, 0, 0, 0, 0, ""
	s.sums, s.prefix, s.checked, s.there = make([]uint64, s.count), make([]string, s.count), make([]bool, s.count), make([]bool, s.count)
	s.flushedAt, s.staging = time.Now(), ""
	s.trusted, s.heldHash = false, ""
}

// tell says how much has arrived; under the lock, so that the figures grow.
func (s *sending) tell() {
	if s.opts.Progress != nil && s.done > 0 {
		s.opts.Progress(s.done)
	}
}

// note keeps what lasts for a later upload. Under the lock, or before others work.
func (s *sending) note() {
	if s.opts.Journal == nil {
		return
	}
	n := Staged{Staging: s.staging, Arrived: s.end(s.flushed), ETag: s.etag, Piece: s.piece, Sums: append([]uint64(nil), s.sums[:s.flushed]...)}
	if s.flushed > 0 {
		n.SHA256 = s.prefix[s.flushed-1]
	}
	s.opts.Journal.Note(n)
}

// run sends what is missing.
func (s *sending) run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var workers panics.Group
	for range min(max(1, senders*pieceSize/s.piece), int64(s.count)) { // larger pieces take no more memory
		workers.Go(func() {
			err := errFault
			defer func() { // also where it panics: the others are not to send on
				if err != nil {
					cancel(err)
				}
			}()
			err = s.work(ctx)
		})
	}
	workers.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

func (s *sending) work(ctx context.Context) error {
	buffer := make([]byte, min(s.piece, s.size))
	for {
		place, err := s.next(ctx, buffer)
		if place < 0 || err != nil {
			return err
		}
		p, checked := buffer[:s.length(place)], true
		if place < s.held {
			err = s.compare(ctx, s.staged, place)
		} else {
			checked, err = s.put(ctx, place, p, s.sum(place))
		}
		if err != nil {
			return err
		}
		s.arrived(ctx, place, checked)
	}
}

// next reads the file up to the next piece that has to be sent or looked at, into p; -1 at its end.
func (s *sending) next(ctx context.Context, p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.read < s.count {
		if ctx.Err() != nil {
			return -1, context.Cause(ctx)
		}
		place := s.read
		piece := p[:s.length(place)]
		if n, err := s.source.ReadAt(piece, s.at(place)); n < len(piece) {
			return -1, &SourceError{Name: s.name, Err: err}
		}
		s.read++
		s.hash.Write(piece)
		sum := crc64nvme.Checksum(piece)
		s.prefix[place] = hex.EncodeToString(s.hash.Sum(nil))
		if place >= s.held || !s.trusted {
			s.sums[place] = sum
			return place, nil
		}
		if s.sums[place] != sum || place == s.held-1 && s.prefix[place] != s.heldHash {
			return -1, &SourceChangedError{Name: s.name, Begun: true}
		}
	}
	return -1, nil
}

func (s *sending) sum(place int) uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sums[place]
}

// put sends a piece, again and again while the network is away.
func (s *sending) put(ctx context.Context, place int, p []byte, sum uint64) (checked bool, err error) {
	for try := 1; ; try++ {
		checked, err = s.lake.put(ctx, s.staging, s.at(place), p, sum)
		if err == nil || !away(err) || try == rangeTries {
			return checked, err
		}
		select { // the network may come back
		case <-ctx.Done():
			return false, context.Cause(ctx)
		case <-time.After(2 * retryDelay << try):
		}
	}
}

// away tells whether a request got no answer, or one that says to come again.
func away(err error) bool {
	if _, ok := errors.AsType[*UnreachableError](err); !ok {
		return false
	}
	t, answered := errors.AsType[*troubles.Trouble](err)
	return !answered || t.Status >= 500 || t.Status == http.StatusTooManyRequests || t.Status == http.StatusRequestTimeout
}

// compare reads a piece back and compares it with what was read of the file here.
func (s *sending) compare(ctx context.Context, staged File, place int) error {
	back := make([]byte, s.length(place))
	if err := s.lake.ReadRange(ctx, staged, s.at(place), back); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if crc64nvme.Checksum(back) != s.sums[place] {
		return errNotThere
	}
	return nil
}

// arrived counts a piece, and makes those before it last when there are enough of them.
func (s *sending) arrived(ctx context.Context, place int, checked bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.there[place], s.checked[place] = true, checked
	s.done += s.length(place)
	for s.whole < s.count && s.there[s.whole] {
		s.whole++
	}
	s.tell()
	more := s.whole - s.flushed
	if s.opts.Journal == nil || s.inOne || s.flushing || s.whole == s.count || more < flushEvery && (more < 1 || time.Since(s.flushedAt) < flushAfter) {
		return
	}
	s.flushing = true
	s.last(ctx)
	s.flushing = false
}

// last makes what has arrived without a gap last, and keeps what came behind it for later. That it fails is found out at the end. Called
// under the lock, which it lets go of meanwhile.
func (s *sending) last(ctx context.Context) {
	pieces := s.whole
	s.mu.Unlock()
	etag, err := s.lake.flush(ctx, s.staging, s.end(pieces), true)
	s.mu.Lock()
	if err != nil {
		_, refused := errors.AsType[*troubles.Trouble](err)
		s.inOne = refused && !away(err)
		return
	}
	s.flushed, s.etag, s.flushedAt = pieces, etag, time.Now()
	s.note()
}

// complete makes all of it last, and looks at it and at the file here once more.
func (s *sending) complete(ctx context.Context) error {
	if s.size > 0 && s.flushed < s.count {
		etag, err := s.lake.flush(ctx, s.staging, s.size, false)
		if t, ok := errors.AsType[*troubles.Trouble](err); ok && t.Code == "InvalidFlushPosition" {
			return errNotThere // the service has lost some of it
		}
		if err != nil {
			return err
		}
		s.flushed, s.etag = s.count, etag
		s.note()
	}
	staged, err := s.lake.Stat(ctx, s.staging)
	if err != nil {
		return err
	}
	if staged.Size != s.size {
		return &IncompleteError{Name: s.name, Sent: s.size, Arrived: staged.Size}
	}
	for place, checked := range s.checked {
		if checked {
			continue
		}
		if err := s.compare(ctx, staged, place); err != nil {
			return err
		}
	}
	return s.unchanged()
}

// unchanged looks at the file here once more.
func (s *sending) unchanged() error {
	if n, err := s.source.ReadAt(make([]byte, 1), s.size); n > 0 || (err != nil && !errors.Is(err, io.EOF)) {
		return &SourceError{Name: s.name, Err: errors.New("the file grew")}
	}
	if s.opts.Check != nil {
		if err := s.opts.Check(hex.EncodeToString(s.hash.Sum(nil))); err != nil {
			return err
		}
	}
	return nil
}

// stage does all but give the file its name.
func (s *sending) stage(ctx context.Context) error {
	err := s.open(ctx)
	if err == nil {
		err = s.run(ctx)
	}
	if err == nil {
		err = s.complete(ctx)
	}
	return err
}

// leave keeps what is staged where another upload can go on from it, and takes it away where it is of no use or not wanted.
func (s *sending) leave(ctx context.Context, err error) error {
	_, source := errors.AsType[*SourceError](err)
	_, incomplete := errors.AsType[*IncompleteError](err)
	_, gone := errors.AsType[*NotFoundError](err)
	if keep := s.opts.Journal != nil && !source && !incomplete && !gone && !errors.Is(err, ErrAbandoned); keep && s.staging != "" {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.whole > s.flushed {
			short, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), endingTime, errCallTimeout)
			defer cancel()
			s.last(short)
		}
		if s.flushed > 0 || errors.Is(err, ErrPaused) {
			return &StagedError{Err: err, Arrived: s.end(s.flushed), Size: s.size}
		}
	}
	if s.staging == "" {
		return err
	}
	// Where it can't be taken away now, the next upload of this file goes on from it.
	if s.lake.discard(ctx, s.staging) == nil && s.opts.Journal != nil {
		s.opts.Journal.Drop()
	}
	return err
}
