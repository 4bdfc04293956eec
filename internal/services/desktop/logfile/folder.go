package logfile

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
)

// Folder is where this platform keeps logs of the current user: what PORTAL_LOG_DIR names, else %LOCALAPPDATA%\…\Logs on
// Windows, ~/Library/Logs on macOS, and $XDG_STATE_HOME or ~/.local/state elsewhere (XDG Base Directory Specification
// 0.8). lookup finds environment variables (os.LookupEnv).
func Folder(lookup func(string) (string, bool)) (string, error) {
	return folderOn(runtime.GOOS, lookup)
}

var errNoFolder = errors.New("this user has no folder for logs: name one in " + FolderVariable)

func folderOn(system string, lookup func(string) (string, bool)) (string, error) {
	full := func(variable string) string {
		if v, _ := lookup(variable); filepath.IsAbs(v) { // the specification has a relative one ignored
			return v
		}
		return ""
	}
	if dir := full(FolderVariable); dir != "" {
		return dir, nil
	}
	switch system {
	case "windows":
		if dir := full("LOCALAPPDATA"); dir != "" {
			return filepath.Join(dir, product, "Logs"), nil
		}
		return "", errNoFolder
	case "darwin":
		if home := full("HOME"); home != "" {
			return filepath.Join(home, "Library", "Logs", product), nil
		}
		return "", errNoFolder
	}
	if dir := full("XDG_STATE_HOME"); dir != "" {
		return filepath.Join(dir, product), nil
	}
	if home := full("HOME"); home != "" {
		return filepath.Join(home, ".local", "state", product), nil
	}
	return "", errNoFolder
}

// makeFolder makes a folder for this user alone, or makes one that is there private.
func makeFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return private(dir, 0o700)
}

// private takes the rights of others away from a file or folder that an earlier program made, or another hand. Windows
// has no such bits: there the folder of the user's own data is private.
func private(path string, mode os.FileMode) error {
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm()&^mode == 0 || runtime.GOOS == "windows" {
		return err
	}
	return os.Chmod(path, mode)
}
