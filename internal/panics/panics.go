// Package panics turns panics into errors. So a fault ends the piece of work in which it happens, and not the whole program.
package panics

import (
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// Error is a panic that was recovered.
type Error struct {
	Value any    // what panic was called with
	Stack []byte // of the goroutine that called it
}

// Error is a sentence without its full stop; where the work was about a file, say that instead.
func (e *Error) Error() string {
	return fmt.Sprintf("this program has met a fault of its own (%v): try again, and report it if it comes back", e.Value)
}

// Unwrap gives the error that panic was called with, nil where it was called with something else.
func (e *Error) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// Of makes an error of what recover returned, nil where there was no panic, and writes it with its stack to the log. It is
// called in the function that is deferred. A panic that a Group carried here keeps the stack of where it was raised.
func Of(recovered any) *Error {
	if recovered == nil {
		return nil
	}
	if carried, ok := recovered.(*Error); ok {
		return carried
	}
	e := &Error{Value: recovered, Stack: debug.Stack()}
	slog.Error(fmt.Sprintf("a fault of this program: %v\n%s", e.Value, e.Stack))
	return e
}

// Group is a sync.WaitGroup whose goroutines may panic: Wait raises the first panic again, in the goroutine that waits.
// The zero value is an empty group.
type Group struct {
	all   sync.WaitGroup
	once  sync.Once
	first *Error // valid once all have ended
}

// Go runs f in a goroutine of its own.
func (g *Group) Go(f func()) {
	g.all.Go(func() {
		defer func() {
			if e := Of(recover()); e != nil {
				g.once.Do(func() { g.first = e })
			}
		}()
		f()
	})
}

// Wait waits until all have ended.
func (g *Group) Wait() {
	g.all.Wait()
	if g.first != nil {
		panic(g.first)
	}
}

// Each calls do for each i below n, at most so many at the same time, and waits until all have ended. It raises a panic as Wait does.
func Each(n, most int, do func(i int)) {
	var next atomic.Int64
	var all Group
	for range min(n, most) {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	all.Wait()
}
