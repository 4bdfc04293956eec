package changes

import (
	"context"
	"errors"
	"hash/maphash"
	"slices"
	"strconv"
	"strings"

	"fabricportal/internal/format"
	"fabricportal/internal/services/importfile/amount"
	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/results/dataset"
)

// The columns that are known by their names.
const (
	orderID   = "order_id"
	orderDate = "order_date"
	revenue   = "revenue"
)

// batch is the number of rows that are read at a time.
const batch = 4096

// Options says how rows are compared.
type Options struct {
	Progress Progress // may be nil
	most     int      // orders that are listed; MostListed where 0
}

// Rows compares the cleaned rows of two runs. Errors are those of the tables, *scratch.Error, *format.Said where a column is
// missing that orders are told by, and the context's.
func Rows(ctx context.Context, before, after Table, o Options) (*Result, error) {
	c := &comparer{tables: [2]Table{before, after}, result: &Result{}, progress: o.Progress}
	if o.most == 0 {
		o.most = MostListed
	}
	if c.progress == nil {
		c.progress = func(int64, int64) {}
	}
	c.total = 2 * (int64(before.Rows()) + int64(after.Rows()))
	defer func() {
		c.parts[Before].close()
		c.parts[After].close()
	}()
	err := c.begin(o.most)
	for side := Before; err == nil && side <= After; side++ {
		err = c.read(ctx, side)
	}
	if err == nil {
		err = c.join(ctx)
	}
	if err == nil {
		err = c.finish(ctx)
	}
	if err != nil {
		c.result.Close()
		return nil, err
	}
	return c.result, nil
}

type comparer struct {
	tables   [2]Table
	result   *Result
	pairs    [][2]int // places of the columns that both tables have, in the order of the one after
	midnight [2][]bool
	tallies  []*tally
	parts    [2]*partition
	sums     [2]struct{ all, withoutID amount.Sum }
	matched  joined
	progress Progress
	done     int64
	total    int64

	ids  [2]maphash.Seed
	same maphash.Seed
}

// begin finds out which columns are compared.
func (c *comparer) begin(most int) error {
	r := c.result
	var at [2]map[string]int
	for side, t := range c.tables {
		r.columns[side] = t.Columns()
		at[side] = map[string]int{}
		for i, col := range r.columns[side] {
			if _, ok := at[side][col.Name]; !ok {
				at[side][col.Name] = i
			}
		}
		for _, name := range []string{orderID, revenue} {
			if _, ok := at[side][name]; !ok {
				return lacks(side, name)
			}
		}
	}
	for i, col := range r.columns[After] {
		before, ok := at[Before][col.Name]
		switch {
		case at[After][col.Name] != i: // a name that stands there twice
		case !ok:
			r.Sides[After].Only = append(r.Sides[After].Only, col.Name)
		default:
			c.pairs = append(c.pairs, [2]int{before, i})
			if kind := r.columns[Before][before].Kind; kind != col.Kind {
				r.Retyped = append(r.Retyped, Retyped{col.Name, [2]dataset.Kind{kind, col.Kind}})
			}
		}
	}
	for i, col := range r.columns[Before] {
		if _, ok := at[After][col.Name]; !ok && at[Before][col.Name] == i {
			r.Sides[Before].Only = append(r.Sides[Before].Only, col.Name)
		}
	}
	// A day is the same as its midnight.
	for side := range 2 {
		c.midnight[side] = make([]bool, len(r.columns[side]))
		for _, p := range c.pairs {
			c.midnight[side][p[side]] = r.columns[side][p[side]].Kind == dataset.DateTime && r.columns[1-side][p[1-side]].Kind == dataset.Date
		}
	}
	c.tallies = talliesOf(r.columns, c.pairs)
	c.ids, c.same = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}, maphash.MakeSeed()
	var err error
	for side := range 2 {
		if c.parts[side], err = newPartition(); err != nil {
			return err
		}
	}
	for k := range r.lists {
		if r.lists[k], err = newList(most); err != nil {
			return err
		}
	}
	return nil
}

func lacks(side int, column string) error {
	if side == Before {
		return format.Say("the rows of the run before have no column {{.Column}}, so that its orders can't be compared: the change by group is all that is known", "Column", column)
	}
	return format.Say("the rows of the run after have no column {{.Column}}, so that its orders can't be compared: the change by group is all that is known", "Column", column)
}

