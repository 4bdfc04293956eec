package columns

import (
	"maps"
	"math"
	"slices"
	"strconv"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/cleaning"
)

// Present is the number of cells with a value.
func (c *Column) Present() int64 {
	var n int64
	for _, count := range c.counts() {
		n += count
	}
	return n
}

// counts are the cells of each family.
func (c *Column) counts() [families]int64 {
	var n [families]int64
	n[numeric] = c.numbers.n
	n[dated] = c.instants.days + c.instants.timed
	c.clocks.each(func(s *slot) { n[timed] += int64(s.count) })
	n[boolean] = c.bools[0] + c.bools[1]
	n[textual] = c.texts.cells
	return n
}

// Kind is the column's type; Null where it is mixed or empty.
func (c *Column) Kind() cleaning.Kind {
	counts := c.counts()
	f, ok := c.family(counts)
	if !ok {
		return cleaning.Null
	}
	switch f {
	case numeric:
		if c.numbers.whole() {
			return cleaning.Integer
		}
		return cleaning.Decimal
	case dated:
		if c.instants.timed > 0 {
			return cleaning.DateTime
		}
		return cleaning.Date
	case timed:
		return cleaning.Time
	case boolean:
		return cleaning.Boolean
	}
	return cleaning.Text
}

// family is that of all cells with a value but 5 % at most.
func (c *Column) family(counts [families]int64) (family, bool) {
	var present int64
	for _, n := range counts {
		present += n
	}
	for f, n := range counts {
		if present > 0 && !AboveFivePercent(present-n, present) {
			return family(f), true
		}
	}
	return 0, false
}

// AboveFivePercent is the one threshold of the rules.
func AboveFivePercent(part, whole int64) bool { return part*20 > whole }

// Days are the days of a date column's dates and date-times; ok is false for other columns, and for those whose days nobody
// keeps: NoDays was called, or in a table of many columns they lie too far apart.
func (c *Column) Days() (days *Days, ok bool) {
	if kind := c.Kind(); kind != cleaning.Date && kind != cleaning.DateTime {
		return nil, false
	}
	return c.instants.on()
}

var typeNames = [cleaning.Kinds]string{cleaning.Integer: "integer", cleaning.Decimal: "decimal", cleaning.Boolean: "boolean", cleaning.Date: "date",
	cleaning.DateTime: "datetime", cleaning.Time: "time", cleaning.Text: "text"}

// Profile is what the document says of the column, which stands at a position and was read over so many rows.
func (c *Column) Profile(position int, name, normalized string, rows int64, dict *Dictionary) contract.Column {
	counts, kind := c.counts(), c.Kind()
	present := c.Present()
	out := contract.Column{
		Name: name, NormalizedName: normalized, Type: typeNames[kind], NullCount: rows - present, NullShare: Share(rows-present, rows),
		Misfits:   contract.Misfits{Examples: []contract.Example{}},
		BlankEnds: c.blankEnds, Errors: map[string]int64{},
		StoredAsText: contract.StoredAsText{Numbers: c.numbersAsText, Dates: c.datesAsText, Examples: c.asText.at(position)},
	}
	maps.Copy(out.Errors, c.errors)
	out.DistinctCount, out.DistinctExact = c.distinct()
	switch kind {
	case cleaning.Integer, cleaning.Decimal:
		c.numberFigures(&out)
	case cleaning.Date, cleaning.DateTime:
		c.instantFigures(&out, kind)
	case cleaning.Time:
		c.clockFigures(&out)
	case cleaning.Text:
		low, high, all := c.texts.finish(dict)
		out.Min, out.Max = Shown(low), Shown(high)
		out.Lengths = &contract.Lengths{Min: all.low, Max: all.high, Mean: millionths(float64(all.total) / float64(all.n))}
	case cleaning.Null:
		out.Type = "mixed"
		if present == 0 {
			out.Type = "empty"
		}
	}
	if f, ok := c.family(counts); ok {
		out.Misfits.Count = present - counts[f]
		var others examples
		for other := range families {
			if other != f {
				others = append(others, c.misfits[other]...)
			}
		}
		slices.SortStableFunc(others, func(a, b example) int { return int(a.row) - int(b.row) })
		out.Misfits.Examples = others[:min(len(others), maxExamples)].at(position)
	}
	out.MostFrequent = c.mostFrequent(out.DistinctCount, dict)
	return out
}

// distinct is the number of different values, and whether it is exact.
func (c *Column) distinct() (int64, bool) {
	n, exact := int64(c.clocks.n), true
	for _, count := range []func() (int64, bool){c.numbers.count, c.instants.count, c.texts.count} {
		more, all := count()
		n, exact = n+more, exact && all
	}
	for _, cells := range c.bools {
		if cells > 0 {
			n++
		}
	}
	return n, exact
}

func (c *Column) numberFigures(out *contract.Column) {
	m, sorted := c.numbers.figures()
	defer freeList(sorted)
	out.Min, out.Max = m.low, m.high
	out.Numbers = &contract.Numbers{
		Sum: finite(rounded(m.total.value() * m.unit)), Mean: finite(rounded(m.total.value() / float64(m.n) * m.unit)),
		Q1: finite(quantile(sorted, m.n, 0.25)), Median: finite(quantile(sorted, m.n, 0.5)), Q3: finite(quantile(sorted, m.n, 0.75)),
		QuartilesExact: !c.numbers.many, Zeros: m.zeros, Negatives: m.negatives,
	}
	if m.n > 1 {
		deviation := finite(rounded(math.Sqrt(m.squares/float64(m.n-1)) * m.unit))
		out.Numbers.StandardDeviation = &deviation
	}
	out.Histogram = &contract.Histogram{From: m.low, To: m.high, Counts: histogram(sorted, m.low, m.high)}
}

func (c *Column) instantFigures(out *contract.Column, kind cleaning.Kind) {
	s := &c.instants
	out.Min, out.Max = s.text(s.first, kind), s.text(s.last, kind)
	unit := 1000.0 // seconds
	if kind == cleaning.Date {
		unit = 24 * 60 * 60 * 1000
	}
	values := s.sorted()
	for i := range values {
		values[i].value = math.Floor(values[i].value / unit)
	}
	low, high := math.Floor(float64(s.first)/unit), math.Floor(float64(s.last)/unit)
	out.Histogram = &contract.Histogram{From: out.Min, To: out.Max, Counts: histogram(values, low, high)}
}

func (c *Column) clockFigures(out *contract.Column) {
	first, last := uint64(math.MaxUint64), uint64(0)
	c.clocks.each(func(s *slot) { first, last = min(first, s.key), max(last, s.key) })
	out.Min, out.Max = clockText(first), clockText(last)
}

func clockText(seconds uint64) string {
	return cleaning.Value{Kind: cleaning.Time, Num: float64(seconds) * 1000}.TimeText()
}

// rounded keeps 12 significant digits: what lies behind them depends on the order in which numbers were added.
func rounded(v float64) float64 {
	short, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 12, 64), 64)
	return short
}

// millionths rounds to 6 decimals.
func millionths(v float64) float64 {
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'f', 6, 64), 64)
	return rounded
}
