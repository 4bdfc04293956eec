package portal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/importfile/profile"
	"fabricportal/internal/services/results/dataset"
)

// elsewhere is a lakehouse with one file that is read by ranges, as fault lets them.
type elsewhere struct {
	lakehouse
	content []byte
	etag    string

	mu    sync.Mutex
	bytes int64
	fault func(file artifacts.File, offset int64, n int) error
}

func (e *elsewhere) Stat(_ context.Context, path string) (artifacts.File, error) {
	return artifacts.File{Name: filepath.Base(path), Path: path, Size: int64(len(e.content)), Modified: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC), ETag: e.etag}, nil
}

func (e *elsewhere) ReadRange(_ context.Context, file artifacts.File, offset int64, p []byte) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.bytes += int64(len(p))
	if e.fault != nil {
		if err := e.fault(file, offset, len(p)); err != nil {
			return err
		}
	}
	copy(p, e.content[offset:])
	return nil
}

// remote is a portal on a lakehouse with one file.
func remote(t *testing.T, name string, content []byte) (*Portal, *elsewhere, artifacts.File) {
	p := deskOn(t, map[string]string{})
	e := &elsewhere{lakehouse: p.files.(lakehouse), content: content, etag: "1"}
	p.files = e
	file, err := e.Stat(t.Context(), artifacts.ImportFolder+"/"+name)
	require.NoError(t, err)
	return p, e, file
}

// shared are files of both sides' tests, where they are.
func shared(t *testing.T, folder string) []string {
	t.Helper()
	for _, at := range []string{"../../../shared/", "../../shared/"} {
		if files, _ := filepath.Glob(at + folder + "/*.*"); len(files) > 0 {
			return files
		}
	}
	t.Skip("the shared files are not here")
	return nil
}

// TestTheHeadOfALakehouseFileIsTheFirstRowsOfTheWholeReading, for all files of both sides' tests, and so is what is found by ranges.
func TestTheHeadOfALakehouseFileIsTheFirstRowsOfTheWholeReading(t *testing.T) {
	for _, path := range shared(t, "cases") {
		if filepath.Ext(path) == ".md" {
			continue
		}
		t.Run(filepath.Base(path), func(t *testing.T) {
			content, err := os.ReadFile(path)
			require.NoError(t, err)
			p, e, file := remote(t, filepath.Base(path), content)
			want, wantErr := analysis.File(t.Context(), path, analysis.Options{Parts: analysis.Preview | analysis.Profile})
			head, err := p.HeadRemote(t.Context(), file, analysis.Options{})
			if wantErr != nil {
				require.Error(t, err)
				return
			}
			require.NoError(t, err)
			require.False(t, head.Cut)
			require.Zero(t, head.Unread)
			require.Equal(t, want.Preview.Names, head.Names)
			require.Equal(t, want.Preview.Rows, head.Rows)
			require.Equal(t, want.Preview.Numbers, head.Numbers)
			require.LessOrEqual(t, head.Read, int64(len(content)), "nothing is fetched twice")
			require.Equal(t, e.bytes, head.Read)
			if head.RowCount >= 0 {
				require.Equal(t, want.Profile.RowCount, head.RowCount)
			}
			e.bytes = 0
			found, err := p.AnalyzeRemote(t.Context(), file, analysis.Options{Parts: analysis.Profile | analysis.Preview}, false)
			require.NoError(t, err)
			require.Equal(t, want.Profile.File.SHA256, found.Profile.File.SHA256)
			require.Equal(t, want.Profile.Columns, found.Profile.Columns)
			require.Equal(t, int64(len(content)), e.bytes, "each byte once")
		})
	}
}

func TestHostileFilesByRanges(t *testing.T) {
	for _, path := range shared(t, "hostile") {
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		p, _, file := remote(t, filepath.Base(path), content)
		head, err := p.HeadRemote(t.Context(), file, analysis.Options{})
		if err == nil {
			require.LessOrEqual(t, head.Read, int64(mostOfHead))
			want, err := profile.ReadPreview(t.Context(), path, 0, profile.Options{})
			require.NoError(t, err)
			require.Equal(t, want.Rows, head.Rows)
		}
	}
}

