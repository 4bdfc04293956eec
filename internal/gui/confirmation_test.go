package gui

import (
	"context"
	"errors"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"fabricportal/assets"
	"fabricportal/contract"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/probe"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/results/comparison"
)

// TestConfirmationLeavesRoomForItsBar in a window that has no room for all of it, and needs none where there is.
func TestConfirmationLeavesRoomForItsBar(t *testing.T) {
	t.Setenv(words.Variable, "de")
	defer func() { require.NoError(t, words.Load(assets.Translations, "en")) }()
	for _, size := range []struct {
		size             fyne.Size
		reading, scrolls bool
	}{{fyne.NewSize(1200, 750), false, false}, {fyne.NewSize(1024, 700), true, false}, {fyne.NewSize(1024, 400), false, true}} {
		b := newBench(t)
		b.size = size.size
		showVerdict(b, "sales_october.csv", yesBut(), asDecided())
		if size.reading { // what is published is still being read
			compares, ended := b.a.replaces, make(chan struct{})
			defer close(ended)
			b.a.replaces = func(k *contract.KPIs, p *contract.ImportProfile) (comparison.Replacement, error) {
				<-ended
				return compares(k, p)
			}
		}
		b.click("import.run")
		b.look()
		contents := b.w.shell.Dialogs.Contents()
		require.Len(t, contents, 1)
		var scroll *controls.Scroll
		for _, o := range test.LaidOutObjects(contents[0]) {
			if s, ok := o.(*controls.Scroll); ok && scroll == nil {
				scroll = s
			}
		}
		require.NotNil(t, scroll)
		require.Equal(t, size.scrolls, scroll.Content.MinSize().Height > scroll.Size().Height, "%v", size.size)
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject
		edge, lines := at(scroll).X+scroll.Size().Width-12, 0
		for _, o := range test.LaidOutObjects(scroll.Content) {
			if line, ok := o.(*canvas.Text); ok && line.Visible() && line.Text != "" {
				lines++
				require.LessOrEqual(t, at(line).X+line.MinSize().Width, edge+0.5, line.Text)
			}
		}
		require.NotZero(t, lines)
	}
}

func TestWhatARunWouldReplaceIsShownAndAskedForWithMoreThanAClick(t *testing.T) {
	b := newBench(t)
	b.free()
	b.importFiles("sales.xlsx")
	year := contract.KPIs{TotalRevenue: 6_699_399.27, Orders: 50_000, AOV: new(133.98), TimeSeries: contract.TimeSeries{Granularity: "daily", Points: []contract.Point{{Period: "2025-01-01"}, {Period: "2025-12-31"}}}}
	month := year
	month.TotalRevenue, month.Orders = 602_000, 4_300
	month.TimeSeries.Points = []contract.Point{{Period: "2025-12-01"}, {Period: "2025-12-31"}}
	var now contract.KPIs
	b.a.analyze = func(_ context.Context, name string, _ Progress) (Analysis, error) {
		a := analysis(name, nil)
		a.KPIs = &now
		for _, id := range []string{"revenue_valid", "order_date_valid", "order_id_unique", "headers_clean"} { // the question has grown with them
			message := strings.Repeat("Some rows are not as they should be. ", 3)
			a.Profile.Validation.Checks = append(a.Profile.Validation.Checks, contract.Check{ID: id, Severity: "warning", Message: message})
		}
		return a, nil
	}
	b.a.replaces = func(k *contract.KPIs, p *contract.ImportProfile) (comparison.Replacement, error) {
		return comparison.PreviewRun(comparison.Current{KPIs: &year, Profile: &contract.ImportProfile{RowCount: 50_046}}, k, p), nil
	}
	now = year
	now.TotalRevenue += 100
	b.click("import.file.0")
	b.untilSays("50,046 rows")
	b.click("import.run")
	b.until("a click is enough", func(v probe.View) bool { return b.enabled("dialog.confirm") })
	require.True(t, b.primary("dialog.confirm"))
	require.False(t, b.offers("dialog.tick"))
	v := b.look()
	for _, text := range []string{"6,699,399.27", "6,699,499.27", "+0.0 %", "1 Jan – 31 Dec 2025"} {
		require.True(t, says(v, text), "%s in %v", text, v.Texts)
	}
	b.clickDialog("dialog.cancel")

	now = month
	b.importFiles("other.xlsx")
	b.click("import.file.0")
	b.until("the other file", func(probe.View) bool {
		return b.w.importingName() == "other.xlsx" && b.enabled("import.run") && b.a.was("remote other.xlsx")
	})
	b.untilSays("50,046 rows")
	b.size = leastSize
	b.click("import.run")
	b.untilSays("This file is of 31 days; what is published is of 365 days. Revenue falls by 91 %. Orders fall by 91 %.")
	require.Equal(t, "Replace 1 Jan – 31 Dec 2025 by 1 Dec – 31 Dec 2025", b.control("dialog.tick").Text)
	tick, yes := b.control("dialog.tick"), b.control("dialog.confirm")
	require.InDelta(t, yes.Y, tick.Y+tick.H, 2*float64(style.Small), "what the answer waits for stands at the answer, and never scrolls out of sight")
	require.False(t, b.control("dialog.confirm").Enabled)
	b.tick("dialog.tick", true)
	require.True(t, b.control("dialog.confirm").Enabled)
	b.tick("dialog.tick", false)
	require.False(t, b.control("dialog.confirm").Enabled)
	b.tick("dialog.tick", true)
	b.clickDialog("dialog.confirm")
	b.until("the run", func(probe.View) bool { return b.a.was("run other.xlsx") })
}

func TestARunIsNotHeldBackByWhatCantBeRead(t *testing.T) {
	b := newBench(t)
	b.free()
	b.importFiles("sales.xlsx")
	b.a.replaces = func(*contract.KPIs, *contract.ImportProfile) (comparison.Replacement, error) {
		return comparison.Replacement{}, errors.New("the lakehouse does not answer")
	}
	b.click("import.file.0")
	b.untilSays("50,046 rows")
	b.click("import.run")
	b.untilSays("What is published could not be read, so that it is not known what changes. The lakehouse does not answer.")
	require.True(t, b.control("dialog.confirm").Enabled)
}

// tick sets a check box of the open dialog.
func (b *bench) tick(name string, yes bool) {
	b.t.Helper()
	for _, o := range b.w.shell.Dialogs.Contents() {
		for _, x := range test.LaidOutObjects(o) {
			if c, ok := x.(*controls.CheckBox); ok && c.ProbeName() == name {
				c.SetChecked(yes)
				b.drain()
				return
			}
		}
	}
	b.t.Fatalf("the dialog has no %s", name)
}
