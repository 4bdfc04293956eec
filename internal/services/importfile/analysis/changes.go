package analysis

import (
	"context"

	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/scan"
	"fabricportal/internal/services/importfile/spreadsheet"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// changes hands the rows of a file to the preview of the cleaning, until that has enough. The others are read all the same: a file
// that ends before its end is never told of as a whole one.
type changes struct {
	opts      cleaning.PreviewOptions
	texts     *cells.Texts
	previewer *cleaning.Previewer // nil where the file has no header
	rows      spreadsheet.RowReader
	row       []spreadsheet.Cell
}

func (c *changes) Begin(_ context.Context, t *scan.Table) error {
	c.texts = t.Texts
	c.previewer = cleaning.NewPreviewer(&t.Header, t.Format == spreadsheet.CSV, t.How, c.opts)
	return nil
}

func (c *changes) Rows(b *scan.Batch) error {
	c.rows.Start()
	for i := b.First; i < len(b.Rows) && !c.previewer.Enough(); i++ {
		c.row = c.rows.Row(c.row[:0], &b.Batch, c.texts, i)
		c.previewer.Row(c.row, int(b.Rows[i].Number), b.Fates[i].Fate)
	}
	return nil
}

// preview is what was seen; whole says that the file was read to its end.
func (c *changes) preview(whole bool) *cleaning.Preview {
	if c.previewer == nil {
		return &cleaning.Preview{Counts: map[cleaning.ChangeKind]int64{}, Whole: whole}
	}
	return c.previewer.Preview(whole && !c.previewer.Enough())
}

func (c *changes) close() {
	if c.previewer != nil {
		c.previewer.Close()
	}
}
