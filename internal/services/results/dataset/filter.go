package dataset

import (
	"bytes"
	"context"
	"math"
	"math/bits"
	"slices"
	"strconv"
	"time"
)

// passing is the rows for which a filter holds.
func (t *Table) passing(ctx context.Context, f Filter) (selection, error) {
	vectors, err := t.cache.get(ctx, []int{f.Column})
	if err != nil {
		return nil, err
	}
	v := vectors[0]
	s := newSelection(v.n, false)
	holds := f.condition(v)
	const stretch = 1 << 15 // rows between two looks at the context
	for from := 0; from < v.n; from += stretch {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for i := from; i < min(from+stretch, v.n); i++ {
			if holds(i) {
				s[i>>6] |= 1 << (i & 63)
			}
		}
	}
	return s, nil
}

// condition is the filter as a question about a row of a column.
func (f Filter) condition(v *vector) func(row int) bool {
	switch f.Op {
	case NotEmpty:
		return not(v.empty)
	case IsEmpty:
		return v.empty
	case NotContain:
		return not(v.textual(func(folded []byte, _ []byte) bool { return bytes.Contains(folded, foldText(f.Text)) }))
	case Contains:
		wanted := foldText(f.Text)
		return v.textual(func(folded []byte, _ []byte) bool { return bytes.Contains(folded, wanted) })
	case Equals:
		return f.equals(v)
	case OneOf:
		set := map[string]bool{}
		for _, text := range f.Texts {
			set[text] = true
		}
		same := v.textual(func(_ []byte, raw []byte) bool { return set[string(raw)] })
		return func(i int) bool { return same(i) || set[""] && v.empty(i) }
	case InRange:
		return f.inRange(v)
	case Between:
		return f.between(v)
	}
	return func(int) bool { return false }
}

func not(holds func(int) bool) func(int) bool { return func(i int) bool { return !holds(i) } }

func (v *vector) empty(i int) bool {
	return v.isNull(i) || v.kind == Text && len(v.texts.raw(v.codes[i])) == 0
}

// textual asks about the text of cells; false for null. Of a Text column each text is asked about once.
func (v *vector) textual(holds func(folded, raw []byte) bool) func(int) bool {
	if v.kind == Text {
		folded := v.texts.fold()
		known := make([]bool, v.texts.len())
		for i := range known {
			known[i] = holds(folded.raw(uint32(i)), v.texts.raw(uint32(i)))
		}
		return func(i int) bool { return v.codes[i] != nullCode && known[v.codes[i]] }
	}
	var room, low [40]byte
	shown := func(i int) bool {
		if v.kind != Decimal {
			raw := appendWhole(room[:0], v.kind, v.whole(i))
			return holds(raw, raw) // nothing in it changes when folded
		}
		raw := appendReal(room[:0], v.reals[i])
		return holds(appendFolded(low[:0], raw), raw)
	}
	if least, most := v.span(); most-least < manyTexts {
		// Few values, such as days: each is written and asked about once.
		answers := make([]int8, most-least+1)
		slow := shown
		shown = func(i int) bool {
			answer := &answers[v.whole(i)-least]
			if *answer == 0 {
				if *answer = -1; slow(i) {
					*answer = 1
				}
			}
			return *answer > 0
		}
	}
	return func(i int) bool { return !v.isNull(i) && shown(i) }
}

// span is the least and the greatest of values that are kept as small whole numbers; of others it is all numbers.
func (v *vector) span() (least, most int64) {
	if len(v.small) == 0 {
		return math.MinInt32, math.MaxInt32
	}
	return int64(slices.Min(v.small)), int64(slices.Max(v.small))
}

func (f Filter) equals(v *vector) func(int) bool {
	if f.Text == "" {
		return v.empty
	}
	if x, err := strconv.ParseFloat(f.Text, 64); err == nil && v.kind.Number() {
		return v.number(func(y float64) bool { return x == y })
	}
	wanted := foldText(f.Text)
	return v.textual(func(folded, _ []byte) bool { return bytes.Equal(folded, wanted) })
}

// number asks about the value of cells; false for those that are no numbers.
func (v *vector) number(holds func(float64) bool) func(int) bool {
	switch v.kind {
	case Decimal:
		return func(i int) bool { return !v.isNull(i) && holds(v.reals[i]) }
	case Integer:
		return func(i int) bool { return !v.isNull(i) && holds(float64(v.whole(i))) }
	}
	return func(int) bool { return false }
}

func (f Filter) inRange(v *vector) func(int) bool {
	low, up := math.Inf(-1), math.Inf(1)
	if f.Min != nil {
		low = *f.Min
	}
	if f.Max != nil {
		up = *f.Max
	}
	return v.number(func(x float64) bool { return low <= x && x <= up })
}

func (f Filter) between(v *vector) func(int) bool {
	day := func(t time.Time, open int64) int64 {
		if t.IsZero() {
			return open
		}
		y, m, d := t.Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400
	}
	low, up := day(f.From, math.MinInt64), day(f.To, math.MaxInt64)
	switch v.kind {
	case Date:
		return func(i int) bool { x := v.whole(i); return !v.isNull(i) && low <= x && x <= up }
	case DateTime:
		return func(i int) bool {
			const perDay = 86_400_000_000
			x := v.whole(i)
			d := x / perDay
			if x%perDay < 0 {
				d--
			}
			return !v.isNull(i) && low <= d && d <= up
		}
	}
	return func(int) bool { return false }
}

// selection is a set of rows, a bit each.
type selection []uint64

func newSelection(n int, all bool) selection {
	s := make(selection, (n+63)/64)
	if all {
		for i := range s {
			s[i] = math.MaxUint64
		}
		if rest := n & 63; rest != 0 {
			s[len(s)-1] = 1<<rest - 1
		}
	}
	return s
}

func (s selection) and(other selection) {
	for i := range s {
		s[i] &= other[i]
	}
}

func (s selection) or(other selection) {
	for i := range s {
		s[i] |= other[i]
	}
}

func (s selection) rows() []uint32 {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	rows := make([]uint32, 0, n)
	for i, w := range s {
		for ; w != 0; w &= w - 1 {
			rows = append(rows, uint32(i*64+bits.TrailingZeros64(w)))
		}
	}
	return rows
}
