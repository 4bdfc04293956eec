package spreadsheet

import (
	"bytes"
	"math"
)

// The scanner reads rows in the one form in which nearly all programs write them, straight from the tokenizer's buffer
// and many times faster. It never decides that something is wrong: whatever it does not know, in a row, is left to the
// tokenizer, which reads that row from its beginning.

// cellRoom is more than a cell's start tag takes in that form.
const cellRoom = 64

type scanned uint8

const (
	rowDone scanned = iota
	rowCut          // the buffer ends within the row
	rowOdd          // the row has another form, or there is no row
)

// scanRows reads rows until the batch is full or something comes that it does not know.
func (r *sheetBatches) scanRows() error {
	x := r.x
	if x.pending || x.faulty || x.depth() != 2 {
		return nil
	}
	for !r.full() {
		window := x.buf[x.pos:x.end]
		rows := r.withoutPrefix(window)
		read, result := 0, rowDone
		for !r.full() && result == rowDone {
			var length int
			length, result = r.scanRow(rows[read:])
			read += length
		}
		x.pos += r.lengthBefore(rows[:read])
		switch result {
		case rowOdd:
			return nil
		case rowCut:
			if x.end-x.pos > len(x.buf)/2 || x.srcErr != nil {
				return nil //nolint:nilerr // it is too long, or there is nothing behind it
			}
			if err := r.ctx.Err(); err != nil {
				return err
			}
			if err := x.more(x.pos); err != nil {
				return nil //nolint:nilerr // the tokenizer meets it too, and says what it means there
			}
		}
	}
	return nil
}

// scanRow reads a row at the beginning of buf into the batch and gives its length in bytes.
func (r *sheetBatches) scanRow(buf []byte) (length int, result scanned) {
	i := skipSpaces(buf, 0)
	if len(buf)-i < cellRoom {
		return 0, rowCut
	}
	if string(buf[i:i+4]) != "<row" {
		return 0, rowOdd
	}
	end := bytes.IndexByte(buf[i:], '>')
	if end < 0 {
		return 0, rowCut
	}
	attrs := buf[i+4 : i+end]
	i += end + 1
	closed := len(attrs) > 0 && attrs[len(attrs)-1] == '/'
	if closed {
		attrs = attrs[:len(attrs)-1]
	}
	number, hidden, ok := r.scanRowAttrs(attrs)
	if !ok {
		return 0, rowOdd
	}
	if closed {
		r.number = number
		return i, rowDone
	}
	r.digits.set(number)
	r.batch.StartRow(number, hidden)
	if i, result = r.scanCells(buf, i); result == rowDone && r.textErr != nil {
		result = rowOdd
	}
	if result != rowDone {
		r.batch.DropRow()
		return 0, result
	}
	r.batch.EndRow()
	r.number = number
	return i, rowDone
}

// scanCells reads a row's cells from buf[i] on, up to and with its end tag.
func (r *sheetBatches) scanCells(buf []byte, i int) (int, scanned) {
	column := -1
	for {
		if len(buf)-i < 2*cellRoom {
			if len(buf)-i < cellRoom {
				return 0, rowCut
			}
		} else if end, at := r.scanShaped(buf, i, column+1); end > 0 {
			i, column = end, at
			continue
		}
		cell, letters, digits := i, 0, 0
		if buf[i] != '<' {
			if isSpace(buf[i]) {
				i++
				continue
			}
			return 0, rowOdd
		}
		if buf[i+1] != 'c' {
			if string(buf[i:i+6]) == "</row>" {
				return i + 6, rowDone
			}
			return 0, rowOdd
		}
		i += 2
		column++
		if buf[i] == ' ' && buf[i+1] == 'r' && buf[i+2] == '=' && buf[i+3] == '"' {
			i += 4
			n, start := 0, i
			for c := buf[i] - 'A'; c < 26 && i-start < 3; c = buf[i] - 'A' {
				n = n*26 + int(c) + 1
				i++
			}
			letters = i
			for buf[i]-'0' <= 9 && i-letters < 8 {
				i++
			}
			if letters == start || buf[i] != '"' {
				return 0, rowOdd
			}
			column = n - 1
			i++
			digits = i
		}
		if column >= MaxColumns {
			return 0, rowOdd
		}
		format, kind := 0, typeNumber
		if buf[i] == ' ' && buf[i+1] == 's' && buf[i+2] == '=' && buf[i+3] == '"' {
			i += 4
			for start := i; buf[i]-'0' <= 9 && i-start < 6; {
				format = format*10 + int(buf[i]-'0')
				i++
			}
			if buf[i] != '"' { // there may be no digit: an empty format is the first one
				return 0, rowOdd
			}
			i++
		}
		if buf[i] == ' ' && buf[i+1] == 't' && buf[i+2] == '=' && buf[i+3] == '"' {
			i += 4
			n := 1
			switch {
			case buf[i] == 's' && buf[i+1] == '"':
				kind = typeShared
			case buf[i] == 'n' && buf[i+1] == '"':
			case buf[i] == '"':
				n = 0
			case buf[i] == 'b' && buf[i+1] == '"':
				kind = typeBool
			case buf[i] == 'e' && buf[i+1] == '"':
				kind = typeError
			case string(buf[i:i+4]) == `str"`:
				kind, n = typeString, 3
			case string(buf[i:i+10]) == `inlineStr"`:
				kind, n = typeInline, 9
			default:
				return 0, rowOdd
			}
			i += n + 1
		}
		if buf[i] == '/' && buf[i+1] == '>' {
			i += 2
			continue
		}
		if buf[i] != '>' {
			return 0, rowOdd
		}
		if letters > 0 && string(buf[i+1:i+4]) == "<v>" {
			if shape := r.shapeOf(column); shape != nil {
				shape.learn(buf[cell:i+4], letters-cell, digits-cell, format, kind)
			}
		}
		var result scanned
		if i, result = r.scanCell(buf, i+1, column, format, kind); result != rowDone {
			return 0, result
		}
	}
}

