package dataset

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// every is the number of rows between two places in a CSV file that are kept; a window is read from the one above it.
const every = 1024

// csvFile reads rows of a CSV file as the notebook writes it: UTF-8, commas, texts in double quotes where they need it.
type csvFile struct {
	f       *os.File
	size    int64
	rows    int
	columns []Column
	places  []int64 // where the rows 0, every, 2*every … begin
}

func openCSV(ctx context.Context, f *os.File, size int64) (c *csvFile, columns []Column, rows int, err error) {
	c = &csvFile{f: f, size: size}
	s := c.records(0)
	header, err := s.next()
	if errors.Is(err, io.EOF) {
		return nil, nil, 0, errors.New("it is empty")
	}
	if err != nil {
		return nil, nil, 0, err
	}
	for name := range fieldsOf(bytes.TrimPrefix(header, []byte("\xef\xbb\xbf"))) {
		c.columns = append(c.columns, Column{Name: strings.ToValidUTF8(string(name), "�")})
	}
	for {
		at := s.at
		_, err := s.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, 0, err
		}
		if c.rows%every == 0 {
			if err := ctx.Err(); err != nil {
				return nil, nil, 0, err
			}
			c.places = append(c.places, at)
		}
		if c.rows++; c.rows == nullCode {
			return nil, nil, 0, errors.New("it has too many rows")
		}
	}
	if err := c.guessKinds(); err != nil {
		return nil, nil, 0, err
	}
	return c, c.columns, c.rows, nil
}

func (c *csvFile) Close() error { return c.f.Close() }

// maxRecord is the longest row in bytes; a file with longer ones is not what it says it is.
const maxRecord = 16 << 20

var errLongRow = fmt.Errorf("a row is longer than %d MB, perhaps for a quotation mark that is not closed", maxRecord>>20)

// records goes through the rows of a CSV file.
type records struct {
	r    io.Reader
	at   int64 // of the next row in the file
	buf  []byte
	from int // of the next row in buf
	end  bool
}

func (c *csvFile) records(at int64) *records {
	return &records{r: io.NewSectionReader(c.f, at, c.size-at), at: at, buf: make([]byte, 0, 256<<10)}
}

// next is the next row without its line end, valid until the call after it. Blank lines are no rows.
func (s *records) next() ([]byte, error) {
	for {
		n, found := recordEnd(s.buf[s.from:])
		if !found && !s.end {
			if err := s.fill(); err != nil {
				return nil, err
			}
			continue
		}
		if !found && n == 0 {
			return nil, io.EOF
		}
		if n > maxRecord {
			return nil, errLongRow
		}
		line := s.buf[s.from : s.from+n]
		s.from += n
		s.at += int64(n)
		if line = bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r")); len(line) > 0 {
			return line, nil
		}
	}
}

// fill reads on, keeping the row that is not yet whole.
func (s *records) fill() error {
	rest := copy(s.buf[:cap(s.buf)], s.buf[s.from:])
	s.buf, s.from = s.buf[:rest], 0
	if rest == cap(s.buf) {
		if rest >= maxRecord {
			return errLongRow
		}
		s.buf = slices.Grow(s.buf, rest)
	}
	n, err := s.r.Read(s.buf[rest:cap(s.buf)])
	s.buf = s.buf[:rest+n]
	if errors.Is(err, io.EOF) {
		s.end, err = true, nil
	}
	return err
}

// recordEnd is the length of the first row with its line end, or of all where it does not end. A line break within
// quotation marks is one after an odd number of them.
func recordEnd(b []byte) (n int, found bool) {
	for from := 0; ; {
		end := bytes.IndexByte(b[from:], '\n')
		if end < 0 {
			return len(b), false
		}
		quote := bytes.IndexByte(b[from:from+end], '"')
		if quote < 0 {
			return from + end + 1, true
		}
		// Behind the closing mark: a doubled one opens the next quoted part at once.
		open := from + quote + 1
		closing := bytes.IndexByte(b[open:], '"')
		if closing < 0 {
			return len(b), false
		}
		from = open + closing + 1
	}
}