// read lays the rows of a table into buckets by their order_ids.
func (c *comparer) read(ctx context.Context, side int) error {
	t, r := c.tables[side], c.result
	columns := r.columns[side]
	place := func(name string) int {
		return slices.IndexFunc(columns, func(col dataset.Column) bool { return col.Name == name })
	}
	id, money := place(orderID), place(revenue)
	one := row{codes: make([]uint32, len(c.tallies))}
	var record []byte
	var same maphash.Hash
	same.SetSeed(c.same)
	for from := 0; from < t.Rows(); {
		rows, err := t.Window(ctx, from, batch, nil)
		if err != nil {
			return err
		}
		if len(rows.Cells) == 0 {
			return errors.New("the table has fewer rows than it says")
		}
		for i, cells := range rows.Cells {
			one.number = int64(from + i)
			one.units = unitsOf(cells[money])
			c.sums[side].all.Add(one.units)
			for j, tally := range c.tallies {
				one.codes[j] = tally.add(side, cells[tally.columns[side]], one.units)
			}
			key := trim(cells[id].Text)
			if key == "" {
				r.Sides[side].WithoutID++
				c.sums[side].withoutID.Add(one.units)
				continue
			}
			one.id = [2]uint64{maphash.String(c.ids[0], key), maphash.String(c.ids[1], key)}
			same.Reset()
			one.cells = one.cells[:0]
			for j, cell := range cells {
				if c.midnight[side][j] {
					cells[j].Text = strings.TrimSuffix(cell.Text, " 00:00:00")
				}
				one.cells = appendCell(one.cells, cells[j])
			}
			for _, p := range c.pairs {
				_, _ = same.WriteString(cells[p[side]].Text) // the text of no value is none
				_ = same.WriteByte(0xFF)                     // stands in no text
			}
			one.same = same.Sum64()
			record = one.encode(record[:0])
			if err := c.parts[side].add(one.id[0], record); err != nil {
				return err
			}
		}
		from += len(rows.Cells)
		c.advance(len(rows.Cells))
	}
	r.Sides[side].Rows = int64(t.Rows())
	return c.parts[side].finish()
}

func (c *comparer) advance(rows int) {
	c.done += int64(rows)
	c.progress(min(c.done, c.total), c.total)
}

// unitsOf is a revenue as the KPIs take it; none counts as 0.
func unitsOf(c dataset.Cell) amount.Units {
	if c.Null {
		return 0
	}
	value, err := strconv.ParseFloat(c.Text, 64)
	if err != nil || value-value != 0 {
		return 0
	}
	return amount.TenThousandths(value)
}

func trim(s string) string {
	if s == "" || s[0] > ' ' && s[0] < 0x80 && s[len(s)-1] > ' ' && s[len(s)-1] < 0x80 {
		return s
	}
	return string(cleaning.Trim([]byte(s)))
}

// finish works out what is said of all rows.
func (c *comparer) finish(ctx context.Context) error {
	r := c.result
	for side := range 2 {
		s := &r.Sides[side]
		s.Revenue, s.WithoutIDRevenue = centsOfSum(&c.sums[side].all), centsOfSum(&c.sums[side].withoutID)
	}
	for k, l := range r.lists {
		if err := l.finish(); err != nil {
			return err
		}
		p := &r.Parts[k]
		p.Revenue, p.LeftOut, p.LeftOutRevenue = centsOfSum(&c.matched.sums[k]), l.leftOut, centsOfSum(&l.least)
		if Kind(k) == Removed {
			p.LeftOutRevenue = -p.LeftOutRevenue
		}
	}
	r.Same.Revenue = centsOfSum(&c.matched.same)
	change := r.Sides[After].Revenue - r.Sides[Before].Revenue
	for _, t := range c.tallies {
		if t.over {
			r.Ungrouped = append(r.Ungrouped, t.name)
			continue
		}
		if b := t.breakdown(change); len(b.Groups) > 0 {
			r.Breakdowns = append(r.Breakdowns, b)
		}
	}
	c.progress(c.total, c.total)
	return ctx.Err()
}
