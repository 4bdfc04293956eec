package db

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"fabricportal/internal/format"
	"fabricportal/internal/lifecycle"
)

// HearingState says whether the changes of other desktops come by themselves.
type HearingState int

// The states of hearing.
const (
	Connecting HearingState = iota // not known yet, or the connection was lost and is being made again
	Listening                      // a wake-up sent a moment ago arrived
	Deaf                           // LISTEN is accepted but nothing arrives, as behind a proxy that pools transactions
)

// Hearing is the state with its reason. While it is not Listening, only asking regularly shows what has changed.
type Hearing struct {
	State HearingState
	Why   error // why it is not Listening, where that is known
}

// says tells whether it says the same as another.
func (h Hearing) says(other Hearing) bool {
	return h.State == other.State && (h.Why == nil) == (other.Why == nil) && (h.Why == nil || h.Why.Error() == other.Why.Error())
}

// ListenTiming is the listener's times; zero values mean the defaults.
type ListenTiming struct {
	Check time.Duration // between two checks that wake-ups arrive; 30 s
	Wait  time.Duration // how long a check's wake-up is waited for; 5 s
	Retry time.Duration // between two tries to connect, doubling up to thirty times that; 1 s
	Deaf  time.Duration // until a deaf connection is tried again, as the proxy may have gone; 10 min
}

func (t ListenTiming) withDefaults() ListenTiming {
	for _, d := range []struct {
		v  *time.Duration
		to time.Duration
	}{{&t.Check, 30 * time.Second}, {&t.Wait, 5 * time.Second}, {&t.Retry, time.Second}, {&t.Deaf, 10 * time.Minute}} {
		if *d.v == 0 {
			*d.v = d.to
		}
	}
	return t
}

// Listener hears the wake-ups that every write sends (pg_notify on the channel portal) on a connection of its own. A
// wake-up means “look now” and carries nothing: any database user can send one, and none comes while the connection is
// down (docs/run-protocol.md §6). Make it with NewListener, then Start, then Stop.
type Listener struct {
	db     *DB
	timing ListenTiming
	heard  func()
	state  func(Hearing)
	again  chan struct{}

	loops lifecycle.Loops
}

// NewListener prepares a listener. heard is called for each wake-up and after each connect, state at each change of the
// hearing; both on the listener's goroutine, so they must not block.
func NewListener(d *DB, t ListenTiming, heard func(), state func(Hearing)) *Listener {
	return &Listener{db: d, timing: t.withDefaults(), heard: heard, state: state, again: make(chan struct{}, 1)}
}

// Start begins to listen.
func (l *Listener) Start(ctx context.Context) { l.loops.Start(ctx, l.run) }

// Stop ends the listening and waits for it.
func (l *Listener) Stop() { l.loops.Stop() }

// Reconnect makes the connection anew: after a sleep it may be dead without knowing.
func (l *Listener) Reconnect() {
	select {
	case l.again <- struct{}{}:
	default:
	}
}

// errReconnect ends a session on the request of the user or the program.
var errReconnect = errors.New("the connection is made anew")

// deafError ends a session on which nothing arrives.
type deafError struct{ *format.Said }

func (l *Listener) run(ctx context.Context) {
	last := Hearing{State: -1}
	tell := func(h Hearing) {
		if !h.says(last) {
			last = h
			l.state(h)
		}
	}
	tell(Hearing{State: Connecting})
	pause := l.timing.Retry
	for {
		started := time.Now()
		err := l.session(ctx, tell)
		if ctx.Err() != nil {
			return
		}
		if time.Since(started) > l.timing.Check {
			pause = l.timing.Retry
		}
		var deaf *deafError
		wait := pause + rand.N(pause/2+1) // #nosec G404 -- no secret: many desktops lose a server at once, and must not all come back at once
		switch {
		case errors.Is(err, errReconnect):
			tell(Hearing{State: Connecting})
			continue
		case errors.As(err, &deaf):
			tell(Hearing{State: Deaf, Why: deaf.Said})
			wait = l.timing.Deaf
		default:
			tell(Hearing{State: Connecting, Why: l.db.explain("listening for changes", err)})
			pause = min(2*pause, 30*l.timing.Retry)
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-l.again:
		}
		timer.Stop()
		if ctx.Err() != nil {
			return
		}
	}
}

