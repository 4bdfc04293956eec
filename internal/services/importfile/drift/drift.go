// Package drift compares the profile of a file with that of the file imported before it. It finds columns that are new, gone, renamed or of another type, and figures that moved.
// The thresholds are below. A finding is worth a look; it is never an error.
package drift

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"fabricportal/contract"
	"fabricportal/internal/format"
)

// Kind is what has changed.
type Kind string

// The kinds of findings.
const (
	SameContent  Kind = "same_content"  // the file has the very bytes of the other
	RowCount     Kind = "row_count"     // many more or fewer rows
	Older        Kind = "older"         // the last date lies before that of the file before
	ColumnGone   Kind = "column_gone"   //
	ColumnNew    Kind = "column_new"    //
	Renamed      Kind = "renamed"       // one column gone, one come, and they look alike
	TypeChanged  Kind = "type_changed"  //
	NullShare    Kind = "null_share"    // many more or fewer empty cells
	RangeMoved   Kind = "range_moved"   // the values reach far beyond where they lay
	MeanMoved    Kind = "mean_moved"    // the mean lies more than a standard deviation off
	ValuesGained Kind = "values_gained" // a column with few values has others
	ValuesLost   Kind = "values_lost"   //
)

// Severity says what a finding is worth.
type Severity string

// The severities.
const (
	Notice  Severity = "notice"  // what new files bring along
	Warning Severity = "warning" // worth a look before the file is run
)

// severity of the kinds that are no warning.
var severity = map[Kind]Severity{SameContent: Notice, ColumnNew: Notice, ValuesLost: Notice}

// Finding is one difference.
type Finding struct {
	Kind     Kind
	Column   string       // normalised name; "" where it is about the file
	Said     *format.Said // one sentence
	Severity Severity
}

// Sentence is it in English.
func (f Finding) Sentence() string { return f.Said.Error() }

// The thresholds.
const (
	rowsMoved     = 0.5  // more than half as many rows more, or fewer
	nullsMoved    = 0.05 // five percentage points
	reach         = 0.5  // half of the old range beyond its end
	fewValues     = 10   // a column with so few values has them all among the most frequent ones
	alike         = 0.6  // likeness of two columns, 0 to 1, from which on one is taken for the other
	shownValues   = 5
	leastRowsSeen = 20 // with fewer rows, shares and ranges say little
	mostPairs     = 2500
)

// Compare says how now differs from before. Documents of version 1 say less of their columns, so that less is found.
func Compare(before, now *contract.ImportProfile) []Finding {
	if before.File.SHA256 != "" && before.File.SHA256 == now.File.SHA256 {
		return []Finding{{Kind: SameContent, Said: format.Say("The file has the very content of the one that was imported last."), Severity: Notice}}
	}
	var found []Finding
	add := func(k Kind, column string, said *format.Said) {
		found = append(found, Finding{k, column, said, cmp.Or(severity[k], Warning)})
	}
	if b, n := float64(before.RowCount), float64(now.RowCount); b > 0 && math.Abs(n-b) > rowsMoved*b {
		add(RowCount, "", format.SayN(now.RowCount, "It has {{.N}} row; the one before had {{.Before}}.", "It has {{.N}} rows; the one before had {{.Before}}.",
			"Before", before.RowCount))
	}
	if b, n := before.DateRange, now.DateRange; b != nil && n != nil && b.Column == n.Column && n.Max < b.Max {
		add(Older, n.Column, format.Say("Its last {{.Column}} is {{.Last}}; the file before reached to {{.Before}}, so that this one may be older.",
			"Column", n.Column, "Last", format.Day(n.Max), "Before", format.Day(b.Max)))
	}
	old := byName(before.Columns)
	gone, come := without(before.Columns, byName(now.Columns)), without(now.Columns, old)
	for len(gone) > 0 {
		g, c := mostAlike(gone, come)
		if g < 0 {
			break
		}
		add(Renamed, come[c].NormalizedName, format.Say("The column {{.Column}} is probably what was called {{.Before}}.", "Column", come[c].NormalizedName, "Before", gone[g].NormalizedName))
		compareColumn(gone[g], come[c], before.RowCount, now.RowCount, add)
		gone, come = slices.Delete(gone, g, g+1), slices.Delete(come, c, c+1)
	}
	for _, g := range gone {
		add(ColumnGone, g.NormalizedName, format.Say("The column {{.Column}} is gone.", "Column", g.NormalizedName))
	}
	for _, c := range come {
		add(ColumnNew, c.NormalizedName, format.Say("The column {{.Column}} is new.", "Column", c.NormalizedName))
	}
	for _, n := range now.Columns {
		if i, ok := old[n.NormalizedName]; ok {
			compareColumn(before.Columns[i], n, before.RowCount, now.RowCount, add)
		}
	}
	return found
}

