package db_test

import (
	"errors"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/pgbouncer"
	"fabricportal/internal/sandbox/postgres"
	"fabricportal/internal/services/db"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

// bouncer puts a PgBouncer that pools transactions over few server connections in front of a server.
func bouncer(t *testing.T, s *postgres.Server) config.Database {
	t.Helper()
	b, err := pgbouncer.Start(t.Context(), s, postgres.DatabaseName, 3)
	if errors.Is(err, pgbouncer.ErrMissing) {
		t.Skip(err)
	}
	require.NoError(t, err)
	t.Cleanup(func() {
		b.Stop()
		if t.Failed() {
			t.Log(b.Log())
		}
	})
	host, port, err := net.SplitHostPort(b.Addr)
	require.NoError(t, err)
	number, err := strconv.Atoi(port)
	require.NoError(t, err)
	return config.Database{Host: host, Port: number, Name: postgres.DatabaseName, User: postgres.AppRole, SSLMode: "disable"}
}

// The whole life of runs through a proxy that gives each transaction another server connection, from many desktops at
// once, on a server far from UTC with timestamptz columns.
func TestThroughPgBouncer(t *testing.T) {
	require.NoError(t, zoned.Reset(t.Context()))
	cfg := bouncer(t, zoned)
	desktops := make([]*db.DB, 6)
	for i := range desktops {
		d, err := db.Open(t.Context(), cfg, secrets.New(zoned.AppPassword), "")
		require.NoError(t, err)
		t.Cleanup(d.Close)
		desktops[i] = d
	}
	_, err := desktops[0].Ping(t.Context())
	require.NoError(t, err)
	for range 4 {
		var won atomic.Value
		var winners atomic.Int32
		var wg sync.WaitGroup
		for i := range 24 {
			wg.Go(func() {
				c := creation()
				if desktops[i%len(desktops)].Create(t.Context(), c) == nil {
					won.Store(c.Run.ID)
					winners.Add(1)
				}
			})
		}
		wg.Wait()
		require.EqualValues(t, 1, winners.Load())
		id := won.Load().(uuid.UUID)
		d := desktops[1]
		require.NoError(t, d.Intend(t.Context(), id, intentOf(id)))
		job := uuid.NewString()
		require.NoError(t, d.LinkJob(t.Context(), runs.Link{RunID: id, JobID: job, JobURL: "u"}))
		var claimed atomic.Int32
		for _, d := range desktops {
			wg.Go(func() {
				if mine, err := d.ClaimPoll(t.Context(), id, 0); err != nil {
					t.Error(err)
				} else if mine {
					claimed.Add(1)
				}
			})
		}
		wg.Wait()
		require.Positive(t, claimed.Load())
		mine, err := d.ClaimPoll(t.Context(), id, time.Minute)
		require.NoError(t, err)
		require.False(t, mine)
		moved, err := d.Move(t.Context(), runs.Move{RunID: id, To: runs.Running})
		require.NoError(t, err)
		require.True(t, moved)
		e := ending(id, id)
		ended, err := desktops[2].End(t.Context(), e)
		require.NoError(t, err)
		require.True(t, ended)
		run, err := desktops[3].Run(t.Context(), id)
		require.NoError(t, err)
		require.WithinDuration(t, time.Now(), *run.FinishedAt, 20*time.Second)
		require.WithinDuration(t, time.Now(), run.CreatedAt, 20*time.Second)
		require.Equal(t, uuid.Nil, held(t, desktops[4]))
	}
}

func TestListenerIsDeafBehindPgBouncer(t *testing.T) {
	require.NoError(t, zoned.Reset(t.Context()))
	d, err := db.Open(t.Context(), bouncer(t, zoned), secrets.New(zoned.AppPassword), "")
	require.NoError(t, err)
	t.Cleanup(d.Close)
	e := listen(t, d, db.ListenTiming{Wait: 500 * time.Millisecond, Deaf: time.Hour})
	require.ErrorContains(t, e.until(t, db.Deaf).Why, "a proxy before the database pools transactions")
}
