package gui

import (
	"errors"
	"math"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/gui/timeline"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/runs/locking"
)

func TestTheLockIsAlwaysInSight(t *testing.T) {
	b := newBench(t)
	require.Equal(t, "Asking the database", b.control("header.lock").Text, "nothing is claimed that is not known")
	b.free()
	require.Equal(t, "Free to run", b.control("header.lock").Text)
	for kind, want := range map[runs.PhaseKind]string{
		runs.PhaseStarting: "Starting: ben@PC-12",
		runs.PhaseRunning:  "Running: ben@PC-12, 3 min",
		runs.PhaseChecking: "Checking with Fabric: run by ben@PC-12",
		runs.PhaseNeedsYou: "Needs you: run by ben@PC-12",
	} {
		b.held(runs.Phase{Kind: kind, Sentence: "The sentence of the phase."})
		require.Equal(t, want, b.control("header.lock").Text)
	}
	b.held(runs.Phase{Kind: runs.PhaseRunning, Sentence: "Fabric is running it."})
	b.click("header.lock")
	for _, text := range []string{"A run is active", "PC-12", "today 14:02", "Fabric is running it."} {
		b.untilSays(text)
	}
	id := runOf("ben", runs.Running).ID.String()
	require.False(t, says(b.look(), id), "ids stand behind a button")
	b.clickDialog("header.lock.details")
	b.untilSays(id)
	b.clickDialog("header.lock.details.copy")
	require.Contains(t, fyne.CurrentApp().Clipboard().Content(), id)
}

// TestARestoreIsNoRun: the card, and the reason why nothing can be run, say which of the two it is.
func TestARestoreIsNoRun(t *testing.T) {
	b := newBench(t)
	b.w.shell.Restores = func(runs.Run) bool { return true }
	b.importFiles("sales.xlsx")
	b.click("import.file.0")
	b.held(runs.Phase{Kind: runs.PhaseRunning, Sentence: "Fabric is running it."})
	b.untilSays("ben@PC-12 has been restoring sales.xlsx since 14:02.")
	b.click("header.lock")
	v := b.untilSays("A restore is active")
	require.False(t, says(v, "A run is active"))
	require.False(t, says(v, "Fabric is running it."))
}

// TestAnEventSaysAllThatIsKnownOfIt: what its sentence leaves out stands behind a click, and can be copied.
func TestAnEventSaysAllThatIsKnownOfIt(t *testing.T) {
	b := newBench(t)
	b.free()
	b.click("tab.monitor")
	r := runOf("ana", runs.Running)
	stored := `Fabric knows the job again (asked by ana@PC-12) [job_known me="ana@PC-12" job="b1f0-77"]`
	e := runs.Event{ID: archived(7), RunID: r.ID, Time: now.Add(-time.Minute), Type: runs.Log, Message: stored}
	b.monitor.Publish(feeds.Monitor{Loaded: true, Run: &r, Events: []runs.Event{e}, AsOf: now})
	v := b.untilSays("Fabric knows the job again (asked by ana@PC-12)")
	require.False(t, says(v, "b1f0-77"))
	x, y := eventAt(t, b, "Fabric knows the job again")
	test.TapCanvas(b.w.win.Canvas(), fyne.NewPos(x, y))
	b.untilSays("b1f0-77")
	b.untilSays(r.ID.String())
	b.clickDialog("timeline.copy")
	require.Contains(t, fyne.CurrentApp().Clipboard().Content(), "b1f0-77")
}

// eventAt is where an event of Monitor's timeline is drawn.
func eventAt(t testing.TB, b *bench, text string) (x, y float32) {
	t.Helper()
	b.look()
	for _, o := range test.LaidOutObjects(b.w.win.Canvas().Content()) {
		if line, ok := o.(*timeline.Timeline); ok && line.Visible() && line.Size().Height > 0 {
			at := fyne.CurrentApp().Driver().AbsolutePositionForObject(line)
			if at.X > 0 {
				x, y = at.X+60, at.Y+24
			}
		}
	}
	require.NotZero(t, x, text)
	return x, y
}

