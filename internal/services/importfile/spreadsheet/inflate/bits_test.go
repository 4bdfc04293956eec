package inflate

import (
	"bytes"
	"compress/flate"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// bitWriter writes streams that no compressor would.
type bitWriter struct {
	out  []byte
	used int
}

func (w *bitWriter) put(value uint, bits int) *bitWriter {
	for i := range bits {
		if w.used%8 == 0 {
			w.out = append(w.out, 0)
		}
		w.out[len(w.out)-1] |= byte(value>>i&1) << (w.used % 8)
		w.used++
	}
	return w
}

// code writes a Huffman code, whose first bit is its highest.
func (w *bitWriter) code(value uint, bits int) *bitWriter {
	for i := bits - 1; i >= 0; i-- {
		w.put(value>>i&1, 1)
	}
	return w
}

// dynamic writes the header of a last block with codes of its own. The lengths of its codes, at most 15, are written with
// a fixed length of four bits each, the code of n being n itself.
func dynamic(literals, distances []int) *bitWriter {
	w := &bitWriter{}
	w.put(1, 1).put(2, 2).put(uint(len(literals)-257), 5).put(uint(len(distances)-1), 5).put(19-4, 4)
	for _, symbol := range codeOrder {
		if symbol < 16 {
			w.put(4, 3)
		} else {
			w.put(0, 3)
		}
	}
	for _, l := range append(append([]int{}, literals...), distances...) {
		w.code(uint(l), 4)
	}
	return w
}

func lengths(n int, of map[int]int) []int {
	out := make([]int, n)
	for symbol, l := range of {
		out[symbol] = l
	}
	return out
}

// handMade are blocks whose codes are just right, or just not.
func handMade() map[string]struct {
	packed []byte
	want   string // empty where the stream is refused
	reason string
} {
	type stream = struct {
		packed []byte
		want   string
		reason string
	}
	// a = 0, the end = 10, a match of three bytes = 11.
	complete := lengths(258, map[int]int{'a': 1, 256: 2, 257: 2})
	const noCode = "the code lengths of a block make no code"
	return map[string]stream{
		"one distance of one bit": {packed: dynamic(complete, []int{1}).code(0, 1).code(3, 2).code(0, 1).code(2, 2).out, want: "aaaa"},
		"the other bit of the only distance": {
			packed: dynamic(complete, []int{1}).code(0, 1).code(3, 2).code(1, 1).code(2, 2).out, reason: "a distance has no meaning"},
		"no distance, and none used": {packed: dynamic(complete, []int{0}).code(0, 1).code(2, 2).out, want: "a"},
		"no distance, but one used": {
			packed: dynamic(complete, []int{0}).code(0, 1).code(3, 2).code(0, 1).code(2, 2).out, reason: "a distance has no meaning"},
		"incomplete literals":       {packed: dynamic(lengths(257, map[int]int{'a': 2, 256: 2}), []int{1}).code(0, 2).code(1, 2).out, reason: noCode},
		"too many literals":         {packed: dynamic(lengths(258, map[int]int{'a': 1, 256: 1, 257: 2}), []int{1}).code(0, 1).code(1, 1).out, reason: noCode},
		"incomplete distances":      {packed: dynamic(complete, []int{2, 2}).code(0, 1).code(2, 2).out, reason: noCode},
		"one distance of two bits":  {packed: dynamic(complete, []int{2}).code(0, 1).code(2, 2).out, reason: noCode},
		"too many distances":        {packed: dynamic(complete, []int{1, 1, 1}).code(0, 1).code(2, 2).out, reason: noCode},
		"no end":                    {packed: dynamic(lengths(258, map[int]int{'a': 1, 257: 1}), []int{1}).out, reason: "a block can't end"},
		"a distance too far":        {packed: dynamic(complete, []int{1, 1}).code(0, 1).code(3, 2).code(1, 1).code(2, 2).out, reason: "a match refers to before the beginning"},
		"the 31st distance (fixed)": {packed: (&bitWriter{}).put(1, 1).put(1, 2).code(0x30+'a', 8).code(1, 7).code(30, 5).code(0, 7).out, reason: "a distance has no meaning"},
		"symbol 286 (fixed)":        {packed: (&bitWriter{}).put(1, 1).put(1, 2).code(0xc6, 8).code(0, 7).out, reason: "a symbol has no meaning"},
	}
}

func TestCodesMustBeComplete(t *testing.T) {
	for name, s := range handMade() {
		got, err := io.ReadAll(NewReader(bytes.NewReader(s.packed), 0))
		if s.reason == "" {
			require.NoError(t, err, name)
			require.Equal(t, s.want, string(got), name)
			other, err := io.ReadAll(flate.NewReader(bytes.NewReader(s.packed)))
			require.NoError(t, err, name)
			require.Equal(t, s.want, string(other), name)
			continue
		}
		var corrupt *CorruptError
		require.ErrorAs(t, err, &corrupt, name)
		require.Equal(t, s.reason, corrupt.Reason, name)
	}
}

// TestEveryCut cuts a stream of all three kinds of blocks at every byte: what came before is right, and the end is missed.
func TestEveryCut(t *testing.T) {
	var packed bytes.Buffer
	data := append(sheetXML(4), "and this is stored"...)
	w, err := flate.NewWriter(&packed, 6)
	require.NoError(t, err)
	_, err = w.Write(data)
	require.NoError(t, err)
	require.NoError(t, w.Flush())
	_, err = w.Write([]byte("short"))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	data = append(data, "short"...)
	for n := range packed.Len() {
		got, err := io.ReadAll(NewReader(bytes.NewReader(packed.Bytes()[:n]), 0))
		require.ErrorIs(t, err, io.ErrUnexpectedEOF, n)
		require.True(t, bytes.HasPrefix(data, got), n)
	}
}

// TestCorpus holds the committed corpus to what the fuzz target asks, and makes it where UPDATE_CORPUS is set.
func TestCorpus(t *testing.T) {
	dir := filepath.Join("testdata", "fuzz", "FuzzReader")
	if os.Getenv("UPDATE_CORPUS") != "" {
		require.NoError(t, os.MkdirAll(dir, 0o755))
		for name, s := range handMade() {
			text := "go test fuzz v1\n[]byte(" + strconv.Quote(string(s.packed)) + ")\n"
			require.NoError(t, os.WriteFile(filepath.Join(dir, fileName(name)), []byte(text), 0o644))
		}
	}
	for name, s := range handMade() {
		text, err := os.ReadFile(filepath.Join(dir, fileName(name)))
		if errors.Is(err, os.ErrNotExist) {
			t.Errorf("the corpus lacks %q: run this test with UPDATE_CORPUS=1", name)
			continue
		}
		require.NoError(t, err)
		require.Contains(t, string(text), strconv.Quote(string(s.packed)), name)
	}
}

func fileName(name string) string {
	out := []byte(name)
	for i, c := range out {
		if c < '0' || c > '9' && c < 'a' || c > 'z' {
			out[i] = '-'
		}
	}
	return string(out)
}
