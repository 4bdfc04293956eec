package reading

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// fromSixteen is the first number of sixteen digits.
const fromSixteen = 1e15

// LostDigits says that an order_id may have lost its last digits: a number of a workbook with more than the fifteen that
// Excel keeps, or a decimal text with an exponent that stands for one.
func LostDigits(v Value, workbook bool) bool {
	if v.Text == nil {
		return workbook && (v.Kind == Integer || v.Kind == Decimal) && math.Abs(v.Num) >= fromSixteen
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