// scanCell reads what stands in a cell, up to and with its end tag.
func (r *sheetBatches) scanCell(buf []byte, i, column, format int, kind cellType) (int, scanned) {
	formula, nothing := false, false
	if i = skipSpaces(buf, i); len(buf)-i < cellRoom {
		return 0, rowCut
	}
	if buf[i] == '<' && buf[i+1] == 'f' {
		var result scanned
		if i, result = skipFormula(buf, i+2); result != rowDone {
			return 0, result
		}
		if i = skipSpaces(buf, i); len(buf)-i < cellRoom {
			return 0, rowCut
		}
		formula = true
	}
	switch {
	case string(buf[i:i+3]) == "<v>" && kind != typeInline:
		i += 3
		if kind == typeShared {
			index, start := 0, i
			for buf[i]-'0' <= 9 && i-start < 10 {
				index = index*10 + int(buf[i]-'0')
				i++
			}
			if i == start || index >= r.known || string(buf[i:i+4]) != "</v>" {
				return 0, rowOdd
			}
			r.putShared(column, index)
			i += 4
			break
		}
		n := bytes.IndexByte(buf[i:], '<')
		if n < 0 || len(buf)-i-n < cellRoom {
			return 0, rowCut
		}
		value := buf[i : i+n]
		i += n
		if string(buf[i:i+4]) != "</v>" || n > 0 && !r.scanValue(value, column, format, kind) {
			return 0, rowOdd
		}
		nothing = n == 0 && kind == typeString
		i += 4
	case kind == typeInline && string(buf[i:i+4]) == "<is>":
		var result scanned
		if i, result = r.scanInline(buf, i+4, column); result != rowDone {
			return 0, result
		}
	}
	if i = skipSpaces(buf, i); len(buf)-i < cellRoom {
		return 0, rowCut
	}
	if string(buf[i:i+4]) != "</c>" {
		return 0, rowOdd
	}
	switch {
	case formula && nothing:
		r.batch.FormulaOfNothing(column)
	case formula:
		r.batch.Formula(column)
	}
	return i + 4, rowDone
}

// scanValue puts the text of a <v> into the batch.
func (r *sheetBatches) scanValue(value []byte, column, format int, kind cellType) bool {
	switch kind {
	case typeNumber:
		v, ok := ParseNumber(value)
		if !ok {
			return false
		}
		r.putNumber(column, v, format)
	case typeBool:
		if len(value) != 1 || value[0] != '0' && value[0] != '1' {
			return false
		}
		r.batch.Bool(column, value[0] == '1')
	case typeError:
		if len(value) > cellRoom || len(trimXML(value)) != len(value) || !plainASCII(value) {
			return false
		}
		r.batch.Error(column, value)
	case typeString:
		text, ok := r.plainText(value)
		if !ok {
			return false
		}
		r.batch.Text(column, text)
	default:
		return false
	}
	return true
}

// putNumber puts a number into the batch: most are none that a format shows as something else, or are days.
func (r *sheetBatches) putNumber(column int, v float64, format int) {
	switch {
	case format >= len(r.formats) || r.formats[format] == showsNumber:
		r.batch.Number(column, v)
	case v == math.Trunc(v) && v >= 61 && v <= lastSerial1900 && !r.date1904:
		r.batch.Moment(column, (int64(v)+epoch1900)*millisPerDay)
	default:
		r.setNumber(column, v, format)
	}
}

// scanInline reads <t>text</t></is>.
func (r *sheetBatches) scanInline(buf []byte, i, column int) (int, scanned) {
	const preserve = `<t xml:space="preserve">`
	switch {
	case string(buf[i:i+3]) == "<t>":
		i += 3
	case string(buf[i:i+len(preserve)]) == preserve:
		i += len(preserve)
	default:
		return 0, rowOdd
	}
	n := bytes.IndexByte(buf[i:], '<')
	if n < 0 || len(buf)-i-n < cellRoom {
		return 0, rowCut
	}
	text, ok := r.plainText(buf[i : i+n])
	i += n
	if !ok || string(buf[i:i+9]) != "</t></is>" {
		return 0, rowOdd
	}
	r.batch.Text(column, text)
	return i + 9, rowDone
}
