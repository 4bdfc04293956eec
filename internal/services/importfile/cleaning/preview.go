package cleaning

import (
	"fmt"
	"unicode/utf8"

	"fabricportal/internal/services/importfile/reading"
	"fabricportal/internal/services/importfile/spreadsheet"
)

// ChangeKind says what becomes of a row or a cell.
type ChangeKind string

// The kinds of changes.
const (
	WithoutID ChangeKind = "no_order_id" // the row is left out: it has no order_id
	Repeated  ChangeKind = "repeated_id" // the row is left out: an earlier one has its order_id
	Dropped   ChangeKind = "no_order"    // the row is left out: it is no order, or a delimiter has shifted it
	Emptied   ChangeKind = "emptied"     // what is no date or no number becomes empty
	Reread    ChangeKind = "reread"      // the same value in the form of its column, such as a date that stood there as text
	Trimmed   ChangeKind = "trimmed"     // blanks at its ends go
)

// LeftOut tells whether the whole row is left out.
func (k ChangeKind) LeftOut() bool { return k == WithoutID || k == Repeated || k == Dropped }

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

// PreviewOptions limits how many rows are looked at and how many changes are noted. The zero value is valid.
type PreviewOptions struct {
	Rows    int64 // 20,000 where 0
	Changes int   // 200 where 0
}

const (
	previewRows    = 20_000
	previewChanges = 200
	previewRunes   = 80
)

// Previewer applies the cleaning to the rows one after the other, and notes the changes. It writes nothing. Close it after use.
type Previewer struct {
	preview Preview
	csv     bool
	rows    int64   // at most
	changes int     // at most
	header  *Header // with the roles' names
	cleaner *Cleaner
	dressed *Dressing
	numbers [4]int // the columns of numbers
	read    []bool // by column: its texts stand for dates or numbers
	values  []Value
}

// NewPreviewer makes a previewer for the rows below a header; csv is as in Read.
func NewPreviewer(h *Header, csv bool, how How, o PreviewOptions) *Previewer {
	p := &Previewer{preview: Preview{Counts: map[ChangeKind]int64{}}, csv: csv, rows: o.Rows, changes: o.Changes,
		cleaner: NewCleaner(h, how), dressed: how.Dress(h, csv), values: make([]Value, len(h.Names)), read: make([]bool, len(h.Names))}
	if p.rows == 0 {
		p.rows = previewRows
	}
	if p.changes == 0 {
		p.changes = previewChanges
	}
	p.cleaner.seen.set.Most = -1 // changes are shown in the file's order: none can wait for the end
	c := h.Columns()
	p.numbers = [4]int{c.Quantity, c.UnitPrice, c.Discount, c.Revenue}
	for _, column := range [...]int{c.OrderDate, c.Quantity, c.UnitPrice, c.Discount, c.Revenue} {
		if column >= 0 {
			p.read[column] = true
		}
	}
	named := h.Named(c)
	p.header = &named
	for i, name := range h.Names {
		if name != named.Normalized[i] {
			p.preview.Renamed = append(p.preview.Renamed, Renaming{name, named.Normalized[i]})
		}
	}
	return p
}

// Close frees the space on disk.
func (p *Previewer) Close() { p.cleaner.Close() }

// Enough says that no more rows are looked at.
func (p *Previewer) Enough() bool { return p.preview.Rows >= p.rows }

// Preview is what was seen; whole says that there are no more rows in the file.
func (p *Previewer) Preview(whole bool) *Preview {
	out := p.preview
	out.Whole = whole
	return &out
}

// Row takes the next row's cells. One without a value is none.
func (p *Previewer) Row(cells []spreadsheet.Cell, number int, fate reading.Fate) {
	clear(p.values)
	filled := false
	for _, c := range cells {
		if c.Column < len(p.values) {
			// What stands for no date or number is not read as one: it stays as it is, but for the blanks at its ends.
			v := Read(c, p.csv && p.read[c.Column])
			if p.read[c.Column] {
				v = p.dressed.Read(c.Column, v)
			}
			p.values[c.Column] = v
			filled = filled || p.values[c.Column].Kind != Null
		}
	}
	if !filled {
		return
	}
	p.preview.Rows++
	r := p.cleaner.Clean(p.values, number, fate)
	switch {
	case r.Fate == reading.NoOrder, r.Fate == reading.Shifted:
		p.note(Change{Kind: Dropped, Row: number, Before: short(string(r.OrderID))})
		return
	case len(r.OrderID) == 0:
		p.note(Change{Kind: WithoutID, Row: number})
		return
	case r.Repeated && !r.Line:
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
func (p *Previewer) cell(c spreadsheet.Cell, r *Row, number int) {
	v := p.values[c.Column]
	isText := c.Kind == spreadsheet.Text
	var kind ChangeKind
	switch {
	case v.Kind == Null:
		return
	case c.Column == r.Columns.OrderDate && r.BadDate:
		kind = Emptied
	case c.Column == r.Columns.OrderDate:
		kind = Reread
	case p.isNumber(c.Column):
		if _, ok := v.Number(); !ok {
			kind = Emptied
		} else if isText && (!p.csv || !plainNumber(v)) {
			kind = Reread
		}
	case isText && len(v.Text) != len(c.Text):
		kind = Trimmed
	}
	if kind == "" || kind == Reread && !isText { // a date is a date, however a spreadsheet shows it
		return
	}
	before, after := string(c.Text), ""
	switch {
	case !isText:
		before = string(v.AppendText(nil))
	case kind == Reread && c.Column == r.Columns.OrderDate:
		after = DayText(r.Day)
	case kind == Reread && !plainNumber(v):
		after = string(Value{Kind: v.Kind, Num: v.Num}.AppendText(nil))
	case kind != Emptied:
		after = string(v.Text)
	}
	if kind == Reread && before == after && p.csv {
		return
	}
	p.note(Change{Kind: kind, Row: number, Cell: spreadsheet.Address(c.Column, number), Column: p.header.Normalized[c.Column], Before: short(before), After: short(after)})
}

// plainNumber says that a text is the number that it stands for, as the rules as they stand read it.
func plainNumber(v Value) bool {
	n, ok := v.Number()
	plain, is := ReadText(v.Text).Number()
	return ok && is && n == plain
}

func (p *Previewer) isNumber(column int) bool {
	for _, n := range p.numbers {
		if n == column {
			return true
		}
	}
	return false
}

func (p *Previewer) note(c Change) {
	p.preview.Counts[c.Kind]++
	if len(p.preview.Changes) < p.changes {
		p.preview.Changes = append(p.preview.Changes, c)
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
	case Dropped:
		return fmt.Sprintf("row %d is left out: it is no order, or a delimiter has shifted it", c.Row)
	case Emptied:
		return fmt.Sprintf("%s (%s): “%s” becomes empty", c.Cell, c.Column, c.Before)
	}
	return fmt.Sprintf("%s (%s): “%s” becomes “%s”", c.Cell, c.Column, c.Before, c.After)
}
