package jobs

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// scope is what an expression can name.
type scope struct {
	jobID, pipelineID string
	parameters        map[string]any
	variables         map[string]any // the whole job's: the same in each scope
	types             map[string]declared
	item              *any                      // that a Filter looks at
	outputs           map[string]map[string]any // of the activities that have ended, by their names
}

// evaluate is the value of a property: a constant, or an expression as an object or a bare string. A string that begins with one @ is an
// expression as a whole; @{…} within a string is replaced by the text of its value; @@ begins a constant.
func (s scope) evaluate(raw json.RawMessage) (any, error) {
	var value any
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &value); err != nil {
			return nil, err
		}
	}
	if object, ok := value.(map[string]any); ok && object["type"] == "Expression" {
		value = object["value"]
	}
	text, ok := value.(string)
	switch {
	case !ok:
		return value, nil
	case strings.HasPrefix(text, "@@"):
		return text[1:], nil
	case strings.HasPrefix(text, "@") && !strings.HasPrefix(text, "@{"):
		return s.whole(text[1:])
	}
	return s.interpolate(text)
}

// whole evaluates an expression to its end.
func (s scope) whole(text string) (any, error) {
	p := parser{scope: s, text: text}
	value, err := p.expression()
	if err == nil && p.peek() != 0 {
		err = fmt.Errorf("%q stands behind its end", p.text[p.at:])
	}
	if err != nil {
		return nil, fmt.Errorf("the expression @%s can't be evaluated: %w", text, err)
	}
	return value, nil
}

// interpolate replaces each @{…} by its value. A string that is nothing but one keeps no type either: it is a text.
func (s scope) interpolate(text string) (string, error) {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(text, "@{")
		out.WriteString(before)
		if !found {
			return out.String(), nil
		}
		p := parser{scope: s, text: rest}
		value, err := p.expression()
		if err == nil {
			err = p.take('}')
		}
		if err != nil {
			return "", fmt.Errorf("the expression @{%s can't be evaluated: %w", rest, err)
		}
		out.WriteString(textOf(value))
		text = rest[p.at:]
	}
}

// parser reads an expression and evaluates it as it goes: all arguments of a function are evaluated, those of and, or and if too.
type parser struct {
	scope scope
	text  string
	at    int
}

func (p *parser) peek() byte {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
	if p.at == len(p.text) {
		return 0
	}
	return p.text[p.at]
}

func (p *parser) take(c byte) error {
	if p.peek() != c {
		return fmt.Errorf("there is no %q at %q", c, p.text[p.at:])
	}
	p.at++
	return nil
}

func (p *parser) expression() (any, error) {
	var value any
	var err error
	switch c := p.peek(); {
	case c == '\'':
		value, err = p.quoted()
	case c == '-' || c >= '0' && c <= '9':
		value, err = p.number()
	case c == '_' || unicode.IsLetter(rune(c)):
		value, err = p.named()
	default:
		err = fmt.Errorf("%q is no beginning of an expression", p.text[p.at:])
	}
	for err == nil {
		optional := p.peek() == '?'
		if optional {
			p.at++
		}
		switch p.peek() {
		case '.':
			p.at++
			value, err = property(value, p.word(), optional)
		case '[':
			p.at++
			var key any
			if key, err = p.expression(); err == nil {
				err = p.take(']')
			}
			if err == nil {
				value, err = element(value, key, optional)
			}
		default:
			if optional {
				err = errors.New("a ? is followed by . or [")
			}
			return value, err
		}
	}
	return nil, err
}

// quoted is a text in single quotes, of which two stand for one.
func (p *parser) quoted() (string, error) {
	var out strings.Builder
	for at := p.at + 1; at < len(p.text); at++ {
		switch {
		case p.text[at] != '\'':
			out.WriteByte(p.text[at])
		case at+1 < len(p.text) && p.text[at+1] == '\'':
			out.WriteByte('\'')
			at++
		default:
			p.at = at + 1
			return out.String(), nil
		}
	}
	return "", errors.New("a text has no end")
}

func (p *parser) number() (any, error) {
	from := p.at
	for p.at < len(p.text) && strings.IndexByte("+-.0123456789eE", p.text[p.at]) >= 0 {
		p.at++
	}
	text := p.text[from:p.at]
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n, nil
	}
	return strconv.ParseFloat(text, 64)
}

func (p *parser) word() string {
	from := p.at
	for p.at < len(p.text) && (p.text[p.at] == '_' || unicode.IsLetter(rune(p.text[p.at])) || unicode.IsDigit(rune(p.text[p.at]))) {
		p.at++
	}
	return p.text[from:p.at]
}

// named is a constant, or a call.
func (p *parser) named() (any, error) {
	name := p.word()
	if p.peek() != '(' {
		switch strings.ToLower(name) {
		case "true":
			return true, nil
		case "false":
			return false, nil
		case "null":
			return nil, nil
		}
		return nil, fmt.Errorf("%s is no function", name)
	}
	p.at++
	var arguments []any
	for p.peek() != ')' {
		if len(arguments) > 0 {
			if err := p.take(','); err != nil {
				return nil, err
			}
		}
		argument, err := p.expression()
		if err != nil {
			return nil, err
		}
		arguments = append(arguments, argument)
	}
	p.at++
	return p.scope.call(name, arguments)
}

// call carries out a function, by its name in any case.
func (s scope) call(name string, a []any) (any, error) {
	switch {
	case strings.EqualFold(name, "pipeline") && len(a) == 0:
		return map[string]any{"parameters": s.parameters, "RunId": s.jobID, "Pipeline": s.pipelineID}, nil
	case strings.EqualFold(name, "activity") && len(a) == 1:
		output, ok := s.outputs[textOf(a[0])]
		if !ok {
			return nil, fmt.Errorf("%v is no activity that has ended and that this one depends on", a[0])
		}
		return map[string]any{"output": output}, nil
	}
	if strings.EqualFold(name, "variables") && len(a) == 1 {
		return property(s.variables, textOf(a[0]), false)
	}
	if strings.EqualFold(name, "item") && len(a) == 0 && s.item != nil {
		return *s.item, nil
	}
	f, ok := functions[strings.ToLower(name)]
	if !ok {
		return nil, fmt.Errorf("the function %s is none that this stand-in knows", name)
	}
	if len(a) < f.least || f.most >= 0 && len(a) > f.most {
		return nil, fmt.Errorf("the function %s does not take %d values", name, len(a))
	}
	value, err := f.do(a)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return value, nil
}

func property(of any, name string, optional bool) (any, error) {
	object, ok := of.(map[string]any)
	if value, has := object[name]; ok && has {
		return value, nil
	}
	if optional && (ok || of == nil) {
		return nil, nil
	}
	return nil, fmt.Errorf("the property %s does not exist, available are %s", name, strings.Join(slices.Sorted(maps.Keys(object)), ", "))
}

func element(of, key any, optional bool) (any, error) {
	list, isList := of.([]any)
	at, isNumber := key.(int64)
	switch {
	case !isList || !isNumber:
		return property(of, textOf(key), optional)
	case at >= 0 && at < int64(len(list)):
		return list[at], nil
	case optional:
		return nil, nil
	}
	return nil, fmt.Errorf("there is no element %d", at)
}

// textOf is a value as text: JSON for what is no text.
func textOf(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		if v {
			return "True"
		}
		return "False"
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case int64:
		return strconv.FormatInt(v, 10)
	}
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(text)
}
