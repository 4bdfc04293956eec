package spreadsheet

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// TestRowsThatAreNotInTheEncodingAreTold, by batches and at the end, and the file is not looked at again for its form.
func TestRowsThatAreNotInTheEncodingAreTold(t *testing.T) {
	var text strings.Builder
	text.WriteString("Title \xE4\nid,Gr\xF6\xDFe,x\n")
	want := Recoded{Rows: 1, Cells: []RecodedCell{{Row: 2, Column: 1, Text: "Größe"}}}
	flagged := map[int]bool{1: true, 2: true}
	for i := range 30_000 {
		row := i + 3
		if i%997 == 5 {
			fmt.Fprintf(&text, "%d,\"M\xFCller, ä\",\xE4\n", i)
			flagged[row] = true
			if want.Rows++; len(want.Cells) < 5 {
				want.Cells = append(want.Cells, RecodedCell{Row: row, Column: 1, Text: "Müller, ä"})
			}
			continue
		}
		fmt.Fprintf(&text, "%d,Müller,ä\n", i)
	}
	f, err := Open(t.Context(), writeFile(t, "a.csv", []byte(text.String())), Limits{})
	require.NoError(t, err)
	defer f.Close()
	f.HeaderAt(2)
	for range 2 {
		batches, err := f.Batches(t.Context())
		require.NoError(t, err)
		seen := map[int]bool{}
		var b cells.Batch
		for batches.Next(&b) {
			require.Equal(t, ",", batches.(textAhead).Delimiter(), "it is known from the first batch on")
			for _, row := range b.Rows {
				if row.Recoded > 0 {
					seen[int(row.Number)] = true
				}
			}
		}
		require.NoError(t, batches.Err())
		require.Equal(t, flagged, seen)
		form := batches.(textAhead).Form()
		require.Equal(t, want, form.Recoded)
		require.Equal(t, "utf-8", form.Encoding)
		require.NoError(t, batches.Close())
		require.NotNil(t, f.dialect.Load())
	}
	f.TextAs("windows-1252", "", "")
	rows, err := f.Rows(t.Context())
	require.NoError(t, err)
	require.True(t, rows.Next())
	require.Equal(t, "Title ä", string(rows.Row()[0].Text))
	require.True(t, rows.Next())
	require.True(t, rows.Next())
	require.Equal(t, "MÃ¼ller", string(rows.Row()[1].Text), "the encoding that is given holds")
	require.NoError(t, rows.Close())

	for name, as := range map[string][3]string{"delimiters of two characters": {"", "||", ""}, "no names": {"x", "\"", "y"}, "bytes": {"", "\xFF", ""}} {
		f.TextAs(as[0], as[1], as[2])
		rows, err := f.Rows(t.Context())
		require.NoError(t, err, name)
		require.True(t, rows.Next(), name)
		require.True(t, rows.Next(), name)
		require.Len(t, rows.Row(), 3, "what can't be followed is found")
		require.NoError(t, rows.Close())
	}
}
