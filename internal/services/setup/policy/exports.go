package policy

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"fabricportal/internal/format"
)

// ExportError says that a file may not be saved where it was to be.
type ExportError struct {
	Who     string
	Folders []string // where it may
}

func (e *ExportError) Error() string { return e.Say(format.English) }

// Say is part of format.Sayer.
func (e *ExportError) Say(w format.Writer) string {
	who := e.Who
	if who == unnamed {
		who = w.T("your organisation")
	}
	return w.T("nothing was saved, as {{.Who}} lets files be saved only in {{.Folders}}: choose a place there", "Who", who, "Folders", strings.Join(e.Folders, ", "))
}

// MayExport tells whether a file may be saved at a path, wherever links on the way to it lead. Error: *ExportError.
func (p Policy) MayExport(path string) error {
	folders := p.Exports()
	if folders == nil {
		return nil
	}
	at := real(path)
	for _, folder := range folders {
		if within(at, real(folder)) {
			return nil
		}
	}
	return &ExportError{p.Who(), folders}
}

// Exports are the folders in which files may be saved, in full; nil where that is everywhere.
func (p Policy) Exports() []string {
	var out []string
	for _, folder := range p.ExportFolders {
		if rest, ok := strings.CutPrefix(folder, "~"); ok {
			home, err := os.UserHomeDir()
			if err != nil {
				continue
			}
			folder = filepath.Join(home, filepath.FromSlash(rest))
		}
		out = append(out, filepath.Clean(folder))
	}
	if len(p.ExportFolders) > 0 && out == nil {
		return []string{} // there are limits, and none of the places is known
	}
	return out
}

// real is a path without links, as far as it is there already.
func real(path string) string {
	full, err := filepath.Abs(path)
	if err != nil {
		return ""
	}
	rest := ""
	for at := full; ; at = filepath.Dir(at) {
		if found, err := filepath.EvalSymlinks(at); err == nil {
			return filepath.Join(found, rest)
		}
		if filepath.Dir(at) == at {
			return full
		}
		rest = filepath.Join(filepath.Base(at), rest)
	}
}

func within(path, folder string) bool {
	if runtime.GOOS != "linux" { // names there are the same in capitals
		path, folder = strings.ToLower(path), strings.ToLower(folder)
	}
	rel, err := filepath.Rel(folder, path)
	return folder != "" && path != "" && err == nil && filepath.IsLocal(rel)
}
