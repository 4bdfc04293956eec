package gui

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"fabricportal/contract"
	"fabricportal/internal/gui/probe"
	"fabricportal/internal/services/artifacts"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/locking"
	"fabricportal/internal/services/runs"
)

// bench is a window on feeds that the test publishes itself, and on actions that it answers itself. What the window
// dispatches is queued, and run by the test on its own goroutine, as the real window runs it on one.
type bench struct {
	t       *testing.T
	win     *Window
	probe   *probe.Probe
	queue   chan func()
	frame   feeds.Feed[feeds.Frame]
	files   feeds.Feed[feeds.Import]
	monitor feeds.Feed[feeds.Monitor]
	results feeds.Feed[feeds.Results]
	archive feeds.Feed[feeds.Archive]
	act     *fakeActions
}

// fakeActions records what was asked; each answer can be held back or made to fail.
type fakeActions struct {
	mu       sync.Mutex
	asked    []string
	err      error
	analysis func(path string) Analysis
	hold     map[string]chan struct{}
	detail   Detail
}

func (f *fakeActions) note(what string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, what)
	return f.err
}

func (f *fakeActions) calls() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return strings.Join(f.asked, "; ")
}

func (f *fakeActions) AnalyzeLocal(ctx context.Context, path string, _ Progress) (Analysis, error) {
	err := f.note("analyze " + path)
	if gate := f.hold[path]; gate != nil {
		<-gate // as slow work that does not look at its context
	}
	return f.analysis(path), err
}

func (f *fakeActions) AnalyzeRemote(ctx context.Context, file artifacts.File, p Progress) (Analysis, error) {
	return f.AnalyzeLocal(ctx, file.Name, p)
}

func (f *fakeActions) Upload(_ context.Context, path string, overwrite bool, _ Progress) (artifacts.File, error) {
	err := f.note("upload " + path + map[bool]string{true: " over"}[overwrite])
	if overwrite {
		err = nil
	}
	return artifacts.File{Name: "a.xlsx", Path: "Files/import/a.xlsx"}, err
}

func (f *fakeActions) Run(_ context.Context, input string) (runs.Run, error) {
	return runs.Run{ID: uuid.New()}, f.note("run " + input)
}

func (f *fakeActions) Restore(_ context.Context, id uuid.UUID) (runs.Run, error) {
	return runs.Run{ID: uuid.New()}, f.note("restore " + id.String())
}
func (f *fakeActions) Cancel(_ context.Context, id uuid.UUID) error {
	return f.note("cancel " + id.String())
}
func (f *fakeActions) Detail(context.Context, uuid.UUID) (Detail, error) { return f.detail, nil }
func (f *fakeActions) Download(context.Context, string, string, Progress) (string, error) {
	return "", nil
}
func (f *fakeActions) Refresh()                {}
func (f *fakeActions) MoreRuns()               { _ = f.note("more") }
func (f *fakeActions) Sentence(e error) string { return "Sorry: " + e.Error() }

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, probe: probe.New(), queue: make(chan func(), 1000)}
	b.act = &fakeActions{analysis: func(string) Analysis { return Analysis{Profile: profile(7)} }, hold: map[string]chan struct{}{}}
	b.win = New(t.Context(), test.NewTempApp(t), Options{
		Version: "1", Profile: "Production", User: "ana", Actions: b.act, Dispatch: func(f func()) { b.queue <- f },
		Probe: b.probe,
		Feeds: Feeds{Frame: &b.frame, Import: &b.files, Monitor: &b.monitor, Results: &b.results, Archive: &b.archive},
	})
	t.Cleanup(b.win.Stop)
	return b
}

// drain runs what is dispatched until cond holds.
func (b *bench) drain(cond func() bool) {
	b.t.Helper()
	deadline := time.After(10 * time.Second)
	for !cond() {
		select {
		case f := <-b.queue:
			f()
		case <-deadline:
			require.FailNow(b.t, "it never came", "the window shows: %s", strings.Join(b.texts(), " | "))
		}
	}
}

func (b *bench) texts() []string { return b.probe.Collect(b.win.win.Canvas()).Texts }

