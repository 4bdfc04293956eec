package portal

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"

	"fabricportal/internal/services/db"
	"fabricportal/internal/services/desktop/waitingrun"
	"fabricportal/internal/services/desktop/wake"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/runs"
)

// Live is what goes on while the program is open: the screens' feeds, the following of the team's run, the wake-ups from
// other desktops, the run that waits for the lock, and the notice that this computer slept. Start it once, then Stop it.
type Live struct {
	*feeds.Service
	portal   *Portal
	loop     *runs.Loop
	listener *db.Listener
	watch    *wake.Watch
	waiting  *waitingrun.Service

	cancel context.CancelFunc
	done   sync.WaitGroup
}

// Live prepares all of it; nothing is asked before Start. ended is called when a waiting run has come to its end, on a
// goroutine of its own kind, so it must not block.
func (p *Portal) Live(ended func(waitingrun.Outcome)) *Live {
	l := &Live{portal: p}
	l.Service = feeds.New(feeds.Sources{
		Database: p.db, Files: p.files, Jobs: p.jobs, Links: p.jobs, Phase: p.runs.Phase, Sentence: Sentence,
	}, feeds.Intervals{})
	l.loop = runs.NewLoop(p.runs, l.passed)
	l.listener = db.NewListener(p.db, db.ListenTiming{}, l.Woken, func(h db.Hearing) {
		p.log.Info("listening for changes", "state", h.State, "reason", h.Reason)
		l.Hearing(feeds.Push{OK: h.State == db.Listening, Sentence: h.Reason})
	})
	l.watch = wake.New(wake.NewSystemClock(), l.woke)
	l.waiting = waitingrun.New(p.files, p.Run, l.SetWaiting, func(o waitingrun.Outcome) {
		l.RunsChanged()
		ended(o)
	})
	l.Frame.Subscribe(func(f feeds.Frame) {
		if f.LockKnown && !f.Lock.Held() {
			l.waiting.LockFree()
		}
	})
	return l
}

// Start begins all of it.
func (l *Live) Start(ctx context.Context) {
	l.Service.Start(ctx)
	l.loop.Start(ctx)
	l.listener.Start(ctx)
	l.watch.Start(ctx)
	l.waiting.Start(ctx)
	ctx, l.cancel = context.WithCancel(ctx)
	l.done.Go(func() { l.inspect(ctx) })
	l.done.Go(func() { l.rememberResults(ctx) })
}

// rememberResults notes each content whose results are published while the program is open.
func (l *Live) rememberResults(ctx context.Context) {
	published := make(chan feeds.Results, 1)
	stop := l.Results.Subscribe(func(r feeds.Results) {
		if r.Profile == nil || r.Profile.RunID == nil || r.Updating {
			return
		}
		select {
		case <-published: // a later one says more
		default:
		}
		select {
		case published <- r:
		default:
		}
	})
	defer stop()
	seen := ""
	for {
		select {
		case <-ctx.Done():
			return
		case r := <-published:
			if *r.Profile.RunID != seen && r.Run != nil {
				seen = *r.Profile.RunID
				l.portal.rememberPublished(ctx, r)
			}
		}
	}
}

// Stop ends all of it and waits.
func (l *Live) Stop() {
	l.cancel()
	l.done.Wait()
	l.waiting.Stop()
	l.watch.Stop()
	l.listener.Stop()
	l.loop.Stop()
	l.Service.Stop()
}

// The times between two looks at the database's tables and clock: after one that worked, and after one that did not.
const (
	inspectEvery = 10 * time.Minute
	inspectAgain = 30 * time.Second
)

// inspect compares the database with what the program needs, at the start and now and then: rights are changed and clocks
// drift while a window stays open for days.
func (l *Live) inspect(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		notices, skew, err := l.portal.inspect(ctx)
		if err != nil {
			timer.Reset(inspectAgain)
			continue
		}
		l.Noticed(notices, skew)
		timer.Reset(inspectEvery)
	}
}

// inspect names what keeps the program from doing its work, as sentences, and measures the clock.
func (p *Portal) inspect(ctx context.Context) ([]string, time.Duration, error) {
	health, err := p.db.Ping(ctx)
	if err != nil {
		return nil, 0, err
	}
	differences, err := p.db.CheckSchema(ctx)
	if err != nil {
		return nil, 0, err
	}
	var notices []string
	for _, d := range differences {
		if d.Blocking {
			notices = append(notices, Sentence(errors.New(d.Sentence)))
		}
	}
	if health.Skew.Abs() > skewLimit {
		notices = append(notices, Sentence(skewError(health.Skew)))
	}
	return notices, health.Skew, nil
}

// skewError words how far this computer's clock is off.
func skewError(skew time.Duration) error {
	direction := "ahead of"
	if skew < 0 {
		direction = "behind"
	}
	return fmt.Errorf("this computer's clock is %s %s the database's: set it by a time server", skew.Abs().Round(time.Second), direction)
}

// passed hears of each look at the active run.
func (l *Live) passed(out runs.Outcome, err error) {
	if err != nil {
		l.portal.log.Warn("following the runs", "error", err)
	}
	if out.AskedFabric {
		l.FabricAnswered(out.FabricErr)
	}
	if out.Changed {
		l.RunsChanged()
	}
}

// woke begins anew what does not survive a sleep: connections may be dead without knowing it, and what the screens show
// is as old as the sleep was long.
func (l *Live) woke(gap time.Duration) {
	l.portal.log.Info("this computer slept, or its clock was set", "gap", gap)
	l.portal.db.Reset()
	l.listener.Reconnect()
	l.Refresh()
	l.loop.Wake()
}

// RunWhenFree runs the file as soon as the lock is free, as long as this program is open and the file stays as it is.
func (l *Live) RunWhenFree(ctx context.Context, inputFile string) error {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	return l.waiting.Make(ctx, inputFile)
}

// DropWaiting gives up what RunWhenFree was asked for.
func (l *Live) DropWaiting() { l.waiting.Drop() }

// InputFile is a file of Files/import as it is now.
func (p *Portal) InputFile(ctx context.Context, name string) (artifacts.File, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	return p.files.Stat(ctx, artifacts.ImportFolder+"/"+name)
}

// Examine asks Fabric about the run that holds the lock and says what a person can decide.
func (p *Portal) Examine(ctx context.Context, run uuid.UUID) (runs.Doubt, error) {
	return p.runs.Examine(ctx, run)
}

// Adopt gives the run the job that this user names.
func (p *Portal) Adopt(ctx context.Context, run uuid.UUID, jobID string) error {
	return p.runs.Adopt(ctx, run, jobID, p.User())
}

// Dismiss records that jobs are not the run's, as this user says.
func (p *Portal) Dismiss(ctx context.Context, run uuid.UUID, jobIDs []string, why string) error {
	return p.runs.Dismiss(ctx, run, jobIDs, p.User(), why)
}

// Unlock closes the run that holds the lock without an answer from Fabric. confirm is its short id, typed by the user.
func (p *Portal) Unlock(ctx context.Context, run uuid.UUID, confirm, why string) error {
	return p.runs.Close(ctx, run, confirm, p.User(), why)
}
