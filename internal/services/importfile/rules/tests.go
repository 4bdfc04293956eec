package rules

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"fabricportal/internal/format"
	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/keys"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// newTest prepares the rule at a place in the set for the columns of a file.
func newTest(r Rule, place int, header *cleaning.Header, of source) *test {
	t := &test{rule: r, number: place}
	names := r.Columns
	switch r.Kind {
	case Required, Key:
	case Formula:
		f, _ := parseFormula(r.Formula) // checked when the rules were read
		names = f.columns
	default:
		names = []string{r.Column}
	}
	for _, name := range names {
		if i := header.Index(name); i >= 0 {
			t.columns = append(t.columns, i)
		} else {
			t.absent = append(t.absent, name)
		}
	}
	switch {
	case r.Kind == Required:
		t.count = int64(len(t.absent))
	case len(t.absent) == 0:
		t.lookAtCells(of)
	}
	return t
}

// lookAtRows prepares a rule that looks at the rows of some columns.
func (t *test) lookAtRows(c *Checker, of []*column) {
	switch t.rule.Kind {
	case Key:
		t.keys = &keyTest{checker: c, test: t, of: of, seen: keys.Set{Most: cmp.Or(c.opts.mostKeys, c.how.Keys)}}
		if c.bad != nil {
			t.keys.seen.Most = -1
		}
		t.rows = t.keys
	case Formula:
		f, _ := parseFormula(t.rule.Formula)
		t.rows = &balanced{checker: c, test: t, formula: f, of: of}
	case NotNull:
		t.rows = &notNull{checker: c, test: t, of: of[0]}
	}
	for _, one := range of {
		one.values = one.values || t.rule.Kind == Key
		one.numbers = one.numbers || t.rule.Kind == Formula
		one.presence = one.presence || t.rule.Kind == NotNull
	}
}

// lookAtCells prepares a rule about the values of one column; the others have no cell.
func (t *test) lookAtCells(of source) {
	r := t.rule
	all := numbersThat{known: true, all: true, low: math.Inf(-1), high: math.Inf(1)}
	switch r.Kind {
	case Type:
		t.cell = remembered(of.texts, ofType(r.Type))
		switch r.Type {
		case "integer":
			t.numbers = all
			t.numbers.all, t.numbers.whole = false, true
		case "number":
			t.numbers = all
		case "date":
			t.anyDay = true
		}
	case Range:
		low, _ := bound(r.Min) // checked when the rules were read
		high, _ := bound(r.Max)
		t.cell = func(v *cleaning.Value) bool { return within(v, low, high) }
		// A value of another kind than the ends is no matter of a range.
		if t.numbers = all; low.day || high.day {
			t.ofDay = func(day int32) bool { return low.notBelow(float64(day)) && high.notAbove(float64(day)) }
			break
		}
		t.anyDay, t.numbers.all = true, false
		if low.set {
			t.numbers.low = low.value
		}
		if high.set {
			t.numbers.high = high.value
		}
	case Values:
		allowed := map[string]bool{}
		for _, v := range r.Values {
			allowed[v] = true
		}
		var text []byte
		t.cell = remembered(of.texts, func(v *cleaning.Value) bool {
			text = appendText(text[:0], v)
			return allowed[string(text)]
		})
	case Pattern:
		pattern := regexp.MustCompile(r.Pattern) // checked when the rules were read
		var text []byte
		t.cell = remembered(of.texts, func(v *cleaning.Value) bool {
			text = appendText(text[:0], v)
			return pattern.Match(text)
		})
	case Fresh:
		t.fresh(of.modified)
		t.numbers = all
	}
}

// remembered is a check that asks about each text of the file's table once.
func remembered(texts *cells.Texts, holds func(*cleaning.Value) bool) func(*cleaning.Value) bool {
	const good, bad = 1, 2
	var known []uint8 // by Same
	return func(v *cleaning.Value) bool {
		if v.Same == 0 {
			return holds(v)
		}
		if known == nil {
			known = make([]uint8, texts.Len()+1)
		}
		if k := known[v.Same]; k != 0 {
			return k == good
		}
		if holds(v) {
			known[v.Same] = good
			return true
		}
		known[v.Same] = bad
		return false
	}
}

