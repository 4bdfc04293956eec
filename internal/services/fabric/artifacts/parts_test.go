package artifacts_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/contract/contracttest"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/results/firstrows"
)

// inParts publishes a run whose cleaned rows are folders of parts, in the lakehouse's folder.
func inParts(t *testing.T, lake string, change func(files map[string]string)) (run uuid.UUID, files map[string]string) {
	t.Helper()
	run = uuid.New()
	files = contracttest.Published(run.String(), nil)
	delete(files, artifacts.CSVFile)
	delete(files, artifacts.ParquetFile)
	files["sales_cleaned.csv/part-00000.csv"] = "order_id,revenue\r\nA1,1\r\n\"A\r\n2\",2\r\n"
	files["sales_cleaned.csv/part-00002.csv"] = "order_id,revenue\r\nB1,3" // the last line may have no end
	files["sales_cleaned.csv/part-00010.csv"] = "order_id,revenue\r\nC1,4\r\n"
	files["sales_cleaned.parquet/part-00000.parquet"] = "PAR1 one"
	files["sales_cleaned.parquet/part-00001.parquet"] = "PAR1 two"
	put := func(path, text string) {
		path = filepath.Join(lake, "Files", "results", filepath.FromSlash(path))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	manifest := contracttest.Manifest(run.String(), "", files)
	metadata := contracttest.Metadata(func(m *contract.RunMetadata) { m.RunID, m.Outputs = run.String(), contracttest.Outputs(files) })
	put("runs/"+run.String()+"/"+artifacts.MetadataFile, string(metadata))
	if change != nil {
		change(files)
	}
	for name, text := range files {
		put("runs/"+run.String()+"/"+name, text)
		if !strings.Contains(name, "/") {
			put("current/"+name, text)
		}
	}
	put("current/sales_cleaned.csv", "order_id,revenue\nof an earlier run,1\n") // it counts for nothing
	put("current/"+artifacts.ManifestFile, string(manifest))
	return run, files
}

const joined = "order_id,revenue\r\nA1,1\r\n\"A\r\n2\",2\r\nB1,3\nC1,4\r\n"

func TestOutputsInPartsAreReadAsOne(t *testing.T) {
	s, o, _, _, _ := overHTTPS(t)
	run, files := inParts(t, s.dir, nil)
	first, err := artifacts.ReadPublished(t.Context(), o, func(p *artifacts.Published) (firstrows.Rows, error) {
		body, err := p.First(t.Context(), artifacts.CSVFile)
		if err != nil {
			return firstrows.Rows{}, err
		}
		defer body.Close()
		return firstrows.Read(t.Context(), body, 200)
	})
	require.NoError(t, err)
	require.Equal(t, []string{"order_id", "revenue"}, first.Columns)
	require.Equal(t, [][]string{{"A1", "1"}, {"A 2", "2"}, {"B1", "3"}, {"C1", "4"}}, first.Rows)

	l := artifacts.NewLakehouse(o)
	dir := t.TempDir()
	for i, from := range []func(to string, name string, told func(done, total int64)) (artifacts.Saved, error){
		func(to, name string, told func(done, total int64)) (artifacts.Saved, error) {
			return l.Download(t.Context(), run, name, to, false, told)
		},
		func(to, name string, told func(done, total int64)) (artifacts.Saved, error) {
			return l.Download(t.Context(), uuid.Nil, name, to, false, told)
		},
		func(to, name string, told func(done, total int64)) (artifacts.Saved, error) {
			return l.Save(t.Context(), artifacts.RunsFolder+"/"+run.String()+"/"+name, to, told)
		},
	} {
		var done, total int64
		told := func(d, of int64) { done, total = d, of }
		saved, err := from(dir, artifacts.CSVFile, told)
		require.NoError(t, err)
		require.Equal(t, []string{"sales_cleaned.csv", "sales_cleaned (2).csv", "sales_cleaned (3).csv"}[i], filepath.Base(saved.Path), "nothing is replaced unasked")
		text, err := os.ReadFile(saved.Path)
		require.NoError(t, err)
		require.Equal(t, joined, string(text))
		require.EqualValues(t, len(joined), saved.Size)
		require.LessOrEqual(t, done, total)

		saved, err = from(dir, artifacts.ParquetFile, told)
		require.NoError(t, err)
		require.Equal(t, []string{"sales_cleaned.parquet", "sales_cleaned (2).parquet", "sales_cleaned (3).parquet"}[i], filepath.Base(saved.Path))
		require.EqualValues(t, 16, saved.Size)
		require.Equal(t, total, done)
		for _, part := range []string{"part-00000.parquet", "part-00001.parquet"} {
			text, err := os.ReadFile(filepath.Join(saved.Path, part))
			require.NoError(t, err)
			require.Equal(t, files["sales_cleaned.parquet/"+part], string(text))
		}
	}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 6, "nothing half is left")
}

