package dataset

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/contract/contracttest"
	"fabricportal/internal/services/fabric/artifacts"
)

const partedRun = "11111111-1111-4111-8111-111111111111"

// parted is a lakehouse in which the run's rows are three parts of 300 rows.
func parted(t *testing.T) *lake {
	t.Helper()
	files := map[string]string{}
	for i, name := range []string{"notebook.parquet", "notebook_v2.parquet", "notebook.parquet"} {
		text, err := os.ReadFile(filepath.Join("testdata", name))
		require.NoError(t, err)
		files[fmt.Sprintf("sales_cleaned.parquet/part-%05d.parquet", 2*i)] = string(text) // one without rows was left out
	}
	l := &lake{files: map[string][]byte{"Files/results/current/" + artifacts.ManifestFile: contracttest.Manifest(partedRun, "", files)}}
	for name, text := range files {
		l.files["Files/results/runs/"+partedRun+"/"+name] = []byte(text)
	}
	return l
}

func TestPartsAreOneTable(t *testing.T) {
	want := readNaive(t, "testdata/notebook.csv", notebookColumns).rows
	all := slices.Concat(want, want, want)
	l := parted(t)
	run := partedRun
	dir := t.TempDir()
	store := NewStore(dir, l)
	var told, total int64
	table, err := store.Open(t.Context(), &run, Ask, func(done, of int64) { told, total = done, of })
	require.NoError(t, err)
	require.Positive(t, total)
	require.Equal(t, total, told)
	require.Equal(t, 900, table.Rows())
	require.Equal(t, notebookColumns, table.Columns())
	for _, kept := range []int64{keptBytes, 0} { // columns whole, or page by page
		table.cache.most = kept
		for _, from := range []int{0, 290, 301, 598, 880, 299, 595, 2} {
			rows, err := table.All().Window(t.Context(), from, 20, nil)
			require.NoError(t, err)
			require.Equal(t, all[from:from+20], rows.Cells, from)
		}
		for column := range notebookColumns {
			q := Query{Sort: []Order{{Column: column}}}
			view, err := table.View(t.Context(), q, nil)
			require.NoError(t, err)
			got, err := view.Window(t.Context(), 0, 900, []int{column})
			require.NoError(t, err)
			one := open(t, "testdata/notebook.parquet")
			alone, err := one.View(t.Context(), q, nil)
			require.NoError(t, err)
			thrice, err := alone.Window(t.Context(), 0, 300, []int{column})
			require.NoError(t, err)
			for i, row := range got.Cells {
				require.Equal(t, thrice.Cells[i/3], row, "column %d, place %d", column, i)
			}
		}
		table.Release()
	}
	filtered, err := table.View(t.Context(), Query{Filters: []Filter{{Column: 0, Op: Equals, Text: want[7][0].Text}}}, nil)
	require.NoError(t, err)
	require.Equal(t, 3, filtered.Rows())
	require.NoError(t, table.Close())

	asked := len(l.asked)
	table, err = store.Open(t.Context(), &run, Ask, nil)
	require.NoError(t, err)
	require.NoError(t, table.Close())
	require.Len(t, l.asked, asked, "they are kept")
	kept, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, kept, 1)
}

// TestFetchingPartsGoesOnWhereItEnded, and a kept part that is missing is not taken for rows that are not there.
func TestFetchingPartsGoesOnWhereItEnded(t *testing.T) {
	l := parted(t)
	run := partedRun
	dir := t.TempDir()
	const last = "Files/results/runs/" + partedRun + "/sales_cleaned.parquet/part-00004.parquet"
	whole := l.files[last]
	l.files[last] = append([]byte{'x'}, whole[1:]...)
	_, err := NewStore(dir, l).Open(t.Context(), &run, Ask, nil)
	require.ErrorContains(t, err, "part-00004.parquet is not the file")
	require.NoDirExists(t, filepath.Join(dir, run+".parquet"))
	delete(l.files, last)
	_, err = NewStore(dir, l).Open(t.Context(), &run, Ask, nil)
	require.Error(t, err)

	l.files[last], l.asked = whole, nil
	table, err := NewStore(dir, l).Open(t.Context(), &run, Ask, nil)
	require.NoError(t, err)
	require.Equal(t, 900, table.Rows())
	require.NoError(t, table.Close())
	require.Equal(t, []string{last}, l.asked)

	require.NoError(t, os.Remove(filepath.Join(dir, run+".parquet", keptPart(1, 3))))
	_, err = Open(t.Context(), filepath.Join(dir, run+".parquet"))
	require.ErrorContains(t, err, "its parts are not all there")
	table, err = NewStore(dir, l).Open(t.Context(), &run, Ask, nil)
	require.NoError(t, err)
	require.Equal(t, 900, table.Rows())
	require.NoError(t, table.Close())
}

// TestPartsOfARunThatIsNotPublished are found by its run_metadata.json.
func TestPartsOfARunThatIsNotPublished(t *testing.T) {
	l := parted(t)
	run := partedRun
	published, err := contract.Decode[contract.Manifest]("manifest.json", l.files["Files/results/current/"+artifacts.ManifestFile])
	require.NoError(t, err)
	l.files["Files/results/runs/"+run+"/"+artifacts.MetadataFile] = contracttest.Metadata(func(m *contract.RunMetadata) { m.RunID, m.Outputs = run, published.Files })
	delete(l.files, "Files/results/current/"+artifacts.ManifestFile)
	table, err := NewStore(t.TempDir(), l).Open(t.Context(), &run, Ask, nil)
	require.NoError(t, err)
	require.Equal(t, 900, table.Rows())
	require.NoError(t, table.Close())
}

// TestPartsWithOtherColumnsAreNoTable, nor is one that is cut off.
func TestPartsWithOtherColumnsAreNoTable(t *testing.T) {
	dir := t.TempDir()
	put := func(name string, from string, size int64) {
		text, err := os.ReadFile(filepath.Join("testdata", from))
		require.NoError(t, err)
		if size > 0 {
			text = text[:size]
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), text, 0o600))
	}
	put(keptPart(0, 2), "notebook.parquet", 0)
	put(keptPart(1, 2), "endless_lz4.parquet", 0)
	_, err := Open(t.Context(), dir)
	require.ErrorContains(t, err, "part 2 of 2: it has other columns")
	put(keptPart(1, 2), "notebook.parquet", 1000)
	_, err = Open(t.Context(), dir)
	require.ErrorContains(t, err, "part 2 of 2: ")
}
