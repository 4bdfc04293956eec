package artifacts

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// errOtherName is what is there under a name that is not quite the one that was asked for. For whoever reads it is as if nothing were there.
var errOtherName = fmt.Errorf("%w under this very name", fs.ErrNotExist)

// exactly looks at what has this very name: on Windows, on macOS and on many sticks “Sales.csv” leads to “sales.csv” as well, and composed
// letters to decomposed ones, which are different files in the lakehouse. Errors: errOtherName, and the system's.
func exactly(root *os.Root, at string) (fs.FileInfo, error) {
	at = filepath.FromSlash(at)
	return exactInfo(path.Base(filepath.ToSlash(at)),
		func(name string) (fs.FileInfo, error) { return root.Stat(filepath.Join(filepath.Dir(at), name)) },
		func(has func(name string) bool) (bool, error) {
			dir, err := root.Open(filepath.Dir(at))
			if err != nil {
				return false, err
			}
			defer dir.Close()
			for {
				names, err := dir.Readdirnames(1000)
				switch {
				case slices.ContainsFunc(names, has):
					return true, nil
				case err == io.EOF: //nolint:errorlint // as Readdirnames says
					return false, nil
				case err != nil:
					return false, err
				}
			}
		})
}

// exactInfo asks a folder for a name. The folder's names are read only where another spelling of it leads to the same file.
func exactInfo(name string, stat func(name string) (fs.FileInfo, error), any func(has func(name string) bool) (bool, error)) (fs.FileInfo, error) {
	info, err := stat(name)
	if err != nil {
		return nil, err
	}
	for _, other := range spellings(name) {
		if also, err := stat(other); err != nil || !os.SameFile(info, also) {
			continue
		}
		switch there, err := any(func(n string) bool { return n == name }); {
		case err != nil:
			return nil, err
		case !there:
			return nil, errOtherName
		}
		return info, nil
	}
	return info, nil
}

// spellings are other names that a file system may take for a name: in the other case, with composed or decomposed letters, and without what
// Windows drops at the end.
func spellings(name string) []string {
	all := []string{strings.ToUpper(name), strings.ToLower(name), norm.NFC.String(name), norm.NFD.String(name), strings.TrimRight(name, " .")}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(n string) bool { return n == name || n == "" })
}
