//go:build unix

package handover

import (
	"context"
	"errors"
	"net"
	"os"
	"syscall"
)

var errNotOurs = errors.New("the folder for the windows that are open belongs to somebody else")

// private sees to it that a folder is this user's alone: the folder for temporary files is everybody's, and who owns the folder owns
// what is said in it.
func private(folder string) error {
	info, err := os.Lstat(folder)
	if err != nil {
		return err
	}
	if s, ok := info.Sys().(*syscall.Stat_t); !ok || !info.IsDir() || int(s.Uid) != os.Getuid() {
		return errNotOurs
	}
	if info.Mode().Perm()&0o077 != 0 {
		return os.Chmod(folder, 0o700) // #nosec G302 -- a folder is entered by its owner only with all three
	}
	return nil
}

// longestPath is how long the path of a socket may be on every system.
const longestPath = 100

// listenAt listens at a socket of that path, which a process that lives no more may have left.
func listenAt(ctx context.Context, path string) (net.Listener, error) {
	os.Remove(path)
	socket, err := (&net.ListenConfig{}).Listen(ctx, "unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		socket.Close()
		return nil, err
	}
	return socket, nil
}

func dial(ctx context.Context, path string) (net.Conn, error) {
	return (&net.Dialer{}).DialContext(ctx, "unix", path)
}

// allowForeground is Windows' only.
func allowForeground() {}
