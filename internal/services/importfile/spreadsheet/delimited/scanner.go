package delimited

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strconv"
	"unicode/utf8"
)

// blockBytes is how much of the text is split at a time: it stays in the processor's second cache.
const blockBytes = 256 << 10

// Fault is why reading stopped before the end.
type Fault uint8

// The faults.
const (
	noFault        Fault = iota
	OpenQuote            // a field begins with a quotation mark that is never closed
	StrayQuote           // text follows a closing quotation mark
	LongRow              // the row is longer than the limit
	TooManyColumns       // the row has a value in a column behind the last that is read
	BadText              // the bytes are no text of the file's encoding
	NUL                  // the text has a NUL in it
	TooManyRows          // there are more rows than are counted
	ReadFailed           // the file could not be read on; Err says why
)

// Error says where reading stopped. All rows before Row were read.
type Error struct {
	Fault Fault
	Row   int   // counts from 1
	Line  int   // of the text, as an editor shows it, counting from 1
	Err   error // of ReadFailed
}

func (e *Error) Error() string {
	return "reading stopped at row " + strconv.Itoa(e.Row) + ", line " + strconv.Itoa(e.Line)
}
func (e *Error) Unwrap() error { return e.Err }

// Limits bound what a row may be.
type Limits struct {
	RowBytes int // bytes of a row; 16 MiB where 0
	Columns  int // columns that may have a value; 16,384 where 0
	Rows     int // rows before the last batch; MostRows where 0
}

// MostRows leaves room for a batch below what a row's number may be everywhere (32 bits).
const MostRows = 2_000_000_000

// Field is where a field's text stands in a batch's Data.
type Field struct{ Start, End uint32 }

// Batch is some rows that follow each other. Scanner.Next fills it anew each time; the zero value may be given to it.
type Batch struct {
	First  int      // number of the first row, counting from 1
	Ends   []uint32 // for each row, the index in Fields behind its last field
	Fields []Field  // a blank line is one empty field
	Data   []byte   // the text that Fields refer to, in the order of the fields, UTF-8
	// Recoded are the rows that had bytes which are no UTF-8 and were read as Windows-1252, in their order.
	Recoded []Recoded

	quoted []uint32 // the current row's quoted fields
}

// Recoded is a row of a batch, by its index, and the first of its fields that had such bytes.
type Recoded struct{ Row, Column int }

// Row is the fields of the batch's i-th row.
func (b *Batch) Row(i int) []Field {
	from := uint32(0)
	if i > 0 {
		from = b.Ends[i-1]
	}
	return b.Fields[from:b.Ends[i]]
}

// Text is a field's text.
func (b *Batch) Text(f Field) []byte { return b.Data[f.Start:f.End:f.End] }

// Scanner reads a file from its first row to its last. It is not safe for use by several goroutines at once.
type Scanner struct {
	raw      *counter
	src      io.Reader
	split    splitter
	block    int // bytes that are split at a time
	rowBytes int
	most     int    // rows before the last batch
	recode   bool   // bytes that are no UTF-8 are read as Windows-1252
	recoded  []byte // room for a batch's text in which there are such
	invalid  bool   // there are such among the bytes that were checked, behind the last batch

	carry   []byte // the beginning of the row behind the last batch
	checked int    // bytes of carry that are known to be text
	skip    bool   // the first line is to be passed over
	end     bool   // the file was read to its end
	rows    int    // done
	lines   int    // of the text that are no rows' beginnings: sep= and line breaks within quotation marks
	fault   Fault  // of the row behind the last batch
	cause   error
	err     error
}

// mostGrowth is how many bytes of UTF-8 one byte of a file becomes at most: a byte of Windows-1252 may be a character of three.
const mostGrowth = 3

// NewScanner starts reading a file of size bytes.
func NewScanner(src io.ReaderAt, size int64, d Dialect, limits Limits) *Scanner {
	if limits.RowBytes == 0 {
		limits.RowBytes = 16 << 20
	}
	if limits.Columns == 0 {
		limits.Columns = 16_384
	}
	if limits.Rows == 0 {
		limits.Rows = MostRows
	}
	raw := &counter{src: io.NewSectionReader(src, d.start, max(size-d.start, 0)), read: d.start}
	all := utf8.AppendRune(nil, d.Delimiter)
	last := len(all) - 1
	return &Scanner{
		raw: raw, src: newDecoder(raw, d.Encoding), block: int(min(blockBytes, mostGrowth*(max(size-d.start, 0)+utf8.UTFMax))), rowBytes: limits.RowBytes, most: limits.Rows, skip: d.sepLine,
		recode: d.recode && (d.Encoding == UTF8 || d.Encoding == UTF8BOM),
		split: splitter{delimiter: all[last], lead: string(all[:last]), all: all, quoting: d.Quoting,
			maxFields: limits.Columns, maxBytes: limits.RowBytes},
	}
}

// counter counts the bytes of the file that were read.
type counter struct {
	src  io.Reader
	read int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.src.Read(p)
	c.read += int64(n)
	return n, err
}

// BytesRead is how many bytes of the file were read so far.
func (s *Scanner) BytesRead() int64 { return s.raw.read }

