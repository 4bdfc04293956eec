package transport

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// ErrTooLate is why nothing was sent when the deadline had passed on this computer's clock.
var ErrTooLate = errors.New("the deadline for sending has passed")

var (
	errUsed   = errors.New("this request was sent before and is not sent again")
	errSealed = errors.New("the request was given up")
)

// Once sends a single request at most once, on a connection of its own, and tells afterwards whether any of it left
// (docs/run-protocol.md §3 step 3). The clock is asked at the last possible moment, with the TLS handshake done and the
// request's first bytes in hand, since a laptop may sleep at any point before.
type Once struct {
	network *Network
	hosts   hostSet
	maxBody int64
	sendBy  time.Time
	now     func() time.Time

	mu      sync.Mutex
	used    bool
	dialled bool
	sealed  bool // RoundTrip has returned: nothing may leave any more
	writing bool
	written int64 // bytes of the request; the handshake does not count
	late    bool
}

// Once prepares a sender for one request to one of the hosts, which writes nothing after sendBy (wall clock).
func (n *Network) Once(o ClientOptions, sendBy time.Time) *Once {
	return &Once{network: n, hosts: allow(o.Hosts), maxBody: o.MaxBody, sendBy: sendBy.Round(0), now: time.Now}
}

// Do sends the request; see RoundTrip.
func (o *Once) Do(req *http.Request) (*http.Response, error) { return o.RoundTrip(req) }

// RoundTrip sends the request, which it does for the first call only. After an error Left and TooLate tell more.
func (o *Once) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := o.begin(req); err != nil {
		if req.Body != nil {
			req.Body.Close()
		}
		return nil, err
	}
	// Go sends a request again when it can get its body again, or when it bears an idempotency key.
	req = req.Clone(req.Context())
	req.GetBody = nil
	if err := inMemory(req); err != nil {
		return nil, err
	}
	req.Header.Del("Idempotency-Key")
	req.Header.Del("X-Idempotency-Key")
	t := &http.Transport{
		DialTLSContext:         o.dial,
		DisableKeepAlives:      true,
		DisableCompression:     true,
		ResponseHeaderTimeout:  headerTimeout,
		MaxResponseHeaderBytes: 64 << 10,
		// Header and body leave in one piece: the clock then decides about all of it.
		WriteBufferSize: 256 << 10,
	}
	resp, err := t.RoundTrip(req)
	if err != nil {
		o.mu.Lock()
		defer o.mu.Unlock()
		// From here on a writer that was still on its way is turned back, so that Left can't change from no to yes.
		o.sealed = true
		if o.late {
			err = ErrTooLate
		}
		return nil, err
	}
	if o.maxBody > 0 {
		resp.Body = &cappedBody{resp.Body, o.maxBody}
	}
	return resp, nil
}

// inMemory gives the request a body of a kind that Go knows to be in memory: before any other it sends the header on its
// own, and a computer that falls asleep in between would leave half a request and a doubt behind.
func inMemory(req *http.Request) error {
	if req.Body == nil || req.Body == http.NoBody {
		return nil
	}
	defer req.Body.Close()
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return err
	}
	req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return nil
}

func (o *Once) begin(req *http.Request) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.used {
		return errUsed
	}
	o.used = true
	if err := o.hosts.check(req); err != nil {
		return err
	}
	return o.checkClock()
}

// checkClock compares wall clocks: the monotonic one stands still while the computer sleeps.
func (o *Once) checkClock() error {
	if o.now().Round(0).After(o.sendBy) {
		o.late = true
		return ErrTooLate
	}
	return nil
}

func (o *Once) dial(ctx context.Context, _, addr string) (net.Conn, error) {
	o.mu.Lock()
	again := o.dialled
	o.dialled = true
	o.mu.Unlock()
	if again {
		return nil, errUsed
	}
	if err := o.at("before_dial"); err != nil {
		return nil, err
	}
	conn, err := o.network.dialTLS(ctx, addr)
	if err != nil {
		return nil, err
	}
	o.hosts.witness(conn, o.network.viaProxy(addr))
	return &onceConn{conn, o}, nil
}

// Left tells whether any byte of the request may have left this computer.
func (o *Once) Left() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.written > 0 || o.writing
}

// TooLate tells whether the clock stopped the request.
func (o *Once) TooLate() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.late
}

// onceConn stands above TLS: what is written to it is the request and nothing else.
type onceConn struct {
	net.Conn
	once *Once
}

// maxPiece is the size of one TLS record: so much leaves in one piece, or not at all.
const maxPiece = 16 << 10

// Write asks the clock before each piece that leaves.
func (c *onceConn) Write(b []byte) (n int, err error) {
	pieces := maxPiece
	if c.once.network.Failpoint != nil {
		pieces = (len(b) + 1) / 2 // so that there is a middle to fail in
	}
	for step := "before_send"; n < len(b); step = "mid_body" {
		if err := c.once.at(step); err != nil {
			return n, err
		}
		m, err := c.write(b[n:min(len(b), n+pieces)])
		n += m
		if err != nil {
			return n, err
		}
	}
	return n, c.once.at("after_send_before_response")
}

func (c *onceConn) write(b []byte) (int, error) {
	o := c.once
	o.mu.Lock()
	err := o.checkClock()
	if o.sealed {
		err = errSealed
	}
	if err != nil {
		o.mu.Unlock()
		return 0, err
	}
	o.writing = true
	o.mu.Unlock()
	n, err := c.Conn.Write(b)
	o.mu.Lock()
	o.writing = false
	o.written += int64(n)
	o.mu.Unlock()
	return n, err
}

// at is a failpoint.
func (o *Once) at(name string) error {
	if o.network.Failpoint == nil {
		return nil
	}
	return o.network.Failpoint(name)
}
