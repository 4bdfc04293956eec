package importscreen

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/fabric/artifacts"
)

func TestAllThatIsReadIsListed(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.xlsx", "b.XLSM", "c.csv", "d.tsv", "e.txt", "f.parquet", "~$a.xlsx", "g.pdf"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), nil, 0o600))
	}
	rows, err := listFolder(t.Context(), dir, time.Now())
	require.NoError(t, err)
	var names []string
	for _, r := range rows {
		if !r.folder {
			names = append(names, r.name)
		}
	}
	require.ElementsMatch(t, []string{"a.xlsx", "b.XLSM", "c.csv", "d.tsv", "e.txt", "f.parquet"}, names)
}

// Names that look alike are of different files: each says how it is spelled.
func TestNamesThatLookAlikeSayHowTheyAreSpelled(t *testing.T) {
	rows := lakehouseRows([]artifacts.File{{Name: "März.csv", Path: "1"}, {Name: "Ma\u0308rz.csv", Path: "2"}, {Name: "x.csv", Path: "3"}}, time.Now())
	notes := make([]string, 0, 3)
	for _, r := range rows {
		notes = append(notes, fileCells(r)[0].Note)
		require.Equal(t, r.name, fileCells(r)[0].Text, "the name stays as it is")
	}
	require.True(t, strings.HasPrefix(notes[0], "spelled März.csv · "), notes[0])
	require.True(t, strings.HasPrefix(notes[1], "spelled Ma‹U+0308›rz.csv · "), notes[1])
	require.NotContains(t, notes[2], "spelled")
}
