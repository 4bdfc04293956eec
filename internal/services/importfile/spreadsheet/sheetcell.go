package spreadsheet

import (
	"fmt"
)

// cellType is the attribute t of a cell.
type cellType uint8

const (
	typeNumber cellType = iota
	typeShared
	typeString
	typeInline
	typeBool
	typeError
	typeDate
)

// readCell reads the cell whose start tag was read last; column is where it stands when it does not say so itself.
func (r *sheetBatches) readCell(column int) (int, error) {
	format, kind := 0, typeNumber
	for rest := r.x.attrs; ; {
		name, value, next, ok := nextAttr(rest)
		if !ok {
			if len(next) > 0 {
				return column, errAttributes
			}
			break
		}
		rest = next
		if len(name) != 1 {
			continue
		}
		switch name[0] {
		case 'r':
			if len(value) == 0 || isDigits(value) { // as some programs write what they leave out
				continue
			}
			at, ok := parseColumn(value)
			if ok {
				column = at
			} else if n, number := parseIndex(value, MaxColumns); !number || n != column { // some programs number the cells from 0
				return column, &badCell{fmt.Sprintf("the cell address %s is none that a sheet can have", clip(value))}
			}
		case 's':
			if len(value) == 0 {
				continue
			}
			if format, ok = parseIndex(value, maxStyles); !ok {
				return column, &badCell{fmt.Sprintf("a cell's format %s is no number", clip(value))}
			}
		case 't':
			switch string(value) {
			case "n", "":
				kind = typeNumber
			case "s":
				kind = typeShared
			case "str":
				kind = typeString
			case "inlineStr":
				kind = typeInline
			case "b":
				kind = typeBool
			case "e":
				kind = typeError
			case "d":
				kind = typeDate
			default:
				return column, &badCell{fmt.Sprintf("a cell has the unknown type %s", clip(value))}
			}
		}
	}
	if column >= MaxColumns {
		return column, &badCell{fmt.Sprintf("it has more than %d columns", MaxColumns)}
	}
	hasValue, formula := false, false
	r.value = r.value[:0]
	base := r.x.depth()
	for r.x.depth() >= base {
		token, err := r.x.next()
		if err != nil {
			return column, err
		}
		if token != tokenStart {
			continue
		}
		switch {
		case string(r.x.name) == "v" && kind != typeInline:
			if r.value, err = appendElementText(r.x, r.value[:0], r.limits.CellBytes); err != nil {
				return column, err
			}
			hasValue = true
		case string(r.x.name) == "is" && kind == typeInline:
			if r.value, err = appendRichText(r.x, r.value[:0], r.limits.CellBytes); err != nil {
				return column, err
			}
			hasValue = true
		default: // <f>, the formula: its last saved value stands in <v>
			formula = formula || string(r.x.name) == "f" && r.x.depth() == base+1
			if err := r.x.skip(); err != nil {
				return column, err
			}
		}
	}
	if hasValue && len(r.value) > 0 {
		if err := r.decode(column, kind, format); err != nil {
			return column, err
		}
	}
	switch {
	case formula && hasValue && len(r.value) == 0 && kind == typeString:
		r.batch.FormulaOfNothing(column)
	case formula:
		r.batch.Formula(column)
	}
	return column, nil
}

