package rules

import (
	"cmp"
	"context"
	"encoding/binary"
	"math"
	"slices"
	"unicode/utf8"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/services/importfile/amount"
	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/hits"
	"fabricportal/internal/services/importfile/scan"
	"fabricportal/internal/services/importfile/spreadsheet"
)

// maxExamples and maxExampleRunes bound what is shown of the cells in which a rule does not hold.
const (
	maxExamples     = 5
	maxExampleRunes = 80
)

// test is a rule for the columns of a file, with what it has seen. It has cell where it judges the values of one column, or
// rows where it looks at whole rows, or neither where there is nothing to judge by rows.
type test struct {
	rule    Rule
	number  int      // its place among the rules
	columns []int    // that it looks at; examples show the first
	absent  []string // columns that are not there
	cell    func(*cleaning.Value) bool
	numbers numbersThat // that cell holds for
	// What cell says of dates, by their days, or that it holds for any; where neither is there it is to be asked.
	ofDay   func(day int32) bool
	anyDay  bool
	rows    rowTest
	keys    *keyTest // of a rule of that kind that looks at the rows itself; else nil
	told    bool     // Repeated says which rows it is about
	lines   bool     // rows are order lines, which share what the rule wants to be a row's own
	atEnd   func(*Outcome)
	cells   *hits.Cells // all in which it does not hold; nil where nobody asks for more than the first
	count   int64
	money   amount.Sum // the revenue of those rows
	samples []sample
}

// numbersThat says for which numbers a test of cells holds.
type numbersThat struct {
	known     bool // else it is to be asked
	all       bool
	low, high float64
	whole     bool
}

// rowTest judges the rows of a batch, whose columns were looked at, from the first one below the header on. Filled says which
// of them have a value, and count how many.
type rowTest interface {
	check(b *scan.Batch, filled []bool, count int)
}

// failed counts a row in which the rule does not hold, and keeps the first of them, with the value to show.
func (t *test) failed(number int, shown *cleaning.Value) {
	t.count++
	t.cells.Add(number, t.columns[0])
	if len(t.samples) < maxExamples {
		t.samples = append(t.samples, sample{number, example(shown)})
	}
}

// example is a value as a report shows it.
func example(v *cleaning.Value) string {
	text := v.AppendText(nil)
	runes := []rune(string(text[:min(len(text), maxExampleRunes*utf8.UTFMax)]))
	return string(runes[:min(len(runes), maxExampleRunes)])
}

// sample is a row in which the rule does not hold.
type sample struct {
	row  int
	text string
}

// settle collects the result that needs all rows.
func (t *test) settle(ctx context.Context) error {
	return t.keys.seen.Settle(ctx, func(seen bool, what []byte) error {
		if !seen {
			return nil
		}
		number, n := binary.Uvarint(what)
		t.money.Add(amount.Units(math.Float64frombits(binary.LittleEndian.Uint64(what[n:]))))
		t.late(int(number), string(what[n+8:]))
		return nil
	})
}

// late is failed for a row of which that was not known when it came.
func (t *test) late(number int, shown string) {
	t.count++
	t.cells.Add(number, t.columns[0])
	at, _ := slices.BinarySearchFunc(t.samples, number, func(s sample, number int) int { return cmp.Compare(s.row, number) })
	if at < maxExamples {
		t.samples = slices.Insert(t.samples, at, sample{number, shown})
		t.samples = t.samples[:min(len(t.samples), maxExamples)]
	}
}

func (t *test) outcome() Outcome {
	o := Outcome{Rule: t.rule, Checked: true, Count: t.count}
	for _, s := range t.samples {
		o.Examples = append(o.Examples, contract.Example{Cell: spreadsheet.Address(t.columns[0], s.row), Value: s.text})
	}
	if t.rule.Kind != Required && len(t.absent) > 0 {
		o.Checked, o.Passed = false, true
		o.Said = format.Say("Not checked: the file has no column {{.Columns}}.", "Columns", join(t.absent))
		return o
	}
	if t.lines {
		o.Checked, o.Passed = false, true
		o.Said = format.Say("Not checked: the rows are lines of orders, which share an order_id.")
		return o
	}
	if t.atEnd != nil {
		t.atEnd(&o)
	}
	o.Passed = o.Count == 0
	if o.Said == nil {
		o.Said = t.sentence(o)
	}
	return o
}