// appendText is cleaning.Value.AppendText without an allocation for dates.
func appendText(dst []byte, v *cleaning.Value) []byte {
	switch v.Kind {
	case cleaning.Integer:
		if v.Text == nil && v.Num > -1<<53 && v.Num < 1<<53 {
			return strconv.AppendInt(dst, int64(v.Num), 10)
		}
	case cleaning.Date:
		if v.Text == nil {
			return time.UnixMilli(int64(v.Num)).UTC().AppendFormat(dst, time.DateOnly)
		}
	}
	return v.AppendText(dst)
}

// number is the number that a value holds, as a number or as text.
func number(v *cleaning.Value) (float64, bool) {
	if v.Kind == cleaning.Integer || v.Kind == cleaning.Decimal {
		return v.Num, true
	}
	return v.Number()
}

// ofType tells whether a value is of a type. A number typed as text is a number here, as the cleaning reads it as one.
func ofType(name string) func(*cleaning.Value) bool {
	switch name {
	case "integer":
		return func(v *cleaning.Value) bool { n, ok := number(v); return ok && n == math.Trunc(n) }
	case "number":
		return func(v *cleaning.Value) bool { _, ok := number(v); return ok }
	case "boolean":
		return func(v *cleaning.Value) bool { return v.Kind == cleaning.Boolean }
	case "date":
		return func(v *cleaning.Value) bool { _, ok := v.Day(); return ok }
	case "time":
		return func(v *cleaning.Value) bool { return v.Kind == cleaning.Time }
	}
	return func(v *cleaning.Value) bool { return v.Kind == cleaning.Text }
}

// limit is an end of a range: a number, a day, or none.
type limit struct {
	set   bool
	value float64
	day   bool
}

// notBelow says that a value does not lie below the end.
func (l limit) notBelow(x float64) bool { return !l.set || x >= l.value }

// notAbove says that a value does not lie above the end.
func (l limit) notAbove(x float64) bool { return !l.set || x <= l.value }

// bound reads an end of a range.
func bound(v any) (limit, bool) {
	switch v := v.(type) {
	case nil:
		return limit{}, true
	case int64:
		return limit{true, float64(v), false}, true
	case float64:
		return limit{true, v, false}, true
	case string:
		if d, err := time.Parse(time.DateOnly, v); err == nil {
			return limit{true, float64(d.Unix() / 86400), true}, true
		}
	case time.Time:
		return limit{true, math.Floor(float64(v.Unix()) / 86400), true}, true
	}
	return limit{}, false
}

// within tells whether a value lies between the ends; a value of another kind than they are is no matter of a range.
func within(v *cleaning.Value, low, high limit) bool {
	var x float64
	if low.day || high.day {
		day, ok := v.Day()
		if !ok {
			return true
		}
		x = float64(day)
	} else {
		n, ok := number(v)
		if !ok {
			return true
		}
		x = n
	}
	return low.notBelow(x) && high.notAbove(x)
}

// fresh checks that no date lies after the file's own, and at the end that the newest one is not too old.
func (t *test) fresh(date time.Time) {
	today := int32(date.UTC().Unix()/86400) + 1 // a day on, as the file's time may be of another zone than its dates
	newest := int32(math.MinInt32)
	t.atEnd = func(o *Outcome) {
		age := int(today - 1 - newest)
		if newest != math.MinInt32 && o.Count == 0 && age > t.rule.MaxAgeDays {
			o.Count = 1
			o.Said = format.SayN(int64(age), "The newest {{.Column}} is {{.Newest}}, {{.N}} day before the file was saved; at most {{.Most}} are expected.",
				"The newest {{.Column}} is {{.Newest}}, {{.N}} days before the file was saved; at most {{.Most}} are expected.",
				"Column", t.rule.Column, "Newest", format.Day(cleaning.DayText(newest)), "Most", t.rule.MaxAgeDays)
		}
	}
	t.ofDay = func(day int32) bool {
		newest = max(newest, day)
		return day <= today
	}
	t.cell = func(v *cleaning.Value) bool {
		day, ok := v.Day()
		return !ok || t.ofDay(day)
	}
}

