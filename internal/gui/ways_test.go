package gui

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/datatable"
	"fabricportal/internal/gui/probe"
	"fabricportal/internal/gui/results"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/runs"
)

// press types a key as the window's driver does: to what has the focus, else to the window.
func (b *bench) press(key fyne.KeyName) {
	c := b.w.win.Canvas()
	if f := c.Focused(); f != nil {
		f.TypedKey(&fyne.KeyEvent{Name: key})
	} else {
		c.OnTypedKey()(&fyne.KeyEvent{Name: key})
	}
	b.drain()
}

// shortcut presses a key together with Ctrl, or with what the system has in its place.
func (b *bench) shortcut(key fyne.KeyName) {
	b.t.Helper()
	do := b.w.keys[desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault}]
	require.NotNil(b.t, do, key)
	do()
	b.drain()
}

// named is a control in the window's content, or in what is open over it.
func (b *bench) named(name string) fyne.CanvasObject {
	b.t.Helper()
	b.look()
	for _, root := range append(b.w.shell.Dialogs.Contents(), b.w.win.Content()) {
		for _, o := range test.LaidOutObjects(root) {
			if n, ok := o.(probe.Named); ok && n.ProbeName() == name {
				return o
			}
		}
	}
	b.t.Fatalf("there is no %s", name)
	return nil
}

func TestEscapeClosesWhateverIsOpen(t *testing.T) {
	b := newBench(t)
	b.free()
	b.importFiles("sales.xlsx")
	chip := b.named("header.lock").(*controls.Chip)
	c := b.w.win.Canvas()
	c.Focus(chip)
	b.press(fyne.KeySpace)
	b.untilSays("No run is active")
	b.press(fyne.KeyEscape)
	require.False(t, b.w.shell.Dialogs.Open(), "a card that was opened by keyboard")
	require.Equal(t, fyne.Focusable(chip), c.Focused(), "the focus is where it was")

	b.press(fyne.KeyF1)
	b.untilSays("Ctrl+1 … 4")
	b.press(fyne.KeyEscape)
	require.False(t, b.w.shell.Dialogs.Open())

	b.shortcut(fyne.KeyK)
	b.untilSays("Ctrl+Enter")
	_, typing := c.Focused().(*controls.Entry)
	require.True(t, typing)
	b.press(fyne.KeyEscape)
	require.False(t, b.w.shell.Dialogs.Open(), "what is typed into passes it on")

	b.click("import.open")
	require.True(t, b.w.shell.Dialogs.Open())
	require.Equal(t, "choosefile.entry", b.look().Focus)
	b.press(fyne.KeyEscape)
	require.False(t, b.w.shell.Dialogs.Open(), "the choice of a file, from its list")
}

func TestKeysWorkWhileSomethingIsShown(t *testing.T) {
	b := newBench(t)
	b.free()
	b.click("header.lock")
	b.shortcut(fyne.Key4)
	require.Equal(t, "Archive", b.look().Tab, "a card gives way")
	require.False(t, b.w.shell.Dialogs.Open())
	b.click("header.lock")
	b.press(fyne.KeyF1)
	b.untilSays("Ctrl+1 … 4")
	b.shortcut(fyne.Key2)
	require.Equal(t, "Monitor", b.look().Tab, "so does what can only be closed")

	b.shortcut(fyne.Key1)
	b.importFiles("sales.xlsx")
	b.shortcut(fyne.KeyReturn)
	require.False(t, b.w.shell.Dialogs.Open(), "no file is chosen")
	b.click("import.file.0")
	b.untilSays("50,046 rows")
	b.shortcut(fyne.KeyReturn)
	require.True(t, b.offers("dialog.confirm"))
	b.shortcut(fyne.Key3)
	require.Equal(t, "Import", b.look().Tab, "what is asked is to be answered")
	b.press(fyne.KeyEscape)
	require.False(t, b.w.shell.Dialogs.Open())

	showResults(b)
	done := runOf("ana", runs.Succeeded)
	b.archive.Publish(feeds.Archive{Loaded: true, Runs: []runs.Run{done}})
	b.drain()
	for key, name := range map[fyne.KeyName]string{fyne.Key4: "archive.text", fyne.Key3: "results.table.search", fyne.Key1: "import.path"} {
		b.shortcut(key)
		b.shortcut(fyne.KeyF)
		require.Equal(t, name, b.w.win.Canvas().Focused().(*controls.Entry).ProbeName())
	}
	b.shortcut(fyne.KeyComma)
	b.untilSays("Appearance")
}

