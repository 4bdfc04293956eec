package jobs

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
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

type function struct {
	least, most int // values that it takes; most -1 for any number
	do          func([]any) (any, error)
}

var functions = map[string]function{
	"and": {2, 2, logical(func(a, b bool) bool { return a && b })},
	"or":  {2, 2, logical(func(a, b bool) bool { return a || b })},
	"not": {1, 1, func(a []any) (any, error) { return boolean(a[0], func(b bool) any { return !b }) }},
	"if": {3, 3, func(a []any) (any, error) {
		return boolean(a[0], func(b bool) any { return map[bool]any{true: a[1], false: a[2]}[b] })
	}},
	"equals":          {2, 2, func(a []any) (any, error) { return same(a[0], a[1]), nil }},
	"greater":         {2, 2, ordered(func(c int) bool { return c > 0 })},
	"greaterorequals": {2, 2, ordered(func(c int) bool { return c >= 0 })},
	"less":            {2, 2, ordered(func(c int) bool { return c < 0 })},
	"lessorequals":    {2, 2, ordered(func(c int) bool { return c <= 0 })},
	"coalesce":        {1, -1, func(a []any) (any, error) { return first(a), nil }},
	"concat":          {1, -1, func(a []any) (any, error) { return strings.Join(texts(a), ""), nil }},
	"string":          {1, 1, func(a []any) (any, error) { return textOf(a[0]), nil }},
	"int":             {1, 1, func(a []any) (any, error) { return coerce(a[0], "int") }},
	"float":           {1, 1, func(a []any) (any, error) { return coerce(a[0], "float") }},
	"bool":            {1, 1, func(a []any) (any, error) { return coerce(a[0], "bool") }},
	"tolower":         {1, 1, func(a []any) (any, error) { return strings.ToLower(textOf(a[0])), nil }},
	"toupper":         {1, 1, func(a []any) (any, error) { return strings.ToUpper(textOf(a[0])), nil }},
	"trim":            {1, 1, func(a []any) (any, error) { return strings.TrimSpace(textOf(a[0])), nil }},
	"startswith":      {2, 2, func(a []any) (any, error) { return strings.HasPrefix(lower(a[0]), lower(a[1])), nil }},
	"endswith":        {2, 2, func(a []any) (any, error) { return strings.HasSuffix(lower(a[0]), lower(a[1])), nil }},
	"contains":        {2, 2, func(a []any) (any, error) { return has(a[0], a[1]), nil }},
	"empty":           {1, 1, func(a []any) (any, error) { return length(a[0]) == 0, nil }},
	"length":          {1, 1, func(a []any) (any, error) { return int64(max(0, length(a[0]))), nil }},
	"replace":         {3, 3, func(a []any) (any, error) { return strings.ReplaceAll(textOf(a[0]), textOf(a[1]), textOf(a[2])), nil }},
	"indexof":         {2, 2, func(a []any) (any, error) { return int64(strings.Index(lower(a[0]), lower(a[1]))), nil }},
	"lastindexof":     {2, 2, func(a []any) (any, error) { return int64(strings.LastIndex(lower(a[0]), lower(a[1]))), nil }},
	"substring":       {2, 3, substring},
	"split":           {2, 2, func(a []any) (any, error) { return list(strings.Split(textOf(a[0]), textOf(a[1]))), nil }},
	"createarray":     {0, -1, func(a []any) (any, error) { return a, nil }},
	"first":           {1, 1, func(a []any) (any, error) { return end(a[0], 0) }},
	"last":            {1, 1, func(a []any) (any, error) { return end(a[0], -1) }},
	"add":             {2, 2, arithmetic(func(a, b float64) float64 { return a + b })},
	"sub":             {2, 2, arithmetic(func(a, b float64) float64 { return a - b })},
	"mul":             {2, 2, arithmetic(func(a, b float64) float64 { return a * b })},
	"json":            {1, 1, func(a []any) (v any, err error) { return v, json.Unmarshal([]byte(textOf(a[0])), &v) }},
}

