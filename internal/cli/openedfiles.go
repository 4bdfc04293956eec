package cli

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// filesOf are the files that the window is to open, by their full paths. A word that is neither a subcommand nor a file is a mistake.
func filesOf(args []string) ([]string, error) {
	var files []string
	for _, arg := range args {
		path := arg
		if u, err := url.Parse(arg); err == nil && u.Scheme == "file" && os.PathSeparator == '/' { // as desktops hand files over
			path = u.Path
		}
		info, err := os.Stat(path)
		switch {
		case err == nil && info.IsDir():
			return nil, usage(fmt.Errorf("%q is a folder: name a file in it", arg))
		case err != nil && strings.ContainsAny(arg, `./\`):
			return nil, usage(fmt.Errorf("there is no file %q to open", arg))
		case err != nil:
			return nil, usage(fmt.Errorf("there is no subcommand and no file %q: “portal-desktop --help” lists the subcommands", arg))
		}
		if path, err = filepath.Abs(path); err != nil {
			return nil, err
		}
		files = append(files, path)
	}
	return files, nil
}
