//go:build linux

package window

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/contract/contracttest"
	"fabricportal/internal/sandbox"
	"fabricportal/internal/sandbox/standin/faults"
	"fabricportal/internal/sandbox/standin/jobs"
)

// publish puts results into the lakehouse, as a notebook has left them.
func (w *world) publish(t *testing.T, files map[string]string, run string) {
	t.Helper()
	current := filepath.Join(w.Lakehouse, "Files", "results", "current")
	require.NoError(t, os.MkdirAll(current, 0o755))
	for name, text := range files {
		require.NoError(t, os.WriteFile(filepath.Join(current, name), []byte(text), 0o600))
	}
	require.NoError(t, os.WriteFile(filepath.Join(current, "manifest.json"), contracttest.Manifest(run, "", files), 0o600))
}

// TestADownloadIsStoppedAndSurvivesAKill comes from a slow lakehouse, by clicks.
func TestADownloadIsStoppedAndSurvivesAKill(t *testing.T) {
	s := newScreen(t, 1360, 900)
	program := buildProgram(t)
	none := jobs.RunnerFunc(func(context.Context, jobs.Execution) (jobs.Outcome, error) { return jobs.Outcome{}, nil })
	w := newWorldOf(t, sandbox.Options{Log: t.Logf, Runner: none})
	const name, ranges = "sales_cleaned.parquet", 20
	content := make([]byte, ranges*4<<20)
	_, _ = rand.NewChaCha8([32]byte{18}).Read(content)
	run := uuid.NewString()
	files := contracttest.Published(run, nil)
	files[name] = string(content)
	w.publish(t, files, run)
	home := newHome(t)
	download := func(p *portal) {
		t.Helper()
		p.click("tab.results")
		p.click("results.files")
		p.click("results.parquet.download")
	}
	nothing := func() {
		t.Helper()
		entries, err := os.ReadDir(filepath.Join(home, "Downloads"))
		require.NoError(t, err)
		for _, e := range entries {
			require.True(t, strings.HasPrefix(e.Name(), "."), "%s is not the file, or half of it", e.Name())
		}
	}

	ana := s.openPortalOf(program, home, w.env("ana"))
	ana.untilShows("Free to run", time.Minute)
	ana.untilEnabled("tab.results", time.Minute)
	var answers atomic.Int32 // that still come, slowly; the others don't within this test
	w.StandIn.Faults.Pick(faults.LakeRead, func() faults.Fault {
		if answers.Add(-1) < 0 {
			return faults.Fault{Delay: 5 * time.Minute}
		}
		return faults.Fault{Delay: 1200 * time.Millisecond}
	})
	answers.Store(16) // some are of what else the window asks
	download(ana)
	ana.untilShows("/s · about ", time.Minute) // how quick it is, and how long it still takes
	s.shot("downloading")
	ana.click("results.open.stop")
	ana.untilShows("The download was stopped (", time.Minute)
	s.shot("stopped")
	nothing()

	answers.Store(4)
	download(ana)
	ana.untilShows("Downloading "+name+": ", time.Minute)
	require.NoError(t, syscall.Kill(-ana.cmd.Process.Pid, syscall.SIGKILL))
	ana.close()
	nothing()

	w.StandIn.Faults.Pick(faults.LakeRead, func() faults.Fault { return faults.Fault{} })
	ana = s.openPortalOf(program, home, w.env("ana"))
	ana.untilShows("Free to run", time.Minute)
	asked := len(w.StandIn.Faults.Requests(faults.LakeRead))
	download(ana)
	ana.untilShows("Saved "+name, time.Minute)
	s.shot("saved")
	got, err := os.ReadFile(filepath.Join(home, "Downloads", name))
	require.NoError(t, err)
	require.True(t, bytes.Equal(content, got))
	fetched := 0
	for _, r := range w.StandIn.Faults.Requests(faults.LakeRead)[asked:] {
		if r.Method == "GET" && strings.Contains(r.Path, name) {
			fetched++
		}
	}
	require.Positive(t, fetched)
	require.Less(t, fetched, ranges, "what has arrived before is not fetched again")
}
