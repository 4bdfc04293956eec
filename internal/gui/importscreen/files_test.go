package importscreen

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
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
