package portal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/results/dataset"
	"fabricportal/internal/services/results/export"
)

// keepRows is how many runs' rows are kept on this computer.
const keepRows = 3

// Rows opens the cleaned rows of what is published. They are fetched once and kept in the state folder under the run's
// id: what a run wrote never changes. progress is in bytes and may be nil. Close the table.
func (p *Portal) Rows(ctx context.Context, r feeds.Results, progress func(done, total int64)) (*dataset.Table, error) {
	if r.KPIs == nil || r.KPIs.RunID == nil {
		return nil, errors.New("the published files do not say which run they are of, so its rows can't be fetched: run the pipeline once more")
	}
	id, err := uuid.Parse(*r.KPIs.RunID)
	if err != nil {
		return nil, fmt.Errorf("the published files name %q as their run, which is no run's id: run the pipeline once more", *r.KPIs.RunID)
	}
	dir := filepath.Join(p.cfg.StateDir, "rows")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the rows can't be kept in %s: %w", dir, err)
	}
	local := filepath.Join(dir, id.String()+".parquet")
	if _, err := os.Stat(local); err == nil {
		t, err := dataset.Open(ctx, local)
		var broken *dataset.FileError
		if !errors.As(err, &broken) {
			touch(local)
			return t, err
		}
		os.Remove(local) // it was cut off; fetched anew below
	}
	// The run's own folder never changes; current/ may be replaced while it is read.
	_, err = artifacts.Save(ctx, p.files, artifacts.RunsFolder+"/"+id.String()+"/"+artifacts.ParquetFile, local, progress)
	var missing *artifacts.NotFoundError
	if errors.As(err, &missing) {
		_, err = artifacts.Save(ctx, p.files, artifacts.CurrentFolder+"/"+artifacts.ParquetFile, local, progress)
	}
	if err != nil {
		return nil, err
	}
	p.dropOldRows(dir)
	return dataset.Open(ctx, local)
}

// touch notes that a kept file was used.
func touch(path string) {
	now := time.Now()
	_ = os.Chtimes(path, now, now) // only decides which file goes first
}

// dropOldRows removes what was not used for longest. A file that is open stays where the system does not let it go.
func (p *Portal) dropOldRows(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	type kept struct {
		path string
		used time.Time
	}
	var files []kept
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && strings.HasSuffix(e.Name(), ".parquet") {
			files = append(files, kept{filepath.Join(dir, e.Name()), info.ModTime()})
		}
	}
	slices.SortFunc(files, func(a, b kept) int { return b.used.Compare(a.used) })
	for i, f := range files {
		if i >= keepRows {
			os.Remove(f.path)
		}
	}
}

// ExportExcel writes the published figures and the rows of a view into a workbook in the folder, and returns its path.
// columns are the view's that are written; nil is all. progress is in rows and may be nil.
func (p *Portal) ExportExcel(ctx context.Context, dir string, r feeds.Results, rows export.Data, columns []int, word func(string) string, progress func(done, total int64)) (string, error) {
	book := export.Book{
		Title: p.cfg.Name, Source: r.Source, KPIs: r.KPIs, Data: rows, Columns: columns, Written: time.Now(), Word: word,
	}
	if r.KPIs != nil {
		book.InputFile = r.KPIs.SourceFile
		if r.KPIs.RunID != nil {
			book.RunID = *r.KPIs.RunID
		}
	}
	if r.Run != nil {
		book.By = r.Run.TriggeredBy
		if r.Run.FinishedAt != nil {
			book.Finished = *r.Run.FinishedAt
		}
	}
	var tell export.Progress
	if progress != nil {
		tell = func(done, total int) { progress(int64(done), int64(total)) }
	}
	path := freeName(dir, "results"+ofRun(r), ".xlsx")
	_, err := export.Excel(ctx, path, book, tell)
	return path, err
}

// ExportCSV writes the rows of a view into a CSV file in the folder, for people: nothing in it acts as a formula. It
// returns the file's path. progress is in rows and may be nil.
func (p *Portal) ExportCSV(ctx context.Context, dir string, r feeds.Results, rows export.Data, columns []int, progress func(done, total int64)) (string, error) {
	var tell export.Progress
	if progress != nil {
		tell = func(done, total int) { progress(int64(done), int64(total)) }
	}
	path := freeName(dir, "rows"+ofRun(r), ".csv")
	_, err := export.CSV(ctx, path, rows, export.CSVOptions{Guard: true, Excel: true, Columns: columns}, tell)
	return path, err
}

// ofRun is the part of a file's name that says which run it is of; "" where that is not known.
func ofRun(r feeds.Results) string {
	if r.KPIs == nil || r.KPIs.RunID == nil {
		return ""
	}
	id := *r.KPIs.RunID
	return " " + id[:min(13, len(id))]
}

// freeName is a path in the folder that no file has yet.
func freeName(dir, name, ending string) string {
	path := filepath.Join(dir, name+ending)
	for i := 2; ; i++ {
		if _, err := os.Lstat(path); errors.Is(err, os.ErrNotExist) {
			return path
		}
		path = filepath.Join(dir, fmt.Sprintf("%s (%d)%s", name, i, ending))
	}
}
