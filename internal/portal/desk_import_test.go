package portal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"fabricportal/contract"
	"fabricportal/internal/services/desktop/imports"
	"fabricportal/internal/services/desktop/shapes"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/importfile/scan"
)

const orders = "order_id,order_date,revenue,quantity,unit_price,discount\nA,2026-01-01,9,1,10,0.1\nB,2026-01-02,5,1,10,0\n"

func write(t *testing.T, path, content string) string {
	t.Helper()
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

// lakehouse is the files of one, by their paths; it does not answer where it is nil.
type lakehouse struct {
	artifacts.Store
	files map[string]string
}

func (l lakehouse) Open(_ context.Context, path string) (io.ReadCloser, artifacts.File, error) {
	if l.files == nil {
		return nil, artifacts.File{}, &artifacts.UnreachableError{Doing: "opening " + path, Err: errors.New("no network")}
	}
	content, ok := l.files[path]
	if !ok {
		return nil, artifacts.File{}, &artifacts.NotFoundError{Path: path}
	}
	return io.NopCloser(bytes.NewReader([]byte(content))), artifacts.File{Name: filepath.Base(path), Path: path, Size: int64(len(content)), ETag: "1"}, nil
}

func (l lakehouse) Stat(ctx context.Context, path string) (artifacts.File, error) {
	_, file, err := l.Open(ctx, path)
	return file, err
}

func (l lakehouse) ReadRange(ctx context.Context, file artifacts.File, offset int64, p []byte) error {
	body, _, err := l.Open(ctx, file.Path)
	if err != nil {
		return err
	}
	content, err := io.ReadAll(body)
	copy(p, content[offset:])
	return err
}

func deskOn(t *testing.T, files map[string]string) *Portal {
	p := &Portal{Local: Local{Version: "1.0.0"}, files: lakehouse{files: files}, imports: imports.Open(t.TempDir()), shapes: shapesOf(t.TempDir()), log: slog.New(slog.DiscardHandler)}
	p.Lakehouse = artifacts.NewLakehouse(p.files)
	p.Uploader = imports.NewUploader(p.files, p.imports, nil, "ana", slog.New(slog.DiscardHandler))
	return p
}

// published is the import_profile.json of a file.
func published(t *testing.T, content string) string {
	t.Helper()
	found, err := Local{}.Analyze(t.Context(), write(t, filepath.Join(t.TempDir(), "before.csv"), content), analysis.Options{Parts: analysis.Profile})
	require.NoError(t, err)
	data, err := json.Marshal(found.Profile)
	require.NoError(t, err)
	return string(data)
}

func TestAFileIsComparedWithWhatIsPublished(t *testing.T) {
	path := write(t, filepath.Join(t.TempDir(), "a.csv"), orders)
	current := artifacts.CurrentFolder + "/" + artifacts.ProfileFile
	p := deskOn(t, map[string]string{current: published(t, "order_id,coupon\nA,1\n")})
	found, err := p.AnalyzeLocal(t.Context(), path, analysis.Options{}, true)
	require.NoError(t, err)
	require.NotEmpty(t, found.Drift)
	require.Nil(t, found.Against)
	require.Empty(t, found.Imported)
	require.NoError(t, found.KPIError)
	require.EqualValues(t, 2, found.Rules.Rows)
	require.EqualValues(t, 2, found.Cleaning.Rows)
	require.Len(t, found.Preview.Rows, 2)

	found, err = deskOn(t, map[string]string{}).AnalyzeLocal(t.Context(), path, analysis.Options{}, false)
	require.NoError(t, err)
	require.Empty(t, found.Drift, "nothing is published")
	require.Nil(t, found.Against)
}

func TestWithoutALakehouseAFileIsComparedWithWhatWasSeenLast(t *testing.T) {
	p := deskOn(t, nil)
	path := write(t, filepath.Join(t.TempDir(), "a.csv"), orders)
	first, err := p.AnalyzeLocal(t.Context(), path, analysis.Options{}, true)
	require.NoError(t, err)
	require.Nil(t, first.Against)
	seen := imports.Record{Kind: imports.Imported, SHA256: first.Profile.File.SHA256, File: "a.csv", At: time.Now(), Run: "01a2086b-0218-7102-aa93-7edc672e8494", Profile: first.Profile}
	require.NoError(t, p.imports.Remember(t.Context(), seen))
	found, err := p.AnalyzeLocal(t.Context(), path, analysis.Options{}, true)
	require.NoError(t, err)
	require.NotNil(t, found.Against)
	require.Len(t, found.Imported, 1)
	require.EqualValues(t, "same_content", found.Drift[0].Kind)
}

func TestAFileOfTheLakehouseIsReadByRangesAndNothingIsLeft(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv("TMP", os.Getenv("TMPDIR"))
	file := artifacts.File{Name: "a.csv", Path: artifacts.ImportFolder + "/a.csv", ETag: "1", Size: int64(len(orders)), Modified: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	p := deskOn(t, map[string]string{file.Path: orders})
	var progress []analysis.Progress
	o := analysis.Options{Progress: func(r analysis.Progress) { progress = append(progress, r) }}
	found, err := p.AnalyzeRemote(t.Context(), file, o, true)
	require.NoError(t, err)
	require.Equal(t, "a.csv", found.Profile.File.Name)
	require.Equal(t, file.Modified, found.Profile.File.LastModified.Time)
	require.Equal(t, found.Profile.File.SHA256, p.Contents.Hash(file))
	last := progress[len(progress)-1]
	require.Equal(t, analysis.Progress{Rows: 2, Bytes: last.Total, Total: int64(len(orders))}, last)
	for i := 1; i < len(progress); i++ {
		require.GreaterOrEqual(t, progress[i].Bytes, progress[i-1].Bytes)
	}

	dir := t.TempDir()
	to, err := p.SaveOffendingRemote(t.Context(), dir, file, analysis.Options{})
	require.NoError(t, err)
	require.Equal(t, filepath.Join(dir, "a offending rows.xlsx"), to)
	require.FileExists(t, to)
	left, err := os.ReadDir(os.Getenv("TMPDIR"))
	require.NoError(t, err)
	require.Empty(t, left)

	_, err = p.AnalyzeRemote(t.Context(), artifacts.File{Name: "b.csv", Path: "Files/import/b.csv"}, analysis.Options{}, true)
	require.ErrorAs(t, err, new(*artifacts.NotFoundError))
}

func TestOffendingRowsAreThereWholeOrNotAtAll(t *testing.T) {
	dir := t.TempDir()
	path := write(t, filepath.Join(dir, "a.csv"), orders)
	to := write(t, filepath.Join(dir, "out.xlsx"), "what was there")
	local := Local{}
	o := analysis.Options{Parts: analysis.Rules}
	kept := func() {
		t.Helper()
		data, err := os.ReadFile(to)
		require.NoError(t, err)
		require.Equal(t, "what was there", string(data))
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Len(t, entries, 2, "no half workbook is left")
	}
	_, err := local.SaveOffending(t.Context(), filepath.Join(dir, "gone.csv"), to, o)
	require.ErrorContains(t, err, "gone.csv was not found")
	kept()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = local.SaveOffending(ctx, path, to, o)
	require.ErrorIs(t, err, context.Canceled)
	kept()
	_, err = local.SaveOffending(t.Context(), path, to, analysis.Options{Parts: analysis.Rules, RulesFile: filepath.Join(dir, "none.toml")})
	require.ErrorContains(t, err, "can't be read")
	kept()
	for _, place := range []string{path, filepath.Join(dir, "out.txt"), filepath.Join(dir, "none", "out.xlsx")} {
		_, err = local.SaveOffending(t.Context(), path, place, o)
		require.Error(t, err, place)
		kept()
	}
	require.ErrorContains(t, err, "does not exist")

	found, err := local.SaveOffending(t.Context(), path, to, o)
	require.NoError(t, err)
	require.NoError(t, found.Incomplete)
	book, err := excelize.OpenFile(to)
	require.NoError(t, err)
	defer book.Close()
	rows, err := book.GetRows("Rows")
	require.NoError(t, err)
	require.Equal(t, "revenue_formula", rows[1][1])
}

func TestOffendingRowsOfAFileThatWasChangedSaySo(t *testing.T) {
	dir := t.TempDir()
	path := write(t, filepath.Join(dir, "a.csv"), orders)
	p := deskOn(t, nil)
	to, err := p.SaveOffendingLocal(t.Context(), dir, path, analysis.Options{Progress: func(analysis.Progress) { require.NoError(t, os.WriteFile(path, []byte("x"), 0o600)) }})
	require.ErrorAs(t, err, new(*scan.IncompleteError))
	require.FileExists(t, to)
}

// TestWhatANotebookProfiledIsNotFetched: the profile of this very content, but where somebody has to decide, or has decided, how it is read.
func TestWhatANotebookProfiledIsNotFetched(t *testing.T) {
	found, err := Local{}.Analyze(t.Context(), write(t, filepath.Join(t.TempDir(), "a.csv"), orders), analysis.Options{Parts: analysis.Profile})
	require.NoError(t, err)
	sum := found.Profile.File.SHA256
	file := artifacts.File{Name: "b.csv", Path: artifacts.ImportFolder + "/b.csv", ETag: "1", Size: int64(len(orders))}
	at := artifacts.ProfilesFolder + "/" + sum + ".json"
	kept := func(change func(p *contract.ImportProfile)) string {
		p := *found.Profile
		change(&p)
		data, err := json.Marshal(p)
		require.NoError(t, err)
		return string(data)
	}
	p := deskOn(t, map[string]string{at: kept(func(*contract.ImportProfile) {})})
	got, err := p.Profiled(t.Context(), file)
	require.NoError(t, err)
	require.Nil(t, got, "nothing tells that it is this content")
	p.Contents.Remember(file, sum)
	got, err = p.Profiled(t.Context(), file)
	require.NoError(t, err)
	require.NotNil(t, got)
	require.Equal(t, "b.csv", got.File.Name)

	require.NoError(t, p.shapes.Keep(t.Context(), shapes.Record{Headers: headersOf(got), Options: contract.ReadOptions{SchemaVersion: contract.ReadOptionsVersion, RowIs: "order_line"}, By: "ana", At: time.Now()}))
	got, err = p.Profiled(t.Context(), file)
	require.NoError(t, err)
	require.Nil(t, got, "it was decided how such files are read")

	p = deskOn(t, map[string]string{at: kept(func(p *contract.ImportProfile) {
		r := *p.Reading
		r.Questions = []contract.Question{{ID: "date_order"}}
		p.Reading = &r
	})})
	p.Contents.Remember(file, sum)
	got, err = p.Profiled(t.Context(), file)
	require.NoError(t, err)
	require.Nil(t, got)

	_, err = p.AnalyzeRemote(t.Context(), artifacts.File{Name: "many", Path: "Files/import/many", Folder: true, Files: 2}, analysis.Options{}, true)
	require.ErrorAs(t, err, new(*artifacts.FolderError))
}
