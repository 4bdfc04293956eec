package dataset

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"fabricportal/internal/format"
)

// View works out a query. Errors: *FileError, *QueryError, or the context's. progress may be nil.
func (t *Table) View(ctx context.Context, q Query, progress Progress) (*View, error) {
	q.Filters, q.Sort = slices.Clone(q.Filters), slices.Clone(q.Sort)
	v := &View{table: t, query: q, rows: t.rows}
	if err := t.checkQuery(q); err != nil || q.Plain() {
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
		chosen := newSelection(t.rows, true)
		for _, f := range q.Filters {
			passes, err := t.passing(ctx, f)
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
					passes, err := t.passing(ctx, Filter{Column: c, Op: Contains, Text: q.Search})
					if err != nil {
						return err
					}
					found.or(passes)
				}
				step()
			}
			chosen.and(found)
		}
		rows := chosen.rows()
		for _, o := range slices.Backward(q.Sort) {
			vectors, err := t.cache.get(ctx, []int{o.Column})
			if err != nil {
				return err
			}
			if rows, err = sortRows(ctx, rows, vectors[0], o.Descending); err != nil {
				return err
			}
			step()
		}
		v.index, v.rows = rows, len(rows)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return v, nil
}

func (t *Table) checkQuery(q Query) error {
	columns := slices.Clone(q.SearchIn)
	for _, f := range q.Filters {
		if f.Op < Contains || f.Op > NotContain {
			return &QueryError{Sentence: "a filter asks for something that this program does not know: remove it"}
		}
		columns = append(columns, f.Column)
	}
	for _, o := range q.Sort {
		columns = append(columns, o.Column)
	}
	return t.checkColumns(columns)
}

// sortable is the number of rows up to which columns are read whole: a gigabyte of numbers.
const sortable = 1 << 27

func (t *Table) checkRows() error {
	if t.rows > sortable {
		return &QueryError{Sentence: format.N(int64(t.rows), "the data has {{.N}} row, and at most {{.Most}} can be sorted and filtered here",
			"the data has {{.N}} rows, and at most {{.Most}} can be sorted and filtered here", "Most", format.Count(sortable))}
	}
	return nil
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
		vectors, err := t.cache.get(ctx, []int{column})
		if err != nil {
			return err
		}
		values, err = vectors[0].counts(ctx)
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	slices.SortFunc(values, func(a, b Count) int {
		if a.Rows != b.Rows {
			return b.Rows - a.Rows
		}
		return bytes.Compare([]byte(a.Text), []byte(b.Text))
	})
	return values[:min(max(limit, 0), len(values))], len(values), nil
}

func (v *vector) counts(ctx context.Context) ([]Count, error) {
	byText := map[string]int{}
	nulls := 0
	if v.kind == Text {
		entries := make([]int, v.texts.len())
		for _, code := range v.codes {
			if code == nullCode {
				nulls++
			} else {
				entries[code]++
			}
		}
		for i, n := range entries {
			if n > 0 {
				byText[v.texts.at(uint32(i))] += n
			}
		}
	} else {
		for i := range v.n {
			if i&0xffff == 0 && ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if c := v.cell(i); c.Null {
				nulls++
			} else {
				byText[c.Text]++
			}
		}
	}
	counts := make([]Count, 0, len(byText)+1)
	for text, n := range byText {
		counts = append(counts, Count{Text: text, Rows: n})
	}
	if nulls > 0 {
		counts = append(counts, Count{Null: true, Rows: nulls})
	}
	return counts, ctx.Err()
}