// manyOrders is a text file of so many rows.
func manyOrders(rows int) []byte {
	var b bytes.Buffer
	b.WriteString("order_id,order_date,revenue,region\n")
	for i := range rows {
		fmt.Fprintf(&b, "A%d,2026-01-%02d,%d.50,North %s\n", i, 1+i%28, i, strings.Repeat("x", i%50))
	}
	return b.Bytes()
}

func TestTheHeadOfALargeFileReadsLittle(t *testing.T) {
	p, e, file := remote(t, "orders.csv", manyOrders(300_000))
	head, err := p.HeadRemote(t.Context(), file, analysis.Options{})
	require.NoError(t, err)
	require.Len(t, head.Rows, profile.DefaultPreviewRows)
	require.Equal(t, []string{"text", "date", "decimal", "text"}, head.Kinds)
	require.Less(t, e.bytes, int64(1<<20))
}

// TestARangeThatLiesEndsInASentence: whatever it is that comes instead, nothing of the file is shown.
func TestARangeThatLiesEndsInASentence(t *testing.T) {
	content := manyOrders(300_000)
	for name, refusal := range map[string]error{
		"changed": &artifacts.ChangedError{Path: "Files/import/orders.csv"},
		"ignored": &artifacts.RangeError{Path: "Files/import/orders.csv", Err: errors.New("all of the file was given")},
		"away":    &artifacts.UnreachableError{Doing: "reading", Err: errors.New("no network")},
	} {
		t.Run(name, func(t *testing.T) {
			p, e, file := remote(t, "orders.csv", content)
			e.fault = func(_ artifacts.File, offset int64, n int) error {
				if offset+int64(n) > int64(len(content))/2 { // the beginning is as it was
					return refusal
				}
				return nil
			}
			found, err := p.AnalyzeRemote(t.Context(), file, analysis.Options{}, false)
			require.ErrorIs(t, err, refusal)
			require.Zero(t, found)
			rows, err := p.RowsRemote(t.Context(), file, analysis.Options{}, dataset.FileReading{Title: "Row", Beyond: "+", Seen: func(*dataset.FileRows) {}})
			require.ErrorIs(t, err, refusal)
			require.Nil(t, rows)
			dir := t.TempDir()
			_, err = p.SaveOffendingRemote(t.Context(), dir, file, analysis.Options{})
			require.ErrorIs(t, err, refusal)
			require.Empty(t, entries(t, dir), "nothing half written")
			e.fault = func(artifacts.File, int64, int) error { return refusal }
			_, err = p.HeadRemote(t.Context(), file, analysis.Options{})
			require.ErrorIs(t, err, refusal)
		})
	}
}

func entries(t *testing.T, dir string) (names []string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if path != dir {
			names = append(names, path)
		}
		return err
	}))
	return names
}

// TestALakehouseFileIsNeverOnThisDiskInTheClear, nor under a name.
func TestALakehouseFileIsNeverOnThisDiskInTheClear(t *testing.T) {
	temp := t.TempDir()
	for _, name := range []string{"TMPDIR", "TMP", "TEMP"} {
		t.Setenv(name, temp)
	}
	p, e, file := remote(t, "orders.csv", manyOrders(400_000))
	looked := 0
	found, err := p.AnalyzeRemote(t.Context(), file, analysis.Options{Progress: func(r analysis.Progress) {
		looked++
		require.LessOrEqual(t, r.Bytes, r.Total)
		require.Equal(t, file.Size, r.Total)
		require.Empty(t, entries(t, temp))
	}}, false)
	require.NoError(t, err)
	require.Equal(t, int64(400_000), found.Profile.RowCount)
	require.Positive(t, looked)
	require.Equal(t, file.Size, e.bytes, "each byte once, however often it is read")
}
