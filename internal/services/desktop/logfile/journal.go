package logfile

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"fabricportal/internal/plaintext"
)

// Redactor takes secrets out of texts and of what is logged.
type Redactor interface {
	Redact(text string) string
	Handler(next slog.Handler) slog.Handler
}

// Journal is what the program keeps of its own life on this computer: the log, and the text of a crash. One serves the
// whole program. A nil one keeps nothing.
type Journal struct {
	file    *File
	level   slog.LevelVar
	redact  Redactor
	logger  *slog.Logger
	noPlace error // why there is no folder
	crashes crashes
}

// Open keeps a log in a folder; "" is this platform's for the current user (Folder). Nothing is written before the first
// line, and nothing fails: a program whose log can't be written works all the same, and Check tells why.
func Open(dir string, redact Redactor) *Journal {
	j := &Journal{redact: redact}
	if dir == "" {
		dir, j.noPlace = Folder(os.LookupEnv)
	}
	if j.noPlace != nil {
		j.logger = slog.New(slog.DiscardHandler)
		return j
	}
	j.file = In(dir)
	j.crashes.dir = dir
	j.logger = j.file.Logger(&j.level, redact.Handler)
	return j
}

// Logger writes to the log, without secrets.
func (j *Journal) Logger() *slog.Logger {
	if j == nil {
		return slog.New(slog.DiscardHandler)
	}
	return j.logger
}

// SetLevel says from which level on is logged, by its name. Error: *LevelError, and then nothing changes.
func (j *Journal) SetLevel(word string) error {
	level, err := LevelOf(word)
	if err == nil && j != nil {
		j.level.Set(level)
	}
	return err
}

// Level is the level from which on is logged.
func (j *Journal) Level() slog.Level {
	if j == nil {
		return Off
	}
	return j.level.Level()
}

// LogPath is the full path of the log; "" where none can be kept.
func (j *Journal) LogPath() string {
	if j == nil || j.file == nil {
		return ""
	}
	return j.file.Path()
}

// Check tells why nothing can be written to the log; nil when it can.
func (j *Journal) Check() error {
	switch {
	case j == nil:
		return nil
	case j.noPlace != nil:
		return j.noPlace
	}
	return j.file.Check()
}

const longestLine = 4000 // characters of a line of the log that are shown

// LogTail is the last n lines of the log, the latest last, fit to be shown. A log that is not there has none.
func (j *Journal) LogTail(n int) ([]string, error) {
	if j == nil || j.file == nil || n <= 0 {
		return nil, nil
	}
	var out []string
	for _, name := range []string{Name, OldName} {
		data, err := readEnd(filepath.Join(j.file.dir, name), MaxBytes)
		if err != nil {
			return nil, err
		}
		lines := strings.Split(strings.TrimRight(data, "\n"), "\n")
		lines = lines[max(0, len(lines)-(n-len(out))):]
		if data != "" {
			out = append(append([]string{}, lines...), out...)
		}
		if len(out) >= n {
			break
		}
	}
	for i, line := range out {
		out[i] = plaintext.Line(j.redact.Redact(line), longestLine)
	}
	return out, nil
}

// readEnd is the end of a file of at most so many bytes, from the beginning of a line on; "" of one that is not there.
func readEnd(path string, most int64) (string, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	from := max(0, info.Size()-most)
	data := make([]byte, info.Size()-from)
	n, err := f.ReadAt(data, from)
	if n == 0 && err != nil && len(data) > 0 {
		return "", err
	}
	text := string(data[:n])
	if from > 0 {
		_, text, _ = strings.Cut(text, "\n")
	}
	return text, nil
}
