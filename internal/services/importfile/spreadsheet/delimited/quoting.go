package delimited

import (
	"bytes"
	"context"
	"errors"
	"io"
)

// escapedQuote is a quotation mark behind a backslash.
var escapedQuote = []byte(`\"`)

// findQuoting finds how quotation marks stand in the quoted fields of a text whose other form is known: with a backslash where
// they don't match when they are doubled, and do then. whole says that src is the file to its end.
func (d *Dialect) findQuoting(ctx context.Context, src io.ReaderAt, size int64, whole bool) error {
	escaped, err := escapedQuotes(ctx, src, size, d.Encoding)
	if err != nil || escaped == 0 {
		return err
	}
	for _, q := range []Quoting{DoubledQuotes, BackslashQuotes} {
		d.Quoting = q
		switch match, err := quotesMatch(ctx, src, size, *d, whole); {
		case err != nil:
			return err
		case match:
			if q == BackslashQuotes {
				d.Escaped = escaped
			}
			return nil
		}
	}
	d.Quoting = DoubledQuotes // what does not match is told of by the reading of the rows
	return nil
}

// escapedQuotes counts the quotation marks behind a backslash.
func escapedQuotes(ctx context.Context, src io.ReaderAt, size int64, encoding Encoding) (count int64, err error) {
	pattern := escapedQuote
	switch encoding {
	case UTF16LE:
		pattern = []byte("\\\x00\"\x00")
	case UTF16BE:
		pattern = []byte("\x00\\\x00\"")
	}
	if size < int64(len(pattern)) {
		return 0, nil
	}
	buf := make([]byte, max(min(size, wholeBytes), int64(len(pattern))))
	for at := int64(0); at < size; at += int64(len(buf) - len(pattern) + 1) { // it may lie across the end of a piece
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		n, err := src.ReadAt(buf, at)
		count += int64(bytes.Count(buf[:n], pattern))
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return 0, err
		}
	}
	return count, nil
}

// quotesMatch says whether a text can be split to its end. What else is wrong with it has nothing to do with its quotes.
func quotesMatch(ctx context.Context, src io.ReaderAt, size int64, d Dialect, whole bool) (bool, error) {
	s := NewScanner(src, size, d, Limits{})
	var b Batch
	for s.Next(ctx, &b) {
	}
	var stop *Error
	switch {
	case s.Err() == nil:
		return true, nil
	case !errors.As(s.Err(), &stop):
		return false, s.Err()
	case stop.Fault == OpenQuote:
		return !whole, nil // of a beginning the mark that closes it may stand further down
	}
	return stop.Fault != StrayQuote && stop.Fault != LongRow, nil
}
