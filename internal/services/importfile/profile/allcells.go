package profile

import (
	"hash/maphash"
	"slices"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/hits"
	"fabricportal/internal/services/importfile/keys"
	"fabricportal/internal/services/importfile/spreadsheet"
)

// noteCells makes room for all cells that the checks find, where somebody asks for them.
func (t *table) noteCells() {
	if t.hits == nil {
		return
	}
	c := &t.checks
	for _, f := range []*finding{&c.noID, &c.repeatedID, &c.lostDigits, &c.badDate, &c.badRevenue, &c.negative, &c.missing, &c.leftOut,
		&t.casing.found, &t.statuses.found, &t.money.inRevenue.many, &t.money.named.many} {
		f.cells = t.hits.New()
	}
	c.shifted, c.undated = t.hits.Of(hits.Key{Kind: hits.LeftOut, Code: "shifted_rows"}), t.hits.Of(hits.Key{Kind: hits.LeftOut, Code: "undated"})
	t.money.inRevenue.book, t.money.named.book = t.hits, t.hits
	t.textual.odd.cells, t.textual.either.cells = t.hits.New(), t.hits.New()
	t.repeats.found = t.hits.Of(hits.Key{Kind: hits.DuplicateRows})
	c.orders = &lineOrders{seed: maphash.MakeSeed()}
}

// note notes the cells of a check.
func (t *table) note(id string, f *finding) {
	if f.cells != nil {
		t.hits.Set(hits.Key{Kind: hits.Check, Code: id}, f.cells)
	}
}

// noteExamples notes the cells of a check that names all of them.
func (t *table) noteExamples(id string, examples []contract.Example) {
	if t.hits == nil {
		return
	}
	cells := t.hits.New()
	for _, e := range examples {
		if column, row, ok := spreadsheet.ParseAddress(e.Cell); ok {
			cells.Add(row, column)
		}
	}
	t.hits.Set(hits.Key{Kind: hits.Check, Code: id}, cells)
}

// lineOrders finds the lines without a revenue of orders in which no line has one. They are kept on disk: which these are is
// known once all lines are. A nil one finds none.
type lineOrders struct {
	seed   maphash.Seed
	disk   *keys.Buckets // nil until there is a line
	column int
	err    error
}

// What a line has, beside its row: of two bits.
const (
	lineOther    = iota // a revenue that is no number
	linePriced          // a number
	lineUnpriced        // nothing
)

func (o *lineOrders) add(row *cleaning.Row, revenue int) {
	if o.disk == nil && o.err == nil {
		o.disk, o.err = keys.NewBuckets()
	}
	if o.err != nil {
		return
	}
	o.column = revenue
	what := uint64(lineOther)
	switch {
	case row.Priced:
		what = linePriced
	case row.At(revenue).Kind == cleaning.Null:
		what = lineUnpriced
	}
	hash := maphash.Bytes(o.seed, row.OrderID)
	o.err = o.disk.Add(hash, hash, uint64(row.Number)<<2|what)
}

// settle adds the cells. Errors are *scratch.Error.
func (o *lineOrders) settle(to *hits.Cells) error {
	if o == nil || o.disk == nil || o.err != nil {
		if o != nil {
			return o.err
		}
		return nil
	}
	priced, unpriced := map[uint64]bool{}, map[uint64][]int{}
	finish := func() {
		for id, rows := range unpriced {
			if !priced[id] {
				for _, row := range rows {
					to.Add(row, o.column)
				}
			}
		}
		clear(priced)
		clear(unpriced)
	}
	err := o.disk.Each(func(numbers []uint64, first bool) error {
		if first {
			finish()
		}
		for pair := range slices.Chunk(numbers, 2) {
			switch id, row := pair[0], int(pair[1]>>2); pair[1] & 3 {
			case linePriced:
				priced[id] = true
			case lineUnpriced:
				unpriced[id] = append(unpriced[id], row)
			}
		}
		return nil
	})
	finish()
	return err
}

func (o *lineOrders) close() {
	if o != nil && o.disk != nil {
		o.disk.Close()
	}
}

// rowNumbers are the numbers of rows by their places, as few numbers as the file has gaps. The zero value has no rows.
type rowNumbers struct {
	places, numbers []uint32 // where a stretch of rows without a gap begins
	next            uint32   // place
}

// add takes the next row.
func (r *rowNumbers) add(number int) {
	last := len(r.places) - 1
	if last < 0 || r.numbers[last]+(r.next-r.places[last]) != uint32(number) {
		r.places, r.numbers = append(r.places, r.next), append(r.numbers, uint32(number))
	}
	r.next++
}

// of is the number of the row at a place.
func (r *rowNumbers) of(place int) int {
	at, known := slices.BinarySearch(r.places, uint32(place))
	if !known {
		at--
	}
	return int(r.numbers[at]) + place - int(r.places[at])
}
