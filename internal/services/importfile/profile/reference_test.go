package profile_test

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/profile/columns"
	"fabricportal/internal/services/importfile/spreadsheet"
)

// refCell is a value with its cell, as the plain implementation keeps each of them.
type refCell struct {
	cleaning.Value
	address string
	blank   bool // white space at an end
	row     int
}

func (c refCell) family() string {
	switch c.Kind {
	case cleaning.Integer, cleaning.Decimal:
		return "number"
	case cleaning.Date, cleaning.DateTime:
		return "date"
	}
	return fmt.Sprint(c.Kind)
}

func (c refCell) key() string {
	if c.Kind == cleaning.Text {
		return "text " + string(c.Text)
	}
	if c.family() == "number" {
		return fmt.Sprint("number ", c.Num)
	}
	return fmt.Sprint(c.Kind, " ", c.Num)
}

// shown is the value as in sample_rows, and what orders equally frequent ones.
func (c refCell) shown() (value any, order int, text string) {
	switch c.Kind {
	case cleaning.Integer, cleaning.Decimal:
		return c.Num, 0, ""
	case cleaning.Boolean:
		return c.Num != 0, 1, ""
	case cleaning.Text:
		return string(c.Text), 3, string(c.Text)
	}
	return c.TimeText(), 2, c.TimeText()
}

// reference computes the columns as contract/RULES.md defines them, with every cell in memory and no cleverness.
func reference(t *testing.T, path string) (out []contract.Column, duplicates int64) {
	file, err := spreadsheet.Open(t.Context(), path, spreadsheet.Limits{})
	require.NoError(t, err)
	defer file.Close()
	rows, err := file.Rows(t.Context())
	require.NoError(t, err)
	defer rows.Close()
	csv := file.Format() == spreadsheet.CSV
	var header cleaning.Header
	var data [][]refCell
	kinds := map[int]map[string]int64{}
	seen := map[string]bool{}
	n := int64(0)
	for rows.Next() {
		if header.Names == nil {
			header, _ = cleaning.ReadHeader(rows.Row(), rows.RowNumber())
			data = make([][]refCell, len(header.Names))
			continue
		}
		keys := make([]string, len(data))
		any := false
		for _, c := range rows.Row() {
			if c.Column >= len(data) {
				continue
			}
			v := cleaning.Read(c, csv)
			if v.Kind == cleaning.Null {
				continue
			}
			any = true
			v.Text = bytes.Clone(v.Text)
			cell := refCell{Value: v, address: spreadsheet.Address(c.Column, rows.RowNumber()), row: rows.RowNumber(),
				blank: v.Kind == cleaning.Text && len(v.Text) != len(c.Text)}
			data[c.Column] = append(data[c.Column], cell)
			keys[c.Column] = cell.key()
			if c.Kind == spreadsheet.Error {
				if kinds[c.Column] == nil {
					kinds[c.Column] = map[string]int64{}
				}
				kinds[c.Column][string(c.Text)]++
				data[c.Column][len(data[c.Column])-1].blank = false
			}
		}
		if any {
			n++
			if key := strings.Join(keys, "\x00"); seen[key] {
				duplicates++
			} else {
				seen[key] = true
			}
		}
	}
	require.NoError(t, rows.Err())
	for i, cells := range data {
		out = append(out, referenceColumn(header.Names[i], header.Normalized[i], cells, n, csv, kinds[i]))
	}
	return out, duplicates
}

func referenceColumn(name, normalized string, cells []refCell, rows int64, csv bool, errors map[string]int64) contract.Column {
	present := int64(len(cells))
	c := contract.Column{Name: name, NormalizedName: normalized, Type: "empty", NullCount: rows - present, NullShare: columns.Share(rows-present, rows),
		DistinctExact: true, MostFrequent: []contract.Frequency{}, Misfits: contract.Misfits{Examples: []contract.Example{}},
		StoredAsText: contract.StoredAsText{Examples: []contract.Example{}}, Errors: errors}
	if errors == nil {
		c.Errors = map[string]int64{}
	}
	families, counts := map[string]int64{}, map[string]int64{}
	has := map[cleaning.Kind]bool{}
	byKey := map[string]refCell{}
	for _, cell := range cells {
		families[cell.family()]++
		counts[cell.key()]++
		byKey[cell.key()] = cell
		has[cell.Kind] = true
		if cell.blank {
			c.BlankEnds++
		}
		if cell.Kind == cleaning.Text && !csv {
			_, number := cell.Number()
			_, date := cell.Day()
			if number {
				c.StoredAsText.Numbers++
			}
			if date {
				c.StoredAsText.Dates++
			}
			if (number || date) && len(c.StoredAsText.Examples) < 5 {
				c.StoredAsText.Examples = append(c.StoredAsText.Examples, contract.Example{Cell: cell.address, Value: string(cell.Text)})
			}
		}
	}
	c.DistinctCount = int64(len(counts))
	family := ""
	for f, n := range families {
		if (present-n)*20 <= present {
			family = f
		}
	}
	if present > 0 && family == "" {
		c.Type = "mixed"
	}
	var fitting []refCell
	for _, cell := range cells {
		if cell.family() == family {
			fitting = append(fitting, cell)
		} else if family != "" {
			c.Misfits.Count++
			if len(c.Misfits.Examples) < 5 {
				c.Misfits.Examples = append(c.Misfits.Examples, contract.Example{Cell: cell.address, Value: columns.Clip(string(cell.AppendText(nil)))})
			}
		}
	}
	referenceFigures(&c, family, fitting, has)
	keys := make([]string, 0, len(counts))
	for key := range counts {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b string) int {
		_, orderA, textA := byKey[a].shown()
		_, orderB, textB := byKey[b].shown()
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(orderA, orderB), cmp.Compare(byKey[a].Num, byKey[b].Num), strings.Compare(textA, textB))
	})
	for _, key := range keys[:min(10, len(keys))] {
		value, _, _ := byKey[key].shown()
		c.MostFrequent = append(c.MostFrequent, contract.Frequency{Value: value, Count: counts[key]})
	}
	return c
}

