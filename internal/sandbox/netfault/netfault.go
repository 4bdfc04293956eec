// Package netfault is a TCP proxy that behaves like a bad network, for tests: slow, gone, silent, cut in the middle, or
// open in one direction only. It does not look at what passes through it.
package netfault

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// Mode is how the network behaves at the moment.
type Mode int

// The modes.
const (
	Pass      Mode = iota // everything goes through
	Down                  // connections that are there are cut, new ones are refused at once
	BlackHole             // nothing goes through and nothing is closed; what was sent meanwhile never arrives
	Reset                 // connections that are there and new ones are ended by a reset (RST)
	SlowClose             // an end of the connection is passed on only after Fault.Delay
	CutAfter              // each connection ends by a reset once Fault.Bytes have passed to the server
	OneWay                // what the server sends is lost; what the client sends arrives
)

// Fault is a mode with its figures. The zero value lets everything through.
type Fault struct {
	Mode  Mode
	Delay time.Duration // how long each piece takes in each direction; with SlowClose how long an end takes
	Bytes int64         // for CutAfter
}

// Proxy forwards connections to one address. It is safe for concurrent use.
type Proxy struct {
	Addr string // host:port, on the loopback address

	target   string
	listener net.Listener
	group    sync.WaitGroup
	ctx      context.Context
	cancel   context.CancelFunc

	mu    sync.Mutex
	fault Fault
	links map[*link]bool
}

// Start listens at a free port of the loopback address and forwards to target (host:port) until Close, or until ctx is done.
func Start(ctx context.Context, target string) (*Proxy, error) {
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("starting a proxy: %w", err)
	}
	p := &Proxy{Addr: l.Addr().String(), target: target, listener: l, links: map[*link]bool{}}
	p.ctx, p.cancel = context.WithCancel(ctx)
	p.group.Go(p.accept)
	return p, nil
}

// Port is the port of Addr.
func (p *Proxy) Port() int { return p.listener.Addr().(*net.TCPAddr).Port }

// Close cuts all connections and waits until nothing of the proxy is left.
func (p *Proxy) Close() {
	p.cancel()
	p.listener.Close()
	p.cut(false)
	p.group.Wait()
}

// Set changes how the network behaves, for the connections that are there, too.
func (p *Proxy) Set(f Fault) {
	p.mu.Lock()
	was := p.fault.Mode
	p.fault = f
	p.mu.Unlock()
	// Bytes that a silent network swallowed are lost, and TCP would never deliver those behind them: what lived through it
	// is dead, and is closed so that it can't be mistaken for a slow connection.
	if f.Mode == Down || f.Mode == Reset || (was != f.Mode && (was == BlackHole || was == OneWay)) {
		p.cut(f.Mode == Reset)
	}
}

// Connections is how many are open through the proxy.
func (p *Proxy) Connections() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.links)
}

func (p *Proxy) current() Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fault
}

func (p *Proxy) cut(reset bool) {
	p.mu.Lock()
	var all []*link
	for l := range p.links {
		all = append(all, l)
	}
	p.mu.Unlock()
	for _, l := range all {
		l.close(reset)
	}
}

func (p *Proxy) accept() {
	for {
		c, err := p.listener.Accept()
		if err != nil {
			if p.ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
				return
			}
			continue
		}
		p.group.Go(func() { p.serve(c) })
	}
}

// serve forwards one connection.
func (p *Proxy) serve(client net.Conn) {
	l := &link{client: client, closed: make(chan struct{})}
	p.mu.Lock()
	p.links[l] = true
	f := p.fault
	p.mu.Unlock()
	defer func() {
		l.close(false)
		p.mu.Lock()
		delete(p.links, l)
		p.mu.Unlock()
	}()
	if p.ctx.Err() != nil || f.Mode == Down || f.Mode == Reset {
		l.close(true) // nearest to a refusal, as the port is open
		return
	}
	var d net.Dialer
	server, err := d.DialContext(p.ctx, "tcp", p.target)
	if err != nil {
		l.close(true)
		return
	}
	if !l.join(server) {
		return
	}
	var both sync.WaitGroup
	both.Go(func() { p.copy(l, server, client, true) })
	both.Go(func() { p.copy(l, client, server, false) })
	both.Wait()
}

// copy forwards one direction until it ends.
func (p *Proxy) copy(l *link, to, from net.Conn, toServer bool) {
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		f := p.current()
		if n > 0 && !p.forward(l, to, buf[:n], toServer, f) {
			return
		}
		if err != nil {
			if f.Mode == BlackHole || (f.Mode == OneWay && !toServer) {
				l.wait(p.ctx, 0) // nobody hears of the end
				return
			}
			if f.Mode == SlowClose {
				l.wait(p.ctx, f.Delay)
			}
			l.close(false)
			return
		}
	}
}

// forward passes one piece on, or not; false when the connection is over.
func (p *Proxy) forward(l *link, to net.Conn, piece []byte, toServer bool, f Fault) bool {
	if f.Delay > 0 && f.Mode != SlowClose {
		if !l.wait(p.ctx, f.Delay) {
			return false
		}
		f = p.current() // the network may have gone meanwhile
	}
	switch {
	case f.Mode == BlackHole || (f.Mode == OneWay && !toServer):
		return true // swallowed
	case f.Mode == CutAfter && toServer:
		if left := f.Bytes - l.sent; int64(len(piece)) > left {
			_, _ = to.Write(piece[:max(left, 0)])
			l.close(true)
			return false
		}
	}
	if toServer {
		l.sent += int64(len(piece)) // only this direction's goroutine counts
	}
	if _, err := to.Write(piece); err != nil {
		l.close(false)
		return false
	}
	return true
}

// link is one connection with its other half.
type link struct {
	client net.Conn
	sent   int64 // bytes to the server

	mu     sync.Mutex
	server net.Conn // nil while it is being made
	once   sync.Once
	closed chan struct{}
}

// join adds the server's half; false when the link was closed meanwhile.
func (l *link) join(server net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-l.closed:
		server.Close()
		return false
	default:
		l.server = server
		return true
	}
}

func (l *link) close(reset bool) {
	l.once.Do(func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		close(l.closed)
		for _, c := range []net.Conn{l.client, l.server} {
			if c == nil {
				continue
			}
			if tcp, ok := c.(*net.TCPConn); ok && reset {
				_ = tcp.SetLinger(0)
			}
			c.Close()
		}
	})
}

// wait waits for d, or for ever when d is 0; false when the link or the proxy was closed meanwhile.
func (l *link) wait(ctx context.Context, d time.Duration) bool {
	var after <-chan time.Time
	if d > 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		after = timer.C
	}
	select {
	case <-after:
		return true
	case <-l.closed:
	case <-ctx.Done():
	}
	return false
}
