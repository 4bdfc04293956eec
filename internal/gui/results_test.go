package gui

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/gui/datatable"
	"fabricportal/internal/gui/probe"
	"fabricportal/internal/gui/results"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/runs"
)

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
		"Published: run by ana, today 14:04", "restored by ben, yesterday 12:05", "Web 9.0 M · 75 %"} {
		require.True(t, says(v, text), text)
	}
	require.False(t, says(v, r.ID.String()[:8]), "ids stand behind a button")
	b.click("results.details")
	v = b.untilSays(r.ID.String())
	require.True(t, says(v, "Files/results/current"))
	b.w.shell.Dialogs.CloseCards()
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
	b.untilSays("New results are being published. Until they are whole, you see those of the last publication.")
	shown.Mixed = true
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

	b.a.slow = func(ctx context.Context, p Progress) (string, error) {
		p(12_000_000, 45_000_000)
		<-ctx.Done()
		return "", &artifacts.UnfinishedError{Err: context.Cause(ctx), Arrived: 12_000_000, Size: 45_000_000}
	}
	b.click("results.files")
	b.clickDialog("results.csv.open")
	b.untilSays("Downloading sales_cleaned.csv: 12.0 MB of 45.0 MB")
	b.click("results.open.stop")
	b.untilSays("The download was stopped (12.0 MB of 45.0 MB have arrived and are kept for a week: the same download goes on from there).")
	require.Len(t, b.opened, 1, "what has not come is not opened")
	b.a.slow = nil
	b.click("results.files")
	b.clickDialog("results.csv.open")
	b.untilSays("Saved sales_cleaned.csv in /home/ana/Downloads")
	require.Len(t, b.opened, 2)
}

func TestAllRowsComeWhenTheyAreLookedAt(t *testing.T) {
	b := newBench(t)
	b.click("tab.results")
	b.a.table = func(feeds.Results) (datatable.Table, error) { return madeRows(1_000_000), nil }
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
	b.a.export = func(v datatable.View, c []int) (string, error) {
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
	b.untilSays("You see the state of today 13:05. The lakehouse does not answer.")
}

// What is found of figures that are no longer shown says nothing of those that are.
func TestFiguresAreNotComparedWithWhatBelongsToTheFormerOnes(t *testing.T) {
	b := newBench(t)
	b.click("tab.results")
	r := runOf("ana", runs.Succeeded)
	release := make(chan struct{})
	var asked atomic.Bool
	former, next := kpis(), kpis()
	former.RunID, next.RunID = new("former"), new("next")
	half, twice := *kpis(), *kpis()
	half.TotalRevenue, twice.TotalRevenue = former.TotalRevenue*2, next.TotalRevenue/2
	b.a.before = func(of feeds.Results) (results.Before, error) {
		if *of.KPIs.RunID == "former" {
			asked.Store(true)
			select {
			case <-release:
			case <-time.After(10 * time.Second):
			}
			return results.Before{KPIs: &half}, nil
		}
		return results.Before{KPIs: &twice}, nil
	}
	b.results.Publish(feeds.Results{Loaded: true, KPIs: former, Run: &r, AsOf: now})
	b.until("the first question", func(probe.View) bool { return asked.Load() })
	b.results.Publish(feeds.Results{Loaded: true, KPIs: next, Run: &r, AsOf: now})
	b.drain()
	close(release)
	b.untilSays("+100.0 % on the run before")
	require.False(t, says(b.look(), "-50.0 % on the run before"))
}

// A workbook is of one population: with a filter set it is asked which one.
func TestAWorkbookIsOfAllRowsOrOfTheFilteredOnes(t *testing.T) {
	b := newBench(t)
	b.click("tab.results")
	b.a.table = func(feeds.Results) (datatable.Table, error) { return madeRows(50_000), nil }
	r := runOf("ana", runs.Succeeded)
	b.results.Publish(feeds.Results{Loaded: true, KPIs: kpis(), Run: &r, Source: artifacts.CurrentFolder, AsOf: now})
	b.click("results.data")
	b.untilSays("of 50,000 rows")
	b.a.export = func(datatable.View, []int) (string, error) { return "/home/ana/Downloads/results.xlsx", nil }
	b.click("results.excel")
	b.untilSays("Saved results.xlsx in /home/ana/Downloads")
	require.Contains(t, b.a.asked, `excel of 50000 rows, by []`)
	b.typeInto("results.table.search", "Web")
	b.untilSays("of 12,500 rows")
	b.click("results.excel")
	b.untilSays("Filtered by any column contains “Web”")
	b.untilSays("All 50,000 rows, with figures and charts")
	b.clickDialog("results.excel.filtered")
	b.until("the filtered rows", func(probe.View) bool { return b.a.was(`excel of 12500 rows, by ["any column contains “Web”"]`) })
	b.untilSays("Saved results.xlsx in /home/ana/Downloads")
	b.a.mu.Lock()
	b.a.asked = nil
	b.a.mu.Unlock()
	b.click("results.excel")
	b.clickDialog("results.excel.all")
	b.until("all rows", func(probe.View) bool { return b.a.was(`excel of 50000 rows, by []`) })
}

// Rows that the program has died of, perhaps, are opened only when somebody says so.
func TestRowsThatWereOpenWhenTheProgramDied(t *testing.T) {
	for button, noted := range map[string]string{"results.died.anyway": "table anyway", "results.died.anew": "table anew"} {
		b := newBench(t)
		b.click("tab.results")
		b.a.died = true
		b.a.table = func(feeds.Results) (datatable.Table, error) { return madeRows(1_000_000), nil }
		b.results.Publish(feeds.Results{Loaded: true, KPIs: kpis(), Source: artifacts.CurrentFolder, AsOf: now})
		b.click("results.data")
		b.untilSays("These rows were open when the program ended unexpectedly last time.")
		require.False(t, b.a.was(noted))
		b.click(button)
		b.untilSays("of 1,000,000 rows")
		require.True(t, b.a.was(noted))
	}
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
