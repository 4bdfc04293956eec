package lifecycle

import (
	"context"
	"time"
)

// EndBy sees to it that a program ends that was asked to, although what should end it is busy or hangs: when ctx has ended
// and the returned function was not called within grace, last is called, which saves and closes what it can, and then exit,
// at the latest after another grace. What is left is as after a crash: all that matters is on the disk before it is done.
func EndBy(ctx context.Context, grace time.Duration, last func(), exit func(code int)) (ended func()) {
	over, stop := context.WithCancel(context.WithoutCancel(ctx))
	go func() { // its owner is the program, with which it ends
		select {
		case <-over.Done():
			return
		case <-ctx.Done():
		}
		timer := time.NewTimer(grace)
		defer timer.Stop()
		select {
		case <-over.Done():
			return
		case <-timer.C:
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			last()
		}()
		timer.Reset(grace)
		select {
		case <-over.Done():
			return
		case <-done:
		case <-timer.C:
		}
		exit(EndedByForce)
	}()
	return stop
}

// EndedByForce is the exit code of a program that did not end by itself when it was asked to.
const EndedByForce = 70
