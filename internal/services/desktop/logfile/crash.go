package logfile

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"fabricportal/internal/plaintext"
)

const (
	crashPrefix = "crash-"
	crashEnding = ".txt"
	// A crash's text of a thousand goroutines is long, and its beginning says what happened.
	mostCrash = 256 << 10 // bytes that are shown
	// More than one is kept, as a second crash must not hide the first.
	keptCrashes = 3
)

// crashes are the files that the runtime writes a crash into: each process has its own, which has one line from the start
// on. The process holds a lock on it, so that another one sees whether it still lives.
type crashes struct {
	dir  string
	path string   // this process's
	file *os.File // open, and locked
	kept bool     // something was written to it
}

// Watch has the runtime write a crash of this process into a file that the next start finds (runtime/debug,
// SetCrashOutput), and clears away the files of processes that ended. about says which program it is, such as its
// version. Error: why there is no such file; the program can work without.
func (j *Journal) Watch(about string) error {
	if j == nil || j.file == nil {
		return nil
	}
	c := &j.crashes
	if err := makeFolder(c.dir); err != nil {
		return err
	}
	for _, name := range []string{Name, OldName} {
		_ = private(filepath.Join(c.dir, name), 0o600) // one that is not there is made so
	}
	killed := c.sweep()
	for _, of := range killed {
		j.logger.Warn("an earlier start ended without a word: it was killed, or the computer went off", "start", of)
	}
	if err := c.open(about); err != nil {
		return err
	}
	return debug.SetCrashOutput(c.file, debug.CrashOptions{})
}

// End takes back the file of Watch, at the end of a program that did not crash.
func (j *Journal) End() {
	if j == nil || j.crashes.file == nil {
		return
	}
	_ = debug.SetCrashOutput(nil, debug.CrashOptions{}) // it fails for files only
	j.crashes.file.Close()
	if !j.crashes.kept {
		os.Remove(j.crashes.path)
	}
	j.crashes.file = nil
}

// Crashed keeps the text of a fault that ended the program's work, though not the process, as the runtime would have.
func (j *Journal) Crashed(text string) {
	if j == nil || j.crashes.file == nil {
		return
	}
	j.crashes.kept = true
	if _, err := fmt.Fprintln(j.crashes.file, j.redact.Redact(text)); err != nil {
		j.logger.Warn("the text of a crash can't be kept", "error", err)
	}
}

// open makes this process's file.
func (c *crashes) open(about string) error {
	began := time.Now()
	for n := range 10 {
		path := filepath.Join(c.dir, fmt.Sprintf("%s%s-%d-%d%s", crashPrefix, began.UTC().Format("20060102T150405"), os.Getpid(), n, crashEnding))
		f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_APPEND|os.O_RDWR, 0o600)
		if errors.Is(err, os.ErrExist) {
			continue
		}
		if err != nil {
			return err
		}
		if hold(f) == nil && same(f, path) { // else a process that clears away was faster
			c.path, c.file = path, f
			_, err = fmt.Fprintf(f, "%s, %s/%s, started %s\n", plaintext.Line(about, 200), runtime.GOOS, runtime.GOARCH, began.Format(time.RFC3339))
			return err
		}
		f.Close()
	}
	return fmt.Errorf("no file for a crash can be made in %s", c.dir)
}

func same(f *os.File, path string) bool {
	a, err := f.Stat()
	if err != nil {
		return false
	}
	b, err := os.Stat(path)
	return err == nil && os.SameFile(a, b)
}

// ended is a file of a process that lives no more.
type ended struct {
	path  string
	about string // its first line
	text  string // what the runtime wrote; "" where the process was killed
	at    time.Time
}

// found are the files of processes that ended, the latest first. Those of processes that live are left out.
func (c *crashes) found() []ended {
	if c.dir == "" {
		return nil
	}
	entries, err := os.ReadDir(c.dir)
	if err != nil {
		return nil
	}
	var out []ended
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), crashPrefix) || !strings.HasSuffix(e.Name(), crashEnding) || !e.Type().IsRegular() {
			continue
		}
		path := filepath.Join(c.dir, e.Name())
		if path == c.path {
			continue
		}
		if one, ok := readEnded(path); ok {
			out = append(out, one)
		}
	}
	slices.SortFunc(out, func(a, b ended) int { return b.at.Compare(a.at) })
	return out
}

func readEnded(path string) (ended, bool) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return ended{}, false
	}
	defer f.Close()
	if hold(f) != nil {
		return ended{}, false
	}
	info, err := f.Stat()
	if err != nil {
		return ended{}, false
	}
	data, err := io.ReadAll(io.LimitReader(f, mostCrash))
	if err != nil {
		return ended{}, false
	}
	about, text, _ := strings.Cut(string(data), "\n")
	return ended{path, about, text, info.ModTime()}, true
}

// sweep removes the files of processes that ended without a crash, and old ones; it returns what the former say of
// themselves.
func (c *crashes) sweep() (killed []string) {
	crashed := 0
	for _, e := range c.found() {
		if e.text != "" {
			if crashed++; crashed <= keptCrashes {
				continue
			}
		} else if e.about != "" {
			killed = append(killed, e.about)
		}
		os.Remove(e.path)
	}
	return killed
}

// Crash is the text of the latest crash of this program that was not discarded, fit to be shown and without secrets, and
// when it was. found is false where there is none.
func (j *Journal) Crash() (text string, at time.Time, found bool) {
	if j == nil {
		return "", time.Time{}, false
	}
	for _, e := range j.crashes.found() {
		if e.text != "" {
			return plaintext.Safe(j.redact.Redact(e.about + "\n" + e.text)), e.at, true
		}
	}
	return "", time.Time{}, false
}

// DiscardCrash removes the texts of all crashes up to now.
func (j *Journal) DiscardCrash() error {
	if j == nil {
		return nil
	}
	var failed []error
	for _, e := range j.crashes.found() {
		failed = append(failed, os.Remove(e.path))
	}
	return errors.Join(failed...)
}
