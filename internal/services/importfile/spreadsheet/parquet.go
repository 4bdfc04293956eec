package spreadsheet

import (
	"context"
	"errors"
	"fmt"

	"fabricportal/internal/format"
	"fabricportal/internal/services/importfile/scratch"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
	"fabricportal/internal/services/importfile/spreadsheet/parquetfile"
)

// openParquet reads the file's own description of itself.
func (f *File) openParquet() error {
	var err error
	if f.parquet, err = parquetfile.Open(f.file, f.info.Size()); err != nil {
		return &UnreadableError{Path: f.path, Err: err, Sentence: f.name + parquetReason(err) + "."}
	}
	if n := len(f.parquet.Columns()); n > MaxColumns {
		return unreadable(f.path, format.Say("{{.File}} has more than {{.Most}} columns: save it with the columns that are needed.", "File", f.name, "Most", MaxColumns))
	}
	return nil
}

// parquetReason says why a file can't be read and what to do; it goes on after the file's name.
func parquetReason(err error) string {
	var nested *parquetfile.NestedError
	var unsupported *parquetfile.UnsupportedError
	var disk *scratch.Error
	switch {
	case errors.As(err, &nested):
		return fmt.Sprintf(" holds lists or records in its column %q, and no others: save it with plain columns, or as a CSV file", nested.Column)
	case errors.As(err, &unsupported):
		return fmt.Sprintf(" can't be read because it uses %s: save it with the usual settings, or as a CSV file", unsupported.What)
	case errors.As(err, &disk):
		return " has longer pages than fit into memory, and " + disk.Sentence
	case parquetfile.IsTooLarge(err):
		return " would unpack to more data than is safe to read: check where it comes from"
	case parquetfile.IsDamage(err):
		return " is damaged or was not copied to its end: copy or download it again"
	}
	return fmt.Sprintf(" could not be read (%s): check that the drive is connected and try again", rootCause(err))
}

// parquetBatches streams a Parquet file. Its first row, number 0, is the names of the columns, which stand in no row of
// the file; the rows behind it count from 1.
type parquetBatches struct {
	ctx    context.Context
	name   string
	file   *parquetfile.File
	head   int                 // rows that are probably all that are asked for; 0 for all
	most   int64               // bytes of all cells' texts
	texts  int64               // of them that were read
	reader *parquetfile.Reader // nil until the names were given
	err    error
}

func (r *parquetBatches) Texts() *cells.Texts { return nil }
func (r *parquetBatches) Err() error          { return r.err }

func (r *parquetBatches) Close() error {
	if r.reader != nil {
		r.reader.Close()
	}
	return nil
}

func (r *parquetBatches) Progress() float64 {
	switch {
	case r.reader == nil:
		return 0
	case r.file.Rows() == 0:
		return 1
	}
	return float64(r.reader.RowsRead()) / float64(r.file.Rows())
}

func (r *parquetBatches) Next(b *cells.Batch) (more bool) {
	if r.err != nil {
		return false
	}
	defer recovered(r.name, b, &more, &r.err)
	b.Reset()
	if r.reader == nil {
		r.reader = r.file.NewReader(int64(r.head))
		b.StartRow(0, false)
		for i, c := range r.file.Columns() {
			b.Text(i, []byte(c.Name))
		}
		if b.EndRow() {
			return true
		}
	}
	if r.reader.Next(r.ctx, b) {
		if r.texts += int64(len(b.Bytes)); r.texts <= r.most {
			return true
		}
		row := int(b.Rows[0].Number)
		b.Reset()
		r.err = &DamagedError{Row: row, Sentence: fmt.Sprintf(
			"Reading of %s stopped at row %d because the same long texts stand in more cells than is safe to read: check where it comes from.", r.name, row)}
		return false
	}
	var stopped *parquetfile.RowError
	err := r.reader.Err()
	switch {
	case err == nil:
	case errors.As(err, &stopped):
		r.err = &DamagedError{Row: int(stopped.Row), Err: err, Sentence: fmt.Sprintf(
			"Reading of %s stopped at row %d because its column %q%s.", r.name, stopped.Row, stopped.Column, parquetReason(stopped.Err))}
	default:
		r.err = err
	}
	return false
}

// Parquet is the file as it describes itself, nil for files of other formats. What it says of its rows is a claim until
// they were read.
func (f *File) Parquet() *parquetfile.File { return f.parquet }
