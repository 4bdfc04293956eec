package model

import (
	"flag"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Each mistake is found, by one of its signs.
func TestTheHistoriesFindMistakes(t *testing.T) {
	for mistake, signs := range map[string]string{
		sendsTwice: "I1:|I2:", leaseEnds: "I1:", forgetsIntents: "I1:|I5:|I8:", intendsBlindly: "I1:|I2:|I5:|I8:", movesDown: "I3:", keepsTheLock: "I4, I7:",
	} {
		t.Run(mistake, func(t *testing.T) {
			said := attempt(t, func(t rapid.TB) {
				histories(t, 2000, func(rapid.TB) []*side { return []*side{memorySide(mistake)} })
			})
			require.Regexp(t, signs, said)
		})
	}
}

// attempt runs a test that is to fail, and returns what it said; "" where it did not fail.
func attempt(t *testing.T, test func(t rapid.TB)) string {
	// Whether it is found matters, not in how few steps; and the same histories each time, as luck proves nothing.
	for name, value := range map[string][2]string{"rapid.shrinktime": {"1s", "30s"}, "rapid.seed": {"1", "0"}} {
		require.NoError(t, flag.Set(name, value[0]))
		defer func() { require.NoError(t, flag.Set(name, value[1])) }()
	}
	a := &attempted{TB: t}
	done := make(chan struct{})
	go func() { // FailNow ends its goroutine
		defer close(done)
		test(a)
	}()
	<-done
	if !a.failed {
		return ""
	}
	return a.said.String()
}

type attempted struct {
	rapid.TB
	failed bool
	said   strings.Builder
}

func (a *attempted) Logf(format string, args ...any)   { fmt.Fprintf(&a.said, format+"\n", args...) }
func (a *attempted) Log(args ...any)                   { fmt.Fprintln(&a.said, args...) }
func (a *attempted) Errorf(format string, args ...any) { a.Logf(format, args...); a.Fail() }
func (a *attempted) Error(args ...any)                 { a.Log(args...); a.Fail() }
func (a *attempted) Fatalf(format string, args ...any) { a.Logf(format, args...); a.FailNow() }
func (a *attempted) Fatal(args ...any)                 { a.Log(args...); a.FailNow() }
func (a *attempted) Fail()                             { a.failed = true }
func (a *attempted) FailNow()                          { a.failed = true; runtime.Goexit() }
func (a *attempted) Failed() bool                      { return a.failed }
