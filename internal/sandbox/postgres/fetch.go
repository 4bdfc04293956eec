package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"

	embedded "github.com/fergusstrange/embedded-postgres"
)

// fetchedVersion is what is fetched where the machine has no server.
const fetchedVersion = embedded.V17

// fetch returns the folder with initdb and postgres of a server that embedded-postgres downloads once and keeps in cache.
func fetch(ctx context.Context, cache string) (string, error) {
	home := filepath.Join(cache, "postgres-"+string(fetchedVersion))
	if bin := filepath.Join(home, "bin"); major(ctx, bin) > 0 {
		return bin, nil
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return "", fmt.Errorf("making the folder for a fetched PostgreSQL: %w", err)
	}
	// It is unpacked beside its place and moved there in one step, as another sandbox may be doing the same.
	scratch, err := os.MkdirTemp(cache, "fetch-")
	if err != nil {
		return "", fmt.Errorf("making the folder for a fetched PostgreSQL: %w", err)
	}
	defer os.RemoveAll(scratch)
	unpacked := filepath.Join(scratch, "server")
	// The library has no call that only downloads, and as root it can't start what it downloaded. A data folder that
	// claims to be one, but is not, makes it stop after unpacking: with no process started.
	data := filepath.Join(scratch, "data")
	if err := os.MkdirAll(data, 0o700); err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(data, "PG_VERSION"), []byte(fetchedVersion), 0o600); err != nil {
		return "", err
	}
	port, err := freePort(ctx)
	if err != nil {
		return "", err
	}
	library := embedded.NewDatabase(embedded.DefaultConfig().Version(fetchedVersion).Logger(io.Discard).Port(uint32(port)).
		CachePath(filepath.Join(scratch, "archive")).BinariesPath(unpacked).RuntimePath(filepath.Join(scratch, "run")).DataPath(data))
	ended := make(chan error, 1)
	go func() { ended <- library.Start() }() // it knows no context: when ctx is done first, it goes on until its download ends
	var libraryErr error
	select {
	case libraryErr = <-ended:
	case <-ctx.Done():
		return "", fmt.Errorf("fetching PostgreSQL: %w", ctx.Err())
	}
	if libraryErr == nil {
		_ = library.Stop()
		libraryErr = errIncomplete
	}
	if major(ctx, filepath.Join(unpacked, "bin")) == 0 {
		return "", fmt.Errorf("PostgreSQL could not be fetched: install a PostgreSQL server on this machine, or connect it to the internet: %w", libraryErr)
	}
	if err := openToAll(unpacked); err != nil {
		return "", err
	}
	if err := os.Rename(unpacked, home); err != nil && major(ctx, filepath.Join(home, "bin")) == 0 {
		return "", fmt.Errorf("keeping the fetched PostgreSQL: %w", err)
	}
	return filepath.Join(home, "bin"), nil
}

var errIncomplete = errors.New("what was fetched is not complete")

// openToAll lets an unprivileged account run what root has unpacked.
func openToAll(folder string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	return filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.Type()&os.ModeSymlink != 0 {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		mode := info.Mode().Perm() | 0o444
		if d.IsDir() || mode&0o100 != 0 {
			mode |= 0o111
		}
		return os.Chmod(path, mode)
	})
}

// cacheFolder is where fetched servers are kept: the user's cache, or, for root, a folder that other accounts may enter.
func cacheFolder(root bool) (string, error) {
	if root {
		return "/var/cache/fabric-data-portal-sandbox", nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("finding the user's cache folder: %w", err)
	}
	return filepath.Join(cache, "fabric-data-portal-sandbox"), nil
}
