package columns

import (
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
	return example{a.batch.Rows[c.Row].Number, Clip(string(v.AppendText(nil)))}
}

// Clip shortens a value to what an example shows.
func Clip(text string) string {
	runes := 0
	for i := range text {
		if runes == maxExampleRunes {
			return text[:i]
		}
		runes++
	}
	return text
}
