package netfault_test

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"fabricportal/internal/sandbox/netfault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what must happen; brief how long it looks at what must not.
const (
	patience = 10 * time.Second
	brief    = 60 * time.Millisecond
)

// echo is a server that sends back what it gets, and keeps it.
func echo(t *testing.T) (address string, got chan string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	got = make(chan string, 100)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				buf := make([]byte, 1024)
				for {
					n, err := c.Read(buf)
					if n > 0 {
						got <- string(buf[:n])
						_, _ = c.Write(buf[:n])
					}
					if err != nil {
						return
					}
				}
			}()
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return l.Addr().String(), got
}

type link struct {
	net.Conn
	t *testing.T
}

func dial(t *testing.T, p *netfault.Proxy) link {
	t.Helper()
	c, err := net.Dial("tcp", p.Addr)
	require.NoError(t, err)
	t.Cleanup(func() { c.Close() })
	return link{c, t}
}

func (l link) say(s string) {
	l.t.Helper()
	_, err := io.WriteString(l, s)
	require.NoError(l.t, err)
}

// hear reads what comes within the time; "" for nothing.
func (l link) hear(within time.Duration) (string, error) {
	l.t.Helper()
	require.NoError(l.t, l.SetReadDeadline(time.Now().Add(within)))
	buf := make([]byte, 1024)
	n, err := l.Read(buf)
	return string(buf[:n]), err
}

func (l link) requireEcho(s string) {
	l.t.Helper()
	l.say(s)
	got, err := l.hear(patience)
	require.NoError(l.t, err)
	require.Equal(l.t, s, got)
}

func (l link) requireSilence() {
	l.t.Helper()
	_, err := l.hear(brief)
	require.ErrorIs(l.t, err, os.ErrDeadlineExceeded, "neither bytes nor an end")
}

func (l link) requireReset() {
	l.t.Helper()
	_, err := l.hear(patience)
	require.True(l.t, errors.Is(err, syscall.ECONNRESET), "%v", err)
}

func start(t *testing.T) (*netfault.Proxy, chan string) {
	t.Helper()
	address, got := echo(t)
	p, err := netfault.Start(t.Context(), address)
	require.NoError(t, err)
	t.Cleanup(p.Close)
	return p, got
}

func TestItPassesWhatItGets(t *testing.T) {
	p, _ := start(t)
	c := dial(t, p)
	c.requireEcho("one")
	p.Set(netfault.Fault{Delay: brief})
	before := time.Now()
	c.requireEcho("two")
	require.GreaterOrEqual(t, time.Since(before), 2*brief, "there and back")
	require.Equal(t, 1, p.Connections())
	c.Close()
	require.Eventually(t, func() bool { return p.Connections() == 0 }, patience, time.Millisecond)
}

func TestDown(t *testing.T) {
	p, _ := start(t)
	c := dial(t, p)
	c.requireEcho("one")
	p.Set(netfault.Fault{Mode: netfault.Down})
	_, err := c.hear(patience)
	require.Error(t, err)
	require.NotErrorIs(t, err, os.ErrDeadlineExceeded)
	if conn, err := net.DialTimeout("tcp", p.Addr, patience); err == nil { // it may be cut before the dialler has it
		defer conn.Close()
		_, err = link{conn, t}.hear(patience)
		require.Error(t, err)
		require.NotErrorIs(t, err, os.ErrDeadlineExceeded)
	}
	p.Set(netfault.Fault{})
	dial(t, p).requireEcho("again")
}

func TestReset(t *testing.T) {
	p, _ := start(t)
	c := dial(t, p)
	c.requireEcho("one")
	p.Set(netfault.Fault{Mode: netfault.Reset})
	c.requireReset()
}

func TestABlackHoleGivesNothingBack(t *testing.T) {
	p, got := start(t)
	c := dial(t, p)
	c.requireEcho("one")
	require.Equal(t, "one", <-got)
	p.Set(netfault.Fault{Mode: netfault.BlackHole})
	c.say("lost")
	c.requireSilence()
	p.Set(netfault.Fault{})
	_, err := c.hear(patience)
	require.Error(t, err)
	require.NotErrorIs(t, err, os.ErrDeadlineExceeded, "a connection that lost bytes ends")
	dial(t, p).requireEcho("two")
	require.Equal(t, "two", <-got, "what was lost does not arrive later")
}

func TestOneWay(t *testing.T) {
	p, got := start(t)
	c := dial(t, p)
	p.Set(netfault.Fault{Mode: netfault.OneWay})
	c.say("there")
	select {
	case s := <-got:
		require.Equal(t, "there", s)
	case <-time.After(patience):
		t.Fatal("it did not arrive")
	}
	c.requireSilence()
}

func TestCutAfter(t *testing.T) {
	p, got := start(t)
	p.Set(netfault.Fault{Mode: netfault.CutAfter, Bytes: 5})
	c := dial(t, p)
	c.requireEcho("abc")
	c.say("defgh")
	c.requireReset()
	require.Equal(t, "abc", <-got)
	select {
	case s := <-got:
		require.Equal(t, "de", s)
	case <-time.After(brief): // the reset may overtake the last bytes, as it does on a real network
	}
}

func TestSlowClose(t *testing.T) {
	p, _ := start(t)
	c := dial(t, p)
	c.requireEcho("one")
	p.Set(netfault.Fault{Mode: netfault.SlowClose, Delay: brief})
	before := time.Now()
	require.NoError(t, c.Conn.(*net.TCPConn).CloseWrite())
	_, err := c.hear(patience)
	require.ErrorIs(t, err, io.EOF)
	require.GreaterOrEqual(t, time.Since(before), brief)
}
