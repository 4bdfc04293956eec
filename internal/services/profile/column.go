package profile

import (
	"bytes"
	"math/big"

	"fabricportal/contract"
	"fabricportal/internal/services/cleaning"
)

// column keeps what the profile says of one column.
type column struct {
	counts    [cleaning.Kinds]int64
	numbers   numberSet
	days      numberSet
	moments   numberSet
	texts     cleaning.TextSet
	min, max  float64        // of the numbers
	first     cleaning.Value // smallest and largest of the dates and date-times
	last      cleaning.Value
	low, high []byte // smallest and largest text
	seenBool  [2]bool
}

func (c *column) add(v cleaning.Value) {
	c.counts[v.Kind]++
	switch v.Kind {
	case cleaning.Integer, cleaning.Decimal:
		if c.numbers.len() == 0 || v.Num < c.min {
			c.min = v.Num
		}
		if c.numbers.len() == 0 || v.Num > c.max {
			c.max = v.Num
		}
		c.numbers.add(v.Num)
	case cleaning.Boolean:
		c.seenBool[int(v.Num)&1] = true
	case cleaning.Date, cleaning.DateTime:
		if c.dated() == 1 || v.Num < c.first.Num {
			c.first = cleaning.Value{Kind: v.Kind, Num: v.Num}
		}
		if c.dated() == 1 || v.Num > c.last.Num {
			c.last = cleaning.Value{Kind: v.Kind, Num: v.Num}
		}
		if v.Kind == cleaning.Date {
			c.days.add(v.Num)
		} else {
			c.moments.add(v.Num)
		}
	case cleaning.Text:
		if c.counts[cleaning.Text] == 1 || bytes.Compare(v.Text, c.low) < 0 {
			c.low = append(c.low[:0], v.Text...)
		}
		if c.counts[cleaning.Text] == 1 || bytes.Compare(v.Text, c.high) > 0 {
			c.high = append(c.high[:0], v.Text...)
		}
		c.texts.Add(v.Text)
	}
}

func (c *column) dated() int64 { return c.counts[cleaning.Date] + c.counts[cleaning.DateTime] }

func (c *column) numeric() int64 { return c.counts[cleaning.Integer] + c.counts[cleaning.Decimal] }

// present is the number of values that are not null.
func (c *column) present() int64 {
	return c.numeric() + c.dated() + c.counts[cleaning.Boolean] + c.counts[cleaning.Text]
}

// kind is the column's type; Null where it is mixed or empty.
func (c *column) kind() cleaning.Kind {
	present := c.present()
	families := [...]int64{c.numeric(), c.dated(), c.counts[cleaning.Boolean], c.counts[cleaning.Text]}
	for family, count := range families {
		if present == 0 || aboveFivePercent(present-count, present) {
			continue
		}
		switch {
		case family == 0 && c.counts[cleaning.Decimal] > 0:
			return cleaning.Decimal
		case family == 0:
			return cleaning.Integer
		case family == 1 && c.counts[cleaning.DateTime] > 0:
			return cleaning.DateTime
		case family == 1:
			return cleaning.Date
		case family == 2:
			return cleaning.Boolean
		}
		return cleaning.Text
	}
	return cleaning.Null
}

// aboveFivePercent is the one threshold of the rules.
func aboveFivePercent(part, whole int64) bool { return part*20 > whole }

func (c *column) profile(name, normalized string, rows int64) contract.Column {
	nulls := rows - c.present()
	out := contract.Column{
		Name: name, NormalizedName: normalized, NullCount: nulls, NullShare: share(nulls, rows),
		DistinctCount: int64(c.numbers.len() + c.days.len() + c.moments.len() + c.texts.Len()),
	}
	for _, seen := range c.seenBool {
		if seen {
			out.DistinctCount++
		}
	}
	switch kind := c.kind(); kind {
	case cleaning.Integer, cleaning.Decimal:
		out.Type, out.Min, out.Max = "integer", c.min, c.max
		if kind == cleaning.Decimal {
			out.Type = "decimal"
		}
	case cleaning.Date, cleaning.DateTime:
		out.Type = "date"
		if kind == cleaning.DateTime {
			out.Type = "datetime"
		}
		first, last := c.first, c.last
		first.Kind, last.Kind = kind, kind
		out.Min, out.Max = first.TimeText(), last.TimeText()
	case cleaning.Boolean:
		out.Type = "boolean"
	case cleaning.Text:
		out.Type, out.Min, out.Max = "text", string(c.low), string(c.high)
	default:
		out.Type = "mixed"
		if c.present() == 0 {
			out.Type = "empty"
		}
	}
	return out
}

// share is part / whole with 6 decimals, half to even, in exact arithmetic.
func share(part, whole int64) float64 {
	if whole == 0 {
		return 0
	}
	const scale = 1_000_000
	q, r := new(big.Int).QuoRem(big.NewInt(0).Mul(big.NewInt(part), big.NewInt(scale)), big.NewInt(whole), new(big.Int))
	millionths := q.Int64()
	if twice := 2 * r.Int64(); twice > whole || twice == whole && millionths%2 == 1 {
		millionths++
	}
	return float64(millionths) / scale
}
