package rules

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/scan"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// BenchmarkCheckOfFile checks the file that PROFILE_FILE names by the built-in rules.
func BenchmarkCheckOfFile(b *testing.B) {
	path := os.Getenv("PROFILE_FILE")
	if _, err := os.Stat(path); err != nil {
		b.Skip("PROFILE_FILE names no file to check")
	}
	b.ReportAllocs()
	rows := int64(0)
	for b.Loop() {
		r, err := Check(b.Context(), path, Default(), Options{})
		require.NoError(b, err)
		rows += r.Rows
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(rows), "ns/row")
}

// orders are batches as a workbook of sales orders gives them, with its header.
func orders(rows int) ([]*scan.Batch, *cells.Texts, *cleaning.Header) {
	header := &cleaning.Header{Normalized: []string{"order_id", "order_date", "channel", "quantity", "unit_price", "discount", "revenue", "rating"}}
	header.Names = header.Normalized
	texts := &cells.Texts{}
	for _, channel := range []string{"Web", "Shop", "Phone"} {
		texts.Add([]byte(channel))
	}
	draw := rand.New(rand.NewPCG(1, 2))
	var batches []*scan.Batch
	for row := 0; row < rows; {
		b := &scan.Batch{}
		for ; row < rows && !b.Full(); row++ {
			texts.Add(fmt.Appendf(nil, "ORD-%08d", row))
			quantity, price, discount := float64(1+draw.IntN(9)), float64(draw.IntN(100_000))/100, float64(draw.IntN(4))/20
			b.StartRow(row+2, false)
			b.Shared(0, uint32(row+3))
			b.Moment(1, time.Date(2026, 1, 1+row%365, 0, 0, 0, 0, time.UTC).UnixMilli())
			b.Shared(2, uint32(row%3))
			b.Number(3, quantity)
			b.Number(4, price)
			b.Number(5, discount)
			b.Number(6, quantity*price*(1-discount))
			b.Number(7, float64(1+row%5))
			b.EndRow()
		}
		batches = append(batches, b)
	}
	return batches, texts, header
}

// BenchmarkRulesAlone is what the built-in rules cost beside the reading, for a million rows.
func BenchmarkRulesAlone(b *testing.B) {
	batches, texts, header := orders(1_000_000)
	b.ReportAllocs()
	for b.Loop() {
		c := newChecker(Default(), source{modified: time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC), texts: texts}, Options{})
		c.begin(header)
		for _, batch := range batches {
			c.Columns(batch, 0, 0, len(header.Names), true)
			require.NoError(b, c.Rows(batch))
		}
		report := c.report()
		require.EqualValues(b, 1_000_000, report.Rows)
		require.Zero(b, report.Failed(Warning)+report.Failed(Error))
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1e6, "ns/row")
}
