package reading

import (
	"bytes"
	"sync"
	"unicode"
	"unicode/utf8"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/spreadsheet"
)

// NumberShape is what a number written as text shows of how numbers are written in its file.
type NumberShape uint32

// The forms that the evidence counts, in its order, and then what else is known of a text.
const (
	CommasDot    NumberShape = 1 << iota // 1,234.50
	DotsComma                            // 1.234,50
	Commas                               // 1,234,567
	Dots                                 // 1.234.567
	DecimalDot                           // 1234.50
	DecimalComma                         // 1234,50
	OpenComma                            // 1,234
	OpenDot                              // 1.234
	Blanks                               // 1 234
	Apostrophes                          // 1'234
	OtherSign                            // another sign than a - in front
	Parentheses                          // (5)
	SignBehind                           // 5-
	WithCurrency                         // $5
	Percent                              // 5 %
	NoneInFront                          // .5
	NoneBehind                           // 5.
	Dressed                              // it is no number by the plain rule

	showsDot   = CommasDot | Commas | DecimalDot
	showsComma = DotsComma | Dots | DecimalComma
	isOpen     = OpenComma | OpenDot
)

// numberForms are how the evidence names the forms of a NumberShape.
var numberForms = [...]string{"1,234.50", "1.234,50", "1,234,567", "1.234.567", "1234.50", "1234,50", "1,234", "1.234", "1 234", "1'234",
	"-5", "(5)", "5-", "$5", "5 %", ".5", "5."}

// markForms is how many of them tell the decimal mark.
const markForms = 6

// Number is a number that was written as text.
type Number struct {
	Value    float64
	Shape    NumberShape
	Currency string // its code in lower case, or the sign where that names no single currency; "" where there is none
}

// Numbers reads numbers written as text (contract/RULES.md, Numbers written as text). It is a value that many goroutines
// may use; the zero value reads open texts by a decimal point.
type Numbers struct {
	comma bool // the decimal mark of open texts is a comma
	own   bool // the mark of an open text is its decimal mark
	known bool // the mark was found or given, so that it holds for all columns of a text file
}

// NewNumbers reads as the options say.
func NewNumbers(o contract.ReadOptions) Numbers {
	var n Numbers
	switch {
	case o.DecimalMark != "":
		n.comma, n.known = o.DecimalMark == ",", true
	case o.GroupingMark == nil:
	case *o.GroupingMark == "":
		n.own = true
	case *o.GroupingMark == ".", *o.GroupingMark == ",":
		n.comma, n.known = *o.GroupingMark == ".", true
	}
	return n
}

// Read reads a trimmed text of a column of amounts.
func (n Numbers) Read(text []byte) (Number, bool) {
	shape, end, plain := plainShape(text)
	if !plain {
		return n.dressed(text)
	}
	if shape&isOpen != 0 && n.groups(shape) {
		var room [8]byte
		digits := append(append(room[:0], text[:end]...), text[end+1:]...)
		v, ok := spreadsheet.ParseNumber(digits)
		return Number{Value: v, Shape: shape}, ok
	}
	v, ok := spreadsheet.ParseNumber(text)
	return Number{Value: v, Shape: shape}, ok
}

// Other reads a trimmed text of another column of a text file: one that is a number by the plain rule, or that shows the
// file's mark.
func (n Numbers) Other(text []byte) (float64, bool) {
	if shape, _, plain := plainShape(text); plain && (!n.known || shape&isOpen == 0) {
		return spreadsheet.ParseNumber(text)
	}
	if !n.known || bytes.IndexByte(text, '.') < 0 && bytes.IndexByte(text, ',') < 0 {
		return 0, false
	}
	number, ok := n.Read(text)
	mark := showsDot
	if n.comma {
		mark = showsComma
	}
	if !ok || number.Shape&(mark|isOpen) == 0 {
		return 0, false
	}
	return number.Value, true
}

// groups says that the mark of an open text groups its digits.
func (n Numbers) groups(shape NumberShape) bool {
	return !n.own && n.comma == (shape&OpenDot != 0)
}

