// Package form checks JSON documents against their JSON Schemas while it reads them once, without building a value. It is for
// documents that may come from anybody: nothing in them makes it nest, remember or repeat more than its limits allow.
//
// It knows the keywords that the schemas of this project use, and refuses to compile any other.
package form

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"
)

// Limits bound a document beyond what its schema says.
type Limits struct {
	Bytes  int // of the document
	Values int // in the document: objects, lists and all else
	Items  int // in one list
	Keys   int // in one object whose keys are free
	Text   int // bytes of one text or key, as it is written
}

// Form is what a schema allows. It may be used by several goroutines.
type Form struct {
	root   *node
	limits Limits
}

// kinds are JSON's types, as bits.
type kinds uint8

const (
	null kinds = 1 << iota
	boolean
	number
	integer
	text
	list
	object
)

var kindNames = map[string]kinds{"null": null, "boolean": boolean, "number": number, "integer": integer, "string": text, "array": list, "object": object}

// node is one schema, without what is not needed to check.
type node struct {
	kinds kinds

	enum     []string // the texts that are allowed; nil: any
	isTrue   bool     // a truth value must be true
	equals   *float64 // a number must be this
	min, max float64
	pattern  *regexp.Regexp
	calendar bool // the pattern is that of a day or an instant, which must be one
	uuid     bool
	shortest int // code points
	longest  int

	items      *node
	minItems   int
	maxItems   int
	properties map[string]property
	names      []string // of the properties, by place
	required   uint64   // places
	others     *node    // what other keys hold; nil: there are none
	oneOf      []choice
}

type property struct {
	place int
	*node
}

// choice is one of several sets of properties that are there and not there.
type choice struct{ there, not uint64 }

// holds tells whether an object with these properties is of the choice.
func (c choice) holds(seen uint64) bool {
	return seen&c.there == c.there && (c.not == 0 || seen&c.not != c.not)
}

// Compile makes a Form of the schema whose $id is id, which may refer to itself and to the others.
func Compile(schemas map[string]map[string]any, id string, limits Limits) (f *Form, err error) {
	defer func() {
		if fault, ok := recover().(compileError); ok {
			err = fmt.Errorf("schema %s: %s", id, string(fault))
		}
	}()
	c := compiler{schemas: schemas, done: map[string]*node{}}
	return &Form{c.ref(id, ""), limits}, nil
}

// Without is the form whose object may lack the named properties.
func (f *Form) Without(names ...string) *Form {
	root := *f.root
	for _, name := range names {
		root.required &^= 1 << root.properties[name].place
	}
	return &Form{&root, f.limits}
}

// Within is the form with other limits.
func (f *Form) Within(l Limits) *Form { return &Form{f.root, l} }

type compileError string

type compiler struct {
	schemas map[string]map[string]any
	done    map[string]*node // by $id and place
}

func fail(format string, a ...any) { panic(compileError(fmt.Sprintf(format, a...))) }

// ref compiles what a reference names, once.
func (c *compiler) ref(id, name string) *node {
	if n, ok := c.done[id+"#"+name]; ok {
		return n
	}
	n := &node{}
	c.done[id+"#"+name] = n // before it is filled: it may refer to itself
	schema, ok := c.schemas[id]
	if name != "" {
		defs, _ := schema["$defs"].(map[string]any)
		schema, ok = defs[name].(map[string]any)
	}
	if !ok {
		fail("there is no %s#%s", id, name)
	}
	*n = *c.node(id, schema)
	return n
}

// ignored are keywords that say nothing of the form.
var ignored = []string{"$schema", "$id", "$defs", "title", "description"}

func (c *compiler) node(id string, schema map[string]any) *node {
	if to, ok := schema["$ref"].(string); ok {
		only(schema, "$ref")
		if name, here := strings.CutPrefix(to, "#/$defs/"); here {
			return c.ref(id, name)
		}
		return c.ref(to, "")
	}
	if both, ok := schema["anyOf"].([]any); ok {
		only(schema, "anyOf")
		return c.orNull(id, both)
	}
	n := &node{min: math.Inf(-1), max: math.Inf(1), longest: math.MaxInt, maxItems: math.MaxInt}
	for _, keyword := range slices.Sorted(maps.Keys(schema)) {
		if value := schema[keyword]; keyword != "required" && keyword != "oneOf" {
			c.keyword(n, id, keyword, value)
		}
	}
	// These name properties.
	n.required = n.places(schema["required"])
	for _, o := range listOf(schema["oneOf"]) {
		o := o.(map[string]any)
		not, _ := o["not"].(map[string]any)
		only(o, "required", "not")
		only(not, "required")
		n.oneOf = append(n.oneOf, choice{n.places(o["required"]), n.places(not["required"])})
	}
	if n.kinds == 0 {
		fail("a value has no type: %v", schema)
	}
	return n
}

