package changes

import (
	"slices"

	"fabricportal/internal/services/importfile/amount"
	"fabricportal/internal/services/results/dataset"
)

// What has more different values, or longer ones, is no column of groups here: nobody would look at them.
const (
	mostGroups     = 20_000
	mostGroupBytes = 2 << 20
	mostTallies    = 64
	mostTallied    = 200_000 // groups of all columns together
)

// tally adds up the rows of both runs by the values of a column.
type tally struct {
	name    string
	columns [2]int // places in the tables
	length  int    // of the text that counts, of dates; 0 is all
	numbers map[string]uint32
	keys    []string
	bytes   int
	over    bool
	room    *int      // groups that all columns together may still have
	last    [2]string // the value before, by side, and its code: many follow each other
	code    [2]uint32
	sums    []tallied
}

type tallied struct {
	revenue [2]amount.Sum
	orders  [2]int64
	rows    int64
}

func newTally(name string, columns [2]int, length int, room *int) *tally {
	return &tally{room: room, name: name, columns: columns, length: length, keys: []string{""}, numbers: map[string]uint32{"": 0}, sums: make([]tallied, 1)}
}

// add adds a row's revenue and returns the code of its group, of which 0 is that of rows without a value.
func (t *tally) add(side int, c dataset.Cell, u amount.Units) uint32 {
	if t.over {
		return 0
	}
	text := c.Text
	if t.length > 0 && len(text) >= t.length {
		text = text[:t.length]
	}
	if text != t.last[side] || len(t.keys) == 1 {
		t.last[side], t.code[side] = text, t.find(text)
	}
	code := t.code[side]
	s := &t.sums[code]
	s.revenue[side].Add(u)
	s.rows++
	return code
}

func (t *tally) find(text string) uint32 {
	key := trim(text)
	if code, ok := t.numbers[key]; ok {
		return code
	}
	if t.bytes += len(key); len(t.keys) >= mostGroups || t.bytes > mostGroupBytes || *t.room == 0 {
		*t.room += len(t.keys) - 1 // others may have it
		t.over, t.numbers, t.keys, t.sums = true, nil, nil, make([]tallied, 1)
		return 0
	}
	*t.room--
	code := uint32(len(t.keys))
	key = string(append([]byte(nil), key...)) // not the text of a whole window
	t.numbers[key] = code
	t.keys, t.sums = append(t.keys, key), append(t.sums, tallied{})
	return code
}

// order counts an order in the group of its first row.
func (t *tally) order(side int, code uint32) {
	if !t.over {
		t.sums[code].orders[side]++
	}
}

func (t *tally) breakdown(change Cents) Breakdown {
	b := Breakdown{Column: t.name, Change: change}
	for code := range t.sums {
		s := &t.sums[code]
		if s.rows == 0 {
			continue
		}
		g := Group{Key: t.keys[code], Orders: s.orders}
		for side := range 2 {
			g.Revenue[side] = centsOfSum(&s.revenue[side])
		}
		b.Groups = append(b.Groups, g)
	}
	b.finish()
	return b
}

// first are the columns that people ask for first.
var first = []string{"region", "channel", "product_category", "product", "product_name"}

// talliesOf are the columns of texts that both tables have, and the months and days of the orders.
func talliesOf(columns [2][]dataset.Column, pairs [][2]int) []*tally {
	var out []*tally
	room, periods := mostTallied, 2*mostGroups
	kind := func(side int, at [2]int) dataset.Kind { return columns[side][at[side]].Kind }
	isGroup := func(k dataset.Kind) bool { return k == dataset.Text || k == dataset.Boolean }
	isDay := func(k dataset.Kind) bool { return k == dataset.Date || k == dataset.DateTime }
	for _, at := range pairs {
		name := columns[Before][at[Before]].Name
		switch {
		case name == orderID || name == revenue:
		case isGroup(kind(Before, at)) && isGroup(kind(After, at)) && name != orderDate:
			out = append(out, newTally(name, at, 0, &room))
		}
	}
	place := func(t *tally) int {
		if i := slices.Index(first, t.name); i >= 0 {
			return i
		}
		return len(first)
	}
	slices.SortStableFunc(out, func(a, b *tally) int { return place(a) - place(b) })
	out = out[:min(len(out), mostTallies)]
	for _, at := range pairs {
		if columns[Before][at[Before]].Name == orderDate && isDay(kind(Before, at)) && isDay(kind(After, at)) {
			out = append(out, newTally(ByMonth, at, len("2006-01"), &periods), newTally(ByDay, at, len("2006-01-02"), &periods))
		}
	}
	return out
}
