package handover

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"os"
	"strings"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"

	"fabricportal/internal/atomicfile"
	"fabricportal/internal/smallfile"
)

// A pipe instead of a socket: Windows Server 2016, on which people have remote desktops, knows no such sockets. Pipes of all users
// have their names in one place, so each has a name by chance, which stands in a file of the user's folder: nobody can guess it and be
// there before. go-winio would do it, too, but for Wine, where it could not be tried.
const (
	pipes       = `\\.\pipe\fabric-data-portal-`
	longestName = 200
	pipeBuffer  = 4096 // bytes
)

// pipeListener is one name, of which each connection takes an instance. The next one is made before: without any, the name would be gone.
type pipeListener struct {
	file    string // names the pipe
	name    *uint16
	rights  *windows.SecurityAttributes
	stopped windows.Handle // an event

	mu     sync.Mutex // of Accept and the end
	next   windows.Handle
	closed sync.Once
}

// listenAt listens at a pipe that only this user can reach, and names it in the file.
func listenAt(_ context.Context, file string) (net.Listener, error) {
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return nil, err
	}
	described, err := windows.SecurityDescriptorFromString("D:P(A;;GA;;;" + user.User.Sid.String() + ")")
	if err != nil {
		return nil, err
	}
	name := pipes + rand.Text()
	l := &pipeListener{file: file, rights: &windows.SecurityAttributes{SecurityDescriptor: described}}
	l.rights.Length = uint32(unsafe.Sizeof(*l.rights))
	if l.name, err = windows.UTF16PtrFromString(name); err != nil {
		return nil, err
	}
	if l.stopped, err = windows.CreateEvent(nil, 1, 0, nil); err != nil {
		return nil, err
	}
	if l.next, err = l.instance(windows.FILE_FLAG_FIRST_PIPE_INSTANCE); err != nil {
		_ = windows.CloseHandle(l.stopped)
		return nil, err
	}
	if err := atomicfile.WriteFile(file, []byte(name), 0o600); err != nil {
		_ = l.Close()
		return nil, err
	}
	return l, nil
}

func (l *pipeListener) instance(flags uint32) (windows.Handle, error) {
	return windows.CreateNamedPipe(l.name, windows.PIPE_ACCESS_DUPLEX|windows.FILE_FLAG_OVERLAPPED|flags,
		windows.PIPE_TYPE_BYTE|windows.PIPE_REJECT_REMOTE_CLIENTS, windows.PIPE_UNLIMITED_INSTANCES, pipeBuffer, pipeBuffer, 0, l.rights)
}

// Accept waits for the next connection.
func (l *pipeListener) Accept() (net.Conn, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.next == 0 {
		return nil, net.ErrClosed
	}
	if err := l.connected(l.next); err != nil {
		_ = windows.CloseHandle(l.next)
		l.next = 0
		if !errors.Is(err, net.ErrClosed) {
			l.next, _ = l.instance(0) // the one before may have failed with who asked
		}
		return nil, err
	}
	conn := &pipeConn{os.NewFile(uintptr(l.next), l.file)}
	l.next, _ = l.instance(0) // without another one, the next call says that it is closed
	return conn, nil
}

// connected waits until somebody has opened an instance, or the listener is closed.
func (l *pipeListener) connected(h windows.Handle) error {
	done, err := windows.CreateEvent(nil, 1, 0, nil)
	if err != nil {
		return err
	}
	defer func() { _ = windows.CloseHandle(done) }()
	waiting := &windows.Overlapped{HEvent: done}
	err = windows.ConnectNamedPipe(h, waiting)
	if errors.Is(err, windows.ERROR_PIPE_CONNECTED) {
		return nil
	}
	if !errors.Is(err, windows.ERROR_IO_PENDING) {
		return err
	}
	first, err := windows.WaitForMultipleObjects([]windows.Handle{l.stopped, done}, false, windows.INFINITE)
	if err != nil || first == windows.WAIT_OBJECT_0 {
		_ = windows.CancelIoEx(h, waiting)
		err = net.ErrClosed
	}
	var none uint32
	over := windows.GetOverlappedResult(h, waiting, &none, true) // until then Windows writes into waiting
	if err == nil {
		err = over
	}
	return err
}

// Close ends Accept, and removes the file that names the pipe.
func (l *pipeListener) Close() error {
	l.closed.Do(func() {
		os.Remove(l.file)
		_ = windows.SetEvent(l.stopped)
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.next != 0 {
			_ = windows.CloseHandle(l.next)
			l.next = 0
		}
		_ = windows.CloseHandle(l.stopped)
	})
	return nil
}

// Addr is part of net.Listener.
func (l *pipeListener) Addr() net.Addr { return pipeAddr(l.file) }

// dial opens the pipe that a file names.
func dial(ctx context.Context, file string) (net.Conn, error) {
	text, err := smallfile.Read("the name of a window's pipe", file, longestName)
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(string(text), pipes) {
		return nil, os.ErrNotExist
	}
	name, err := windows.UTF16PtrFromString(string(text))
	if err != nil {
		return nil, err
	}
	// Anonymous: whoever listens there learns nothing of who asks, and can't act as him.
	for {
		h, err := windows.CreateFile(name, windows.GENERIC_READ|windows.GENERIC_WRITE, 0, nil, windows.OPEN_EXISTING,
			windows.FILE_FLAG_OVERLAPPED|windows.SECURITY_SQOS_PRESENT|windows.SECURITY_ANONYMOUS, 0)
		if err == nil {
			return &pipeConn{os.NewFile(uintptr(h), file)}, nil
		}
		if !errors.Is(err, windows.ERROR_PIPE_BUSY) {
			return nil, err
		}
		select { // between two instances
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(retries):
		}
	}
}

// pipeConn is a connection: a file that can be read and written at once.
type pipeConn struct{ *os.File }

func (c *pipeConn) LocalAddr() net.Addr  { return pipeAddr(c.Name()) }
func (c *pipeConn) RemoteAddr() net.Addr { return pipeAddr(c.Name()) }

type pipeAddr string

func (pipeAddr) Network() string  { return "pipe" }
func (a pipeAddr) String() string { return string(a) }