// sentence words an outcome.
func (t *test) sentence(o Outcome) *format.Said {
	r := t.rule
	if r.Message != "" && !o.Passed {
		return format.SayN(o.Count, "In {{.N}} row, this does not hold: {{.Rule}}", "In {{.N}} rows, this does not hold: {{.Rule}}", "Rule", format.Say(r.Message))
	}
	failed := o.Count > 0
	switch r.Kind {
	case Required:
		if len(t.absent) > 0 {
			return format.Say("The file has no column {{.Columns}}.", "Columns", join(t.absent))
		}
		return format.Say("All required columns are there.")
	case NotNull:
		if failed {
			return format.SayN(o.Count, "In {{.N}} row, {{.Column}} has no value.", "In {{.N}} rows, {{.Column}} has no value.", "Column", r.Column)
		}
		return format.Say("Every row has a value in {{.Column}}.", "Column", r.Column)
	case Type:
		if failed {
			return format.SayN(o.Count, "In {{.N}} row, {{.Column}} is not {{.Type}}.", "In {{.N}} rows, {{.Column}} is not {{.Type}}.", "Column", r.Column, "Type", typeNames[r.Type])
		}
		return format.Say("Every {{.Column}} is {{.Type}}.", "Column", r.Column, "Type", typeNames[r.Type])
	case Range:
		if failed {
			return format.SayN(o.Count, "In {{.N}} row, {{.Column}} does not lie {{.Range}}.", "In {{.N}} rows, {{.Column}} does not lie {{.Range}}.", "Column", r.Column, "Range", r.rangeText())
		}
		return format.Say("Every {{.Column}} lies {{.Range}}.", "Column", r.Column, "Range", r.rangeText())
	case Values:
		if failed {
			return format.SayN(o.Count, "In {{.N}} row, {{.Column}} is not one of the {{.Allowed}} allowed values.", "In {{.N}} rows, {{.Column}} is not one of the {{.Allowed}} allowed values.",
				"Column", r.Column, "Allowed", len(r.Values))
		}
		return format.Say("Every {{.Column}} is one of the allowed values.", "Column", r.Column)
	case Pattern:
		if failed {
			return format.SayN(o.Count, "In {{.N}} row, {{.Column}} does not match {{.Pattern}}.", "In {{.N}} rows, {{.Column}} does not match {{.Pattern}}.", "Column", r.Column, "Pattern", r.Pattern)
		}
		return format.Say("Every {{.Column}} matches {{.Pattern}}.", "Column", r.Column, "Pattern", r.Pattern)
	case Key:
		if failed {
			return format.SayN(o.Count, "In {{.N}} row, {{.Columns}} is as in an earlier row.", "In {{.N}} rows, {{.Columns}} is as in an earlier row.", "Columns", join(r.Columns))
		}
		return format.Say("No {{.Columns}} is repeated.", "Columns", join(r.Columns))
	case Fresh:
		if failed {
			return format.SayN(o.Count, "In {{.N}} row, {{.Column}} lies after the day the file was saved.", "In {{.N}} rows, {{.Column}} lies after the day the file was saved.", "Column", r.Column)
		}
		return format.Say("The newest {{.Column}} is recent, and none lies after the day the file was saved.", "Column", r.Column)
	}
	if failed {
		return format.SayN(o.Count, "In {{.N}} row, {{.Formula}} does not hold.", "In {{.N}} rows, {{.Formula}} does not hold.", "Formula", r.Formula)
	}
	return format.Say("{{.Formula}} holds in every row.", "Formula", r.Formula)
}

var typeNames = map[string]*format.Said{
	"integer": format.Say("a whole number"), "number": format.Say("a number"), "boolean": format.Say("true or false"), "date": format.Say("a date"),
	"time": format.Say("a time of day"), "text": format.Say("a text"),
}

func (r Rule) rangeText() *format.Said {
	switch {
	case r.Min == nil:
		return format.Say("at or below {{.Most}}", "Most", fmt.Sprint(r.Max))
	case r.Max == nil:
		return format.Say("at or above {{.Least}}", "Least", fmt.Sprint(r.Min))
	}
	return format.Say("between {{.Least}} and {{.Most}}", "Least", fmt.Sprint(r.Min), "Most", fmt.Sprint(r.Max))
}

func join(names []string) string { return strings.Join(names, ", ") }
