package dataset

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"

	"fabricportal/internal/format"
)

// View works out a query. Errors: *FileError, *QueryError, or the context's. progress may be nil.
func (t *Table) View(ctx context.Context, q Query, progress Progress) (*View, error) {
	return t.view(ctx, q, nil, progress)
}

// view is View of the rows that only gives; nil for all.
func (t *Table) view(ctx context.Context, q Query, only func(ctx context.Context) (selection, error), progress Progress) (*View, error) {
	q.Filters, q.Sort = slices.Clone(q.Filters), slices.Clone(q.Sort)
	v := &View{table: t, query: q, rows: t.rows}
	if err := t.checkQuery(q); err != nil || q.Plain() && only == nil {
		return v, err
	}
	if err := t.checkRows(); err != nil {
		return nil, err
	}
	var searched []int
	if q.Search != "" {
		searched = t.all(q.SearchIn)
	}
	done, total := 0, len(q.Filters)+len(searched)+len(q.Sort)
	step := func() {
		if done++; progress != nil {
			progress(done, total)
		}
	}
	err := t.work(ctx, func(ctx context.Context) error {
		turn := t.cache.begin()
		chosen := newSelection(t.rows, true)
		if only != nil {
			given, err := only(ctx)
			if err != nil {
				return err
			}
			chosen.and(given)
		}
		for _, f := range q.Filters {
			passes, err := t.passing(ctx, turn, f)
			if err != nil {
				return err
			}
			chosen.and(passes)
			step()
		}
		if q.Search != "" {
			found := newSelection(t.rows, false)
			for _, c := range searched {
				if wanted := foldText(q.Search); t.columns[c].Kind == Text || couldShow(t.columns[c].Kind, wanted) {
					passes, err := t.passing(ctx, turn, Filter{Column: c, Op: Contains, Text: q.Search})
					if err != nil {
						return err
					}
					found.or(passes)
				}
				step()
			}
			chosen.and(found)
		}
		var err error
		v.index, err = t.sort(ctx, chosen.count(), q.Sort, step)
		if err == nil {
			v.rows = v.index.len()
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return v, nil
}

// sort brings the chosen rows into an order, and calls step after each column.
func (t *Table) sort(ctx context.Context, chosen counted, by []Order, step func()) (order, error) {
	if len(by) == 0 || chosen.n == 0 {
		return chosen, ctx.Err()
	}
	if left := int64(sortBytes); int64(chosen.n) > left/sortBytesOf {
		return nil, tooManyToSort(chosen.n, left)
	}
	rows := sorted(chosen.rows())
	for _, o := range slices.Backward(by) {
		v, at, err := t.toSort(ctx, chosen, o.Column)
		if err != nil {
			return nil, err
		}
		left := sortBytes - v.size()
		if v.kind == Text {
			// Each text is ranked once, with as much as a row.
			if ranked := int64(v.texts.len()) * sortBytesOf; ranked+2*int64(len(v.texts.bytes)) > left {
				return nil, errTextsToSort()
			}
		}
		if int64(chosen.n)*sortBytesOf > left {
			return nil, tooManyToSort(chosen.n, left)
		}
		if rows, err = sortRows(ctx, rows, v, at, o.Descending); err != nil {
			return nil, err
		}
		step()
	}
	return rows, nil
}

// toSort is a column's values, and where that of a row stands among them: of all rows, or where that has no room of the chosen
// ones. Other columns are let go of.
func (t *Table) toSort(ctx context.Context, chosen counted, column int) (*vector, func(row uint32) int, error) {
	t.cache.only(column)
	v, err := t.cache.get(ctx, t.cache.begin(), column)
	if v != nil || err != nil {
		return v, func(row uint32) int { return int(row) }, err
	}
	b := newBuilder(t.columns[column].Kind, chosen.n)
	err = t.eachPiece(ctx, t.cache.begin(), column, func(from int, piece *vector) error {
		for i := range piece.n {
			if !chosen.set.has(from + i) {
				continue
			}
			if !b.copy(piece, i) {
				return errTextsToSort()
			}
		}
		if b.size()+int64(chosen.n)*sortBytesOf > sortBytes {
			if b.v.kind == Text {
				return errTextsToSort()
			}
			return tooManyToSort(chosen.n, sortBytes-b.size())
		}
		return nil
	})
	return b.finish(), func(row uint32) int { return chosen.place(int(row)) }, err
}

func (t *Table) checkQuery(q Query) error {
	columns := slices.Clone(q.SearchIn)
	for _, f := range q.Filters {
		if f.Op < Contains || f.Op > NotContain {
			return &QueryError{format.Say("a filter asks for something that this program does not know: remove it")}
		}
		columns = append(columns, f.Column)
	}
	for _, o := range q.Sort {
		columns = append(columns, o.Column)
	}
	return t.checkColumns(columns)
}

// couldShow tells whether a text can stand in values of a kind, so that columns in which it can't are not read.
func couldShow(kind Kind, folded []byte) bool {
	allowed := "0123456789-"
	switch kind {
	case Decimal:
		allowed = "0123456789-+.einf"
	case Boolean:
		allowed = "truefalse"
	case DateTime:
		allowed = "0123456789-: ."
	}
	for _, c := range folded {
		if bytes.IndexByte([]byte(allowed), c) < 0 {
			return false
		}
	}
	return true
}

// Distinct returns the most frequent values of a column, at most limit, and how many different ones there are; null
// counts as one. Equally frequent values stand in the order of their texts.
func (t *Table) Distinct(ctx context.Context, column, limit int) (values []Count, different int, err error) {
	if err := errors.Join(t.checkColumns([]int{column}), t.checkRows()); err != nil {
		return nil, 0, err
	}
	err = t.work(ctx, func(ctx context.Context) error {
		var all tally
		err := t.eachPiece(ctx, t.cache.begin(), column, func(_ int, v *vector) error { return all.add(ctx, v) })
		values = all.counts()
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	slices.SortFunc(values, func(a, b Count) int {
		if a.Rows != b.Rows {
			return b.Rows - a.Rows
		}
		return strings.Compare(a.Text, b.Text)
	})
	return values[:min(max(limit, 0), len(values))], len(values), nil
}

// tally counts the different values of a column.
type tally struct {
	places map[string]int // of texts, in values
	values []Count
	bytes  int
	nulls  int
}

// add counts those of a piece; *QueryError where they become too many.
func (y *tally) add(ctx context.Context, v *vector) error {
	if y.places == nil {
		y.places = map[string]int{}
	}
	var entries []int // of texts, how often each stands in the piece
	if v.kind == Text {
		entries = make([]int, v.texts.len())
		for i := range v.n {
			if code := v.codes.at(i); code != noText {
				entries[code]++
			} else {
				y.nulls++
			}
		}
		for code, n := range entries {
			if n > 0 && !y.count(v.texts.raw(uint32(code)), n) {
				return errTooManyValues()
			}
		}
		return ctx.Err()
	}
	var room [40]byte
	for i := range v.n {
		if i&0xffff == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if v.isNull(i) {
			y.nulls++
		} else if !y.count(v.appendCell(room[:0], i), 1) {
			return errTooManyValues()
		}
	}
	return ctx.Err()
}

// count adds n cells of a value; false where there are too many different ones.
func (y *tally) count(text []byte, n int) bool {
	if at, ok := y.places[string(text)]; ok {
		y.values[at].Rows += n
		return true
	}
	one := Count{Text: string(text), Rows: n}
	y.places[one.Text] = len(y.values)
	y.values = append(y.values, one)
	y.bytes += len(text)
	return len(y.values) <= mostCounted && y.bytes <= countBytes
}

func errTooManyValues() error {
	return &QueryError{format.Say("this column has more than {{.Most}} different values, or very long ones, which are too many to choose from: type a part of the text", "Most", mostCounted)}
}

func (y *tally) counts() []Count {
	if y.nulls > 0 {
		return append(y.values, Count{Null: true, Rows: y.nulls})
	}
	return y.values
}
