package cli

import (
	"bufio"
	"bytes"
	"encoding"
	"encoding/json"
	"io"
	"reflect"
	"strings"

	"fabricportal/internal/plaintext"
)

// documentWriter writes a document as json.Encoder does with an indent of two blanks, but the elements of its lists one by
// one: the profile of a wide table takes 25 MB as text, and the encoder would hold it three times. What a terminal would
// obey or not show is escaped.
type documentWriter struct {
	to    *bufio.Writer
	piece bytes.Buffer
	enc   *json.Encoder
}

// writeDocument writes v and a line break. An error of a value that JSON can't say comes behind what stands before it.
func writeDocument(to io.Writer, v any) error {
	w := &documentWriter{to: bufio.NewWriterSize(to, 64<<10)}
	w.enc = json.NewEncoder(&w.piece)
	w.enc.SetEscapeHTML(false)
	if err := w.value(reflect.ValueOf(v), "\n", false); err != nil {
		return err
	}
	if err := w.to.WriteByte('\n'); err != nil {
		return err
	}
	return w.to.Flush()
}

const indent = "  "

// value writes a value that stands in lines that begin with start; of a list's element nothing is written by itself.
func (w *documentWriter) value(v reflect.Value, start string, element bool) error {
	for v.Kind() == reflect.Pointer && !v.IsNil() && !encodesItself(v.Type()) {
		v = v.Elem()
	}
	switch {
	case element || !v.IsValid() || encodesItself(v.Type()):
	case v.Kind() == reflect.Struct:
		if fields, ok := fieldsOf(v); ok && len(fields) > 0 {
			return w.list('{', '}', start, len(fields), func(i int) error {
				if err := w.whole(reflect.ValueOf(fields[i].name), start); err != nil {
					return err
				}
				if _, err := w.to.WriteString(": "); err != nil {
					return err
				}
				return w.value(fields[i].value, start+indent, false)
			})
		}
	case v.Kind() == reflect.Slice && v.Len() > 0 && v.Type().Elem().Kind() != reflect.Uint8:
		return w.list('[', ']', start, v.Len(), func(i int) error { return w.value(v.Index(i), start+indent, true) })
	}
	return w.whole(v, start)
}

func (w *documentWriter) list(open, end byte, start string, n int, element func(i int) error) error {
	between := string(open)
	for i := range n {
		if _, err := w.to.WriteString(between + start + indent); err != nil {
			return err
		}
		if err := element(i); err != nil {
			return err
		}
		between = ","
	}
	_, err := w.to.WriteString(start + string(end))
	return err
}

// whole writes a value by the encoder.
func (w *documentWriter) whole(v reflect.Value, start string) error {
	var one any
	switch {
	case v.IsValid() && v.CanAddr():
		one = v.Addr().Interface() // so that what a type does by its pointer is done
	case v.IsValid():
		one = v.Interface()
	}
	w.piece.Reset()
	w.enc.SetIndent(strings.TrimPrefix(start, "\n"), indent)
	if err := w.enc.Encode(one); err != nil {
		return err
	}
	_, err := w.to.Write(plaintext.JSON(bytes.TrimSuffix(w.piece.Bytes(), []byte("\n"))))
	return err
}

var (
	marshaler     = reflect.TypeFor[json.Marshaler]()
	textMarshaler = reflect.TypeFor[encoding.TextMarshaler]()
)

// encodesItself says whether a type has a form of its own.
func encodesItself(t reflect.Type) bool {
	for _, t := range []reflect.Type{t, reflect.PointerTo(t)} {
		if t.Implements(marshaler) || t.Implements(textMarshaler) {
			return true
		}
	}
	return false
}

type documentField struct {
	name  string
	value reflect.Value
}

// fieldsOf are the fields of a struct that are written; false where that is for the encoder to know.
func fieldsOf(v reflect.Value) ([]documentField, bool) {
	var out []documentField
	for i := range v.NumField() {
		field := v.Type().Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case field.Anonymous || options != "" && options != "omitempty":
			return nil, false
		case !field.IsExported() || name == "-" && options == "":
			continue
		case options == "omitempty" && isEmpty(v.Field(i)):
			continue
		case name == "":
			name = field.Name
		}
		out = append(out, documentField{name, v.Field(i)})
	}
	return out, true
}

// isEmpty is what omitempty leaves out.
func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}