func TestWhatIsNotReachableSaysSinceWhenAndWhatToDo(t *testing.T) {
	b := newBench(t)
	b.free()
	b.frame.Publish(feeds.Frame{
		LockKnown: true, AsOf: now.Add(-5 * time.Minute),
		Database: feeds.Reach{Known: true, Since: now.Add(-4 * time.Minute), Sentence: "The database does not answer: check the network."},
	})
	require.Equal(t, "Database: no answer", b.control("header.database").Text)
	b.untilSays("as of 14:00:12")
	b.click("header.database")
	b.untilSays("Database has not answered since today 14:01")
	b.untilSays("The database does not answer: check the network.")
	require.False(t, b.control("import.run").Enabled)
}

func TestAnotherRunWasFaster(t *testing.T) {
	b := newBench(t)
	b.a.run = func(string) error {
		return &locking.BusyError{Card: locking.Card{RunID: uuid.New(), LockedBy: locking.Owner{User: "ben", Host: "PC-12"}, LockedAt: now}}
	}
	b.free()
	b.importFiles("sales.xlsx")
	b.click("import.file.0")
	b.untilSays("50,046 rows")
	b.click("import.run")
	b.clickDialog("dialog.confirm")
	v := b.untilSays("Another run is active")
	require.True(t, says(v, "Ben’s computer PC-12 has been running"))
	require.Equal(t, "Import", v.Tab)
}

func TestAFailedPollIsSaidInlineAndWhatWasSeenStays(t *testing.T) {
	b := newBench(t)
	b.free()
	b.importFiles("sales.xlsx")
	b.files.Publish(feeds.Import{Loaded: true, Sentence: "The files could not be reached.", Files: []artifacts.File{{Name: "sales.xlsx", Path: "Files/import/sales.xlsx"}}})
	v := b.untilSays("The files could not be reached.")
	require.False(t, v.Dialog)
	require.True(t, says(v, "sales.xlsx"))
	b.archive.Publish(feeds.Archive{Loaded: true, Runs: []runs.Run{runOf("ana", runs.Succeeded)}, Sentence: "The database does not answer."})
	b.click("tab.archive")
	b.untilSays("The database does not answer.")
	b.untilSays("12.4 M")
}

func TestMonitorTellsTheRun(t *testing.T) {
	b := newBench(t)
	b.click("tab.monitor")
	b.monitor.Publish(feeds.Monitor{Loaded: true})
	b.untilSays("No run yet")
	b.held(runs.Phase{Kind: runs.PhaseRunning})
	r := runOf("ben", runs.Running)
	start := now.Add(-2 * time.Minute)
	b.monitor.Publish(feeds.Monitor{
		Loaded: true, Run: &r, Phase: runs.Phase{Kind: runs.PhaseRunning}, JobPage: pipelines.Page{URL: "https://fabric.example/job"},
		Events:     []runs.Event{{ID: uuid.New(), Time: now, Type: runs.StatusChange, Message: "QUEUED->RUNNING"}, {ID: uuid.New(), Time: start, Type: runs.Log, Message: "Fabric accepted the job."}},
		Activities: []pipelines.ActivityRun{{ID: "1", Name: "Ingest sales", Type: "TridentNotebook", Status: "InProgress", Start: &start}},
	})
	v := b.untilSays("Running for 3 min")
	for _, text := range []string{"sales.xlsx · by ben", "Submitted", "Queued", "Ingest sales", "Running · 2 min", "Fabric accepted the job."} {
		require.True(t, says(v, text), text)
	}
	require.Empty(t, b.opened, "a link is opened only when it is clicked")
	b.click("monitor.job")
	require.Equal(t, []string{"https://fabric.example/job"}, b.opened)
	b.click("monitor.job.copy")
	require.Equal(t, "https://fabric.example/job", fyne.CurrentApp().Clipboard().Content())

	cancelled := make(chan uuid.UUID, 1)
	b.a.cancel = func(id uuid.UUID) error { cancelled <- id; return errors.New("fabric did not answer") }
	b.click("monitor.cancel")
	b.untilSays("Cancel the run of sales.xlsx?")
	require.Empty(t, cancelled)
	b.clickDialog("dialog.confirm")
	require.Equal(t, r.ID, <-cancelled)
	b.untilSays("Fabric did not answer.")
}

