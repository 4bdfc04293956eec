package delimited

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func delimiterOf(t *testing.T, text string) string {
	d, err := Detect(t.Context(), strings.NewReader(text), int64(len(text)), false, Given{})
	require.NoError(t, err)
	return string(d.Delimiter)
}

func TestDelimiter(t *testing.T) {
	long := func(row string) string { return strings.Repeat(row, HeadBytes/len(row)*2) }
	for name, c := range map[string]struct{ text, want string }{
		"nothing":                        {"", ","},
		"one column":                     {"a\n1\n2\n", ","},
		"one column of texts with marks": {"notes\na;b\nc;d\ne\n", ","},
		"commas":                         {"a,b,c\n1,2,3\n", ","},
		"decimal commas":                 {"a;b\n1,5;2,5\n3,5;4,5\n", ";"},
		"decimal commas, no header":      {"1,5;2,5\n3,5;4,5\n", ";"},
		"commas in the header, too":      {"Revenue, EUR;Number, pieces\n1,5;2,5\n", ";"},
		"texts with commas":              {"name\tage\nDoe, John\t5\nRoe, Ann, M.\t6\n", "\t"},
		"lists in a column":              {"id,tags\n1,a;b;c\n2,a;b;c\n", ","},
		"bars":                           {"a|b|c\n1|x, y|3\n", "|"},
		"quoted delimiters":              {"a,b\n\"x;y;z\",1\n\"x;y\",2\n", ","},
		"quoted line breaks":             {"a;b\n\"x\n\ny,z\";1\n", ";"},
		"a title above the header":       {"Sales of 2025\n\na;b;c\n1;2;3\n4;5;6\n", ";"},
		"short rows":                     {"a,b,c,d\n1,2,3\n1,2,3,4\n1\n", ","},
		"a row that the head cuts":       {"a;b;c\n" + long("1,5;2,5;3,5,4,4,4,4\n"), ";"},
		"an open quotation mark":         {"a;b\n\"1;2\n3;4\n", ";"},
		"carriage returns":               {"a;b\r1,5;2\r3,5;4\r", ";"},
		"sep=":                           {"sep=|\na,b\n1,2\n", "|"},
		"sep= quoted, in capitals":       {"\"SEP=\t\"\r\na,b\n1,2\n", "\t"},
		"sep= of another character":      {"sep=^\na,b\n1,2\n", ","},
		"blank lines":                    {"\n\r\n\n;;\na;b;c\n", ";"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, delimiterOf(t, c.text))
		})
	}
}

// TestBlanksBesideQuotes: they neither hide a quoted field nor are they a part of it.
func TestBlanksBesideQuotes(t *testing.T) {
	for text, want := range map[string][][]string{
		"a,b,c\n1, \"x,y\" ,2\n":             {{"a", "b", "c"}, {"1", "x,y", "2"}},
		" \"a\" , \"b \"\"c\"\"\"\t\r\n1,2":  {{"a", `b "c"`}, {"1", "2"}},
		"\"a\" \n\"b\nc\" \t,\" d \"  ":      {{"a"}, {"b\nc", " d "}},
		"1, \"x\" y,2":                       {{"1", ` "x" y`, "2"}},
		"1, \"x\n2,y\n3,z \"w\n":             {{"1", ` "x`}, {"2", "y"}, {"3", `z "w`}},
		"1, \"x\n2,y\" ,3":                   {{"1", ` "x`}, {"2", `y" `, "3"}},
		"1, 5\" pipe, \"":                    {{"1", ` 5" pipe`, ` "`}},
		"1,  ,\"\" , \"\",  ":                {{"1", "  ", "", "", "  "}},
		"a;\t\"b;c\"\t;\u00a0\"d\"\n":        {{"a", "b;c", "\u00a0\"d\""}},
		"a\t \"b\tc\" \t\t\"d\"\n":           {{"a", "b\tc", "", "d"}},
		"x, \"y\"\r\r\n, \"" + "z\" \r\n,\n": {{"x", "y"}, {""}, {"", "z"}, {"", ""}},
	} {
		delimiter := ','
		switch text[:2] {
		case "a;":
			delimiter = ';'
		case "a\t":
			delimiter = '\t'
		}
		for _, block := range []int{0, 1, 5, 16} {
			rows, err := scan(t, []byte(text), Dialect{Encoding: UTF8, Delimiter: delimiter}, Limits{}, block)
			require.NoError(t, err, "%q", text)
			require.Equal(t, want, rows, "%q in blocks of %d", text, block)
		}
	}
	require.Equal(t, ";", delimiterOf(t, "a; \"1,2,3,4\" ;c\nd; \"5,6,7,8\" ;f\n"))
}

