package spreadsheet

import (
	"fmt"
	"strconv"
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
func (r *sheetRows) readCell(column int) (int, error) {
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
			if column, ok = parseColumn(value); !ok {
				return column, &badCell{fmt.Sprintf("the cell address %s is none that a sheet can have", clip(value))}
			}
		case 's':
			if format, ok = parseIndex(value, maxStyles); !ok {
				return column, &badCell{fmt.Sprintf("a cell's format %s is no number", clip(value))}
			}
		case 't':
			switch string(value) {
			case "n":
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
	hasValue := false
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
			if err := r.x.skip(); err != nil {
				return column, err
			}
		}
	}
	if !hasValue || len(r.value) == 0 {
		return column, nil
	}
	cell := Cell{Column: column}
	if err := r.decode(&cell, kind, format); err != nil {
		return column, err
	}
	if cell.Kind != Empty {
		r.place(cell)
	}
	return column, nil
}

// decode turns the value of a cell into its typed form.
func (r *sheetRows) decode(cell *Cell, kind cellType, format int) error {
	value := r.value
	if kind != typeString && kind != typeInline {
		value = trimXML(value)
		if len(value) == 0 {
			return nil
		}
	}
	switch kind {
	case typeNumber:
		v, ok := parseNumber(value)
		if !ok {
			r.setText(cell, Text, value)
			return nil
		}
		setNumber(cell, v, format < len(r.dates) && r.dates[format], r.date1904)
	case typeShared:
		i, ok := parseIndex(value, 1<<32)
		text, known := r.shared.at(uint64(i))
		switch {
		case !ok:
			return &badCell{fmt.Sprintf("a cell refers to the text number %s, which is no number", clip(value))}
		case !known && r.shared.err != nil:
			return &badCell{fmt.Sprintf("the workbook's table of texts is damaged (%s) before the text of a cell there", r.shared.err)}
		case !known:
			return &badCell{fmt.Sprintf("a cell refers to text number %d, but the workbook has %d texts", i, len(r.shared.ends))}
		}
		if len(text) > 0 {
			cell.Kind, cell.Text = Text, text
		}
	case typeString:
		r.setText(cell, Text, unescape(value))
	case typeInline:
		r.setText(cell, Text, value)
	case typeBool:
		switch {
		case isTrue(string(value)):
			cell.Kind, cell.Num = Bool, 1
		case string(value) == "0" || string(value) == "false":
			cell.Kind = Bool
		default:
			r.setText(cell, Text, value)
		}
	case typeError:
		r.setText(cell, Error, value)
	case typeDate:
		millis, ok := isoTime(string(value))
		if !ok {
			r.setText(cell, Text, value)
			return nil
		}
		setMillis(cell, millis)
	}
	return nil
}

// setText copies the text to where it stays valid until the next row.
func (r *sheetRows) setText(cell *Cell, kind Kind, text []byte) {
	start := len(r.text)
	r.text = append(r.text, text...)
	cell.Kind, cell.Text = kind, r.text[start:len(r.text):len(r.text)]
}

// place puts the cell where its column belongs: cells may come in any order. Of two with one address the later counts.
func (r *sheetRows) place(cell Cell) {
	i := len(r.cells)
	for i > 0 && r.cells[i-1].Column > cell.Column {
		i--
	}
	if i > 0 && r.cells[i-1].Column == cell.Column {
		r.cells[i-1] = cell
		return
	}
	r.cells = append(r.cells, Cell{})
	copy(r.cells[i+1:], r.cells[i:])
	r.cells[i] = cell
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
	for _, c := range ref[i:] {
		if c < '0' || c > '9' {
			return 0, false
		}
	}
	return n - 1, true
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

// parseNumber reads a number as XML Schema writes a double, but no infinity.
func parseNumber(b []byte) (float64, bool) {
	if len(b) <= 15 {
		n, ok := 0, len(b) > 0
		for _, c := range b {
			if c < '0' || c > '9' {
				ok = false
				break
			}
			n = n*10 + int(c-'0')
		}
		if ok {
			return float64(n), true
		}
	}
	for _, c := range b {
		if (c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return 0, false
		}
	}
	v, err := strconv.ParseFloat(string(b), 64)
	return v + 0, err == nil // -0 + 0 is 0
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
