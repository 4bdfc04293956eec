package gui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/gui/archive"
	"fabricportal/internal/gui/probe"
	"fabricportal/internal/services/results/changes"
	"fabricportal/internal/services/runs"
)

// chooseOther opens What changed? and the list of runs to compare with: three that published beside the two that are shown, and one that did not.
func chooseOther(b *bench) {
	showResults(b)
	b.a.changed = twoRuns(b.t, nil)
	pair := &b.a.changed.pair
	r, _ := b.results.Latest()
	of := *r.KPIs
	of.RunID = new(pair.Runs[changes.After].ID.String())
	r.KPIs = &of
	b.results.Publish(r)
	b.drain()
	all := []runs.Run{pair.Runs[changes.After], pair.Runs[changes.Before]}
	for i, name := range []string{"sales_newer.xlsx", "sales_may.xlsx", "sales_april.csv", "sales_broken.csv"} {
		r := runOf("cleo", runs.Succeeded)
		r.ID, r.InputFile, r.CreatedAt = archived(20+i), name, now.Add(-time.Duration(i)*60*24*time.Hour)
		if i == 0 {
			r.CreatedAt = pair.Runs[changes.After].CreatedAt.Add(time.Minute)
		}
		if i == 3 {
			r.Status, r.KPIs, r.KPIsUnread = runs.Failed, nil, ""
		} else {
			r.KPIs = []byte(fmt.Sprintf(`{"total_revenue": %d}`, 30_000+i))
		}
		all = append(all, r)
	}
	b.a.find = func(f archive.Filter, _ int) (out []runs.Run, more bool, err error) {
		for _, r := range all {
			if strings.Contains(r.InputFile, f.Text) {
				out = append(out, r)
			}
		}
		return out, false, nil
	}
	b.click("results.changed")
	b.until("the orders", func(probe.View) bool { return b.offers("changed.added") })
	b.clickDialog("changed.other")
	b.until("the runs", func(v probe.View) bool { return says(v, "sales_may.xlsx") })
}

func TestWhatChangedIsToldAgainstAnyPublishedRun(t *testing.T) {
	b := newBench(t)
	chooseOther(b)
	require.True(t, b.a.was(`find false published "" 200`))
	v := b.look()
	require.True(t, says(v, "sales_april.csv"))
	require.True(t, says(v, "compared now"), "the run that is compared now is named")
	require.False(t, says(v, "sales_broken.csv"), "what published nothing can't be compared")
	require.False(t, says(v, "Added orders"), "one thing is shown at a time")
	b.clickDialog("changed.back")
	b.untilSays("Added orders")

	b.clickDialog("changed.other")
	b.until("the search", func(probe.View) bool { return b.offers("changed.search") })
	b.typeInto("changed.search", "no such")
	b.untilSays("No published run matches")
	require.False(t, b.control("changed.take").Enabled)
	b.typeInto("changed.search", "april")
	b.until("one run", func(v probe.View) bool { return says(v, "sales_april.csv") && !says(v, "sales_may.xlsx") })
	after := b.a.changed.pair.Runs[changes.After].ID
	b.chooseRow("changed.run", 0)
	b.clickDialog("changed.take")
	b.until("both runs", func(probe.View) bool { return b.a.was("changed " + archived(22).String() + " " + after.String()) })
	b.untilSays("Added orders")

	b.clickDialog("changed.other")
	b.until("all runs", func(v probe.View) bool { return says(v, "sales_newer.xlsx") })
	b.chooseRow("changed.run", 0)
	b.clickDialog("changed.take")
	b.until("the later run is after", func(probe.View) bool { return b.a.was("changed " + after.String() + " " + archived(20).String()) })
	b.untilSays("Added orders")
}

// TestWithoutAnEarlierRunAnotherCanBeChosen: what could not be chosen by itself is no dead end.
func TestWithoutAnEarlierRunAnotherCanBeChosen(t *testing.T) {
	b := newBench(t)
	chooseOther(b)
	b.w.shell.Dialogs.CloseTop()
	good := b.a.changed
	b.a.changed.err = fmt.Errorf("there is no earlier run with figures")
	b.click("results.changed")
	b.untilSays("The runs can't be compared")
	b.a.changed = good
	b.clickDialog("changed.other")
	b.untilSays("sales_may.xlsx")
	b.chooseRow("changed.run", 1)
	b.clickDialog("changed.take")
	b.untilSays("Added orders")
}

// chooseRow chooses a row of a table in a dialog by the keyboard.
func (b *bench) chooseRow(name string, row int) {
	b.t.Helper()
	for _, root := range b.w.shell.Dialogs.Contents() {
		for _, o := range test.LaidOutObjects(root) {
			t, ok := o.(interface {
				fyne.Focusable
				ProbeChildren() []fyne.CanvasObject
			})
			if !ok || !slices.ContainsFunc(t.ProbeChildren(), func(o fyne.CanvasObject) bool {
				n, ok := o.(probe.Named)
				return ok && n.ProbeName() == fmt.Sprint(name, ".", row)
			}) {
				continue
			}
			t.TypedKey(&fyne.KeyEvent{Name: fyne.KeyHome})
			for range row {
				t.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
			}
			b.drain()
			return
		}
	}
	b.t.Fatalf("no dialog has %s %d", name, row)
}
