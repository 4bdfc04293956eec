package runs

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"fabricportal/internal/services/runs/locking"
)

// History is what an Observer reads from the database. Runs are listed latest first.
type History interface {
	LockCard(ctx context.Context) (locking.Card, error)
	// Run is one run; *UnknownRunError when there is none of this id.
	Run(ctx context.Context, id uuid.UUID) (Run, error)
	// Events returns a run's events.
	Events(ctx context.Context, run uuid.UUID) (Events, error)
	Artifacts(ctx context.Context, run uuid.UUID) (Artifacts, error)
	// ListRuns returns at most limit runs that are older than before; from the latest where it is nil.
	ListRuns(ctx context.Context, before *Run, limit int) ([]Run, error)
	// SearchRuns returns at most limit runs of a selection.
	SearchRuns(ctx context.Context, s Selection, limit int) ([]Run, error)
	// Beside returns what is known of runs besides their rows.
	Beside(ctx context.Context, ids []uuid.UUID) (Beside, error)
	// FindRuns returns the ids of at most limit runs that begin with prefix.
	FindRuns(ctx context.Context, prefix string, limit int) ([]uuid.UUID, error)
}

// Observer finds runs and tells how they stand. Each question has a deadline of its own.
type Observer struct {
	history History
	runs    *Runs
	user    string
	log     *slog.Logger
}

// NewObserver makes an observer for a user, whose own runs a Filter can ask for. r says what the holder of the lock is
// doing, and follows the team's run while one is followed.
func NewObserver(h History, r *Runs, user string, log *slog.Logger) *Observer {
	return &Observer{history: h, runs: r, user: user, log: log}
}

// askTime bounds one question of a person: it may be several questions to the database.
const askTime = 30 * time.Second

// Look is Runs.Look: what a command does first, so that nobody waits for a desktop that isn't open.
func (o *Observer) Look(ctx context.Context) (Outcome, string, error) {
	out, said, err := o.runs.Look(ctx)
	if err != nil && ctx.Err() == nil {
		o.log.Warn("looking after the runs", "error", err)
	}
	return out, said, err
}

// State is a run with what is known around it.
type State struct {
	Run    Run
	Events Events
	Lock   locking.Card
	Phase  Phase // of the run that holds the lock; zero for another
}

// ErrNoRun says that no run has been recorded yet.
var ErrNoRun = errors.New("no run has been recorded yet: start one with “run INPUT_FILE”")

// State is the given run, or with uuid.Nil the active one, else the last; ErrNoRun when there is none.
func (o *Observer) State(ctx context.Context, id uuid.UUID) (State, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	var s State
	var err error
	if s.Lock, err = o.history.LockCard(ctx); err != nil {
		return s, err
	}
	if id == uuid.Nil {
		id = s.Lock.RunID
	}
	if id == uuid.Nil {
		list, err := o.history.ListRuns(ctx, nil, 1)
		if err != nil {
			return s, err
		}
		if len(list) == 0 {
			return s, ErrNoRun
		}
		id = list[0].ID
	}
	if s.Run, err = o.history.Run(ctx, id); err != nil {
		return s, err
	}
	if s.Events, err = o.history.Events(ctx, id); err != nil {
		return s, err
	}
	if s.Lock.RunID == id {
		s.Phase = o.runs.Phase(s.Run, s.Events.Rows, s.Lock.AsOf)
	}
	return s, nil
}

// Detail is a run with what it left.
type Detail struct {
	Run       Run
	Artifacts Artifacts
	Events    Events
}

// Detail reads a run with its artifacts and its events.
func (o *Observer) Detail(ctx context.Context, id uuid.UUID) (Detail, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	var d Detail
	var err error
	if d.Run, err = o.history.Run(ctx, id); err != nil {
		return d, err
	}
	if d.Artifacts, err = o.history.Artifacts(ctx, id); err != nil {
		return d, err
	}
	d.Events, err = o.history.Events(ctx, id)
	return d, err
}

// Artifacts lists what a run left in the lakehouse.
func (o *Observer) Artifacts(ctx context.Context, run uuid.UUID) (Artifacts, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	return o.history.Artifacts(ctx, run)
}

// followEvery is how often a run that is followed is looked at, besides each change that this program makes itself.
const followEvery = time.Second

// Follow reconciles as any desktop does until the run has ended, and calls seen after each change. While the database does
// not answer it waits, until the context ends.
func (o *Observer) Follow(ctx context.Context, id uuid.UUID, seen func(State)) (Run, error) {
	woken := make(chan struct{}, 1)
	loop := NewLoop(o.runs, func(out Outcome, _ error) {
		if out.Changed {
			select {
			case woken <- struct{}{}:
			default:
			}
		}
	})
	loop.Start(ctx)
	defer loop.Stop()
	timer := time.NewTimer(0)
	defer timer.Stop()
	events := -1
	for {
		select {
		case <-ctx.Done():
			return Run{ID: id}, ctx.Err()
		case <-timer.C:
		case <-woken:
		}
		s, err := o.State(ctx, id)
		switch {
		case ctx.Err() != nil:
			return s.Run, ctx.Err()
		case Unreachable(err): // the database comes back, or the user gives up
			o.log.Warn("following a run", "run", id, "error", err)
		case err != nil:
			return s.Run, err
		case s.Events.Total() != events || s.Run.Status.Terminal():
			events = s.Events.Total()
			seen(s)
			if s.Run.Status.Terminal() {
				return s.Run, nil
			}
		}
		timer.Reset(followEvery)
	}
}

// Unreachable tells whether an error of the database says of itself that it may pass.
func Unreachable(err error) bool {
	var away interface{ Unreachable() bool }
	return errors.As(err, &away) && away.Unreachable()
}
