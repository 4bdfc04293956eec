package reading

import (
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/importfile/spreadsheet"
)

func TestOrderIDsThatHaveLostDigits(t *testing.T) {
	for _, c := range []struct {
		v          Value
		format     spreadsheet.Format
		wantedLost bool
	}{
		{NumberValue(1e15), spreadsheet.XLSX, true}, {NumberValue(-1e17), spreadsheet.XLSX, true}, {NumberValue(999_999_999_999_999), spreadsheet.XLSX, false}, {NumberValue(1e17), spreadsheet.CSV, false},
		{Value{Kind: Text, Text: []byte("1.23457E+17")}, spreadsheet.CSV, true}, {Value{Kind: Text, Text: []byte("1,23457E+17")}, spreadsheet.XLSX, true}, {Value{Kind: Text, Text: []byte("1.2E3")}, spreadsheet.XLSX, false},
		{Value{Kind: Text, Text: []byte("219E01")}, spreadsheet.XLSX, false}, {Value{Kind: Text, Text: []byte("123456789012345678")}, spreadsheet.XLSX, false}, {Value{Kind: Text, Text: []byte("A.E")}, spreadsheet.XLSX, false}, {Value{}, spreadsheet.XLSX, false},
		{NumberValue(1e15), spreadsheet.Parquet, false}, {NumberValue(-1 << 53), spreadsheet.Parquet, false}, {NumberValue(1<<53 + 2), spreadsheet.Parquet, true}, {NumberValue(1e15), spreadsheet.XLSM, true},
	} {
		require.Equal(t, c.wantedLost, LostDigits(c.v, LosesDigitsFrom(c.format)), "%v %s", c.v, c.v.Text)
	}
}

func TestGroupsThatAreOneForPeople(t *testing.T) {
	got := SameGroups([]string{"North", "South", "north", "North\u00a0", "SOUTH EAST", "West", "South\u200bEast", "(none)", "Ｗest", "Größe", "GRÖSSE"})
	require.Equal(t, []Spellings{{[]string{"North", "north", "North\u00a0"}, []int{0, 2, 3}}, {[]string{"SOUTH EAST", "South\u200bEast"}, []int{4, 6}}, {[]string{"West", "Ｗest"}, []int{5, 8}}}, got)
	require.Empty(t, SameGroups([]string{"a", "b"}))
}

func TestTextsThatWereReadInAnotherEncoding(t *testing.T) {
	for text, want := range map[string]bool{
		"MÃ¼ller": true, "StraÃŸe": true, "Ã„pfel": true, "10Â\u00a0000": true, "Â£5": true, "caf\uFFFD": true, "Müller": false, "São": false, "NÃO": false, "“MAÇÔ": false, "CÂMARA": false, "Ã": false, "Ã ": false, "": false, "ÃÃ¼": true, "x\nMÃ¼": true,
	} {
		require.Equal(t, want, Misread([]byte(text)), text)
	}
}

func TestTextsThatMayBeInWindows1250(t *testing.T) {
	var l Letters
	for _, text := range []string{"Ma³opolskie", "Wroc³aw", "£ód\u009f", "5 m³", "x³"} {
		l.Add([]byte(text))
	}
	require.True(t, l.Eastern())
	require.Equal(t, Letters{western: 0, eastern: 2}, l)
	for _, text := range []string{"München", "Köln", "señor"} {
		l.Add([]byte(text))
	}
	require.False(t, l.Eastern(), "as many letters of both")
}

// TestKeysOfGroupsThatAreSeenAtOnce are those that are made of the names.
func TestKeysOfGroupsThatAreSeenAtOnce(t *testing.T) {
	seen := 0
	for _, name := range []string{"", "north", "north-east_2", "a\x7fb", "North", "no rth", "no\trth", "größe", "\u200b", "５"} {
		require.Equal(t, foldedName(name), groupKey(name), name)
		if isGroupKey(name) {
			seen++
		}
	}
	require.Equal(t, 4, seen)
}