// plainShape is the shape of a text that is a number by the plain rule, and where its mark stands.
func plainShape(b []byte) (shape NumberShape, mark int, ok bool) {
	i := sign(b, 0)
	if i == 1 && b[0] == '+' {
		shape = OtherSign
	}
	front := i
	if i = digits(b, i); i == front {
		return 0, 0, false
	}
	if i == len(b) {
		return shape, 0, true
	}
	if b[i] == '.' {
		mark = i
		if i = digits(b, mark+1); i == mark+1 {
			return 0, 0, false
		}
		if i == len(b) {
			if i == mark+4 && mark-front <= 3 && b[front] != '0' {
				return shape | OpenDot, mark, true
			}
			return shape | DecimalDot, mark, true
		}
	}
	if b[i] != 'e' && b[i] != 'E' {
		return 0, 0, false
	}
	i = sign(b, i+1)
	return shape, 0, i < len(b) && digits(b, i) == len(b)
}

// dressed reads what is no number by the plain rule.
func (n Numbers) dressed(text []byte) (Number, bool) {
	if len(text) == 0 || !mayBeNumber(text) {
		return Number{}, false
	}
	var room [96]byte
	b, ok := compat(room[:0], text)
	if !ok {
		return Number{}, false
	}
	if v, ok := commaExponent(b); ok {
		return Number{Value: v, Shape: Dressed}, true
	}
	out := Number{Shape: Dressed}
	b, negative, ok := undress(b, &out)
	if !ok {
		return Number{}, false
	}
	var digitsRoom [96]byte
	value, fraction, shape, ok := n.digitsOf(digitsRoom[:0], b)
	if !ok {
		return Number{}, false
	}
	out.Shape |= shape
	if out.Shape&Percent != 0 {
		fraction += 2
	}
	if out.Value, ok = decimalValue(value, fraction); negative {
		out.Value = 0 - out.Value
	}
	return out, ok
}

// commaExponent reads a number with an exponent whose point is a comma, as programs write large ones.
func commaExponent(b []byte) (float64, bool) {
	comma := bytes.IndexByte(b, ',')
	if comma < 1 || bytes.IndexByte(b[comma:], 'e') < 0 && bytes.IndexByte(b[comma:], 'E') < 0 {
		return 0, false
	}
	var room [64]byte
	point := append(room[:0], b...)
	point[comma] = '.'
	return numberIn(point)
}

// mayBeNumber says that a text has a digit, and not the length of a sentence. It keeps texts of words from being looked at.
func mayBeNumber(text []byte) bool {
	for _, c := range text {
		if c >= '0' && c <= '9' || c == 0xEF { // full-width digits begin with it
			return true
		}
	}
	return false
}

// undress takes sign, parentheses, currency and percent off, and gives what is left: digits and marks.
func undress(b []byte, out *Number) (core []byte, negative, ok bool) {
	signed, opened, closed := false, false, false
	for {
		b = b[skipBlanks(b, 0):]
		if len(b) == 0 {
			return nil, false, false
		}
		if c := b[0]; c >= '0' && c <= '9' || c == '.' || c == ',' {
			break
		}
		if size, below := signAt(b); size > 0 && !signed {
			signed, negative = true, below
			if !below || size > 1 {
				out.Shape |= OtherSign
			}
			b = b[size:]
		} else if b[0] == '(' && !opened {
			opened = true
			b = b[1:]
		} else if code, size := currencyAt(b, false); size > 0 && out.Currency == "" {
			out.Currency = code
			b = b[size:]
		} else {
			return nil, false, false
		}
	}
	for {
		for len(b) > 0 && b[len(b)-1] == ' ' {
			b = b[:len(b)-1]
		}
		if len(b) == 0 {
			return nil, false, false
		}
		// A point at the end is the number's own, but for that of kr. and fr.
		last := b[len(b)-1]
		if last >= '0' && last <= '9' || last == ',' || last == '.' && !bytes.HasSuffix(b, []byte("r.")) {
			break
		}
		if cut := noHundredths(b); cut > 0 {
			if b = b[:cut]; out.Shape&SignBehind != 0 {
				return nil, false, false
			}
			break
		}
		if size, below := signBefore(b); size > 0 && !signed {
			signed, negative = true, below
			out.Shape |= SignBehind
			b = b[:len(b)-size]
		} else if last == ')' && opened && !closed {
			closed = true
			b = b[:len(b)-1]
		} else if last == '%' && out.Shape&Percent == 0 {
			out.Shape |= Percent
			b = b[:len(b)-1]
		} else if code, size := currencyAt(b, true); size > 0 && out.Currency == "" {
			out.Currency = code
			b = b[:len(b)-size]
		} else {
			return nil, false, false
		}
	}
	if opened != closed || opened && signed {
		return nil, false, false
	}
	if opened {
		negative = true
		out.Shape |= Parentheses
	}
	if out.Currency != "" {
		out.Shape |= WithCurrency
	}
	return b, negative, true
}

