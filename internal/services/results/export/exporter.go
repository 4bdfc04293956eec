package export

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"fabricportal/contract"
	"fabricportal/internal/services/runs"
)

// Published is where the figures and rows come from; what is not known is nil.
type Published struct {
	Source string // the folder, such as Files/results/current
	KPIs   *contract.KPIs
	// Profile is that of the file that the figures are of: it knows how far the last month goes.
	Profile *contract.ImportProfile
	Run     *runs.Run
	// Filter says, each in a sentence, which rows were chosen of all; nil is all of them.
	Filter []string
	// Part says of which part of all rows the figures, too, are; nil is all. Notes are what else has to be known of them.
	Part, Notes []string
}

// Exporter writes what is published into folders of this computer, under names that are free and say which run it is of.
type Exporter struct {
	Connection string // its name, which a workbook's first line shows
}

// Excel writes the figures and the rows of a view into a workbook in the folder, and returns its path. columns are the
// view's that are written; nil is all. progress is in rows and may be nil. With a filter, the workbook has no figures, which are of all rows. Errors as of the function Excel.
func (e Exporter) Excel(ctx context.Context, dir string, p Published, rows Data, columns []int, word func(string) string, progress func(done, total int64)) (string, error) {
	book := Book{
		Title: e.Connection, Source: p.Source, KPIs: p.KPIs, Profile: p.Profile, Data: rows, Columns: columns, Filter: p.Filter, Part: p.Part, Notes: p.Notes, Written: time.Now(), Word: word,
	}
	if p.KPIs != nil {
		book.InputFile = p.KPIs.SourceFile
		if p.KPIs.RunID != nil {
			book.RunID = *p.KPIs.RunID
		}
	}
	if p.Run != nil {
		book.By = p.Run.TriggeredBy
		if p.Run.FinishedAt != nil {
			book.Finished = *p.Run.FinishedAt
		}
	}
	name := "results"
	switch {
	case len(p.Filter) > 0:
		name = "filtered rows"
	case len(p.Part) > 0:
		name = "part of results"
	}
	path := FreeName(dir, name+p.ofRun(), ".xlsx")
	_, err := Excel(ctx, path, book, inRows(progress))
	return path, err
}

// CSV writes the rows of a view into a CSV file in the folder, for people: nothing in it acts as a formula. It returns the
// file's path. progress is in rows and may be nil. Errors as of the function CSV.
func (Exporter) CSV(ctx context.Context, dir string, p Published, rows Data, columns []int, progress func(done, total int64)) (string, error) {
	path := FreeName(dir, "rows"+p.ofRun(), ".csv")
	_, err := CSV(ctx, path, rows, CSVOptions{Guard: true, Excel: true, Columns: columns}, inRows(progress))
	return path, err
}

func inRows(progress func(done, total int64)) Progress {
	if progress == nil {
		return nil
	}
	return func(done, total int) { progress(int64(done), int64(total)) }
}

// ofRun is the part of a file's name that says which run it is of, as people name runs; "" where that is not known. The
// document comes from the lakehouse, so that only an id may become a part of a path.
func (p Published) ofRun() string {
	if p.KPIs == nil || p.KPIs.RunID == nil {
		return ""
	}
	id, err := uuid.Parse(*p.KPIs.RunID)
	if err != nil {
		return ""
	}
	return " " + runs.ShortID(id)
}

// FreeName is a path in the folder that no file has yet: name and ending, with a number between them where it is taken.
// Of a folder that can't be looked into it is the first name: writing there says what is wrong.
func FreeName(dir, name, ending string) string {
	path := filepath.Join(dir, name+ending)
	for i := 2; ; i++ {
		if _, err := os.Lstat(path); err != nil {
			return path
		}
		path = filepath.Join(dir, fmt.Sprintf("%s (%d)%s", name, i, ending))
	}
}
