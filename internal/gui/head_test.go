package gui

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/gui/probe"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/feeds"
	analyzing "fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/importfile/profile"
)

// showHead is the beginning of a file of the lakehouse that is too large to be read unasked.
func showHead(b *bench) {
	b.a.head = Head{Read: 1_240_000, Head: &analyzing.Head{
		RowCount: 38_000_000,
		Preview: &profile.Preview{Format: "parquet", HeaderRow: 1, Names: []string{"order_id", "order_date", "region", "channel", "revenue"},
			Kinds: []string{"text", "date", "text", "text", "decimal"}},
		Bounds: []analyzing.Bounds{{Nulls: -1}, {Min: "2025-01-01", Max: "2025-12-31"}, {Nulls: -1}, {Nulls: -1}, {Min: -120.5, Max: 9_999.99}},
	}}
	for i := range 50 {
		b.a.head.Rows = append(b.a.head.Rows, []any{fmt.Sprintf("SO-2025-%06d", i), "2025-01-01", []any{"North", "South"}[i%2], "Online", 120.5 + float64(i)})
	}
	b.free()
	b.files.Publish(feeds.Import{Loaded: true, AsOf: now, Files: []artifacts.File{
		{Name: "sales_2025.parquet", Path: artifacts.ImportFolder + "/sales_2025.parquet", Size: 2_000_000_000, Modified: now.AddDate(0, 0, -1), ETag: "1"},
	}})
	b.click("import.file.0")
	b.until("the beginning", func(probe.View) bool { return b.offers("import.head.whole") })
}

func TestALargeFileOfTheLakehouseShowsItsBeginning(t *testing.T) {
	b := newBench(t)
	showHead(b)
	v := b.look()
	require.True(t, says(v, "The first 50 rows of the file as they stand, not checked; 1.2 MB of 2.0 GB read."), "%v", v.Texts)
	require.True(t, says(v, "SO-2025-000000"), "%v", v.Texts)
	require.False(t, b.a.was("remote sales_2025.parquet"), "nothing more is read unasked")
	require.True(t, b.primary("import.head.whole"))
	require.False(t, b.primary("import.run"), "what was not checked is not recommended")
	require.True(t, says(v, "The file says that it has 38,000,000 rows. order_date: 1 Jan 2025 to 31 Dec 2025. revenue: -120.50 to 9,999.99."), "%v", v.Texts)
	require.Equal(t, "Check the whole file (2.0 GB is read)", b.control("import.head.whole").Text)
	b.click("import.head.whole")
	b.until("the check", func(probe.View) bool { return b.a.was("remote sales_2025.parquet") && !b.offers("import.head.whole") })
}
