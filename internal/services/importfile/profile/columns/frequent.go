package columns

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/cleaning"
)

const mostFrequent = 10

// The order of equally frequent values.
const (
	orderNumber = iota
	orderBool
	orderTime
	orderText
)

// frequency is a value with the order in which the document has equally frequent ones.
type frequency struct {
	count int64
	order int
	num   float64
	text  string
	value any
}

func compareFrequency(a, b frequency) int {
	return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.order, b.order), cmp.Compare(a.num, b.num), strings.Compare(a.text, b.text))
}

// top keeps the most frequent values.
type top struct{ list []frequency }

// wants says whether a value may be among them: most are not, and are not built.
func (t *top) wants(count uint32, order int, num float64, text []byte) bool {
	if len(t.list) < mostFrequent {
		return true
	}
	last := &t.list[len(t.list)-1]
	switch {
	case int64(count) != last.count:
		return int64(count) > last.count
	case order != last.order:
		return order < last.order
	case num != last.num:
		return num < last.num
	}
	return string(text) < last.text
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
		if n := math.Float64frombits(s.key); t.wants(s.count, orderNumber, n, nil) {
			t.add(frequency{count: int64(s.count), order: orderNumber, num: n, value: n})
		}
	})
	for v, n := range c.bools {
		if n > 0 {
			t.add(frequency{count: n, order: orderBool, num: float64(v), value: v != 0})
		}
	}
	c.clocks.each(func(s *slot) {
		if n := float64(s.key) * 1000; t.wants(s.count, orderTime, n, nil) {
			t.add(frequency{count: int64(s.count), order: orderTime, num: n, value: clockText(s.key)})
		}
	})
	c.instants.values.each(func(s *slot) {
		if millis := int64(s.key) >> 1; t.wants(s.count, orderTime, float64(millis), nil) {
			kind := cleaning.Date
			if s.key&1 != 0 {
				kind = cleaning.DateTime
			}
			text := c.instants.text(millis, kind)
			t.add(frequency{count: int64(s.count), order: orderTime, num: float64(millis), text: text, value: text})
		}
	})
	c.texts.values.each(func(id, count uint32) {
		if b := dict.Text(id); t.wants(count, orderText, 0, b) {
			text := string(b)
			t.add(frequency{count: int64(count), order: orderText, text: text, value: Shown(b)})
		}
	})
	c.texts.own.each(func(s *slot) {
		if b, _ := c.texts.arena.at(s.aux); t.wants(s.count, orderText, 0, b) {
			text := string(b)
			t.add(frequency{count: int64(s.count), order: orderText, text: text, value: Shown(b)})
		}
	})
	out := make([]contract.Frequency, 0, len(t.list))
	for _, f := range t.list {
		out = append(out, contract.Frequency{Value: f.value, Count: f.count})
	}
	return out
}
