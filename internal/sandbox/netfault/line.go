package netfault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

// Line is a TCP proxy that is as far away as a real service: what it is given arrives half a round trip later, and of each connection no
// more than a window of bytes is under way in each direction, as TCP has it, so that one connection carries at most a window in each round
// trip. The window is open from the first byte on, nothing is lost, and all connections together have as much room as they like.
type Line struct {
	Addr string // host:port, on the loopback address

	target    string
	roundTrip time.Duration
	window    int
	listener  net.Listener
	group     sync.WaitGroup
	ctx       context.Context
	cancel    context.CancelFunc
}

// Stretch listens at a free port of the loopback address and leads to target (host:port) until Close, or until ctx is done.
func Stretch(ctx context.Context, target string, roundTrip time.Duration, window int) (*Line, error) {
	var listen net.ListenConfig
	listener, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("starting a proxy: %w", err)
	}
	l := &Line{Addr: listener.Addr().String(), target: target, roundTrip: roundTrip, window: window, listener: listener}
	l.ctx, l.cancel = context.WithCancel(ctx)
	l.group.Go(l.accept)
	return l, nil
}

// Close ends all connections and waits.
func (l *Line) Close() {
	l.cancel()
	l.listener.Close()
	l.group.Wait()
}

func (l *Line) accept() {
	for {
		c, err := l.listener.Accept()
		if err != nil {
			if l.ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
				return
			}
			continue
		}
		l.group.Go(func() { l.serve(c) })
	}
}

func (l *Line) serve(near net.Conn) {
	ctx, cancel := context.WithCancel(l.ctx)
	defer cancel()
	defer near.Close()
	var d net.Dialer
	far, err := d.DialContext(ctx, "tcp", l.target)
	if err != nil {
		return
	}
	defer far.Close()
	defer context.AfterFunc(ctx, func() { near.Close(); far.Close() })()
	var both sync.WaitGroup
	for _, way := range []struct{ from, to net.Conn }{{near, far}, {far, near}} {
		both.Go(func() {
			if err := l.carry(ctx, way.to, way.from); err != nil {
				cancel()
			}
		})
	}
	both.Wait()
}

// underway is bytes on their way, and when they arrive.
type underway struct {
	bytes []byte
	due   time.Time
}

// carry brings one direction to its end, which it passes on as well.
func (l *Line) carry(ctx context.Context, to, from net.Conn) error {
	pieces, room := make(chan underway, 256), newRoom(l.window)
	defer context.AfterFunc(ctx, room.end)()
	arrived := make(chan error, 1)
	go func() {
		var err error
		for p := range pieces {
			if err != nil {
				continue // until nobody sends any more
			}
			wait := time.NewTimer(time.Until(p.due))
			select {
			case <-wait.C:
			case <-ctx.Done():
				wait.Stop()
			}
			if _, err = to.Write(p.bytes); err != nil {
				from.Close()
				room.end()
				continue
			}
			time.AfterFunc(l.roundTrip/2, func() { room.free(len(p.bytes)) }) // the word that it has arrived takes its time, too
		}
		arrived <- err
	}()
	var err error
	for err == nil {
		piece := make([]byte, min(64<<10, l.window))
		most := room.take(len(piece))
		if most == 0 {
			err = net.ErrClosed
			break
		}
		var n int
		n, err = from.Read(piece[:most])
		room.free(most - n)
		if n > 0 {
			pieces <- underway{piece[:n], time.Now().Add(l.roundTrip / 2)}
		}
	}
	close(pieces)
	if werr := <-arrived; werr != nil {
		return werr
	}
	if !errors.Is(err, io.EOF) {
		return err
	}
	half, ok := to.(*net.TCPConn)
	if !ok {
		return err
	}
	return half.CloseWrite()
}

// room is what is free of a window.
type room struct {
	mu    sync.Mutex
	some  *sync.Cond
	bytes int
	ended bool
}

func newRoom(window int) *room {
	r := &room{bytes: window}
	r.some = sync.NewCond(&r.mu)
	return r
}

// take waits for room and takes of it up to most bytes; 0 when there will be none any more.
func (r *room) take(most int) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.bytes == 0 && !r.ended {
		r.some.Wait()
	}
	if r.ended {
		return 0
	}
	taken := min(most, r.bytes)
	r.bytes -= taken
	return taken
}

func (r *room) free(bytes int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.bytes += bytes
	r.some.Signal()
}

func (r *room) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = true
	r.some.Broadcast()
}
