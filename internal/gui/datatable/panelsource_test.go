package datatable

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/results/dataset"
)

// rowsOf are so many rows of one cell.
func rowsOf(from, n int, text string) dataset.Rows {
	out := dataset.Rows{From: from, Columns: []int{0}}
	for range n {
		out.Cells = append(out.Cells, []dataset.Cell{{Text: text}})
	}
	return out
}

func TestPagesTakeBoundedMemory(t *testing.T) {
	c := newCache()
	long := strings.Repeat("x", keepBytes/pageRows/4)
	for page := range 10 {
		c.put(rowsOf(page*pageRows, pageRows, long), 1<<20)
		require.LessOrEqual(t, c.bytes, keepBytes)
		require.NotNil(t, c.row(page*pageRows))
	}
	require.Nil(t, c.row(0))
	c.put(rowsOf(20*pageRows, 2*pageRows, long+long+long+long), 1<<20)
	require.NotNil(t, c.row(20*pageRows), "what may be in sight stays, whatever it takes")
	require.NotNil(t, c.row(21*pageRows))
	require.Len(t, c.pages, 2)
	sum := 0
	for _, size := range c.sizes {
		sum += size
	}
	require.Equal(t, sum, c.bytes)
}

func TestAPageIsKeptWhole(t *testing.T) {
	c := newCache()
	c.put(rowsOf(0, pageRows+10, "x"), 1000)
	require.NotNil(t, c.row(pageRows-1))
	require.Nil(t, c.row(pageRows), "of a wide table less comes than was asked for: it is read again")
	c.put(rowsOf(3*pageRows, 1000-3*pageRows, "x"), 1000)
	require.NotNil(t, c.row(999), "the last page ends where the rows do")
}

func TestCopiedFirstRowsHoldNoFormula(t *testing.T) {
	f := newFew(Few{Names: []string{"=name", "revenue"}, Cells: [][]string{{"=1+1", "-5"}}})
	text, err := f.TSV(t.Context(), 0, 1, nil, true)
	require.NoError(t, err)
	require.Equal(t, "'=name\trevenue\n'=1+1\t-5\n", text)
}
