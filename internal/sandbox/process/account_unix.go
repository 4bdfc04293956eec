//go:build unix

package process

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
)

// Unprivileged is whom a program runs as that refuses to run as root, as PostgreSQL and PgBouncer do: nil for the same
// account, an unprivileged one when this is root.
func Unprivileged() (*Account, error) {
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
		return &Account{Name: name, UID: uint32(uid), GID: uint32(gid)}, nil
	}
	return nil, fmt.Errorf("there is no account postgres or nobody to run a program as that refuses to run as root")
}

// Give hands files to the account; nil leaves them as they are.
func (a *Account) Give(paths ...string) error {
	if a == nil {
		return nil
	}
	for _, path := range paths {
		if err := os.Chown(path, int(a.UID), int(a.GID)); err != nil {
			return fmt.Errorf("handing %s to the account %s: %w", path, a.Name, err)
		}
	}
	return nil
}
