package spreadsheet

import (
	"bytes"
	"context"
	"errors"
	"strings"

	"fabricportal/internal/format"
	"fabricportal/internal/services/importfile/scratch"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// Sheets are the worksheets in their order; none for other files than workbooks.
func (f *File) Sheets() []Sheet {
	if f.book == nil {
		return nil
	}
	return f.book.sheets
}

// SheetName is the sheet that is read, the first visible one unless another was selected; ok is false for other files
// than workbooks.
func (f *File) SheetName() (name string, ok bool) {
	if f.sheet < 0 {
		return "", false
	}
	return f.book.sheets[f.sheet].Name, true
}

// SelectSheet makes Batches read the sheet with a name, hidden or not. Where there is none, or no sheets at all, the error
// is an *UnreadableError.
func (f *File) SelectSheet(name string) error {
	for i, s := range f.Sheets() {
		if s.Name == name {
			f.sheet = i
			return nil
		}
	}
	for i, s := range f.Sheets() { // Excel tells no upper from lower case in names of sheets
		if strings.EqualFold(s.Name, name) {
			f.sheet = i
			return nil
		}
	}
	if f.book == nil {
		return unreadable(f.path, format.Say("{{.File}} has no sheets: leave out the name of one.", "File", f.name))
	}
	return unreadable(f.path, format.Say("{{.File}} has no sheet “{{.Sheet}}”: choose one of its {{.Sheets}} sheets.", "File", f.name, "Sheet", name, "Sheets", len(f.book.sheets)))
}

// Macros says whether a workbook carries macros; they are never run.
func (f *File) Macros() bool {
	return f.archive != nil && f.archive.count("xl/", "vbaproject.bin") > 0
}

// ExternalLinks is the number of other workbooks that a workbook refers to.
func (f *File) ExternalLinks() int {
	if f.archive == nil {
		return 0
	}
	return f.archive.count("xl/externallinks/externallink", ".xml")
}

// macroEnabled says whether the package calls itself a workbook with macros.
func (a *archive) macroEnabled() bool {
	enabled := false
	err := a.parse("[content_types].xml", func(x *xmlReader) error {
		kind := x.attribute("ContentType")
		enabled = enabled || strings.Contains(kind, ".macroEnabled.main")
		return nil
	})
	return err == nil && enabled
}

// sheetBatches opens the sheet; head is as in batches.
func (f *File) sheetBatches(ctx context.Context, head int) (_ *sheetBatches, err error) {
	f.archive.left = f.limits.InflatedBytes
	r := &sheetBatches{ctx: ctx, name: f.name, date1904: f.book.date1904, limits: f.limits, head: head, book: f, tokens: f.tokens}
	r.formats, r.styleErr = readStyles(f.archive, f.book.styles)
	// The sheet's beginning is unpacked while the table of texts is read.
	if err := r.open(f.sheet); err != nil {
		return nil, err
	}
	given := false
	defer func() {
		if !given {
			_ = r.Close()
		}
	}()
	shared := &sharedStrings{unread: true}
	if head == 0 {
		shared = readSharedStrings(f.archive, f.book.shared, maxSharedStrings+1, ctx.Err)
	}
	r.refersTo(shared)
	err = ctx.Err()
	if disk := (*scratch.Error)(nil); errors.As(shared.err, &disk) {
		err = unread(f.path, disk, format.Say("{{.File}} has more texts than fit into memory, and {{.Why}}.", "File", f.name, "Why", disk))
	}
	given = err == nil
	return r, err
}

// refersTo says which table of texts the cells refer to.
func (r *sheetBatches) refersTo(shared *sharedStrings) {
	r.shared, r.known, r.inMemory = shared, shared.count(), shared.texts.Len()
	if shared.unread {
		r.inMemory = r.known
	}
}

// open begins to read a sheet.
func (r *sheetBatches) open(sheet int) error {
	f := r.book
	r.sheet = f.book.sheets[sheet].Name
	var err error
	if r.part, err = f.archive.open(f.book.targets[sheet]); err != nil {
		return unread(f.path, err, format.Say(
			"{{.File}} is damaged: the data of its sheet “{{.Sheet}}” can't be found; copy or download it again.", "File", f.name, "Sheet", r.sheet))
	}
	if r.x, err = r.part.xml(r.head == 0); err != nil {
		r.stop(err)
	}
	return nil
}

// readNeeded reads as much of the table of texts as the cells of a batch need.
func (r *sheetBatches) readNeeded(b *cells.Batch) {
	needed := 0
	for _, column := range b.Columns {
		for _, c := range column {
			if c.Kind == cells.Shared {
				needed = max(needed, int(c.Bits)+1)
			}
		}
	}
	shared := readSharedStrings(r.book.archive, r.book.book.shared, needed, r.ctx.Err)
	known := shared.texts.Len()
	for i, column := range b.Columns {
		kept := column[:0]
		for _, c := range column {
			switch {
			case c.Kind == cells.Shared && int(c.Bits) >= shared.count() && errors.Is(shared.err, ErrFurther):
				b.Own(&c, []byte(unreadText))
				c.Kind = cells.Error
			case c.Kind == cells.Shared && int(c.Bits) >= shared.count():
				continue
			case c.Kind == cells.Shared && int(c.Bits) >= known:
				b.Own(&c, shared.rest.at(int(c.Bits)-known))
			}
			kept = append(kept, c)
		}
		b.Columns[i] = kept
	}
	_ = shared.close()
	// In place, for Texts has given its address away.
	r.shared.texts = shared.texts
}

// unreadText stands for a text that stands further down in the table of texts than was to be looked at: no file has it.
const unreadText = "\x00further"

// Unread says of a cell of a file's Head that it has a text which was not read, as too much would have to be read for it.
func Unread(c Cell) bool { return c.Kind == Error && string(c.Text) == unreadText }

// SheetsWithData says of each sheet of a workbook whether a cell of it has a value. Of a sheet that was not read it looks
// for the first such cell. Batches is what the file's Batches gave, for its table of texts.
func (f *File) SheetsWithData(ctx context.Context, batches Batches) []bool {
	if ahead, ok := batches.(*batchesAhead); ok {
		batches = ahead.src
	}
	read, ok := batches.(*sheetBatches)
	if !ok {
		return nil
	}
	has := make([]bool, len(f.book.sheets))
	for i := range has {
		other := &sheetBatches{ctx: ctx, name: f.name, limits: f.limits, head: 1, book: f}
		other.refersTo(read.shared)
		if other.open(i) != nil {
			continue
		}
		var b cells.Batch
		for !has[i] && other.Next(&b) {
			has[i] = anyValue(&b, other.Texts())
		}
		_ = other.part.Close()
	}
	return has
}

func anyValue(b *cells.Batch, texts *cells.Texts) bool {
	for i, column := range b.Columns {
		for _, c := range column {
			cell := CellOf(b, texts, i, c)
			if cell.Kind != Empty && (cell.Kind != Text || len(bytes.TrimSpace(cell.Text)) > 0) {
				return true
			}
		}
	}
	return false
}