// Err is nil when the file was read to its end, else an *Error, or that of the context.
func (s *Scanner) Err() error { return s.err }

// Next fills b with the next rows and says whether there are any. What b held before is lost.
func (s *Scanner) Next(ctx context.Context, b *Batch) bool {
	b.Ends, b.Fields, b.quoted, b.Recoded = b.Ends[:0], b.Fields[:0], b.quoted[:0], b.Recoded[:0]
	b.First = s.rows + 1
	if s.err != nil {
		return false
	}
	buf := append(b.Data[:0], s.carry...)
	for size := s.block; len(b.Ends) == 0; size = 2 * cap(buf) {
		if err := ctx.Err(); err != nil {
			s.err = err
			return false
		}
		if s.fault != noFault {
			// Each row is a line, but for those that have line breaks in them.
			s.err = &Error{Fault: s.fault, Row: s.rows + 1, Line: s.rows + 1 + s.lines + s.split.lines, Err: s.cause}
			return false
		}
		if s.end && len(buf) == 0 {
			return false
		}
		if size = max(size, len(buf)); cap(buf) < size+padding {
			buf = append(make([]byte, 0, size+padding), buf...)
		}
		buf = s.fill(buf)
		if s.rows >= s.most && len(buf) > 0 && s.fault == noFault {
			s.fault = TooManyRows
			continue
		}
		if s.skip {
			s.skip = false
			buf = buf[:copy(buf, buf[lineEnd(buf):])]
			s.lines++
			s.checked = 0
		}
		text := buf[:s.check(buf)]
		s.split.end = s.end && s.fault == noFault
		b.Data = text
		done := s.split.split(b, text)
		s.carry = append(s.carry[:0], text[done:]...)
		s.checked = max(0, s.checked-done)
		if s.invalid && done > 0 {
			s.recodeRows(b)
			// Where they stand is not known, so that those behind the batch are looked for again.
			s.invalid, s.checked = false, 0
		}
		if s.split.fault != noFault {
			s.fault = s.split.fault
			s.lines += bytes.Count(text[done:max(done, s.split.faultAt)], []byte{'\n'})
		} else if s.end && s.fault == noFault {
			s.carry, buf = nil, buf[:0]
		} else if len(b.Ends) == 0 && s.fault == noFault && len(text) > s.rowBytes {
			s.fault = LongRow
		}
	}
	s.rows += len(b.Ends)
	return true
}

// fill reads until buf is full but for the padding, or the file ends.
func (s *Scanner) fill(buf []byte) []byte {
	limit := cap(buf) - padding
	// What is left may be too little for a decoded character.
	for idle := 0; limit-len(buf) >= utf8.UTFMax && !s.end && s.fault == noFault; {
		n, err := s.src.Read(buf[len(buf):limit])
		buf = buf[:len(buf)+n]
		if idle++; n > 0 {
			idle = 0
		}
		switch {
		case errors.Is(err, io.EOF):
			s.end = true
		case errors.Is(err, errBadText):
			s.fault = BadText
		case err != nil:
			s.fault, s.cause = ReadFailed, err
		case idle > 100:
			s.fault, s.cause = ReadFailed, io.ErrNoProgress
		}
	}
	return buf
}

// check gives the length of the text before the first byte that is none. s.checked bytes are known to be text.
func (s *Scanner) check(buf []byte) int {
	end := len(buf)
	if nul := bytes.IndexByte(buf[s.checked:], 0); nul >= 0 {
		end, s.fault, s.cause = s.checked+nul, NUL, nil
	}
	if rest := buf[s.checked:end]; !utf8.Valid(rest) {
		valid := validPrefix(rest)
		switch goesOn := !s.end && s.fault != NUL && cutRune(rest[valid:]); {
		case goesOn:
			s.checked += valid
			return end
		case s.recode:
			s.invalid = true
		default:
			s.checked += valid
			s.fault, s.cause = BadText, nil
			return s.checked
		}
	}
	s.checked = end
	return end
}

// recodeRows reads, in a batch, the bytes that are no UTF-8 as Windows-1252. Rows and fields stand already, as these end with
// characters that the two have in common, or with a delimiter that is UTF-8.
func (s *Scanner) recodeRows(b *Batch) {
	s.recoded = s.recoded[:0]
	first := uint32(0)
	for row, end := range b.Ends {
		found := -1
		for i := first; i < end; i++ {
			f := &b.Fields[i]
			text := b.Text(*f)
			f.Start = uint32(len(s.recoded))
			if utf8.Valid(text) {
				s.recoded = append(s.recoded, text...)
			} else {
				s.recoded = appendRecoded(s.recoded, text)
				if found < 0 {
					found = int(i - first)
				}
			}
			f.End = uint32(len(s.recoded))
		}
		if found >= 0 {
			b.Recoded = append(b.Recoded, Recoded{row, found})
		}
		first = end
	}
	b.Data, s.recoded = s.recoded, b.Data
}

// lineEnd is the position behind the first line.
func lineEnd(text []byte) int {
	i := bytes.IndexAny(text, "\r\n")
	switch {
	case i < 0:
		return len(text)
	case bytes.HasPrefix(text[i:], []byte("\r\n")):
		return i + 2
	}
	return i + 1
}
