package profile

import (
	"context"
	"errors"

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
}

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

	t := &table{form: form(file.Format()), sampleRows: rows}
	var batch cells.Batch
	found, passed := false, false
	for len(t.sample) < rows && !passed && batches.Next(&batch) {
		first := 0
		if !found {
			var header cleaning.Header
			header, first, found, passed, t.cells = scan.FindHeader(&batch, batches.Texts(), file.HeaderRow(), t.cells)
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
	if file.HeaderRow() > 0 && !found && damaged == nil {
		return nil, file.NoHeader()
	}
	p := &Preview{Format: string(file.Format()), HeaderRow: t.header.Row, LikelyHeader: t.likely, Names: t.header.Names, Rows: t.sample, Numbers: t.numbers}
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
