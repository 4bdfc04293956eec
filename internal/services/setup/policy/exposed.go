package policy

import (
	"errors"
	"io/fs"
	"path/filepath"
)

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
