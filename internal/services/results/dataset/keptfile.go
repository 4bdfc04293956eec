package dataset

import (
	"context"

	"fabricportal/internal/services/importfile/rows"
)

// keptFile reads columns out of the kept rows of an import file. Of each of its columns there are two here: the texts as they
// stand in the file, and what they are read as, for sorting and filtering; the last one is the numbers of the rows.
type keptFile struct {
	kept *rows.Kept
	rows int
	own  bool // closing the table gives the rows back
}

func (k *keptFile) width() int { return len(k.kept.Names()) }

// read is the kept column behind a column, and what its values are: Text is the cells as they stand.
func (k *keptFile) read(column int) (of int, kind Kind) {
	switch n := k.width(); {
	case column < n:
		return column, Text
	case column < 2*n:
		return column - n, valueKind(k.kept.Type(column - n))
	case column > 2*n:
		return n, Text // what stands behind the last column
	}
	return rows.Numbers, Integer
}

// valueKind is what the cells of a column of a type are sorted by; Text where it is their texts alone.
func valueKind(of string) Kind {
	switch of {
	case "integer", "decimal":
		return Decimal
	case "date", "datetime":
		return DateTime
	}
	return Text
}

func (k *keptFile) close() error {
	if k.own {
		k.kept.Close()
	}
	return nil
}

func (k *keptFile) release() { k.kept.Release() }

// add adds the values of a piece, from one to another.
func (k *keptFile) add(b *builder, p *rows.Piece, of int, from, to int) error {
	var room []byte
	if of == rows.Numbers {
		for _, number := range p.Numbers[from:to] {
			b.whole(int64(number))
		}
		return nil
	}
	for i := from; i < to; i++ {
		c := &p.Cells[i]
		switch b.v.kind {
		case Text:
			if c.Blank() {
				b.null()
				continue
			}
			if room = c.AppendText(room[:0]); !b.text(room) {
				return errTooMuchText
			}
		case Decimal:
			if x, ok := k.kept.Number(of, c); ok {
				b.real(x)
			} else {
				b.null()
			}
		default:
			if millis, ok := k.kept.Millis(of, c); ok {
				b.whole(millis * 1000)
			} else {
				b.null()
			}
		}
	}
	return nil
}

func (k *keptFile) columnWhole(ctx context.Context, column int, most int64) (*vector, error) {
	of, kind := k.read(column)
	building := most + 8*min(int64(k.rows), promised)
	if least := map[bool]int64{true: 4, false: 8}[kind == Text]; int64(k.rows) > building/least {
		return nil, errNoRoom
	}
	b := newBuilder(kind, k.rows)
	err := k.kept.Read(ctx, 0, k.rows, of, func(p *rows.Piece) error {
		if err := k.add(b, p, of, 0, min(len(p.Cells)+len(p.Numbers), k.rows-p.From)); err != nil {
			return err
		}
		if b.size() > building {
			return errNoRoom
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	v := b.finish()
	if v.size() > most {
		return nil, errNoRoom
	}
	return v, nil
}

func (k *keptFile) pieces(ctx context.Context, column int, take func(from int, v *vector) error) error {
	of, kind := k.read(column)
	return k.kept.Read(ctx, 0, k.rows, of, func(p *rows.Piece) error {
		v, err := k.vector(p, of, kind, 0)
		if err != nil {
			return err
		}
		return take(p.From, v)
	})
}

// piecesIn is pieces, which are small.
func (k *keptFile) piecesIn(ctx context.Context, column int, _ int64, take func(from int, v *vector) error) error {
	return k.pieces(ctx, column, take)
}

// vector is the values of a piece from one on.
func (k *keptFile) vector(p *rows.Piece, of int, kind Kind, from int) (*vector, error) {
	n := min(len(p.Numbers), k.rows-p.From)
	if of != rows.Numbers {
		n = min(len(p.Cells), k.rows-p.From)
	}
	b := newBuilder(kind, n-from)
	b.known = nil // what is shown once or twice is not worth a look-up
	err := k.add(b, p, of, from, n)
	return b.finish(), err
}

func (k *keptFile) each(ctx context.Context, column, n int, row func(i int) int, take func(i int, v *vector, at int)) error {
	of, kind := k.read(column)
	for i := 0; i < n; {
		// As many as follow each other are asked for at once.
		first, run := row(i), 1
		for i+run < n && row(i+run) == first+run {
			run++
		}
		given := 0
		err := k.kept.Look(ctx, first, run, of, func(p *rows.Piece) error {
			v, err := k.vector(p, of, kind, first-p.From)
			if err != nil {
				return err
			}
			for ; given < min(run, v.n); given++ {
				take(i+given, v, given)
			}
			return nil
		})
		if err != nil {
			return err
		}
		if given == 0 {
			return rows.ErrClosed
		}
		i += given
	}
	return nil
}
