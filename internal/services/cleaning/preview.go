package cleaning

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"fabricportal/internal/services/spreadsheet"
)

// ChangeKind says what becomes of a row or a cell.
type ChangeKind string

// The kinds of changes.
const (
	WithoutID ChangeKind = "no_order_id" // the row is left out: it has no order_id
	Repeated  ChangeKind = "repeated_id" // the row is left out: an earlier one has its order_id
	Emptied   ChangeKind = "emptied"     // what is no date or no number becomes empty
	Reread    ChangeKind = "reread"      // the same value in the form of its column, such as a date that stood there as text
	Trimmed   ChangeKind = "trimmed"     // blanks at its ends go
)

// LeftOut tells whether the whole row is left out.
func (k ChangeKind) LeftOut() bool { return k == WithoutID || k == Repeated }

// Change is a row that is left out, or a cell that will be written otherwise than it stands.
type Change struct {
	Kind          ChangeKind
	Row           int    // its number in the file
	Cell          string // such as H17; "" for a whole row
	Column        string // normalised; "" for a whole row
	Before, After string // at most 80 characters of each
}

// Renaming is a column that gets another name.
type Renaming struct{ From, To string }

// Preview is what the cleaning will do with the first rows of a file (contract/RULES.md, Cleaning).
type Preview struct {
	Renamed []Renaming
	Rows    int64 // rows looked at
	Whole   bool  // they are all rows
	Counts  map[ChangeKind]int64
	Changes []Change // the first ones, in the order of the file
}

// PreviewOptions says what is looked at; the zero value is valid.
type PreviewOptions struct {
	Sheet     string // "": the first visible one
	HeaderRow int    // 0: the first row with a value
	Rows      int64  // 20,000 where 0
	Changes   int    // 200 where 0
	Limits    spreadsheet.Limits
}

const (
	previewRows    = 20_000
	previewChanges = 200
	previewRunes   = 80
)

// ReadPreview applies the cleaning to the first rows of a file without writing anything. A file that can't be read is a
// *spreadsheet.UnreadableError; one that is damaged further down gives what came before.
func ReadPreview(ctx context.Context, path string, o PreviewOptions) (_ *Preview, err error) {
	defer spreadsheet.Recovered(path, &err)
	file, err := spreadsheet.Open(ctx, path, o.Limits)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	if o.Sheet != "" {
		if err := file.SelectSheet(o.Sheet); err != nil {
			return nil, err
		}
	}
	rows, err := file.Rows(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	p := &previewer{Preview: Preview{Counts: map[ChangeKind]int64{}}, csv: file.Format() == spreadsheet.CSV, most: o.Changes}
	if p.most == 0 {
		p.most = previewChanges
	}
	limit := o.Rows
	if limit == 0 {
		limit = previewRows
	}
	defer func() {
		if p.cleaner != nil {
			p.cleaner.Close()
		}
	}()
	for p.Rows < limit {
		if !rows.Next() {
			p.Whole = rows.Err() == nil
			break
		}
		switch {
		case p.cleaner != nil:
			p.row(rows.Row(), rows.RowNumber())
		case rows.RowNumber() >= o.HeaderRow:
			p.begin(rows.Row(), rows.RowNumber())
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return &p.Preview, nil
}

type previewer struct {
	Preview
	csv     bool
	most    int
	header  Header
	cleaner *Cleaner
	numbers [4]int // the columns of numbers
	values  []Value
}

func (p *previewer) begin(cells []spreadsheet.Cell, number int) {
	header, ok := ReadHeader(cells, number)
	if !ok {
		return
	}
	p.header, p.cleaner, p.values = header, NewCleaner(&header), make([]Value, len(header.Names))
	p.cleaner.seen.set.Most = -1 // changes are shown in the file's order: none can wait for the end
	c := header.Columns()
	p.numbers = [4]int{c.Quantity, c.UnitPrice, c.Discount, c.Revenue}
	for i, name := range header.Names {
		if name != header.Normalized[i] {
			p.Renamed = append(p.Renamed, Renaming{name, header.Normalized[i]})
		}
	}
}

func (p *previewer) row(cells []spreadsheet.Cell, number int) {
	clear(p.values)
	filled := false
	for _, c := range cells {
		if c.Column < len(p.values) {
			p.values[c.Column] = Read(c, p.csv)
			filled = filled || p.values[c.Column].Kind != Null
		}
	}
	if !filled {
		return
	}
	p.Rows++
	r := p.cleaner.Clean(p.values, number)
	switch {
	case len(r.OrderID) == 0:
		p.note(Change{Kind: WithoutID, Row: number})
		return
	case r.Repeated:
		p.note(Change{Kind: Repeated, Row: number, Before: short(string(r.OrderID))})
		return
	}
	for _, c := range cells {
		if c.Column < len(p.values) {
			p.cell(c, r, number)
		}
	}
}

// cell compares a cell with what will be written of it.
func (p *previewer) cell(c spreadsheet.Cell, r *Row, number int) {
	v := p.values[c.Column]
	if v.Kind == Null {
		return
	}
	isText := c.Kind == spreadsheet.Text
	change := Change{Row: number, Cell: spreadsheet.Address(c.Column, number), Column: p.header.Normalized[c.Column], Before: string(v.AppendText(nil)), After: string(v.AppendText(nil))}
	if isText {
		change.Before = string(c.Text)
	}
	trimmed := strings.TrimSpace(change.Before)
	switch {
	case c.Column == r.Columns.OrderDate && r.BadDate:
		change.Kind, change.After = Emptied, ""
	case c.Column == r.Columns.OrderDate:
		change.Kind, change.After = Reread, DayText(r.Day)
	case p.isNumber(c.Column):
		if _, ok := v.Number(); !ok {
			change.Kind, change.After = Emptied, ""
		} else if isText && !p.csv {
			change.Kind = Reread
			change.After = trimmed
		}
	case isText && trimmed != change.Before:
		change.Kind, change.After = Trimmed, trimmed
	}
	if change.Kind == "" || change.Kind == Reread && change.Before == change.After && p.csv {
		return
	}
	if change.Kind == Reread && !isText { // a date is a date, however a spreadsheet shows it
		return
	}
	change.Before, change.After = short(change.Before), short(change.After)
	p.note(change)
}

func (p *previewer) isNumber(column int) bool {
	for _, n := range p.numbers {
		if n == column {
			return true
		}
	}
	return false
}

func (p *previewer) note(c Change) {
	p.Counts[c.Kind]++
	if len(p.Changes) < p.most {
		p.Changes = append(p.Changes, c)
	}
}

func short(s string) string {
	if utf8.RuneCountInString(s) <= previewRunes {
		return s
	}
	return string([]rune(s)[:previewRunes-1]) + "…"
}

// Sentence is a change in words, in English.
func (c Change) Sentence() string {
	switch c.Kind {
	case WithoutID:
		return fmt.Sprintf("row %d is left out: it has no order_id", c.Row)
	case Repeated:
		return fmt.Sprintf("row %d is left out: an earlier one has its order_id “%s”", c.Row, c.Before)
	case Emptied:
		return fmt.Sprintf("%s (%s): “%s” becomes empty", c.Cell, c.Column, c.Before)
	}
	return fmt.Sprintf("%s (%s): “%s” becomes “%s”", c.Cell, c.Column, c.Before, c.After)
}
