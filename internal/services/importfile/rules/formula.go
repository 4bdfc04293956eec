package rules

import (
	"fmt"
	"strconv"
	"strings"
	"text/scanner"
)

// formula is two expressions over the numbers of a row that should be equal.
type formula struct {
	left, right expression
	columns     []string // that they name, each once
}

// expression gives a number from the columns' numbers.
type expression func(numbers []float64) float64

// parseFormula reads “left = right”, of + - * / ( ), numbers and names of columns.
func parseFormula(text string) (formula, error) {
	left, right, ok := strings.Cut(text, "=")
	if !ok || strings.Contains(right, "=") {
		return formula{}, fmt.Errorf("has the formula %q: it needs one = between two sides", text)
	}
	p := &parser{}
	f := formula{left: p.parse(left), right: p.parse(right)}
	if p.err != nil {
		return formula{}, fmt.Errorf("has the formula %q: %w", text, p.err)
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
	err     error
}

func (p *parser) parse(text string) expression {
	p.scan.Init(strings.NewReader(text))
	p.scan.Mode = scanner.ScanIdents | scanner.ScanFloats | scanner.ScanInts
	p.scan.Error = func(_ *scanner.Scanner, msg string) { p.fail("%s", msg) }
	p.next()
	e := p.sum()
	if p.token != scanner.EOF {
		p.fail("%q is not expected", p.scan.TokenText())
	}
	return e
}

func (p *parser) next() { p.token = p.scan.Scan() }

func (p *parser) fail(format string, a ...any) {
	if p.err == nil {
		p.err = fmt.Errorf(format, a...)
	}
}

func (p *parser) sum() expression {
	e := p.product()
	for p.token == '+' || p.token == '-' {
		op := p.token
		p.next()
		a, b := e, p.product()
		if op == '+' {
			e = func(n []float64) float64 { return a(n) + b(n) }
		} else {
			e = func(n []float64) float64 { return a(n) - b(n) }
		}
	}
	return e
}

func (p *parser) product() expression {
	e := p.factor()
	for p.token == '*' || p.token == '/' {
		op := p.token
		p.next()
		a, b := e, p.factor()
		if op == '*' {
			e = func(n []float64) float64 { return a(n) * b(n) }
		} else {
			e = func(n []float64) float64 { return a(n) / b(n) }
		}
	}
	return e
}

// deepest bounds the brackets in brackets, which the parser follows on its own stack.
const deepest = 100

func (p *parser) factor() expression {
	if p.depth++; p.depth > deepest {
		p.fail("it is nested too deeply")
	}
	defer func() { p.depth-- }()
	if p.err != nil {
		return nothing
	}
	switch p.token {
	case scanner.Ident:
		i := p.column(p.scan.TokenText())
		p.next()
		return func(n []float64) float64 { return n[i] }
	case scanner.Int, scanner.Float:
		v, err := strconv.ParseFloat(p.scan.TokenText(), 64)
		if err != nil {
			p.fail("%s is no number", p.scan.TokenText())
		}
		p.next()
		return func([]float64) float64 { return v }
	case '-':
		p.next()
		e := p.factor()
		return func(n []float64) float64 { return -e(n) }
	case '(':
		p.next()
		e := p.sum()
		if p.token != ')' {
			p.fail("a closing bracket is missing")
		}
		p.next()
		return e
	}
	p.fail("a number or a column is missing")
	return nothing
}

func nothing([]float64) float64 { return 0 }

func (p *parser) column(name string) int {
	for i, known := range p.columns {
		if known == name {
			return i
		}
	}
	p.columns = append(p.columns, name)
	return len(p.columns) - 1
}
