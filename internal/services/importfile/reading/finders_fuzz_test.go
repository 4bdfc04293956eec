package reading

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/spreadsheet"
)

// FuzzFinders surveys any rows twice, and once in the opposite order: the answers are the same, but for what says of itself
// that it depends on what stands above.
func FuzzFinders(f *testing.F) {
	for _, text := range []string{
		"1;01/02/2025;1.234,50;5\n2;12/31/2025;(5)\n", "1;1.3.25;1,234;x\nTotal;;1234\n;;-;\n", "1;2025-03-01T24:00Z;$5;null\n1;2025-03-01T24:00Z;$5;null\n# a note\n",
		"1;01.02.2025;1.234;5\n2;12.31.2025;2\n3;31.12.2025;3\n4;5; 6;7;8", "1;31 Dec 2025;12,-;1 234\n---;---\norder_id;order_date;revenue;quantity\n",
	} {
		f.Add(text)
	}
	path := filepath.Join(f.TempDir(), "orders.csv")
	f.Fuzz(func(t *testing.T, text string) {
		if strings.ContainsAny(text, "\"\r\x00\t|") || strings.Contains(text, "sep=") {
			t.Skip() // quotes and other delimiters make other rows of the same lines
		}
		lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
		header := plainHeader + ";quantity;unit_price;discount"
		survey := func(lines []string) *contract.Reading {
			require.NoError(t, os.WriteFile(path, []byte(header+"\n"+strings.Join(lines, "\n")+"\n"), 0o600))
			f, err := Survey(context.Background(), spreadsheet.Disk(path), contract.ReadOptions{}, spreadsheet.Limits{})
			if err != nil {
				t.Skip() // no file that can be read
			}
			return &f.Reading
		}
		first := survey(lines)
		require.Equal(t, first, survey(lines))
		slices.Reverse(lines)
		require.Equal(t, withoutOrder(first), withoutOrder(survey(lines)))
	})
}

// withoutOrder is what a reading says without regard to what stands above what.
func withoutOrder(r *contract.Reading) []string {
	var out []string
	for _, f := range r.Found {
		switch f.Option {
		case "decimal_mark", "date_order", "time_zone", "null_words":
			out = append(out, f.Option+valueOf(r.Options, f.Option)+evidenceText(f.Evidence))
		}
	}
	for _, q := range r.Questions {
		switch q.ID {
		case "decimal_mark", "date_order", "two_digit_years_from":
			out = append(out, q.ID+evidenceText(q.Evidence))
		}
	}
	return out
}
