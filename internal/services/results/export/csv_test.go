package export

import (
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fabricportal/internal/formula"
	"fabricportal/internal/services/results/dataset"
)

func TestCSVGuardAgainstTheStandardReader(t *testing.T) {
	value := rapid.OneOf(rapid.String(), rapid.SampledFrom(append(attacks, "", "a,b", "\"q\"", "line\nbreak", " x ", "-5", "1e3", "x;=1+1", "x,+1", "x\t@y", "a\n=1", "q\";=1", "5+cmd|' /C calc'!A0", "5 \"+cmd|\"")))
	dir := t.TempDir()
	rapid.Check(t, func(r *rapid.T) {
		data := &grid{columns: []dataset.Column{{Name: "id"}, {Name: "n", Kind: dataset.Decimal}}}
		for range rapid.IntRange(1, 5).Draw(r, "rows") {
			// The standard reader makes \n of \r\n within values.
			data.cells = append(data.cells, texts(strings.ReplaceAll(value.Draw(r, "text"), "\r\n", "\n"), rapid.SampledFrom([]string{"-1.5", "2", "", "=1"}).Draw(r, "number")))
		}
		guard, own := rapid.Bool().Draw(r, "guard"), rapid.SampledFrom([]rune{',', ';', '\t'}).Draw(r, "own")
		path := filepath.Join(dir, "o.csv")
		report, err := CSV(context.Background(), path, data, CSVOptions{Guard: guard, Excel: true, Delimiter: own}, nil)
		require.NoError(r, err)
		content, err := os.ReadFile(path)
		require.NoError(r, err)
		reader := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(content), "\ufeff")))
		reader.Comma = own
		records, err := reader.ReadAll()
		require.NoError(r, err)
		require.Len(r, records, len(data.cells)+1)
		guarded := 0
		for i, record := range records[1:] {
			for j, got := range record {
				want := data.cells[i][j].Text
				if got != want {
					require.True(r, guard)
					require.Equal(r, formula.Guard(want, own), got)
					require.Equal(r, strings.ReplaceAll(want, "\x00", ""), strings.ReplaceAll(unguarded(got, want), "\x00", ""), "but for the apostrophes it is the text")
					guarded++
				}
				if guard && (j == 0 || got == "=1") {
					begin := strings.TrimSpace(got)
					require.False(r, begin != "" && strings.ContainsRune("=+-@", []rune(begin)[0]), "%q", got)
				}
				if j == 1 && want == "-1.5" {
					require.Equal(r, want, got, "numbers stay numbers")
				}
			}
		}
		require.Equal(r, guarded, report.Guarded)
		if guard {
			requireNoFormula(r, string(content), own)
		}
	})
}

// unguarded is a text without the apostrophes that are not in the one it was made of.
func unguarded(got, want string) string {
	var b strings.Builder
	for len(got) > 0 {
		if got[0] == '\'' && (want == "" || want[0] != '\'') {
			got = got[1:]
			continue
		}
		b.WriteByte(got[0])
		got, want = got[1:], want[min(1, len(want)):]
	}
	return b.String()
}

var (
	quoted = regexp.MustCompile(`"([^"]|"")*("|$)`)
	number = regexp.MustCompile(`^-?\d+(\.\d+)?$`)
)

// requireNoFormula splits a file as a spreadsheet of any country may: at every comma, semicolon and tab, and at every line
// break, with no regard to quotation marks, unless the mark is the file's own. Nothing begins as a formula then, but for
// numbers, and behind a number there is nothing that could be worked out.
func requireNoFormula(t require.TestingT, content string, own rune) {
	for _, mark := range []rune{',', ';', '\t'} {
		if mark == own {
			continue // the cells as they are, which the caller has looked at
		}
		for _, cell := range strings.FieldsFunc(strings.TrimPrefix(content, "\ufeff"), func(r rune) bool { return r == mark || r == '\r' || r == '\n' }) {
			shown := strings.TrimLeft(cell, "\" ")
			if shown == "" || !strings.ContainsRune("=+-@|%＝＋－＠", []rune(shown)[0]) {
				continue
			}
			first, rest, _ := strings.Cut(shown, string(own))
			require.Regexp(t, number, first, "%q", cell)
			require.NotRegexp(t, `[=+@|%!('"]`, quoted.ReplaceAllString(rest, ""), "%q", cell)
		}
	}
}
