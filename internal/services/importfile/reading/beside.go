package reading

import (
	"bytes"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"fabricportal/contract"
)

// StatusColumn is the column without a role that says what became of an order, by its name; -1 where there is none.
func (h *Header) StatusColumn() int { return h.firstNamed(contract.Words().StatusColumns) }

// VisitorColumn is the column without a role that has numbers of visitors, by its name; -1 where there is none.
func (h *Header) VisitorColumn() int { return h.firstNamed(contract.Words().VisitorColumns) }

// firstNamed is the column without a role that has the first of some names; of several with one name it is the first.
func (h *Header) firstNamed(names []string) int {
	best, found := len(names), -1
	columns := h.Columns()
	for column, header := range h.Names {
		if at := slices.Index(names, fold(NormalizedName(header))); at >= 0 && at < best && !columns.has(column) {
			best, found = at, column
		}
	}
	return found
}

var notFulfilled = sync.OnceValue(func() map[string]bool {
	found := map[string]bool{}
	for _, word := range contract.Words().NotFulfilled {
		found[word] = true
	}
	return found
})

// ReturnedOrCancelled is the word of file_words.json that a status is which says so of an order; "" for another one.
func ReturnedOrCancelled(status []byte) string {
	if word := fold(NormalizedName(string(status))); notFulfilled()[word] {
		return word
	}
	return ""
}

// CurrencyName is what CurrencyOf gives as documents have it: a code in capitals.
func CurrencyName(of string) string {
	if slices.Contains(contract.Words().CurrencyCodes, of) {
		return strings.ToUpper(of)
	}
	return of
}

// LetterCase says in which case the letters of a text are.
type LetterCase uint8

// The cases.
const (
	NoLetters LetterCase = iota
	Capitals             // of ASCII only
	Small                // of ASCII only
	OtherCase            // both, or others than those of ASCII
)

// InSmallLetters appends a text in lower case, letter by letter, and says in which case it was.
func InSmallLetters(dst, text []byte) ([]byte, LetterCase) {
	found := NoLetters
	for i, c := range text {
		switch {
		case c >= utf8.RuneSelf:
			for _, r := range string(bytes.ToValidUTF8(text[i:], []byte("\uFFFD"))) {
				dst = utf8.AppendRune(dst, unicode.ToLower(r))
			}
			return dst, OtherCase
		case c >= 'A' && c <= 'Z':
			found |= Capitals
			c += 'a' - 'A'
		case c >= 'a' && c <= 'z':
			found |= Small
		}
		dst = append(dst, c)
	}
	return dst, found
}
