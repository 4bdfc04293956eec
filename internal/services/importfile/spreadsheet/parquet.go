package spreadsheet

import (
	"context"
	"errors"
	"strconv"

	"fabricportal/internal/format"
	"fabricportal/internal/services/importfile/scratch"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
	"fabricportal/internal/services/importfile/spreadsheet/parquetfile"
)

// openParquet reads the file's own description of itself.
func (f *File) openParquet() error {
	var err error
	if f.parquet, err = parquetfile.Open(f.file, f.Size()); err != nil {
		return unread(f.path, err, format.Say("{{.File}} can't be read: {{.Why}}.", "File", f.name, "Why", parquetReason(err)))
	}
	if dear, ok := f.file.(Sparing); ok && dear.Sparing() {
		f.parquet.Spare()
	}
	if n := len(f.parquet.Columns()); n > MaxColumns {
		return unreadable(f.path, format.Say("{{.File}} has more than {{.Most}} columns: save it with the columns that are needed.", "File", f.name, "Most", MaxColumns))
	}
	return nil
}

// parquetReason says why a file or a column can't be read and what to do.
func parquetReason(err error) *format.Said {
	var nested *parquetfile.NestedError
	var unsupported *parquetfile.UnsupportedError
	var disk *scratch.Error
	switch {
	case errors.As(err, &nested):
		return format.Say("it holds lists or records in its column “{{.Column}}”, and no others; save it with plain columns, or as a CSV file", "Column", nested.Column)
	case errors.As(err, &unsupported):
		return format.Say("it uses {{.What}}; save it with the usual settings, or as a CSV file", "What", unsupported.What)
	case errors.As(err, &disk):
		return format.Say("it has longer pages than fit into memory, and {{.Why}}", "Why", disk)
	case parquetfile.IsTooLarge(err):
		return format.Say("it would unpack to more data than is safe to read; check where it comes from")
	case parquetfile.IsDamage(err):
		return format.Say("it is damaged or was not copied to its end; copy or download it again")
	}
	return format.Say("there was an error ({{.Why}}); check that the drive is connected and try again", "Why", rootCause(err).Error())
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
		r.err = damaged(row, nil, format.Say("Reading of {{.Name}} stopped at row {{.Row}}: the same long texts stand in more cells than is safe to read; check where it comes from.", "Name", r.name, "Row", strconv.Itoa(row)))
		return false
	}
	var stopped *parquetfile.RowError
	err := r.reader.Err()
	switch {
	case err == nil:
	case errors.As(err, &stopped):
		r.err = damaged(int(stopped.Row), err, format.Say("Reading of {{.Name}} stopped at row {{.Row}} in its column "+
			"“{{.Column}}”: {{.Why}}.", "Name", r.name, "Row", strconv.FormatInt(stopped.Row, 10), "Column", stopped.Column, "Why", parquetReason(stopped.Err)))
	default:
		r.err = err
	}
	return false
}

// Parquet is the file as it describes itself, nil for files of other formats. What it says of its rows is a claim until
// they were read.
func (f *File) Parquet() *parquetfile.File { return f.parquet }
