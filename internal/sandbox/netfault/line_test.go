package netfault_test

import (
	"bytes"
	"crypto/rand"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/netfault"
)

// TestALineIsAsLongAsItIsSaidToBe: what must not come too early; how late it comes, nobody knows on a busy machine.
func TestALineIsAsLongAsItIsSaidToBe(t *testing.T) {
	const (
		roundTrip = 40 * time.Millisecond
		window    = 64 << 10
		sent      = 4 * window
	)
	server, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer server.Close()
	go func() {
		c, err := server.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		_, _ = io.Copy(c, c) // until the other side has said all
	}()
	line, err := netfault.Stretch(t.Context(), server.Addr().String(), roundTrip, window)
	require.NoError(t, err)
	defer line.Close()
	c, err := net.Dial("tcp", line.Addr)
	require.NoError(t, err)
	defer c.Close()

	before := time.Now()
	_, err = c.Write([]byte("?"))
	require.NoError(t, err)
	answer := make([]byte, 1)
	_, err = io.ReadFull(c, answer)
	require.NoError(t, err)
	require.Equal(t, "?", string(answer))
	require.GreaterOrEqual(t, time.Since(before), roundTrip, "there and back")

	content := make([]byte, sent)
	_, err = rand.Read(content)
	require.NoError(t, err)
	before = time.Now()
	go func() {
		_, _ = c.Write(content)
		_ = c.(*net.TCPConn).CloseWrite()
	}()
	back, err := io.ReadAll(c)
	require.NoError(t, err)
	require.True(t, bytes.Equal(content, back), "as it was sent, and its end as well")
	require.GreaterOrEqual(t, time.Since(before), (sent/window-1)*roundTrip, "a window in each round trip")
}

func TestALineThatIsClosedHasNothingUnderWay(t *testing.T) {
	address, got := echo(t)
	line, err := netfault.Stretch(t.Context(), address, 2*brief, 4)
	require.NoError(t, err)
	c, err := net.Dial("tcp", line.Addr)
	require.NoError(t, err)
	defer c.Close()
	_, err = c.Write([]byte("more than its window"))
	require.NoError(t, err)
	require.Equal(t, "more", <-got, "no more of it is under way at a time")
	line.Close() // and TestMain finds no goroutine of it
	require.NoError(t, c.SetReadDeadline(time.Now().Add(patience)))
	_, err = io.ReadAll(c)
	require.NotErrorIs(t, err, os.ErrDeadlineExceeded, "the connection is at its end")
}
