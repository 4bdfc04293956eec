package reading

import (
	"bytes"
	"cmp"
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
	if len(v.Text) > 32 || !bytes.ContainsAny(v.Text, "eE") || !bytes.ContainsAny(v.Text, ".,") {
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
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKC.String(name))
}

// Tally counts the currencies of a column, by their codes. The zero value is empty.
type Tally struct {
	counts map[string]int64
	other  int64 // values that are not kept apart
}

// mostCurrencies is more than there are.
const mostCurrencies = 1000

// Add counts a value.
func (t *Tally) Add(code string) {
	if t.counts == nil {
		t.counts = map[string]int64{}
	}
	if _, known := t.counts[code]; !known && len(t.counts) == mostCurrencies {
		t.other++
		return
	}
	t.counts[code]++
}

// Most is the most frequent value, of equally frequent ones the first by name, and how many others there are.
func (t *Tally) Most() (code string, others int64) {
	codes := make([]string, 0, len(t.counts))
	all := t.other
	for code, n := range t.counts {
		codes = append(codes, code)
		all += n
	}
	if len(codes) == 0 {
		return "", 0
	}
	code = slices.MinFunc(codes, func(a, b string) int {
		return cmp.Or(cmp.Compare(t.counts[b], t.counts[a]), cmp.Compare(a, b))
	})
	return code, all - t.counts[code]
}
