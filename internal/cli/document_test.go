package cli

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/plaintext"
)

// inOne is a document as the encoder writes it at once.
func inOne(t *testing.T, v any) string {
	t.Helper()
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	require.NoError(t, enc.Encode(v))
	return string(plaintext.JSON(out.Bytes()))
}

func TestADocumentIsWrittenInPiecesAsInOne(t *testing.T) {
	text, number, at := "<ä\x1b\u202e\U000e0041>", int64(7), time.Unix(1, 2).UTC()
	type inner struct {
		A []int          `json:"a"`
		B map[string]any `json:"b,omitempty"`
	}
	type embedding struct {
		inner
		Own int
	}
	for name, v := range map[string]any{
		"null": nil, "a text": text, "a number": 1.5, "no list": []int(nil), "an empty list": []int{}, "bytes": []byte("x"), "nothing": struct{}{}, "all hidden": struct{ a int }{1},
		"a map":  map[string][]int{"b": {1}, "a": nil},
		"a list": []inner{{A: []int{1, 2}}, {}}, "lists": [][]any{{1, nil, "x"}, {}, nil}, "embedded": embedding{inner{A: []int{1}}, 2}, "pointers": []*inner{nil, {A: []int{}}},
		"a time": struct{ T, U *time.Time }{&at, nil}, "raw": struct{ R json.RawMessage }{json.RawMessage(`{"x":[1, 2]}`)},
		"fields": struct {
			S  string   `json:"s,omitempty"`
			N  *int64   `json:"n,omitempty"`
			Z  *int64   `json:"z,omitempty"`
			L  []string `json:"l,omitempty"`
			X  int      `json:"-"`
			Y  any      `json:",omitempty"`
			In *inner   `json:"in"`
			No any
		}{S: text, N: &number, In: &inner{A: []int{1}, B: map[string]any{"k": []int{1}}}},
		"as text": struct {
			N int `json:"n,string"`
		}{5},
		"a profile": contract.ImportProfile{Columns: []contract.Column{{Name: text}, {}}, SampleRows: [][]any{{1, "x"}}, Reading: &contract.Reading{}},
		"figures":   &contract.KPIs{RevenueByRegion: []contract.Share{{Key: text, Revenue: 2}}},
		"a state":   stateJSON{Events: []eventJSON{{at, "LOG", text}}},
	} {
		var out bytes.Buffer
		require.NoError(t, writeDocument(&out, v), name)
		require.Equal(t, inOne(t, v), out.String(), name)
	}
	require.Error(t, writeDocument(io.Discard, struct{ F float64 }{math.NaN()}))
}

// A document of any size is never in memory as a whole: what is allocated for it once is small.
func TestADocumentIsNotHeld(t *testing.T) {
	p := contract.ImportProfile{Columns: make([]contract.Column, 4_000)}
	for i := range p.Columns {
		p.Columns[i].Name = strings.Repeat("x", 2_000)
	}
	most := &pieces{}
	require.NoError(t, writeDocument(most, p))
	require.Greater(t, most.written, 8_000_000)
	require.Less(t, most.largest, 1<<17, "it is handed on in pieces")
}

// pieces notes how much is written at once.
type pieces struct{ written, largest int }

func (m *pieces) Write(p []byte) (int, error) {
	m.written, m.largest = m.written+len(p), max(m.largest, len(p))
	return len(p), nil
}

func BenchmarkDocument(b *testing.B) {
	p := contract.ImportProfile{Columns: make([]contract.Column, 16_384)}
	for b.Loop() {
		require.NoError(b, writeDocument(io.Discard, p))
	}
	runtime.KeepAlive(p)
}
