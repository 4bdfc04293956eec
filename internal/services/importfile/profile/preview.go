package profile

import (
	"context"
	"errors"
	"slices"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/scan"
	"fabricportal/internal/services/importfile/spreadsheet"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// DefaultPreviewRows is the number of rows of a preview.
const DefaultPreviewRows = 50

// Preview is the beginning of a file. It takes about a millisecond for a file of any size.
type Preview struct {
	Format    string
	Sheets    []contract.Sheet // of a workbook; HasData is not told
	Sheet     string           // the one that is shown; empty for other files than workbooks
	HeaderRow int              // number of the header row; 0 where there is none
	// LikelyHeader is the number of the row that probably holds the columns' names, where HeaderRow was found and is probably
	// a title above them; else 0.
	LikelyHeader int
	Names        []string // of the columns, as they stand in the header
	Rows         [][]any  // as in ImportProfile.SampleRows
	Numbers      []int    // of the rows, as a spreadsheet shows them

	// Kinds are what the columns probably hold, by these rows: the names of contract.Column's types.
	Kinds []string
	// Unread is how many cells of the rows are Unread.
	Unread int
	// NamesUnread says that the header's texts are among those that were not read, so that there are neither names nor rows.
	NamesUnread bool
	Encoding    string // of a text file, by its beginning
	Delimiter   string
}

// Unread is a cell whose text stands further down in the file than was looked at.
type Unread struct{}

func (Unread) String() string { return "…" }

// ReadPreview reads the header and the first rows of a file, 50 where rows is 0, and of a workbook's table of texts only
// as much as they need. Of opts it looks at Sheet, HeaderRow and Limits. The errors are those of File; a file that is
// damaged behind its beginning gives none, and one that is damaged within it gives what stands before.
func ReadPreview(ctx context.Context, path string, rows int, opts Options) (_ *Preview, err error) {
	defer spreadsheet.Recovered(path, &err)
	file, err := scan.Open(ctx, spreadsheet.Disk(path), opts.table())
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return PreviewOf(ctx, file, rows)
}

// PreviewOf is ReadPreview of an open file, which can be read as a whole afterwards.
func PreviewOf(ctx context.Context, file *scan.File, rows int) (*Preview, error) {
	if rows <= 0 {
		rows = DefaultPreviewRows
	}
	batches, err := file.Head(ctx, max(rows, mostTitleRows)+max(file.HeaderRow(), 1))
	if err != nil {
		return nil, err
	}
	defer func() { _ = batches.Close() }()

	t := &table{form: form(file.Format()), sampleRows: rows, guessing: true}
	var batch cells.Batch
	found, passed, namesUnread := false, false, false
	for len(t.sample) < rows && !passed && batches.Next(&batch) {
		first := 0
		if !found {
			var header cleaning.Header
			header, first, found, passed, t.cells = scan.FindHeader(&batch, batches.Texts(), file.HeaderRow(), t.cells)
			if t.unreadAbove(&batch, batches.Texts(), first, found) {
				namesUnread, found = true, false
				break
			}
			if !found {
				continue
			}
			t.begin(header, batches.Texts())
			if file.HeaderRow() == 0 {
				t.likely = t.likelyHeader(&batch, first)
			}
		}
		t.preview(&batch, first)
	}
	var damaged *spreadsheet.DamagedError
	if err := batches.Err(); err != nil && !errors.As(err, &damaged) {
		return nil, err
	}
	if file.HeaderRow() > 0 && !found && damaged == nil && !namesUnread {
		return nil, file.NoHeader()
	}
	p := &Preview{Format: string(file.Format()), HeaderRow: t.header.Row, LikelyHeader: t.likely, Names: t.header.Names, Rows: t.sample, Numbers: t.numbers,
		Kinds: t.guessed(), Unread: t.unread, NamesUnread: namesUnread}
	if text, ok := batches.(interface{ Form() spreadsheet.TextForm }); ok {
		p.Encoding, p.Delimiter = text.Form().Encoding, text.Form().Delimiter
	}
	p.Sheet, _ = file.SheetName()
	for _, s := range file.Sheets() {
		p.Sheets = append(p.Sheets, contract.Sheet{Name: s.Name, Hidden: s.Hidden})
	}
	return p, nil
}

// preview takes rows of a batch, from the one at index first on, as samples and counts nothing.
func (t *table) preview(b *cells.Batch, first int) {
	for row := first; row < len(b.Rows) && len(t.sample) < t.sampleRows; row++ {
		sample := t.sampleOf(b, row)
		for _, v := range sample {
			if v != nil {
				t.sample = append(t.sample, sample)
				t.numbers = append(t.numbers, int(b.Rows[row].Number))
				break
			}
		}
	}
}

// unreadAbove says whether a text is missing in the rows of a batch down to the header, so that another row may be it.
func (t *table) unreadAbove(b *cells.Batch, texts *cells.Texts, first int, found bool) bool {
	last := len(b.Rows)
	if found {
		last = first
	}
	for row := range last {
		t.cells = spreadsheet.RowOf(t.cells[:0], b, texts, row, spreadsheet.MaxColumns)
		if slices.ContainsFunc(t.cells, spreadsheet.Unread) {
			return true
		}
	}
	return false
}

// guess takes note of the kind of a cell of the preview.
func (t *table) guess(column int, kind cleaning.Kind) {
	if t.guessing {
		if t.kinds == nil {
			t.kinds = make([]uint, len(t.columns))
		}
		t.kinds[column] |= 1 << kind
	}
}

// guessed is what the columns probably hold.
func (t *table) guessed() []string {
	names := map[uint]string{
		1 << cleaning.Integer: "integer", 1 << cleaning.Decimal: "decimal", 1<<cleaning.Integer | 1<<cleaning.Decimal: "decimal", 1 << cleaning.Boolean: "boolean",
		1 << cleaning.Date: "date", 1 << cleaning.DateTime: "datetime", 1<<cleaning.Date | 1<<cleaning.DateTime: "datetime", 1 << cleaning.Time: "time",
	}
	out := make([]string, len(t.columns))
	for i := range out {
		kinds := uint(0)
		if t.kinds != nil {
			kinds = t.kinds[i] &^ (1 << cleaning.Null)
		}
		switch name, known := names[kinds]; {
		case known:
			out[i] = name
		case kinds == 0:
			out[i] = "empty"
		case kinds == 1<<cleaning.Text:
			out[i] = "text"
		default:
			out[i] = "mixed"
		}
	}
	return out
}