func (b *bench) shows(text string) bool {
	for _, t := range b.texts() {
		if strings.Contains(t, text) {
			return true
		}
	}
	return false
}

func (b *bench) untilShows(text string) { b.t.Helper(); b.drain(func() bool { return b.shows(text) }) }

// confirm presses the confirming button of the open dialog.
func (b *bench) confirm() {
	b.t.Helper()
	b.press("dialog.confirm")
}

func (b *bench) press(name string) {
	b.t.Helper()
	button, ok := b.probe.Object(name).(*widget.Button)
	require.True(b.t, ok, name)
	require.False(b.t, button.Disabled(), name)
	test.Tap(button)
}

func profile(rows int64) *contract.ImportProfile {
	return &contract.ImportProfile{
		SchemaVersion: 1, RowCount: rows, ColumnCount: 1, Complete: true,
		Columns:    []contract.Column{{Name: " Revenue ", NormalizedName: "revenue", Type: "decimal", Min: 1.5, Max: 2.0}},
		Validation: contract.Validation{Status: "warnings", Warnings: 1, Checks: []contract.Check{{ID: "header_names", Severity: "warning", Message: "1 header has blanks.", Examples: []contract.Example{{Cell: "A1", Value: " Revenue "}}}}},
	}
}

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func free() feeds.Frame {
	return feeds.Frame{LockKnown: true, AsOf: noon, Database: feeds.Reach{Known: true, OK: true, Since: noon}}
}

func held() (feeds.Frame, runs.Run) {
	run := runs.Run{ID: uuid.New(), Status: runs.Running, InputFile: "theirs.xlsx", CreatedAt: noon, JobID: "j"}
	f := free()
	f.Lock = locking.Card{RunID: run.ID, LockedAt: noon, LockedBy: locking.Owner{User: "ben", Host: "PC-12"}}
	f.Active = &run
	return f, run
}

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("fyne.io/fyne/v2/internal/async.(*UnboundedChan[...]).processing"))
}

func TestRunIsDisabledWhileTheLockIsHeldAndSaysWhy(t *testing.T) {
	b := newBench(t)
	b.files.Publish(feeds.Import{Loaded: true, Files: []artifacts.File{{Name: "a.xlsx", Path: "Files/import/a.xlsx", Size: 5}}})
	b.frame.Publish(free())
	b.win.importing.choice(0)
	b.untilShows("7 rows")
	require.False(t, b.win.importing.run.Disabled())

	f, _ := held()
	b.frame.Publish(f)
	require.True(t, b.win.importing.run.Disabled())
	require.True(t, b.shows("ben@PC-12 is running theirs.xlsx since"), "%v", b.texts())
	require.True(t, b.shows("Running: ben@PC-12"))

	gone := free()
	gone.Database = feeds.Reach{Known: true, Sentence: "It does not answer."}
	b.frame.Publish(gone)
	require.True(t, b.win.importing.run.Disabled())
	require.False(t, b.shows("Free to run"), "nothing is claimed that is not known")
	require.True(t, b.shows("It does not answer."))
	b.frame.Publish(free())
	require.False(t, b.win.importing.run.Disabled())
}

func TestRunAsksOnceAndThenStarts(t *testing.T) {
	b := newBench(t)
	b.files.Publish(feeds.Import{Loaded: true, Files: []artifacts.File{{Name: "a.xlsx", Path: "Files/import/a.xlsx"}}})
	b.frame.Publish(free())
	b.win.importing.choice(0)
	b.untilShows("7 rows")
	test.Tap(b.win.importing.run)
	require.True(t, b.shows("Run the pipeline?"))
	require.NotContains(t, b.act.calls(), "run a.xlsx", "nothing before the answer")
	b.confirm()
	b.drain(func() bool { return b.win.shown == 1 })
	require.Contains(t, b.act.calls(), "run a.xlsx")
}

