package dataset

import (
	"math"
	"slices"

	"fabricportal/internal/format"
	"fabricportal/internal/services/importfile/spreadsheet/parquetfile"
)

// errTooMuchText ends the reading of a page.
var errTooMuchText = &QueryError{format.Say("the texts of a column are too long to be shown, sorted or searched here: leave the column out")}

// add takes a page's values.
func (b *builder) add(p *parquetfile.Page) error {
	value := b.wholeOf
	switch {
	case b.v.kind == Decimal:
		value = b.realOf
	case b.v.kind == Text && p.Entries != nil:
		if err := b.lookUp(p); err != nil {
			return err
		}
		value = b.entryOf
	case b.v.kind == Text:
		value = b.textOf
	}
	// Values that follow each other are taken together: a call for each would cost more than they do.
	for row, next := 0, 0; row < p.Rows; {
		values := p.Rows - row
		if p.Present != nil {
			for ; row < p.Rows && !p.Present[row]; row++ {
				b.null()
			}
			values = 0
			for ; row+values < p.Rows && p.Present[row+values]; values++ {
			}
		}
		if err := value(p, next, next+values); err != nil {
			return err
		}
		row, next = row+values, next+values
	}
	return nil
}

func (b *builder) wholeOf(p *parquetfile.Page, from, to int) error {
	low, up := b.low, b.up
	for _, word := range p.Words[from:to] {
		x := int64(word)
		low, up = min(low, x), max(up, x)
		b.wide = append(b.wide, x)
	}
	b.low, b.up = low, up
	return nil
}

func (b *builder) realOf(p *parquetfile.Page, from, to int) error {
	for _, word := range p.Words[from:to] {
		b.real(math.Float64frombits(word))
	}
	return nil
}

func (b *builder) textOf(p *parquetfile.Page, from, to int) error {
	for _, word := range p.Words[from:to] {
		if !b.text(p.Text(word)) {
			return errTooMuchText
		}
	}
	return nil
}

func (b *builder) entryOf(p *parquetfile.Page, from, to int) error {
	for _, entry := range p.Entries[from:to] {
		b.codes = append(b.codes, b.listed[entry]-1)
	}
	return nil
}

// lookUp takes the texts of a dictionary that a page uses, each once for all pages that share the dictionary.
func (b *builder) lookUp(p *parquetfile.Page) error {
	if b.group != p.Group {
		b.group, b.listed = p.Group, b.listed[:0]
	}
	if len(p.Entries) == 0 {
		return nil
	}
	if missing := int(slices.Max(p.Entries)) + 1 - len(b.listed); missing > 0 {
		b.listed = append(b.listed, make([]uint32, missing)...)
	}
	for i, entry := range p.Entries {
		if b.listed[entry] == 0 {
			code, ok := b.entry(p.Text(p.Words[i]))
			if !ok {
				return errTooMuchText
			}
			b.listed[entry] = code + 1
		}
	}
	return nil
}
