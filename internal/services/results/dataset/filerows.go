package dataset

import (
	"context"
	"slices"
	"time"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/formula"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/importfile/hits"
	"fabricportal/internal/services/importfile/rows"
	"fabricportal/internal/services/importfile/spreadsheet"
	"fabricportal/internal/services/importfile/verdict"
)

// FileRows is all rows of an import file as they stand in it, as a table whose first column is the numbers of the rows. A column
// of numbers or dates is sorted and filtered by them; its other cells come behind, in the order of their texts.
type FileRows struct {
	Result   *analysis.Result // of the reading by which the rows are here; nil of rows that are still read
	Findings []FileFinding    // those that are about cells, in the order of the verdict

	Every *hits.Cells // the cells of all of them, each once

	kept    *rows.Kept
	table   *Table
	columns []Column
	precise []bool // by column: its values alone tell its order
}

// FileFinding is all cells that a finding is about.
type FileFinding struct {
	verdict.Finding
	Cells *hits.Cells
}

// FileRowsSoFar is the rows that a keeper has by now, to be looked at while it goes on: they can't be sorted yet. It is nil where there are none.
func FileRowsSoFar(ctx context.Context, k *rows.Keeper, how FileReading) *FileRows {
	if kept := k.Now(); kept != nil && kept.Rows() > 0 {
		return newFileRows(ctx, kept, how, false)
	}
	return nil
}

// OpenFileRows is all rows that a keeper has when the file was read, with the cells of all that was found. Close it. Errors:
// rows.ErrNoRows, *scratch.Error, or that of ctx.
func OpenFileRows(ctx context.Context, k *rows.Keeper, r *analysis.Result, how FileReading) (*FileRows, error) {
	kept, err := k.Take()
	if err != nil {
		return nil, err
	}
	f := newFileRows(ctx, kept, how, true)
	f.Result = r
	for i, c := range r.Profile.Columns {
		if i < len(kept.Names()) {
			f.precise[i+1] = c.Misfits.Count == 0
		}
	}
	f.Every = &hits.Cells{}
	for _, found := range verdict.Of(r) {
		if found.Level > verdict.Warns || found.Count == 0 {
			continue
		}
		key := found.Key()
		cells, err := kept.Cells(ctx, hits.Key{Kind: string(key.Kind), Code: key.Code, Column: key.Column})
		if err != nil {
			_ = f.Close()
			return nil, err
		}
		if cells.Len() > 0 {
			f.Findings = append(f.Findings, FileFinding{found, cells})
			f.Every.Merge(cells)
		}
	}
	return f, nil
}

// seenEvery is how often the rows that are there by now are shown while a file is read.
const seenEvery = 250 * time.Millisecond

// FileReading is how the rows of a file are shown.
type FileReading struct {
	Title  string                  // of the column of the rows' numbers
	Beyond string                  // of the column of what stands behind the last one, where a row has such values
	Known  *contract.ImportProfile // what is known of the file, by which columns have their kinds while it is read; nil for nothing
	// Seen is told the rows that are there while the file is read, on the caller's goroutine: they are gone when that has ended.
	Seen func(*FileRows)
}

// ReadFileRows reads a file as o says and keeps all its rows, with the cells of all that was found in them; o is what the file was
// analysed with, so that the same is found. Close what is given. Errors are those of analysis.File and OpenFileRows.
func ReadFileRows(ctx context.Context, src spreadsheet.Source, o analysis.Options, how FileReading) (*FileRows, error) {
	keeper := &rows.Keeper{Known: how.Known}
	defer keeper.Close()
	o.Keep, o.Parts = keeper, analysis.Profile|analysis.KPIs|analysis.Rules
	tell := o.Progress
	var last time.Time
	o.Progress = func(r analysis.Progress) {
		if tell != nil {
			tell(r)
		}
		if now := time.Now(); now.Sub(last) >= seenEvery {
			if soFar := FileRowsSoFar(ctx, keeper, how); soFar != nil {
				last = now
				how.Seen(soFar)
			}
		}
	}
	found, err := analysis.Source(ctx, src, o)
	if err != nil {
		return nil, err
	}
	return OpenFileRows(ctx, keeper, found, how)
}

