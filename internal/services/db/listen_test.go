package db_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/lifecycle/lifecycletest"
	"fabricportal/internal/services/db"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

// ear is a listener whose calls can be waited for.
type ear struct {
	*db.Listener
	heard  atomic.Int64
	states chan db.Hearing
}

func listen(t *testing.T, d *db.DB, timing db.ListenTiming) *ear {
	t.Helper()
	e := &ear{states: make(chan db.Hearing, 100)}
	e.Listener = db.NewListener(d, timing, func() { e.heard.Add(1) }, func(h db.Hearing) { e.states <- h })
	e.Start(t.Context())
	t.Cleanup(e.Stop)
	return e
}

func (e *ear) until(t *testing.T, want db.HearingState) db.Hearing {
	t.Helper()
	deadline := time.After(30 * time.Second)
	for {
		select {
		case h := <-e.states:
			if h.State == want {
				return h
			}
		case <-deadline:
			require.FailNow(t, "the state never came")
		}
	}
}

func (e *ear) hears(t *testing.T, what func()) {
	t.Helper()
	before := e.heard.Load()
	what()
	require.Eventually(t, func() bool { return e.heard.Load() > before }, 10*time.Second, time.Millisecond)
}

func TestListenerStartsAndStopsInAnyOrder(t *testing.T) {
	heard := atomic.Int64{}
	l := db.NewListener(fresh(t), db.ListenTiming{}, func() { heard.Add(1) }, func(db.Hearing) {})
	lifecycletest.Check(t, l, func() bool { return heard.Load() > 0 })
}

func TestListenerHearsOtherDesktops(t *testing.T) {
	d := fresh(t)
	other := open(t, plain)
	e := listen(t, d, db.ListenTiming{Check: 50 * time.Millisecond, Retry: 10 * time.Millisecond})
	e.until(t, db.Listening)
	e.hears(t, func() { submitted(t, other) })

	t.Run("the connection is lost", func(t *testing.T) {
		terminate := "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = 'fabric-data-portal listener'"
		e.hears(t, func() { require.Equal(t, 1, count(t, plain, terminate)) }) // after each connect it is told to look
		e.until(t, db.Connecting)
		e.until(t, db.Listening)
		card, err := other.LockCard(t.Context())
		require.NoError(t, err)
		e.hears(t, func() {
			_, err := other.ClaimPoll(t.Context(), card.RunID, 0)
			require.NoError(t, err)
		})
	})
	t.Run("the computer woke up", func(t *testing.T) {
		e.hears(t, e.Reconnect)
		e.until(t, db.Listening)
	})
	t.Run("wake-ups of others stay theirs", func(t *testing.T) {
		quiet := listen(t, other, db.ListenTiming{Check: time.Hour})
		quiet.until(t, db.Listening)
		before := quiet.heard.Load()
		for range 5 { // five checks of e
			_, err := d.Ping(t.Context())
			require.NoError(t, err)
			time.Sleep(60 * time.Millisecond)
		}
		require.Equal(t, before, quiet.heard.Load(), "the checks of one desktop wake no other")
	})
}

func TestListenerSaysThatTheServerIsAway(t *testing.T) {
	d, err := db.Open(t.Context(), config.Database{Host: "127.0.0.1", Port: 1, Name: "x", User: "x", SSLMode: "disable"}, secrets.New("nothing"), "")
	require.NoError(t, err)
	t.Cleanup(d.Close)
	e := listen(t, d, db.ListenTiming{Retry: time.Millisecond})
	e.until(t, db.Connecting)
	require.ErrorContains(t, e.until(t, db.Connecting).Why, "does not answer")
	done := make(chan struct{})
	go func() { e.Stop(); close(done) }()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		require.FailNow(t, "Stop does not come back")
	}
}

// Where nothing arrives within the time that is waited, the listener says so, and tries again when it is asked to.
func TestListenerNoticesDeafness(t *testing.T) {
	e := listen(t, fresh(t), db.ListenTiming{Wait: time.Nanosecond, Deaf: time.Hour})
	require.ErrorContains(t, e.until(t, db.Deaf).Why, "do not arrive")
	e.hears(t, e.Reconnect)
}
