// Package rules checks a file against the rules that an analyst has written in a TOML file: required columns, types, ranges, allowed values, keys, freshness,
// and formulas over a row.
// For each rule it says whether the file keeps it, how many times it does not, and where it first does not.
package rules

import (
	_ "embed"
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"fabricportal/internal/format"
	"fabricportal/internal/smallfile"
)

// Severity says how bad it is if a file breaks a rule.
type Severity string

// The severities.
const (
	Error   Severity = "error"   // the file should not be run
	Warning Severity = "warning" // it is worth a look
)

// Kind is what a rule looks at.
type Kind string

// The kinds of rules.
const (
	Required Kind = "required" // the columns are there
	Type     Kind = "type"     // the column's values are of a type
	NotNull  Kind = "not_null" // the column has a value in every row
	Range    Kind = "range"    // numbers and dates lie between min and max
	Values   Kind = "values"   // texts are among the allowed ones
	Pattern  Kind = "pattern"  // texts match a regular expression (RE2)
	Key      Kind = "key"      // the columns together are different in every row
	Fresh    Kind = "fresh"    // the newest date is at most so many days before the file's own date, and none is after it
	Formula  Kind = "formula"  // two expressions over the row are equal within a tolerance
)

// Rule is one rule of a file. Which fields count depends on its kind.
type Rule struct {
	ID         string   `toml:"id"`
	Kind       Kind     `toml:"kind"`
	Severity   Severity `toml:"severity"` // warning where empty
	Column     string   `toml:"column"`   // normalised name
	Columns    []string `toml:"columns"`
	Type       string   `toml:"type"` // integer, number, boolean, date, time or text
	Min        any      `toml:"min"`  // a number, or a date as YYYY-MM-DD
	Max        any      `toml:"max"`
	Values     []string `toml:"values"`
	Pattern    string   `toml:"pattern"`
	MaxAgeDays int      `toml:"max_age_days"`
	Formula    string   `toml:"formula"` // such as "revenue = quantity * unit_price * (1 - discount)"
	Tolerance  float64  `toml:"tolerance"`
	Message    string   `toml:"message"` // what the rule means, in a sentence; one is made where it is empty
}

// Set is a file of rules.
type Set struct {
	Name  string `toml:"name"`
	Rules []Rule `toml:"rule"`
}

// FileError says what is wrong with a file of rules.
type FileError struct{ Sentence string }

func (e *FileError) Error() string { return e.Sentence }

//go:embed sales.toml
var sales string

// Default is the set for the sales file.
func Default() Set {
	s, err := Parse(sales, "the built-in rules")
	if err != nil { // it is part of the program and tested
		panic(err)
	}
	return s
}

// DefaultText is the built-in file of rules, to begin one's own from.
func DefaultText() string { return sales }

// What a file of rules may be, so that checking by it is bounded too.
const (
	mostBytes    = 1_000_000
	mostRules    = 500
	mostKeyRules = 8 // each keeps the keys of a file's rows, some 20 MB
	mostText     = 1000
	// mostPattern is how many instructions all patterns together may have: nested repeats make thousands of a short one.
	mostPattern = 1 << 18
)

// Load reads a file of rules. An error is a *FileError.
func Load(path string) (Set, error) {
	data, err := smallfile.Read("the rules", path, mostBytes)
	if err != nil {
		return Set{}, &FileError{err.Error()}
	}
	return Parse(string(data), path)
}