// TestAPartThatIsNotWhatItShouldBe leaves nothing behind, and is said with its name.
func TestAPartThatIsNotWhatItShouldBe(t *testing.T) {
	for name, c := range map[string]struct {
		change func(files map[string]string)
		of     string
		says   string
	}{
		"another content": {func(f map[string]string) { f["sales_cleaned.csv/part-00002.csv"] = "order_id,revenue\r\nB1,9" }, artifacts.CSVFile, "part-00002.csv is not the file"},
		"another size":    {func(f map[string]string) { f["sales_cleaned.csv/part-00000.csv"] += "D,1\r\n" }, artifacts.CSVFile, "part-00000.csv is not the file"},
		"gone":            {func(f map[string]string) { delete(f, "sales_cleaned.csv/part-00010.csv") }, artifacts.CSVFile, "part-00010.csv is not in the lakehouse"},
		"Parquet gone":    {func(f map[string]string) { delete(f, "sales_cleaned.parquet/part-00001.parquet") }, artifacts.ParquetFile, "part-00001.parquet is not in the lakehouse"},
	} {
		t.Run(name, func(t *testing.T) {
			s, o, _, _, _ := overHTTPS(t)
			run, _ := inParts(t, s.dir, c.change)
			dir := t.TempDir()
			for _, of := range []uuid.UUID{run, uuid.Nil} {
				_, err := artifacts.NewLakehouse(o).Download(t.Context(), of, c.of, dir, false, nil)
				require.ErrorContains(t, err, c.says)
			}
			entries, err := os.ReadDir(dir)
			require.NoError(t, err)
			require.Empty(t, entries)
			if c.of != artifacts.CSVFile {
				return
			}
			p, err := artifacts.LookPublished(t.Context(), o)
			require.NoError(t, err)
			body, err := p.First(t.Context(), artifacts.CSVFile)
			if err == nil {
				_, err = io.ReadAll(body)
				require.ErrorAs(t, err, new(*artifacts.PublishingError), "the first rows are not fewer than there are")
				require.NoError(t, body.Close())
			}
			require.Error(t, err)
		})
	}
}

// TestPartsThatFitNotTogether: another header, and names that no part can have.
func TestPartsThatFitNotTogether(t *testing.T) {
	s, o, _, _, _ := overHTTPS(t)
	run, _ := inParts(t, s.dir, nil)
	folder := filepath.Join(s.dir, "Files", "results", "runs", run.String())
	files := map[string]string{"sales_cleaned.csv/part-00000.csv": "order_id,revenue\nA,1\n", "sales_cleaned.csv/part-00001.csv": "order_id,revenue,region\nB,1,x\n"}
	for name, text := range files {
		require.NoError(t, os.WriteFile(filepath.Join(folder, filepath.FromSlash(name)), []byte(text), 0o600))
	}
	state := func(change func(*contract.RunMetadata)) {
		text := contracttest.Metadata(func(m *contract.RunMetadata) {
			m.RunID, m.Outputs = run.String(), contracttest.Outputs(files)
			change(m)
		})
		require.NoError(t, os.WriteFile(filepath.Join(folder, artifacts.MetadataFile), text, 0o600))
	}
	state(func(*contract.RunMetadata) {})
	_, err := artifacts.NewLakehouse(o).Download(t.Context(), run, artifacts.CSVFile, t.TempDir(), false, nil)
	require.ErrorContains(t, err, "part-00001.csv has other columns than the parts before it")

	p, err := artifacts.PartsOfRun(t.Context(), o, run, artifacts.CSVFile)
	require.NoError(t, err)
	require.Len(t, p.List, 2)
	body := p.Text(t.Context(), o)
	_, err = io.ReadAll(body)
	require.Error(t, err)
	require.NoError(t, body.Close())
	p, err = artifacts.PartsOfRun(t.Context(), o, run, artifacts.KPIsFile)
	require.NoError(t, err)
	require.Nil(t, p)
	p, err = artifacts.PartsOfRun(t.Context(), o, uuid.New(), artifacts.CSVFile)
	require.NoError(t, err)
	require.Nil(t, p, "a run that says nothing has files")
}
