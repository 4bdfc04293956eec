package gui

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/gui/probe"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/services/results/changes"
	"fabricportal/internal/services/results/dataset"
	"fabricportal/internal/services/runs"
)

// changing answers what changed.
type changing struct {
	pair changes.Pair
	err  error
	rows func(ctx context.Context, how dataset.How, p func(stage changes.Stage, done, total int64)) (*changes.Result, error)
}

func (a *actions) WhatChanged(_ context.Context, before, after uuid.UUID) (changes.Pair, error) {
	a.note("changed " + before.String() + " " + after.String())
	return a.changed.pair, a.changed.err
}

func (a *actions) ChangedRows(ctx context.Context, _ changes.Pair, how dataset.How, p func(stage changes.Stage, done, total int64)) (*changes.Result, error) {
	a.note("changed rows" + []string{"", " anyway", " anew"}[how])
	return a.changed.rows(ctx, how, p)
}

func (a *actions) ExportChanges(_ context.Context, p changes.Pair, r *changes.Result, _ shell.Progress) (string, error) {
	a.note(fmt.Sprintf("export changes, rows %v", r != nil))
	return "/home/ana/Downloads/changes.xlsx", nil
}

// orderTable is orders in memory, as cleaned rows.
type orderTable [][]dataset.Cell

func (o orderTable) Columns() []dataset.Column {
	return []dataset.Column{{Name: "order_id"}, {Name: "order_date", Kind: dataset.Date}, {Name: "region"}, {Name: "channel"}, {Name: "product_category"}, {Name: "quantity", Kind: dataset.Integer}, {Name: "revenue", Kind: dataset.Decimal}}
}
func (o orderTable) Rows() int { return len(o) }
func (o orderTable) Window(_ context.Context, from, n int, _ []int) (dataset.Rows, error) {
	out := dataset.Rows{From: from}
	for _, row := range o[from:min(from+n, len(o))] {
		out.Cells = append(out.Cells, append([]dataset.Cell(nil), row...))
	}
	return out, nil
}

// orders are those of a month; in the later one some are gone, some are new and some have another quantity.
func orders(later bool) orderTable {
	var out orderTable
	add := func(cells ...any) {
		var row []dataset.Cell
		for _, c := range cells {
			text := fmt.Sprint(c)
			row = append(row, dataset.Cell{Text: text, Null: text == ""})
		}
		out = append(out, row)
	}
	for i := range 400 {
		quantity := i%5 + 1
		region := []string{"North", "South", "East", "West"}[i%4]
		id := fmt.Sprintf("SO-2026-%06d", i+1)
		switch {
		case later && i%40 == 3:
			continue
		case later && i%25 == 4:
			quantity += 2
		case later && i == 17:
			region = "North-West"
		case later && i == 30:
			id = "so-2026-000031"
		}
		add(id, time.Date(2026, 9, 1+i%90, 0, 0, 0, 0, time.UTC).Format(time.DateOnly), region, []string{"Web", "Store", "Phone"}[i%3], fmt.Sprint("Category ", i%6), quantity, fmt.Sprintf("%.2f", float64(quantity)*(19.9+float64(i%13))))
		if i == 50 && later {
			add(id, "2026-11-20", region, "Web", "Category 1", 1, "12.50")
		}
	}
	if later {
		for i := range 24 {
			add(fmt.Sprintf("SO-2026-%06d", 1000+i), "2026-11-2"+fmt.Sprint(i%8), []string{"North", "West"}[i%2], "Web", "Category 2", 2, fmt.Sprintf("%.2f", 80+float64(i)))
		}
		add("", "2026-11-22", "", "Web", "Category 2", 1, "5.00")
	}
	return out
}

// twoRuns are two runs whose rows are on this computer, or of a size.
func twoRuns(t testing.TB, size *int64) changing {
	compare := func(ctx context.Context) (*changes.Result, error) {
		return changes.Rows(ctx, orders(false), orders(true), changes.Options{})
	}
	r, err := compare(t.Context())
	require.NoError(t, err)
	defer r.Close()
	p := changes.Pair{Runs: [2]runs.Run{runOf("ben", runs.Succeeded), runOf("ana", runs.Succeeded)}}
	p.Runs[0].InputFile, p.Runs[0].CreatedAt = "sales_october.xlsx", now.Add(-30*24*time.Hour)
	for side := range 2 {
		p.Rows[side] = changes.RowsOf{Here: size == nil, Size: size}
		p.KPIs[side] = &contract.KPIs{TotalRevenue: r.Sides[side].Revenue.Money(), Orders: r.Sides[side].Orders}
		for _, g := range r.Breakdowns[0].Groups {
			p.KPIs[side].RevenueByRegion = append(p.KPIs[side].RevenueByRegion, contract.Share{Key: g.Key, Revenue: g.Revenue[side].Money(), Orders: g.Orders[side]})
		}
	}
	p.Parts, p.Lacking = changes.Groups(p.KPIs[0], p.KPIs[1])
	return changing{pair: p, rows: func(ctx context.Context, _ dataset.How, progress func(stage changes.Stage, done, total int64)) (*changes.Result, error) {
		return compare(ctx)
	}}
}

func showChanged(b *bench) {
	showResults(b)
	b.a.changed = twoRuns(b.t, nil)
	b.click("results.changed")
	b.until("the orders", func(probe.View) bool { return b.offers("changed.added") })
}

