package reading

import (
	"encoding/binary"

	"fabricportal/internal/services/importfile/spreadsheet"
)

// Fate says what becomes of a row.
type Fate uint8

// The fates of rows.
const (
	Kept      Fate = iota // the row is an order or an order line, or one without an order_id
	NoOrder               // it is left out: it is no order, or stands behind the data
	Shifted               // it is left out: an unquoted delimiter has moved its values
	Realigned             // some of its fields are one, joined by the delimiter
)

// RowFate is what becomes of a row that is not Kept. Of a Realigned one the fields From to From + Joined are one.
type RowFate struct {
	Fate         Fate
	From, Joined int
}

// Texts are the texts of a Realigned row by column, as they stand after the joined fields are one. Cells are those of the row, also
// behind the last column.
func (f RowFate) Texts(cells []spreadsheet.Cell, delimiter string) [][]byte {
	var fields [][]byte
	for _, c := range cells {
		for len(fields) <= c.Column {
			fields = append(fields, nil)
		}
		fields[c.Column] = c.Text
	}
	for len(fields) <= f.From+f.Joined {
		fields = append(fields, nil)
	}
	joined := append([]byte(nil), fields[f.From]...)
	for _, field := range fields[f.From+1 : f.From+f.Joined+1] {
		joined = append(append(joined, delimiter...), field...)
	}
	out := append([][]byte(nil), fields[:f.From]...)
	return append(append(out, joined), fields[f.From+f.Joined+1:]...)
}

// fates are those of the rows that are not ordinary ones, in a few bytes each. The zero value is empty.
type fates struct {
	pieces [][]byte
	last   int // number of the last row
}

const (
	fatePiece = 32 << 10
	fateBytes = 1 + 3*binary.MaxVarintLen64 // at most, of one row
	shiftBits = 2
)

// add takes a row. Rows come by ascending numbers.
func (f *fates) add(number int, kind rowKind, a *aligned) {
	n := len(f.pieces)
	if n == 0 || cap(f.pieces[n-1])-len(f.pieces[n-1]) < fateBytes {
		f.pieces = append(f.pieces, make([]byte, 0, fatePiece))
		n++
	}
	b := binary.AppendUvarint(f.pieces[n-1], uint64(number-f.last))
	b = append(b, byte(kind)<<shiftBits|byte(a.shift))
	if a.shift == canRealign {
		b = binary.AppendUvarint(binary.AppendUvarint(b, uint64(a.from)), uint64(a.joined))
	}
	f.pieces[n-1], f.last = b, number
}

// Fates tells what becomes of each row. It is asked for the rows in their order, by one goroutine.
type Fates struct {
	pieces [][]byte // what is left
	choice choice
	number int // of the row that comes next; 0 before the first
	next   RowFate
	end    bool
}

// Of is what becomes of a row. Numbers ascend from call to call.
func (f *Fates) Of(number int) RowFate {
	for !f.end && f.number < number {
		f.read()
	}
	if f.end || f.number != number {
		return RowFate{}
	}
	return f.next
}

func (f *Fates) read() {
	for len(f.pieces) > 0 && len(f.pieces[0]) == 0 {
		f.pieces = f.pieces[1:]
	}
	if f.end = len(f.pieces) == 0; f.end {
		return
	}
	b := f.pieces[0]
	number, n := binary.Uvarint(b)
	what := b[n]
	b = b[n+1:]
	f.number += int(number)
	f.next = RowFate{}
	kind, s := rowKind(what>>shiftBits), shift(what&(1<<shiftBits-1))
	if s == canRealign {
		from, n := binary.Uvarint(b)
		joined, m := binary.Uvarint(b[n:])
		b = b[n+m:]
		f.next.From, f.next.Joined = int(from), int(joined)
	}
	switch {
	case kind == isEnd, kind != isOrder && !f.choice.count:
		f.next = RowFate{Fate: NoOrder}
	case s == canNotRealign, s == canRealign && !f.choice.realign:
		f.next = RowFate{Fate: Shifted}
	case s == canRealign:
		f.next.Fate = Realigned
	}
	f.pieces[0] = b
}
