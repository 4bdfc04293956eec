package columns

import "fabricportal/internal/services/importfile/spreadsheet/cells"

// Unsaved is a cell with a formula and no value.
type Unsaved struct {
	Row    uint16 // in the batch
	Column int
	Saved  bool // the value is a text without characters, else none was saved
}

func (a *adder) countFormulas(run []cells.Cell) {
	for i := range run {
		c := &run[i]
		switch {
		case !c.Formula:
		case c.Kind == cells.Empty:
			a.rows.Unsaved = append(a.rows.Unsaved, Unsaved{Row: c.Row, Column: a.position, Saved: c.Bits != 0})
		default:
			a.formulas++
			if c.Kind == cells.Number && c.Num() == 0 {
				a.zeroFormulas++
			}
		}
	}
}

// Formulas are the formulas of a column's cells.
type Formulas struct{ All, Zero, Empty, Unsaved int64 }

// Formulas counts all formulas of the column: those with a value (Zero of them are the number 0), those with an empty text as their value,
// and those without a saved value. The caller knows the last two from Rows.Unsaved.
func (c *Column) Formulas(empty, unsaved int64) Formulas {
	return Formulas{All: c.formulas + empty + unsaved, Zero: c.zeroFormulas, Empty: empty, Unsaved: unsaved}
}

// Uncached is how many were never calculated, in a workbook that was never calculated as a whole or may have been
// (contract/RULES.md, Figures).
func (f Formulas) Uncached(never bool) int64 {
	if never && f.All == f.Zero+f.Unsaved {
		return f.All
	}
	return f.Unsaved
}
