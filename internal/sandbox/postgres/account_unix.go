//go:build unix

package postgres

import (
	"fmt"
	"os"
	"os/user"
	"strconv"

	"fabricportal/internal/sandbox/process"
)

// account is whom the server runs as: nil for the same account, an unprivileged one when this is root, as PostgreSQL
// refuses to run as root.
func account() (*process.Account, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		// Some systems write nobody's numbers as negative ones.
		uid, errUID := strconv.ParseInt(found.Uid, 10, 64)
		gid, errGID := strconv.ParseInt(found.Gid, 10, 64)
		if errUID != nil || errGID != nil || uint32(uid) == 0 {
			continue
		}
		return &process.Account{Name: name, UID: uint32(uid), GID: uint32(gid)}, nil
	}
	return nil, fmt.Errorf("PostgreSQL does not run as root, and there is no account postgres or nobody to run it as")
}

// give hands files to the account that the server runs as.
func give(to *process.Account, paths ...string) error {
	if to == nil {
		return nil
	}
	for _, path := range paths {
		if err := os.Chown(path, int(to.UID), int(to.GID)); err != nil {
			return fmt.Errorf("handing %s to the account %s: %w", path, to.Name, err)
		}
	}
	return nil
}