func TestWhatChangedIsToldByGroupAndByOrder(t *testing.T) {
	b := newBench(t)
	showChanged(b)
	v := b.look()
	for _, text := range []string{"Added orders", "Removed orders", "Changed orders", "North-West", "Added (25)", "Removed (11)", "Changed (18)"} {
		require.True(t, says(v, text), text)
	}
	b.clickDialog("changed.changed")
	b.untilSays("quantity: 5 › 7 · revenue: ")
	b.clickDialog("changed.notes")
	v = b.untilSays("such as SO-2026-000031 and so-2026-000031")
	require.True(t, says(v, "1 changed order has several rows that are not the same"))
	require.True(t, says(v, "After: 1 row without an order_id can't be matched (5.00)."))
	require.True(t, says(v, "After: 1 order_id stands in several rows, 2 in all. Its rows are compared together."))
	b.clickDialog("changed.excel")
	b.untilSays("Saved changes.xlsx in /home/ana/Downloads")
	require.True(t, b.a.was("export changes, rows true"))
	b.clickDialog("dialog.close")
}

func TestRowsThatAreNotThoseOfTheFiguresAreSaid(t *testing.T) {
	b := newBench(t)
	showResults(b)
	b.a.changed = twoRuns(t, nil)
	b.a.changed.pair.KPIs[1].TotalRevenue += 0.01
	b.click("results.changed")
	v := b.untilSays("The rows of sales.xlsx add up to 32,983.30, its figures say 32,983.31. What stands here is of the rows.")
	require.True(t, says(v, "Notes (5)"))

	b.w.shell.Dialogs.CloseTop()
	b.a.changed.err = fmt.Errorf("there is no earlier run")
	b.click("results.changed")
	b.untilSays("The runs can't be compared")
	b.untilSays("There is no earlier run.")
}

func TestRowsAreFetchedOnlyWhenAsked(t *testing.T) {
	b := newBench(t)
	showResults(b)
	b.a.changed = twoRuns(t, new(int64(6_200_000)))
	compare := b.a.changed.rows
	began := make(chan struct{}, 1)
	b.a.changed.rows = func(ctx context.Context, _ dataset.How, progress func(stage changes.Stage, done, total int64)) (*changes.Result, error) {
		progress(changes.Fetching, 3_100_000, 12_400_000)
		began <- struct{}{}
		<-ctx.Done()
		return nil, ctx.Err()
	}
	b.click("results.changed")
	b.untilSays("Which orders made the difference?")
	v := b.untilSays("North-West")
	require.True(t, says(v, "Fetch 12.4 MB and compare the orders"))
	require.False(t, b.a.was("changed rows"))
	b.clickDialog("changed.compare")
	<-began
	b.untilSays("Fetching the rows: 3.1 MB of 12.4 MB")
	b.clickDialog("changed.cancel")
	b.untilSays("The orders were not compared.")
	b.a.changed.rows = func(context.Context, dataset.How, func(stage changes.Stage, done, total int64)) (*changes.Result, error) {
		return nil, &dataset.DiedError{}
	}
	b.clickDialog("changed.compare")
	b.untilSays("The rows of a run were open when the program ended unexpectedly last time.")
	b.a.changed.rows = compare
	b.clickDialog("changed.anew")
	b.until("the orders", func(probe.View) bool { return b.offers("changed.added") })
	require.True(t, b.a.was("changed rows anew"))
}

func TestAnyTwoRunsOfTheArchiveAreCompared(t *testing.T) {
	b := newBench(t)
	showArchive(b)
	b.a.changed = twoRuns(t, nil)
	b.untilSays("10 runs")
	b.click("archive.actions")
	b.clickDialog("archive.compare")
	b.untilSays("+4.3 %")
	b.clickDialog("compare.changed")
	b.until("both runs", func(probe.View) bool { return b.a.was("changed " + archived(3).String() + " " + archived(1).String()) })
	b.untilSays("Added orders")
	b.w.shell.Dialogs.CloseTop()
	b.untilSays("Two runs side by side")
}

// showOdd shows results with two days that are unlike those before.
func showOdd(b *bench) {
	showResults(b)
	r, _ := b.results.Latest()
	k := year()
	for i := range k.TimeSeries.Points {
		day, err := time.Parse(time.DateOnly, k.TimeSeries.Points[i].Period)
		require.NoError(b.t, err)
		v := [...]float64{9_000, 14_000, 13_500, 14_200, 15_000, 19_000, 24_000}[day.Weekday()] * (1 + 0.04*float64((i*7)%5-2)/2)
		switch i {
		case 201:
			v *= 0.15
		case 297:
			v *= 2.1
		}
		k.TimeSeries.Points[i].Revenue, k.TimeSeries.Points[i].Orders = v, int64(v/130)
	}
	r.KPIs = k
	b.results.Publish(r)
	b.until("the marks", func(probe.View) bool { return b.offers("results.line.odd") })
}

func TestUnusualDaysAreListedByKeyboardToo(t *testing.T) {
	b := newBench(t)
	showOdd(b)
	require.Equal(t, "2 unusual days…", b.control("results.line.odd").Text)
	b.click("results.line.odd")
	v := b.untilSays("Sat 25 Oct 2025")
	require.True(t, says(v, "the 8 Saturdays before: "))
	require.True(t, says(v, "Mon 21 Jul 2025"))
	b.clickDialog("dialog.close")
	b.click("results.line.orders")
	b.look()
	require.True(t, b.offers("results.line.odd"), "orders fell and rose with them")
	b.click("results.line.month")
	b.look()
	require.False(t, b.offers("results.line.odd"))
}
