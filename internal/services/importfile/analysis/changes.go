package analysis

import (
	"context"

	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/scan"
	"fabricportal/internal/services/importfile/spreadsheet"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// changes hands the rows of a file to the preview of the cleaning, until that has enough.
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
	for i := b.First; i < len(b.Rows); i++ {
		if c.previewer.Enough() {
			return scan.ErrEnough
		}
		c.row = c.rows.Row(c.row[:0], &b.Batch, c.texts, i)
		c.previewer.Row(c.row, int(b.Rows[i].Number), b.Fates[i].Fate)
	}
	if c.previewer.Enough() {
		return scan.ErrEnough
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