func TestACommandIsFoundByItsWords(t *testing.T) {
	b := newBench(t)
	b.shortcut(fyne.KeyK)
	entry := b.w.win.Canvas().Focused().(*controls.Entry)
	entry.SetText("arch")
	require.True(t, b.offers("command.archive"))
	require.False(t, b.offers("command.run"))
	entry.OnSubmitted(entry.Text)
	require.Equal(t, "Archive", b.look().Tab)
	require.False(t, b.w.shell.Dialogs.Open())
}

func TestARunThatEndsIsSaidOnEachScreen(t *testing.T) {
	b := newBench(t)
	running, done := runOf("ana", runs.Running), runOf("ana", runs.Running)
	done.Status = runs.Succeeded
	b.monitor.Publish(feeds.Monitor{Loaded: true, Run: &running})
	b.drain()
	b.monitor.Publish(feeds.Monitor{Loaded: true, Run: &done})
	b.untilSays("The run of sales.xlsx succeeded.")
	b.click("ended.see")
	require.Equal(t, "Results", b.look().Tab)
	require.False(t, says(b.look(), "The run of sales.xlsx succeeded."), "it has been seen")
	b.monitor.Publish(feeds.Monitor{Loaded: true, Run: &running})
	b.drain()
	done.Status, done.ErrorMessage = runs.Failed, "cancelled in Fabric, as ana asked"
	b.monitor.Publish(feeds.Monitor{Loaded: true, Run: &done})
	b.untilSays("The run of sales.xlsx was cancelled.")
	b.click("ended.close")
	require.False(t, says(b.look(), "was cancelled"))
}

func TestASuccessLeadsOn(t *testing.T) {
	b := newBenchWith(t, func(o *Options) { o.RestorePipelineID = "restore-pipeline" })
	b.free()
	b.click("tab.monitor")
	r := runOf("ana", runs.Succeeded)
	b.monitor.Publish(feeds.Monitor{Loaded: true, Run: &r})
	b.untilSays("Revenue 12.4 M")
	before := runOf("ben", runs.Succeeded)
	before.ID = archived(7)
	b.a.before = func(feeds.Results) (results.Before, error) { return results.Before{Run: &before}, nil }
	b.a.detail = func(id uuid.UUID) (Detail, error) { return Detail{Run: before}, nil }
	b.click("monitor.undo")
	b.untilSays("Restore this run?")
	require.False(t, says(b.look(), before.ID.String()), "ids stand behind a button")
	b.clickDialog("restore.details")
	require.True(t, says(b.look(), before.ID.String()))
	b.clickDialog("dialog.cancel")
	b.click("tab.monitor")
	before.PipelineItemID = "restore-pipeline"
	b.click("monitor.undo")
	b.untilSays("What was published before had been restored")
	b.clickDialog("dialog.close")
	b.click("tab.monitor")
	b.click("monitor.results")
	require.Equal(t, "Results", b.look().Tab)
}

func TestARestoreAndACancelledRunSayWhatTheyAre(t *testing.T) {
	b := newBenchWith(t, func(o *Options) { o.RestorePipelineID = "restore-pipeline" })
	b.free()
	b.click("tab.monitor")
	r := runOf("ana", runs.Running)
	r.PipelineItemID = "Restore-Pipeline"
	b.monitor.Publish(feeds.Monitor{Loaded: true, Run: &r})
	b.untilSays("Restoring for ")
	b.untilSays("Restore of sales.xlsx")
	r.Status, r.FinishedAt = runs.Succeeded, runOf("ana", runs.Succeeded).FinishedAt
	b.monitor.Publish(feeds.Monitor{Loaded: true, Run: &r})
	b.untilSays("Restored today 14:04")
	cancelled := runOf("ben", runs.Failed)
	cancelled.ErrorMessage = "cancelled in Fabric, as ben asked"
	b.monitor.Publish(feeds.Monitor{Loaded: true, Run: &cancelled})
	v := b.untilSays("Cancelled today 14:04")
	require.False(t, says(v, "Failed"))

	imported := runOf("ana", runs.Succeeded)
	r.ID, cancelled.ID, imported.ID = archived(1), archived(2), archived(3)
	r.KPIs, r.FinishedAt = imported.KPIs, imported.FinishedAt
	b.archive.Publish(feeds.Archive{Loaded: true, Runs: []runs.Run{r, cancelled, imported}})
	b.click("tab.archive")
	b.untilSays("Restored")
	v = b.untilSays("Cancelled")
	require.False(t, says(v, "Failed"))
	b.click("archive.trend")
	b.untilSays("A trend needs at least two runs that succeeded") // the restore repeats figures
}