func newFileRows(ctx context.Context, kept *rows.Kept, how FileReading, own bool) *FileRows {
	title, beyond := how.Title, how.Beyond
	n := len(kept.Names())
	source := &keptFile{kept: kept, rows: kept.Rows(), own: own}
	f := &FileRows{kept: kept, columns: make([]Column, 0, n+1), precise: make([]bool, n+1)}
	f.columns = append(f.columns, Column{Name: title, Kind: Integer})
	behind := make([]Column, 0, 2*n+1)
	for i, name := range kept.Names() {
		if name == title {
			name += " *"
		}
		kind := valueKind(kept.Type(i))
		if kind == DateTime && kept.Type(i) == "date" {
			kind = Date
		}
		f.columns = append(f.columns, Column{Name: name, Kind: kind})
		behind = append(behind, Column{Name: name, Kind: Text})
	}
	for i := range n {
		_, kind := source.read(n + i)
		behind = append(behind, Column{Name: behind[i].Name, Kind: kind})
	}
	behind = append(behind, Column{Name: title, Kind: Integer})
	if _, any := kept.Beyond(); any {
		f.columns = append(f.columns, Column{Name: beyond})
		behind = append(behind, Column{Name: beyond})
		f.precise = append(f.precise, false)
	}
	f.table = newTable(ctx, "", source, behind, source.rows)
	f.table.guard = formula.GuardValue
	return f
}

// Columns are the numbers of the rows, and the file's columns.
func (f *FileRows) Columns() []Column { return slices.Clone(f.columns) }

// Rows is how many rows there are.
func (f *FileRows) Rows() int { return f.table.Rows() }

// HeaderRow is the number of the header's row.
func (f *FileRows) HeaderRow() int { return f.kept.HeaderRow() }

// Close gives the space back.
func (f *FileRows) Close() error { return f.table.Close() }

// text is where a column's texts stand in the table behind.
func (f *FileRows) text(column int) int {
	switch n := len(f.kept.Names()); {
	case column == 0:
		return 2 * n
	case column <= n:
		return column - 1
	default:
		return 2*n + 1
	}
}

// value is where a column's values stand; its texts where it has none.
func (f *FileRows) value(column int) int {
	if n := len(f.kept.Names()); column > 0 && column <= n && f.columns[column].Kind != Text {
		return n + column - 1
	}
	return f.text(column)
}

func (f *FileRows) checkColumns(columns []int) error {
	for _, c := range columns {
		if c < 0 || c >= len(f.columns) {
			return &QueryError{format.Say("there is no column {{.Column}}: the last one is column {{.Last}}", "Column", c+1, "Last", len(f.columns))}
		}
	}
	return nil
}

// All is the view of all rows in the file's order. It is free.
func (f *FileRows) All() *FileView { return &FileView{file: f, view: f.table.All()} }

