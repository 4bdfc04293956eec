// Package published holds requests and answers to an OpenAPI that was published as Swagger 2.0 in several files, as Microsoft
// does for Fabric.
package published

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
)

// API is a published API.
type API struct {
	files      fs.FS
	documents  map[string]map[string]any
	operations []operation
}

type operation struct {
	method   string
	segments []string // of the path, below the base path; "{…}" for any
	file     string
	raw      map[string]any
}

// ErrUnpublished says that no operation has this method and path.
var ErrUnpublished = errors.New("not published")

// Load reads the swagger files, by their names in files.
func Load(files fs.FS, names ...string) (*API, error) {
	a := &API{files: files, documents: map[string]map[string]any{}}
	for _, name := range names {
		document, err := a.document(name)
		if err != nil {
			return nil, err
		}
		base, _ := document["basePath"].(string)
		paths, _ := document["paths"].(map[string]any)
		for template, methods := range paths {
			for method, raw := range methods.(map[string]any) {
				if op, ok := raw.(map[string]any); ok && method != "parameters" {
					a.operations = append(a.operations, operation{strings.ToUpper(method), split(base + template), name, op})
				}
			}
		}
	}
	return a, nil
}

func split(p string) []string { return strings.Split(strings.Trim(p, "/"), "/") }

func (a *API) document(name string) (map[string]any, error) {
	if d, ok := a.documents[name]; ok {
		return d, nil
	}
	text, err := fs.ReadFile(a.files, name)
	if err != nil {
		return nil, err
	}
	var d map[string]any
	if err := json.Unmarshal(text, &d); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	a.documents[name] = d
	return d, nil
}

// find is the operation of a method and a path. Of several the one with the most words of its own counts.
func (a *API) find(method, p string) (*operation, error) {
	asked := split(p)
	var found *operation
	best := -1
	for i, op := range a.operations {
		if op.method != method || len(op.segments) != len(asked) {
			continue
		}
		words, fits := 0, true
		for j, segment := range op.segments {
			if strings.HasPrefix(segment, "{") {
				continue
			}
			words++
			fits = fits && strings.EqualFold(segment, asked[j])
		}
		if fits && words > best {
			found, best = &a.operations[i], words
		}
	}
	if found == nil {
		return nil, fmt.Errorf("%s %s: %w", method, p, ErrUnpublished)
	}
	return found, nil
}

// Request checks a request: its method and path, the names of its query parameters, its body.
func (a *API) Request(method, p string, query url.Values, body []byte) error {
	op, err := a.find(method, p)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	var schema map[string]any
	file := op.file
	for _, raw := range list(op.raw["parameters"]) {
		parameter, at, err := a.resolve(raw.(map[string]any), op.file)
		if err != nil {
			return err
		}
		name, _ := parameter["name"].(string)
		required, _ := parameter["required"].(bool)
		switch parameter["in"] {
		case "query":
			known[name] = true
			if required && !query.Has(name) {
				return fmt.Errorf("%s %s: without the query parameter %s", method, p, name)
			}
		case "body":
			schema, _ = parameter["schema"].(map[string]any)
			file = at
			if required && len(body) == 0 {
				return fmt.Errorf("%s %s: without a body", method, p)
			}
		}
	}
	for name := range query {
		if !known[name] {
			return fmt.Errorf("%s %s: the query parameter %s: %w", method, p, name, ErrUnpublished)
		}
	}
	switch {
	case len(body) == 0:
		return nil
	case schema == nil:
		return fmt.Errorf("%s %s: a body: %w", method, p, ErrUnpublished)
	}
	return a.body(fmt.Sprintf("the request %s %s", method, p), body, schema, file)
}

// Answer checks an answer: its status, its body.
func (a *API) Answer(method, p string, status int, header http.Header, body []byte) error {
	op, err := a.find(method, p)
	if err != nil {
		return err
	}
	what := fmt.Sprintf("the answer %d to %s %s", status, method, p)
	responses, _ := op.raw["responses"].(map[string]any)
	response, ok := responses[strconv.Itoa(status)].(map[string]any)
	if !ok {
		if status < 400 {
			return fmt.Errorf("%s: the status: %w", what, ErrUnpublished)
		}
		response, _ = responses["default"].(map[string]any)
	}
	// Headers are told in the description for lack of a place of their own.
	description, _ := response["description"].(string)
	for _, name := range []string{"Location", "Retry-After"} {
		if status == http.StatusAccepted && strings.Contains(description, "**"+name+"**") && header.Get(name) == "" {
			return fmt.Errorf("%s: without the header %s", what, name)
		}
	}
	schema, _ := response["schema"].(map[string]any)
	switch {
	case schema == nil && len(body) > 0:
		return fmt.Errorf("%s: a body: %w", what, ErrUnpublished)
	case schema == nil:
		return nil
	}
	return a.body(what, body, schema, op.file)
}