// fieldsOf goes through the values of a row. A value is valid until the next one.
func fieldsOf(line []byte) func(yield func([]byte) bool) {
	return func(yield func([]byte) bool) {
		var unquoted []byte
		for {
			var value []byte
			if len(line) > 0 && line[0] == '"' {
				unquoted, line = appendQuoted(unquoted[:0], line)
				value = unquoted
			} else {
				end := bytes.IndexByte(line, ',')
				if end < 0 {
					end = len(line)
				}
				value, line = line[:end], line[end:]
			}
			if !yield(value) || len(line) == 0 {
				return
			}
			line = line[1:] // the comma
		}
	}
}

// appendQuoted takes a quoted value off the front of a row.
func appendQuoted(b, line []byte) (value, rest []byte) {
	line = line[1:]
	for {
		end := bytes.IndexByte(line, '"')
		if end < 0 {
			return append(b, line...), nil
		}
		b, line = append(b, line[:end]...), line[end+1:]
		if len(line) == 0 || line[0] != '"' {
			break
		}
		b, line = append(b, '"'), line[1:]
	}
	// What stands between the closing mark and the comma belongs to nothing; it is kept rather than lost.
	end := bytes.IndexByte(line, ',')
	if end < 0 {
		end = len(line)
	}
	return append(b, line[:end]...), line[end:]
}

// put takes one value of a row into a column.
func put(kind Kind, value []byte, b *builder) error {
	switch {
	case len(value) == 0:
		b.null()
	case kind == Text:
		if !b.text(bytes.ToValidUTF8(value, []byte("�"))) {
			return errTooMuchText
		}
	case !parse(kind, value, b):
		b.oddText(strings.ToValidUTF8(string(value), "�"))
	}
	return nil
}

// read puts n rows from the given place on into builders, one a column.
func (c *csvFile) read(ctx context.Context, s *records, n int, columns []int, builders []*builder) error {
	slots := make([][]int, slices.Max(columns)+1) // of each column of the file
	for j, column := range columns {
		slots[column] = append(slots[column], j)
	}
	for row := range n {
		if row%every == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		line, err := s.next()
		if errors.Is(err, io.EOF) {
			return io.ErrUnexpectedEOF
		}
		if err != nil {
			return err
		}
		i := 0
		for value := range fieldsOf(line) {
			for _, j := range slots[i] {
				if err := put(c.columns[i].Kind, value, builders[j]); err != nil {
					return err
				}
			}
			if i++; i == len(slots) {
				break
			}
		}
		for ; i < len(slots); i++ { // the row is short
			for _, j := range slots[i] {
				builders[j].null()
			}
		}
	}
	return nil
}

func (c *csvFile) builders(columns []int, rows int) []*builder {
	builders := make([]*builder, len(columns))
	for j, column := range columns {
		builders[j] = newBuilder(c.columns[column].Kind, rows)
	}
	return builders
}

func (c *csvFile) columnsWhole(ctx context.Context, columns []int) ([]*vector, error) {
	builders := c.builders(columns, c.rows)
	if c.rows > 0 && len(columns) > 0 {
		if err := c.read(ctx, c.records(c.places[0]), c.rows, columns, builders); err != nil {
			return nil, err
		}
	}
	read := make([]*vector, len(builders))
	for j, b := range builders {
		read[j] = b.finish()
	}
	return read, nil
}

func (c *csvFile) rowsFrom(ctx context.Context, columns []int, from, n int) ([][]Cell, bool, error) {
	s := c.records(c.places[from/every])
	for range from % every {
		if _, err := s.next(); err != nil {
			return nil, false, err
		}
	}
	builders := c.builders(columns, n)
	if len(columns) > 0 {
		if err := c.read(ctx, s, n, columns, builders); err != nil {
			return nil, false, err
		}
	}
	rows := make([][]Cell, n)
	for i := range rows {
		rows[i] = make([]Cell, len(columns))
	}
	for j, b := range builders {
		v := b.finish()
		for i := range rows {
			rows[i][j] = v.cell(i)
		}
	}
	return rows, true, nil
}
