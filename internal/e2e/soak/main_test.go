//go:build linux

package soak

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"
)

// Flags of the soak; make soak sets them.
var (
	soakSeconds  = flag.Int("soak.seconds", 60, "how long the soak lasts")
	soakBouncer  = flag.Bool("soak.pgbouncer", false, "put PgBouncer between the desktops and the database")
	soakDesktops = flag.Int("soak.desktops", 12, "how many desktops there are")
	soakScale    = flag.Float64("soak.scale", 0, "of the protocol's times; 0 for 1, or 1.5 with the race detector")
)

func TestMain(m *testing.M) {
	if spec, ok := specFromEnv(); ok {
		os.Exit(work(spec))
	}
	flag.Parse()
	served := make(chan struct{})
	go func() { defer close(served); serveOrders() }()
	code := m.Run()
	close(orders)
	<-served
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// scale stretches the protocol's times where the computer is slow.
func scale() float64 {
	switch {
	case *soakScale > 0:
		return *soakScale
	case raceDetector:
		return 1.5
	}
	return 1
}
