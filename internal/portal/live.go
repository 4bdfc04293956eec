package portal

import (
	"context"
	"time"

	"fabricportal/contract"
	"fabricportal/internal/lifecycle"
	"fabricportal/internal/services/db"
	"fabricportal/internal/services/desktop/waitingrun"
	"fabricportal/internal/services/desktop/wake"
	"fabricportal/internal/services/doctor"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/runs"
)

// Live is what goes on while the program is open: the screens' feeds, the following of the team's run, the wake-ups from
// other desktops, the run that waits for the lock, and the notice that this computer slept. It is started and stopped as
// package lifecycle says.
type Live struct {
	*feeds.Service
	portal   *Portal
	loop     *runs.Loop
	listener *db.Listener
	watch    *wake.Watch
	waiting  *waitingrun.Service
	loops    lifecycle.Loops

	failed string      // what the last look at the active run said, on its goroutine
	seen   feeds.Frame // the frame that was logged last, on the publishing goroutine
}

// Live prepares all of it; nothing is asked before Start. ended is called when a waiting run has come to its end, on a
// goroutine of its own kind, so it must not block.
func (p *Portal) Live(ended func(waitingrun.Outcome)) *Live {
	l := &Live{portal: p}
	words := p.Words
	if words == nil {
		words = Sentence
	}
	clean := func(err error) string { return p.clean.Redact(words(err)) } // a service may have repeated a secret
	l.Service = feeds.New(feeds.Sources{
		Database: p.db, Files: p.files, Jobs: p.jobs, Links: p.jobs, Phase: p.runs.Phase, Follows: p.runs.Follows, Sentence: clean,
	}, feeds.Intervals{})
	l.loop = runs.NewLoop(p.runs, l.passed)
	l.listener = db.NewListener(p.db, db.ListenTiming{}, l.Woken, func(h db.Hearing) {
		p.log.Info("listening for changes", "they arrive", h.State == db.Listening, "reason", h.Why)
		push := feeds.Push{OK: h.State == db.Listening}
		if h.Why != nil {
			push.Sentence = clean(h.Why)
		}
		l.Hearing(push)
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
		l.logReach(f)
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
	l.loops.Start(ctx, l.inspect, l.rememberResults)
}

// Stop ends all of it and waits.
func (l *Live) Stop() {
	l.loops.Stop()
	l.waiting.Stop()
	l.watch.Stop()
	l.listener.Stop()
	l.loop.Stop()
	l.Service.Stop()
}

// rememberResults notes each content whose results are published while the program is open.
func (l *Live) rememberResults(ctx context.Context) {
	published := make(chan feeds.Results, 1)
	stop := l.Results.Subscribe(func(r feeds.Results) {
		if r.Profile == nil || r.Profile.RunID == nil || r.Mixed {
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
				l.portal.NotePublished(ctx, r.Profile, r.Run)
			}
		}
	}
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
		notices, skew, err := doctor.Notices(ctx, l.portal.db)
		if err != nil {
			timer.Reset(inspectAgain)
			continue
		}
		for _, n := range notices {
			l.portal.log.Warn("the database or the clock is not as needed", "notice", n)
		}
		l.Noticed(notices, skew)
		timer.Reset(inspectEvery)
	}
}

// passed hears of each look at the active run. The same failure again is logged once.
func (l *Live) passed(out runs.Outcome, err error) {
	said := ""
	if err != nil {
		said = err.Error()
	}
	if said != "" && said != l.failed {
		l.portal.log.Warn("following the runs", "error", err)
	}
	l.failed = said
	if out.AskedFabric {
		l.FabricAnswered(out.FabricErr)
	}
	if out.Changed {
		l.RunsChanged()
	}
}

// logReach logs when a part of the outside world stops answering, and when it answers again.
func (l *Live) logReach(f feeds.Frame) {
	for _, part := range []struct {
		name        string
		before, now feeds.Reach
	}{{"database", l.seen.Database, f.Database}, {"Fabric", l.seen.Fabric, f.Fabric}, {"files", l.seen.Files, f.Files}} {
		switch {
		case !part.now.Known || part.before.Known && part.before.OK == part.now.OK:
		case part.now.OK:
			l.portal.log.Info("it answers", "part", part.name)
		default:
			l.portal.log.Warn("it does not answer", "part", part.name, "error", part.now.Sentence)
		}
	}
	l.seen = f
}

// woke begins anew what does not survive a sleep: connections may be dead without knowing it, and what the screens show
// is as old as the sleep was long.
func (l *Live) woke(gap time.Duration) {
	l.portal.renew(gap)
	l.listener.Reconnect()
	l.Refresh()
	l.loop.Wake()
}

// waitTime bounds the look at the file that is to run later.
const waitTime = 30 * time.Second

// RunWhenFree runs the file, read as how says, as soon as the lock is free, as long as this program is open and the file stays
// as it is.
func (l *Live) RunWhenFree(ctx context.Context, inputFile string, how *contract.ReadOptions) error {
	ctx, cancel := context.WithTimeout(ctx, waitTime)
	defer cancel()
	return l.waiting.Make(ctx, inputFile, how)
}

// DropWaiting gives up what RunWhenFree was asked for.
func (l *Live) DropWaiting() { l.waiting.Drop() }