func TestRefusedRunIsOneSentence(t *testing.T) {
	b := newBench(t)
	b.files.Publish(feeds.Import{Loaded: true, Files: []artifacts.File{{Name: "a.xlsx"}}})
	b.frame.Publish(free())
	b.win.importing.choice(0)
	b.untilShows("7 rows")
	test.Tap(b.win.importing.run)
	b.act.err = errors.New("the pipeline is gone")
	b.confirm()
	b.untilShows("Sorry: the pipeline is gone")
	require.Equal(t, 0, b.win.shown, "it stays where the user was")
}

func TestALaterChoiceDropsAnEarlierProfile(t *testing.T) {
	b := newBench(t)
	gate := make(chan struct{})
	b.act.hold["slow.xlsx"] = gate
	b.act.analysis = func(path string) Analysis {
		if path == "slow.xlsx" {
			return Analysis{Profile: profile(1)}
		}
		return Analysis{Profile: profile(2)}
	}
	b.win.importing.openLocal("slow.xlsx")
	b.win.importing.openLocal("fast.xlsx")
	b.untilShows("2 rows")
	close(gate)
	b.win.tasks.Wait()
	for len(b.queue) > 0 {
		(<-b.queue)()
	}
	require.True(t, b.shows("2 rows"))
	require.False(t, b.shows("1 rows"))
}

func TestUnreadableFileSaysSoWhereItStands(t *testing.T) {
	b := newBench(t)
	b.act.err = errors.New("not a workbook")
	b.win.importing.openLocal("/x/note.xlsx")
	b.untilShows("Sorry: not a workbook")
	require.True(t, b.win.importing.upload.Disabled())
}

func TestExistingFileIsReplacedOnlyWhenTheUserSaysSo(t *testing.T) {
	b := newBench(t)
	b.win.importing.openLocal("/x/a.xlsx")
	b.untilShows("7 rows")
	b.act.err = &artifacts.ExistsError{Name: "a.xlsx"}
	test.Tap(b.win.importing.upload)
	b.untilShows("Replace the file in the lakehouse?")
	require.NotContains(t, b.act.calls(), "over")
	b.confirm()
	b.untilShows("a.xlsx was uploaded")
	require.Contains(t, b.act.calls(), "upload /x/a.xlsx over")
	require.False(t, b.win.importing.local, "the file is shown among the lakehouse's")
}

func TestMonitorShowsTheRunItsFailureAndItsTimeline(t *testing.T) {
	b := newBench(t)
	b.win.show(1)
	b.monitor.Publish(feeds.Monitor{Loaded: true})
	require.True(t, b.shows("Nothing is running"))
	ended := noon.Add(134 * time.Second)
	run := runs.Run{ID: uuid.New(), Status: runs.Failed, ErrorMessage: "The required column revenue is missing.", CreatedAt: noon, FinishedAt: &ended, InputFile: "a.xlsx"}
	b.monitor.Publish(feeds.Monitor{Loaded: true, Run: &run, Events: []runs.Event{{Time: noon, Type: runs.Warning, Message: "look here"}}})
	for _, text := range []string{"after 2 min 14 s", "The required column revenue is missing.", "! look here", "Failed ✗"} {
		require.True(t, b.shows(text), "%s: %v", text, b.texts())
	}
	require.False(t, b.win.monitor.cancel.Visible(), "a run that has ended can't be cancelled")
}

func TestCancelAsksFirst(t *testing.T) {
	b := newBench(t)
	b.win.show(1)
	_, run := held()
	b.monitor.Publish(feeds.Monitor{Loaded: true, Run: &run})
	test.Tap(b.win.monitor.cancel)
	require.NotContains(t, b.act.calls(), "cancel")
	b.confirm()
	b.drain(func() bool { return strings.Contains(b.act.calls(), "cancel "+run.ID.String()) })
}

func kpis() *contract.KPIs {
	aov, rate, converting := 133.99, 0.034356, int64(49080)
	return &contract.KPIs{
		SourceFile: "a.xlsx", TotalRevenue: 6699399.27, Orders: 50000, AOV: &aov,
		RevenueByChannel: []contract.Share{{Key: "Online", Revenue: 5}, {Key: "Phone", Revenue: 3}},
		TimeSeries:       contract.TimeSeries{Granularity: "daily", Points: []contract.Point{{Period: "2025-01-01", Revenue: 5, Orders: 1}}},
		Conversion:       &contract.Conversion{Definition: contract.ConvertingPerTotal, RateConvertingVisitorsPerTotalVisitors: &rate, ConvertingVisitors: &converting, TotalVisitors: 1428571},
	}
}

