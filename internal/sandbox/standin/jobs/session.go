package jobs

import (
	"context"
	"time"
)

// Session is how notebooks' sessions are: late, idle, without an end, or killed.
type Session struct {
	Start   time.Duration // until the session runs; Fabric's take up to some minutes
	Hollow  bool          // the notebook succeeds without doing anything
	Hanging bool          // it goes on until it is cancelled
	// KilledAfter is the number of files put in place in current/ after which its process is killed; 0 lets it live.
	KilledAfter int
}

// InSession is a runner whose notebooks run in sessions as now says when each begins.
func InSession(runner Runner, now func() Session) Runner {
	return RunnerFunc(func(ctx context.Context, x Execution) (Outcome, error) {
		session := now()
		if session.Start > 0 && !pause(ctx, session.Start) {
			return Outcome{}, ctx.Err()
		}
		switch {
		case session.Hanging:
			<-ctx.Done()
			return Outcome{}, ctx.Err()
		case session.Hollow:
			return Outcome{ExitValue: "succeeded"}, nil
		}
		x.KilledAfter = session.KilledAfter
		return runner.Run(ctx, x)
	})
}
