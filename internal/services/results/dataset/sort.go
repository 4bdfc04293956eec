package dataset

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"slices"
)

// keyed is a row, or a text, with a number that stands for its place in an order.
type keyed struct {
	key uint64
	row uint32
}

const digit = 11 // bits that are sorted by at a time

// radixSort sorts by key; rows of one key keep their order. spare is as long as items; the result is one of the two.
func radixSort(ctx context.Context, items, spare []keyed) ([]keyed, error) {
	const digits, values = (64 + digit - 1) / digit, 1 << digit
	var counts [digits][values]uint32
	for _, it := range items {
		for d := range digits {
			counts[d][it.key>>(d*digit)&(values-1)]++
		}
	}
	for d := range digits {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if len(items) == 0 || counts[d][items[0].key>>(d*digit)&(values-1)] == uint32(len(items)) {
			continue // all are alike in this digit
		}
		at := uint32(0)
		for i, c := range counts[d] {
			counts[d][i] = at
			at += c
		}
		for _, it := range items {
			place := &counts[d][it.key>>(d*digit)&(values-1)]
			spare[*place] = it
			*place++
		}
		items, spare = spare, items
	}
	return items, nil
}

// sortRows brings rows into the order of a column's values. Rows without a value come last. at is where a row's value stands
// in v.
func sortRows(ctx context.Context, rows []uint32, v *vector, at func(row uint32) int, descending bool) ([]uint32, error) {
	key := func(i int) uint64 { return uint64(v.whole(i)) ^ 1<<63 }
	switch v.kind {
	case Decimal:
		key = func(i int) uint64 {
			bits := math.Float64bits(v.real(i))
			if bits>>63 != 0 {
				return ^bits
			}
			return bits | 1<<63
		}
	case Text:
		ranks, err := v.texts.rank(ctx)
		if err != nil {
			return nil, err
		}
		key = func(i int) uint64 { return uint64(ranks[v.codes.at(i)]) }
	}
	items := make([]keyed, 0, len(rows))
	var none []uint32
	for _, row := range rows {
		i := at(row)
		if v.isNull(i) {
			none = append(none, row)
			continue
		}
		k := key(i)
		if descending {
			k = ^k
		}
		items = append(items, keyed{k, row})
	}
	items, err := radixSort(ctx, items, make([]keyed, len(items)))
	if err != nil {
		return nil, err
	}
	sorted := rows[:0] // what stood there has been taken
	for _, it := range items {
		sorted = append(sorted, it.row)
	}
	return append(sorted, none...), nil
}

// rank works out the places of the texts: folded, and of texts that are alike folded as they are.
func (t *texts) rank(ctx context.Context) ([]uint32, error) {
	folded, err := t.fold()
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ranks != nil || t.len() == 0 {
		return t.ranks, nil
	}
	order := make([]keyed, t.len())
	for i := range order {
		order[i].row = uint32(i)
	}
	if err := folded.sortFrom(ctx, order, make([]keyed, len(order)), 0); err != nil {
		return nil, err
	}
	compare := func(a, b keyed) int {
		if c := bytes.Compare(folded.raw(a.row), folded.raw(b.row)); c != 0 || folded == t {
			return c
		}
		return bytes.Compare(t.raw(a.row), t.raw(b.row))
	}
	if folded != t {
		for from := 0; from < len(order); {
			to := from + 1
			for to < len(order) && bytes.Equal(folded.raw(order[from].row), folded.raw(order[to].row)) {
				to++
			}
			if to-from > 1 {
				slices.SortFunc(order[from:to], compare)
			}
			from = to
		}
	}
	ranks := make([]uint32, len(order))
	for i := 1; i < len(order); i++ {
		ranks[order[i].row] = ranks[order[i-1].row]
		if compare(order[i-1], order[i]) != 0 {
			ranks[order[i].row] = uint32(i)
		}
	}
	t.ranks = ranks
	return ranks, nil
}

const (
	// few is the number of texts below which comparing is quicker than counting digits.
	few = 128
	// deepest is up to how many bytes digits are counted: each eight of them take room on the stack, and texts can be long.
	deepest = 256
)

// sortFrom sorts texts that are alike before the given byte: eight bytes at a time as one number, then those that are
// alike in these by the next eight.
func (t *texts) sortFrom(ctx context.Context, order, spare []keyed, from int) error {
	if len(order) < few || from >= deepest {
		slices.SortFunc(order, func(a, b keyed) int {
			return bytes.Compare(t.after(a.row, from), t.after(b.row, from))
		})
		return nil
	}
	for i := range order {
		order[i].key = prefix(t.after(order[i].row, from))
	}
	sorted, err := radixSort(ctx, order, spare)
	if err != nil {
		return err
	}
	if &sorted[0] != &order[0] {
		copy(order, sorted)
	}
	for start := 0; start < len(order); {
		shortest := t.len8(order[start].row, from)
		longest, end := shortest, start+1
		for end < len(order) && order[end].key == order[start].key {
			n := t.len8(order[end].row, from)
			shortest, longest = min(shortest, n), max(longest, n)
			end++
		}
		switch group := order[start:end]; {
		case len(group) == 1 || shortest == longest && longest < 8:
		case shortest == 8:
			if err := t.sortFrom(ctx, group, spare[start:end], from+8); err != nil {
				return err
			}
		default: // zero bytes at the ends of some
			slices.SortFunc(group, func(a, b keyed) int { return bytes.Compare(t.after(a.row, from), t.after(b.row, from)) })
		}
		start = end
	}
	return nil
}

// len8 is how many of the eight bytes from a place on a text has.
func (t *texts) len8(code uint32, from int) int { return min(len(t.after(code, from)), 8) }

func (t *texts) after(code uint32, from int) []byte {
	s := t.raw(code)
	return s[min(from, len(s)):]
}

// prefix is the first eight bytes as a number that is in the order of the texts.
func prefix(s []byte) uint64 {
	if len(s) >= 8 {
		return binary.BigEndian.Uint64(s)
	}
	var b [8]byte
	copy(b[:], s)
	return binary.BigEndian.Uint64(b[:])
}
