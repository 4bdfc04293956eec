// Package lifecycletest checks that a service keeps the contract of package lifecycle.
package lifecycletest

import (
	"context"
	"testing"
	"time"
)

// Service is what is started and stopped.
type Service interface {
	Start(ctx context.Context)
	Stop()
}

// waitTime bounds each call, so that one that hangs fails the test instead of stopping it.
const waitTime = 30 * time.Second

// Check starts and stops a service in each order that the contract allows. running, where it is not nil, must come true
// some time after Start; what must not be true after Stop is for the package's own tests and for goleak.
func Check(t *testing.T, s Service, running func() bool) {
	t.Helper()
	within(t, "Stop without Start", s.Stop)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	within(t, "Start", func() { s.Start(ctx) })
	within(t, "a second Start", func() { s.Start(ctx) })
	if running != nil {
		within(t, "the loops after Start", func() {
			for !running() {
				time.Sleep(time.Millisecond) //nolint:forbidigo // a test that polls
			}
		})
	}
	within(t, "Stop", s.Stop)
	within(t, "a second Stop", s.Stop)
	within(t, "Start after Stop", func() { s.Start(ctx) })
	cancel()
	within(t, "Stop after the context's end", s.Stop)
}

func within(t *testing.T, what string, call func()) {
	t.Helper()
	done := make(chan any, 1)
	go func() {
		defer func() { done <- recover() }()
		call()
	}()
	timer := time.NewTimer(waitTime)
	defer timer.Stop()
	select {
	case failed := <-done:
		if failed != nil {
			t.Fatalf("%s: %v", what, failed)
		}
	case <-timer.C:
		t.Fatalf("%s did not return within %v", what, waitTime)
	}
}