func TestAfterCancelTheHeadlineSaysSo(t *testing.T) {
	b := newBench(t)
	b.click("tab.monitor")
	r := runOf("ben", runs.Queued)
	b.a.cancel = func(uuid.UUID) error { return nil }
	b.monitor.Publish(feeds.Monitor{Loaded: true, Run: &r})
	b.untilSays("In Fabric's queue")
	b.click("monitor.cancel")
	b.clickDialog("dialog.confirm")
	b.untilSays("Cancelling: Fabric has been asked")
}

func TestASecretThatEntraRefusesIsEnteredFromItsCard(t *testing.T) {
	d := &desk{}
	b := newBenchWith(t, func(o *Options) { o.Desk = d })
	b.frame.Publish(feeds.Frame{LockKnown: true, AsOf: now, Files: feeds.Reach{Known: true, Answered: true, Secret: true, Since: now.Add(-time.Minute), Sentence: "Microsoft Entra refused the client secret."}})
	b.click("header.files")
	b.untilSays("Microsoft Entra refused the client secret.")
	b.clickDialog("header.secret")
	b.until("the settings", func(probe.View) bool { return d.was("edit production") })
}

func TestADateThatIsNoneIsSaid(t *testing.T) {
	b := newBench(t)
	b.archive.Publish(feeds.Archive{Loaded: true, Runs: []runs.Run{runOf("ana", runs.Succeeded)}})
	b.click("tab.archive")
	b.named("archive.from").(*controls.Entry).SetText("31.31.2025")
	b.untilSays("“31.31.2025” is not a date")
	b.named("archive.from").(*controls.Entry).SetText("2025-01-31")
	require.False(t, says(b.look(), "is not a date"))
}

func TestBannersTakeTheRoomOfOneAndCanBeClosed(t *testing.T) {
	b := newBench(t)
	showResults(b)
	b.untilSays("A newer run of")
	r, _ := b.results.Latest()
	r.Sentence = "The lakehouse does not answer."
	b.results.Publish(r)
	v := b.untilSays("The lakehouse does not answer.")
	require.False(t, says(v, "A newer run of"))
	b.click("results.stale.close")
	b.untilSays("A newer run of")
	b.click("results.newer.close")
	v = b.look()
	require.False(t, says(v, "A newer run of") || says(v, "does not answer"))
	r.Updating = true
	b.results.Publish(r)
	b.untilSays("New results are being published")
	b.results.Publish(feeds.Results{Loaded: true, Empty: true})
	v = b.untilSays("Nothing has been published yet")
	require.False(t, says(v, "New results are being published"), "what is said of figures goes with them")
}

// The tabs above figures and rows stay where they are as they are used.
func TestTabsKeepTheirPlace(t *testing.T) {
	b := newBench(t)
	showResults(b)
	b.untilSays("A newer run of")
	before := b.control("results.data")
	b.click("results.data")
	require.Equal(t, before.Y, b.control("results.data").Y)
}

// A line that says something longer has the room for it at once: nothing lays the window out anew between.
func TestANewTextAsksForItsRoom(t *testing.T) {
	b := newBench(t)
	showMonitor(b, runs.Phase{Kind: runs.PhaseRunning})
	b.look()
	r := runOf("ben", runs.Submitted)
	b.monitor.Publish(feeds.Monitor{Loaded: true, Run: &r})
	b.drain()
	require.Empty(t, misfits(b))

	b.frame.Publish(feeds.Frame{LockKnown: true, AsOf: now})
	showResults(b)
	b.look()
	b.click("results.line.month")
	require.Empty(t, misfits(b))
	b.w.shell.Transfer("downloading")
	b.look()
	b.w.shell.Transfer("downloading sales_cleaned.parquet, 12 %")
	require.Empty(t, misfits(b))
}

func TestASavedFileIsNotSaidOverOtherFigures(t *testing.T) {
	b := newBench(t)
	showResults(b)
	b.a.export = func(datatable.View, []int) (string, error) { return "/home/ana/Downloads/results.xlsx", nil }
	b.click("results.excel")
	b.clickDialog("dialog.confirm") // the rows are to be fetched first
	b.untilSays("Saved results.xlsx")
	r, _ := b.results.Latest()
	b.results.Publish(r)
	b.untilSays("Saved results.xlsx")
	other := *r.KPIs
	other.RunID = new("another")
	r.KPIs = &other
	b.results.Publish(r)
	b.until("other figures", func(v probe.View) bool { return !says(v, "Saved results.xlsx") })
}
