package spreadsheet

import "bytes"

// scanRowAttrs reads a row's attributes. What stands behind its number is the same in most rows.
func (r *sheetBatches) scanRowAttrs(attrs []byte) (number int, hidden, ok bool) {
	number = r.number + 1
	rest := attrs
	if len(attrs) > 4 && string(attrs[:4]) == ` r="` {
		i := 4
		for number = 0; i < len(attrs) && attrs[i]-'0' <= 9 && i < 12; i++ {
			number = number*10 + int(attrs[i]-'0')
		}
		if i == 4 || i == len(attrs) || attrs[i] != '"' {
			return 0, false, false
		}
		rest = attrs[i+1:]
	}
	if number < 1 || number > MaxRows {
		return 0, false, false
	}
	if len(rest) == 0 {
		return number, false, true
	}
	if rest[0] != ' ' {
		return 0, false, false
	}
	if !bytes.Equal(rest, r.lastAttrs) {
		if hidden, ok = plainRowAttrs(rest); !ok {
			return 0, false, false
		}
		r.lastAttrs, r.lastHidden = append(r.lastAttrs[:0], rest...), hidden
	}
	return number, r.lastHidden, true
}

// plainRowAttrs checks a row's other attributes.
func plainRowAttrs(attrs []byte) (hidden, ok bool) {
	for len(attrs) > 0 {
		name, value, rest, ok := plainAttr(attrs)
		if !ok || string(name) == "r" {
			return false, false
		}
		if string(name) == "hidden" {
			hidden = isTrue(string(value))
		}
		attrs = rest
	}
	return hidden, true
}

// plainAttr takes the first of some attributes, written as nearly all are: a space, the name, and the value between double
// quotation marks, in plain ASCII without entities.
func plainAttr(attrs []byte) (name, value, rest []byte, ok bool) {
	if attrs[0] != ' ' {
		return nil, nil, nil, false
	}
	i := 1
	for i < len(attrs) && isNameByte(attrs[i]) {
		i++
	}
	if i == 1 || len(attrs)-i < 3 || attrs[i] != '=' || attrs[i+1] != '"' {
		return nil, nil, nil, false
	}
	n := bytes.IndexByte(attrs[i+2:], '"')
	if n < 0 {
		return nil, nil, nil, false
	}
	value = attrs[i+2 : i+2+n]
	return attrs[1:i], value, attrs[i+n+3:], plainASCII(value)
}

func isNameByte(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == ':' || c == '_' || c == '.' || c == '-'
}

// plainASCII says whether a text needs no further look.
func plainASCII(text []byte) bool {
	for _, c := range text {
		if c == '&' || c == '<' || c >= 0x80 {
			return false
		}
	}
	return true
}

// plainText is the text that stands between two tags, with its entities resolved.
func (r *sheetBatches) plainText(raw []byte) ([]byte, bool) {
	if len(raw) > r.limits.CellBytes || checkText(raw) != nil {
		return nil, false
	}
	for i, c := range raw {
		if c == '&' || c == '\r' || c == '_' && i+1 < len(raw) && raw[i+1] == 'x' {
			r.value = appendText(r.value[:0], raw)
			return unescape(r.value), true
		}
	}
	return raw, true
}

// skipFormula passes over a formula from behind <f on.
func skipFormula(buf []byte, i int) (int, scanned) {
	n := bytes.IndexByte(buf[i:], '>')
	if n < 0 {
		return 0, rowCut
	}
	attrs := buf[i : i+n]
	i += n + 1
	closed := n > 0 && attrs[n-1] == '/'
	if closed {
		attrs = attrs[:n-1]
	}
	for len(attrs) > 0 {
		var ok bool
		if _, _, attrs, ok = plainAttr(attrs); !ok {
			return 0, rowOdd
		}
	}
	if closed {
		return i, rowDone
	}
	if n = bytes.IndexByte(buf[i:], '<'); n < 0 || len(buf)-i-n < cellRoom {
		return 0, rowCut
	}
	if string(buf[i+n:i+n+4]) != "</f>" || checkText(buf[i:i+n]) != nil {
		return 0, rowOdd
	}
	return i + n + 4, rowDone
}

func skipSpaces(buf []byte, i int) int {
	for i < len(buf) && isSpace(buf[i]) {
		i++
	}
	return i
}
