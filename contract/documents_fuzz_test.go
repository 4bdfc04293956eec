package contract_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
)

// FuzzDocuments compares the verdicts of Decode and of the schemas' own library, on bytes as they come and, where there is a
// script, on a document whose places are changed: of the three documents alone, most bytes are no JSON.
func FuzzDocuments(f *testing.F) {
	docs := documents(f)
	maps.DeleteFunc(docs, func(_ string, data []byte) bool { return len(data) > 6<<10 }) // the others have nothing but more columns
	names := slices.Sorted(maps.Keys(docs))
	for i, name := range names {
		f.Add(byte(i), docs[name], []byte{})
		f.Add(byte(i), []byte(nil), []byte{0, 3, 1, 2, 7, 9})
	}
	schemas := allSchemas(f)
	f.Fuzz(func(t *testing.T, which byte, data, script []byte) {
		name := names[int(which)%len(names)]
		kind, _, _ := strings.Cut(name, ".")
		if len(script) > 0 {
			var doc any
			if err := json.Unmarshal(docs[name], &doc); err != nil {
				t.Fatal(err)
			}
			changed, err := json.Marshal(change(doc, script, data))
			if err != nil {
				t.Fatal(err)
			}
			data = changed
		}
		agree(t, schemas, kind, data)
	})
}

// change follows a script of two bytes a step: down into a document, or what happens there.
func change(doc any, script, data []byte) any {
	at := &doc
	var parent map[string]any
	var key string
	put := func(v any) {
		*at = v
		if parent != nil {
			parent[key] = v
		}
	}
	for ; len(script) > 1; script = script[2:] {
		what, n := script[0]%8, int(script[1])
		switch v := (*at).(type) {
		case map[string]any:
			keys := slices.Sorted(maps.Keys(v))
			if len(keys) == 0 {
				put(nil)
				continue
			}
			switch name := keys[n%len(keys)]; what {
			case 6:
				delete(v, name)
			case 7:
				v[string(data)] = v[name]
			default:
				child := v[name]
				parent, key, at = v, name, &child
			}
		case []any:
			switch {
			case what == 6:
				put(append(slices.Clone(v), v...))
			case what == 7 || len(v) == 0:
				put([]any{n})
			default:
				parent, at = nil, &v[n%len(v)]
			}
		default:
			put([]any{nil, true, float64(n), -1.5, string(data), []any{}, map[string]any{}, "2026-02-30"}[what])
			return doc
		}
	}
	return doc
}
