package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
)

// oldest is the oldest major version that the sandbox works with: the oldest that PostgreSQL's own project still keeps, less one.
const oldest = 13

// usualPlaces are patterns of folders in which packages put a server's programs.
func usualPlaces() []string {
	switch runtime.GOOS {
	case "windows":
		return []string{filepath.Join(os.Getenv("ProgramFiles"), "PostgreSQL", "*", "bin")}
	case "darwin":
		return []string{
			"/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin",
			"/Applications/Postgres.app/Contents/Versions/*/bin", "/Library/PostgreSQL/*/bin", "/opt/local/lib/postgresql*/bin",
		}
	default:
		return []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/lib/postgresql*/bin", "/usr/libexec/postgresql*", "/home/linuxbrew/.linuxbrew/opt/postgresql*/bin"}
	}
}

var errNoneFound = errors.New("no PostgreSQL server was found on this machine")

// find returns the folder with initdb and postgres: the PATH's first, else the newest in the usual places.
func find(ctx context.Context) (string, error) {
	if initdb, err := exec.LookPath("initdb"); err == nil {
		// A link on the PATH leads to the folder in which the other programs are, too.
		if initdb, err = filepath.EvalSymlinks(initdb); err == nil {
			if bin, err := filepath.Abs(filepath.Dir(initdb)); err == nil && major(ctx, bin) >= oldest {
				return bin, nil
			}
		}
	}
	var found []string
	for _, pattern := range usualPlaces() {
		folders, _ := filepath.Glob(pattern)
		for _, bin := range folders {
			if major(ctx, bin) >= oldest {
				found = append(found, bin)
			}
		}
	}
	if len(found) == 0 {
		return "", errNoneFound
	}
	return slices.MaxFunc(found, func(a, b string) int { return cmp.Compare(major(ctx, a), major(ctx, b)) }), nil
}

var versionText = regexp.MustCompile(`\) (\d+)`)

// major is the major version of the server in a folder; 0 where there is no whole server that runs on this machine.
func major(ctx context.Context, bin string) int {
	if _, err := os.Stat(program(bin, "initdb")); err != nil {
		return 0
	}
	out, err := exec.CommandContext(ctx, program(bin, "postgres"), "--version").Output()
	if err != nil {
		return 0
	}
	if m := versionText.FindSubmatch(out); m != nil {
		n, _ := strconv.Atoi(string(m[1]))
		return n
	}
	return 0
}

// program is the path of one of the server's programs.
func program(bin, name string) string {
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(bin, name)
}

// usable says why an account can't use what is in a folder; nil where it can.
func usable(folder string, everyone bool) error {
	if !everyone || runtime.GOOS == "windows" {
		return nil
	}
	for at := filepath.Clean(folder); ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o001 == 0 {
			return fmt.Errorf("only some accounts may enter %s", at)
		}
		if at == filepath.Dir(at) {
			return nil
		}
	}
}
