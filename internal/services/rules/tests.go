package rules

import (
	"fmt"
	"hash/maphash"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"fabricportal/internal/services/cleaning"
)

// newTest prepares a rule for the columns of a file; date is the file's own.
func newTest(r Rule, header *cleaning.Header, date time.Time) *test {
	t := &test{rule: r}
	find := func(names ...string) []int {
		var at []int
		for _, n := range names {
			i := header.Index(n)
			if i < 0 {
				t.absent = append(t.absent, n)
				continue
			}
			at = append(at, i)
		}
		return at
	}
	switch r.Kind {
	case Required:
		find(r.Columns...)
		t.count = int64(len(t.absent))
	case Key:
		if at := find(r.Columns...); len(t.absent) == 0 {
			t.column, t.row = at[0], unique(at)
		}
	case Formula:
		f, _ := parseFormula(r.Formula)
		if at := find(f.columns...); len(t.absent) == 0 {
			t.column, t.row = at[0], balanced(f, at, r.Tolerance)
		}
	default:
		at := find(r.Column)
		if len(t.absent) > 0 {
			return t
		}
		t.column = at[0]
		t.row = t.single(at[0], date)
	}
	return t
}

// single is the check of a rule about one column. Values that are null hold, but for NotNull.
func (t *test) single(column int, date time.Time) func([]cleaning.Value) bool {
	r := t.rule
	at := func(holds func(cleaning.Value) bool) func([]cleaning.Value) bool {
		return func(values []cleaning.Value) bool {
			v := values[column]
			return v.Kind == cleaning.Null || holds(v)
		}
	}
	switch r.Kind {
	case NotNull:
		return func(values []cleaning.Value) bool { return values[column].Kind != cleaning.Null }
	case Type:
		return at(ofType(r.Type))
	case Range:
		low, _ := bound(r.Min)
		high, _ := bound(r.Max)
		return at(func(v cleaning.Value) bool { return within(v, low, high) })
	case Values:
		allowed := map[string]bool{}
		for _, v := range r.Values {
			allowed[v] = true
		}
		var text []byte
		return at(func(v cleaning.Value) bool {
			text = v.AppendText(text[:0])
			return allowed[string(text)]
		})
	case Pattern:
		pattern := regexp.MustCompile(r.Pattern) // checked when the rules were read
		var text []byte
		return at(func(v cleaning.Value) bool {
			text = v.AppendText(text[:0])
			return pattern.Match(text)
		})
	case Fresh:
		return t.fresh(column, date)
	}
	return nil
}

// ofType tells whether a value is of a type. A number typed as text is a number here, as the cleaning reads it as one.
func ofType(name string) func(cleaning.Value) bool {
	switch name {
	case "integer":
		return func(v cleaning.Value) bool { n, ok := v.Number(); return ok && n == math.Trunc(n) }
	case "number":
		return func(v cleaning.Value) bool { _, ok := v.Number(); return ok }
	case "boolean":
		return func(v cleaning.Value) bool { return v.Kind == cleaning.Boolean }
	case "date":
		return func(v cleaning.Value) bool { _, ok := v.Day(); return ok }
	}
	return func(v cleaning.Value) bool { return v.Kind == cleaning.Text }
}

// limit is an end of a range: a number, a day, or none.
type limit struct {
	set   bool
	value float64
	day   bool
}

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
func within(v cleaning.Value, low, high limit) bool {
	var x float64
	if low.day || high.day {
		day, ok := v.Day()
		if !ok {
			return true
		}
		x = float64(day)
	} else {
		n, ok := v.Number()
		if !ok {
			return true
		}
		x = n
	}
	return (!low.set || x >= low.value) && (!high.set || x <= high.value)
}

