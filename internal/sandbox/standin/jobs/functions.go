package jobs

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
)

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
