package columns

import (
	"bytes"
	"math"

	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/reading"
)

// readOtherwise reads a text of a Typeless column that the rules as they stand do not read alone.
func (c *Column) readOtherwise(text []byte) cleaning.Value {
	if c.Keys {
		return cleaning.ReadKey(text)
	}
	return c.Dressing.Read(c.Position, cleaning.ReadText(text))
}

// namesVary takes a name of a group that reads as a number or a boolean: 1E3 and 1e3 are one value, as TRUE and true are, and two
// names.
func (c *Column) namesVary(text []byte) {
	if c.Groups && !c.variants {
		c.variants = bytes.ContainsAny(text, "eE")
	}
}

// MayHaveOneGroupTwice says that names of groups differ in case, white space or characters without a width only, or that
// this can't be told of what was kept of them. It looks at each name once.
func (c *Column) MayHaveOneGroupTwice(dict *Dictionary) bool {
	if c.variants || c.texts.manyOwn || c.texts.seen.n > exactValues {
		return true
	}
	var names []string
	c.texts.values.each(func(id, _ uint32) { names = append(names, string(dict.Text(id))) })
	for id := c.texts.seen.next(0, true); int(id>>6) < len(c.texts.seen.words); id = c.texts.seen.next(id+1, true) {
		names = append(names, string(dict.Text(id)))
	}
	c.texts.own.each(func(s *slot) {
		text, _ := c.texts.arena.at(s.aux)
		names = append(names, string(text))
	})
	if len(names) == 0 {
		return false // numbers and dates are written in one way
	}
	if c.numbers.many || c.instants.many {
		return true
	}
	add := func(v cleaning.Value) { names = append(names, string(v.AppendText(nil))) }
	c.numbers.values.each(func(s *slot) { add(cleaning.NumberValue(math.Float64frombits(s.key))) })
	c.instants.values.each(func(s *slot) {
		v := cleaning.Value{Kind: cleaning.Date, Num: float64(int64(s.key) >> 1)}
		if s.key&1 != 0 {
			v.Kind = cleaning.DateTime
		}
		add(v)
	})
	for v, n := range c.bools {
		if n > 0 {
			add(cleaning.Value{Kind: cleaning.Boolean, Num: float64(v)})
		}
	}
	return len(reading.SameGroups(names)) > 0
}
