package form

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Error says what of a document does not fit.
type Error struct {
	Place  string // such as revenue_by_channel[3].orders, counted from 0; "" for the whole document
	Reason string // goes on after the place
	syntax bool   // it is no JSON, wherever that is
	Beyond bool   // the schema does not forbid it, but this package does: a limit, a key that stands twice, a day that is none
}

func (e *Error) Error() string {
	if e.Place == "" {
		return "it " + e.Reason
	}
	return e.Place + " " + e.Reason
}

// Check reads a document once, and says with an *Error what is wrong with it.
func (f *Form) Check(data []byte) error {
	if len(data) > f.limits.Bytes {
		return &Error{Reason: fmt.Sprintf("is larger than %d bytes", f.limits.Bytes), Beyond: true}
	}
	c := checker{scanner: scanner{data: data, longest: f.limits.Text}, limits: f.limits}
	err := c.value(f.root)
	if err == nil {
		if c.space(); c.at < len(data) {
			err = c.bad()
		}
	}
	if err != nil {
		if slices.Reverse(c.place); !err.syntax {
			err.Place = strings.TrimPrefix(strings.Join(c.place, ""), ".")
		}
		return err
	}
	return nil
}

type checker struct {
	scanner
	limits Limits
	values int
	place  []string // of an error, from the inside
}

func (c *checker) value(n *node) *Error {
	if c.values++; c.values > c.limits.Values {
		return &Error{Reason: "holds more values than are read", Beyond: true}
	}
	c.space()
	kind := c.kind()
	if kind == 0 {
		return c.bad()
	}
	if n.kinds&kind == 0 {
		return &Error{Reason: "is " + kindWord(kind) + ", but must be " + kindWord(n.kinds)}
	}
	switch kind {
	case null:
		return c.word("null")
	case boolean:
		return c.truth(n)
	case text:
		return c.textOf(n)
	case list:
		return c.list(n)
	case object:
		return c.object(n)
	default:
		return c.number(n)
	}
}

func (c *checker) truth(n *node) *Error {
	if c.data[c.at] == 't' {
		return c.word("true")
	}
	if n.isTrue {
		return &Error{Reason: "can't be false"}
	}
	return c.word("false")
}

func (c *checker) number(n *node) *Error {
	raw, err := c.numeral()
	if err != nil {
		return err
	}
	var v float64
	if n.kinds&number == 0 {
		whole, err := strconv.ParseInt(raw, 10, 64)
		if err != nil {
			return &Error{Reason: "must be a whole number of at most 19 digits, written with digits alone", Beyond: true}
		}
		v = float64(whole)
	} else {
		var err error
		if v, err = strconv.ParseFloat(raw, 64); err != nil {
			return &Error{Reason: "is too large for a number", Beyond: true}
		}
	}
	switch {
	case v == 0 && len(raw) > 2 && strings.ContainsAny(raw[:strings.IndexAny(raw+"e", "eE")], "123456789"):
		return &Error{Reason: "is too near to 0 for a number", Beyond: true}
	case len(raw) > 17 && (v == n.min || v == n.max) && v != 0:
		return &Error{Reason: "has more digits than a number holds", Beyond: true}
	case n.equals != nil && v != *n.equals:
		return &Error{Reason: "must be " + shortest(*n.equals)}
	case v < n.min:
		return &Error{Reason: "can't be less than " + shortest(n.min)}
	case v > n.max:
		return &Error{Reason: "can't be more than " + shortest(n.max)}
	}
	return nil
}

