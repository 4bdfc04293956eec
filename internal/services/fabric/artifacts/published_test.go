package artifacts

import (
	"context"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/contract/contracttest"
)

// quick has no test wait for a manifest.
func quick(t *testing.T) {
	t.Helper()
	before := pause
	pause = time.Millisecond
	t.Cleanup(func() { pause = before })
}

// publication are a lakehouse's files after old was published, with the folders of old and next.
func publication(old, next string) (files, ofOld, ofNext map[string]string) {
	ofOld, ofNext = contracttest.Published(old, nil), contracttest.Published(next, nil)
	files = map[string]string{}
	for name := range ofOld {
		files[RunsFolder+"/"+old+"/"+name], files[CurrentFolder+"/"+name], files[RunsFolder+"/"+next+"/"+name] = ofOld[name], ofOld[name], ofNext[name]
	}
	files[CurrentFolder+"/"+ManifestFile] = string(contracttest.Manifest(old, "", ofOld))
	return files, ofOld, ofNext
}

// seen is what a reader gets of the four files, and of the first rows.
func seen(t *testing.T, files map[string]string) (map[string]string, *Published, error) {
	t.Helper()
	s := &shelf{files: files}
	var look *Published
	out, err := ReadPublished(t.Context(), s, func(p *Published) (map[string]string, error) {
		look = p
		out := map[string]string{}
		for _, name := range []string{KPIsFile, ProfileFile} {
			data, err := p.read(t.Context(), name)
			if err != nil {
				return nil, err
			}
			out[name] = string(data)
		}
		first, err := p.First(t.Context(), CSVFile)
		if err != nil {
			return nil, err
		}
		defer first.Close()
		data, err := io.ReadAll(first)
		if err != nil {
			return nil, err
		}
		out[CSVFile] = string(data)
		saved, err := p.Save(t.Context(), ParquetFile, filepath.Join(t.TempDir(), "rows.parquet"), nil)
		if err != nil {
			return nil, err
		}
		data, err = os.ReadFile(saved.Path)
		out[ParquetFile] = string(data)
		return out, err
	})
	return out, look, err
}

// TestAReaderNeverSeesAMix goes through every state that a publication, killed at any place, can leave: the files are those of one run.
func TestAReaderNeverSeesAMix(t *testing.T) {
	quick(t)
	order := []string{ParquetFile, CSVFile, ProfileFile, KPIsFile}
	for moved := range 1 << len(order) { // also orders that no publisher has
		files, old, next := publication(run1, run2)
		for i, name := range order {
			if moved&(1<<i) != 0 {
				files[CurrentFolder+"/"+name] = next[name]
			}
		}
		got, p, err := seen(t, files)
		require.NoError(t, err)
		require.Equal(t, old, got, "%04b", moved)
		require.Equal(t, moved != 0, p.Replaced, "%04b", moved)
		require.Equal(t, run1, p.Manifest.RunID)

		// The files may be those of the next run, some of the old ones may still be shown by a cache: the manifest decides.
		files[CurrentFolder+"/"+ManifestFile] = string(contracttest.Manifest(run2, "", next))
		got, _, err = seen(t, files)
		require.NoError(t, err)
		require.Equal(t, next, got, "%04b", moved)

		// A restore of the old run: its files are in the old run's folder.
		files[CurrentFolder+"/"+ManifestFile] = string(contracttest.Manifest(run3, run1, old))
		got, p, err = seen(t, files)
		require.NoError(t, err)
		require.Equal(t, old, got, "%04b", moved)
		require.Equal(t, []string{run3, run1}, []string{p.Manifest.RunID, p.Manifest.Home()})
	}
}

func TestHalfAFileIsNotRead(t *testing.T) {
	quick(t)
	for _, name := range []string{ParquetFile, CSVFile, ProfileFile, KPIsFile} {
		for what, spoil := range map[string]func(text string) string{
			"half":             func(text string) string { return text[:len(text)/2] },
			"nothing":          func(string) string { return "" },
			"of the same size": func(text string) string { return strings.Repeat("x", len(text)) },
			"longer":           func(text string) string { return text + " " },
		} {
			files, old, _ := publication(run1, run2)
			files[CurrentFolder+"/"+name] = spoil(old[name])
			got, p, err := seen(t, files)
			require.NoError(t, err, "%s %s", what, name)
			require.Equal(t, old, got, "%s %s", what, name)
			require.True(t, p.Replaced)
			files[RunsFolder+"/"+run1+"/"+name] = spoil(old[name])
			_, _, err = seen(t, files)
			var publishing *PublishingError
			require.ErrorAs(t, err, &publishing, "%s %s in both places", what, name)
			require.ErrorContains(t, err, name)
			require.ErrorContains(t, err, "a run or a restore puts it right")
		}
		files, old, _ := publication(run1, run2)
		delete(files, CurrentFolder+"/"+name)
		got, _, err := seen(t, files)
		require.NoError(t, err)
		require.Equal(t, old, got, "%s is gone from current/", name)
		files, old, _ = publication(run1, run2)
		maps.DeleteFunc(files, func(path, _ string) bool { return strings.HasPrefix(path, RunsFolder+"/"+run1+"/") })
		got, p, err := seen(t, files)
		require.NoError(t, err)
		require.Equal(t, old, got, "the run's folder is gone")
		require.False(t, p.Replaced)
	}
}

