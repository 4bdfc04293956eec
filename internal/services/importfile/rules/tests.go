package rules

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

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
func bound(v any) (limit, error) {
	switch v := v.(type) {
	case nil:
		return limit{}, nil
	case int64:
		return limit{true, float64(v), false}, nil
	case float64:
		return limit{true, v, false}, nil
	case string:
		if d, err := time.Parse(time.DateOnly, v); err == nil {
			return limit{true, float64(d.Unix() / 86400), true}, nil
		}
	case time.Time:
		return limit{true, math.Floor(float64(v.Unix()) / 86400), true}, nil
	}
	return limit{}, fmt.Errorf("has the bound %v, which is neither a number nor a date as YYYY-MM-DD", v)
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
			o.Message = fmt.Sprintf("The newest %s is %s, %d days before the file was saved; at most %d are expected.", t.rule.Column, cleaning.DayText(newest), age, t.rule.MaxAgeDays)
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
func (t *test) sentence(o Outcome) string {
	r := t.rule
	if r.Message != "" && !o.Passed {
		return fmt.Sprintf("%s It does not hold in %s.", r.Message, rowsOf(o.Count))
	}
	what, in := r.Column, "In "+rowsOf(o.Count)+", "
	switch r.Kind {
	case Required:
		if len(t.absent) > 0 {
			return fmt.Sprintf("The file has no column %s.", join(t.absent))
		}
		return "All required columns are there."
	case NotNull:
		return pick(o, "Every row has a value in "+what+".", in+what+" has no value.")
	case Type:
		return pick(o, "Every "+what+" is "+typeNames[r.Type]+".", in+what+" is not "+typeNames[r.Type]+".")
	case Range:
		return pick(o, "Every "+what+" lies "+r.rangeText()+".", in+what+" does not lie "+r.rangeText()+".")
	case Values:
		return pick(o, "Every "+what+" is one of the allowed values.", fmt.Sprintf("%s%s is not one of the %d allowed values.", in, what, len(r.Values)))
	case Pattern:
		return pick(o, "Every "+what+" matches "+r.Pattern+".", in+what+" does not match "+r.Pattern+".")
	case Key:
		return pick(o, "No "+join(r.Columns)+" is repeated.", in+join(r.Columns)+" is as in an earlier row.")
	case Fresh:
		return pick(o, "The newest "+what+" is recent, and none lies after the day the file was saved.", in+what+" lies after the day the file was saved.")
	}
	return pick(o, r.Formula+" holds in every row.", in+r.Formula+" does not hold.")
}

var typeNames = map[string]string{
	"integer": "a whole number", "number": "a number", "boolean": "true or false", "date": "a date", "time": "a time of day", "text": "a text",
}

func pick(o Outcome, passed, failed string) string {
	if o.Count == 0 {
		return passed
	}
	return failed
}

func (r Rule) rangeText() string {
	switch {
	case r.Min == nil:
		return fmt.Sprintf("at or below %v", r.Max)
	case r.Max == nil:
		return fmt.Sprintf("at or above %v", r.Min)
	}
	return fmt.Sprintf("between %v and %v", r.Min, r.Max)
}

func rowsOf(n int64) string {
	if n == 1 {
		return "1 row"
	}
	text := strconv.FormatInt(n, 10)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text + " rows"
}

func join(names []string) string { return strings.Join(names, ", ") }
