//go:build linux

package window

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox"
	"fabricportal/internal/sandbox/hostile"
)

const (
	windowMemory = 256 << 20 // bytes that the window may have resident
	answersIn    = time.Minute
	perRound     = 12 * time.Second
)

// TestTheWindowLivesThroughAHostileWorld opens the window on a world that attacks it, walks through its screens round after
// round, and starts it once more: it answers, stays within its memory, shows nothing that misleads and no secret, calls nobody
// whom the configuration does not name, and ends when it is asked to.
func TestTheWindowLivesThroughAHostileWorld(t *testing.T) {
	s := newScreen(t, 1360, 900)
	program := buildProgram(t)
	outside := hostile.New(hostile.Options{Seed: 2})
	box, err := sandbox.Start(t.Context(), sandbox.Options{
		Around: outside.Around, Log: t.Logf, QueueTime: -1,
		Runner: hostile.Notebook,
	})
	require.NoError(t, err)
	t.Cleanup(box.Close)
	require.NoError(t, outside.Enter(t.Context(), box))
	t.Cleanup(func() { outside.Close(context.Background()) })
	home, pulse := newHome(t), filepath.Join(t.TempDir(), "pulse")
	env := append(append(box.Env(), outside.Env()...), "PORTAL_USER=ana", "PORTAL_GUI_PULSE="+pulse)

	lasts := 30 * time.Second
	if text := os.Getenv("PORTAL_HOSTILE_SECONDS"); text != "" {
		seconds, err := strconv.Atoi(text)
		require.NoError(t, err)
		lasts = time.Duration(seconds) * time.Second
	}
	until := time.Now().Add(lasts)
	_, err = outside.Round(t.Context(), 0)
	require.NoError(t, err)
	p := s.openPortalOf(program, home, env)
	for n := 0; n < 2 || time.Now().Before(until); n++ {
		if n > 0 {
			_, err := outside.Round(t.Context(), n)
			require.NoError(t, err)
		}
		p.walk(outside, time.Now().Add(perRound))
		t.Logf("round %d, up to %d MB, longest stall %d ms: %s", n+1, peakMemory(p.pid)>>20, longestStall(pulse), strings.Join(outside.Active(), ", "))
	}
	p.endsWhenAsked()

	// What was kept of the hostile world must not keep the next start from coming, in it or in one that behaves.
	p = s.openPortalOf(program, home, env)
	p.walk(outside, time.Now())
	require.NoError(t, outside.Serve(t.Context()))
	p.untilShows("Free to run", answersIn)
	p.walk(outside, time.Now())
	p.endsWhenAsked()
	require.Empty(t, outside.Canary.Heard())
	require.Empty(t, outside.Strange())
}

// walk goes through the screens, at least once, until the time has come, and looks at what they show.
func (p *portal) walk(outside *hostile.Outside, until time.Time) {
	p.t.Helper()
	for first := true; first || time.Now().Before(until); first = false {
		for _, tab := range []string{"Import", "Monitor", "Results", "Archive"} {
			if _, told := p.look().control("dialog.close"); told { // something went wrong, and was said
				p.click("dialog.close")
			}
			p.click("tab." + strings.ToLower(tab))
			v := p.until("the screen "+tab+", while "+strings.Join(outside.Active(), ", "), answersIn, func(v view) bool { return v.Tab == tab })
			for _, name := range []string{"results.data", "archive.run.0"} { // the rows, and a run's details
				if c, ok := v.control(name); ok && c.Enabled {
					p.do("xdotool", "mousemove", "--window", p.window, strconv.Itoa(int(c.X+c.W/2)), strconv.Itoa(int(c.Y+c.H/2)), "click", "1")
				}
			}
			p.judge(outside)
		}
	}
	require.LessOrEqual(p.t, peakMemory(p.pid), int64(windowMemory), "memory while %s", strings.Join(outside.Active(), ", "))
}

// judge looks at all texts in sight.
func (p *portal) judge(outside *hostile.Outside) {
	p.t.Helper()
	for _, text := range p.look().Texts {
		require.Empty(p.t, hostile.NotPlain([]byte(text)), "while %s", strings.Join(outside.Active(), ", "))
		require.Empty(p.t, outside.Secrets.Find([]byte(text)), "%.2000q, while %s", text, strings.Join(outside.Active(), ", "))
	}
}

// endsWhenAsked sends the program the signal that a session's end sends, and waits for it.
func (p *portal) endsWhenAsked() {
	p.t.Helper()
	pid, err := strconv.Atoi(p.pid)
	require.NoError(p.t, err)
	require.NoError(p.t, syscall.Kill(pid, syscall.SIGTERM))
	require.Eventually(p.t, func() bool { return syscall.Kill(pid, 0) != nil }, answersIn, 50*time.Millisecond, "it goes on after SIGTERM")
	p.close()
}

var mostResident = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// peakMemory is the most that a process had resident, in bytes.
func peakMemory(pid string) int64 {
	text, err := os.ReadFile("/proc/" + pid + "/status")
	if err != nil {
		return 0
	}
	found := mostResident.FindSubmatch(text)
	if found == nil {
		return 0
	}
	kb, _ := strconv.ParseInt(string(found[1]), 10, 64)
	return kb << 10
}

// longestStall is for how long the window's goroutine answered nothing, in milliseconds.
func longestStall(pulse string) (most int64) {
	text, _ := os.ReadFile(pulse)
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) == 2 {
			ms, _ := strconv.ParseInt(fields[1], 10, 64)
			most = max(most, ms)
		}
	}
	return most
}
