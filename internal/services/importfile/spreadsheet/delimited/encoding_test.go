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
	Windows1250: charmap.Windows1250, Windows1254: charmap.Windows1254, ISO8859_1: charmap.ISO8859_1, ISO8859_2: charmap.ISO8859_2,
	ISO8859_15: charmap.ISO8859_15, Macintosh: charmap.Macintosh, IBM850: charmap.CodePage850,
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
	for _, e := range []Encoding{UTF8, UTF8BOM, Windows1252, UTF16LE, UTF16BE} {
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
							got, err := Detect(t.Context(), bytes.NewReader(data), int64(len(data)), false, Given{})
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

func TestOneLateByteIsReadAsWindows1252(t *testing.T) {
	data := []byte(strings.Repeat("ä,b\n", 200_000) + "Gr\xF6\xDFe,x\n")
	for _, headOnly := range []bool{true, false} {
		d, err := Detect(t.Context(), bytes.NewReader(data), int64(len(data)), headOnly, Given{})
		require.NoError(t, err)
		require.Equal(t, UTF8, d.Encoding)
		rows, recoded, err := scanRecoded(t, data, d, Limits{}, 0)
		require.NoError(t, err)
		require.Len(t, rows, 200_001)
		require.Equal(t, []string{"ä", "b"}, rows[0])
		require.Equal(t, []string{"Größe", "x"}, rows[200_000])
		require.Equal(t, []Recoded{{200_001, 0}}, recoded)
	}
	data = []byte(strings.Repeat("a,b\n", 200_000) + "Gr\xF6\xDFe,x\n")
	d, err := Detect(t.Context(), bytes.NewReader(data), int64(len(data)), false, Given{})
	require.NoError(t, err)
	require.Equal(t, Windows1252, d.Encoding, "without a character of several bytes")

	for _, end := range []string{"\xC3", "\xE2\x82", "\xF0\x9F\x98"} {
		cut := append(bytes.Repeat([]byte("a"), wholeBytes-1), "ä"+end...)
		d, err := Detect(t.Context(), bytes.NewReader(cut), int64(len(cut)), false, Given{})
		require.NoError(t, err)
		require.Equal(t, UTF8, d.Encoding)
		rows, recoded, err := scanRecoded(t, cut, d, Limits{}, 0)
		require.NoError(t, err)
		require.Equal(t, string(cut[:wholeBytes+1])+latin(end), rows[0][0], "a character that is cut at the file's end")
		require.Equal(t, []Recoded{{1, 0}}, recoded)
		ascii := append(bytes.Repeat([]byte("a"), wholeBytes+1), end...)
		d, err = Detect(t.Context(), bytes.NewReader(ascii), int64(len(ascii)), false, Given{})
		require.NoError(t, err)
		require.Equal(t, Windows1252, d.Encoding)
		cut = append(cut[:wholeBytes+1], "x"...)
		d, err = Detect(t.Context(), bytes.NewReader(cut), int64(len(cut)), false, Given{})
		require.NoError(t, err)
		require.Equal(t, UTF8, d.Encoding, "one between two pieces")
		late := append(bytes.Repeat([]byte("a\xE4"), wholeBytes/2-1), "xä"...)
		d, err = Detect(t.Context(), bytes.NewReader(late), int64(len(late)), false, Given{})
		require.NoError(t, err)
		require.Equal(t, UTF8, d.Encoding, "the only one, between two pieces")
	}
}

func latin(raw string) string {
	out, _ := charmap.Windows1252.NewDecoder().String(raw)
	return out
}

// recodedByXText is a text in UTF-8 with each byte that is none as Windows-1252.
func recodedByXText(raw string) string {
	var out strings.Builder
	for i, r := range raw {
		if r == utf8.RuneError && !strings.HasPrefix(raw[i:], "\uFFFD") {
			out.WriteString(latin(raw[i : i+1]))
			continue
		}
		out.WriteRune(r)
	}
	return out.String()
}

// TestBytesThatAreNoUTF8 reads random texts in small blocks: rows and fields are those of the text that is recoded as a whole.
func TestBytesThatAreNoUTF8(t *testing.T) {
	pieces := []string{"a", "bc", "ä", "€", "😀", "\xE4", "\xFC", "\xC3", "\xE2\x82", "\xF0\x9F\x98", "\x81", ",", ",", "\n", "\r\n", "\r", "\"\xE4,\"\"x\",", "\"\n\xE4\"\n", "\uFFFD"}
	r := rand.New(rand.NewPCG(9, 9))
	seen := 0
	for range 8000 {
		var text strings.Builder
		for range r.IntN(24) {
			text.WriteString(pieces[r.IntN(len(pieces))])
		}
		raw := text.String()
		want, fault := reference(recodedByXText(raw), ",")
		if fault != noFault {
			continue
		}
		plainRows, _ := reference(raw, ",")
		var marked []Recoded
		for i, row := range plainRows {
			for column, field := range row {
				if !utf8.ValidString(field) {
					marked = append(marked, Recoded{i + 1, column})
					break
				}
			}
		}
		got, recoded, err := scanRecoded(t, []byte(raw), Dialect{Encoding: UTF8, Delimiter: ',', recode: true}, Limits{}, 1+r.IntN(40))
		require.NoError(t, err, "%q", raw)
		require.Equal(t, fmt.Sprintf("%q", want), fmt.Sprintf("%q", got), "%q", raw)
		require.Equal(t, marked, recoded, "%q", raw)
		seen += len(marked)
	}
	require.Greater(t, seen, 2000)
}

func TestAnEncodingThatIsGiven(t *testing.T) {
	text := "name,b\nGröße\"x,1\n"
	for e := range encoders {
		if e == UTF8BOM {
			continue
		}
		data := encoded(t, e, text)
		d, err := Detect(t.Context(), bytes.NewReader(data), int64(len(data)), r3(e), Given{Encoding: e})
		require.NoError(t, err)
		require.Equal(t, e, d.Encoding)
		require.Equal(t, ',', d.Delimiter)
		rows, err := scan(t, data, d, Limits{}, 7)
		require.NoError(t, err, e)
		require.Equal(t, [][]string{{"name", "b"}, {"Größe\"x", "1"}}, rows, e)
	}
	for name, c := range map[string]struct {
		data     string
		given    Encoding
		want     Encoding
		first    string
		recodeds int
	}{
		"its mark is dropped":          {"\xEF\xBB\xBFa\n\xE4", UTF8, UTF8BOM, "a", 1},
		"a mark of another is text":    {"\xEF\xBB\xBFa\n", Windows1252, Windows1252, "ï»¿a", 0},
		"UTF-16's mark is dropped":     {"\xFF\xFEa\x00", UTF16LE, UTF16LE, "a", 0},
		"UTF-8 without a valid one":    {"x\n\xE4\n\n\xE4,\xE4", UTF8, UTF8, "x", 2},
		"control characters of Latin1": {"\x80\x9F\xA4", ISO8859_1, ISO8859_1, "\uFFFD\uFFFD¤", 0},
		"the euro of Latin9":           {"\x80\xA4", ISO8859_15, ISO8859_15, "\uFFFD€", 0},
		"an unknown one is found":      {"\xE4", "klingon", Windows1252, "ä", 0},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := Detect(t.Context(), strings.NewReader(c.data), int64(len(c.data)), false, Given{Encoding: c.given})
			require.NoError(t, err)
			require.Equal(t, c.want, d.Encoding)
			rows, recoded, err := scanRecoded(t, []byte(c.data), d, Limits{}, 3)
			require.NoError(t, err)
			require.Equal(t, c.first, rows[0][0])
			require.Len(t, recoded, c.recodeds)
		})
	}
}

// r3 lets some encodings be read by the head only.
func r3(e Encoding) bool { return len(e)%2 == 0 }

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
		"both":                     {"ä\xE4", UTF8, false},
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
	for range 1500 {
		raw := make([]byte, r.IntN(300))
		for i := range raw {
			if raw[i] = byte(r.UintN(256)); r.IntN(3) > 0 {
				raw[i] = byte(r.UintN(128))
			}
		}
		for e, c := range charmaps {
			want, err := c.NewDecoder().Bytes(raw)
			require.NoError(t, err)
			want = bytes.Map(func(r rune) rune {
				if r >= 0x80 && r < 0xA0 {
					return utf8.RuneError // ISO 8859's control characters
				}
				return r
			}, want)
			require.Equal(t, string(want), readPieces(t, r, raw, e))
		}

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
