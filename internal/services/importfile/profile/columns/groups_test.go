package columns

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/importfile/reading"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// groupsOf says whether the names of a column may be those of one group.
func groupsOf(form Form, texts *cells.Texts, put func(b *cells.Batch)) bool {
	column, dict := Column{Form: form, Groups: true}, NewDictionary(context.Background(), texts)
	var b cells.Batch
	put(&b)
	var rows Rows
	rows.Reset(len(b.Rows))
	column.Add(&b, 0, 0, dict, &rows, nil)
	return column.MayHaveOneGroupTwice(dict)
}

func TestNamesThatMayBeThoseOfOneGroup(t *testing.T) {
	for _, c := range []struct {
		names []string
		want  bool
	}{
		{[]string{"North", "South", "North", ""}, false}, {[]string{"North", "south", "north"}, true}, {[]string{"Größe", "GRÖSSE"}, false},
		{[]string{"Größe", "GRÖßE\u00a0"}, true}, {[]string{"100", "200", "100"}, false}, {[]string{"1E3", "x", "1e3"}, true}, {[]string{"true", "TRUE"}, true},
		{[]string{"5", "５"}, true}, {[]string{"2025-01-01", "2025-01-02"}, false}, {[]string{" a", "a ", "a"}, false}, {nil, false},
	} {
		got := groupsOf(Typeless, nil, func(b *cells.Batch) {
			for i, name := range c.names {
				b.StartRow(i+1, false)
				b.Text(0, []byte(name))
				b.EndRow()
			}
		})
		require.Equal(t, c.want, got, c.names)
		var names []string
		for _, name := range c.names {
			if name = strings.TrimSpace(name); !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		require.Equal(t, c.want, len(reading.SameGroups(names)) > 0, c.names)
	}
	require.True(t, groupsOf(Workbook, nil, func(b *cells.Batch) {
		for i, put := range []func(){func() { b.Number(0, 5) }, func() { b.Text(0, []byte("５")) }, func() { b.Number(0, 6) }} {
			b.StartRow(i+1, false)
			put()
			b.EndRow()
		}
	}), "a number and a text")
}

// TestNamesThatWereNotKeptMayBeThoseOfOneGroup: there are too many different ones.
func TestNamesThatWereNotKeptMayBeThoseOfOneGroup(t *testing.T) {
	column, dict := Column{Form: Typeless, Groups: true}, NewDictionary(context.Background(), nil)
	var rows Rows
	for first := 0; first < exactValues+2; first += 1000 {
		var b cells.Batch
		for i := range 1000 {
			b.StartRow(first+i+1, false)
			b.Text(0, fmt.Appendf(nil, "group %d", first+i))
			b.EndRow()
		}
		rows.Reset(len(b.Rows))
		column.Add(&b, 0, 0, dict, &rows, nil)
	}
	require.True(t, column.MayHaveOneGroupTwice(dict))
}