// TestQuotingIsFound: backslashes are taken for what they stand before only where quotes match by that and in no other way.
func TestQuotingIsFound(t *testing.T) {
	far := strings.Repeat("a,\"b\"\n", 60_000)
	for text, want := range map[string]Quoting{
		"a,b\n1,\"say \\\"hi\\\", ok\"\n":              BackslashQuotes,
		"a,b\n1,\"5\\\" pipe\"\n2,\"c:\\\\\"\n":        BackslashQuotes,
		"a,b\n1, \"x \\\" y\" \n":                      DoubledQuotes, // behind a blank a quote that does not match is a character
		far + "1,\"x \\\" y\"\n":                       BackslashQuotes,
		"1,\"c:\\dir\\\"\n" + far:                      DoubledQuotes, // quotes match: the backslash is the last character
		"1,\"c:\\dir\\\"\n2,\"x\"y\n":                  DoubledQuotes, // matches in neither way
		"1,\"x\\\"\n":                                  DoubledQuotes,
		"1,\"x \\\" y\n":                               DoubledQuotes,
		"1,5\\\" pipe\n2,\"x\"\"y\"\n":                 DoubledQuotes,
		"\xFF\xFE" + utf16of("1,\"x \\\" y\"\n"):       BackslashQuotes,
		"Gr\xF6\xDFe,\"x \\\" y\"\n":                   BackslashQuotes,
		"\xEF\xBB\xBF1,\"x \\\" y\"\n" + far + "\"z\"": BackslashQuotes,
	} {
		for _, headOnly := range []bool{false, true} {
			d, err := Detect(t.Context(), strings.NewReader(text), int64(len(text)), headOnly, Given{})
			require.NoError(t, err)
			if headOnly && strings.HasPrefix(text, far) {
				continue // the head has none of it
			}
			require.Equal(t, want, d.Quoting, "%.40q, head only %v", text, headOnly)
			if want == DoubledQuotes {
				require.Zero(t, d.Escaped)
			} else {
				require.EqualValues(t, strings.Count(strings.ReplaceAll(text, "\x00", ""), `\"`), d.Escaped)
			}
			for _, q := range quotings[1:] {
				d, err := Detect(t.Context(), strings.NewReader(text), int64(len(text)), headOnly, Given{Quoting: q})
				require.NoError(t, err)
				require.Equal(t, q, d.Quoting)
			}
		}
	}
	for at := range 20 { // across the end of what is looked at
		text := strings.Repeat("x", wholeBytes-10+at) + "\\\""
		found, err := escapedQuotes(t.Context(), strings.NewReader(text), int64(len(text)), UTF8)
		require.NoError(t, err)
		require.EqualValues(t, 1, found, at)
	}
}

func utf16of(text string) string {
	out := ""
	for _, c := range text {
		out += string(byte(c)) + "\x00"
	}
	return out
}

func TestSepLineIsNoRow(t *testing.T) {
	for _, text := range []string{"sep=;\na;b\n1;2", "\xEF\xBB\xBFSep=;\r\na;b\n1;2\n", "\"sep=;\"\ra;b\r1;2\r"} {
		d, err := Detect(t.Context(), strings.NewReader(text), int64(len(text)), false, Given{})
		require.NoError(t, err)
		for _, block := range []int{0, 1, 5} {
			rows, err := scan(t, []byte(text), d, Limits{}, max(block, 16))
			require.NoError(t, err)
			require.Equal(t, [][]string{{"a", "b"}, {"1", "2"}}, rows)
		}
	}
	text := []byte("sep=;")
	d, err := Detect(t.Context(), bytes.NewReader(text), 5, false, Given{})
	require.NoError(t, err)
	rows, err := scan(t, text, d, Limits{}, 0)
	require.NoError(t, err)
	require.Empty(t, rows)
	_, err = scan(t, []byte("sep=;\na\n\"x"), d, Limits{}, 0)
	var stop *Error
	require.ErrorAs(t, err, &stop)
	require.Equal(t, []int{2, 3}, []int{stop.Row, stop.Line}, "an editor counts the line")
}

// TestSharedCasesKeepTheirDelimiter: that which a case names, else a semicolon where the header has some and no comma.
func TestSharedCasesKeepTheirDelimiter(t *testing.T) {
	files, err := filepath.Glob("../../../../../contract/testdata/cases/*.json")
	require.NoError(t, err)
	seen := map[string]int{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		var c struct {
			CSV     *string
			Options struct{ Delimiter string }
			Expect  struct {
				Profile struct {
					File struct{ Text struct{ Delimiter string } }
				}
			}
		}
		require.NoError(t, json.Unmarshal(data, &c))
		if c.CSV == nil {
			continue
		}
		header, _, _ := strings.Cut(*c.CSV, "\n")
		want := c.Expect.Profile.File.Text.Delimiter
		switch {
		case want != "":
		case strings.Contains(header, ";") && !strings.Contains(header, ","):
			want = ";"
		default:
			want = ","
		}
		var given Given
		for _, given.Delimiter = range c.Options.Delimiter {
		}
		d, err := Detect(t.Context(), strings.NewReader(*c.CSV), int64(len(*c.CSV)), false, given)
		require.NoError(t, err)
		require.Equal(t, want, string(d.Delimiter), file)
		seen[want]++
	}
	require.Greater(t, seen[","], 30)
	require.Greater(t, seen[";"], 5)
	require.NotZero(t, seen["~"])
}