func shortest(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func (c *checker) textOf(n *node) *Error {
	raw, err := c.text()
	if err != nil {
		return err
	}
	if n.enum == nil && n.pattern == nil && !n.uuid && n.shortest == 0 && n.longest == math.MaxInt {
		return nil
	}
	s, err := plain(raw)
	if err != nil {
		return err
	}
	length := 0
	if n.shortest > 0 || n.longest < math.MaxInt {
		length = utf8.RuneCountInString(s)
	}
	switch {
	case n.enum != nil && !slices.Contains(n.enum, s):
		return &Error{Reason: "must be one of " + strings.Join(n.enum, ", ")}
	case n.pattern != nil && !n.pattern.MatchString(s):
		return &Error{Reason: "does not have the form that it must have"}
	case n.uuid && !isUUID(s):
		return &Error{Reason: "is no UUID"}
	case length < n.shortest:
		return &Error{Reason: "is too short a text"}
	case length > n.longest:
		return &Error{Reason: "is too long a text"}
	case n.calendar && !inCalendar(s):
		return &Error{Reason: "is a time that there is not", Beyond: true}
	}
	return nil
}

func (c *checker) list(n *node) *Error {
	c.at++
	for i := 0; ; i++ {
		if c.space(); c.next(']') {
			if i < n.minItems {
				return &Error{Reason: fmt.Sprintf("must have at least %d items", n.minItems)}
			}
			return nil
		}
		switch {
		case i == n.maxItems:
			return &Error{Reason: fmt.Sprintf("can't have more than %d items", n.maxItems)}
		case i == c.limits.Items:
			return &Error{Reason: fmt.Sprintf("has more than %d items, and no more are read", i), Beyond: true}
		}
		if i > 0 {
			if !c.next(',') {
				return c.bad()
			}
		}
		if err := c.value(n.items); err != nil {
			c.place = append(c.place, "["+strconv.Itoa(i)+"]")
			return err
		}
	}
}

func (c *checker) object(n *node) *Error {
	c.at++
	var seen uint64
	var free map[string]bool
	for i := 0; ; i++ {
		if c.space(); c.next('}') {
			return complete(n, seen)
		}
		if i > 0 {
			if !c.next(',') {
				return c.bad()
			}
			c.space()
		}
		if c.at == len(c.data) || c.data[c.at] != '"' {
			return c.bad()
		}
		raw, err := c.text()
		if err != nil {
			return err
		}
		if c.space(); !c.next(':') {
			return c.bad()
		}
		// A key without an escape is looked up as it stands, which costs nothing.
		p, ok := n.properties[string(raw[1:len(raw)-1])]
		if !ok && bytes.IndexByte(raw, '\\') >= 0 || !ok && n.others != nil {
			key, err := plain(raw)
			if err != nil {
				return err
			}
			if p, ok = n.properties[key]; !ok && n.others != nil {
				switch {
				case free[key]:
					return twice(key)
				case len(free) == c.limits.Keys:
					return &Error{Reason: fmt.Sprintf("has more than %d fields, and no more are read", len(free)), Beyond: true}
				case free == nil:
					free = map[string]bool{}
				}
				free[key] = true
				c.values += 2 // an entry of a map takes what three values take
				p, ok = property{-1, n.others}, true
			}
		}
		if !ok {
			return &Error{Reason: "has a field that it can't have: " + strconv.QuoteToASCII(cut(string(raw[1:len(raw)-1])))}
		}
		if p.place >= 0 {
			if seen>>p.place&1 == 1 {
				return twice(n.names[p.place])
			}
			seen |= 1 << p.place
		}
		if err := c.value(p.node); err != nil {
			name := "[…]" // a free key may be anything
			if p.place >= 0 {
				name = "." + n.names[p.place]
			}
			c.place = append(c.place, name)
			return err
		}
	}
}

// complete says which property is missing.
func complete(n *node, seen uint64) *Error {
	if missing := n.required &^ seen; missing != 0 {
		return &Error{Reason: "has no " + n.names[bits.TrailingZeros64(missing)]}
	}
	if len(n.oneOf) == 0 {
		return nil
	}
	fits := 0
	for _, o := range n.oneOf {
		if o.holds(seen) {
			fits++
		}
	}
	if fits != 1 {
		return &Error{Reason: "does not have exactly one of the sets of fields that it can have"}
	}
	return nil
}

func twice(key string) *Error {
	return &Error{Reason: "has the field " + strconv.QuoteToASCII(cut(key)) + " twice", Beyond: true}
}

// cut keeps a name of the document short in a sentence.
func cut(s string) string {
	const most = 40
	if r := []rune(s[:min(len(s), 4*most)]); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// plain is the text that a JSON text stands for.
func plain(raw []byte) (string, *Error) {
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1]), nil
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return "", &Error{Reason: "is no valid text"}
	}
	return s, nil
}

// kindWord names kinds for people.
func kindWord(k kinds) string {
	var words []string
	for _, w := range []struct {
		kinds
		word string
	}{{text, "a text"}, {number, "a number"}, {integer, "a whole number"}, {boolean, "true or false"}, {list, "a list"}, {object, "an object"}, {null, "null"}} {
		if k&w.kinds != 0 {
			words = append(words, w.word)
		}
		if w.kinds == number && k&number != 0 {
			k &^= integer
		}
	}
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// isUUID knows the form that JSON Schema calls uuid.
func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if c != '-' {
				return false
			}
		case '0' <= c && c <= '9', 'a' <= c && c <= 'f', 'A' <= c && c <= 'F':
		default:
			return false
		}
	}
	return true
}