func TestMonitorInDoubtAndFailed(t *testing.T) {
	b := newBench(t)
	b.click("tab.monitor")
	r := runOf("ben", runs.Submitted)
	b.monitor.Publish(feeds.Monitor{Loaded: true, Run: &r, Phase: runs.Phase{Kind: runs.PhaseChecking, Until: now.Add(9 * time.Minute), Sentence: "Fabric is being asked."}})
	v := b.untilSays("Checking with Fabric")
	require.True(t, says(v, "Fabric is being asked. The lock is released by 14:14 at the latest."))
	require.False(t, says(v, "ailed"), "unknown is not called failed")
	b.monitor.Publish(feeds.Monitor{Loaded: true, Run: &r, Phase: runs.Phase{Kind: runs.PhaseNeedsYou, Sentence: "2 jobs could be it."}})
	b.untilSays("This run needs a person to decide")
	b.untilSays("2 jobs could be it.")
	f := runOf("ben", runs.Failed)
	f.ErrorMessage = "The required column revenue is missing."
	b.monitor.Publish(feeds.Monitor{Loaded: true, Run: &f})
	b.untilSays("Failed today 14:04")
	b.untilSays("The required column revenue is missing.")
	require.False(t, b.offers("monitor.results"))
	b.click("monitor.import") // where the file is mended and run again
	require.True(t, b.offers("import.open"))
	b.click("tab.monitor")
	f.ErrorMessage = "cancelled in Fabric"
	b.monitor.Publish(feeds.Monitor{Loaded: true, Run: &f})
	b.untilSays("Cancelled today 14:04")
	require.False(t, b.offers("monitor.import"))
}

func TestKeys(t *testing.T) {
	b := newBench(t)
	c := b.w.win.Canvas()
	c.Unfocus()
	c.OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyF5})
	require.True(t, b.a.was("refresh"))
	c.OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyF1})
	b.untilSays("Ctrl+1 … 4")
	c.OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyF1})
	require.Len(t, b.w.shell.Dialogs.Contents(), 1, "keys don't reach what lies below a dialog")
}

func TestASnapshotForAScreenOutOfSightIsDrawnWhenItComesIntoSight(t *testing.T) {
	b := newBench(t)
	r := runOf("ana", runs.Succeeded)
	b.results.Publish(feeds.Results{Loaded: true, KPIs: kpis(), Run: &r, Source: artifacts.CurrentFolder})
	b.drain()
	require.False(t, says(b.look(), "12.4 M"))
	b.click("tab.results")
	b.untilSays("12.4 M")
}

func TestSizeAndScreenAreRemembered(t *testing.T) {
	b := newBench(t)
	b.size = fyne.NewSize(1400, 900)
	b.look()
	b.click("tab.archive")
	b.w.Stop()
	w := New(t.Context(), fyne.CurrentApp(), b.w.opts)
	defer w.Stop()
	require.Equal(t, "Archive", screens[w.tabs.Chosen()])
	require.Equal(t, fyne.NewSize(1400, 900), w.win.Canvas().Size())
	b.drain()
}

func TestAnyRememberedSizeGivesAWindowThatCanBeDrawn(t *testing.T) {
	for _, v := range []float64{1e308, math.Inf(1), math.Inf(-1), math.NaN(), -5, 0, 1e9, 7681} {
		b := newBench(t)
		b.w.Stop()
		b.w.app.Preferences().SetFloat(widthKey, v)
		b.w.app.Preferences().SetFloat(heightKey, v)
		w := New(t.Context(), b.w.app, b.w.opts)
		size := w.win.Canvas().Size()
		w.Stop()
		b.drain()
		require.True(t, size.Width >= leastSize.Width && size.Width <= mostSize.Width && size.Height >= leastSize.Height && size.Height <= mostSize.Height, "%g: %v", v, size)
	}
}
