package delimited

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// scan reads a text to its end or fault, in blocks of a size of the test's own.
func scan(tb testing.TB, data []byte, d Dialect, limits Limits, block int) ([][]string, error) {
	rows, _, err := scanRecoded(tb, data, d, limits, block)
	return rows, err
}

// scanRecoded is scan with the rows that were recoded, by their numbers.
func scanRecoded(tb testing.TB, data []byte, d Dialect, limits Limits, block int) ([][]string, []Recoded, error) {
	s := NewScanner(bytes.NewReader(data), int64(len(data)), d, limits)
	if block > 0 {
		s.block = block
	}
	rows := [][]string{}
	var recoded []Recoded
	var b Batch
	for s.Next(tb.Context(), &b) {
		require.Equal(tb, len(rows)+1, b.First)
		require.NotEmpty(tb, b.Ends)
		for _, e := range b.Recoded {
			recoded = append(recoded, Recoded{b.First + e.Row, e.Column})
		}
		for i := range b.Ends {
			var row []string
			for _, f := range b.Row(i) {
				row = append(row, string(b.Text(f)))
			}
			rows = append(rows, row)
		}
	}
	require.False(tb, s.Next(tb.Context(), &b))
	return rows, recoded, s.Err()
}

var plain = Dialect{Encoding: UTF8, Delimiter: ','}

// reference splits a text one character after the other, in the plainest way.
func reference(text, delimiter string, quoting ...Quoting) (rows [][]string, fault Fault) {
	how := append(quoting, DoubledQuotes)[0]
	var row []string
	for i := 0; i < len(text); {
		field, next, fault := referenceField(text, i, delimiter, how)
		if fault != noFault {
			return rows, fault
		}
		row = append(row, field)
		switch {
		case next == len(text):
		case strings.HasPrefix(text[next:], delimiter):
			i = next + len(delimiter)
			if i == len(text) {
				row = append(row, "")
				return append(rows, row), noFault
			}
			continue
		case strings.HasPrefix(text[next:], "\r\n"):
			next++
		}
		rows, row, i = append(rows, row), nil, next+1
	}
	return rows, noFault
}

// unescaped is a text with a character of one behind a backslash, by a pattern.
func unescaped(text string) string {
	return regexp.MustCompile(`\\["\\]|""`).ReplaceAllStringFunc(text, func(two string) string { return two[1:] })
}

// TestQuotesBehindBackslashes reads what was written, in blocks of any size.
func TestQuotesBehindBackslashes(t *testing.T) {
	pieces := []string{"a", "b c", `\"`, `\\`, `\n`, `""`, ",", "\n", "é"}
	r := rand.New(rand.NewPCG(8, 8))
	for range 5000 {
		var want [][]string
		var text strings.Builder
		for range 1 + r.IntN(4) {
			var row []string
			for column := range 1 + r.IntN(4) {
				if column > 0 {
					text.WriteByte(',')
				}
				if r.IntN(3) == 0 {
					text.WriteString("plain")
					row = append(row, "plain")
					continue
				}
				inside := ""
				for range r.IntN(6) {
					inside += pieces[r.IntN(len(pieces))]
				}
				blanks := strings.Repeat(" ", r.IntN(2))
				text.WriteString(`"` + inside + `"` + blanks)
				row = append(row, unescaped(inside))
			}
			text.WriteByte('\n')
			want = append(want, row)
		}
		rows, err := scan(t, []byte(text.String()), Dialect{Encoding: UTF8, Delimiter: ',', Quoting: BackslashQuotes}, Limits{}, 1+r.IntN(40))
		require.NoError(t, err, "%q", text.String())
		require.Equal(t, want, rows, "%q", text.String())
	}
}

// referenceSpaced is a quoted field with blanks in front that ends in its line, by a pattern.
func referenceSpaced(text string, i int, delimiter string, how Quoting) (field string, next int, ok bool) {
	blanks := strings.ReplaceAll(" \t", delimiter, "")
	if blanks == "" || how == NoQuotes {
		return "", 0, false
	}
	inside := `(?:[^"\r\n]|"")*`
	if how == BackslashQuotes {
		inside = `(?:\\["\\]|\\[^"\\\r\n]|[^"\\\r\n]|"")*`
	}
	pattern := regexp.MustCompile(`^[` + blanks + `]+"(` + inside + `)"[` + blanks + `]*(\z|[\r\n]|` + regexp.QuoteMeta(delimiter) + `)`)
	found := pattern.FindStringSubmatchIndex(text[i:])
	if found == nil {
		return "", 0, false
	}
	field = text[i+found[2] : i+found[3]]
	if how == BackslashQuotes {
		return unescaped(field), i + found[4], true
	}
	return strings.ReplaceAll(field, `""`, `"`), i + found[4], true
}