func referenceFigures(c *contract.Column, family string, cells []refCell, has map[cleaning.Kind]bool) {
	values := make([]float64, 0, len(cells))
	for _, cell := range cells {
		values = append(values, cell.Num)
	}
	slices.Sort(values)
	unit := 0.0
	switch family {
	case "number":
		c.Type = "integer"
		if has[cleaning.Decimal] {
			c.Type = "decimal"
		}
		c.Min, c.Max = values[0], values[len(values)-1]
		c.Numbers = referenceNumbers(values)
		unit = 1
	case "date":
		kind := cleaning.Date
		c.Type, unit = "date", 86_400_000
		if has[cleaning.DateTime] {
			c.Type, unit, kind = "datetime", 1000, cleaning.DateTime
		}
		c.Min = cleaning.Value{Kind: kind, Num: values[0]}.TimeText()
		c.Max = cleaning.Value{Kind: kind, Num: values[len(values)-1]}.TimeText()
	case fmt.Sprint(cleaning.Time):
		c.Type = "time"
		c.Min = cleaning.Value{Kind: cleaning.Time, Num: values[0]}.TimeText()
		c.Max = cleaning.Value{Kind: cleaning.Time, Num: values[len(values)-1]}.TimeText()
	case fmt.Sprint(cleaning.Boolean):
		c.Type = "boolean"
	case fmt.Sprint(cleaning.Text):
		c.Type = "text"
		slices.SortFunc(cells, func(a, b refCell) int { return bytes.Compare(a.Text, b.Text) })
		c.Min, c.Max = string(cells[0].Text), string(cells[len(cells)-1].Text)
		l := contract.Lengths{Min: math.MaxInt64}
		for _, cell := range cells {
			runes := int64(utf8.RuneCount(cell.Text))
			l.Min, l.Max = min(l.Min, runes), max(l.Max, runes)
			l.Mean += float64(runes)
		}
		l.Mean = math.Round(l.Mean/float64(len(cells))*1e6) / 1e6
		c.Lengths = &l
	}
	if unit == 0 {
		return
	}
	h := contract.Histogram{From: c.Min, To: c.Max, Counts: make([]int64, 20)}
	low, high := math.Floor(values[0]/unit), math.Floor(values[len(values)-1]/unit)
	if unit == 1 {
		low, high = values[0], values[len(values)-1]
	}
	if low == high {
		h.Counts = []int64{int64(len(values))}
	} else {
		for _, v := range values {
			if unit > 1 {
				v = math.Floor(v / unit)
			}
			h.Counts[min(19, int(math.Floor((v-low)/(high-low)*20)))]++
		}
	}
	c.Histogram = &h
}

func referenceNumbers(sorted []float64) *contract.Numbers {
	n := &contract.Numbers{QuartilesExact: true}
	for _, v := range sorted {
		n.Sum += v
		if v == 0 {
			n.Zeros++
		}
		if v < 0 {
			n.Negatives++
		}
	}
	n.Mean = n.Sum / float64(len(sorted))
	if len(sorted) > 1 {
		squares := 0.0
		for _, v := range sorted {
			squares += (v - n.Mean) * (v - n.Mean)
		}
		deviation := math.Sqrt(squares / float64(len(sorted)-1))
		n.StandardDeviation = &deviation
	}
	at := func(p float64) float64 {
		position := p * float64(len(sorted)-1)
		i := int(position)
		return sorted[i] + (sorted[min(i+1, len(sorted)-1)]-sorted[i])*(position-float64(i))
	}
	n.Q1, n.Median, n.Q3 = at(0.25), at(0.5), at(0.75)
	return n
}

// requireColumns compares two profiles; sums in floating point may differ in their last digits.
func requireColumns(t *testing.T, want, got []contract.Column) {
	t.Helper()
	require.Len(t, got, len(want))
	for i := range want {
		w, g := want[i], got[i]
		if w.Numbers != nil {
			require.NotNil(t, g.Numbers, w.Name)
			for _, pair := range [][2]*float64{{&w.Numbers.Sum, &g.Numbers.Sum}, {&w.Numbers.Mean, &g.Numbers.Mean},
				{w.Numbers.StandardDeviation, g.Numbers.StandardDeviation}, {&w.Numbers.Q1, &g.Numbers.Q1},
				{&w.Numbers.Median, &g.Numbers.Median}, {&w.Numbers.Q3, &g.Numbers.Q3}} {
				if pair[0] == nil || pair[1] == nil {
					require.Equal(t, pair[0], pair[1], w.Name)
					continue
				}
				require.InDelta(t, *pair[0], *pair[1], 1e-9*max(1e-300, math.Abs(*pair[0]), math.Abs(w.Numbers.Q3)), w.Name)
				*pair[1] = *pair[0]
			}
		}
		g.Formulas = 0
		require.Equal(t, w, g, w.Name)
	}
}
