package dataset

import (
	"context"
	"errors"
	"slices"
	"strings"

	"fabricportal/internal/format"
	"fabricportal/internal/formula"
)

// View is rows of a table in an order. It never changes.
type View struct {
	table *Table
	query Query
	index order // rows of the table; nil is all of them
	rows  int
}

// Query is what the view was made for.
func (v *View) Query() Query { return v.query }

// Columns are the table's.
func (v *View) Columns() []Column { return v.table.Columns() }

// Rows is the number of rows that the view has.
func (v *View) Rows() int { return v.rows }

// Window reads n rows from row from (both cut to what there is) and the given columns (nil is all). It has fewer rows, but
// one at least, where the cells or their texts are more than fit into memory: who wants all goes on behind them. Errors:
// *FileError, *QueryError, or the context's.
func (v *View) Window(ctx context.Context, from, n int, columns []int) (Rows, error) {
	return v.window(ctx, from, n, columns, func(vec *vector, at int) Cell { return vec.cell(at) })
}

const (
	shownChars = 300     // of a text, in a window for a screen
	shownBytes = 8 << 20 // of all texts of such a window
	leastChars = 20      // of a text, where they are many
)

// Shown is Window for a screen: every text is on one line, plain, and cut, the more the more cells there are. Up to 256 rows
// are always whole.
func (v *View) Shown(ctx context.Context, from, n int, columns []int) (Rows, error) {
	cells := n * len(v.table.all(columns))
	most := min(shownChars, max(leastChars, shownBytes/4/max(cells, 1)))
	return v.window(ctx, from, n, columns, func(vec *vector, at int) Cell { return vec.shown(at, most) })
}

func (v *View) window(ctx context.Context, from, n int, columns []int, make func(vec *vector, at int) Cell) (Rows, error) {
	t := v.table
	if err := t.checkColumns(columns); err != nil {
		return Rows{}, err
	}
	columns = t.all(columns)
	from = min(max(from, 0), v.rows)
	n = min(max(n, 0), v.rows-from, max(1, windowCells/max(len(columns), 1)))
	out := Rows{From: from, Columns: columns}
	if n == 0 {
		return out, ctx.Err()
	}
	err := t.work(ctx, func(ctx context.Context) error {
		if t.away != nil {
			if err := t.away.fetch(ctx, columns, from, n); err != nil {
				return err
			}
		}
		w, turn := newGrid(n, len(columns), make), t.cache.begin()
		for j, column := range columns {
			if err := v.fill(ctx, turn, w, j, column, from); err != nil {
				return err
			}
			if w.bytes[0] > windowBytes {
				return &QueryError{format.Say("row {{.Row}} holds more text than can be read here: hide the columns with long texts", "Row", int64(v.row(from)+1))}
			}
		}
		out.Cells = w.rows
		return nil
	})
	return out, err
}

// find is the place in the view of a row of the table; false where the view does not have it.
func (v *View) find(row int) (place int, ok bool) {
	switch index := v.index.(type) {
	case counted:
		if row < 0 || row >= v.table.rows || !index.set.has(row) {
			return 0, false
		}
		return index.place(row), true
	case sorted:
		place = slices.Index(index, uint32(row))
		return place, place >= 0
	}
	return row, row >= 0 && row < v.rows
}

// row is the place in the file of a row of the view.
func (v *View) row(place int) int {
	if v.index == nil {
		return place
	}
	return v.index.at(place)
}

// fill takes the values of a column into a grid: out of the whole column where that is kept, or would be for its order.
func (v *View) fill(ctx context.Context, turn int64, w *grid, j, column, from int) error {
	t := v.table
	vec, room := t.cache.look(turn, column)
	_, scattered := v.index.(sorted)
	if vec == nil && room > 0 && scattered {
		var err error
		if vec, err = t.cache.get(ctx, turn, column); err != nil {
			return err
		}
	}
	if vec != nil {
		for i := 0; i < len(w.rows); i++ { // they become fewer where their texts are long
			w.put(i, j, vec, v.row(from+i))
		}
		return nil
	}
	// The rows are asked for in the file's order, whatever that of the view is.
	places := make([]int, len(w.rows))
	for i := range places {
		places[i] = i
	}
	if scattered {
		slices.SortFunc(places, func(a, b int) int { return v.row(from+a) - v.row(from+b) })
	}
	row := func(i int) int { return v.row(from + places[i]) }
	put := func(i int, piece *vector, at int) {
		if places[i] < len(w.rows) {
			w.put(places[i], j, piece, at)
		}
	}
	if scattered && t.rows/perRow < len(places) {
		return t.pick(ctx, column, len(places), row, put)
	}
	return t.file.each(ctx, column, len(places), row, put)
}

