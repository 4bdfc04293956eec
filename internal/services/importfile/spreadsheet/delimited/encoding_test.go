package delimited

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// encoders write each encoding with x/text, which the reader does not use.
var encoders = map[Encoding]encoding.Encoding{
	UTF8: unicode.UTF8, UTF8BOM: unicode.UTF8BOM, Windows1252: charmap.Windows1252,
	UTF16LE: unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), UTF16BE: unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM),
}

func encoded(t testing.TB, e Encoding, text string) []byte {
	out, err := encoders[e].NewEncoder().Bytes([]byte(text))
	require.NoError(t, err)
	return out
}

// TestEveryEncodingDelimiterAndLineEnd writes one table in every way and reads it back.
func TestEveryEncodingDelimiterAndLineEnd(t *testing.T) {
	many := 1000
	if testing.Short() {
		many = 50
	}
	for e := range encoders {
		for _, mark := range []bool{false, true} {
			if mark && e != UTF16LE && e != UTF16BE {
				continue
			}
			for _, delimiter := range delimiters {
				for _, end := range []string{"\n", "\r\n", "\r"} {
					for _, rows := range []int{1, many} {
						t.Run(fmt.Sprintf("%s %v %q %q %d", e, mark, delimiter.char, end, rows), func(t *testing.T) {
							d := string(delimiter.char)
							text := strings.Join([]string{"Order ID", "Größe", "Preis €", "Notiz"}, d) + end
							want := [][]string{{"Order ID", "Größe", "Preis €", "Notiz"}}
							for i := range rows {
								note := "Müller, " + d + " & Söhne\n\"" + fmt.Sprint(i) + "\""
								text += fmt.Sprintf("%d%s\"1,5\"%s%s%s\"%s\"%s", i, d, d, d, "", strings.ReplaceAll(note, `"`, `""`), end)
								want = append(want, []string{fmt.Sprint(i), "1,5", "", note})
							}
							data := encoded(t, e, text)
							if mark {
								data = append(encoded(t, e, "\uFEFF"), data...)
							}
							got, err := Detect(t.Context(), bytes.NewReader(data), int64(len(data)), false)
							require.NoError(t, err)
							require.Equal(t, e, got.Encoding)
							require.Equal(t, d, string(got.Delimiter))
							read, err := scan(t, data, got, Limits{}, 0)
							require.NoError(t, err)
							require.Equal(t, want, read)
						})
					}
				}
			}
		}
	}
}

func TestOneLateByteMakesAFileWindows1252(t *testing.T) {
	data := []byte(strings.Repeat("ä,b\n", 200_000) + "Gr\xF6\xDFe,x\n")
	quick, err := Detect(t.Context(), bytes.NewReader(data), int64(len(data)), true)
	require.NoError(t, err)
	require.Equal(t, UTF8, quick.Encoding, "the head alone does not tell")
	d, err := Detect(t.Context(), bytes.NewReader(data), int64(len(data)), false)
	require.NoError(t, err)
	require.Equal(t, Windows1252, d.Encoding)
	rows, err := scan(t, data, d, Limits{}, 0)
	require.NoError(t, err)
	require.Len(t, rows, 200_001)
	require.Equal(t, []string{"Ã¤", "b"}, rows[0])
	require.Equal(t, []string{"Größe", "x"}, rows[200_000])

	for _, end := range []string{"\xC3", "\xE2\x82", "\xF0\x9F\x98"} {
		cut := append(bytes.Repeat([]byte("a"), wholeBytes-1), "ä"+end...)
		d, err := Detect(t.Context(), bytes.NewReader(cut), int64(len(cut)), false)
		require.NoError(t, err)
		require.Equal(t, Windows1252, d.Encoding, "a character that is cut at the file's end")
		cut = append(cut[:wholeBytes+1], "x"...)
		d, err = Detect(t.Context(), bytes.NewReader(cut), int64(len(cut)), false)
		require.NoError(t, err)
		require.Equal(t, UTF8, d.Encoding, "one between two pieces")
	}
}

func TestHead(t *testing.T) {
	for name, c := range map[string]struct {
		head   string
		want   Encoding
		binary bool
	}{
		"nothing":                  {"", UTF8, false},
		"ASCII":                    {"a,b\r\n1,2\x1A", UTF8, false},
		"UTF-8":                    {"ä,€\n", UTF8, false},
		"Windows-1252":             {"\xE4,b\n", Windows1252, false},
		"UTF-16":                   {"a\x00,\x00\n\x00", UTF16LE, false},
		"UTF-16, mostly Latin":     {"a\x00\xAC\x20,\x00", UTF16LE, false},
		"UTF-16, most significant": {"\x00a\x00,\x00\n\x00b\x00", UTF16BE, false},
		"two bytes":                {"a\x00", UTF8, false},
		"a program":                {"\x7FELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00>\x00\x01\x00\x00\x00", UTF8, true},
		"one NUL in a text":        {"a,b\n1,\x002\n", UTF8, false},
		"the head's end is in ä":   {strings.Repeat("a", HeadBytes-1) + "ä", UTF8, false},
		"the file's end is in ä":   {strings.Repeat("a", 100) + "\xC3", Windows1252, false},
	} {
		t.Run(name, func(t *testing.T) {
			e, binary := Head([]byte(c.head))
			require.Equal(t, c.want, e)
			require.Equal(t, c.binary, binary)
		})
	}
}

// TestDecodersEqualXText decodes random bytes in random pieces.
func TestDecodersEqualXText(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 3000 {
		raw := make([]byte, r.IntN(300))
		for i := range raw {
			if raw[i] = byte(r.UintN(256)); r.IntN(3) > 0 {
				raw[i] = byte(r.UintN(128))
			}
		}
		want, err := charmap.Windows1252.NewDecoder().Bytes(raw)
		require.NoError(t, err)
		require.Equal(t, string(want), readPieces(t, r, raw, Windows1252))

		var text strings.Builder
		for range r.IntN(100) {
			text.WriteRune([]rune{'a', '\n', 'ä', '€', '😀', rune(r.IntN(0xD800)), 0x10FFFF}[r.IntN(7)])
		}
		for _, e := range []Encoding{UTF16LE, UTF16BE} {
			require.Equal(t, text.String(), readPieces(t, r, encoded(t, e, text.String()), e))
		}
	}
}

func readPieces(t *testing.T, r *rand.Rand, raw []byte, e Encoding) string {
	d := newDecoder(&pieces{raw, r}, e)
	var out []byte
	for {
		p := make([]byte, utf8.UTFMax+r.IntN(30))
		n, err := d.Read(p)
		out = append(out, p[:n]...)
		if err == io.EOF {
			return string(out)
		}
		require.NoError(t, err)
	}
}

// pieces gives some bytes at a time.
type pieces struct {
	left []byte
	r    *rand.Rand
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.left) == 0 {
		return 0, io.EOF
	}
	n := copy(b, p.left[:1+p.r.IntN(len(p.left))])
	p.left = p.left[n:]
	return n, nil
}