// Parse reads rules; where names the source in sentences. An unknown field is refused, as it would be a rule that is
// never checked.
func Parse(text, where string) (Set, error) {
	var s Set
	meta, err := toml.Decode(text, &s)
	if err != nil {
		if parse, ok := errors.AsType[toml.ParseError](err); ok {
			return Set{}, &FileError{fmt.Sprintf("%s can't be read in line %d: %s", where, parse.Position.Line, parse.Message)}
		}
		return Set{}, &FileError{fmt.Sprintf("%s can't be read: %v", where, err)}
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return Set{}, &FileError{fmt.Sprintf("%s has the field %s, which no rule knows", where, unknown[0])}
	}
	if len(s.Rules) > mostRules {
		return Set{}, &FileError{fmt.Sprintf("%s has %s rules, and %d are the most that are checked: leave some out", where, format.Count(int64(len(s.Rules))), mostRules)}
	}
	ids := map[string]bool{}
	keyRules, instructions := 0, 0
	for i := range s.Rules {
		r := &s.Rules[i]
		if r.Severity == "" {
			r.Severity = Warning
		}
		if err := r.check(); err != nil {
			return Set{}, &FileError{fmt.Sprintf("%s: rule %s %v", where, r.name(i), err)}
		}
		if ids[r.ID] {
			return Set{}, &FileError{fmt.Sprintf("%s has two rules called %s", where, r.ID)}
		}
		ids[r.ID] = true
		if r.Kind == Key {
			keyRules++
		}
		instructions += patternSize(r.Pattern)
	}
	switch {
	case keyRules > mostKeyRules:
		return Set{}, &FileError{format.N(int64(keyRules), "{{.File}} has {{.N}} rule of the kind key, and {{.Most}} are the most that are checked: leave some out",
			"{{.File}} has {{.N}} rules of the kind key, and {{.Most}} are the most that are checked: leave some out", "File", where, "Most", mostKeyRules)}
	case instructions > mostPattern:
		return Set{}, &FileError{fmt.Sprintf("%s has patterns that repeat too much: write shorter ones, or fewer", where)}
	}
	return s, nil
}

// patternSize is how many instructions a pattern is; 0 where it is none, which check says.
func patternSize(pattern string) int {
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return 0
	}
	program, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return 0
	}
	return len(program.Inst)
}

func (r *Rule) name(i int) string {
	if r.ID != "" {
		return r.ID
	}
	return fmt.Sprintf("number %d", i+1)
}

var types = []string{"integer", "number", "boolean", "date", "time", "text"}

// check finds what a rule lacks.
func (r *Rule) check() error {
	switch {
	case r.ID == "":
		return errors.New("has no id")
	case r.Severity != Error && r.Severity != Warning:
		return fmt.Errorf("has the severity %q: it is error or warning", r.Severity)
	}
	if len(r.Pattern) > mostText || len(r.Formula) > mostText {
		return fmt.Errorf("has a pattern or a formula of more than %d characters", mostText)
	}
	needsColumn := func() error {
		if r.Column == "" {
			return errors.New("has no column")
		}
		return nil
	}
	switch r.Kind {
	case Required, Key:
		if len(r.Columns) == 0 {
			return errors.New("has no columns")
		}
		return nil
	case Type:
		if !slices.Contains(types, r.Type) {
			return fmt.Errorf("has the type %q: it is one of %s", r.Type, strings.Join(types, ", "))
		}
		return needsColumn()
	case NotNull:
		return needsColumn()
	case Range:
		if r.Min == nil && r.Max == nil {
			return errors.New("has neither min nor max")
		}
		if _, err := bound(r.Min); err != nil {
			return err
		}
		if _, err := bound(r.Max); err != nil {
			return err
		}
		return needsColumn()
	case Values:
		if len(r.Values) == 0 {
			return errors.New("allows no values")
		}
		return needsColumn()
	case Pattern:
		if _, err := regexp.Compile(r.Pattern); err != nil || r.Pattern == "" {
			return fmt.Errorf("has the pattern %q, which is no regular expression", r.Pattern)
		}
		return needsColumn()
	case Fresh:
		if r.MaxAgeDays < 0 {
			return errors.New("has a negative max_age_days")
		}
		return needsColumn()
	case Formula:
		_, err := parseFormula(r.Formula)
		return err
	}
	return fmt.Errorf("is of the kind %q, which there is not", r.Kind)
}
