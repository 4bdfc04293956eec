package reading

import (
	"bytes"
)

// shift says whether an unquoted delimiter has moved a row's values.
type shift uint8

const (
	inPlace shift = iota
	canRealign
	canNotRealign
)

// aligner finds rows of a text file that an unquoted delimiter has shifted (contract/RULES.md, Shifted rows).
type aligner struct {
	reader    *reader
	columns   [columnCount]int
	width     int // columns of the header
	usual     int // fields that most rows have
	delimiter byte
	splits    bool // an amount of some row is certainly split in two

	fields [][]byte
	joined []byte
}

// aligned is what is said of a row.
type aligned struct {
	shift  shift
	from   int // of a row that can be realigned: the first of the fields that are one
	joined int // how many follow it
	// The row's values when it is realigned; else Amount is what it would probably add.
	values [columnCount]Value
	amount float64
}

// look tells whether a row is shifted; odd says that a value of a date or an amount is there and can't be read. The values
// belong to the row and the aligner, until the next.
func (a *aligner) look(r *row, odd bool) (out aligned) {
	behind := r.fields > a.width && r.reader.behind
	if r.fields <= a.usual && !behind && !odd && !(a.splits && r.fields > a.width) {
		return out
	}
	a.fields = r.texts(a.fields[:0])
	if k := len(a.fields) - a.usual; k > 0 {
		if p := a.find(k, true, true); p >= 0 {
			return a.realign(p, k)
		}
		if len(bytes.TrimSpace(bytes.Join(a.fields[a.usual:], nil))) > 0 {
			out.shift = canNotRealign
			v := a.textOf(a.columns[columnRevenue] + k)
			out.amount = a.likely(&v)
			return out
		}
	}
	last := a.lastFilled()
	if last > a.width || odd {
		for k := max(last-a.width, 1); k <= min(len(a.fields)-a.width, mostJoined); k++ {
			if p := a.find(k, true, odd); p >= 0 {
				return a.realign(p, k)
			}
		}
	}
	if revenue := a.columns[columnRevenue]; a.splits && last <= a.width && len(a.fields) > a.width && revenue+1 < a.width {
		if split, _ := splitAmount(Trim(a.fields[revenue]), Trim(a.fields[revenue+1])); split && a.right(revenue, 1) {
			return a.realign(revenue, 1)
		}
	}
	if !odd {
		return out
	}
	if p := a.find(1, false, false); p >= 0 {
		return a.realign(p, 1)
	}
	return a.beside(r)
}

// beside looks for the amount in the column behind that of revenue.
func (a *aligner) beside(r *row) (out aligned) {
	revenue := a.columns[columnRevenue]
	if v := &r.values[columnRevenue]; a.reader.isNull(v) || revenue+1 >= a.width {
		return out
	} else if _, ok := a.reader.amount(v); ok {
		return out
	}
	for _, column := range amountColumns {
		if a.columns[column] == revenue+1 {
			return out
		}
	}
	v := a.textOf(revenue + 1)
	if amount, ok := a.reader.amount(&v); ok {
		out.shift, out.amount = canNotRealign, amount
	}
	return out
}

// lastFilled is the number of fields up to the last one with a value.
func (a *aligner) lastFilled() int {
	for n := len(a.fields); n > 0; n-- {
		if len(bytes.TrimSpace(a.fields[n-1])) > 0 {
			return n
		}
	}
	return 0
}

// splitAmount says that two fields look like the parts of one amount, and whether nothing else looks so.
func splitAmount(first, second []byte) (split, certain bool) {
	front := sign(first, 0)
	if n := digits(first, front); n != len(first) || n == front || n > front+3 || first[front] == '0' {
		return false, false
	}
	n := digits(second, 0)
	if n != 3 || n < len(second) && (second[n] != '.' || digits(second, n+1) != len(second) || n+1 == len(second)) {
		return false, false
	}
	return true, second[0] == '0' || n < len(second)
}

// mostJoined is how many delimiters one field has at most that stand unquoted.
const mostJoined = 20

// find is the first of the fields that make the row right when k more are joined to it; -1 where there is none. Looked at
// are those whose second part begins with a blank, then those in a column of amounts, and then, where all is true, all from
// the last on.
func (a *aligner) find(k int, amounts, all bool) int {
	last := min(len(a.fields)-k, a.width) - 1
	if k > mostJoined {
		return -1
	}
	for p := 0; p <= last; p++ {
		if next := a.fields[p+1]; len(next) > 0 && next[0] == ' ' && a.right(p, k) {
			return p
		}
	}
	for p := 0; amounts && p <= last; p++ {
		if a.isAmount(p) && len(Trim(a.fields[p+1])) > 0 && a.right(p, k) {
			return p
		}
	}
	for p := last; all && p >= 0; p-- {
		if a.right(p, k) {
			return p
		}
	}
	return -1
}

func (a *aligner) isAmount(column int) bool {
	for _, c := range amountColumns {
		if a.columns[c] == column {
			return true
		}
	}
	return false
}

// right says that the row has an order_id, a date and amounts when k fields are joined to field p.
func (a *aligner) right(p, k int) bool {
	for i, column := range a.columns {
		if column < 0 {
			continue
		}
		v := a.valueAt(column, p, k)
		switch i {
		case columnID:
			if v.Kind == Null {
				return false
			}
		case columnDate:
			if _, _, dated := a.reader.day(&v); !dated {
				return false
			}
		default:
			if _, ok := a.reader.amount(&v); !ok && (i == columnRevenue || !a.reader.isNull(&v)) {
				return false
			}
		}
	}
	return true
}

// valueAt is the value of a column when k fields are joined to field p.
func (a *aligner) valueAt(column, p, k int) Value {
	switch {
	case column < p:
		return a.textOf(column)
	case column > p:
		return a.textOf(column + k)
	}
	a.joined = append(a.joined[:0], a.fields[p]...)
	for _, field := range a.fields[p+1 : p+k+1] {
		a.joined = append(append(a.joined, a.delimiter), field...)
	}
	return textValue(a.joined)
}

func (a *aligner) textOf(field int) Value {
	if field >= len(a.fields) {
		return Value{}
	}
	return textValue(a.fields[field])
}

func textValue(text []byte) Value {
	if text = Trim(text); len(text) == 0 {
		return Value{}
	}
	return Value{Kind: Text, Text: text}
}

// likely is the likeliest amount of a value.
func (a *aligner) likely(v *Value) float64 {
	if a.reader.isNull(v) {
		return 0
	}
	if n, ok := a.reader.amount(v); ok {
		return n
	}
	return LikelyAmount(*v)
}

func (a *aligner) realign(p, k int) (out aligned) {
	out.shift, out.from, out.joined = canRealign, p, k
	for i, column := range a.columns {
		if column < 0 {
			continue
		}
		v := a.valueAt(column, p, k)
		if column == p { // of the joined text there is one only
			v.Text = bytes.Clone(v.Text)
		}
		out.values[i] = v
	}
	out.amount, _ = a.reader.amount(&out.values[columnRevenue])
	return out
}
