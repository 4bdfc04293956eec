package columns

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"fabricportal/contract"
	"fabricportal/internal/services/cleaning"
)

const mostFrequent = 10

// frequency is a value with the order in which the document has equally frequent ones.
type frequency struct {
	count int64
	order int // numbers, booleans, dates and times, texts
	num   float64
	text  string
	value any
}

func compareFrequency(a, b frequency) int {
	return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.order, b.order), cmp.Compare(a.num, b.num), strings.Compare(a.text, b.text))
}

// top keeps the most frequent values.
type top struct{ list []frequency }

// wants says whether a value that so many cells have may be among them: most are not, and are not built.
func (t *top) wants(count uint32) bool {
	return len(t.list) < mostFrequent || int64(count) >= t.list[len(t.list)-1].count
}

func (t *top) add(f frequency) {
	at, _ := slices.BinarySearchFunc(t.list, f, compareFrequency)
	t.list = slices.Insert(t.list, at, f)
	t.list = t.list[:min(len(t.list), mostFrequent)]
}

// mostFrequent are the most frequent values; none where there are too many different ones to have counted each.
func (c *Column) mostFrequent(distinct int64, dict *Dictionary) []contract.Frequency {
	if distinct > exactValues || c.numbers.many || c.instants.many || c.texts.many || c.texts.manyOwn {
		return []contract.Frequency{}
	}
	var t top
	c.numbers.values.each(func(s *slot) {
		if t.wants(s.count) {
			n := math.Float64frombits(s.key)
			t.add(frequency{count: int64(s.count), order: 0, num: n, value: n})
		}
	})
	for v, n := range c.bools {
		if n > 0 {
			t.add(frequency{count: n, order: 1, num: float64(v), value: v != 0})
		}
	}
	c.clocks.each(func(s *slot) {
		if t.wants(s.count) {
			t.add(frequency{count: int64(s.count), order: 2, num: float64(s.key) * 1000, value: clockText(s.key)})
		}
	})
	c.instants.values.each(func(s *slot) {
		if t.wants(s.count) {
			kind, millis := cleaning.Date, int64(s.key)>>1
			if s.key&1 != 0 {
				kind = cleaning.DateTime
			}
			text := c.instants.text(millis, kind)
			t.add(frequency{count: int64(s.count), order: 2, num: float64(millis), text: text, value: text})
		}
	})
	c.texts.values.each(func(s *slot) {
		if t.wants(s.count) {
			text := string(dict.Text(uint32(s.key)))
			t.add(frequency{count: int64(s.count), order: 3, text: text, value: text})
		}
	})
	c.texts.own.each(func(s *slot) {
		if t.wants(s.count) {
			o := c.texts.list[s.aux]
			text := string(c.texts.arena[o.from:o.to])
			t.add(frequency{count: int64(s.count), order: 3, text: text, value: text})
		}
	})
	out := make([]contract.Frequency, 0, len(t.list))
	for _, f := range t.list {
		out = append(out, contract.Frequency{Value: f.value, Count: f.count})
	}
	return out
}
