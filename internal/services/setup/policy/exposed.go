package policy

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"

	"fabricportal/internal/format"
)

// guarded refuses a policy, or a connection, in a file that others than an administrator may change: it could be anybody's, who would
// decide for all users of this computer to whom they sign in. A folder where others may add files is left to Exposed, as what they add
// is refused here. Error: *Error.
func (p Policy) guarded(source string) error {
	files := p.Connections()
	if filepath.Base(source) == fileName {
		files = slices.Insert(files, 0, source)
	}
	for _, path := range files {
		if bad, err := writable(path); bad || err != nil {
			return &Error{path, format.Say("the file {{.File}}, which decides for all users of this computer, can be changed by others than administrators, "+
				"so that nothing is opened: ask your administrator to let administrators alone own and write it, or to remove it", "File", path).Over(err)}
		}
	}
	return nil
}

// Exposed are the files and folders of the policy that others than an administrator may change: whoever can, decides for all.
func (p Policy) Exposed() []string {
	var out []string
	seen := map[string]bool{}
	look := func(path string) {
		if seen[path] {
			return
		}
		seen[path] = true
		if bad, err := writable(path); bad || err != nil && !errors.Is(err, fs.ErrNotExist) {
			out = append(out, path)
		}
	}
	if filepath.Base(p.Source) == fileName {
		look(p.Source)
	}
	look(filepath.Dir(p.Folder))
	look(p.Folder)
	for _, path := range p.Connections() {
		look(path)
	}
	return out
}