// session listens on one connection until it breaks, proves deaf, or is to be made anew.
func (l *Listener) session(ctx context.Context, tell func(Hearing)) error {
	conn, err := l.connect(ctx)
	if err != nil {
		return err
	}
	defer func() {
		bye, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = conn.Close(bye)
	}()
	// The check's wake-up has a channel of its own: on the common one it would wake all other desktops.
	channel := "portal_check_" + uuid.NewString()
	if err := l.subscribe(ctx, conn, channel); err != nil {
		return err
	}
	l.heard() // what happened before is not repeated
	for {
		if err := l.check(ctx, conn, channel); err != nil {
			return err
		}
		tell(Hearing{State: Listening})
		if _, err := l.hear(ctx, conn, l.timing.Check, ""); err != nil {
			return err
		}
	}
}

func (l *Listener) connect(ctx context.Context) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	cfg := l.db.pool.Config().ConnConfig.Copy()
	cfg.RuntimeParams["application_name"] = "fabric-data-portal listener"
	return pgx.ConnectConfig(ctx, cfg)
}

// subscribe sends LISTEN, and finds a proxy that hands each transaction to another server process.
func (l *Listener) subscribe(ctx context.Context, conn *pgx.Conn, channel string) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var pid uint32
	if err := conn.QueryRow(ctx, "select pg_backend_pid()").Scan(&pid); err != nil {
		return err
	}
	if pid != conn.PgConn().PID() {
		return &deafError{format.Say("changes by other desktops are seen by asking every few seconds, as a proxy before the database pools transactions (its process numbers differ)")}
	}
	for _, name := range []string{"portal", channel} {
		if _, err := conn.Exec(ctx, "listen "+pgx.Identifier{name}.Sanitize()); err != nil {
			return err
		}
	}
	return nil
}

// check sends a wake-up from another connection, and waits for it: one sent on this connection would come back with the
// answer even through a proxy that delivers no others.
func (l *Listener) check(ctx context.Context, conn *pgx.Conn, channel string) error {
	send, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	if _, err := l.db.pool.Exec(send, "select pg_notify($1, '')", channel); err != nil {
		return err
	}
	arrived, err := l.hear(ctx, conn, l.timing.Wait, channel)
	if err != nil || arrived {
		return err
	}
	return &deafError{format.Say("changes by other desktops are seen by asking every few seconds, as wake-ups sent through the database do not arrive")}
}

// hear passes wake-ups on until one on the channel until arrives, or for the given time.
func (l *Listener) hear(ctx context.Context, conn *pgx.Conn, atMost time.Duration, until string) (arrived bool, err error) {
	waiting, cancel := context.WithTimeout(ctx, atMost)
	defer cancel()
	stop := make(chan struct{})
	var watch sync.WaitGroup
	defer watch.Wait()
	defer close(stop)
	again := make(chan struct{})
	watch.Go(func() {
		select {
		case <-l.again:
			close(again)
			cancel()
		case <-stop:
		}
	})
	for {
		n, err := conn.WaitForNotification(waiting)
		select {
		case <-again:
			return false, errReconnect
		default:
		}
		switch {
		case err == nil && n.Channel == until:
			return true, nil
		case err == nil && n.Channel == "portal":
			l.heard()
		case err == nil:
		case ctx.Err() != nil:
			return false, ctx.Err()
		case waiting.Err() != nil && (pgconn.Timeout(err) || errors.Is(err, context.DeadlineExceeded)) && !conn.IsClosed():
			return false, nil
		default:
			return false, err
		}
	}
}