const minus = "\u2212"

// signAt is the length of the sign that a text begins with.
func signAt(b []byte) (size int, negative bool) {
	switch {
	case b[0] == '-':
		return 1, true
	case b[0] == '+':
		return 1, false
	case bytes.HasPrefix(b, []byte(minus)):
		return len(minus), true
	}
	return 0, false
}

// signBefore is the length of the sign that a text ends with.
func signBefore(b []byte) (size int, negative bool) {
	switch {
	case b[len(b)-1] == '-':
		return 1, true
	case b[len(b)-1] == '+':
		return 1, false
	case bytes.HasSuffix(b, []byte(minus)):
		return len(minus), true
	}
	return 0, false
}

// noHundredths is the length of a text without the one or two dashes that stand behind its decimal mark for no
// hundredths, as in 12,- and 12.--; 0 where there are none.
func noHundredths(b []byte) int {
	n := len(b)
	for range 2 {
		switch {
		case bytes.HasSuffix(b[:n], []byte("-")):
			n--
		case bytes.HasSuffix(b[:n], []byte("–")), bytes.HasSuffix(b[:n], []byte("—")), bytes.HasSuffix(b[:n], []byte(minus)):
			n -= 3
		}
	}
	if n < 2 || n == len(b) || b[n-1] != '.' && b[n-1] != ',' || b[n-2] < '0' || b[n-2] > '9' {
		return 0
	}
	return n
}

// currencies are signs and codes in lower case, the longest first, with what they name.
var currencies = sync.OnceValue(func() (list []currency) {
	w := contract.Words()
	for length := 8; length > 0; length-- {
		for _, words := range [][]string{w.CurrencySigns, w.CurrencyCodes} {
			for _, word := range words {
				if len(word) != length {
					continue
				}
				code := w.CurrencyOf[word]
				if code == "" {
					code = word
				}
				list = append(list, currency{word, code})
			}
		}
	}
	return list
})

type currency struct{ word, code string }

// currencyAt finds the currency that a text begins or ends with, and its length.
func currencyAt(b []byte, end bool) (code string, size int) {
	for _, c := range currencies() {
		n := len(c.word)
		if n > len(b) {
			continue
		}
		part := b[:n]
		if end {
			part = b[len(b)-n:]
		}
		if isLower(part, c.word) {
			return c.code, n
		}
	}
	return "", 0
}

// isLower says that a text is a word when it is written in lower case; both have the same length.
func isLower(text []byte, word string) bool {
	for i := 0; i < len(word); {
		if word[i] < utf8.RuneSelf {
			c := text[i]
			if c >= 'A' && c <= 'Z' {
				c += 'a' - 'A'
			}
			if c != word[i] {
				return false
			}
			i++
			continue
		}
		want, size := utf8.DecodeRuneInString(word[i:])
		got, n := utf8.DecodeRune(text[i:])
		if n != size || unicode.ToLower(got) != want {
			return false
		}
		i += size
	}
	return true
}

// decimalValue is the number that digits stand for of which so many are behind the decimal mark.
func decimalValue(digits []byte, fraction int) (float64, bool) {
	for len(digits) <= fraction {
		digits = append(digits, 0)
		copy(digits[1:], digits)
		digits[0] = '0'
	}
	if fraction > 0 {
		at := len(digits) - fraction
		digits = append(digits, 0)
		copy(digits[at+1:], digits[at:])
		digits[at] = '.'
	}
	return spreadsheet.ParseNumber(digits)
}
