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
	d, err := Detect(t.Context(), strings.NewReader(text), int64(len(text)), false)
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

func TestSepLineIsNoRow(t *testing.T) {
	for _, text := range []string{"sep=;\na;b\n1;2", "\xEF\xBB\xBFSep=;\r\na;b\n1;2\n", "\"sep=;\"\ra;b\r1;2\r"} {
		d, err := Detect(t.Context(), strings.NewReader(text), int64(len(text)), false)
		require.NoError(t, err)
		for _, block := range []int{0, 1, 5} {
			rows, err := scan(t, []byte(text), d, Limits{}, max(block, 16))
			require.NoError(t, err)
			require.Equal(t, [][]string{{"a", "b"}, {"1", "2"}}, rows)
		}
	}
	text := []byte("sep=;")
	d, err := Detect(t.Context(), bytes.NewReader(text), 5, false)
	require.NoError(t, err)
	rows, err := scan(t, text, d, Limits{}, 0)
	require.NoError(t, err)
	require.Empty(t, rows)
	_, err = scan(t, []byte("sep=;\na\n\"x"), d, Limits{}, 0)
	var stop *Error
	require.ErrorAs(t, err, &stop)
	require.Equal(t, []int{2, 3}, []int{stop.Row, stop.Line}, "an editor counts the line")
}

// TestSharedCasesAreCommas: the cases that the notebook is tested against keep their delimiter.
func TestSharedCasesAreCommas(t *testing.T) {
	files, err := filepath.Glob("../../../../../contract/testdata/cases/*.json")
	require.NoError(t, err)
	seen := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		var c struct{ CSV *string }
		require.NoError(t, json.Unmarshal(data, &c))
		var dialect struct {
			Expect struct {
				Profile struct {
					File struct{ Text *struct{ Delimiter string } }
				}
			}
		}
		require.NoError(t, json.Unmarshal(data, &dialect))
		if c.CSV == nil {
			continue
		}
		want := ","
		if text := dialect.Expect.Profile.File.Text; text != nil {
			want = text.Delimiter
		}
		seen++
		require.Equal(t, want, delimiterOf(t, *c.CSV), file)
	}
	require.Greater(t, seen, 30)
}
