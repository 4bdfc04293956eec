package reading

import (
	"bytes"
	"slices"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/amount"
	"fabricportal/internal/services/importfile/spreadsheet"
)

// rowKind says why a row is no order.
type rowKind uint8

const (
	isOrder rowKind = iota
	isHeader
	isRule
	isNote
	isTotal
	isSuspect
	isEnd
	rowKinds
)

// kindNames are how the documents name the kinds.
var kindNames = [rowKinds]string{"", "header", "rule", "note", "total", "suspect", "end"}

const (
	// near is how far a total may be from a sum, in ten-thousandths.
	near = 50
	// leastRows is how many rows a sum has at least where no word says that it is one.
	leastRows = 3
)

// kindFinder tells rows that are no orders (contract/RULES.md, Rows that are no orders). It sees the rows in their order.
type kindFinder struct {
	reader   *reader
	headers  []string // normalised names
	columns  [columnCount]int
	declared []int // numbers of the rows that the workbook's table declares as totals

	all, since         amount.Sum // of the counted rows above, and of those since the last total
	allRows, sinceRows int
}

// found is what is said of a row: its kind, and whether that is certain.
type foundKind struct {
	kind    rowKind
	certain bool
}

// look tells a row's kind; revenue is that of the row where it has one.
func (k *kindFinder) look(r *row, dated bool, revenue float64, hasRevenue bool) foundKind {
	u := amount.TenThousandths(revenue)
	isSum := func(rows int) bool {
		return hasRevenue && (k.allRows >= rows && k.all.Near(u, near) || k.sinceRows >= rows && k.since.Near(u, near))
	}
	f := k.kindOf(r, dated, isSum, hasRevenue && u != 0)
	switch f.kind {
	case isOrder:
		k.count(revenue, hasRevenue)
	case isTotal, isSuspect:
		k.since, k.sinceRows = amount.Sum{}, 0
	}
	return f
}

// count adds a row that counts to the sums.
func (k *kindFinder) count(revenue float64, hasRevenue bool) {
	if hasRevenue {
		u := amount.TenThousandths(revenue)
		k.all.Add(u)
		k.since.Add(u)
		k.allRows, k.sinceRows = k.allRows+1, k.sinceRows+1
	}
}

func (k *kindFinder) kindOf(r *row, dated bool, isSum func(rows int) bool, notZero bool) foundKind {
	hasID := r.values[columnID].Kind != Null
	oneRow := isSum(1)
	if dated && !oneRow && len(k.declared) == 0 {
		return foundKind{}
	}
	row := r.cellsOf(r.reader.width)
	if !dated {
		switch {
		case k.isHeader(row):
			return foundKind{isHeader, true}
		case k.isRule(r, row):
			return foundKind{isRule, true}
		case k.isNote(row):
			return foundKind{isNote, true}
		}
	}
	declared := slices.Contains(k.declared, r.number)
	switch {
	case declared:
		return foundKind{isTotal, true}
	case (!dated || oneRow) && k.isTotalWord(r, row):
		return foundKind{isTotal, oneRow || k.reader.isNull(&r.values[columnRevenue])}
	case !notZero || !isSum(leastRows):
	case !hasID:
		return foundKind{isTotal, true}
	case !dated:
		return foundKind{isSuspect, false}
	}
	return foundKind{}
}

// isHeader says that each of a row's values equals the header of its column, two at least.
func (k *kindFinder) isHeader(row []spreadsheet.Cell) bool {
	values := 0
	for _, c := range row {
		v := Read(c, false)
		if v.Kind == Null {
			continue
		}
		if header := k.headers[c.Column]; header == "" || NormalizedName(string(v.AppendText(nil))) != header {
			return false
		}
		values++
	}
	return values >= 2
}

// isRule says that a row's values hold no letter and no digit, and none stands for nothing in an order.
func (k *kindFinder) isRule(r *row, row []spreadsheet.Cell) bool {
	for _, c := range row {
		v := Read(c, false)
		if v.Kind == Null {
			continue
		}
		if v.Text == nil || bytes.ContainsFunc(v.Text, func(c rune) bool { return unicode.IsLetter(c) || unicode.IsNumber(c) }) {
			return false
		}
	}
	if r.values[columnID].Kind != Null {
		for _, column := range amountColumns {
			if v := &r.values[column]; v.Text != nil && k.reader.nulls.Find(v.Text) >= 0 {
				return false
			}
		}
	}
	return true
}

// isNote says that a row without a date has one value only, a text of words, or is a key with what belongs to it.
func (k *kindFinder) isNote(row []spreadsheet.Cell) bool {
	var first Value
	values := 0
	for _, c := range row {
		v := Read(c, false)
		if v.Kind == Null {
			continue
		}
		if k.isAmount(c.Column) {
			return false
		}
		if values++; values == 1 {
			first = v
		}
	}
	text := first.Text
	switch {
	case text == nil:
		return false
	case text[len(text)-1] == ':':
		return true
	}
	return values == 1 && (text[0] == '#' || text[0] == '*' || bytes.HasPrefix(text, []byte("//")) || bytes.ContainsFunc(text, unicode.IsSpace))
}

// isAmount says that a column is one of numbers.
func (k *kindFinder) isAmount(position int) bool {
	for _, column := range amountColumns {
		if k.columns[column] == position {
			return true
		}
	}
	return false
}

// isTotalWord says that a row's order_id, or where that is null its first text with a letter, says that it is a total.
func (k *kindFinder) isTotalWord(r *row, row []spreadsheet.Cell) bool {
	if id := &r.values[columnID]; id.Kind != Null {
		return id.Text != nil && isTotalText(id.Text)
	}
	for _, c := range row {
		if k.isAmount(c.Column) {
			continue // EUR 5 has letters, too
		}
		if v := Read(c, false); v.Text != nil && bytes.ContainsFunc(v.Text, func(c rune) bool { return unicode.IsLetter(c) || c == '∑' }) {
			return isTotalText(v.Text)
		}
	}
	return false
}

// totalWords are the words of totals.
var totalWords = sync.OnceValue(func() map[string]bool {
	set := map[string]bool{}
	for _, word := range contract.Words().Totals {
		set[word] = true
	}
	return set
})

// isTotalText says that a text is a total word, or begins with one and a blank or a colon, or ends with a blank and one.
func isTotalText(text []byte) bool {
	s := lowered(string(norm.NFKC.Bytes(text)))
	words := totalWords()
	if n := len(s); n > 0 && s[n-1] == ':' {
		s = s[:n-1]
	}
	if words[s] {
		return true
	}
	for i := range len(s) {
		if s[i] == ' ' && (words[s[:i]] || words[s[i+1:]]) || s[i] == ':' && words[s[:i]] {
			return true
		}
	}
	return false
}
