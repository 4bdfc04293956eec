package rules

import (
	"slices"
	"strconv"
	"strings"
	"text/scanner"

	"fabricportal/internal/format"
)

// formula is two expressions over the numbers of a row that should be equal.
type formula struct {
	left, right expression
	columns     []string // that they name, each once
}

// expression gives the numbers of some rows from the columns' numbers; they are valid until it is asked again. NaN stands
// for no number.
type expression func(numbers [][]float64, rows int) []float64

// operation is an expression of two others.
func operation(op rune, a, b expression) expression {
	var out []float64
	return func(numbers [][]float64, rows int) []float64 {
		x, y := a(numbers, rows)[:rows], b(numbers, rows)[:rows]
		out = slices.Grow(out[:0], rows)[:rows]
		switch op {
		case '+':
			for i := range out {
				out[i] = x[i] + y[i]
			}
		case '-':
			for i := range out {
				out[i] = x[i] - y[i]
			}
		case '*':
			for i := range out {
				out[i] = x[i] * y[i]
			}
		case '/':
			for i := range out {
				out[i] = x[i] / y[i]
			}
		}
		return out
	}
}

// constant is the same number in all rows.
func constant(v float64) expression {
	var out []float64
	return func(_ [][]float64, rows int) []float64 {
		for len(out) < rows {
			out = append(out, v)
		}
		return out[:rows]
	}
}

// parseFormula reads “left = right”, of + - * / ( ), numbers and names of columns.
func parseFormula(text string) (formula, error) {
	left, right, ok := strings.Cut(text, "=")
	if !ok || strings.Contains(right, "=") {
		return formula{}, format.Say("it needs one = between two sides")
	}
	p := &parser{}
	f := formula{left: p.parse(left), right: p.parse(right)}
	if p.err != nil {
		return formula{}, p.err
	}
	f.columns = p.columns
	return f, nil
}

// parser is a recursive descent over one side; the first error stays.
type parser struct {
	scan    scanner.Scanner
	token   rune
	columns []string
	depth   int
	err     *format.Said
}

func (p *parser) parse(text string) expression {
	p.scan.Init(strings.NewReader(text))
	p.scan.Mode = scanner.ScanIdents | scanner.ScanFloats | scanner.ScanInts
	p.scan.Error = func(_ *scanner.Scanner, msg string) { p.fail(format.Say("“{{.Why}}”", "Why", msg)) }
	p.next()
	e := p.sum()
	if p.token != scanner.EOF {
		p.fail(format.Say("“{{.Token}}” is not expected", "Token", p.scan.TokenText()))
	}
	return e
}

func (p *parser) next() { p.token = p.scan.Scan() }

func (p *parser) fail(why *format.Said) {
	if p.err == nil {
		p.err = why
	}
}

func (p *parser) sum() expression {
	e := p.product()
	for p.token == '+' || p.token == '-' {
		op := p.token
		p.next()
		e = operation(op, e, p.product())
	}
	return e
}

func (p *parser) product() expression {
	e := p.factor()
	for p.token == '*' || p.token == '/' {
		op := p.token
		p.next()
		e = operation(op, e, p.factor())
	}
	return e
}

// deepest bounds the brackets in brackets, which the parser follows on its own stack.
const deepest = 100

func (p *parser) factor() expression {
	if p.depth++; p.depth > deepest {
		p.fail(format.Say("it is nested too deeply"))
	}
	defer func() { p.depth-- }()
	if p.err != nil {
		return nothing
	}
	switch p.token {
	case scanner.Ident:
		i := p.column(p.scan.TokenText())
		p.next()
		return func(numbers [][]float64, rows int) []float64 { return numbers[i][:rows] }
	case scanner.Int, scanner.Float:
		v, err := strconv.ParseFloat(p.scan.TokenText(), 64)
		if err != nil {
			p.fail(format.Say("“{{.Token}}” is no number", "Token", p.scan.TokenText()))
		}
		p.next()
		return constant(v)
	case '-':
		p.next()
		return operation('*', constant(-1), p.factor())
	case '(':
		p.next()
		e := p.sum()
		if p.token != ')' {
			p.fail(format.Say("a closing bracket is missing"))
		}
		p.next()
		return e
	}
	p.fail(format.Say("a number or a column is missing"))
	return nothing
}

func nothing([][]float64, int) []float64 { return nil }

func (p *parser) column(name string) int {
	for i, known := range p.columns {
		if known == name {
			return i
		}
	}
	p.columns = append(p.columns, name)
	return len(p.columns) - 1
}
