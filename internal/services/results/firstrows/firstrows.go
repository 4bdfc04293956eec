// Package firstrows reads the beginning of a CSV file of cleaned rows, ready to be shown: whatever the file holds, no more of
// it is read than the rows need, and at most a megabyte.
package firstrows

import (
	"bytes"
	"context"
	"errors"
	"io"

	"fabricportal/internal/plaintext"
	"fabricportal/internal/services/importfile/spreadsheet/delimited"
)

// What is read of a file, and shown of it.
const (
	mostBytes  = 1 << 20   // 200 rows of a genuine file take a twentieth of it
	firstBytes = 128 << 10 // of the first try
	cellChars  = 300
	nameChars  = 100 // of a column's name
	maxColumns = 1024
)

// Rows are the names of the columns, and the first rows. All texts are plain, on one line, and cut.
type Rows struct {
	Columns []string
	Rows    [][]string
}

// Read reads the header and n rows: fewer where they are so long that they would take more than is read, or behind what
// makes no sense. An error is that of src, or the context's.
func Read(ctx context.Context, src io.Reader, n int) (first Rows, err error) {
	var head []byte
	for size, whole := firstBytes, false; !whole && len(first.Rows) < n && size <= mostBytes; size *= 2 {
		more := make([]byte, size-len(head))
		read, err := io.ReadFull(src, more)
		whole = errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !whole {
			return first, err
		}
		head = append(head, more[:read]...)
		if first, err = rowsOf(ctx, head, whole, n); err != nil {
			return first, err
		}
	}
	return first, nil
}

// rowsOf are the first rows that stand in the beginning of a file, or in all of it.
func rowsOf(ctx context.Context, head []byte, whole bool, n int) (first Rows, err error) {
	text := bytes.TrimPrefix(head, []byte("\ufeff"))
	dialect := delimited.Dialect{Encoding: delimited.UTF8, Delimiter: ',', Quoting: delimited.DoubledQuotes}
	scanner := delimited.NewScanner(bytes.NewReader(text), int64(len(text)), dialect, delimited.Limits{RowBytes: mostBytes, Columns: maxColumns})
	var batch delimited.Batch
	for len(first.Rows) <= n && scanner.Next(ctx, &batch) {
		for i := 0; i < len(batch.Ends) && len(first.Rows) <= n; i++ {
			first.add(&batch, i)
		}
	}
	if err := ctx.Err(); err != nil {
		return first, err
	}
	if last := len(first.Rows) - 1; scanner.Err() == nil && !whole && last >= 0 && last < n && !bytes.HasSuffix(text, []byte("\n")) {
		first.Rows = first.Rows[:last] // it may be cut
	}
	first.Rows = first.Rows[:min(len(first.Rows), n)]
	return first, nil
}

// add takes a row of a batch; a blank line is none.
func (r *Rows) add(b *delimited.Batch, i int) {
	fields := b.Row(i)
	if len(fields) == 1 && fields[0].Start == fields[0].End {
		return
	}
	most := cellChars
	if r.Columns == nil {
		most = nameChars
	}
	row := make([]string, len(fields))
	for j, f := range fields {
		text := b.Text(f)
		// Of a long text no more is looked at than can be shown of it.
		row[j] = plaintext.Line(string(text[:min(len(text), 8*most)]), most)
	}
	if r.Columns == nil {
		r.Columns = row
		return
	}
	r.Rows = append(r.Rows, row)
}
