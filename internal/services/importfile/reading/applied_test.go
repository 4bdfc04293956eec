package reading

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/spreadsheet"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// written is a file with a text.
func written(t testing.TB, name, text string) string {
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// surveyed is the survey of a text file.
func surveyed(t testing.TB, text string, given contract.ReadOptions) *Findings {
	f, err := Survey(t.Context(), spreadsheet.Disk(written(t, "orders.csv", text)), given, spreadsheet.Limits{})
	require.NoError(t, err)
	return f
}

// told is what a reading says, in lines: options that were found or given, then questions, rows that are left out and what
// is missing.
func told(r *contract.Reading) string {
	var out []string
	for _, f := range r.Found {
		out = append(out, strings.TrimSpace(f.Source+" "+f.Option+valueOf(r.Options, f.Option)+" "+evidenceText(f.Evidence)))
	}
	for _, q := range r.Questions {
		line := "asks " + q.ID + " " + evidenceText(q.Evidence)
		for _, p := range q.Readings {
			line += "; " + readingText(&p)
		}
		out = append(out, line)
	}
	for _, l := range r.LeftOut {
		out = append(out, fmt.Sprintf("left out %s %d (%g) %v", l.Kind, l.Rows, l.Revenue, l.First))
	}
	for _, m := range []struct {
		name string
		contract.MissingRows
	}{{"unread_amounts", r.Missing.UnreadAmounts}, {"no_amount", r.Missing.NoAmount}, {"no_order_id", r.Missing.NoOrderID}, {"repeated_order_id", r.Missing.RepeatedOrderID}, {"shifted_rows", r.Missing.ShiftedRows}, {"undated", r.Missing.Undated}} {
		if m.Rows > 0 {
			out = append(out, fmt.Sprintf("missing %s %d (%g)", m.name, m.Rows, m.Revenue))
		}
	}
	if r.Missing.Share != 0 {
		out = append(out, fmt.Sprintf("share %g", r.Missing.Share))
	}
	return strings.Join(out, "\n")
}

func valueOf(o contract.ReadOptions, option string) string {
	switch option {
	case "header_row":
		return fmt.Sprintf(" %d", o.HeaderRow)
	case "decimal_mark":
		return " " + o.DecimalMark
	case "date_order":
		return " " + o.DateOrder
	case "columns":
		return fmt.Sprintf(" %v", o.Columns)
	case "row_is":
		return " " + o.RowIs
	case "rows_no_orders":
		return " " + o.RowsNoOrders
	case "shifted_rows":
		return " " + o.ShiftedRows
	}
	return ""
}

func evidenceText(list []contract.Evidence) string {
	var out []string
	for _, e := range list {
		if e.Count > 0 {
			out = append(out, fmt.Sprintf("%s: %d", e.Form, e.Count))
		}
	}
	if len(out) == 0 {
		return ""
	}
	return "(" + strings.Join(out, ", ") + ")"
}

func readingText(p *contract.PossibleReading) string {
	var out []string
	if p.Options == nil {
		out = append(out, "for information")
	} else {
		for _, name := range givenNames(*p.Options) {
			value := valueOf(*p.Options, name)
			switch name {
			case "sheet":
				value = " " + p.Options.Sheet
			case "two_digit_years_from":
				value = fmt.Sprint(" ", p.Options.TwoDigitYears)
			}
			out = append(out, name+value)
		}
	}
	if p.TotalRevenue != nil {
		out = append(out, fmt.Sprintf("= %.2f", *p.TotalRevenue))
	}
	if p.Orders != nil {
		out = append(out, fmt.Sprintf("of %d", *p.Orders))
	}
	if p.FirstDay != nil {
		out = append(out, *p.FirstDay+" to "+*p.LastDay)
	}
	return strings.Join(out, " ")
}

// taken are the figures of a file that is read as findings say, row by row and with a map.
type taken struct {
	revenue     float64
	orders      int
	first, last string
	rows        int // with a value, the header's not counted
}

// takenFrom reads a file as findings say.
func takenFrom(t require.TestingT, path string, f *Findings) taken {
	file, err := spreadsheet.Open(context.Background(), path, spreadsheet.Limits{})
	require.NoError(t, err)
	defer file.Close()
	if f.Sheet != "" {
		require.NoError(t, file.SelectSheet(f.Sheet))
	}
	batches, err := file.Batches(context.Background())
	require.NoError(t, err)
	defer batches.Close()
	r := reader{numbers: f.Numbers, dates: f.Dates, nulls: f.Nulls}
	fates, seen := f.Fates(), map[string]bool{}
	var out taken
	var b cells.Batch
	cents := 0.0
	for batches.Next(&b) {
		fates.Realign(&b, ",")
		for i := range b.Rows {
			number := int(b.Rows[i].Number)
			if number <= f.Header.Row {
				continue
			}
			values := map[int]Value{}
			for _, c := range spreadsheet.RowOf(nil, &b, batches.Texts(), i, len(f.Header.Names)) {
				if v := Read(c, false); v.Kind != Null {
					values[c.Column] = v
				}
			}
			if len(values) == 0 {
				continue
			}
			out.rows++
			id := values[f.Columns.OrderID]
			if fate := fates.Of(number).Fate; fate == NoOrder || fate == Shifted || id.Kind == Null {
				continue
			}
			key := string(id.AppendText(nil))
			if seen[key] && !f.OrderLines {
				continue
			}
			if !seen[key] {
				seen[key] = true
				out.orders++
			}
			revenue, date := values[f.Columns.Revenue], values[f.Columns.OrderDate]
			if n, ok := r.amount(&revenue); ok {
				cents += math.RoundToEven(n * 10_000)
			}
			if day, ok, _ := r.day(&date); ok {
				text := DayText(day)
				if out.first == "" || text < out.first {
					out.first = text
				}
				out.last = max(out.last, text)
			}
		}
	}
	require.NoError(t, batches.Err())
	out.revenue = math.Round(cents/100) / 100
	return out
}
