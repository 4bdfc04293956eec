//go:build linux

package soak

import (
	"encoding/json"
	"fmt"
	"net"
	"net/url"
	"os"
	"time"

	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/setup/config"
)

// workerEnv carries the spec of a desktop process; the test binary that finds it set is one.
const workerEnv = "PORTAL_SOAK_WORKER"

// The kinds of desktop processes.
const (
	desktopRole = "desktop" // submits, restores and cancels at random, and reconciles
	victimRole  = "victim"  // submits until its failpoint has been hit, and reconciles
	healerRole  = "healer"  // only reconciles, when it is told to
)

// Spec says what a desktop process is to be.
type Spec struct {
	Role     string
	Name     string // the user's
	Fabric   config.Fabric
	Database config.Database
	CAFile   string
	Secret   string // of the service principal
	Password string // of the database
	StateDir string
	Fail     Failpoint
	Scale    float64       // of the protocol's times
	Clock    time.Duration // how far this desktop's clock is ahead
	Asleep   bool          // timers stand still while it is frozen
	Seed     uint64
	ByHand   bool    // the victim closes its run by hand as soon as it may
	Broken   string  // a deliberate mistake, to see that it is found; see broken_test.go
	History  string  // file for what was done to the lock; "" for none
	Reads    float64 // share of the lock's readings that go into the history
	Pause    time.Duration
}

// Failpoint is a named step and what happens there.
type Failpoint struct {
	Name   string // "" for none
	Nth    int    // the how manieth time it is passed, from 1
	Action Action
}

func (f Failpoint) String() string { return fmt.Sprintf("%s at %s (%d)", f.Action, f.Name, f.Nth) }

// Action is what happens at a failpoint.
type Action string

// The actions.
const (
	Kill   Action = "kill"   // SIGKILL
	Freeze Action = "freeze" // SIGSTOP, until somebody sends SIGCONT
	Panic  Action = "panic"
	Fail   Action = "error" // the step returns an error
)

func (s Spec) env() string {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return workerEnv + "=" + string(text)
}

// dsn is the database for who does not go through package db.
func (s Spec) dsn() string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(s.Database.User, s.Password), Host: net.JoinHostPort(s.Database.Host, fmt.Sprint(s.Database.Port)),
		Path: "/" + s.Database.Name, RawQuery: url.Values{"sslmode": {s.Database.SSLMode}, "sslrootcert": {s.CAFile}}.Encode(),
	}
	return u.String()
}

func specFromEnv() (Spec, bool) {
	var s Spec
	text, ok := os.LookupEnv(workerEnv)
	if !ok {
		return s, false
	}
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		panic(err)
	}
	return s, true
}

// timing is the protocol's times (docs/run-protocol.md §4), scaled: a minute is a second and a half or so.
func timing(scale float64) runs.Timing {
	ms := func(n float64) time.Duration { return time.Duration(n * scale * float64(time.Millisecond)) }
	return runs.Timing{
		Send: ms(400), Answer: ms(1600), Orphan: ms(900), Settle: ms(150), NoJob: ms(2600), Marker: ms(1000), Window: ms(500),
		Poll: ms(200), Grace: ms(500), Unknown: ms(3000), Access: ms(500), Tick: ms(80), Fill: ms(400), Stray: ms(400), Call: ms(2000),
	}
}
