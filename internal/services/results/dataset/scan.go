package dataset

import (
	"context"
	"errors"
	"io"
	"iter"
)

// Piece is the values of a column in some rows that follow each other. It is gone when the function that got it returns.
type Piece struct {
	v  *vector
	at int // of the first of its values
}

// Null tells whether the i-th value is null.
func (p *Piece) Null(i int) bool { return p.v.isNull(p.at + i) }

// Day is the day of a Date or a DateTime, in days since 1970-01-01; false for what is none.
func (p *Piece) Day(i int) (day int64, ok bool) {
	if p.v.isNull(p.at + i) {
		return 0, false
	}
	x := p.v.whole(p.at + i)
	switch p.v.kind {
	case Date:
		return x, true
	case DateTime:
		const perDay = 86_400_000_000
		if day = x / perDay; x%perDay < 0 {
			day--
		}
		return day, true
	}
	return 0, false
}

// Number is the value of an Integer or a Decimal; false for what is none.
func (p *Piece) Number(i int) (x float64, ok bool) {
	if i += p.at; p.v.isNull(i) {
		return 0, false
	}
	switch p.v.kind {
	case Decimal:
		return p.v.real(i), true
	case Integer:
		return float64(p.v.whole(i)), true
	}
	return 0, false
}

// Append writes the value as Cell.Text has it; nothing where it is null.
func (p *Piece) Append(b []byte, i int) []byte { return p.v.appendCell(b, p.at+i) }

// Entries is how many different values Entry tells apart; 0 where there are too many, or their values are not told apart so.
func (p *Piece) Entries() int {
	switch {
	case p.v.kind == Text:
		return p.v.texts.len() + 1
	case p.v.kind == Decimal:
		return 0
	}
	if least, most := p.v.span(); most-least < manyTexts {
		return int(most-least) + 2
	}
	return 0
}

// Entry tells equal values of a piece by equal numbers from 0 to Entries; null is 0. Two entries may have the same text.
func (p *Piece) Entry(i int) int {
	i += p.at
	if p.v.kind == Text {
		return int(p.v.codes.at(i)) + 1 // noText is -1
	}
	if p.v.isNull(i) {
		return 0
	}
	return int(p.v.whole(i)-p.v.wholes.least) + 1
}

// Same tells whether two pieces number their entries alike.
func (p *Piece) Same(q *Piece) bool { return q.v == p.v && p.v != nil }

const (
	// scanRows is how many rows are handed on at a time, at most.
	scanRows = 1 << 16
	// scanBytes is the memory with which one of several columns is read at a time; pages of the pipeline's files have 1 MB.
	scanBytes = 12 << 20
)

// Scan hands on the values of some columns together, n rows after n rows from the first to the last: those of columns[i] are pieces[i]. Columns
// that have room are kept for the next time; the others are read anew. progress is in rows, and may be nil. Errors: *FileError, *QueryError, that
// of take, or the context's.
func (t *Table) Scan(ctx context.Context, columns []int, progress Progress, take func(from, n int, pieces []Piece) error) error {
	if err := errors.Join(t.checkColumns(columns), t.checkRows()); err != nil {
		return err
	}
	return t.work(ctx, func(ctx context.Context) error {
		turn, held := t.cache.begin(), false
		sides := make([]side, len(columns))
		for i, column := range columns {
			v, err := t.cache.get(ctx, turn, column)
			if err != nil {
				return err
			}
			if v != nil {
				sides[i].Piece = Piece{v, 0}
				sides[i].left = v.n
				continue
			}
			held = true
			next, stop := iter.Pull2(t.piecesOf(ctx, column))
			defer stop()
			sides[i].next = next
		}
		if held {
			release, err := t.cache.hold(ctx)
			if err != nil {
				return err
			}
			defer release()
		}
		return together(ctx, t.rows, sides, progress, take)
	})
}

// side is where the scan stands in a column.
type side struct {
	Piece
	left int                           // values of the piece that were not handed on
	next func() (*vector, error, bool) // the piece behind it; nil where the column is one piece
}

// piecesOf are the pieces of a column, each gone with the next. An error ends them.
func (t *Table) piecesOf(ctx context.Context, column int) iter.Seq2[*vector, error] {
	return func(yield func(*vector, error) bool) {
		err := t.file.piecesIn(ctx, column, scanBytes, func(_ int, v *vector) error {
			if !yield(v, nil) {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(nil, err)
		}
	}
}

// together hands on as many rows at a time as all columns have in their pieces.
func together(ctx context.Context, rows int, sides []side, progress Progress, take func(from, n int, pieces []Piece) error) error {
	pieces := make([]Piece, len(sides))
	for from := 0; from < rows; {
		if err := ctx.Err(); err != nil {
			return err
		}
		n := min(rows-from, scanRows)
		for i := range sides {
			s := &sides[i]
			for s.left == 0 {
				if s.next == nil {
					return io.ErrUnexpectedEOF
				}
				v, err, more := s.next()
				switch {
				case err != nil:
					return err
				case !more:
					return io.ErrUnexpectedEOF
				}
				s.Piece, s.left = Piece{v, 0}, v.n
			}
			n = min(n, s.left)
		}
		for i := range sides {
			pieces[i] = sides[i].Piece
		}
		if err := take(from, n, pieces); err != nil {
			return err
		}
		for i := range sides {
			sides[i].at += n
			sides[i].left -= n
		}
		if from += n; progress != nil {
			progress(from, rows)
		}
	}
	return ctx.Err()
}
