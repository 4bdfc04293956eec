// Package handover keeps one window per connection: the first start of the program claims the connection, and a later one hands its
// files over to the first, over a socket in a folder of this user, or a pipe on Windows. One that is dead has no claim any more; one
// that hangs does not answer, and the later start goes on by itself.
package handover

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"fabricportal/internal/atomicfile"
	"fabricportal/internal/format"
)

// How long a later start waits for the first one, and that one for its window to come forward. The first gives up before the later
// start does, so that a file is not opened by both.
const (
	waits   = 3 * time.Second
	answers = 2 * time.Second
	retries = 50 * time.Millisecond
)

// UnansweredError says that the connection has a window that does not answer.
type UnansweredError struct{ Err error }

func (e *UnansweredError) Error() string { return e.Say(format.English) }

// Say is part of format.Sayer.
func (e *UnansweredError) Say(w format.Writer) string {
	return format.Say("The window that is open for this connection does not answer; this is another one.").Say(w)
}
func (e *UnansweredError) Unwrap() error { return e.Err }

// ElsewhereError says that a connection has a window in another process, which came forward.
type ElsewhereError struct{ Name string }

func (e *ElsewhereError) Error() string { return e.Say(format.English) }

// Say is part of format.Sayer.
func (e *ElsewhereError) Say(w format.Writer) string {
	return format.Say("“{{.Name}}” is open in another window already, which was brought to the front.", "Name", e.Name).Say(w)
}

// Claim is a connection's window in this process. Close it.
type Claim struct {
	lock    *os.File
	socket  net.Listener
	path    string
	stop    context.CancelFunc
	serving sync.WaitGroup
}

// Take claims a connection's window for this process, or hands the files over to the process that has claimed it: handed says so, and
// there is no Claim then. key is what tells the connection from others. Errors: *UnansweredError; any other where this user has no
// folder for it. With an error there is no Claim either, and the program goes on by itself.
func Take(ctx context.Context, folder, key string, files []string) (claim *Claim, handed bool, err error) {
	at, err := placeOf(folder, key)
	if err != nil {
		return nil, false, err
	}
	ctx, cancel := context.WithTimeout(ctx, waits)
	defer cancel()
	for {
		lock, err := os.OpenFile(at+".lock", os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, false, err
		}
		if err = atomicfile.Own(lock); err == nil {
			c, err := listen(ctx, lock, at+".sock")
			return c, false, err
		}
		lock.Close()
		if !errors.Is(err, atomicfile.ErrBusy) {
			return nil, false, err
		}
		err = hand(ctx, at+".sock", files)
		if err == nil {
			return nil, true, nil
		}
		if _, refused := errors.AsType[*refusedError](err); refused || ctx.Err() != nil {
			return nil, false, &UnansweredError{err}
		}
		select { // it has only just begun, or is ending
		case <-ctx.Done():
			return nil, false, &UnansweredError{err}
		case <-time.After(retries):
		}
	}
}

func listen(ctx context.Context, lock *os.File, path string) (*Claim, error) {
	socket, err := listenAt(ctx, path)
	if err != nil {
		lock.Close()
		return nil, err
	}
	return &Claim{lock: lock, socket: socket, path: path}, nil
}

// atOnce is how many others are listened to at the same time.
const atOnce = 4

// Serve calls receive for each later start, which has its answer when receive returns: without an error, the later start ends. The
// context of receive ends when the later start no longer waits.
func (c *Claim) Serve(ctx context.Context, receive func(context.Context, Request) error) {
	ctx, c.stop = context.WithCancel(ctx)
	places := make(chan struct{}, atOnce)
	c.serving.Go(func() {
		for {
			conn, err := c.socket.Accept()
			if err != nil {
				if errors.Is(err, net.ErrClosed) || ctx.Err() != nil {
					return
				}
				select { // too many files are open; later it goes on
				case <-ctx.Done():
					return
				case <-time.After(retries):
				}
				continue
			}
			select {
			case places <- struct{}{}:
			default: // nobody starts a program so often
				conn.Close()
				continue
			}
			c.serving.Go(func() {
				defer func() { <-places }()
				serve(ctx, conn, receive)
			})
		}
	})
}

func serve(ctx context.Context, conn net.Conn, receive func(context.Context, Request) error) {
	ctx, cancel := context.WithTimeout(ctx, answers)
	defer cancel()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	defer conn.Close()
	r, err := readRequest(conn)
	if err == nil {
		err = receive(ctx, r)
	}
	_ = json.NewEncoder(conn).Encode(answer{Taken: err == nil}) // where it is not heard, the other one goes on by itself
}

// Close gives the claim back, and waits until all that was received is answered.
func (c *Claim) Close() {
	if c == nil {
		return
	}
	if c.stop != nil {
		c.stop()
	}
	c.socket.Close() // removes its file
	c.serving.Wait()
	c.lock.Close()
}

type answer struct {
	Taken bool `json:"taken"`
}

// refusedError says that the first start has answered, and not taken the files.
type refusedError struct{}

func (*refusedError) Error() string { return "it has refused" }

const longestAnswer = 256 // bytes

func hand(ctx context.Context, path string, files []string) error {
	conn, err := dial(ctx, path)
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	allowForeground()
	if err := json.NewEncoder(conn).Encode(Request{Files: files}); err != nil {
		return err
	}
	line, err := bufio.NewReader(io.LimitReader(conn, longestAnswer)).ReadBytes('\n')
	if err != nil {
		return err
	}
	var a answer
	if err := json.Unmarshal(line, &a); err != nil || !a.Taken {
		return &refusedError{}
	}
	return nil
}

// placeOf is where the files of a claim are, without their endings, in a folder that is this user's alone.
func placeOf(folder, key string) (string, error) {
	name := nameOf(key)
	if folder == "" || len(filepath.Join(folder, name))+len(".sock") > longestPath {
		folder = filepath.Join(os.TempDir(), fmt.Sprintf("fabric-data-portal-%d", os.Getuid()))
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", err
	}
	if err := private(folder); err != nil {
		return "", err
	}
	return filepath.Join(folder, name), nil
}
