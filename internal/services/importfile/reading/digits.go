package reading

import "bytes"

// digitsOf reads digits with marks: it appends the digits to dst and says how many of them stand behind the decimal mark.
func (n Numbers) digitsOf(dst, b []byte) (value []byte, fraction int, shape NumberShape, ok bool) {
	var dots, commas, blanks, apostrophes int
	for _, c := range b {
		switch {
		case c >= '0' && c <= '9':
			dst = append(dst, c)
		case c == '.':
			dots++
		case c == ',':
			commas++
		case c == ' ':
			blanks++
		case c == '\'':
			apostrophes++
		default:
			return nil, 0, 0, false
		}
	}
	if len(dst) == 0 {
		return nil, 0, 0, false
	}
	mark, group := -1, byte(0) // where the decimal mark stands; what groups
	switch {
	case blanks > 0 || apostrophes > 0:
		if blanks > 0 && apostrophes > 0 || dots+commas > 1 {
			return nil, 0, 0, false
		}
		group, shape = ' ', Blanks
		if apostrophes > 0 {
			group, shape = '\'', Apostrophes
		}
		mark = bytes.IndexAny(b, ".,")
	case dots > 0 && commas > 0:
		mark = bytes.LastIndexAny(b, ".,")
		if group = '.'; b[mark] == '.' {
			group = ','
		}
		if bytes.IndexByte(b, b[mark]) != mark {
			return nil, 0, 0, false
		}
	case dots+commas > 1:
		if group, shape = ',', Commas; dots > 0 {
			group, shape = '.', Dots
		}
	case dots+commas == 1:
		mark = bytes.IndexAny(b, ".,")
		if behind := len(b) - mark - 1; behind == 3 && mark >= 1 && mark <= 3 && b[0] != '0' {
			if shape = OpenComma; dots > 0 {
				shape = OpenDot
			}
			if n.groups(shape) {
				return dst, 0, shape, true
			}
			return dst, 3, shape, true
		}
	}
	whole := b
	if mark >= 0 {
		whole, fraction = b[:mark], len(b)-mark-1
		shape |= markShape(b[mark], dots > 0 && commas > 0)
		if fraction == 0 {
			shape |= NoneBehind
		}
		if mark == 0 {
			shape |= NoneInFront
		}
		if digits(b, mark+1) != len(b) {
			return nil, 0, 0, false
		}
	}
	if group != 0 && !grouped(whole, group) {
		return nil, 0, 0, false
	}
	return dst, fraction, shape, true
}

// markShape is the form of a number with a decimal mark, alone or beside the other one.
func markShape(mark byte, both bool) NumberShape {
	switch {
	case mark == '.' && both:
		return CommasDot
	case mark == '.':
		return DecimalDot
	case both:
		return DotsComma
	}
	return DecimalComma
}

// grouped says that digits stand in groups of three, the first of one to three; behind commas also the last of three and
// the others of two, as in India.
func grouped(b []byte, group byte) bool {
	threes, twos := true, group == ','
	groups, length := 0, 0
	for i := len(b); i >= 0; i-- {
		if i > 0 && b[i-1] != group {
			length++
			continue
		}
		switch first := i == 0; {
		case groups == 0:
			threes = threes && length == 3
			twos = twos && length == 3
		case first:
			threes = threes && length >= 1 && length <= 3
			twos = twos && length >= 1 && length <= 2
		default:
			threes = threes && length == 3
			twos = twos && length == 2
		}
		groups, length = groups+1, 0
	}
	return groups > 1 && (threes || twos)
}