// fresh checks that no date lies after the file's own, and at the end that the newest one is not too old.
func (t *test) fresh(column int, date time.Time) func([]cleaning.Value) bool {
	today := int32(date.UTC().Unix()/86400) + 1 // a day on, as the file's time may be of another zone than its dates
	newest := int32(math.MinInt32)
	t.atEnd = func(o *Outcome) {
		age := int(today - 1 - newest)
		if newest != math.MinInt32 && o.Count == 0 && age > t.rule.MaxAgeDays {
			o.Count = 1
			o.Message = fmt.Sprintf("The newest %s is %s, %d days before the file was saved; at most %d are expected.", t.rule.Column, cleaning.DayText(newest), age, t.rule.MaxAgeDays)
		}
	}
	return func(values []cleaning.Value) bool {
		day, ok := values[column].Day()
		if !ok {
			return true
		}
		newest = max(newest, day)
		return day <= today
	}
}

// unique tells whether the columns together are new. Rows are told apart by 64 bits of a hash: among a million rows two
// different ones are taken for equal with a chance of one in thirty million.
func unique(columns []int) func([]cleaning.Value) bool {
	seen := map[uint64]struct{}{}
	seed := maphash.MakeSeed()
	var key []byte
	return func(values []cleaning.Value) bool {
		key = key[:0]
		filled := false
		for _, c := range columns {
			filled = filled || values[c].Kind != cleaning.Null
			key = append(values[c].AppendText(key), 0)
		}
		if !filled {
			return true
		}
		hash := maphash.Bytes(seed, key)
		if _, repeated := seen[hash]; repeated {
			return false
		}
		seen[hash] = struct{}{}
		return true
	}
}

// balanced tells whether both sides are equal; a row that lacks one of the numbers is not judged.
func balanced(f formula, columns []int, tolerance float64) func([]cleaning.Value) bool {
	numbers := make([]float64, len(columns))
	return func(values []cleaning.Value) bool {
		for i, c := range columns {
			n, ok := values[c].Number()
			if !ok {
				return true
			}
			numbers[i] = n
		}
		off := math.Abs(f.left(numbers) - f.right(numbers))
		return off <= tolerance+1e-9 // NaN, as of 0 / 0, is not equal
	}
}

// sentence words an outcome.
func (t *test) sentence(o Outcome) string {
	r := t.rule
	if r.Message != "" && !o.Passed {
		return fmt.Sprintf("%s It does not hold in %s.", r.Message, rowsOf(o.Count))
	}
	what := r.Column
	switch r.Kind {
	case Required:
		if len(t.absent) > 0 {
			return fmt.Sprintf("The file has no column %s.", join(t.absent))
		}
		return "All required columns are there."
	case NotNull:
		return pick(o, "Every row has a value in "+what+".", rowsOf(o.Count)+" have no value in "+what+".")
	case Type:
		return pick(o, "Every "+what+" is a "+r.Type+".", fmt.Sprintf("%s have a %s that is no %s.", rowsOf(o.Count), what, r.Type))
	case Range:
		return pick(o, fmt.Sprintf("Every %s lies %s.", what, r.rangeText()), fmt.Sprintf("%s have a %s that does not lie %s.", rowsOf(o.Count), what, r.rangeText()))
	case Values:
		return pick(o, "Every "+what+" is one of the allowed values.", fmt.Sprintf("%s have a %s that is not one of the %d allowed values.", rowsOf(o.Count), what, len(r.Values)))
	case Pattern:
		return pick(o, "Every "+what+" matches "+r.Pattern+".", fmt.Sprintf("%s have a %s that does not match %s.", rowsOf(o.Count), what, r.Pattern))
	case Key:
		return pick(o, "No "+join(r.Columns)+" is repeated.", fmt.Sprintf("%s repeat an earlier %s.", rowsOf(o.Count), join(r.Columns)))
	case Fresh:
		return pick(o, "The newest "+what+" is recent, and none lies after the day the file was saved.", fmt.Sprintf("%s have a %s after the day the file was saved.", rowsOf(o.Count), what))
	}
	return pick(o, r.Formula+" holds in every row.", fmt.Sprintf("%s does not hold in %s.", r.Formula, rowsOf(o.Count)))
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
		return fmt.Sprintf("at %v or below", r.Max)
	case r.Max == nil:
		return fmt.Sprintf("at %v or above", r.Min)
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
