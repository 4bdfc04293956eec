package panics_test

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/panics"
)

// logged collects what is logged while the test runs.
func logged(t *testing.T) *bytes.Buffer {
	var b bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&b, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	return &b
}

func brokenPart() { panic(io.ErrNoProgress) }

func caught(f func()) (e *panics.Error) {
	defer func() { e = panics.Of(recover()) }()
	f()
	return nil
}

func TestAPanicIsAnErrorWithItsStack(t *testing.T) {
	log := logged(t)
	require.Nil(t, caught(func() {}))
	require.Empty(t, log.String())

	e := caught(brokenPart)
	require.ErrorIs(t, e, io.ErrNoProgress)
	require.Contains(t, e.Error(), io.ErrNoProgress.Error())
	require.Contains(t, string(e.Stack), "brokenPart")
	require.Contains(t, log.String(), "brokenPart")
	require.Nil(t, errors.Unwrap(caught(func() { panic("no error") })))
}

func TestAGroupCarriesThePanicToWhoWaits(t *testing.T) {
	log := logged(t)
	var g panics.Group
	done := make(chan struct{})
	g.Go(brokenPart)
	g.Go(func() { close(done) })
	e := caught(g.Wait)
	<-done
	require.ErrorIs(t, e, io.ErrNoProgress)
	require.Contains(t, string(e.Stack), "brokenPart", "the stack is that of the goroutine")
	require.Equal(t, 1, bytes.Count(log.Bytes(), []byte("level=ERROR")), "it is logged once")

	var quiet panics.Group
	quiet.Go(func() {})
	require.Nil(t, caught(quiet.Wait))
}
