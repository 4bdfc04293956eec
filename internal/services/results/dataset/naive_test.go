package dataset

import (
	"encoding/csv"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"
)

// naive answers the same questions by looking at each cell of a table of texts.
type naive struct {
	columns []Column
	rows    [][]Cell
}

var notebookColumns = []Column{
	{"order_id", Text}, {"order_date", Date}, {"channel", Text}, {"region", Text}, {"quantity", Integer}, {"unit_price", Decimal},
	{"discount", Decimal}, {"revenue", Decimal}, {"express", Boolean}, {"shipped_at", DateTime}, {"note", Text},
}

// readNaive reads the CSV file with the standard library.
func readNaive(t testing.TB, path string, columns []Column) *naive {
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	n := &naive{columns: columns}
	for _, record := range records[1:] {
		row := make([]Cell, len(record))
		for i, text := range record {
			switch {
			case text == "":
				row[i].Null = true
				continue
			case columns[i].Kind == Decimal:
				x, err := strconv.ParseFloat(text, 64)
				require.NoError(t, err)
				text = strconv.FormatFloat(x, 'f', -1, 64)
			case columns[i].Kind == DateTime:
				text = strings.Replace(text, "T", " ", 1)
			}
			row[i].Text = text
		}
		n.rows = append(n.rows, row)
	}
	return n
}

func slowFold(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteString(strings.ReplaceAll(string(unicode.ToLower(r)), "ß", "ss"))
		}
	}
	return b.String()
}

func (n *naive) holds(f Filter, c Cell) bool {
	number, notNumber := strconv.ParseFloat(c.Text, 64)
	isNumber := n.columns[f.Column].Kind.Number() && !c.Null && notNumber == nil
	switch f.Op {
	case Contains:
		return !c.Null && strings.Contains(slowFold(c.Text), slowFold(f.Text))
	case NotContain:
		return c.Null || !strings.Contains(slowFold(c.Text), slowFold(f.Text))
	case Equals:
		if x, err := strconv.ParseFloat(f.Text, 64); err == nil && n.columns[f.Column].Kind.Number() {
			return isNumber && x == number
		}
		return slowFold(c.Text) == slowFold(f.Text)
	case InRange:
		return isNumber && (f.Min == nil || number >= *f.Min) && (f.Max == nil || number <= *f.Max)
	case Between:
		kind := n.columns[f.Column].Kind
		if c.Null || kind != Date && kind != DateTime {
			return false
		}
		day := c.Text[:10]
		return (f.From.IsZero() || day >= f.From.Format(time.DateOnly)) && (f.To.IsZero() || day <= f.To.Format(time.DateOnly))
	case NotEmpty:
		return c.Text != ""
	case IsEmpty:
		return c.Text == ""
	case OneOf:
		return slices.Contains(f.Texts, c.Text)
	}
	panic("unknown operation")
}

func (n *naive) compare(column int, a, b Cell) int {
	switch n.columns[column].Kind {
	case Integer, Decimal:
		x, _ := strconv.ParseFloat(a.Text, 64)
		y, _ := strconv.ParseFloat(b.Text, 64)
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	case Text:
		if c := strings.Compare(slowFold(a.Text), slowFold(b.Text)); c != 0 {
			return c
		}
	}
	return strings.Compare(a.Text, b.Text)
}

func (n *naive) view(q Query) [][]Cell {
	var out [][]Cell
	in := q.SearchIn
	if in == nil {
		for i := range n.columns {
			in = append(in, i)
		}
	}
	for _, row := range n.rows {
		keep := true
		for _, f := range q.Filters {
			keep = keep && n.holds(f, row[f.Column])
		}
		if q.Search != "" {
			keep = keep && slices.ContainsFunc(in, func(c int) bool {
				return n.holds(Filter{Column: c, Op: Contains, Text: q.Search}, row[c])
			})
		}
		if keep {
			out = append(out, row)
		}
	}
	slices.SortStableFunc(out, func(a, b []Cell) int {
		for _, o := range q.Sort {
			x, y := a[o.Column], b[o.Column]
			switch {
			case x.Null && y.Null:
				continue
			case x.Null:
				return 1
			case y.Null:
				return -1
			}
			if c := n.compare(o.Column, x, y); c != 0 {
				if o.Descending {
					return -c
				}
				return c
			}
		}
		return 0
	})
	return out
}
