package reading

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/spreadsheet"
)

// TestUnquotedDelimiters: where some texts or amounts with a comma stand unquoted in a file of commas, the figures are
// right, or they are asked with the right ones among the answers, or what is missing is said.
func TestUnquotedDelimiters(t *testing.T) {
	folder := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		header := "order_id,order_date,customer,revenue"
		behind := rapid.SampledFrom([]string{"", "comment", "quantity", "unit_price"}).Draw(t, "last column")
		before := rapid.Bool().Draw(t, "unit price before")
		if before {
			header = "order_id,order_date,customer,unit_price,revenue"
		}
		if behind == "unit_price" && before {
			behind = "discount"
		}
		if behind != "" {
			header += "," + behind
		}
		text := header + "\n"
		total := int64(0)
		odd := 0
		names := rapid.SampledFrom([]string{"Smith, John", "Smith,John", "A, B, C"}).Draw(t, "name")
		for i := range rapid.IntRange(3, 12).Draw(t, "rows") {
			cents := rapid.Int64Range(100_000, 900_000).Draw(t, "cents")
			total += cents
			customer, revenue := "Roe", fmt.Sprintf("%d.%02d", cents/100, cents%100)
			switch rapid.IntRange(0, 6).Draw(t, "odd") {
			case 0:
				customer = names
				odd++
			case 1:
				revenue = fmt.Sprintf("%d,%03d.%02d", cents/100_000, cents/100%1000, cents%100)
				odd++
			}
			row := []string{fmt.Sprint("A", i), fmt.Sprintf("2025-03-%02d", i+1), customer}
			if before {
				row = append(row, "5.00")
			}
			row = append(row, revenue)
			switch behind {
			case "":
			case "comment":
				row = append(row, rapid.SampledFrom([]string{"", "ok"}).Draw(t, "comment"))
			default:
				row = append(row, "1")
			}
			text += strings.Join(row, ",") + "\n"
		}
		path := filepath.Join(folder, "orders.csv")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		f, err := Survey(context.Background(), spreadsheet.Disk(path), contract.ReadOptions{}, spreadsheet.Limits{})
		require.NoError(t, err)
		want := float64(total) / 100
		right := odd == 0
		if len(f.Reading.Questions) == 0 {
			got := takenFrom(t, path, f).revenue
			require.True(t, want == got || f.Reading.Missing.Share > 0, "%s\n%s\nwanted %g, got %g", text, told(&f.Reading), want, got)
			return
		}
		for _, reading := range f.Reading.Questions[0].Readings {
			right = right || *reading.TotalRevenue == want
		}
		require.True(t, right || f.Reading.Missing.ShiftedRows.Rows > 0, "%s\n%s\nwanted %g", text, told(&f.Reading), want)
	})
}