// orNull is anyOf with null and one more.
func (c *compiler) orNull(id string, both []any) *node {
	var n node
	for _, one := range both {
		one := one.(map[string]any)
		if one["type"] == "null" {
			n.kinds |= null
			continue
		}
		kept := n.kinds
		if kept&^null != 0 {
			fail("anyOf knows null and one more")
		}
		n = *c.node(id, one)
		n.kinds |= kept
	}
	return &n
}

func (c *compiler) keyword(n *node, id, keyword string, value any) {
	switch keyword {
	case "type":
		for _, name := range append(listOf(value), value) {
			if name, ok := name.(string); ok {
				n.kinds |= kindNames[name]
			}
		}
	case "properties":
		n.properties = map[string]property{}
		n.names = slices.Sorted(maps.Keys(value.(map[string]any)))
		if len(n.names) > 64 {
			fail("an object has more than 64 properties")
		}
		for i, name := range n.names {
			n.properties[name] = property{i, c.node(id, value.(map[string]any)[name].(map[string]any))}
		}
	case "additionalProperties":
		if schema, ok := value.(map[string]any); ok {
			n.others = c.node(id, schema)
		} else if value != false {
			fail("additionalProperties is neither false nor a schema")
		}
	case "items":
		n.items = c.node(id, value.(map[string]any))
	case "enum":
		for _, v := range value.([]any) {
			n.enum = append(n.enum, v.(string))
		}
	case "const":
		n.equally(value)
	case "pattern":
		n.pattern = regexp.MustCompile(value.(string))
		n.calendar = strings.HasPrefix(value.(string), `^\d{4}-\d\d`)
	case "format":
		if n.uuid = value == "uuid"; !n.uuid {
			fail("the format %v is not known", value)
		}
	default:
		n.bound(keyword, value)
	}
}

func (n *node) equally(value any) {
	switch v := value.(type) {
	case float64:
		n.equals = &v
	case bool:
		if n.isTrue = v; !v {
			fail("the only truth value that const knows is true")
		}
	default:
		fail("const is neither a number nor true")
	}
}

func (n *node) bound(keyword string, value any) {
	limit, _ := value.(float64)
	switch keyword {
	case "minimum":
		n.min = limit
	case "maximum":
		n.max = limit
	case "minLength":
		n.shortest = int(limit)
	case "maxLength":
		n.longest = int(limit)
	case "minItems":
		n.minItems = int(limit)
	case "maxItems":
		n.maxItems = int(limit)
	default:
		if !slices.Contains(ignored, keyword) {
			fail("the keyword %s is not known", keyword)
		}
	}
}

// places are the bits of properties that a schema names.
func (n *node) places(names any) (bits uint64) {
	for _, name := range listOf(names) {
		p, ok := n.properties[name.(string)]
		if !ok {
			fail("the property %v is required and not described", name)
		}
		bits |= 1 << p.place
	}
	return bits
}

func listOf(value any) []any {
	l, _ := value.([]any)
	return l
}

// only fails where a schema has other keywords.
func only(schema map[string]any, keywords ...string) {
	for keyword := range schema {
		if !slices.Contains(keywords, keyword) && !slices.Contains(ignored, keyword) {
			fail("the keyword %s is not known beside %v", keyword, keywords)
		}
	}
}

// Parse reads schemas by their $id.
func Parse(files ...[]byte) (map[string]map[string]any, error) {
	out := map[string]map[string]any{}
	for _, data := range files {
		var schema map[string]any
		if err := json.Unmarshal(data, &schema); err != nil {
			return nil, err
		}
		id, _ := schema["$id"].(string)
		out[id] = schema
	}
	return out, nil
}
