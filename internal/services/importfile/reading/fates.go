package reading

import (
	"encoding/binary"
	"slices"
)

// Fate says what becomes of a row.
type Fate uint8

// The fates of rows.
const (
	Kept      Fate = iota // the row counts as it stands, as far as it has an order_id
	NoOrder               // it is left out: it is no order, or stands behind the data
	Shifted               // it is left out: an unquoted delimiter has moved its values
	Realigned             // some of its fields are one, joined by the delimiter
)

// RowFate is what becomes of a row. Of a Realigned one the fields From to From + Joined are one, which Fates.Realign makes of them.
type RowFate struct {
	Fate         Fate
	From, Joined int
}

// fates are those of the rows that are not ordinary ones, in a few bytes each. The zero value is empty.
type fates struct {
	pieces []fatePiece
	last   int // number of the last row
}

// fatePiece is the fates of some rows.
type fatePiece struct {
	before int // number of the row before the first one
	bytes  []byte
}

const (
	fatePieceBytes = 8 << 10
	fateBytes      = 1 + 3*binary.MaxVarintLen64 // at most, of one row
	shiftBits      = 2
)

// add takes a row. Rows come by ascending numbers.
func (f *fates) add(number int, kind rowKind, a *aligned) {
	n := len(f.pieces)
	if n == 0 || cap(f.pieces[n-1].bytes)-len(f.pieces[n-1].bytes) < fateBytes {
		// Most files have few such rows, or none.
		f.pieces = append(f.pieces, fatePiece{f.last, make([]byte, 0, min(fatePieceBytes, 256<<(2*min(n, 4))))})
		n++
	}
	b := binary.AppendUvarint(f.pieces[n-1].bytes, uint64(number-f.last))
	b = append(b, byte(kind)<<shiftBits|byte(a.shift))
	if a.shift == canRealign {
		b = binary.AppendUvarint(binary.AppendUvarint(b, uint64(a.from)), uint64(a.joined))
	}
	f.pieces[n-1].bytes, f.last = b, number
}

// Fates tells what becomes of each row. It is not safe for use by several goroutines at once, and fast for rows that are
// asked for in their order.
type Fates struct {
	pieces []fatePiece
	choice choice

	piece    int    // of the row that was read last
	rest     []byte // of the piece, behind that row
	previous int    // the row before it: what lies between them is Kept
	number   int    // of the row
	fate     RowFate
}

// Any says that some row is not Kept.
func (f *Fates) Any() bool { return len(f.pieces) > 0 }

// Of is what becomes of a row.
func (f *Fates) Of(number int) RowFate {
	if len(f.pieces) == 0 {
		return RowFate{}
	}
	if number > f.previous && number < f.number {
		return RowFate{}
	}
	if number < f.number || f.rest == nil {
		at, _ := slices.BinarySearchFunc(f.pieces, number, func(p fatePiece, number int) int { return p.before - number })
		f.begin(max(at-1, 0))
	}
	for f.number < number {
		if len(f.rest) > 0 {
			f.read()
			continue
		}
		if f.piece+1 == len(f.pieces) || f.pieces[f.piece+1].before >= number {
			return RowFate{}
		}
		f.begin(f.piece + 1)
	}
	if f.number != number {
		return RowFate{}
	}
	return f.fate
}

func (f *Fates) begin(piece int) {
	p := &f.pieces[piece]
	f.piece, f.rest, f.previous, f.number, f.fate = piece, p.bytes, p.before, p.before, RowFate{}
}

func (f *Fates) read() {
	number, n := binary.Uvarint(f.rest)
	what := f.rest[n]
	f.rest = f.rest[n+1:]
	f.previous, f.number = f.number, f.number+int(number)
	f.fate = RowFate{}
	kind, s := rowKind(what>>shiftBits), shift(what&(1<<shiftBits-1))
	if s == canRealign {
		from, n := binary.Uvarint(f.rest)
		joined, m := binary.Uvarint(f.rest[n:])
		f.rest = f.rest[n+m:]
		f.fate.From, f.fate.Joined = int(from), int(joined)
	}
	switch {
	case kind == isEnd, kind != isOrder && !f.choice.count:
		f.fate = RowFate{Fate: NoOrder}
	case s == canNotRealign, s == canRealign && !f.choice.realign:
		f.fate = RowFate{Fate: Shifted}
	case s == canRealign:
		f.fate.Fate = Realigned
	}
}
