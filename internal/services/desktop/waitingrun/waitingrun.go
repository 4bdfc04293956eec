// Package waitingrun keeps the request to run a file as soon as the lock is free. The request is kept in this
// program only and ends with it. When the lock is released, other desktops may take it first.
package waitingrun

import (
	"context"
	"errors"
	"sync"
	"time"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/lifecycle"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/runs/locking"
)

// Request is a run that waits for the lock.
type Request struct {
	InputFile string // a name in Files/import
	// ReadOptions says how the file is read, as for runs.Operator.Run.
	ReadOptions *contract.ReadOptions
	Since       time.Time
	File        artifacts.File // as it was when it was asked for
}

// Same tells whether a file is the one that was looked at: the lakehouse gives no hash, but every write changes the
// entity tag.
func Same(a, b artifacts.File) bool {
	return a.ETag == b.ETag && a.Size == b.Size && a.Modified.Equal(b.Modified)
}

// Outcome is how a request ended: with a run, or with an error whose sentence says why not.
type Outcome struct {
	Request Request
	Run     runs.Run
	Err     error
}

// ChangedError says that the file is not the one any more that was looked at when the request was made.
type ChangedError struct{ InputFile string }

func (e *ChangedError) Error() string { return e.Say(format.English) }

// Say is part of format.Sayer.
func (e *ChangedError) Say(w format.Writer) string {
	return w.T("{{.File}} was changed in the lakehouse while the run waited, so it was not started: look at the file again", "File", e.InputFile)
}

// Files is where the file is looked at again.
type Files interface {
	Stat(ctx context.Context, path string) (artifacts.File, error)
}

// Start submits a run of a file that is read as how says.
type Start func(ctx context.Context, inputFile string, how *contract.ReadOptions) (runs.Run, error)

// Service holds at most one request. Make it with New, then Start, then Stop.
type Service struct {
	files  Files
	start  Start
	tell   func(*Request)
	ended  func(Outcome)
	now    func() time.Time
	signal chan struct{}

	mu      sync.Mutex
	request *Request

	loops lifecycle.Loops
}

// New prepares the service. start submits a run; tell is called when the request changes, ended when it has come to its
// end; both must not block.
func New(files Files, start Start, tell func(*Request), ended func(Outcome)) *Service {
	return &Service{files: files, start: start, tell: tell, ended: ended, now: time.Now, signal: make(chan struct{}, 1)}
}

// Start begins to wait for the lock.
func (s *Service) Start(ctx context.Context) { s.loops.Start(ctx, s.run) }

// Stop gives the request up and waits until a start under way has come back.
func (s *Service) Stop() { s.loops.Stop() }

func (s *Service) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.signal:
			s.try(ctx)
		}
	}
}

// Make asks for a run of the file as it is now, read as how says; an earlier request is replaced.
func (s *Service) Make(ctx context.Context, inputFile string, how *contract.ReadOptions) error {
	f, err := s.files.Stat(ctx, artifacts.ImportFolder+"/"+inputFile)
	if err != nil {
		return err
	}
	s.set(&Request{InputFile: inputFile, ReadOptions: how, Since: s.now(), File: f})
	return nil
}

// Drop gives the request up.
func (s *Service) Drop() { s.set(nil) }

// LockFree says that the lock was seen to be free.
func (s *Service) LockFree() {
	s.mu.Lock()
	waiting := s.request != nil
	s.mu.Unlock()
	if !waiting {
		return
	}
	select {
	case s.signal <- struct{}{}:
	default:
	}
}

func (s *Service) set(w *Request) {
	s.mu.Lock()
	s.request = w
	s.mu.Unlock()
	s.tell(w)
}

func (s *Service) current() *Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.request
}

// lookTime bounds the look at the file before the start.
const lookTime = 20 * time.Second

func (s *Service) try(ctx context.Context) {
	w := s.current()
	if w == nil {
		return
	}
	look, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	f, err := s.files.Stat(look, artifacts.ImportFolder+"/"+w.InputFile)
	var gone *artifacts.NotFoundError
	switch {
	case errors.As(err, &gone):
	case err != nil:
		return // the files do not answer: the request stays until they do
	case !Same(f, w.File):
		err = &ChangedError{InputFile: w.InputFile}
	}
	out := Outcome{Request: *w, Err: err}
	if err == nil {
		if s.current() != w {
			return // dropped, or replaced, while the file was looked at
		}
		out.Run, out.Err = s.start(ctx, w.InputFile, w.ReadOptions)
	}
	var busy *locking.BusyError
	if errors.As(out.Err, &busy) || ctx.Err() != nil {
		return // somebody else was faster: the request stays
	}
	s.mu.Lock()
	mine := s.request == w
	if mine {
		s.request = nil
	}
	s.mu.Unlock()
	if mine {
		s.tell(nil)
	}
	s.ended(out)
}