// View works out a question; only is a finding in whose rows alone is looked, nil for all rows. Errors as Table.View.
func (f *FileRows) View(ctx context.Context, q Query, only *hits.Cells, p Progress) (*FileView, error) {
	behind := Query{Search: q.Search}
	for _, o := range q.Filters {
		if err := f.checkColumns([]int{o.Column}); err != nil {
			return nil, err
		}
		if o.Op == InRange || o.Op == Between {
			o.Column = f.value(o.Column)
		} else {
			o.Column = f.text(o.Column)
		}
		behind.Filters = append(behind.Filters, o)
	}
	for _, o := range q.Sort {
		if err := f.checkColumns([]int{o.Column}); err != nil {
			return nil, err
		}
		value, text := f.value(o.Column), f.text(o.Column)
		if behind.Sort = append(behind.Sort, Order{value, o.Descending}); value != text && !f.precise[o.Column] {
			behind.Sort = append(behind.Sort, Order{text, o.Descending})
		}
	}
	if q.Search != "" {
		if err := f.checkColumns(q.SearchIn); err != nil {
			return nil, err
		}
		behind.SearchIn = make([]int, 0, len(f.columns))
		for c := range f.columns {
			if c > 0 && (q.SearchIn == nil || slices.Contains(q.SearchIn, c)) {
				behind.SearchIn = append(behind.SearchIn, f.text(c))
			}
		}
	}
	var given func(ctx context.Context) (selection, error)
	if only != nil {
		given = func(ctx context.Context) (selection, error) { return f.having(ctx, only) }
	}
	v, err := f.table.view(ctx, behind, given, p)
	if err != nil {
		return nil, err
	}
	return &FileView{f, v}, nil
}

// having is the rows of which a cell is one of some.
func (f *FileRows) having(ctx context.Context, cells *hits.Cells) (selection, error) {
	s := newSelection(f.table.rows, false)
	return s, f.kept.Read(ctx, 0, f.table.rows, rows.Numbers, func(p *rows.Piece) error {
		for i, number := range p.Numbers {
			if p.From+i < f.table.rows && cells.InRow(int(number)) {
				s.add(p.From + i)
			}
		}
		return nil
	})
}

// Distinct is Table.Distinct.
func (f *FileRows) Distinct(ctx context.Context, column, limit int) ([]Count, int, error) {
	if err := f.checkColumns([]int{column}); err != nil {
		return nil, 0, err
	}
	return f.table.Distinct(ctx, f.text(column), limit)
}

// FileView is rows of an import file in an order. It never changes.
type FileView struct {
	file *FileRows
	view *View
}

// Columns are those of the file.
func (v *FileView) Columns() []Column { return v.file.Columns() }

// Rows is the number of rows that the view has.
func (v *FileView) Rows() int { return v.view.Rows() }

// Window is View.Window.
func (v *FileView) Window(ctx context.Context, from, n int, columns []int) (Rows, error) {
	return v.rows(ctx, from, n, columns, v.view.Window)
}

// Shown is View.Shown.
func (v *FileView) Shown(ctx context.Context, from, n int, columns []int) (Rows, error) {
	return v.rows(ctx, from, n, columns, v.view.Shown)
}

func (v *FileView) rows(ctx context.Context, from, n int, columns []int, read func(context.Context, int, int, []int) (Rows, error)) (Rows, error) {
	columns, behind, err := v.behind(columns)
	if err != nil {
		return Rows{}, err
	}
	out, err := read(ctx, from, n, behind)
	out.Columns = columns
	return out, err
}

func (v *FileView) behind(columns []int) (all, behind []int, err error) {
	if columns == nil {
		columns = make([]int, len(v.file.columns))
		for i := range columns {
			columns[i] = i
		}
	}
	if err := v.file.checkColumns(columns); err != nil {
		return nil, nil, err
	}
	behind = make([]int, len(columns))
	for i, c := range columns {
		behind[i] = v.file.text(c)
	}
	return columns, behind, nil
}

// TSV is View.TSV; what a cell holds is not changed where it is a number.
func (v *FileView) TSV(ctx context.Context, from, n int, columns []int, header bool) (string, error) {
	_, behind, err := v.behind(columns)
	if err != nil {
		return "", err
	}
	return v.view.TSV(ctx, from, n, behind, header)
}

// Find is the place in the view of the row with a number; false where the view does not have it. Errors as Table.View.
func (v *FileView) Find(ctx context.Context, number int) (place int, ok bool, err error) {
	row, known, err := v.file.kept.Place(ctx, number)
	if err != nil || !known {
		return 0, false, fileError("", err)
	}
	place, ok = v.view.find(row)
	return place, ok, nil
}
