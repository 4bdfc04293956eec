package dataset

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"fabricportal/internal/atomicfile"
	"fabricportal/internal/format"
	"fabricportal/internal/plaintext"
	"fabricportal/internal/services/fabric/artifacts"
)

// keepRuns is how many runs' rows are kept on this computer.
const keepRuns = 3

const parquetEnding = ".parquet"

// Store keeps the rows of the runs that were looked at last in a folder of this computer, one file a run under its id:
// what a run wrote never changes.
type Store struct {
	dir   string
	files artifacts.Opener
	small int64 // smallFile
}

// NewStore keeps rows in a folder, which is made with the first of them, and fetches them from the lakehouse.
func NewStore(dir string, files artifacts.Opener) *Store { return &Store{dir, files, smallFile} }

// How says what is done with rows that were open when a program ended unexpectedly: perhaps because of them.
type How int

// The ways.
const (
	Ask    How = iota // *DiedError
	Anyway            // they are opened
	Anew              // they are fetched anew
)

// DiedError says that the kept rows of a run were open when the program, or another one on this computer, ended unexpectedly.
type DiedError struct{ Run uuid.UUID }

func (e *DiedError) Error() string {
	return e.Say(format.English)
}

// Say is part of format.Sayer.
func (e *DiedError) Say(w format.Writer) string {
	return w.T("the rows of this run were open when the program ended unexpectedly last time: open them again, or fetch them anew")
}

// Open opens the rows of the published run, after it has fetched them where they are not kept yet. run is the id that the
// published documents name; nil where they name none. progress is in bytes and may be nil. Close the table. Errors: those
// of artifacts.Save, *FileError, *DiedError, the context's, or a sentence.
func (s *Store) Open(ctx context.Context, run *string, how How, progress func(done, total int64)) (*Table, error) {
	id, err := published(run)
	if err != nil {
		return nil, err
	}
	if s.dir == "" {
		return nil, format.Say("the rows can't be kept: this user has no folder for this computer's notes; name one as state_dir in portal.toml, or in the environment as PORTAL_STATE_DIR")
	}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return nil, format.Say("the rows can't be kept in {{.Folder}} ({{.Why}}): name another folder as state_dir in portal.toml, or in the environment as PORTAL_STATE_DIR", "Folder", s.dir, "Why", err)
	}
	if t, err := s.openKept(ctx, id, how); t != nil || err != nil {
		return t, err
	}
	local := s.local(id)
	_, err = artifacts.ReadPublished(ctx, s.files, func(p *artifacts.Published) (struct{}, error) {
		return struct{}{}, s.fetch(ctx, p, id, local, progress)
	})
	if err != nil {
		return nil, err
	}
	s.dropOld()
	return openMarked(ctx, local)
}

// published is the id of a published run.
func published(run *string) (uuid.UUID, error) {
	if run == nil {
		return uuid.Nil, format.Say("the published files do not say which run they are of, so its rows can't be fetched: run the pipeline once more")
	}
	id, err := uuid.Parse(*run)
	if err != nil {
		err = format.Say("the published files name “{{.Run}}” as their run, which is no run's id: run the pipeline once more", "Run", plaintext.Line(*run, 60))
	}
	return id, err
}

func (s *Store) local(id uuid.UUID) string { return filepath.Join(s.dir, id.String()+parquetEnding) }

// openKept opens rows that are kept here; nil where there are none, or none any more.
func (s *Store) openKept(ctx context.Context, id uuid.UUID, how How) (*Table, error) {
	local := s.local(id)
	if died(local) {
		switch how {
		case Ask:
			return nil, &DiedError{id}
		case Anew:
			os.RemoveAll(local)
		case Anyway:
		}
	}
	if !there(local) {
		return nil, nil
	}
	t, err := openMarked(ctx, local)
	if _, ok := errors.AsType[*FileError](err); ok {
		os.RemoveAll(local) // it was cut off, and is fetched anew
		return nil, nil
	}
	touch(local)
	return t, err
}

// Has tells whether the rows of the published run are on this computer, so that Open fetches nothing.
func (s *Store) Has(run *string) bool {
	if run == nil || s.dir == "" {
		return false
	}
	id, err := uuid.Parse(*run)
	return err == nil && there(s.local(id))
}

func there(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// fetch saves the rows of a run: as the manifest says where it names the run, else from the run's own folder, which never changes. In a
// lakehouse without a manifest current/ has them, too, though it may be replaced while it is read.
func (s *Store) fetch(ctx context.Context, p *artifacts.Published, id uuid.UUID, local string, progress func(done, total int64)) error {
	ctx = atomicfile.Configured(ctx) // among this computer's notes; nobody saves them for themselves
	published := p.Manifest != nil && p.Manifest.Home() == id.String()
	parts, err := p.Parts(artifacts.ParquetFile)
	if !published {
		parts, err = artifacts.PartsOfRun(ctx, s.files, id, artifacts.ParquetFile)
	}
	switch {
	case err != nil:
		return err
	case parts != nil:
		return s.fetchParts(ctx, parts, local, progress)
	case published:
		_, err = p.Save(ctx, artifacts.ParquetFile, local, progress)
		return err
	}
	_, err = artifacts.Save(ctx, s.files, artifacts.RunsFolder+"/"+id.String()+"/"+artifacts.ParquetFile, local, progress)
	if _, ok := errors.AsType[*artifacts.NotFoundError](err); ok && p.Manifest == nil {
		_, err = artifacts.Save(ctx, s.files, artifacts.CurrentFolder+"/"+artifacts.ParquetFile, local, progress)
	}
	return err
}

// fetchingEnding is that of a folder whose parts are not all there yet. They stay where the fetching ends before: the next try goes on.
const fetchingEnding = ".fetching"

// fetchParts saves rows that are a folder of parts. The folder gets its name when all are there.
func (s *Store) fetchParts(ctx context.Context, p *artifacts.Parts, local string, progress func(done, total int64)) error {
	work := local + fetchingEnding
	if err := os.MkdirAll(work, 0o700); err != nil {
		return err
	}
	if err := p.Save(ctx, s.files, work, func(place int, _ string) string { return keptPart(place, len(p.List)) }, progress); err != nil {
		return err
	}
	err := atomicfile.NameFolder(work, local)
	if info, there := os.Stat(local); err != nil && there == nil && info.IsDir() {
		os.RemoveAll(work)
		return nil // another window was faster
	}
	return err
}

// touch notes that a kept file was used.
func touch(path string) {
	now := time.Now()
	_ = os.Chtimes(path, now, now) // only decides which file goes first
}

// dropOld removes what was not used for longest. A file that is open stays where the system does not let it go.
func (s *Store) dropOld() {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return
	}
	type kept struct {
		path string
		used time.Time
	}
	var files []kept
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && (strings.HasSuffix(e.Name(), parquetEnding) || strings.HasSuffix(e.Name(), fetchingEnding)) {
			files = append(files, kept{filepath.Join(s.dir, e.Name()), info.ModTime()})
		}
	}
	slices.SortFunc(files, func(a, b kept) int { return b.used.Compare(a.used) })
	for _, f := range files[min(keepRuns, len(files)):] {
		os.RemoveAll(f.path)
		os.Remove(f.path + markEnding)
	}
}
