//go:build linux

package window

import (
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/sampledata"
	"fabricportal/internal/sandbox/standin/faults"
)

// persist does something until a text is there, as a user does: what failed is read, closed and tried again.
func (p *portal) persist(text string, try func()) {
	p.t.Helper()
	for range 5 {
		try()
		v := p.until("the text “"+text+"”, or why not", 2*time.Minute, func(v view) bool {
			_, told := v.control("dialog.close") // a dialog tells why not
			return v.shows(text) || told
		})
		if v.shows(text) {
			return
		}
		p.shot("told")
		p.click("dialog.close")
	}
	p.t.Fatalf("tried five times, and never saw %q", text)
}

// TestTheJobOnASlowAndFailingOutside does the job while every fourth request to OneLake and to Fabric's job pages fails,
// and each takes a while: the window stays usable, says what it knows, and the run ends as one run.
func TestTheJobOnASlowAndFailingOutside(t *testing.T) {
	s := newScreen(t, 1360, 900)
	program := buildProgram(t)
	w := newWorld(t)
	var mu sync.Mutex
	chance := rand.New(rand.NewPCG(1, 2))
	failed := 0
	for _, class := range []faults.Class{faults.Get, faults.ActivityRuns, faults.List, faults.LakeList, faults.LakeRead} {
		w.StandIn.Faults.Pick(class, func() faults.Fault {
			mu.Lock()
			defer mu.Unlock()
			f := faults.Fault{Delay: time.Duration(100+chance.IntN(600)) * time.Millisecond}
			switch chance.IntN(12) {
			case 0:
				f.Status, failed = 503, failed+1
			case 1:
				f.Status, f.RetryAfter, failed = 429, "1", failed+1
			case 2:
				f.Drop, failed = true, failed+1
			}
			return f
		})
	}
	ana := s.openPortal(program, w.env("ana"))
	ana.untilShows("Free to run", time.Minute)
	ana.openFile(filepath.Join(w.samples, sampledata.FactFile), "50,046 rows")
	ana.click("import.cleaning")
	ana.untilShows("Rows kept: 50,000.", time.Minute)
	s.shot("cleaning")
	ana.persist(sampledata.FactFile+" was uploaded", func() { ana.click("import.upload") })
	ana.persist("Timeline", func() {
		ana.click("import.run")
		ana.untilShows("Run the pipeline?", time.Minute)
		ana.click("dialog.confirm")
	})
	for _, tab := range []string{"tab.results", "tab.archive", "tab.import", "tab.monitor"} { // and meanwhile all screens answer
		ana.click(tab)
		want := strings.ToUpper(tab[4:5]) + tab[5:]
		ana.until("the screen "+want, time.Minute, func(v view) bool { return v.Tab == want })
	}
	ana.until("the run's end", 3*time.Minute, func(v view) bool { return v.shows("Succeeded today") })
	s.shot("ended")
	ana.click("tab.results")
	ana.untilShows("6,699,399.27", 2*time.Minute)
	ana.click("results.data")
	ana.untilShows("1 to ", 2*time.Minute)
	s.shot("data")
	require.Len(t, w.StandIn.Jobs.Jobs(), 1)
	require.Equal(t, int64(1), value[int64](t, w, "select count(*) from pipeline_runs where status = 'SUCCEEDED'"))
	require.Equal(t, int64(0), value[int64](t, w, "select count(*) from run_lock where run_id is not null"))
	mu.Lock()
	defer mu.Unlock()
	require.Positive(t, failed, "otherwise nothing was tried")
}
