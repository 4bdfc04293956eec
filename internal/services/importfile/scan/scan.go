// Package scan reads the table of a file once, from the first row to the last. It hands the cells to all that need them: the profile, the rules, the preview of the cleaning.
// Nothing else in the program opens a file to read its rows.
package scan

import (
	"context"
	"errors"
	"strconv"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/reading"
	"fabricportal/internal/services/importfile/spreadsheet"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// Options says which table of a file is read. The zero value is valid.
type Options struct {
	Sheet     string             // of a workbook; the first visible one where empty
	HeaderRow int                // number of the header row as a spreadsheet shows it; 0 for the first row with a value
	Limits    spreadsheet.Limits // what a file may cost; the defaults where zero
	Progress  func(Progress)     // called on the caller's goroutine; may be nil
	How       cleaning.How       // how the cells are read
	Text      TextOptions        // how a text file is written
	// Since is what the file was when that was found by which it is read; nil where nothing was. A file that is another one
	// now is incomplete.
	Since *spreadsheet.Stamp
}

// TextOptions says how a text file is written, with the names of read_options. What is empty is found.
type TextOptions struct{ Encoding, Delimiter, Quoting string }

// TextOf is what read options say of a text file.
func TextOf(o contract.ReadOptions) TextOptions {
	return TextOptions{Encoding: o.Encoding, Delimiter: o.Delimiter, Quoting: o.Quoting}
}

// Progress says how far the reading has come.
type Progress struct {
	Rows  int64 // rows read so far
	Bytes int64 // bytes of the file read so far, as far as that is known
	Total int64 // bytes of the file
}

// Table is what is known about a table before its rows are read.
type Table struct {
	Format spreadsheet.Format
	Header cleaning.Header
	How    cleaning.How
	// Encoding is that of a text file, as in spreadsheet.TextForm; "" for other files.
	Encoding string
	Texts    *cells.Texts // the file's table of texts, complete; nil where it has none
}

// Batch is some rows of the table.
type Batch struct {
	cells.Batch
	First int // index of the first row that is below the header
	// Slot is a number below MostUnderWay that no other batch has that is under way, for what a consumer keeps of each.
	Slot int

	// Fates are those of the rows, by their index, that are not kept as they stood in the file; nil where all are. Those that can be
	// put right are.
	Fates map[int]reading.RowFate

	used []bool // by worker: it has looked at some columns
	left int    // groups of columns that are not done yet
}

// Consumer looks at the rows of a table.
type Consumer interface {
	// Begin is called once, before the first batch, unless the table has no header. An error ends the reading.
	Begin(ctx context.Context, t *Table) error
	// Rows takes the next batch, on the goroutine of Read's caller, in the file's order, when all ColumnConsumers have seen
	// its columns. Of several consumers the earlier ones see it first. ErrEnough says that no more are wanted; the
	// reading ends when no consumer wants any. Another error ends it at once.
	Rows(b *Batch) error
}

// ColumnConsumer is a Consumer that looks at the columns of a batch on all processors before it takes its rows.
type ColumnConsumer interface {
	Consumer
	// Put is called before the columns of a batch are looked at, on the goroutine of Read's caller, in the file's order.
	Put(b *Batch)
	// Columns looks at the columns [from, to) of a batch, on some goroutine. Each column sees its batches in the file's
	// order, and only one at a time. A worker is a number below MostWorkers; first says that it is the worker's first call for
	// the batch.
	Columns(b *Batch, worker, from, to int, first bool)
}

// ErrEnough is what a Consumer answers that wants no more rows.
var ErrEnough = errors.New("enough rows were read")

// IncompleteError says that a file was not read to its end, or was changed meanwhile. Reason is a sentence: where it
// stopped, why, and what to do.
type IncompleteError struct {
	Reason string
	Err    error // what says it in other languages; nil where there is only the Reason
}

func (e *IncompleteError) Error() string { return e.Reason }
func (e *IncompleteError) Unwrap() error { return e.Err }

// File is an open file, through one handle: all that is read of it is of one content, or Incomplete says otherwise.
type File struct {
	*spreadsheet.File
	opts    Options
	path    string
	batches spreadsheet.Batches // nil until Read
	stopped *spreadsheet.DamagedError
	ended   bool // the last row was read
	done    bool // it was told
	rows    int64
}

// Open opens a file and selects the sheet. A file that can't be read is a *spreadsheet.UnreadableError. The caller closes it.
func Open(ctx context.Context, src spreadsheet.Source, opts Options) (*File, error) {
	file, err := spreadsheet.OpenSource(ctx, src, opts.Limits)
	if err != nil {
		return nil, err
	}
	file.HeaderAt(opts.HeaderRow)
	file.TextAs(opts.Text.Encoding, opts.Text.Delimiter, opts.Text.Quoting)
	if opts.Sheet != "" {
		if err := file.SelectSheet(opts.Sheet); err != nil {
			_ = file.Close()
			return nil, err
		}
	}
	opts.How.Keys = opts.Limits.Keys
	return &File{File: file, opts: opts, path: src.Path()}, nil
}

// Close ends the reading and closes the file.
func (f *File) Close() error {
	if f.batches != nil {
		_ = f.batches.Close()
	}
	return f.File.Close()
}

// HeaderRow is the number of the row in which the header is to be; 0 for the first row with a value.
func (f *File) HeaderRow() int { return f.opts.HeaderRow }

// Read reads the table once for all consumers. A file that is damaged further down gives what stands before, and
// Incomplete says so. Errors are a *spreadsheet.UnreadableError where the header row that was asked for has no value, those
// of the consumers, or that of ctx, which is returned within a tenth of a second.
func (f *File) Read(ctx context.Context, consumers ...Consumer) error {
	var err error
	if f.batches, err = f.Batches(ctx); err != nil {
		return err
	}
	r := newPass(f, consumers)
	defer r.stop()
	reported := int64(-1)
	for {
		more, err := r.next(ctx)
		if err != nil {
			return err
		}
		if !more {
			break
		}
		if f.opts.Progress != nil && r.rows > reported {
			reported = r.rows
			f.opts.Progress(Progress{Rows: r.rows, Bytes: int64(f.batches.Progress() * float64(f.Size())), Total: f.Size()})
		}
	}
	for {
		more, err := r.finish(ctx)
		if err != nil {
			return err
		}
		if !more {
			break
		}
	}
	f.rows, f.ended = r.rows, r.wanted > 0 || len(consumers) == 0
	if err := f.batches.Err(); err != nil && !errors.As(err, &f.stopped) {
		return err
	}
	if f.stopped == nil && f.opts.HeaderRow > 0 && !r.begun {
		return f.NoHeader()
	}
	return ctx.Err()
}

// Done tells, once, that nothing more is read.
func (f *File) Done() {
	if f.opts.Progress != nil && !f.done {
		f.done = true
		f.opts.Progress(Progress{Rows: f.rows, Bytes: f.Size(), Total: f.Size()})
	}
}

// NoHeader says that the row that is to be the header holds no value.
func (f *File) NoHeader() error {
	return noHeader(f.path, f.opts.HeaderRow, f.Name())
}

func noHeader(path string, row int, name string) error {
	said := format.Say("Row {{.Row}} of {{.Name}} holds no value, so that it can't be the header: choose another row.", "Row", strconv.Itoa(row), "Name", name)
	return &spreadsheet.UnreadableError{Path: path, Sentence: said.Error(), Err: said}
}

// Whole says that the table was read to its last row.
func (f *File) Whole() bool { return f.ended && f.stopped == nil }

// Incomplete is why what was read is not the whole file, an *IncompleteError; nil where it is. It is asked once all is read
// that is to be of one content. A reading that ended since nobody wanted more rows is no reason.
func (f *File) Incomplete() error {
	switch {
	case f.stopped != nil:
		return &IncompleteError{f.stopped.Sentence, f.stopped}
	case f.Changed(), f.opts.Since != nil && !f.opts.Since.Same(spreadsheet.Stamp{Size: f.Size(), Modified: f.Modified()}):
		said := format.Say("{{.File}} was changed while it was read: wait until it is saved and read it again.", "File", f.Name())
		return &IncompleteError{said.Error(), said}
	}
	return nil
}

// SheetsWithData says of each sheet of a workbook whether a cell of it has a value. It is asked after Read.
func (f *File) SheetsWithData(ctx context.Context) []bool {
	return f.File.SheetsWithData(ctx, f.batches)
}

// Recoded are the rows of a text file with bytes that are not in its encoding; none of other files. They are known after Read.
func (f *File) Recoded() spreadsheet.Recoded {
	form, _ := f.form()
	return form.Recoded
}

func (f *File) form() (form spreadsheet.TextForm, ok bool) {
	text, ok := f.batches.(interface{ Form() spreadsheet.TextForm })
	if !ok {
		return form, false
	}
	return text.Form(), true
}

// delimiter is what separates the values of a text file, from its beginning on; "" for other files.
func (f *File) delimiter() string {
	if text, ok := f.batches.(interface{ Delimiter() string }); ok {
		return text.Delimiter()
	}
	return ""
}

// encoding is that of a text file, from its beginning on; "" for other files.
func (f *File) encoding() string {
	if text, ok := f.batches.(interface{ Encoding() string }); ok {
		return text.Encoding()
	}
	return ""
}

// TextForm is how a text file is written, nil for other files; which rows are shifted it does not say. It is known after Read.
func (f *File) TextForm() *contract.TextForm {
	form, ok := f.form()
	if !ok {
		return nil
	}
	return &contract.TextForm{Encoding: form.Encoding, Delimiter: form.Delimiter, Quoting: form.Quoting, ShortRows: ragged(form.Short), LongRows: ragged(form.Long),
		Shifted: contract.Ragged{Rows: []int64{}}}
}

func ragged(r spreadsheet.Ragged) contract.Ragged {
	out := contract.Ragged{Count: r.Count, Rows: make([]int64, len(r.Rows))}
	for i, row := range r.Rows {
		out.Rows[i] = int64(row)
	}
	return out
}