func referenceField(text string, i int, delimiter string, how Quoting) (field string, next int, fault Fault) {
	ends := func(i int) bool {
		return i == len(text) || strings.HasPrefix(text[i:], delimiter) || text[i] == '\n' || text[i] == '\r'
	}
	if field, next, ok := referenceSpaced(text, i, delimiter, how); ok {
		return field, next, noFault
	}
	if text[i] != '"' || how == NoQuotes {
		next := i
		for !ends(next) {
			next++
		}
		return text[i:next], next, noFault
	}
	for i++; i < len(text); i++ {
		switch {
		case how == BackslashQuotes && (strings.HasPrefix(text[i:], `\"`) || strings.HasPrefix(text[i:], `\\`)):
			i++
			field += text[i : i+1]
		case strings.HasPrefix(text[i:], `""`):
			field += `"`
			i++
		case strings.HasPrefix(text[i:], "\r\n"):
			field += "\n"
			i++
		case text[i] == '"':
			for i++; !ends(i) && (text[i] == ' ' || text[i] == '\t'); {
				i++
			}
			if !ends(i) {
				return "", 0, StrayQuote
			}
			return field, i, noFault
		default:
			field += text[i : i+1]
		}
	}
	return "", 0, OpenQuote
}

func requireLikeReference(t *testing.T, text string, delimiter rune, quoting Quoting, block int) {
	t.Helper()
	want, fault := reference(text, string(delimiter), quoting)
	got, err := scan(t, []byte(text), Dialect{Encoding: UTF8, Delimiter: delimiter, Quoting: quoting}, Limits{}, block)
	require.Equal(t, fmt.Sprintf("%q", want), fmt.Sprintf("%q", got), "%q by %q, %s, in blocks of %d", text, delimiter, quoting, block)
	if fault == noFault {
		require.NoError(t, err)
		return
	}
	var stop *Error
	require.ErrorAs(t, err, &stop, "%q", text)
	require.Equal(t, len(want)+1, stop.Row, "%q", text)
	if stop.Fault != fault {
		// A quotation mark that is open at the end of a piece may turn out to be a stray one.
		t.Fatalf("%q: fault %d instead of %d", text, stop.Fault, fault)
	}
}

// quotings are all ways of quoting; the empty one is that of doubled quotation marks.
var quotings = []Quoting{"", DoubledQuotes, BackslashQuotes, NoQuotes}

func TestRowsAreThoseOfThePlainSplitter(t *testing.T) {
	pieces := []string{"a", "bc", `"`, `""`, `"`, ",", ",", ";", "\t", "\n", "\r\n", "\r", " ", ` "`, `" `, `\`, `\"`, "~", "¦", "\xC2\xA7", "•", "12.5", "longer than eight", "\x01", "_______"}
	r := rand.New(rand.NewPCG(1, 2))
	texts := 15_000
	if testing.Short() {
		texts = 5000
	}
	for range texts {
		var text strings.Builder
		for range r.IntN(24) {
			text.WriteString(pieces[r.IntN(len(pieces))])
		}
		requireLikeReference(t, text.String(), []rune(",;\t|,;\t|~ ¦•\\\x01a")[r.IntN(15)], quotings[r.IntN(4)], 1+r.IntN(40))
	}
}

// TestRowsAreThoseOfEncodingCSV writes random tables and reads them with both.
func TestRowsAreThoseOfEncodingCSV(t *testing.T) {
	fields := []string{"", "a", "Online", "12.50", "2025-01-01", "a, b", "a;b", `say "x"`, "two\nlines", "ä€😀", " blanks ", "x\ty", strings.Repeat("long ", 100)}
	r := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		delimiter := []rune{',', ';', '\t', '|'}[r.IntN(4)]
		var text bytes.Buffer
		w := csv.NewWriter(&text)
		w.Comma, w.UseCRLF = delimiter, r.IntN(2) == 0
		columns := 2 + r.IntN(20)
		for range r.IntN(60) {
			row := make([]string, columns)
			for i := range row {
				row[i] = fields[r.IntN(len(fields))]
			}
			require.NoError(t, w.Write(row))
		}
		w.Flush()
		want := csv.NewReader(bytes.NewReader(text.Bytes()))
		want.Comma = delimiter
		got, err := scan(t, text.Bytes(), Dialect{Encoding: UTF8, Delimiter: delimiter}, Limits{}, 64+r.IntN(2000))
		require.NoError(t, err)
		for i := 0; ; i++ {
			row, err := want.Read()
			if errors.Is(err, io.EOF) {
				require.Len(t, got, i)
				break
			}
			require.NoError(t, err)
			require.Equal(t, row, got[i])
		}
	}
}

