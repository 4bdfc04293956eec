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
type FileError struct{ *format.Said }

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
	data, err := smallfile.Read(format.Say("the rules"), path, mostBytes)
	if err != nil {
		return Set{}, &FileError{format.Say("{{.Why}}", "Why", err)}
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
			return Set{}, &FileError{format.Say("{{.File}} can't be read in line {{.Line}} (“{{.Why}}”): correct it there", "File", where, "Line", parse.Position.Line, "Why", parse.Message).Over(err)}
		}
		return Set{}, &FileError{format.Say("{{.File}} has a value of the wrong kind (“{{.Why}}”): correct it there", "File", where, "Why", strings.TrimPrefix(err.Error(), "toml: ")).Over(err)}
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return Set{}, &FileError{format.Say("{{.File}} has the field {{.Field}}, which no rule knows: check its spelling", "File", where, "Field", unknown[0].String())}
	}
	if len(s.Rules) > mostRules {
		return Set{}, &FileError{format.SayN(int64(len(s.Rules)), "there is {{.N}} rule in {{.File}}, and {{.Most}} are the most that are checked: leave some out",
			"there are {{.N}} rules in {{.File}}, and {{.Most}} are the most that are checked: leave some out", "File", where, "Most", mostRules)}
	}
	ids := map[string]bool{}
	keyRules, instructions := 0, 0
	for i := range s.Rules {
		r := &s.Rules[i]
		if r.Severity == "" {
			r.Severity = Warning
		}
		if fault := r.check(); fault != nil {
			return Set{}, &FileError{fault.With("File", where, "Rule", r.name(i))}
		}
		if ids[r.ID] {
			return Set{}, &FileError{format.Say("{{.File}} has two rules called {{.Rule}}: give one of them another id", "File", where, "Rule", r.ID)}
		}
		ids[r.ID] = true
		if r.Kind == Key {
			keyRules++
		}
		instructions += patternSize(r.Pattern)
	}
	switch {
	case keyRules > mostKeyRules:
		return Set{}, &FileError{format.SayN(int64(keyRules), "there is {{.N}} rule of the kind key in {{.File}}, and {{.Most}} are the most that are checked: leave some out",
			"there are {{.N}} rules of the kind key in {{.File}}, and {{.Most}} are the most that are checked: leave some out", "File", where, "Most", mostKeyRules)}
	case instructions > mostPattern:
		return Set{}, &FileError{format.Say("{{.File}} has patterns that repeat too much: write shorter ones, or fewer", "File", where)}
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

func (r *Rule) name(i int) any {
	if r.ID != "" {
		return r.ID
	}
	return format.Say("number {{.Number}}", "Number", i+1)
}

var types = []string{"integer", "number", "boolean", "date", "time", "text"}

// check finds what a rule lacks: a sentence that wants the names of File and Rule yet; nil where it lacks nothing.
func (r *Rule) check() *format.Said {
	switch {
	case r.ID == "":
		return format.Say("{{.File}}: rule {{.Rule}} has no id")
	case r.Severity != Error && r.Severity != Warning:
		return format.Say("{{.File}}: rule {{.Rule}} has the severity “{{.Severity}}”: it is error or warning", "Severity", string(r.Severity))
	}
	if len(r.Pattern) > mostText || len(r.Formula) > mostText {
		return format.Say("{{.File}}: rule {{.Rule}} has a pattern or a formula of more than {{.Most}} characters", "Most", mostText)
	}
	needsColumn := func() *format.Said {
		if r.Column == "" {
			return format.Say("{{.File}}: rule {{.Rule}} has no column")
		}
		return nil
	}
	switch r.Kind {
	case Required, Key:
		if len(r.Columns) == 0 {
			return format.Say("{{.File}}: rule {{.Rule}} has no columns")
		}
		return nil
	case Type:
		if !slices.Contains(types, r.Type) {
			return format.Say("{{.File}}: rule {{.Rule}} has the type “{{.Type}}”: it is one of {{.Types}}", "Type", r.Type, "Types", strings.Join(types, ", "))
		}
		return needsColumn()
	case NotNull:
		return needsColumn()
	case Range:
		if r.Min == nil && r.Max == nil {
			return format.Say("{{.File}}: rule {{.Rule}} has neither min nor max")
		}
		for _, end := range []any{r.Min, r.Max} {
			if _, ok := bound(end); !ok {
				return format.Say("{{.File}}: rule {{.Rule}} has the bound {{.Bound}}, which is neither a number nor a date as YYYY-MM-DD", "Bound", fmt.Sprint(end))
			}
		}
		return needsColumn()
	case Values:
		if len(r.Values) == 0 {
			return format.Say("{{.File}}: rule {{.Rule}} allows no values")
		}
		return needsColumn()
	case Pattern:
		if _, err := regexp.Compile(r.Pattern); err != nil || r.Pattern == "" {
			return format.Say("{{.File}}: rule {{.Rule}} has the pattern “{{.Pattern}}”, which is no regular expression", "Pattern", r.Pattern)
		}
		return needsColumn()
	case Fresh:
		if r.MaxAgeDays < 0 {
			return format.Say("{{.File}}: rule {{.Rule}} has a negative max_age_days")
		}
		return needsColumn()
	case Formula:
		if _, err := parseFormula(r.Formula); err != nil {
			return format.Say("{{.File}}: rule {{.Rule}} has the formula “{{.Formula}}”, which can't be read: {{.Why}}", "Formula", r.Formula, "Why", err)
		}
		return nil
	}
	return format.Say("{{.File}}: rule {{.Rule}} is of the kind “{{.Kind}}”, which there is not", "Kind", string(r.Kind))
}
