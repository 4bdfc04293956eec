package columns

import (
	"strings"
	"unicode/utf8"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/spreadsheet"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

const (
	maxExamples     = 5
	maxExampleRunes = 80
)

// examples are the first cells of a kind.
type examples []example

type example struct {
	row   int32
	value string
}

func (e examples) at(position int) []contract.Example {
	out := make([]contract.Example, 0, len(e))
	for _, example := range e {
		out = append(out, contract.Example{Cell: spreadsheet.Address(position, int(example.row)), Value: example.value})
	}
	return out
}

// misfit keeps the first cells of a family: whether they fit is known at the end.
func (a *adder) misfit(f family, c *cells.Cell, v cleaning.Value) {
	if len(a.misfits[f]) < maxExamples {
		a.misfits[f] = append(a.misfits[f], a.example(c, v))
	}
}

func (a *adder) example(c *cells.Cell, v cleaning.Value) example {
	return example{a.batch.Rows[c.Row].Number, ClipBytes(v.AppendText(nil))}
}

// Clip shortens a value to what an example shows.
func Clip(text string) string {
	return strings.Clone(text[:length([]byte(text[:min(len(text), maxExampleRunes*utf8.UTFMax)]), maxExampleRunes)])
}

// ClipBytes is Clip.
func ClipBytes(text []byte) string { return string(text[:length(text, maxExampleRunes)]) }

// maxShownRunes is how much of a text the document shows where it shows a value (contract/RULES.md, Figures).
const maxShownRunes = 1000

// Shown is a text as the document shows it: its first 1,000 characters.
func Shown(text []byte) string { return string(text[:length(text, maxShownRunes)]) }

// length is how many bytes the first characters of a text take.
func length(text []byte, runes int) int {
	at := 0
	for ; runes > 0 && at < len(text); runes-- {
		_, size := utf8.DecodeRune(text[at:])
		at += size
	}
	return at
}
