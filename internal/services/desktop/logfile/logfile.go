// Package logfile keeps what the program did and what failed as text lines on this computer, for the person who helps. Two
// files of a limited size hold the latest lines. Secrets are taken out before a line is written (package secrets).
package logfile

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"fabricportal/internal/plaintext"
)

const (
	product = "fabric-data-portal"

	// Name is the file with the latest lines; OldName the one with those before.
	Name    = "portal.log"
	OldName = "portal.1.log"
	// MaxBytes is the size at which a file is full, in bytes.
	MaxBytes = 4 << 20
)

// The environment variables that say how much is logged (debug, info, warn, error or off), and in which folder.
const (
	Variable       = "PORTAL_LOG"
	FolderVariable = "PORTAL_LOG_DIR"
)

// Off is a level above all others: nothing is logged.
const Off = slog.Level(math.MaxInt32)

// LevelError says that a word is none of the levels.
type LevelError struct{ Word string }

func (e *LevelError) Error() string {
	return fmt.Sprintf("“%s” is no level of the log: give debug, info, warn, error or off", plaintext.Line(e.Word, 40))
}

// LevelOf reads the name of a level; an empty one is info. Of a word that is none of the levels it is info too, with a
// *LevelError.
func LevelOf(word string) (slog.Level, error) {
	switch strings.ToLower(strings.TrimSpace(word)) {
	case "", "info":
		return slog.LevelInfo, nil
	case "debug":
		return slog.LevelDebug, nil
	case "warn":
		return slog.LevelWarn, nil
	case "error":
		return slog.LevelError, nil
	case "off":
		return Off, nil
	}
	return slog.LevelInfo, &LevelError{word}
}

// File is the log in a folder. Several programs may write to it at once, as each line is appended in one piece and the file
// is open for that moment only: so any of them can put a full one aside, on Windows too.
type File struct {
	dir  string
	most int64

	mu sync.Mutex
}

// In is the log in a folder, which is made with the first line.
func In(dir string) *File { return &File{dir: dir, most: MaxBytes} }

// Path is the full path of the file with the latest lines.
func (f *File) Path() string { return filepath.Join(f.dir, Name) }

// Logger writes to the file from a level on. handlers wrap what writes, the first innermost. Each line names the process, as
// several may write.
func (f *File) Logger(from slog.Leveler, handlers ...func(slog.Handler) slog.Handler) *slog.Logger {
	var h slog.Handler = slog.NewTextHandler(f, &slog.HandlerOptions{Level: from})
	for _, wrap := range handlers {
		h = wrap(h)
	}
	return slog.New(h).With("pid", os.Getpid())
}

// longestWritten is how many bytes of a line are kept: what others wrote may be in it.
const longestWritten = 64 << 10

// Write appends one line.
func (f *File) Write(line []byte) (int, error) {
	if len(line) > longestWritten {
		cut := strings.ToValidUTF8(string(line[:longestWritten]), "")
		_, err := f.Write([]byte(cut[:len(cut)-4] + "…\n"))
		return len(line), err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	out, err := f.open()
	if err != nil {
		return 0, err
	}
	if out, err = f.withRoom(out, int64(len(line))); err != nil {
		return 0, err
	}
	n, err := out.Write(line)
	return n, errors.Join(err, out.Close())
}

// withRoom is the open file, or a new one in its place where the line does not fit. It closes the file where it fails.
func (f *File) withRoom(out *os.File, line int64) (*os.File, error) {
	info, err := out.Stat()
	if err != nil {
		return nil, errors.Join(err, out.Close())
	}
	size := info.Size() + line
	if size <= f.most {
		return out, nil
	}
	if err := out.Close(); err != nil { // Windows renames no file that is open
		return nil, err
	}
	if err := f.putAside(info); err != nil && size > 2*f.most {
		return nil, fmt.Errorf("%s is full: %w", f.Path(), err) // better no line than a full disk
	}
	return f.open()
}

func (f *File) open() (*os.File, error) {
	const flags = os.O_APPEND | os.O_CREATE | os.O_WRONLY
	out, err := os.OpenFile(f.Path(), flags, 0o600)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeFolder(f.dir); err != nil {
			return nil, err
		}
		out, err = os.OpenFile(f.Path(), flags, 0o600)
	}
	return out, err
}

// putAside makes room by renaming the full file, unless another program has just done so: then the file of that name is a
// new one.
func (f *File) putAside(full os.FileInfo) error {
	now, err := os.Stat(f.Path())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !os.SameFile(now, full):
		return nil
	}
	return os.Rename(f.Path(), filepath.Join(f.dir, OldName)) //nolint:forbidigo // no file is written by it
}

// Check tells why nothing can be written to the log; nil when it can.
func (f *File) Check() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	out, err := f.open()
	if err != nil {
		return fmt.Errorf("the log can't be written to %s: check that this user may write there (%w)", f.Path(), err)
	}
	return out.Close()
}
