package gui

import (
	"errors"
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/probe"
	"fabricportal/internal/services/importfile/sample"
)

// typed presses a key where the keys go.
func (b *bench) typed(key fyne.KeyName) {
	b.w.win.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: key})
	b.drain()
}

// TestTheTourIsWalkedByKeys: Return goes on, Escape leaves, and it ends where it began.
func TestTheTourIsWalkedByKeys(t *testing.T) {
	b := newBench(t)
	b.bare("sales.xlsx")
	b.click("tab.results")
	b.shortcut(fyne.KeyK)
	b.clickDialog("command.tour")
	for _, s := range stops() {
		v := b.untilSays(s.sentence)
		require.Equal(t, s.screen, v.Tab, "the screen that is spoken of is in sight")
		title, ok := b.w.tabs.Title(s.tab).(*controls.Touch)
		require.True(t, ok)
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(title)
		card := b.w.shell.Dialogs.Contents()[0]
		require.InDelta(t, at.Y+title.Size().Height, fyne.CurrentApp().Driver().AbsolutePositionForObject(card).Y, 16, "the card hangs below its screen's title")
		b.typed(fyne.KeyReturn)
	}
	require.False(t, b.w.shell.Dialogs.Open())
	require.Equal(t, "Results", b.look().Tab, "it ends where it began")

	b.w.showTour()
	b.typed(fyne.KeyReturn)
	require.Equal(t, "Monitor", b.look().Tab)
	b.typed(fyne.KeyEscape)
	require.False(t, b.w.shell.Dialogs.Open())
	b.click("footer.keys")
	b.clickDialog("help.tour")
	b.untilSays("1 / 4")
}

// TestTheTourIsOfferedUntilItIsClosedForGood, and only to who is new here.
func TestTheTourIsOfferedUntilItIsClosedForGood(t *testing.T) {
	p := func(b *bench) fyne.Preferences { return b.w.app.Preferences() }
	open := func(before func(fyne.Preferences)) *bench {
		return newBenchWith(t, func(o *Options) {
			o.Tour = true
			before(fyne.CurrentApp().Preferences())
		})
	}
	b := open(func(fyne.Preferences) {})
	require.True(t, b.offers("tour.start"))
	b.click("tab.results")
	require.False(t, b.offers("tour.start"), "it takes no room from the figures")
	b.w.Stop() // the program ends without an answer
	require.True(t, p(b).Bool(tourOfferedKey))

	b = open(func(p fyne.Preferences) { p.SetString(tabKey, "Import"); p.SetBool(tourOfferedKey, true) })
	require.True(t, b.offers("tour.start"), "it is offered again")
	b.click("tour.never")
	require.False(t, b.offers("tour.start"))
	require.True(t, p(b).Bool(tourClosedKey))
	b.w.showTour()
	require.True(t, b.offers("tour.next"), "who asks for it gets it")

	b = open(func(p fyne.Preferences) { p.SetBool(tourClosedKey, true) })
	require.False(t, b.offers("tour.start"))
	b = open(func(p fyne.Preferences) { p.SetString(tabKey, "Import") })
	require.False(t, b.offers("tour.start"), "who has worked with the program knows it")
	require.False(t, newBench(t).offers("tour.start"))
}

// TestFirstInsightIsThreeClicksAway from a window without any connection: the real sample, read as any file.
func TestFirstInsightIsThreeClicksAway(t *testing.T) {
	b := newBench(t)
	showSample(b) // one click
	v := b.look()
	require.True(t, says(v, "A sample to try things on"), v.Texts)
	require.True(t, says(v, "repeats an earlier order_id"))
	b.click("import.kpis") // two
	require.True(t, saysNumber(b.untilSays("Revenue by day"), "253"))
	b.click("import.cleaning") // three
	b.untilSays("customer_id")
}

// TestASampleIsNeverUploadedOrRun, wherever it lies.
func TestASampleIsNeverUploadedOrRun(t *testing.T) {
	b := newBench(t)
	showSample(b)
	b.free() // there is a connection now
	v := b.untilSays("Made up on this computer")
	require.True(t, says(v, "would replace real figures"))
	require.False(t, b.offers("import.upload"))
	require.False(t, b.control("import.run").Enabled)

	b.importFiles(sample.Name) // somebody has put it there
	b.click("import.lakehouse")
	b.click("import.file.0")
	b.untilSays("would replace real figures")
	require.False(t, b.control("import.run").Enabled)
	b.shortcut(fyne.KeyReturn)
	require.False(t, b.w.shell.Dialogs.Open())
	require.False(t, b.a.was("upload"))
}

// TestOverviewOfASampleLeadsToAFileOfOnesOwn and gives no verdict on a run that there will not be.
func TestOverviewOfASampleLeadsToAFileOfOnesOwn(t *testing.T) {
	b := newBench(t)
	opened := false
	b.w.shell.OpenLocal = func() { opened = true }
	showSample(b)
	v := b.look()
	require.True(t, says(v, "A sample is never uploaded or run"), v.Texts)
	require.False(t, says(v, "It can be run"))
	require.False(t, says(v, "Yes, but look first"))
	b.click("import.sample.onward")
	require.True(t, opened)

	showVerdict(b, "sales_october.csv", goodFile(), contract.ReadOptions{})
	b.click("import.lakehouse")
	b.click("import.file.0")
	b.untilSays("It can be run: all checks passed.")
	require.False(t, b.offers("import.sample.onward"))
}

func TestASampleThatCantBeMadeIsTold(t *testing.T) {
	b := newBench(t)
	b.a.sample = func() (string, error) { return "", errors.New("the disk is full") }
	b.unset()
	b.click("import.lead")
	b.untilSays("The sample can't be made")
	b.untilSays("The disk is full.")
}

// TestWhatLeadsOnIsOneButton on each screen of an empty portal, and does what it says.
func TestWhatLeadsOnIsOneButton(t *testing.T) {
	for name, states := range map[string]struct {
		make func(*bench)
		then map[string]string // by the tab: what is asked for, or the screen in sight afterwards
	}{
		"unset":   {(*bench).unset, map[string]string{"import": "sample", "monitor": "set up", "results": "set up", "archive": "set up"}},
		"silent":  {(*bench).silent, map[string]string{"monitor": "refresh", "results": "refresh", "archive": "refresh"}},
		"no file": {func(b *bench) { b.bare() }, map[string]string{"monitor": "Import", "results": "Import", "archive": "Import"}},
		"no run":  {func(b *bench) { b.bare("sales.xlsx") }, map[string]string{"monitor": "Import", "results": "Import", "archive": "Import"}},
	} {
		for tab, want := range states.then {
			t.Run(name+" "+tab, func(t *testing.T) {
				b := newBench(t)
				states.make(b)
				b.drain()
				b.click("tab." + tab)
				b.click(tab + ".lead")
				b.until(want, func(v probe.View) bool { return v.Tab == want || b.a.was(want) })
			})
		}
	}
}
