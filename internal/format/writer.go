// Package format writes numbers, amounts, sizes, lengths of time, days and counted things for people. Window, subcommands,
// services and the evidence all use it, each in its language. No other package groups thousands or chooses between one and
// many.
package format

import (
	"fmt"
	"strings"
	"time"
)

// Writer writes in one language. The zero Writer writes English, as subcommands and services do.
type Writer struct {
	// Text is a text of Texts in the language; nil: English.
	Text func(english string) string
	// Form is the form of a text that goes with a number, of as many forms as the language has; nil: English.
	Form func(n int64, one, other string) string
	// Zone is where times of a Said are read; nil: UTC, which is said then.
	Zone *time.Location
}

// English writes English.
var English Writer

// Texts are all texts that a Writer asks for, for translators.
var Texts = []string{
	",", ".", "{{.N}} k", "{{.N}} M", "{{.N}} bn", "{{.N}} %", "< {{.N}} %",
	"{{.N}} B", "{{.N}} kB", "{{.N}} MB", "{{.N}} GB",
	"< 1 s", "{{.N}} s", "{{.N}} min", "{{.N}} h", "{{.N}} d", "a few seconds",
	"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
	"{{.Day}} {{.Month}}", "{{.Day}} {{.Month}} {{.Year}}", "{{.Month}} {{.Year}}", "{{.From}} – {{.To}}", "{{.Date}} {{.Time}}",
	"today {{.Time}}", "yesterday {{.Time}}", "There was no answer in time: check the network and try again.",
}

// None stands where there is no value.
const None = "–"

// T is a text in the language. Names and values follow in pairs and replace {{.Name}} in it.
func (w Writer) T(english string, pairs ...any) string {
	if w.Text != nil {
		english = w.Text(english)
	}
	return Fill(english, pairs...)
}

// N is a text with a counted thing in it: N(2000, "{{.N}} row", "{{.N}} rows") is “2,000 rows”. Further names and values
// follow in pairs.
func (w Writer) N(n int64, one, other string, pairs ...any) string {
	form := other
	switch {
	case w.Form != nil:
		form = w.Form(n, one, other)
	case n == 1:
		form = one
	}
	return Fill(form, append([]any{"N", w.Count(n)}, pairs...)...)
}

// Fill replaces {{.Name}} in a text by values that follow in pairs of name and value.
func Fill(text string, pairs ...any) string {
	if len(pairs) == 0 || !strings.Contains(text, "{{") {
		return text
	}
	all := make([]string, 0, len(pairs))
	for i := 0; i+1 < len(pairs); i += 2 {
		all = append(all, fmt.Sprintf("{{.%v}}", pairs[i]), fmt.Sprint(pairs[i+1]))
	}
	return strings.NewReplacer(all...).Replace(text) // a value that looks like a name is not replaced again
}
