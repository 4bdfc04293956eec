// Package lifecycle starts and stops everything that has goroutines of its own. Both are safe to call in any state.
package lifecycle

import (
	"context"
	"sync"
)

// Loops are the goroutines of one service. The zero value is ready; it must not be copied once it is used.
//
// The contract: a second Start while they run does nothing; Stop without Start is safe, and so is a second Stop; each Stop
// returns when all loops have ended; after that they may be started again. A loop must not call Start or Stop of its own
// service, as Stop waits for it.
type Loops struct {
	mu     sync.Mutex // held by Stop until all loops have ended, so that every Stop waits
	cancel context.CancelFunc
	done   sync.WaitGroup
}

// Start runs each loop on a goroutine of its own, with a context that ends with ctx or with Stop; a loop must return when
// it does. False says that the loops run already, and that these were not started.
func (l *Loops) Start(ctx context.Context, loops ...func(ctx context.Context)) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cancel != nil {
		return false
	}
	ctx, l.cancel = context.WithCancel(ctx)
	for _, loop := range loops {
		l.done.Go(func() { loop(ctx) })
	}
	return true
}

// Stop ends the loops and waits for them.
func (l *Loops) Stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cancel == nil {
		return
	}
	l.cancel()
	l.done.Wait()
	l.cancel = nil
}
