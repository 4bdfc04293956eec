package dataset

import (
	"bytes"
	"context"
	"math"
	"strconv"
	"time"
)

// passing is the rows for which a filter holds. A column that can't be kept is looked at a piece at a time.
func (t *Table) passing(ctx context.Context, turn int64, f Filter) (selection, error) {
	s := newSelection(t.rows, false)
	return s, t.eachPiece(ctx, turn, f.Column, func(from int, v *vector) error {
		holds, err := f.condition(v)
		if err != nil {
			return err
		}
		const rows = 1 << 15 // between two looks at the context
		for first := 0; first < v.n; first += rows {
			if err := ctx.Err(); err != nil {
				return err
			}
			for i := first; i < min(first+rows, v.n); i++ {
				if holds(i) {
					s.add(from + i)
				}
			}
		}
		return nil
	})
}

// eachPiece hands on a column: as a whole where it is kept or can be, else piece by piece, from the first row to the last.
func (t *Table) eachPiece(ctx context.Context, turn int64, column int, take func(from int, v *vector) error) error {
	v, err := t.cache.get(ctx, turn, column)
	if err != nil {
		return err
	}
	if v != nil {
		return take(0, v)
	}
	release, err := t.cache.hold(ctx)
	if err != nil {
		return err
	}
	defer release()
	return t.file.pieces(ctx, column, take)
}

// condition is the filter as a question about a row of a column.
func (f Filter) condition(v *vector) (func(row int) bool, error) {
	switch f.Op {
	case NotEmpty:
		return not(v.empty), nil
	case IsEmpty:
		return v.empty, nil
	case NotContain:
		wanted := foldText(f.Text)
		holds, err := v.textual(func(folded []byte, _ []byte) bool { return bytes.Contains(folded, wanted) })
		return not(holds), err
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
		same, err := v.textual(func(_ []byte, raw []byte) bool { return set[string(raw)] })
		return func(i int) bool { return same(i) || set[""] && v.empty(i) }, err
	case InRange:
		return f.inRange(v), nil
	case Between:
		return f.between(v), nil
	}
	return func(int) bool { return false }, nil
}

func not(holds func(int) bool) func(int) bool { return func(i int) bool { return !holds(i) } }

func (v *vector) empty(i int) bool {
	return v.isNull(i) || v.kind == Text && len(v.text(i)) == 0
}

// textual asks about the text of cells; false for null. Of a Text column each text is asked about once.
func (v *vector) textual(holds func(folded, raw []byte) bool) (func(int) bool, error) {
	if v.kind == Text {
		folded, err := v.texts.fold()
		if err != nil {
			return nil, err
		}
		known := make([]bool, v.texts.len())
		for i := range known {
			known[i] = holds(folded.raw(uint32(i)), v.texts.raw(uint32(i)))
		}
		return func(i int) bool {
			code := v.codes.at(i)
			return code != noText && known[code]
		}, nil
	}
	var room, low [40]byte
	shown := func(i int) bool {
		if v.kind != Decimal {
			raw := appendWhole(room[:0], v.kind, v.whole(i))
			return holds(raw, raw) // nothing in it changes when folded
		}
		raw := appendReal(room[:0], v.real(i))
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
	return func(i int) bool { return !v.isNull(i) && shown(i) }, nil
}

// span is the least and the greatest of values that are kept as small whole numbers; of others it is all numbers.
func (v *vector) span() (least, most int64) {
	if v.kind == Decimal || v.wholes.eight != nil {
		return math.MinInt32, math.MaxInt32
	}
	return v.wholes.least, v.wholes.most
}

func (f Filter) equals(v *vector) (func(int) bool, error) {
	if f.Text == "" {
		return v.empty, nil
	}
	if x, err := strconv.ParseFloat(f.Text, 64); err == nil && v.kind.Number() {
		return v.number(func(y float64) bool { return x == y }), nil
	}
	wanted := foldText(f.Text)
	return v.textual(func(folded, _ []byte) bool { return bytes.Equal(folded, wanted) })
}

// number asks about the value of cells; false for those that are no numbers.
func (v *vector) number(holds func(float64) bool) func(int) bool {
	switch v.kind {
	case Decimal:
		return func(i int) bool { return !v.isNull(i) && holds(v.real(i)) }
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
