package dataset

import (
	"context"
	"os"

	"fabricportal/internal/atomicfile"
)

// markEnding is that of the mark beside a kept file: it is there while the file is open, and stays where the program ends
// before it has closed it.
const markEnding = ".open"

// died says whether a file was open when a program ended, and nobody has it open now.
func died(path string) bool {
	_, err := os.Lstat(path + markEnding)
	return err == nil && atomicfile.Free(path+markEnding)
}

// openMarked opens a kept file with a mark beside it, which goes when the last one closes it.
func openMarked(ctx context.Context, path string) (*Table, error) {
	unmark := mark(path)
	t, err := Open(ctx, path)
	if err != nil {
		unmark()
		return nil, err
	}
	t.closing = unmark
	return t, nil
}

// mark marks a file as open. Where that can't be done, it is opened without: only the question is not asked then.
func mark(path string) (unmark func()) {
	name := path + markEnding
	for {
		f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			return func() {}
		}
		release := atomicfile.Hold(f)
		// Who has closed the file in this moment may have removed the mark.
		held, err := f.Stat()
		there, gone := os.Stat(name)
		if err == nil && gone == nil && !os.SameFile(held, there) || os.IsNotExist(gone) {
			release()
			f.Close()
			continue
		}
		return func() {
			release()
			f.Close()
			if atomicfile.Free(name) {
				os.Remove(name)
			}
		}
	}
}