func TestFaultsNameTheirRow(t *testing.T) {
	for name, c := range map[string]struct {
		text      string
		encoding  Encoding
		fault     Fault
		row, line int
	}{
		"open quotation mark":      {"a,b\n\"1\n2\",3\nx,\"y\nz\n", UTF8, OpenQuote, 3, 4},
		"text behind one":          {"a,b\n\"1\r\n2\",3\nx,\"y\nz\"!\n", UTF8, StrayQuote, 3, 5},
		"a row that is too long":   {"a\n" + strings.Repeat("x", 2000) + "\n", UTF8, LongRow, 2, 2},
		"one without an end":       {"a\n\"" + strings.Repeat("x\n", 20_000), UTF8, LongRow, 2, 2},
		"too many columns":         {"a\n\n" + strings.Repeat(",", 50) + "x\n", UTF8, TooManyColumns, 3, 3},
		"a NUL":                    {"a\nb\n\x00\n", UTF8, NUL, 3, 3},
		"a NUL in UTF-16":          {"a\x00\n\x00\x00\x00\n\x00", UTF16LE, NUL, 2, 2},
		"half of a character":      {"a\nb\xC3", UTF8BOM, BadText, 2, 2},
		"no UTF-8":                 {"a\nb\n\xC3(\n", UTF8BOM, BadText, 3, 3},
		"half of a UTF-16 pair":    {"a\x00\n\x00\x3D\xD8\n\x00", UTF16LE, BadText, 2, 2},
		"the pair's second half":   {"\x00a\x00\n\xDC\x00", UTF16BE, BadText, 2, 2},
		"an odd number of bytes":   {"a\x00\n\x00b", UTF16LE, BadText, 2, 2},
		"a UTF-16 pair that's cut": {"a\x00\n\x00\x3D\xD8", UTF16LE, BadText, 2, 2},
	} {
		t.Run(name, func(t *testing.T) {
			for _, block := range []int{1, 7, 100, 0} {
				rows, err := scan(t, []byte(c.text), Dialect{Encoding: c.encoding, Delimiter: ','}, Limits{RowBytes: 1000, Columns: 40}, block)
				var stop *Error
				require.ErrorAs(t, err, &stop)
				require.Equal(t, []int{int(c.fault), c.row, c.line}, []int{int(stop.Fault), stop.Row, stop.Line})
				require.Len(t, rows, c.row-1, "the rows before it are read")
			}
		})
	}
	rows, err := scan(t, []byte("a\n"+strings.Repeat(",", 50)+"\n"), plain, Limits{Columns: 40}, 0)
	require.NoError(t, err, "columns without values do not count")
	require.Len(t, rows[1], 51)
}

type failing struct{ after int64 }

func (f failing) ReadAt(b []byte, off int64) (int, error) {
	if off >= f.after {
		return 0, io.ErrClosedPipe
	}
	n := min(int64(len(b)), f.after-off)
	for i := range n {
		b[i] = "ab,\n"[(off+i)%4]
	}
	return int(n), nil
}

func TestAFileThatCanNotBeReadOn(t *testing.T) {
	s := NewScanner(failing{1 << 20}, 1<<30, plain, Limits{})
	var b Batch
	rows := 0
	for s.Next(t.Context(), &b) {
		rows += len(b.Ends)
	}
	require.Equal(t, 1<<18, rows)
	require.ErrorIs(t, s.Err(), io.ErrClosedPipe)
}

// TestRowsAreCounted: the number of a row has 31 bits everywhere, so that reading stops before one would be another's.
func TestRowsAreCounted(t *testing.T) {
	text := []byte(strings.Repeat("1,2\n", 1000))
	rows, err := scan(t, text, plain, Limits{Rows: 1000}, 400)
	require.NoError(t, err)
	require.Len(t, rows, 1000)
	rows, err = scan(t, text, plain, Limits{Rows: 150}, 400)
	var stopped *Error
	require.ErrorAs(t, err, &stopped)
	require.Equal(t, TooManyRows, stopped.Fault)
	require.Equal(t, len(rows)+1, stopped.Row)
	require.Len(t, rows, 200, "of the batch in which the limit is, all")
	require.Less(t, MostRows+blockBytes, math.MaxInt32)
}