func (a *API) body(what string, body []byte, schema map[string]any, file string) error {
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if err := a.value(value, schema, file, "$"); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

// resolve follows references, also into other files.
func (a *API) resolve(schema map[string]any, file string) (map[string]any, string, error) {
	for {
		ref, ok := schema["$ref"].(string)
		if !ok {
			return schema, file, nil
		}
		other, pointer, _ := strings.Cut(ref, "#")
		if other != "" {
			file = path.Join(path.Dir(file), other)
		}
		document, err := a.document(file)
		if err != nil {
			return nil, "", err
		}
		var at any = document
		for part := range strings.SplitSeq(strings.Trim(pointer, "/"), "/") {
			m, _ := at.(map[string]any)
			at = m[part]
		}
		next, ok := at.(map[string]any)
		if !ok {
			return nil, "", fmt.Errorf("%s: nothing is at %s", file, ref)
		}
		schema = next
	}
}

// property is a field's schema and the file in which it stands.
type property struct {
	schema map[string]any
	file   string
}

// fields are all properties of an object's schema, those of the schemas that it extends among them.
func (a *API) fields(schema map[string]any, file string, into map[string]property, required map[string]bool) error {
	for _, raw := range list(schema["allOf"]) {
		part, at, err := a.resolve(raw.(map[string]any), file)
		if err != nil {
			return err
		}
		if err := a.fields(part, at, into, required); err != nil {
			return err
		}
	}
	properties, _ := schema["properties"].(map[string]any)
	for name, raw := range properties {
		into[name] = property{raw.(map[string]any), file}
	}
	for _, name := range list(schema["required"]) {
		required[name.(string)] = true
	}
	return nil
}

// value checks a value. A field that is null is taken for one that is missing, as Microsoft's own examples have it.
func (a *API) value(value any, schema map[string]any, file, at string) error {
	schema, file, err := a.resolve(schema, file)
	if err != nil {
		return err
	}
	switch v := value.(type) {
	case map[string]any:
		return a.object(v, schema, file, at)
	case []any:
		items, ok := schema["items"].(map[string]any)
		if schema["type"] != "array" || !ok {
			return fmt.Errorf("%s is an array, published is %v", at, schema["type"])
		}
		for i, item := range v {
			if err := a.value(item, items, file, fmt.Sprintf("%s[%d]", at, i)); err != nil {
				return err
			}
		}
		return nil
	}
	kind := schema["type"]
	fits := map[any]bool{}
	switch v := value.(type) {
	case string:
		fits["string"] = true
		open, _ := schema["x-ms-enum"].(map[string]any)
		if values := list(schema["enum"]); len(values) > 0 && open["modelAsString"] != true && !slices.Contains(values, any(v)) {
			return fmt.Errorf("%s is %q, which is none of %v", at, v, values)
		}
	case float64:
		fits["number"], fits["integer"] = true, v == float64(int64(v))
	case bool:
		fits["boolean"] = true
	}
	if !fits[kind] {
		return fmt.Errorf("%s is %v, published is %v", at, value, kind)
	}
	return nil
}

func (a *API) object(value map[string]any, schema map[string]any, file, at string) error {
	if kind, ok := schema["type"]; ok && kind != "object" {
		return fmt.Errorf("%s is an object, published is %v", at, kind)
	}
	fields, required := map[string]property{}, map[string]bool{}
	if err := a.fields(schema, file, fields, required); err != nil {
		return err
	}
	for name := range required {
		if value[name] == nil {
			return fmt.Errorf("%s.%s is missing", at, name)
		}
	}
	for name, field := range value {
		p, ok := fields[name]
		switch {
		case ok && field != nil:
			if err := a.value(field, p.schema, p.file, at+"."+name); err != nil {
				return err
			}
		case !ok && len(fields) > 0 && schema["additionalProperties"] == nil:
			return fmt.Errorf("%s.%s: %w", at, name, ErrUnpublished)
		}
	}
	return nil
}
