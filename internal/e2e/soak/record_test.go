//go:build linux

package soak

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/google/uuid"
	"golang.org/x/sys/unix"

	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/runs/locking"
)

// The operations on the lock and what came of them, as the history has them.
const (
	opAcquire = "acquire"
	opRelease = "release"
	opRead    = "read"

	outOK      = "ok"
	outBusy    = "busy"
	outNothing = "nothing" // the release found nothing to do
	outUnknown = "unknown" // the answer was lost
	nobody     = "nobody"
)

// recorder writes down what is done to the lock, each call before it is made and each answer after it came: of a process
// that is killed in between the call remains.
type recorder struct {
	runs.Database
	file *os.File
	last atomic.Int64
}

func record(d runs.Database, s Spec) (runs.Database, error) {
	if s.History == "" {
		return d, nil
	}
	f, err := os.OpenFile(filepath.Join(s.History, fmt.Sprintf("%s-%d", s.Name, os.Getpid())), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	return &recorder{Database: d, file: f}, nil
}

// now is a clock that all processes of the machine share and that only goes forward.
func now() int64 {
	var t unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_MONOTONIC, &t)
	return t.Nano()
}

func (r *recorder) call(op string, run uuid.UUID) (answer func(string)) {
	id := r.last.Add(1)
	fmt.Fprintf(r.file, "%d call %d %s %s\n", id, now(), op, run)
	return func(out string) { fmt.Fprintf(r.file, "%d return %d %s\n", id, now(), out) }
}

func (r *recorder) Create(ctx context.Context, c runs.Creation) error {
	answer := r.call(opAcquire, c.Run.ID)
	err := r.Database.Create(ctx, c)
	var busy *locking.BusyError
	switch {
	case err == nil:
		answer(outOK)
	case errors.As(err, &busy):
		answer(outBusy)
	default:
		answer(outUnknown)
	}
	return err
}

func (r *recorder) End(ctx context.Context, e runs.Ending) (bool, error) {
	answer := r.call(opRelease, e.RunID)
	ended, err := r.Database.End(ctx, e)
	answer(released(ended, err))
	return ended, err
}

func (r *recorder) ReleaseEnded(ctx context.Context, run uuid.UUID, e runs.Event) (bool, error) {
	answer := r.call(opRelease, run)
	done, err := r.Database.ReleaseEnded(ctx, run, e)
	answer(released(done, err))
	return done, err
}

func released(done bool, err error) string {
	switch {
	case err != nil:
		return outUnknown
	case done:
		return outOK
	}
	return outNothing
}

func (r *recorder) Active(ctx context.Context) (runs.Active, error) {
	answer := r.call(opRead, uuid.Nil)
	a, err := r.Database.Active(ctx)
	answer(holder(a.Card, err))
	return a, err
}

func (r *recorder) LockCard(ctx context.Context) (locking.Card, error) {
	answer := r.call(opRead, uuid.Nil)
	card, err := r.Database.LockCard(ctx)
	answer(holder(card, err))
	return card, err
}

func holder(c locking.Card, err error) string {
	switch {
	case err != nil:
		return outUnknown
	case c.Held():
		return c.RunID.String()
	}
	return nobody
}

// recordHistory has a desktop write its part of the history.
func (s *soak) recordHistory(spec *Spec) { spec.History = s.historyDir() }

func (s *soak) historyDir() string {
	dir := filepath.Join(s.dir, "history")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		panic(err)
	}
	return dir
}

// entry is one recorded operation.
type entry struct {
	client       int
	op, run, out string
	call, ret    int64
}

// readHistory reads what all desktops wrote.
func readHistory(dir string) ([]entry, error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var all []entry
	for client, f := range files {
		list, err := readPart(filepath.Join(dir, f.Name()), client)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name(), err)
		}
		all = append(all, list...)
	}
	return all, nil
}

func readPart(path string, client int) ([]entry, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	calls := map[int]*entry{} // by their ids: two goroutines may write in another order than they took them
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var id int
		var kind string
		var at int64
		n, _ := fmt.Sscan(lines.Text(), &id, &kind, &at)
		words := strings.Fields(lines.Text())
		switch {
		case n != 3 || id < 1:
			continue // the last words of one that was killed
		case kind == "call" && len(words) == 5:
			calls[id] = &entry{client: client, op: words[3], run: words[4], out: outUnknown, call: at, ret: forever}
		case kind == "return" && len(words) == 4 && calls[id] != nil:
			calls[id].out, calls[id].ret = words[3], at
		}
	}
	var list []entry
	for _, e := range calls {
		list = append(list, *e)
	}
	return list, lines.Err()
}