type adder func(k Kind, column string, said *format.Said)

// byName is where each column stands.
func byName(columns []contract.Column) map[string]int {
	at := make(map[string]int, len(columns))
	for i, c := range columns {
		at[c.NormalizedName] = i
	}
	return at
}

// without are the columns whose names the others do not have.
func without(columns []contract.Column, others map[string]int) []contract.Column {
	var out []contract.Column
	for _, c := range columns {
		if _, ok := others[c.NormalizedName]; !ok {
			out = append(out, c)
		}
	}
	return out
}

// mostAlike is the pair of columns that are most alike, -1 where none are alike enough. Wide files that have hardly a
// column in common are not matched: it would cost much and say little.
func mostAlike(gone, come []contract.Column) (g, c int) {
	g, c = -1, -1
	if len(gone)*len(come) > mostPairs {
		return g, c
	}
	best := alike
	for i := range gone {
		for j := range come {
			if l := likenessOf(gone[i], come[j]); l >= best && (l > best || g < 0) {
				best, g, c = l, i, j
			}
		}
	}
	return g, c
}

// likenessOf judges whether two columns of different names are the same one: by their names' letters, and by what they hold.
func likenessOf(a, b contract.Column) float64 {
	if a.Type != b.Type {
		return 0
	}
	names := 1 - float64(distance(a.NormalizedName, b.NormalizedName))/float64(max(len(a.NormalizedName), len(b.NormalizedName), 1))
	if shared, of := common(a, b); of > 0 {
		return max(names, 0.4*names+0.6*shared/of)
	}
	if a.Numbers != nil && b.Numbers != nil && a.Numbers.StandardDeviation != nil && *a.Numbers.StandardDeviation > 0 {
		off := math.Abs(a.Numbers.Mean-b.Numbers.Mean) / *a.Numbers.StandardDeviation
		return max(names, 0.5*names+0.5*max(0, 1-off))
	}
	return names
}

// common is how many of the most frequent values two columns share, of how many.
func common(a, b contract.Column) (shared, of float64) {
	if a.Type != "text" || len(a.MostFrequent) == 0 || len(b.MostFrequent) == 0 {
		return 0, 0
	}
	for _, f := range a.MostFrequent {
		if has(b, f.Value) {
			shared++
		}
	}
	return shared, float64(max(len(a.MostFrequent), len(b.MostFrequent)))
}

func has(c contract.Column, value any) bool {
	text := fmt.Sprint(value)
	return slices.ContainsFunc(c.MostFrequent, func(f contract.Frequency) bool { return fmt.Sprint(f.Value) == text })
}

func compareColumn(before, now contract.Column, rowsBefore, rowsNow int64, add adder) {
	name := now.NormalizedName
	if before.Type != now.Type && before.Type != "empty" && now.Type != "empty" && !bothNumbers(before, now) {
		add(TypeChanged, name, format.Say("{{.Column}} holds {{.Kind}}; before it held {{.Before}}.", "Column", name, "Kind", typeWord(now.Type), "Before", typeWord(before.Type)))
	}
	if rowsBefore < leastRowsSeen || rowsNow < leastRowsSeen {
		return
	}
	if math.Abs(now.NullShare-before.NullShare) > nullsMoved {
		add(NullShare, name, format.Say("{{.Column}} is empty in {{.Share}} of the rows; before in {{.Before}}.", "Column", name, "Share", format.Share(now.NullShare), "Before", format.Share(before.NullShare)))
	}
	if now.Type != before.Type && !bothNumbers(before, now) {
		return
	}
	compareNumbers(before, now, add)
	compareValues(before, now, add)
}

