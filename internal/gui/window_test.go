package gui

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/gui/archive"
	"fabricportal/internal/gui/dataview"
	"fabricportal/internal/gui/probe"
	"fabricportal/internal/gui/results"
	"fabricportal/internal/services/artifacts"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/locking"
	"fabricportal/internal/services/pipelines"
	"fabricportal/internal/services/runs"
)

func TestTheLockIsAlwaysInSight(t *testing.T) {
	b := newBench(t)
	require.Equal(t, "Asking the database", b.control("header.lock").Text, "nothing is claimed that is not known")
	b.free()
	require.Equal(t, "Free to run", b.control("header.lock").Text)
	for kind, want := range map[runs.PhaseKind]string{
		runs.PhaseStarting: "Starting: ben@PC-12",
		runs.PhaseRunning:  "Running: ben@PC-12, 3 min 10 s",
		runs.PhaseChecking: "Checking with Fabric: run by ben@PC-12",
		runs.PhaseNeedsYou: "Needs you: run by ben@PC-12",
	} {
		b.held(runs.Phase{Kind: kind, Sentence: "The sentence of the phase."})
		require.Equal(t, want, b.control("header.lock").Text)
	}
	b.held(runs.Phase{Kind: runs.PhaseRunning, Sentence: "Fabric is running it."})
	b.click("header.lock")
	for _, text := range []string{"A run is active", "PC-12", "today 14:02", "Fabric is running it.", runOf("ben", runs.Running).ID.String()} {
		b.untilSays(text)
	}
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

func TestRunIsDisabledWhileTheLockIsHeldAndSaysWhy(t *testing.T) {
	b := newBench(t)
	b.free()
	b.importFiles("sales.xlsx")
	b.click("import.file.0")
	b.untilSays("50,046 rows · 2 columns · 1 Jan – 31 Dec 2025 · 4.6 MB")
	require.True(t, b.control("import.run").Enabled)
	b.held(runs.Phase{Kind: runs.PhaseRunning})
	b.untilSays("ben@PC-12 is running sales.xlsx since 14:02. A new run can start when it has ended.")
	require.False(t, b.control("import.run").Enabled)
	b.click("import.watch")
	require.Equal(t, "Monitor", b.look().Tab)
	b.free()
	b.click("tab.import")
	require.True(t, b.control("import.run").Enabled)
}

func TestTheRunIsConfirmedOnceAndStarted(t *testing.T) {
	b := newBench(t)
	started := make(chan string, 1)
	b.a.run = func(f string) error { started <- f; return nil }
	b.free()
	b.importFiles("sales.xlsx")
	b.click("import.file.0")
	b.untilSays("50,046 rows")
	b.click("import.run")
	v := b.untilSays("Run the pipeline?")
	require.True(t, says(v, "It can be run: all checks passed."))
	require.True(t, v.Dialog)
	require.False(t, b.control("import.run").Enabled, "what lies below a dialog can't be used")
	b.clickDialog("dialog.cancel")
	require.False(t, b.a.was("run sales.xlsx"))
	b.click("import.run")
	b.clickDialog("dialog.confirm")
	old := runOf("ben", runs.Succeeded)
	b.monitor.Publish(feeds.Monitor{Loaded: true, Run: &old})
	require.Equal(t, "sales.xlsx", <-started)
	v = b.until("the Monitor screen", func(v probe.View) bool { return v.Tab == "Monitor" })
	require.True(t, says(v, "Being sent to Fabric"), "the new run is shown, not the one before: %v", v.Texts)
	b.monitor.Publish(feeds.Monitor{Loaded: true, Run: &old})
	require.False(t, says(b.look(), "Succeeded today"))
	ended := runOf("ana", runs.Submitted)
	ended.Status = runs.Running
	b.monitor.Publish(feeds.Monitor{Loaded: true, Run: &ended})
	b.untilSays("Running for")
	require.True(t, b.a.was("refresh"))
}

func TestAFileWithErrorsWarnsBeforeTheRun(t *testing.T) {
	b := newBench(t)
	b.a.analyze = func(context.Context, string, Progress) (Analysis, error) {
		return analysis("broken.xlsx", &contract.Check{ID: "required_columns", Severity: "error", Count: 1, Message: "The required column revenue is missing."}), nil
	}
	b.free()
	b.importFiles("broken.xlsx")
	b.click("import.file.0")
	b.untilSays("A run would fail: 1 check found an error.")
	b.click("import.checks")
	b.untilSays("The required column revenue is missing.")
	b.click("import.kpis")
	b.untilSays("This file gives no KPIs: The required column revenue is missing.")
	b.click("import.run")
	b.untilSays("this run would end as failed")
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
	require.True(t, says(v, "Ben’s computer PC-12 is running"))
	require.Equal(t, "Import", v.Tab)
}

func TestALateProfileIsDropped(t *testing.T) {
	b := newBench(t)
	release := make(chan struct{})
	b.a.analyze = func(_ context.Context, name string, _ Progress) (Analysis, error) {
		a := analysis(name, nil)
		if name == "first.xlsx" {
			<-release // it does not even look whether it was cancelled
			a.Profile.RowCount = 1
		}
		return a, nil
	}
	b.free()
	b.importFiles("first.xlsx", "second.xlsx")
	b.click("import.file.0")
	b.untilSays("Reading first.xlsx")
	b.click("import.file.1")
	b.untilSays("50,046 rows")
	close(release)
	late := <-b.q // the late result arrives, and must change nothing
	late()
	v := b.look()
	require.True(t, says(v, "50,046 rows"))
	require.False(t, says(v, "1 row ·"))
}

func TestReadingCanBeCancelled(t *testing.T) {
	b := newBench(t)
	ended := make(chan error, 1)
	b.a.analyze = func(ctx context.Context, _ string, p Progress) (Analysis, error) {
		p(1_000_000, 4_000_000)
		<-ctx.Done()
		ended <- ctx.Err()
		return Analysis{}, ctx.Err()
	}
	b.free()
	b.importFiles("sales.xlsx")
	b.click("import.file.0")
	b.untilSays("Reading sales.xlsx: 1.0 MB of 4.0 MB")
	b.click("import.cancel")
	require.ErrorIs(t, <-ended, context.Canceled)
	b.untilSays("Reading was cancelled.")
}

func TestALocalFileIsDroppedProfiledUploadedAndChosen(t *testing.T) {
	b := newBench(t)
	path := filepath.Join(t.TempDir(), "next month.xlsx")
	require.NoError(t, os.WriteFile(path, []byte("x"), 0o600))
	var replaced []bool
	b.a.upload = func(_ context.Context, p string, overwrite bool, _ Progress) (artifacts.File, error) {
		replaced = append(replaced, overwrite)
		if !overwrite {
			return artifacts.File{}, &artifacts.ExistsError{Name: filepath.Base(p)}
		}
		return artifacts.File{Name: filepath.Base(p), Path: artifacts.ImportFolder + "/" + filepath.Base(p), Size: 1, Modified: now}, nil
	}
	b.free()
	b.importFiles("sales.xlsx")
	b.click("tab.results")
	b.w.dropped(fyne.Position{}, []fyne.URI{storage.NewFileURI(path)})
	v := b.untilSays("50,046 rows")
	require.Equal(t, "Import", v.Tab)
	require.True(t, b.a.was("local "+path))
	require.True(t, says(v, "upload this one first"))
	require.False(t, b.control("import.run").Enabled, "a local file can't be run")
	b.click("import.upload")
	b.untilSays("Replace next month.xlsx in the lakehouse?")
	b.clickDialog("dialog.confirm")
	b.untilSays("next month.xlsx was uploaded")
	require.Equal(t, []bool{false, true}, replaced)
	require.Equal(t, "next month.xlsx", b.w.importingName())
	require.True(t, b.control("import.file.0").Chosen, "it is chosen in the lakehouse's list")
	require.True(t, b.control("import.run").Enabled)
	require.False(t, b.a.was("remote next month.xlsx"), "what was read here need not be fetched")
}

func TestWhyAFileCantBeReadStandsBesideIt(t *testing.T) {
	b := newBench(t)
	b.a.analyze = func(context.Context, string, Progress) (Analysis, error) {
		return Analysis{}, errors.New("nowhere.xlsx was not found: check the name and the folder")
	}
	b.free()
	b.w.importing.OpenLocal(filepath.Join(t.TempDir(), "nowhere.xlsx"))
	v := b.untilSays("Nowhere.xlsx was not found: check the name and the folder.")
	require.False(t, v.Dialog, "it stands where its cause is")
	require.False(t, b.control("import.upload").Enabled, "what can't be read is not sent anywhere")
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
	v = b.untilSays("The database does not answer.")
	require.True(t, says(v, "12.4 M"))
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
		Loaded: true, Run: &r, Phase: runs.Phase{Kind: runs.PhaseRunning}, JobLink: "https://fabric.example/job",
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
	require.True(t, says(v, "Fabric is being asked. It frees itself by 14:14 at the latest."))
	require.False(t, says(v, "ailed"), "unknown is not called failed")
	b.monitor.Publish(feeds.Monitor{Loaded: true, Run: &r, Phase: runs.Phase{Kind: runs.PhaseNeedsYou, Sentence: "2 jobs could be it."}})
	b.untilSays("This run needs a person to decide")
	b.untilSays("2 jobs could be it.")
	f := runOf("ben", runs.Failed)
	f.ErrorMessage = "The required column revenue is missing."
	b.monitor.Publish(feeds.Monitor{Loaded: true, Run: &f})
	b.untilSays("Failed today 14:04")
	b.untilSays("The required column revenue is missing.")
}

func TestResults(t *testing.T) {
	b := newBench(t)
	b.click("tab.results")
	b.untilSays("Reading the results")
	b.results.Publish(feeds.Results{Loaded: true, Empty: true})
	b.untilSays("Nothing has been published yet")
	r := runOf("ana", runs.Succeeded)
	shown := feeds.Results{
		Loaded: true, KPIs: kpis(), Run: &r, Source: artifacts.CurrentFolder,
		Restored: &runs.Restore{RestoredBy: "ben", RestoredAt: now.Add(-26 * time.Hour)},
		Preview:  feeds.Preview{Columns: []string{"order_id", "revenue"}, Rows: [][]string{{"O-1", "12.50"}}, Total: 50000},
	}
	b.results.Publish(shown)
	v := b.untilSays("12,412,345.67")
	for _, text := range []string{"12.4 M", "50,000", "248.25", "3.44 %", "converting visitors / total visitors", "49,080 of 1,428,571",
		"Source: Files/results/current/ · run " + r.ID.String()[:13] + "… by ana, today 14:04", "restored by ben, yesterday 12:05", "Web 9.0 M · 75 %"} {
		require.True(t, says(v, text), text)
	}
	b.click("results.line.month")
	b.untilSays("Revenue by month")
	b.click("results.line.orders")
	b.untilSays("Orders by month")
	b.w.results.TakePicture("Figures", false)
	b.untilSays("Saved Figures.png in /home/ana/Downloads")
	b.w.results.TakePicture("Figures", true)
	b.untilSays("The picture is on the clipboard.")
	require.True(t, b.a.was("copy picture"))
	b.click("results.data")
	b.untilSays("The first 1 of 50,000 rows")
	b.untilSays("Only the first rows can be shown. Not expected in this test.")
	b.untilSays("12.50")
	shown.Updating = true
	b.results.Publish(shown)
	b.untilSays("The published files are being updated")

	b.a.save = func(string) (string, error) { return "", errors.New("the disk is full") }
	b.click("results.files")
	b.clickDialog("results.parquet.download")
	v = b.untilSays("The disk is full.")
	require.False(t, v.Dialog)
	b.a.save = func(string) (string, error) { return "/home/ana/Downloads/sales_cleaned.csv", nil }
	b.click("results.files")
	b.clickDialog("results.csv.open")
	b.untilSays("Saved sales_cleaned.csv in /home/ana/Downloads")
	require.Equal(t, []string{"file:///home/ana/Downloads/sales_cleaned.csv"}, b.opened)
	require.True(t, b.a.was("download Files/results/current/sales_cleaned.csv"))
}

func TestAllRowsComeWhenTheyAreLookedAt(t *testing.T) {
	b := newBench(t)
	b.click("tab.results")
	b.a.table = func(feeds.Results) (dataview.Table, error) { return madeRows(1_000_000), nil }
	r := runOf("ana", runs.Succeeded)
	failed := runOf("ben", runs.Failed)
	b.a.before = func(feeds.Results) (results.Before, error) { return results.Before{NewerFailed: &failed}, nil }
	b.results.Publish(feeds.Results{Loaded: true, KPIs: kpis(), Run: &r, Source: artifacts.CurrentFolder, AsOf: now})
	b.untilSays("A newer run of sales.xlsx by ben failed today 14:04")
	require.False(t, b.a.was("table"), "nothing is fetched before it is looked at")
	b.click("results.data")
	b.untilSays("of 1,000,000 rows")
	b.untilSays("O-000001")
	var columns []int
	b.a.export = func(v dataview.View, c []int) (string, error) {
		columns = c
		return "/home/ana/Downloads/results.xlsx", nil
	}
	b.click("results.excel")
	b.untilSays("Saved results.xlsx in /home/ana/Downloads")
	require.Equal(t, []int{0, 1, 2, 3, 4, 5, 6, 7}, columns)
	b.click("results.files")
	b.clickDialog("results.rows.csv")
	b.untilSays("Saved rows.csv in /home/ana/Downloads")
	require.True(t, b.a.was("csv of 1000000 rows, 8 columns"))
	b.results.Publish(feeds.Results{Loaded: true, KPIs: kpis(), Run: &r, AsOf: now.Add(-time.Hour), Sentence: "The lakehouse does not answer."})
	b.untilSays("What is shown is as of today 13:05. The lakehouse does not answer.")
}

func TestArchiveRestores(t *testing.T) {
	b := newBench(t)
	b.free()
	good, bad := runOf("ana", runs.Succeeded), runOf("ben", runs.Failed)
	bad.ErrorMessage = "The notebook stopped."
	b.a.detail = func(id uuid.UUID) (Detail, error) {
		d := Detail{Run: good, Events: []runs.Event{{ID: uuid.New(), Time: now, Type: runs.Log, Message: "ana asked for it"}}}
		if id == bad.ID {
			d.Run = bad
			return d, nil
		}
		d.Artifacts = []runs.Artifact{{ID: uuid.New(), Path: "Files/results/runs/x/kpis.json", Type: "json", Size: ptr(int64(12_400))}}
		return d, nil
	}
	b.archive.Publish(feeds.Archive{Loaded: true, More: true, Runs: []runs.Run{bad, good}})
	b.click("tab.archive")
	b.click("archive.run.0")
	b.untilSays("This run failed, so there is nothing to restore.")
	require.False(t, b.control("archive.restore").Enabled)
	b.click("archive.run.1")
	b.until("Restore can be pressed", func(probe.View) bool { return b.control("archive.restore").Enabled })
	b.click("archive.files")
	b.untilSays("kpis.json")
	b.untilSays("12 KB")
	b.click("archive.events")
	b.untilSays("ana asked for it")
	b.held(runs.Phase{Kind: runs.PhaseRunning})
	b.untilSays("A new run can start when it has ended.")
	require.False(t, b.control("archive.restore").Enabled)
	b.free()

	restored := make(chan uuid.UUID, 1)
	b.a.restore = func(id uuid.UUID) error { restored <- id; return nil }
	b.click("archive.restore")
	v := b.untilSays("Restore this run?")
	require.True(t, says(v, good.ID.String()) && says(v, "offers to undo it"))
	require.Equal(t, "Restore run "+good.ID.String()[:13]+"…", b.control("dialog.confirm").Text)
	b.clickDialog("dialog.confirm")
	require.Equal(t, good.ID, <-restored)
	b.until("the Monitor screen", func(v probe.View) bool { return v.Tab == "Monitor" })
	b.click("tab.archive")
	b.click("archive.more")
	require.True(t, b.a.was("more"))
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

func TestTheDialogForFilesOpens(t *testing.T) {
	b := newBench(t)
	b.click("import.open")
	require.True(t, b.w.shell.Dialogs.Open(), "it keeps shortcuts away")
}

func TestArchiveFindsRunsAndRemembersTheFilter(t *testing.T) {
	b := newBench(t)
	b.free()
	mine := runOf("ana", runs.Failed)
	b.a.find = func(f archive.Filter, limit int) ([]runs.Run, bool, error) { return []runs.Run{mine}, limit < 100, nil }
	b.archive.Publish(feeds.Archive{Loaded: true, Runs: []runs.Run{runOf("ana", runs.Succeeded), runOf("ben", runs.Succeeded), mine}})
	b.click("tab.archive")
	b.untilSays("3 runs")
	b.click("archive.mine")
	b.untilSays("1 run")
	require.True(t, b.a.was(`find true  "" 50`))
	b.click("archive.more")
	b.until("more", func(probe.View) bool { return b.a.was(`find true  "" 100`) })
	require.Equal(t, "mine\n\n\n\n", fyne.CurrentApp().Preferences().String("archive.filter"))
	b.click("archive.clear")
	b.untilSays("3 runs")
}

func TestArchiveRunsAgainComparesAndKeepsEvidence(t *testing.T) {
	b := newBench(t)
	showArchive(b)
	b.untilSays("10 runs")
	b.click("archive.actions")
	b.clickDialog("archive.compare")
	b.untilSays("Two runs side by side")
	b.until("the comparison", func(probe.View) bool { return b.a.was("compare " + archived(3).String() + " " + archived(1).String()) })
	b.untilSays("+4.3 %")
	b.clickDialog("dialog.close")
	b.click("archive.actions")
	b.clickDialog("archive.evidence")
	b.untilSays("Saved run.zip in /home/ana/Downloads")
	b.click("archive.actions")
	b.clickDialog("archive.again")
	b.untilSays("Run the pipeline again?")
	again := make(chan string, 1)
	b.a.run = func(f string) error { again <- f; return nil }
	b.clickDialog("dialog.confirm")
	require.Equal(t, "sales_november.xlsx", <-again)
	b.until("the Monitor screen", func(v probe.View) bool { return v.Tab == "Monitor" })
}

func TestARestoreIsUndoneWithOneClick(t *testing.T) {
	b := newBench(t)
	b.free()
	b.click("tab.results")
	r, old := runOf("ana", runs.Succeeded), runOf("ben", runs.Succeeded)
	b.a.before = func(feeds.Results) (results.Before, error) { return results.Before{Replaced: &old}, nil }
	restored := make(chan uuid.UUID, 1)
	b.a.restore = func(id uuid.UUID) error { restored <- id; return nil }
	b.results.Publish(feeds.Results{Loaded: true, KPIs: kpis(), Run: &r, Restored: &runs.Restore{RestoredBy: "ana", RestoredAt: now, SourceRun: r.ID}})
	b.untilSays("ana restored these results today 14:05. Before, the run of sales.xlsx of today 14:01 was published.")
	b.click("results.undo")
	require.Equal(t, old.ID, <-restored)
	b.until("the Monitor screen", func(v probe.View) bool { return v.Tab == "Monitor" })
}

func TestColumnsShowTheirOddCellsAndAnotherSheetCanBePicked(t *testing.T) {
	b := newBench(t)
	showProfile(b, "import.columns")
	b.click("import.column.2")
	v := b.untilSays("7 cells are of another type: H17 “n/a”, H981 “12,5 EUR”, H2204 “?” …")
	require.True(t, says(v, "3 cells hold the error #N/A."))
	require.True(t, says(v, "31,204"))
	b.click("import.checks")
	v = b.untilSays("unit_price lies between 0 and 500.")
	require.True(t, says(v, "G44 “999” …"))
	b.click("import.drift")
	b.untilSays("The column region is new.")

	b.w.importing.Pick("Returns", 0)
	b.until("the other sheet", func(probe.View) bool { return b.a.was("sheet Returns header 0") })
	b.untilSays("50,046 rows")
	b.click("import.run")
	b.untilSays("The pipeline takes the first visible sheet")
}

func TestTheOffendingRowsAreSaved(t *testing.T) {
	b := newBench(t)
	showProfile(b, "import.checks")
	b.a.save = func(string) (string, error) { return "", errors.New("the disk is full") }
	b.click("import.offending")
	b.untilSays("The disk is full.")
	b.a.save = func(string) (string, error) { return "/home/ana/Downloads/sales_orders_fact offending rows.xlsx", nil }
	b.w.importing.Pick("Returns", 0)
	b.untilSays("50,046 rows")
	b.click("import.offending")
	b.untilSays("Saved sales_orders_fact offending rows.xlsx in /home/ana/Downloads")
	require.True(t, b.a.was(`offending rows of Files/import/sales_orders_fact.xlsx by "", sheet Returns`))
	b.click("import.offending.open")
	require.Equal(t, []string{"file:///home/ana/Downloads/sales_orders_fact%20offending%20rows.xlsx"}, b.opened)

	b.click("import.file.1")
	v := b.untilSays("sales_november.xlsx")
	require.False(t, says(v, "Saved sales_orders_fact"), "that was of another file")
}

func TestAPickThatCanNotBeReadIsChanged(t *testing.T) {
	b := newBench(t)
	b.free()
	b.importFiles("sales.xlsx")
	b.click("import.file.0")
	b.untilSays("50,046 rows")
	b.a.analyze = func(context.Context, string, Progress) (Analysis, error) {
		return Analysis{}, errors.New("row 17 holds no value: choose another row")
	}
	b.w.importing.Pick("", 17)
	b.untilSays("Row 17 holds no value: choose another row.")
	require.True(t, b.control("import.header").Visible, "here it is chosen")
	b.a.analyze = nil
	b.w.importing.Pick("", 0)
	b.untilSays("50,046 rows")
}

func TestTheFirstRowsAreShownWhileAFileIsRead(t *testing.T) {
	b := newBench(t)
	a := profiled("sales.xlsx")
	b.a.seen = &Analysis{Preview: a.Preview}
	release := make(chan struct{})
	b.a.analyze = func(ctx context.Context, name string, p Progress) (Analysis, error) {
		p(2_400_000, 4_617_000)
		<-release
		return a, nil
	}
	b.free()
	b.importFiles("sales.xlsx")
	b.click("import.file.0")
	b.untilSays("O-000003")
	b.untilSays("Reading sales.xlsx: 2.4 MB of 4.6 MB · 24,000 rows")
	close(release)
	b.untilSays("50,046 rows")
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
