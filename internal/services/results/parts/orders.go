package parts

import (
	"cmp"
	"context"
	"hash/maphash"
	"slices"

	"fabricportal/internal/services/results/dataset"
)

// bits is a bit for each row.
type bits []uint64

func newBits(n int) bits { return make(bits, (n+63)/64) }

func (b bits) set(i int)      { b[i>>6] |= 1 << (i & 63) }
func (b bits) has(i int) bool { return b[i>>6]>>(i&63)&1 != 0 }

// orders is which rows are the first of their orders, where rows are order lines.
type orders struct {
	first bits
	bare  bits     // rows without an amount, of orders of which no row has one
	home  []uint32 // by row the first row of its order; nil where there are too many rows
}

const (
	// atOnce is about how many rows are told apart at a time, in 16 bytes each: of more, some are looked at after the others.
	atOnce = 1 << 21
	// homes is the number of rows up to which each knows its order's first.
	homes = 1 << 23
)

// line is a row with the hash of its order_id, as package keys tells them apart.
type line struct {
	hash   uint64
	row    uint32
	priced bool
}

// findOrders reads the order_ids, part by part of their hashes, so that the memory is bounded for any number of rows.
func findOrders(ctx context.Context, rows Rows, id, revenue int, progress dataset.Progress) (*orders, error) {
	n := rows.Rows()
	o := &orders{first: newBits(n), bare: newBits(n)}
	if n <= homes {
		o.home = make([]uint32, n)
	}
	rounds := uint64(1)
	for int(rounds)*atOnce < n {
		rounds *= 2
	}
	lines := make([]line, 0, min(n, atOnce+atOnce/8))
	ids := hasher{seed: maphash.MakeSeed()}
	for round := range rounds {
		lines = lines[:0]
		err := rows.Scan(ctx, []int{id, revenue}, progress, func(from, count int, pieces []dataset.Piece) error {
			ids.take(&pieces[0])
			for i := range count {
				hash := ids.of(&pieces[0], i)
				if hash&(rounds-1) == round {
					lines = append(lines, line{hash, uint32(from + i), !pieces[1].Null(i)})
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		slices.SortFunc(lines, func(a, b line) int { return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.row, b.row)) })
		o.take(lines)
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// take takes lines that are sorted by their orders, and of each by row.
func (o *orders) take(lines []line) {
	for from := 0; from < len(lines); {
		to, priced := from, false
		for ; to < len(lines) && lines[to].hash == lines[from].hash; to++ {
			priced = priced || lines[to].priced
		}
		first := lines[from].row
		o.first.set(int(first))
		for _, l := range lines[from:to] {
			if o.home != nil {
				o.home[l.row] = first
			}
			if !priced {
				o.bare.set(int(l.row))
			}
		}
		from = to
	}
}

// hasher gives the hashes of a column's values, each different one of a piece worked out once.
type hasher struct {
	seed  maphash.Seed
	piece dataset.Piece
	known []uint64 // by entry; 0 where not worked out
	text  []byte
}

func (h *hasher) take(p *dataset.Piece) {
	if entries := p.Entries(); !h.piece.Same(p) || len(h.known) != entries {
		h.piece = *p
		h.known = slices.Grow(h.known[:0], entries)[:entries]
		clear(h.known)
	}
}

func (h *hasher) of(p *dataset.Piece, i int) uint64 {
	entry := -1
	if len(h.known) > 0 {
		if entry = p.Entry(i); h.known[entry] != 0 {
			return h.known[entry]
		}
	}
	h.text = p.Append(h.text[:0], i)
	hash := maphash.Bytes(h.seed, h.text)
	if entry >= 0 {
		h.known[entry] = hash
	}
	return hash
}
