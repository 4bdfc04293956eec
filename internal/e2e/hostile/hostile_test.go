//go:build linux

package hostile

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/hostile"
	"fabricportal/internal/services/results/dataset"
)

// TestEverySubcommandLivesThroughIt points all subcommands at a world that attacks them, round after round: each ends by its
// deadline with an exit code and a sentence, within the memory; no terminal is led astray, no secret is printed, stored or
// sent, and nobody is called whom the configuration does not name. What is left on the disk can be used afterwards.
func TestEverySubcommandLivesThroughIt(t *testing.T) {
	d := newDesktop(t, hostile.Options{Seed: seed(t)})
	list := calls(d.box.StandIn.App.ClientSecret)
	require.NoError(t, d.outside.Serve(t.Context()))
	d.usable("before", daily[:5]...)
	until := time.Now().Add(lasts(t))
	rounds := 0
	for ; rounds == 0 || time.Now().Before(until); rounds++ {
		attacks, err := d.outside.Round(t.Context(), rounds)
		require.NoError(t, err)
		began := time.Now()
		var running sync.WaitGroup
		two := make(chan struct{}, 2)
		for _, c := range round(list, rounds) {
			two <- struct{}{}
			running.Go(func() {
				defer func() { <-two }()
				d.call(c)
			})
		}
		running.Wait()
		d.lookAround()
		d.tidy()
		t.Logf("round %d, %.0f s: %s", rounds+1, time.Since(began).Seconds(), strings.Join(attacks, ", "))
	}
	require.NoError(t, d.outside.Serve(t.Context()))
	d.usable("afterwards", daily...)
	d.lookAround()
	d.settle()
}

// usable does what a user does in a world that behaves, with the state folder as it is.
func (d *desktop) usable(when string, list ...call) {
	d.t.Helper()
	for _, c := range list {
		o := d.call(c)
		require.Zero(d.t, o.code, "%s, %s: %s%s", when, o.args, o.out, o.err)
	}
}

// daily is what a user does all day.
var daily = []call{
	{name: "files"}, {name: "runs"}, {name: "status"}, {name: "artifacts", words: []string{"OLD"}}, {name: "upload", words: []string{"--overwrite", "LOCAL/sales.csv"}},
	{name: "run", words: []string{"sales.csv"}}, {name: "status", words: []string{"--follow"}},
}

// tidy removes what was saved, which may be large.
func (d *desktop) tidy() {
	d.t.Helper()
	require.NoError(d.t, os.RemoveAll(d.folder))
	require.NoError(d.t, os.Mkdir(d.folder, 0o700))
}

// TestAllSubcommandsAreTried: one that is added later has to be added here.
func TestAllSubcommandsAreTried(t *testing.T) {
	d := newDesktop(t, hostile.Options{})
	o := d.call(call{name: "--help"})
	_, commands, found := strings.Cut(string(o.out), "Available Commands:")
	require.True(t, found)
	commands, _, _ = strings.Cut(commands, "\n\n")
	tried := map[string]bool{"help": true}
	for _, c := range calls("x") {
		tried[c.name] = true
	}
	names := regexp.MustCompile(`(?m)^  (\S+)`).FindAllStringSubmatch(commands, -1)
	require.Greater(t, len(names), 15)
	for _, name := range names {
		require.True(t, tried[name[1]], name[1])
	}
}

// TestWhatIsBesideTheAttacksIsProper: a desktop gets as far as to an attack only where all else is as it should be.
func TestWhatIsBesideTheAttacksIsProper(t *testing.T) {
	d := newDesktop(t, hostile.Options{})
	require.NoError(t, d.outside.Serve(t.Context()))
	o := d.call(call{name: "kpis"})
	require.Zero(t, o.code, "%s", o.err)
	require.Contains(t, string(o.out), "12.50")
	o = d.call(call{name: "kpis", words: []string{"OLD"}})
	require.Zero(t, o.code, "%s", o.err)
	table, err := dataset.Open(t.Context(), filepath.Join(d.box.Lakehouse, "Files", "results", "current", "sales_cleaned.parquet"))
	require.NoError(t, err)
	defer table.Close()
	require.Equal(t, 2, table.Rows())
	rows, err := table.All().Window(t.Context(), 0, 2, nil)
	require.NoError(t, err)
	require.Contains(t, fmt.Sprint(rows), "O-2")
}
