//go:build linux

package soak

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/pgbouncer"
	"fabricportal/internal/sandbox/postgres"
)

// startBouncer puts a PgBouncer in front of the server and returns its address. With fewer connections to the server than
// there are desktops, each transaction meets another one.
func startBouncer(t testing.TB, s *postgres.Server) string {
	t.Helper()
	b, err := pgbouncer.Start(context.WithoutCancel(t.Context()), s, postgres.DatabaseName, 5)
	if errors.Is(err, pgbouncer.ErrMissing) {
		t.Skip(err)
	}
	require.NoError(t, err)
	t.Cleanup(b.Stop)
	return b.Addr
}
