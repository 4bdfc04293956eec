// Package smallfile reads files that a person names and that are small by their nature, such as rules: whole, and never more of
// one than it may have.
package smallfile

import (
	"io"
	"os"

	"fabricportal/internal/format"
)

// Error says in one sentence, which begins with what the file is, why it can't be read and what to do.
type Error struct{ *format.Said }

// Read reads a file of at most so many bytes; what is what a sentence calls it, such as “the rules”. Errors are *Error.
func Read(what *format.Said, path string, most int64) ([]byte, error) {
	failed := func(err error, why *format.Said) error {
		return &Error{format.Say("{{.What}} in {{.File}} can't be read: {{.Why}}", "What", what, "File", path, "Why", why).Over(err)}
	}
	check := format.Say("check the name and the folder")
	// What is no file may have no end, or none that comes by itself.
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, failed(err, check)
	case info.IsDir():
		return nil, failed(nil, format.Say("that is a folder; choose a file in it"))
	case !info.Mode().IsRegular():
		return nil, failed(nil, format.Say("that is no ordinary file; choose one"))
	case info.Size() > most:
		return nil, failed(nil, tooLarge(info.Size(), most))
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, failed(err, check)
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	switch {
	case err != nil:
		return nil, failed(err, check)
	case int64(len(data)) > most: // it grew
		return nil, failed(nil, tooLarge(int64(len(data)), most))
	}
	return data, nil
}

func tooLarge(size, most int64) *format.Said {
	return format.Say("the file has {{.Size}}, and {{.Most}} are the most that is read; check that it is the right one", "Size", format.Size(size), "Most", format.Size(most))
}
