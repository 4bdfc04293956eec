package gui

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/gui/datatable"
	"fabricportal/internal/gui/probe"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/results/dataset"
	"fabricportal/internal/services/runs"
)

// far is rows that stand in the lakehouse.
type far struct{ madeRows }

func (far) Away() int64    { return 1_200_000_000 }
func (far) Fetched() int64 { return 2_500_000 }

func (f far) Look(_ context.Context, q dataset.Query, _ dataset.Progress) (datatable.View, error) {
	if !q.Plain() {
		return nil, errors.New("asked of rows that are not here")
	}
	return f.madeRows, nil
}

// distant is a window with results whose rows are in the lakehouse, and the table that they are once they are fetched.
func distant(t *testing.T) *bench {
	b := newBench(t)
	b.click("tab.results")
	r := runOf("ana", runs.Succeeded)
	b.a.near = func(feeds.Results) (datatable.Table, error) { return far{20_000_000}, nil }
	b.a.table = func(feeds.Results) (datatable.Table, error) { return madeRows(20_000_000), nil }
	b.results.Publish(feeds.Results{Loaded: true, KPIs: kpis(), Run: &r, Source: artifacts.CurrentFolder, AsOf: now,
		Preview: feeds.Preview{Columns: []string{"order_id"}, Rows: [][]string{{"O-000001"}}, Total: 20_000_000}})
	return b
}

// TestRowsInTheLakehouseAreFetchedOnlyForWhatNeedsAllOfThem, and only after what that costs was said and agreed to.
func TestRowsInTheLakehouseAreFetchedOnlyForWhatNeedsAllOfThem(t *testing.T) {
	b := distant(t)
	b.click("results.data")
	v := b.untilSays("of 20,000,000 rows · in the lakehouse, 2.5 MB of 1.2 GB read")
	require.True(t, says(v, "O-000002"))
	require.False(t, says(v, "needs the whole file"))
	b.typeInto("results.table.search", "Web")
	v = b.untilSays("Searching needs the whole file (1.2 GB), which is in the lakehouse: fetch it?")
	require.True(t, says(v, "of 20,000,000 rows"), "what is shown is of all still")
	require.False(t, b.a.was("table"), "nothing is fetched unasked")
	b.click("results.table.leave")
	b.until("the question is gone", func(v probe.View) bool { return !says(v, "needs the whole file") && !says(v, "Web | ") })
	require.False(t, b.a.was("table"))

	b.typeInto("results.table.search", "Web")
	b.untilSays("Searching needs the whole file")
	b.click("results.table.fetch")
	b.untilSays("of 5,000,000 rows · out of 20,000,000 rows")
	v = b.look()
	require.True(t, b.a.was("table"))
	require.False(t, says(v, "in the lakehouse"))
	require.False(t, says(v, "needs the whole file"))
}

// TestFetchingTheRowsCanBeEnded, and what can't be fetched leaves the rows that are read in the lakehouse.
func TestFetchingTheRowsCanBeEnded(t *testing.T) {
	b := distant(t)
	b.click("results.data")
	b.untilSays("in the lakehouse")
	held := make(chan struct{})
	t.Cleanup(func() { close(held) })
	var asked atomic.Int32
	b.a.table = func(feeds.Results) (datatable.Table, error) {
		if asked.Add(1) == 1 {
			<-held
			return nil, context.Canceled
		}
		return nil, errors.New("the disk is full")
	}
	b.typeInto("results.table.search", "Web")
	b.untilSays("Searching needs the whole file")
	b.click("results.table.fetch")
	b.untilSays("Fetching all rows")
	require.False(t, says(b.look(), "needs the whole file"))
	b.click("results.table.fetch.stop")
	v := b.until("the end of the fetching", func(v probe.View) bool { return !says(v, "Fetching all rows") })
	require.True(t, says(v, "of 20,000,000 rows · in the lakehouse"))

	b.typeInto("results.table.search", "Store")
	b.untilSays("Searching needs the whole file")
	b.click("results.table.fetch")
	v = b.untilSays("All rows can't be fetched. The disk is full.")
	require.True(t, says(v, "of 20,000,000 rows · in the lakehouse"))
}

// TestExportsSayWhatTheyFetch, where the rows are not here.
func TestExportsSayWhatTheyFetch(t *testing.T) {
	b := distant(t)
	b.click("results.data")
	b.untilSays("in the lakehouse")
	b.a.export = func(datatable.View, []int) (string, error) { return "/home/ana/Downloads/results.xlsx", nil }
	for _, what := range []struct{ open, choose, why, wrote, saved string }{
		{"results.excel", "", "The workbook needs all rows.", "excel of 20000000 rows, by []", "Saved results.xlsx"},
		{"results.files", "results.rows.csv", "The CSV needs all rows.", "csv of 20000000 rows, 8 columns", "Saved rows.csv"},
	} {
		b.click(what.open)
		if what.choose != "" {
			b.clickDialog(what.choose)
		}
		v := b.untilSays(what.why)
		require.True(t, says(v, "They are not on this computer yet: 38.0 MB. They stay here for the next time."))
		require.False(t, b.a.was(what.wrote))
		b.clickDialog("dialog.confirm")
		b.untilSays(what.saved)
		require.True(t, b.a.was(what.wrote))
	}
	require.Len(t, b.tables(), 2)
}

// TestRowsThatCanNotBeReadInPart may be fetched instead.
func TestRowsThatCanNotBeReadInPart(t *testing.T) {
	b := distant(t)
	b.a.near = func(feeds.Results) (datatable.Table, error) {
		return nil, &artifacts.RangeError{Path: "Files/x.parquet", Err: errors.New("all of the file was given")}
	}
	b.click("results.data")
	v := b.untilSays("Only the first rows can be shown.")
	require.True(t, says(v, "something else was given, which is not used"))
	require.True(t, says(v, "The rows can't be read in part. Fetch the whole file?"))
	require.False(t, b.a.was("table"))
	b.click("results.table.fetch")
	b.untilSays("of 20,000,000 rows")
	require.False(t, says(b.look(), "can't be"))
}