// decode puts the value of a cell into the batch.
func (r *sheetBatches) decode(column int, kind cellType, format int) error {
	value := r.value
	if kind != typeString && kind != typeInline {
		value = trimXML(value)
		if len(value) == 0 {
			return nil
		}
	}
	b := r.batch
	switch kind {
	case typeNumber:
		v, ok := ParseNumber(value)
		if !ok {
			b.Text(column, value)
			return nil
		}
		r.setNumber(column, v, format)
	case typeShared:
		i, ok := parseIndex(value, 1<<32)
		switch {
		case !ok:
			return &badCell{fmt.Sprintf("a cell refers to the text number %s, which is no number", clip(value))}
		case i < r.known:
			r.putShared(column, i)
			return r.textErr
		case r.shared.err != nil:
			return &badCell{fmt.Sprintf("the workbook's table of texts is damaged (%s) before the text of a cell there", r.shared.err)}
		default:
			return &badCell{fmt.Sprintf("a cell refers to text number %d, but the workbook has %d texts", i, r.known)}
		}
	case typeString:
		b.Text(column, unescape(value))
	case typeInline:
		b.Text(column, value)
	case typeBool:
		switch {
		case isTrue(string(value)):
			b.Bool(column, true)
		case string(value) == "0" || string(value) == "false":
			b.Bool(column, false)
		default:
			b.Text(column, value)
		}
	case typeError:
		b.Error(column, value)
	case typeDate:
		r.putISO(column, string(value), format)
	}
	return nil
}

// putShared puts a text of the workbook's table into the batch.
func (r *sheetBatches) putShared(column, index int) {
	if index < r.inMemory {
		r.batch.Shared(column, uint32(index))
		return
	}
	r.putFromDisk(column, index)
}

// putFromDisk puts a text of the table's rest into the batch, as the cell's own.
func (r *sheetBatches) putFromDisk(column, index int) {
	text := r.shared.rest.at(index - r.inMemory)
	r.fromDisk += int64(len(text))
	switch {
	case r.textErr != nil:
	case r.shared.rest.failed != nil:
		r.textErr = r.shared.rest.failed
	case int64(len(r.batch.Bytes)+len(text)) > r.limits.RowBytes:
		r.textErr = &badCell{"the texts of its cells are longer than is safe to read"}
	case r.fromDisk > r.limits.CellTexts:
		r.textErr = &badCell{"the same long texts stand in more cells than is safe to read"}
	default:
		r.batch.Text(column, text)
	}
}

// setNumber puts a number into the batch, as a date or time where its format shows one.
func (r *sheetBatches) setNumber(column int, v float64, format int) {
	if format < len(r.formats) && r.formats[format] != showsNumber {
		switch millis, ok := serialTime(v, r.date1904); {
		case ok:
			r.batch.Moment(column, millis)
			return
		case r.formats[format] == showsTime && v >= 0 && v < 1:
			r.batch.Clock(column, clockOf(v))
			return
		}
	}
	r.batch.Number(column, v)
}

// putISO puts what a cell of type d holds into the batch: a moment or a time of day, else its text.
func (r *sheetBatches) putISO(column int, value string, format int) {
	millis, ok := isoTime(value)
	clock, timed := isoClock(value)
	if !timed && ok && format < len(r.formats) && r.formats[format] == showsTime {
		clock, timed = clockOfDayZero(millis)
	}
	switch {
	case timed:
		r.batch.Clock(column, clock)
	case ok:
		r.batch.Moment(column, millis)
	default:
		r.batch.Text(column, []byte(value))
	}
}

// parseColumn reads the column of an address such as B17; the digits are not needed.
func parseColumn(ref []byte) (int, bool) {
	n, i := 0, 0
	for ; i < len(ref) && i < 4; i++ {
		c := ref[i] &^ 0x20
		if c < 'A' || c > 'Z' {
			break
		}
		n = n*26 + int(c-'A') + 1
	}
	if i == 0 || n > MaxColumns {
		return 0, false
	}
	return n - 1, isDigits(ref[i:])
}

func isDigits(text []byte) bool {
	for _, c := range text {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// parseIndex reads a whole number from 0 to limit.
func parseIndex(b []byte, limit int) (int, bool) {
	n := 0
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		if n = n*10 + int(c-'0'); n > limit {
			return 0, false
		}
	}
	return n, len(b) > 0
}

func trimXML(b []byte) []byte {
	for len(b) > 0 && isSpace(b[0]) {
		b = b[1:]
	}
	for len(b) > 0 && isSpace(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}
