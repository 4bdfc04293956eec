package rows

import (
	"context"

	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/hits"
	"fabricportal/internal/services/importfile/spreadsheet"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// The kinds of findings that a column by itself tells, as package verdict names them: their cells are looked for when they are
// asked for, in the time in which a column is read.
const (
	StoredAsText     = "stored_as_text"
	FormulasUncached = "formulas_uncached"
	ErrorCells       = "error_cells"
	Misfits          = "misfits"
)

// Cells are all cells that a finding is about; nil where it is about no cells, or about none that can be told. They must not be
// asked for before the file was read to its end. Errors as Read.
func (k *Kept) Cells(ctx context.Context, key hits.Key) (*hits.Cells, error) {
	column := -1
	switch key.Kind {
	case StoredAsText, FormulasUncached, ErrorCells, Misfits:
		if column = k.Column(key.Column); column < 0 {
			return nil, nil //nolint:nilnil // the file has no such column, and so no such cells
		}
	default:
		return k.book.Find(hits.Key{Kind: key.Kind, Code: key.Code}), nil
	}
	is := map[string]func(column int) (func(*Cell) bool, error){
		StoredAsText: k.storedAsText, ErrorCells: k.showsError,
		FormulasUncached: func(column int) (func(*Cell) bool, error) { return k.uncached(ctx, column) }, Misfits: k.misfit,
	}[key.Kind]
	holds, err := is(column)
	if err != nil {
		return nil, err
	}
	places := &hits.Set{}
	err = k.Read(ctx, 0, -1, column, func(p *Piece) error {
		for i := range p.Cells {
			if holds(&p.Cells[i]) {
				places.Add(p.From + i)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := &hits.Cells{}
	return out, k.Read(ctx, 0, -1, Numbers, func(p *Piece) error {
		for i, number := range p.Numbers {
			if places.Has(p.From + i) {
				out.Add(int(number), column)
			}
		}
		return nil
	})
}

func (k *Kept) showsError(int) (func(*Cell) bool, error) {
	return func(c *Cell) bool { return c.Kind == cells.Error && len(cleaning.Trim(c.Text)) > 0 }, nil
}

// storedAsText is a text of a workbook that reads as a number or a date.
func (k *Kept) storedAsText(int) (func(*Cell) bool, error) {
	return func(c *Cell) bool {
		if c.Kind != cells.Text || k.csv || k.format == spreadsheet.Parquet { // there every value is a text, or is meant as one
			return false
		}
		v := cleaning.Value{Kind: cleaning.Text, Text: cleaning.Trim(c.Text)}
		if len(v.Text) == 0 {
			return false
		}
		if _, ok := v.Number(); ok {
			return true
		}
		_, ok := v.Day()
		return ok
	}, nil
}

// uncached is a formula that was never calculated, as columns.Formulas.Uncached counts them.
func (k *Kept) uncached(ctx context.Context, column int) (func(*Cell) bool, error) {
	unsaved := func(c *Cell) bool { return c.Kind == cells.Empty && c.Bits == 0 }
	all := k.never
	if all {
		err := k.Read(ctx, 0, -1, column, func(p *Piece) error {
			for i := range p.Cells {
				c := &p.Cells[i]
				if c.Formula && !unsaved(c) && !(c.Kind == cells.Number && cells.Cell{Bits: c.Bits}.Num() == 0) {
					all = false
					return ErrEnough
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return func(c *Cell) bool { return c.Formula && (all || unsaved(c)) }, nil
}

// families are the kinds that fit into a column of a type.
var families = map[string][]cleaning.Kind{
	"integer": {cleaning.Integer, cleaning.Decimal}, "decimal": {cleaning.Integer, cleaning.Decimal},
	"date": {cleaning.Date, cleaning.DateTime}, "datetime": {cleaning.Date, cleaning.DateTime},
	"time": {cleaning.Time}, "boolean": {cleaning.Boolean}, "text": {cleaning.Text},
}

// misfit is a value of another kind than its column's.
func (k *Kept) misfit(column int) (func(*Cell) bool, error) {
	of := families[k.Type(column)]
	if of == nil { // a column of all kinds has none that does not fit
		return func(*Cell) bool { return false }, nil
	}
	var fits [cleaning.Kinds]bool
	for _, kind := range of {
		fits[kind] = true
	}
	fits[cleaning.Null] = true
	return func(c *Cell) bool {
		if !k.csv { // the profile has what is stored
			return !fits[cleaning.Read(c.as(column), false).Kind]
		}
		return !fits[k.Value(column, c).Kind]
	}, nil
}
