package portal

import (
	"context"
	"time"

	"fabricportal/internal/services/desktop/wake"
	"fabricportal/internal/services/runs"
)

// Watch looks after the runs as an open window does, until ctx ends, and then waits for the pass that is under way. Any number of
// programs may do it at once. seen is called after each pass, on one goroutine.
func (p *Portal) Watch(ctx context.Context, seen func(runs.Outcome, error)) {
	loop := runs.NewLoop(p.runs, seen)
	asleep := wake.New(wake.NewSystemClock(), func(gap time.Duration) {
		p.renew(gap)
		loop.Wake()
	})
	asleep.Start(ctx)
	loop.Start(ctx)
	<-ctx.Done()
	loop.Stop()
	asleep.Stop()
}

// renew drops the connections that may be dead without knowing it.
func (p *Portal) renew(gap time.Duration) {
	p.log.Info("this computer slept, or its clock was set", "gap", gap)
	p.db.Reset()
	for _, k := range p.kept {
		k.CloseIdleConnections()
	}
}