func TestAManifestThatIsBeingWrittenIsWaitedFor(t *testing.T) {
	quick(t)
	files, _, next := publication(run1, run2)
	whole := files[CurrentFolder+"/"+ManifestFile]
	for what, text := range map[string]string{
		"half": whole[:len(whole)/2], "empty": "", "no JSON": "?", "too long": whole + strings.Repeat(" ", contract.MaxManifest),
		"one file twice": strings.Replace(whole, CSVFile, KPIsFile, 1), "no such file": strings.Replace(whole, CSVFile, "x.csv", 1), "elsewhere": strings.Replace(whole, run1, "../../import", 1),
	} {
		files[CurrentFolder+"/"+ManifestFile] = text
		_, _, err := seen(t, files)
		var publishing *PublishingError
		require.ErrorAs(t, err, &publishing, what)
	}
	files[CurrentFolder+"/"+ManifestFile] = strings.Replace(whole, `"schema_version":2`, `"schema_version":3`, 1)
	_, _, err := seen(t, files)
	var newer *contract.ErrNewerVersion
	require.ErrorAs(t, err, &newer, "waiting would not help")

	// It is whole at the third look.
	looks := 0
	s := &shelf{files: files}
	from := openerFunc(func(ctx context.Context, path string) (io.ReadCloser, File, error) {
		if path == CurrentFolder+"/"+ManifestFile {
			if looks++; looks < 3 {
				return io.NopCloser(strings.NewReader(whole[:20])), File{Path: path, Size: 20}, nil
			}
			files[path] = string(contracttest.Manifest(run2, "", next))
		}
		return s.Open(ctx, path)
	})
	k, err := ReadPublished(t.Context(), from, func(p *Published) (contract.KPIs, error) {
		return PublishedDocument[contract.KPIs](t.Context(), p, KPIsFile)
	})
	require.NoError(t, err)
	require.Equal(t, run2, *k.RunID)
}

// TestAnotherPublicationMeanwhile: the run that was looked at is gone from everywhere, as another one was published while it was read.
func TestAnotherPublicationMeanwhile(t *testing.T) {
	quick(t)
	files, _, next := publication(run1, run2)
	s, reads := &shelf{files: files}, 0
	got, err := ReadPublished(t.Context(), s, func(p *Published) (string, error) {
		if reads++; reads == 1 {
			for name := range next {
				files[CurrentFolder+"/"+name] = next[name]
				delete(files, RunsFolder+"/"+run1+"/"+name)
			}
			files[CurrentFolder+"/"+ManifestFile] = string(contracttest.Manifest(run2, "", next))
		}
		data, err := p.read(t.Context(), KPIsFile)
		return string(data), err
	})
	require.NoError(t, err)
	require.Equal(t, next[KPIsFile], got)
	require.Equal(t, 2, reads)
}

func TestWithoutAManifestCurrentIsReadAsItStands(t *testing.T) {
	files, old, next := publication(run1, run2)
	delete(files, CurrentFolder+"/"+ManifestFile)
	files[CurrentFolder+"/"+CSVFile] = next[CSVFile]
	got, p, err := seen(t, files)
	require.NoError(t, err)
	require.Nil(t, p.Manifest)
	require.Equal(t, []string{old[KPIsFile], next[CSVFile]}, []string{got[KPIsFile], got[CSVFile]})
	clear(files)
	_, _, err = seen(t, files)
	var missing *NotFoundError
	require.ErrorAs(t, err, &missing)
}

// TestTheFirstRowsOfALargeFileComeFromItsRun: they can't be checked by a hash of the whole, and current/ may be another run's by now.
func TestTheFirstRowsOfALargeFileComeFromItsRun(t *testing.T) {
	files, old, _ := publication(run1, run2)
	old[CSVFile] = "old" + strings.Repeat("x", wholeFirst)
	files[RunsFolder+"/"+run1+"/"+CSVFile], files[CurrentFolder+"/"+CSVFile] = old[CSVFile], "new"+strings.Repeat("x", wholeFirst)
	files[CurrentFolder+"/"+ManifestFile] = string(contracttest.Manifest(run1, "", old))
	first := func() (string, error) {
		p, err := LookPublished(t.Context(), &shelf{files: files})
		require.NoError(t, err)
		body, err := p.First(t.Context(), CSVFile)
		if err != nil {
			return "", err
		}
		defer body.Close()
		b := make([]byte, 3)
		_, err = io.ReadFull(body, b)
		return string(b), err
	}
	got, err := first()
	require.NoError(t, err)
	require.Equal(t, "old", got)
	files[RunsFolder+"/"+run1+"/"+CSVFile] += "x"
	_, err = first()
	var missing *NotFoundError
	require.ErrorAs(t, err, &missing)
}

// TestDownloadsOfCurrentAreOfOneRun: what a person saves is what the screen shows.
func TestDownloadsOfCurrentAreOfOneRun(t *testing.T) {
	files, old, next := publication(run1, run2)
	files[CurrentFolder+"/"+CSVFile] = next[CSVFile]
	files[CurrentFolder+"/older.csv"] = "no part of it"
	l, dir := NewLakehouse(&shelf{files: files}), t.TempDir()
	for name, want := range map[string]string{CSVFile: old[CSVFile], KPIsFile: old[KPIsFile], "older.csv": "no part of it", ManifestFile: files[CurrentFolder+"/"+ManifestFile]} {
		saved, err := l.Save(t.Context(), CurrentFolder+"/"+name, dir, nil)
		require.NoError(t, err)
		data, err := os.ReadFile(saved.Path)
		require.NoError(t, err)
		require.Equal(t, want, string(data), name)
		require.Equal(t, name, filepath.Base(saved.Path))
	}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 4, "nothing of what was refused stays")
}