func logical(how func(a, b bool) bool) func([]any) (any, error) {
	return func(a []any) (any, error) {
		return boolean(a[0], func(x bool) any {
			y, ok := a[1].(bool)
			if !ok {
				return fmt.Errorf("%v is neither true nor false", a[1])
			}
			return how(x, y)
		})
	}
}

// boolean hands a value on that must be one; where that gives an error, it is one.
func boolean(value any, then func(bool) any) (any, error) {
	b, ok := value.(bool)
	if !ok {
		return nil, fmt.Errorf("%v is neither true nor false", value)
	}
	out := then(b)
	if err, failed := out.(error); failed {
		return nil, err
	}
	return out, nil
}

func numeric(value any) (float64, bool) {
	switch v := value.(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, !math.IsNaN(v)
	}
	return 0, false
}

func same(a, b any) bool {
	x, isX := numeric(a)
	y, isY := numeric(b)
	if isX && isY {
		return x == y
	}
	return reflect.DeepEqual(a, b)
}

// ordered compares two numbers, or two texts: never a number with a text.
func ordered(how func(int) bool) func([]any) (any, error) {
	return func(a []any) (any, error) {
		x, isX := numeric(a[0])
		y, isY := numeric(a[1])
		if isX && isY {
			switch {
			case x < y:
				return how(-1), nil
			case x > y:
				return how(1), nil
			}
			return how(0), nil
		}
		s, isS := a[0].(string)
		t, isT := a[1].(string)
		if isS && isT {
			return how(strings.Compare(s, t)), nil
		}
		return nil, fmt.Errorf("%v and %v can't be compared", a[0], a[1])
	}
}

func arithmetic(how func(a, b float64) float64) func([]any) (any, error) {
	return func(a []any) (any, error) {
		x, isX := numeric(a[0])
		y, isY := numeric(a[1])
		if !isX || !isY {
			return nil, fmt.Errorf("%v and %v are no numbers", a[0], a[1])
		}
		out := how(x, y)
		if out == math.Trunc(out) && math.Abs(out) < 1<<53 {
			return int64(out), nil
		}
		return out, nil
	}
}

func first(a []any) any {
	for _, v := range a {
		if v != nil {
			return v
		}
	}
	return nil
}

func lower(v any) string { return strings.ToLower(textOf(v)) }

func texts(a []any) []string {
	out := make([]string, len(a))
	for i, v := range a {
		out[i] = textOf(v)
	}
	return out
}

func list(texts []string) []any {
	out := make([]any, len(texts))
	for i, t := range texts {
		out[i] = t
	}
	return out
}

func has(in, what any) bool {
	switch v := in.(type) {
	case string:
		return strings.Contains(v, textOf(what))
	case []any:
		return slices.ContainsFunc(v, func(e any) bool { return same(e, what) })
	case map[string]any:
		_, ok := v[textOf(what)]
		return ok
	}
	return false
}

// length is that of a text, a list or an object; 0 for nothing, -1 for what has none.
func length(v any) int {
	switch v := v.(type) {
	case nil:
		return 0
	case string:
		return len([]rune(v))
	case []any:
		return len(v)
	case map[string]any:
		return len(v)
	}
	return -1
}

func substring(a []any) (any, error) {
	text := []rune(textOf(a[0]))
	from, isNumber := numeric(a[1])
	to := float64(len(text))
	if len(a) == 3 {
		n, ok := numeric(a[2])
		to, isNumber = from+n, isNumber && ok
	}
	if !isNumber || from < 0 || to < from || to > float64(len(text)) {
		return nil, errors.New("its places are outside of the text")
	}
	return string(text[int(from):int(to)]), nil
}

func end(of any, at int) (any, error) {
	switch v := of.(type) {
	case []any:
		if len(v) > 0 {
			return v[(len(v)+at)%len(v)], nil
		}
		return nil, nil
	case string:
		if r := []rune(v); len(r) > 0 {
			return string(r[(len(r)+at)%len(r)]), nil
		}
		return "", nil
	}
	return nil, fmt.Errorf("%v is neither a list nor a text", of)
}
