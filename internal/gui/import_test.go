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
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/probe"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/runs"
)

func TestRunIsDisabledWhileTheLockIsHeldAndSaysWhy(t *testing.T) {
	b := newBench(t)
	b.free()
	b.importFiles("sales.xlsx")
	b.click("import.file.0")
	b.untilSays("50,046 rows · 2 columns · 1 Jan – 31 Dec 2025 · 4.6 MB")
	require.True(t, b.control("import.run").Enabled)
	b.held(runs.Phase{Kind: runs.PhaseRunning})
	b.untilSays("ben@PC-12 has been running sales.xlsx since 14:02. A new run can start when it has ended.")
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
	require.True(t, says(v, "Sending to Fabric"), "the new run is shown, not the one before: %v", v.Texts)
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
	v := b.untilSays("A run would fail: 1 check found an error. The required column revenue is missing.")
	require.True(t, says(v, "Nothing: a run of this file would fail. What is published stays."))
	b.click("import.checks")
	b.untilSays("The required column revenue is missing.")
	b.click("import.kpis")
	b.untilSays("This file gives no KPIs: The required column revenue is missing.")
	require.False(t, b.primary("import.run"), "what is sure to fail is not recommended")
	b.click("import.run")
	b.untilSays("A run would fail: 1 check found an error. The required column revenue is missing. Nothing would be published.")
	require.False(t, b.primary("dialog.confirm"))
	require.False(t, b.a.was("run preview"), "nothing would be published")
	b.clickDialog("dialog.cancel")

	path := filepath.Join(t.TempDir(), "broken.xlsx")
	require.NoError(t, os.WriteFile(path, []byte("x"), 0o600))
	b.w.dropped(fyne.Position{}, []fyne.URI{storage.NewFileURI(path)})
	b.untilSays("upload this one first")
	b.until("it is known that it would fail", func(probe.View) bool { return !b.primary("import.upload") })
	require.True(t, b.control("import.upload").Enabled)
}

