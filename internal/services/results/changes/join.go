package changes

import (
	"context"

	"fabricportal/internal/services/importfile/amount"
	"fabricportal/internal/services/results/dataset"
)

// mostLines is how many rows of one order are looked at one by one; of more it is only known whether they are the same.
const mostLines = 4096

// joined is what was found while orders were matched.
type joined struct {
	sums  [kinds]amount.Sum
	same  amount.Sum
	names *partition // the order_ids that are in one run only
	room  [2][]byte
	name  []byte
}

// order is what is known of an order_id.
type order struct {
	rows   [2]int64
	sum    [2]amount.Sum
	bag    [2]uint64 // the sum of its rows' hashes: alike where the rows are, in whatever order
	first  [2]place
	number [2]int64
	lines  *lines // where there are several
}

type lines [2][]line

type line struct {
	same uint64 // mixed
	at   place
}

// join matches the orders of both sides, bucket by bucket.
func (c *comparer) join(ctx context.Context) error {
	m := &c.matched
	var err error
	if m.names, err = newPartition(); err != nil {
		return err
	}
	defer m.names.close()
	index := map[[2]uint64]int32{}
	var orders []order
	one := row{codes: make([]uint32, len(c.tallies))}
	for bucket := range buckets {
		clear(index)
		clear(orders)
		orders = orders[:0]
		for side := range 2 {
			rows := 0
			err := c.parts[side].each(bucket, &m.room[side], func(record []byte, at place) error {
				if err := one.decode(record); err != nil {
					return err
				}
				number, ok := index[one.id]
				if !ok {
					number = int32(len(orders))
					index[one.id], orders = number, append(orders, order{})
				}
				c.put(&orders[number], side, &one, at)
				if rows++; rows%batch == 0 {
					c.advance(batch)
					return ctx.Err()
				}
				return nil
			})
			if err != nil {
				return err
			}
			c.advance(rows % batch)
		}
		for i := range orders {
			if i%batch == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			if err := c.judge(&orders[i]); err != nil {
				return err
			}
		}
	}
	if err := m.names.finish(); err != nil {
		return err
	}
	return m.otherCase(ctx, &c.result.OtherCase)
}

// put adds a row to its order.
func (c *comparer) put(o *order, side int, r *row, at place) {
	if o.rows[side] == 0 {
		o.first[side], o.number[side] = at, r.number
		c.result.Sides[side].Orders++
		for i, t := range c.tallies {
			t.order(side, r.codes[i])
		}
	}
	o.rows[side]++
	o.sum[side].Add(r.units)
	o.bag[side] += mixed(r.same)
	if o.rows[side] == 1 {
		return
	}
	one := &c.result.Sides[side]
	one.RepeatedRows++
	if o.lines == nil {
		o.lines = &lines{}
	}
	of := &o.lines[side]
	if o.rows[side] == 2 {
		one.Repeated++
		one.RepeatedRows++
		*of = append(*of, line{o.bag[side] - mixed(r.same), o.first[side]})
	}
	if len(*of) <= mostLines {
		*of = append(*of, line{mixed(r.same), at})
	}
}

// rowsOf are the rows of an order, as far as they are looked at one by one.
func (o *order) rowsOf(side int) []line {
	if o.rows[side] == 1 {
		return []line{{o.bag[side], o.first[side]}}
	}
	return o.lines[side]
}

// mixed makes sums of hashes say nothing of each other.
func mixed(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd // of MurmurHash3, which is in the public domain
	return h ^ h>>33
}

// judge says what became of an order.
func (c *comparer) judge(o *order) error {
	r, m := c.result, &c.matched
	kind := Changed
	switch {
	case o.rows[Before] == 0:
		kind = Added
	case o.rows[After] == 0:
		kind = Removed
	case o.rows[Before] == o.rows[After] && o.bag[Before] == o.bag[After]:
		r.Same.Orders++
		r.Same.Rows += o.rows[After]
		m.same.AddSum(&o.sum[After])
		return nil
	}
	p := &r.Parts[kind]
	p.Orders++
	side := After
	if kind == Removed {
		side = Before
	}
	p.Rows += o.rows[side]
	m.sums[kind].AddSum(&o.sum[side])
	if kind == Changed {
		m.sums[kind].Subtract(&o.sum[Before])
	}
	found := listed{Order: Order{Rows: o.rows}}
	for s := range 2 {
		found.Revenue[s] = o.sum[s].Value()
	}
	cells, err := c.cellsOf(side, o.first[side])
	if err != nil {
		return err
	}
	found.ID = trim(c.idOf(side, cells))
	if kind == Changed {
		if err := c.pair(o, &found); err != nil {
			return err
		}
		return r.lists[kind].add(found, nil, o.number[side])
	}
	if err := m.note(c.ids[0], side, found.ID, found.Revenue[side]); err != nil {
		return err
	}
	return r.lists[kind].add(found, cells, o.number[side])
}

// cellsOf are the encoded cells of a row, valid until the next of that side.
func (c *comparer) cellsOf(side int, at place) ([]byte, error) {
	record, err := c.parts[side].read(at, &c.matched.room[side])
	if err != nil {
		return nil, err
	}
	one := row{codes: make([]uint32, len(c.tallies))}
	err = one.decode(record)
	return one.cells, err
}

func (c *comparer) idOf(side int, cells []byte) string {
	r := reader{b: cells}
	for _, col := range c.result.columns[side] {
		if cell := r.cell(); col.Name == orderID {
			return cell.Text
		}
	}
	return ""
}

// pair finds the rows of an order that are not the same, and says what is different where there is one on each side.
func (c *comparer) pair(o *order, found *listed) error {
	left := [2][]line{}
	if o.rows[Before] <= mostLines && o.rows[After] <= mostLines {
		alike := map[uint64]int{}
		for _, l := range o.rowsOf(Before) {
			alike[l.same]++
		}
		for _, l := range o.rowsOf(After) {
			if alike[l.same] > 0 {
				alike[l.same]--
				continue
			}
			left[After] = append(left[After], l)
		}
		for _, l := range o.rowsOf(Before) {
			if alike[l.same] > 0 {
				alike[l.same]--
				left[Before] = append(left[Before], l)
			}
		}
	}
	if len(left[Before]) != 1 || len(left[After]) != 1 {
		for s := range 2 {
			found.Unpaired[s] = int64(len(left[s]))
		}
		if len(left[Before])+len(left[After]) == 0 { // too many to be looked at
			found.Unpaired = o.rows
		}
		c.result.UnpairedOrders++
		return nil
	}
	var cells [2][]dataset.Cell
	for s := range 2 {
		encoded, err := c.cellsOf(s, left[s][0].at)
		if err != nil {
			return err
		}
		r := reader{b: encoded}
		cells[s] = r.cells(len(c.result.columns[s]))
		if r.err != nil {
			return r.err
		}
	}
	for _, p := range c.pairs {
		b, a := cells[Before][p[Before]], cells[After][p[After]]
		if b.Text != a.Text {
			found.Changes = append(found.Changes, CellChange{Cells: [2]dataset.Cell{b, a}})
			found.places = append(found.places, p[After])
		}
	}
	return nil
}
