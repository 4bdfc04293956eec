package reading

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"fabricportal/internal/services/importfile/spreadsheet"
)

// fromSixteen is the first number of sixteen digits, and pastExact the first double that stands for other numbers, too.
const (
	fromSixteen = 1e15
	pastExact   = 1<<53 + 2
)

// LosesDigitsFrom is the first number that a cell of a file may hold in the place of another one.
func LosesDigitsFrom(format spreadsheet.Format) float64 {
	switch format {
	case spreadsheet.XLSX, spreadsheet.XLSM:
		return fromSixteen
	case spreadsheet.Parquet: // its exact numbers of that size are texts
		return pastExact
	}
	return math.Inf(1)
}

// LostDigits says that an order_id may have lost its last digits: a number from the one on that LosesDigitsFrom gives, or a
// decimal text with an exponent that stands for one of sixteen digits.
func LostDigits(v Value, from float64) bool {
	if v.Text == nil {
		return (v.Kind == Integer || v.Kind == Decimal) && math.Abs(v.Num) >= from
	}
	// Nearly no order_id is a number with a mark: that is seen at once.
	if len(v.Text) == 0 || v.Text[0] > '9' || len(v.Text) > 32 || bytes.IndexByte(v.Text, '.') < 0 && bytes.IndexByte(v.Text, ',') < 0 || !bytes.ContainsAny(v.Text, "eE") {
		return false
	}
	n, ok := numberIn(bytes.Replace(v.Text, []byte(","), []byte("."), 1))
	return ok && math.Abs(n) >= fromSixteen
}

// Spellings are the names of groups that are one when case, white space and characters without a width are left out.
type Spellings struct {
	Names []string
	At    []int // of each name in the list that was given
}

// SameGroups finds, among the names of a column's groups, those that only case, white space or characters without a width
// tell apart. The result is in the order of the first names.
func SameGroups(names []string) []Spellings {
	byKey := map[string]int{}
	var groups []Spellings
	for i, name := range names {
		key := groupKey(name)
		at, known := byKey[key]
		if !known {
			at = len(groups)
			byKey[key] = at
			groups = append(groups, Spellings{})
		}
		g := &groups[at]
		g.Names, g.At = append(g.Names, name), append(g.At, i)
	}
	return slices.DeleteFunc(groups, func(g Spellings) bool { return len(g.Names) < 2 })
}

// groupKey is what is left of a group's name.
func groupKey(name string) string {
	if isGroupKey(name) {
		return name
	}
	return foldedName(name)
}

func foldedName(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKC.String(name))
}

// isGroupKey says that a name is its own key, as names in small letters of ASCII are.
func isGroupKey(name string) bool {
	for i := range len(name) {
		if c := name[i]; c <= ' ' || c >= 0x80 || c >= 'A' && c <= 'Z' {
			return false
		}
	}
	return true
}