func bothNumbers(a, b contract.Column) bool {
	number := func(c contract.Column) bool { return c.Type == "integer" || c.Type == "decimal" }
	return number(a) && number(b)
}

func compareNumbers(before, now contract.Column, add adder) {
	low, high, ok := ends(before)
	nowLow, nowHigh, nowOK := ends(now)
	if ok && nowOK && high > low {
		if span := high - low; nowLow < low-reach*span || nowHigh > high+reach*span {
			add(RangeMoved, now.NormalizedName, format.Say("{{.Column}} reaches from {{.Low}} to {{.High}}; before from {{.LowBefore}} to {{.HighBefore}}.", "Column", now.NormalizedName,
				"Low", number(nowLow), "High", number(nowHigh), "LowBefore", number(low), "HighBefore", number(high)))
		}
	}
	b, n := before.Numbers, now.Numbers
	if b != nil && n != nil && b.StandardDeviation != nil && math.Abs(n.Mean-b.Mean) > *b.StandardDeviation && *b.StandardDeviation > 0 {
		add(MeanMoved, now.NormalizedName, format.Say("{{.Column}} is {{.Mean}} on average; before {{.Before}}.", "Column", now.NormalizedName, "Mean", number(n.Mean), "Before", number(b.Mean)))
	}
}

// ends are the least and the greatest number of a column.
func ends(c contract.Column) (low, high float64, ok bool) {
	if c.Type != "integer" && c.Type != "decimal" {
		return 0, 0, false
	}
	low, okLow := asNumber(c.Min)
	high, okHigh := asNumber(c.Max)
	return low, high, okLow && okHigh
}

func asNumber(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case int64:
		return float64(v), true
	}
	return 0, false
}

// compareValues compares the sets of values of columns that have few.
func compareValues(before, now contract.Column, add adder) {
	complete := func(c contract.Column) bool {
		return c.Type == "text" && c.DistinctCount <= fewValues && int64(len(c.MostFrequent)) == c.DistinctCount && c.DistinctCount > 0
	}
	// Where one has all its values among the most frequent ones, what the other lacks or has besides is known.
	if complete(before) {
		if gained := othersThan(now, before); len(gained) > 0 {
			add(ValuesGained, now.NormalizedName, format.Say("{{.Column}} has values that it had not: {{.Values}}.", "Column", now.NormalizedName, "Values", listed(gained)))
		}
	}
	if complete(now) {
		if lost := othersThan(before, now); len(lost) > 0 && complete(before) {
			add(ValuesLost, now.NormalizedName, format.Say("{{.Column}} lacks values that it had: {{.Values}}.", "Column", now.NormalizedName, "Values", listed(lost)))
		}
	}
}

// othersThan are the values of a that b has not.
func othersThan(a, b contract.Column) []string {
	var out []string
	for _, f := range a.MostFrequent {
		if !has(b, f.Value) {
			out = append(out, fmt.Sprint(f.Value))
		}
	}
	return out
}

func listed(values []string) any {
	shown := strings.Join(values[:min(len(values), shownValues)], ", ")
	if more := len(values) - shownValues; more > 0 {
		return format.SayN(int64(more), "{{.Shown}} and {{.N}} more", "{{.Shown}} and {{.N}} more", "Shown", shown)
	}
	return shown
}

var typeWords = map[string]*format.Said{
	"integer": format.Say("whole numbers"), "decimal": format.Say("numbers"), "boolean": format.Say("true and false"), "date": format.Say("dates"),
	"datetime": format.Say("dates with a time"), "time": format.Say("times of day"), "text": format.Say("texts"), "mixed": format.Say("values of several kinds"),
}

func typeWord(t string) any {
	if w, ok := typeWords[t]; ok {
		return w
	}
	return t
}

// number is a number with six digits, which say enough of a range.
func number(v float64) any {
	text := strconv.FormatFloat(v, 'g', 6, 64)
	if short, err := strconv.ParseFloat(text, 64); err == nil {
		return format.Number(short)
	}
	return text
}

// distance is Levenshtein's: the letters to change, add or remove to make one name the other.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			corner, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, corner+cost)
		}
	}
	return row[len(b)]
}