func TestResultsShowTheFiguresWithTheirSource(t *testing.T) {
	b := newBench(t)
	b.win.show(2)
	b.results.Publish(feeds.Results{Loaded: true, Empty: true})
	require.True(t, b.shows("Nothing has been published yet"))
	restored := &runs.Restore{RestoredBy: "ben", RestoredAt: noon}
	b.results.Publish(feeds.Results{Loaded: true, KPIs: kpis(), Source: "Files/results/current", Restored: restored, Updating: true})
	for _, text := range []string{"6.7 M", "6,699,399.27", "50,000", "133.99", "3.44 %", "converting visitors / total visitors", "Source: Files/results/current/", "restored by ben", "being updated"} {
		require.True(t, b.shows(text), "%s: %v", text, b.texts())
	}
	require.False(t, b.shows("Nothing has been published yet"))
}

func TestRestoreNamesTheRunAndNeedsAFreeLock(t *testing.T) {
	b := newBench(t)
	b.win.show(3)
	run := runs.Run{ID: uuid.New(), Status: runs.Succeeded, InputFile: "a.xlsx", TriggeredBy: "ana", CreatedAt: noon}
	b.act.detail = Detail{Run: run}
	b.frame.Publish(free())
	b.archive.Publish(feeds.Archive{Loaded: true, Runs: []runs.Run{run}})
	b.win.archive.choose(0)
	b.untilShows("Run " + shortID(run.ID))
	f, _ := held()
	b.frame.Publish(f)
	require.True(t, b.win.archive.restore.Disabled())
	b.frame.Publish(free())
	test.Tap(b.win.archive.restore)
	require.True(t, b.shows("Restore run "+shortID(run.ID)), "the button names the run: %v", b.texts())
	require.NotContains(t, b.act.calls(), "restore")
	b.confirm()
	b.drain(func() bool { return strings.Contains(b.act.calls(), "restore "+run.ID.String()) })

	failed := run
	failed.Status = runs.Failed
	b.act.detail = Detail{Run: failed}
	b.win.show(3)
	b.win.archive.load(run.ID)
	b.untilShows("Only a run that succeeded can be restored.")
	require.True(t, b.win.archive.restore.Disabled())
}

func TestDialogsForFilesOpen(t *testing.T) {
	b := newBench(t)
	b.win.opts.OpenFolder = t.TempDir()
	b.press("import.open")
	require.Equal(t, 1, b.win.modal, "the dialog for a file of this computer is open, and keeps shortcuts away")
	b.win.show(2)
	b.results.Publish(feeds.Results{Loaded: true, KPIs: kpis(), Source: "Files/results/current"})
	b.press("results.download_csv")
	require.Equal(t, 2, b.win.modal)
}

func TestEqualSnapshotsAreNotDrawnAgain(t *testing.T) {
	var f feeds.Feed[feeds.Archive]
	drawn := 0
	test.NewTempApp(t)
	stop := bind(Feed[feeds.Archive](&f), sameBut(func(a, b *feeds.Archive) { a.AsOf = b.AsOf }), func(feeds.Archive) { drawn++ })
	defer stop()
	f.Publish(feeds.Archive{Loaded: true, AsOf: noon})
	f.Publish(feeds.Archive{Loaded: true, AsOf: noon.Add(time.Second)})
	f.Publish(feeds.Archive{Loaded: true, More: true})
	require.Equal(t, 2, drawn)
}

func TestEveryScreenFitsTheSmallestWindow(t *testing.T) {
	b := newBench(t)
	for i := range b.win.screens {
		b.win.show(i)
		min := b.win.win.Content().MinSize()
		require.LessOrEqual(t, min.Width, float32(1024), b.win.names[i])
		require.LessOrEqual(t, min.Height, float32(700), b.win.names[i])
	}
	b.win.win.Resize(fyne.NewSize(1024, 700))
}