// primary tells whether a button is the highlighted one.
func (b *bench) primary(name string) bool {
	b.t.Helper()
	for _, o := range append(b.w.shell.Dialogs.Contents(), b.w.win.Content()) {
		for _, x := range test.LaidOutObjects(o) {
			if found, ok := x.(*controls.Button); ok && found.ProbeName() == name {
				return found.Importance == widget.HighImportance
			}
		}
	}
	b.t.Fatalf("the window has no %s", name)
	return false
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

func TestTheDialogForFilesOpens(t *testing.T) {
	b := newBench(t)
	b.click("import.open")
	require.True(t, b.w.shell.Dialogs.Open(), "it keeps shortcuts away")
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

	b.w.importing.Read(contract.ReadOptions{Sheet: "Returns"})
	b.until("the other sheet", func(probe.View) bool { return b.a.was("sheet Returns header 0") })
	b.untilSays("50,046 rows")
}

func TestTheOffendingRowsAreSaved(t *testing.T) {
	b := newBench(t)
	showProfile(b, "import.checks")
	b.a.save = func(string) (string, error) { return "", errors.New("the disk is full") }
	b.click("import.offending")
	b.untilSays("The disk is full.")
	b.a.save = func(string) (string, error) { return "/home/ana/Downloads/sales_orders_fact offending rows.xlsx", nil }
	b.w.importing.Read(contract.ReadOptions{Sheet: "Returns"})
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
	reads := b.a.analyze
	b.a.analyze = func(context.Context, string, Progress) (Analysis, error) {
		return Analysis{}, errors.New("row 17 holds no value: choose another row")
	}
	b.w.importing.Read(contract.ReadOptions{HeaderRow: 17})
	b.untilSays("Row 17 holds no value: choose another row.")
	b.a.analyze = reads
	b.click("import.read.found")
	b.untilSays("50,046 rows")
}

func TestTheFirstRowsAreShownWhileAFileIsRead(t *testing.T) {
	b := newBench(t)
	a := profiled("sales.xlsx")
	b.a.seen = a.Preview
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

// TestWhatANotebookFoundIsShownAtOnce, said so, and can be found anew here.
func TestWhatANotebookFoundIsShownAtOnce(t *testing.T) {
	b := newBench(t)
	found := profiled("sales.xlsx").Profile
	found.GeneratedAt = contract.NewTime(now.Add(-26 * time.Hour))
	ran := *found
	ran.RunID = new(uuid.NewString())
	b.a.profiled = map[string]*contract.ImportProfile{"sales.xlsx": found, "other.xlsx": &ran}
	b.free()
	b.importFiles("sales.xlsx", "other.xlsx")
	b.click("import.file.0")
	v := b.untilSays("The notebook looked at this very content yesterday")
	require.True(t, says(v, "50,046 rows"), "%v", v.Texts)
	require.False(t, b.a.was("remote sales.xlsx"), "it is not fetched for it")
	require.True(t, b.control("import.run").Enabled)
	require.False(t, says(v, "KPIs it will give") && says(v, "Cleaning"), "what was not computed is not there to be clicked")
	b.click("import.run")
	v = b.untilSays("Run the pipeline?")
	require.True(t, says(v, "The file has not been checked here yet."))
	b.clickDialog("dialog.cancel")

	b.click("import.read.here")
	v = b.untilSays("KPIs it will give")
	require.True(t, b.a.was("remote sales.xlsx"))
	require.False(t, says(v, "this very content"))
	b.click("import.file.1")
	b.until("a look at the other, which is small: here more is found than a run has found", func(probe.View) bool { return b.a.was("remote other.xlsx") })
}

// TestAFolderInTheLakehouseCanBeRun: it says that it is not looked at here, which is no fault.
func TestAFolderInTheLakehouseCanBeRun(t *testing.T) {
	b := newBench(t)
	b.a.analyze = func(context.Context, string, Progress) (Analysis, error) {
		return Analysis{}, &artifacts.FolderError{Folder: artifacts.File{Name: "orders", Folder: true, Files: 12, Size: 34_000_000}}
	}
	b.free()
	b.files.Publish(feeds.Import{Loaded: true, AsOf: now, Files: []artifacts.File{
		{Name: "orders", Path: artifacts.ImportFolder + "/orders", Folder: true, Files: 12, Size: 34_000_000, Modified: now.Add(-time.Hour), ETag: "1"},
	}})
	b.untilSays("12 files · today 13:05")
	b.click("import.file.0")
	b.untilSays("“orders” is a folder with 12 files (34.0 MB): it can be run")
	require.True(t, b.control("import.run").Enabled)
	b.click("import.run")
	v := b.untilSays("Run the pipeline?")
	require.True(t, says(v, "34.0 MB"), "%v", v.Texts)
	b.clickDialog("dialog.confirm")
	b.until("the run", func(probe.View) bool { return b.a.was("run orders") })
}

// TestAFindingLeadsToItsCellsAndToWhereItIsMended: from Overview, and from the chosen line of Checks.
func TestAFindingLeadsToItsCellsAndToWhereItIsMended(t *testing.T) {
	b := newBench(t)
	showVerdict(b, "sales_october.csv", yesBut(), asDecided())
	v := b.look()
	for _, text := range []string{"Yes, but look first", "142.00 in 1 row is on no day of the series", "110.00 in 1 row is missing from the sums", "90.00 in 1 row is missing from the sums"} {
		require.True(t, says(v, text), "%s: %v", text, v.Texts)
	}
	b.untilSays("+6.4 % on what is published")
	require.False(t, says(v, "SHA-256"), "a hash stands behind Details")
	b.click("import.cells.0")
	require.True(t, b.onTab("import.rows"))
	b.click("import.overview")
	b.click("import.mend.0")
	require.True(t, b.control("import.read.date_order").Visible)
	b.click("import.checks")
	require.False(t, b.offers("import.cells.chosen"))
	b.click("import.check.3")
	b.until("the ways of the finding", func(probe.View) bool { return b.offers("import.cells.chosen") })
	require.False(t, b.offers("import.mend.chosen"), "the rules are chosen above")
	b.click("import.check.0")
	b.click("import.mend.chosen")
	require.True(t, b.control("import.read.date_order").Visible)
}

// onTab says which page of the chosen file is in sight.
func (b *bench) onTab(name string) bool {
	b.look()
	return b.w.importing.Tab() == name
}
