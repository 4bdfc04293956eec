package rules

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
)

// watching is a workbook's file that looks, while it is written, for what stands in the folder for temporary files.
type watching struct {
	bytes.Buffer
	folder string
	seen   []string
	writes int
}

func (w *watching) Write(p []byte) (int, error) {
	w.writes++
	entries, err := os.ReadDir(w.folder)
	for _, e := range entries {
		w.seen = append(w.seen, e.Name())
	}
	if err != nil {
		return 0, err
	}
	return w.Buffer.Write(p)
}

// The rows are in the file that was asked for, and nowhere else: a program that is killed leaves none.
func TestNoOffendingRowIsLeftInAFolder(t *testing.T) {
	set, err := Parse("[[rule]]\nid = 'a'\nkind = 'range'\ncolumn = 'n'\nmax = 0", "x")
	require.NoError(t, err)
	var text strings.Builder
	text.WriteString("n,customer,note\n")
	const rows = 20_000
	note := strings.Repeat("Müller 4711 ", 80) // more in all than excelize keeps in memory
	for i := range rows {
		fmt.Fprintf(&text, "%d,x,%s\n", i+1, note)
	}
	path := file(t, text.String())
	out := &watching{folder: t.TempDir()}
	for _, name := range []string{"TMPDIR", "TMP", "TEMP"} {
		t.Setenv(name, out.folder)
	}
	_, err = Check(t.Context(), path, set, Options{Offending: out})
	require.NoError(t, err)
	require.Empty(t, out.seen)
	require.Greater(t, out.writes, 10)
	require.Positive(t, out.Len())
}

func TestAnOffendingTextStaysAText(t *testing.T) {
	set, err := Parse("[[rule]]\nid = 'a'\nkind = 'range'\ncolumn = 'n'\nmax = 0", "x")
	require.NoError(t, err)
	var out bytes.Buffer
	_, err = Check(t.Context(), file(t, "n,=customer\n1,=cmd|x\n"), set, Options{Offending: &out})
	require.NoError(t, err)
	book, err := excelize.OpenReader(&out)
	require.NoError(t, err)
	defer func() { require.NoError(t, book.Close()) }()
	for cell, want := range map[string]string{"D1": "=customer", "D2": "=cmd|x"} {
		value, err := book.GetCellValue("Rows", cell)
		require.NoError(t, err)
		require.Equal(t, want, value)
		formula, err := book.GetCellFormula("Rows", cell)
		require.NoError(t, err)
		require.Empty(t, formula)
	}
}
