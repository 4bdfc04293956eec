package spreadsheet

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

var errLongRow = errors.New("the row is longer than the limit")

// csvRows streams the rows of a CSV file: UTF-8, fields separated by commas.
type csvRows struct {
	ctx    context.Context
	name   string
	src    *countingReader
	csv    *csv.Reader
	cells  []Cell
	text   []byte
	number int // current row; blank lines are rows too, as they are in Excel
	line   int // line after the last record
	size   int64
	done   bool
	err    error
}

// countingReader gives the CSV reader the file and bounds what one row may take.
type countingReader struct {
	src   io.Reader
	read  int64
	mark  int64 // read when the last row was done
	limit int64
}

func (c *countingReader) Read(b []byte) (int, error) {
	if c.read-c.mark > c.limit {
		return 0, errLongRow
	}
	n, err := c.src.Read(b)
	c.read += int64(n)
	return n, err
}

func newCSVRows(ctx context.Context, name string, src io.Reader, size int64, limits Limits) *csvRows {
	counting := &countingReader{src: src, limit: int64(limits.CellBytes)}
	r := csv.NewReader(skipBOM(counting))
	r.FieldsPerRecord = -1
	r.ReuseRecord = true
	return &csvRows{ctx: ctx, name: name, src: counting, csv: r, size: size, line: 1}
}

func (r *csvRows) Row() []Cell    { return r.cells }
func (r *csvRows) RowNumber() int { return r.number }
func (r *csvRows) Err() error     { return r.err }
func (r *csvRows) Close() error   { return nil }

func (r *csvRows) Progress() float64 {
	if r.size <= 0 {
		return 1
	}
	return min(1, float64(r.src.read)/float64(r.size))
}

func (r *csvRows) Next() bool {
	for !r.done {
		if err := r.ctx.Err(); err != nil {
			r.done, r.err = true, err
			return false
		}
		record, err := r.csv.Read()
		if err != nil {
			r.done = true
			if err != io.EOF {
				r.err = r.damage(err)
			}
			return false
		}
		r.src.mark = r.src.read
		line, _ := r.csv.FieldPos(0)
		r.number += 1 + line - r.line
		r.line = line + 1
		r.cells, r.text = r.cells[:0], r.text[:0]
		for column, field := range record {
			if field == "" {
				continue
			}
			r.line += strings.Count(field, "\n")
			if !utf8.ValidString(field) {
				r.done = true
				r.err = &DamagedError{Row: r.number, Sentence: fmt.Sprintf(
					"Reading of %s stopped at row %d because it is not written in UTF-8 there: save it in Excel as \"CSV UTF-8\" and try again.", r.name, r.number)}
				return false
			}
			if column >= MaxColumns {
				r.done = true
				r.err = &DamagedError{Row: r.number, Sentence: fmt.Sprintf(
					"Reading of %s stopped at row %d because the row has more than %d columns: check that its columns are separated by commas.", r.name, r.number, MaxColumns)}
				return false
			}
			start := len(r.text)
			r.text = append(r.text, field...)
			r.cells = append(r.cells, Cell{Column: column, Kind: Text, Text: r.text[start:len(r.text):len(r.text)]})
		}
		if len(r.cells) > 0 {
			return true
		}
	}
	return false
}

// damage says where and why the reading stopped.
func (r *csvRows) damage(err error) error {
	row := r.number + 1
	why := fmt.Sprintf("of an error (%s): check that the drive is connected and try again", rootCause(err))
	var parse *csv.ParseError
	switch {
	case errors.As(err, &parse):
		row += parse.StartLine - r.line
		why = fmt.Sprintf("its quotation marks don't match in line %d: correct that line and try again", parse.Line)
	case errors.Is(err, errLongRow):
		why = "the row does not end: check that each quotation mark has its counterpart"
	}
	return &DamagedError{Row: row, Err: err, Sentence: fmt.Sprintf("Reading of %s stopped at row %d because %s.", r.name, row, why)}
}

// skipBOM passes over the byte order mark that some programs write.
func skipBOM(src io.Reader) io.Reader {
	var head [3]byte
	n, err := io.ReadFull(src, head[:])
	if err == nil && head == [3]byte{0xEF, 0xBB, 0xBF} {
		return src
	}
	return io.MultiReader(bytes.NewReader(head[:n]), src)
}