// perRow is how many values of a column are read from its beginning on in the time in which one is looked up by itself.
const perRow = 1 << 14

// pick is each for rows that stand everywhere in the file: it reads the column from its beginning on.
func (t *Table) pick(ctx context.Context, column, n int, row func(i int) int, take func(i int, v *vector, at int)) error {
	release, err := t.cache.hold(ctx)
	if err != nil {
		return err
	}
	defer release()
	i := 0
	err = t.file.pieces(ctx, column, func(from int, v *vector) error {
		for ; i < n && row(i) < from+v.n; i++ {
			take(i, v, row(i)-from)
		}
		if i == n {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// errEnough ends the reading of a column of which no more is needed.
var errEnough = errors.New("no more is needed")

// grid is the cells of a window, which becomes shorter while its texts are too long.
type grid struct {
	rows  [][]Cell
	bytes []int // of the texts of each row
	total int
	make  func(vec *vector, at int) Cell
}

func newGrid(n, columns int, cell func(vec *vector, at int) Cell) *grid {
	w := &grid{rows: make([][]Cell, n), bytes: make([]int, n), make: cell}
	all := make([]Cell, n*columns)
	for i := range w.rows {
		w.rows[i], all = all[:columns:columns], all[columns:]
	}
	return w
}

func (w *grid) put(row, column int, vec *vector, at int) {
	c := w.make(vec, at)
	w.rows[row][column] = c
	w.bytes[row] += len(c.Text)
	w.total += len(c.Text)
	for last := len(w.rows) - 1; w.total > windowBytes && last > 0; last-- {
		w.total -= w.bytes[last]
		clear(w.rows[last])
		w.rows, w.bytes = w.rows[:last], w.bytes[:last]
	}
}

// batch is the number of rows that are read at a time where many are wanted.
const batch = 4096

// TSV is n rows from row from as text for the clipboard: tabs between cells, one line a row, with the columns' names
// first where header is set. Tabs and line breaks within a value become blanks, as they would tear the row apart; a text that
// a spreadsheet would take for a formula has an apostrophe before it (package formula). Errors as Window; a *QueryError
// where the text would be too long.
func (v *View) TSV(ctx context.Context, from, n int, columns []int, header bool) (string, error) {
	if err := v.table.checkColumns(columns); err != nil {
		return "", err
	}
	columns = v.table.all(columns)
	var b strings.Builder
	if header {
		for i, c := range columns {
			b.WriteString(formula.Guard(oneLine(v.table.columns[c].Name), '\t'))
			b.WriteByte(ending(i, len(columns)))
		}
	}
	from = max(from, 0)
	for to := min(from+n, v.rows); from < to; {
		rows, err := v.Window(ctx, from, min(batch, to-from), columns)
		if err != nil {
			return "", err
		}
		for _, row := range rows.Cells {
			for i, cell := range row {
				text := oneLine(cell.Text)
				if v.table.columns[columns[i]].Kind == Text {
					text = v.table.guard(text, '\t')
				}
				b.WriteString(text)
				b.WriteByte(ending(i, len(row)))
			}
			if b.Len() > copyBytes {
				return "", &QueryError{format.Say("the rows are more than {{.Most}}, which is too much to copy: choose fewer, or save them as CSV", "Most", format.Size(copyBytes))}
			}
		}
		from += len(rows.Cells)
	}
	return b.String(), nil
}

func ending(i, n int) byte {
	if i == n-1 {
		return '\n'
	}
	return '\t'
}

var lineBreaks = strings.NewReplacer("\r\n", " ", "\t", " ", "\n", " ", "\r", " ", "\v", " ", "\f", " ", "\u0085", " ", "\u2028", " ", "\u2029", " ", "\x00", "")

func oneLine(s string) string { return lineBreaks.Replace(s) }
