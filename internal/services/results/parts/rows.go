package parts

import (
	"time"

	"fabricportal/internal/services/importfile/reading"
	"fabricportal/internal/services/results/dataset"
)

// Conditions are the filter as a table's query has it: they choose the very rows of which Part computes the figures.
func (s *Source) Conditions(f Filter) []dataset.Filter {
	var out []dataset.Filter
	for d, keys := range f[:groups] {
		if len(keys) == 0 {
			continue
		}
		c := dataset.Filter{Column: s.at.groups[d], Op: dataset.OneOf}
		for _, key := range keys {
			if c.Texts = append(c.Texts, key); key == NoValue {
				c.Texts = append(c.Texts, "")
			}
		}
		out = append(out, c)
	}
	if len(f[Period]) == 0 {
		return out
	}
	day := func(d int64) time.Time { return time.Unix(d*86400, 0).UTC() }
	c := dataset.Filter{Column: s.at.day, Op: dataset.OneOf}
	for _, p := range f[Period] {
		from, to, ok := Span(p)
		if !ok {
			continue
		}
		if first := day(from); len(f[Period]) == 1 && !first.IsZero() { // that of the year 1 is an open end there
			return append(out, dataset.Filter{Column: s.at.day, Op: dataset.Between, From: first, To: day(to)})
		}
		for d := from; d <= to; d++ {
			c.Texts = append(c.Texts, reading.DayText(int32(d)))
		}
	}
	return append(out, c)
}
