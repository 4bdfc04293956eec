package verdict

import (
	"maps"
	"slices"
	"time"

	"fabricportal/contract"
)

// ofCells is what the profile found that people do not expect in a file.
func ofCells(p *contract.ImportProfile) Findings {
	var out Findings
	look := func(f Finding) {
		f.Level = Warns
		switch f.Kind {
		case HiddenRows, DuplicateRows, ShortRows, LongRows:
			f.Rows = f.Count
		case StoredAsText, FormulasUncached, ErrorCells, Misfits:
			f.Rows, f.Cells = f.Count, f.Count
		}
		out = append(out, f)
	}
	for _, s := range p.Sheets {
		if s.Hidden && s.HasData {
			look(Finding{Kind: HiddenSheet, Names: []string{s.Name}, Count: 1})
		}
	}
	if n := len(p.LeftOutColumns); n > 0 {
		look(Finding{Kind: LeftOutColumns, Names: p.LeftOutColumns, Count: int64(n)})
	}
	if p.HiddenRows > 0 {
		look(Finding{Kind: HiddenRows, Count: p.HiddenRows})
	}
	if p.Macros {
		look(Finding{Kind: Macros, Count: 1})
	}
	if p.ExternalLinks > 0 {
		look(Finding{Kind: ExternalLinks, Count: int64(p.ExternalLinks)})
	}
	if p.DuplicateRows > 0 {
		look(Finding{Kind: DuplicateRows, Count: p.DuplicateRows})
	}
	if text := p.File.Text; text != nil {
		if n := text.ShortRows.Count; n > 0 {
			look(Finding{Kind: ShortRows, Count: n, Ragged: &text.ShortRows})
		}
		if n := text.LongRows.Count; n > 0 {
			look(Finding{Kind: LongRows, Count: n, Ragged: &text.LongRows})
		}
	}
	if r := p.DateRange; r != nil && p.Complete && mostDaysThere(r) {
		look(Finding{Kind: MissingDays, Column: r.Column, Count: r.MissingDays})
	}
	for _, c := range p.Columns {
		name := c.NormalizedName
		text := c.StoredAsText.Numbers + c.StoredAsText.Dates
		if text > 0 {
			look(Finding{Kind: StoredAsText, Column: name, Count: text, Examples: c.StoredAsText.Examples})
		}
		if n := c.FormulasUncached; n > 0 {
			look(Finding{Kind: FormulasUncached, Column: name, Count: n})
		}
		var errors int64
		for _, n := range c.Errors {
			errors += n
		}
		if errors > 0 {
			look(Finding{Kind: ErrorCells, Column: name, Count: errors, Names: slices.Sorted(maps.Keys(c.Errors))})
		}
		// Numbers as texts are misfits too, and so are errors: what is said of them is not said again.
		if n := c.Misfits.Count; n > text && !(n <= text+errors && areErrors(c)) {
			look(Finding{Kind: Misfits, Column: name, Count: n, Examples: c.Misfits.Examples})
		}
	}
	return out
}

// areErrors tells whether the misfits that a column names are cells that show an error, or texts that are said of already.
func areErrors(c contract.Column) bool {
	for _, e := range c.Misfits.Examples {
		_, shows := c.Errors[e.Value]
		if !shows && !slices.ContainsFunc(c.StoredAsText.Examples, func(o contract.Example) bool { return o.Cell == e.Cell }) {
			return false
		}
	}
	return len(c.Misfits.Examples) > 0
}

// mostDaysThere says that some of the range's days have no row, and at least 90 % have one (contract/RULES.md): of sparse
// days, as in monthly data, or where one day of each week is closed, a missing one means nothing.
func mostDaysThere(r *contract.DateRange) bool {
	return r.MissingDays > 0 && r.MissingDays*10 <= Days(r.Min, r.Max)
}

// Days counts the days (YYYY-MM-DD) from one to another, both included; 0 where one of them is none.
func Days(from, to string) int64 {
	first, errFirst := time.Parse(time.DateOnly, from)
	last, errLast := time.Parse(time.DateOnly, to)
	if errFirst != nil || errLast != nil {
		return 0
	}
	return (last.Unix()-first.Unix())/(24*60*60) + 1
}
