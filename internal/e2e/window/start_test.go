//go:build linux

package window

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestFirstInsightWithoutAnything starts the program for a user who has no configuration, no file and no account: two clicks from
// the first window, the checks and the figures of a file are there.
func TestFirstInsightWithoutAnything(t *testing.T) {
	s := newScreen(t, 1360, 900)
	program := buildProgram(t)
	home := newHome(t)
	none := []string{"PORTAL_CONFIG=", "PORTAL_LANG=en"}

	ana := s.openPortalOf(program, home, none)
	ana.untilShows("See first what the portal says about a file", 20*time.Second)
	s.shot("first")
	ana.click("setup.sample") // one
	ana.find("No connection")
	ana.untilShows("repeats an earlier order_id", time.Minute)
	v := ana.untilShows("Made up on this computer", 20*time.Second)
	require.True(t, v.shows("A sample to try things on"), v.Texts)
	require.True(t, v.shows("Not connected yet"), v.Texts)
	run, ok := v.control("import.run")
	require.True(t, ok)
	require.False(t, run.Enabled)
	_, offered := v.control("import.upload")
	require.False(t, offered)
	s.shot("checks")
	ana.click("import.kpis") // two
	ana.untilShows("Average order", 20*time.Second)
	s.shot("figures")
	_, err := os.Stat(filepath.Join(home, ".cache", "fabric-data-portal", "sample", "SAMPLE made-up sales orders.xlsx"))
	require.NoError(t, err, "it lies among this computer's notes")

	ana.click("tour.start")
	for _, sentence := range []string{"Choose or drop a file here", "Follow the run here", "Read here what came out", "Find every run here"} {
		ana.untilShows(sentence, 20*time.Second)
		time.Sleep(300 * time.Millisecond) // a reader; the key goes to the card that is there then
		s.shot("tour")
		ana.key("Return")
	}
	ana.until("the tour has ended", 20*time.Second, func(v view) bool {
		_, going := v.control("tour.next")
		return !going && v.Tab == "Import"
	})
	for _, tab := range []string{"monitor", "results", "archive"} {
		ana.click("tab." + tab)
		ana.untilEnabled(tab+".lead", 20*time.Second)
		s.shot(tab)
	}
	ana.click("archive.lead")
	ana.find("Add a connection")
	s.shot("set-up")
}
