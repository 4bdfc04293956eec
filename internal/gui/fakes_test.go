package gui

import (
	"context"
	"encoding/json"
	"fmt"
	"image"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"fabricportal/contract"
	"fabricportal/contract/contracttest"
	"fabricportal/internal/gui/archive"
	"fabricportal/internal/gui/datatable"
	"fabricportal/internal/gui/results"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/services/desktop/imports"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/feeds"
	analyzing "fabricportal/internal/services/importfile/analysis"
	figures "fabricportal/internal/services/importfile/kpis"
	"fabricportal/internal/services/importfile/profile"
	"fabricportal/internal/services/results/comparison"
	"fabricportal/internal/services/results/dataset"
	"fabricportal/internal/services/runs"
)

// now is the clock of all tests.
var now = time.Date(2026, 11, 23, 14, 5, 12, 0, time.UTC)

// actions plays the services: what is asked for is noted, and answered by the hooks that a test sets.
type actions struct {
	head     Head
	profiled map[string]*contract.ImportProfile // by notebooks, of files in the lakehouse
	mu       sync.Mutex
	asked    []string
	rules    string // the file of rules that was named last
	sample   func() (string, error)
	analyze  func(ctx context.Context, name string, p Progress) (Analysis, error)
	upload   func(ctx context.Context, path string, overwrite bool, p Progress) (artifacts.File, error)
	hows     []imports.How
	begun    []imports.Unfinished
	left     []artifacts.File
	young    string // that somebody has come back to
	run      func(file string) error
	keep     error                                                       // of what is remembered
	open     func(o contract.ReadOptions, recall bool) (Analysis, error) // in place of analyze
	restore  func(id uuid.UUID) error
	cancel   func(id uuid.UUID) error
	detail   func(id uuid.UUID) (Detail, error)
	save     func(path string) (string, error)
	slow     func(context.Context, Progress) (string, error) // a download; nil for save
	table    func(feeds.Results) (datatable.Table, error)
	near     func(feeds.Results) (datatable.Table, error) // rows that are not on this computer; nil for table
	here     bool                                         // the rows are on this computer
	died     bool                                         // the rows were open when the program ended
	before   func(feeds.Results) (results.Before, error)
	rows     func(ctx context.Context, path string, o analyzing.Options, how dataset.FileReading) (*dataset.FileRows, error)
	export   func(view datatable.View, columns []int) (string, error)
	seen     *profile.Preview // told while a file is being read
	replaces func(now *contract.KPIs, profile *contract.ImportProfile) (comparison.Replacement, error)
	find     func(f archive.Filter, limit int) ([]runs.Run, bool, error)
	compare  comparison.Comparison
	changed  changing
	preview  comparison.Preview
	beside   runs.Beside
	kept     func(run uuid.UUID, text string) (runs.Note, error)
	drafts   []uuid.UUID // of the notes
}

func (a *actions) note(s string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.asked = append(a.asked, s)
}

func (a *actions) was(s string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Contains(a.asked, s)
}

func (a *actions) AnalyzeLocal(ctx context.Context, path string, o analyzing.Options, recall bool) (Analysis, error) {
	a.note("local " + path)
	return a.read(ctx, path, o, recall)
}

func (a *actions) read(ctx context.Context, name string, o analyzing.Options, recall bool) (Analysis, error) {
	a.mu.Lock()
	a.rules = o.RulesFile
	a.mu.Unlock()
	if o.Read.Sheet != "" || o.Read.HeaderRow != 0 {
		a.note(fmt.Sprintf("sheet %s header %d", o.Read.Sheet, o.Read.HeaderRow))
	}
	if a.open != nil {
		return a.open(o.Read, recall)
	}
	if a.seen != nil {
		o.Seen(a.seen)
	}
	return a.analyze(ctx, name, func(done, total int64) { o.Progress(analyzing.Progress{Bytes: done, Total: total, Rows: done / 100}) })
}

func (a *actions) AnalyzeRemote(ctx context.Context, f artifacts.File, o analyzing.Options, recall bool) (Analysis, error) {
	a.note("remote " + f.Name)
	return a.read(ctx, f.Name, o, recall)
}

func (a *actions) HeadRemote(context.Context, artifacts.File, analyzing.Options) (Head, error) {
	return a.head, nil
}

func (a *actions) Profiled(_ context.Context, f artifacts.File) (*contract.ImportProfile, error) {
	return a.profiled[f.Name], nil
}

func (a *actions) Upload(ctx context.Context, path string, how imports.How, p Progress) (artifacts.File, error) {
	a.note("upload")
	a.mu.Lock()
	a.hows = append(a.hows, how)
	a.mu.Unlock()
	return a.upload(ctx, path, how.Overwrite, p)
}

func (a *actions) Unfinished() ([]imports.Unfinished, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.begun, nil
}

func (a *actions) Discard(_ context.Context, of imports.Unfinished) error {
	a.note("give up " + of.Name())
	a.mu.Lock()
	defer a.mu.Unlock()
	a.begun = nil
	return nil
}

func (a *actions) LeftStaging(context.Context) ([]artifacts.File, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.left, nil
}

func (a *actions) RemoveStaging(_ context.Context, f artifacts.File) error {
	a.note("remove " + f.Name)
	a.mu.Lock()
	defer a.mu.Unlock()
	if f.Name == a.young {
		return &artifacts.YoungError{Name: f.Name}
	}
	a.left = slices.DeleteFunc(slices.Clone(a.left), func(o artifacts.File) bool { return o.Name == f.Name })
	return nil
}

func (a *actions) SaveOffendingLocal(_ context.Context, path string, o analyzing.Options) (string, error) {
	a.note(fmt.Sprintf("offending rows of %s by %q, sheet %s", path, o.RulesFile, o.Read.Sheet))
	o.Progress(analyzing.Progress{Bytes: 1, Total: 2})
	return a.save(path)
}

func (a *actions) SaveOffendingRemote(ctx context.Context, f artifacts.File, o analyzing.Options) (string, error) {
	return a.SaveOffendingLocal(ctx, f.Path, o)
}

func (a *actions) RowsLocal(ctx context.Context, path string, o analyzing.Options, how dataset.FileReading) (*dataset.FileRows, error) {
	a.note("rows of " + path)
	return a.rows(ctx, path, o, how)
}

func (a *actions) RowsRemote(ctx context.Context, f artifacts.File, o analyzing.Options, how dataset.FileReading) (*dataset.FileRows, error) {
	return a.RowsLocal(ctx, f.Path, o, how)
}

func (a *actions) KeepReading(_ context.Context, shape []string, _ *contract.ImportProfile, o contract.ReadOptions) error {
	a.note(fmt.Sprintf("keep %s: %s", strings.Join(shape, " "), runs.HowRead(o)))
	return a.keep
}

func (a *actions) RunAgain(_ context.Context, earlier uuid.UUID) (runs.Run, error) {
	a.note("again " + earlier.String())
	return runOf("ana", runs.Submitted), a.run(earlier.String())
}

func (a *actions) Run(_ context.Context, file string, how *contract.ReadOptions) (runs.Run, error) {
	a.note("run " + file)
	if how != nil {
		a.note("read with " + runs.HowRead(*how))
	}
	return runOf("ana", runs.Submitted), a.run(file)
}

func (a *actions) Restore(_ context.Context, id uuid.UUID) (runs.Run, error) {
	a.note("restore " + id.String())
	return runs.Run{}, a.restore(id)
}

func (a *actions) Cancel(_ context.Context, id uuid.UUID) error {
	a.note("cancel " + id.String())
	return a.cancel(id)
}

func (a *actions) Detail(_ context.Context, id uuid.UUID) (Detail, error) {
	a.mu.Lock()
	detail := a.detail
	a.mu.Unlock()
	return detail(id)
}

func (a *actions) Download(ctx context.Context, path, _ string, p Progress) (string, error) {
	a.note("download " + path)
	if a.slow != nil {
		return a.slow(ctx, p)
	}
	return a.save(path)
}

func (a *actions) Table(_ context.Context, r feeds.Results, how dataset.How, _ shell.Progress) (datatable.Table, error) {
	a.note("table" + []string{"", " anyway", " anew"}[how])
	if a.died && how == dataset.Ask {
		return nil, &dataset.DiedError{}
	}
	return a.table(r)
}

func (a *actions) TableInPlace(ctx context.Context, r feeds.Results, how dataset.How, p shell.Progress) (datatable.Table, error) {
	if a.near == nil || a.here {
		return a.Table(ctx, r, how, p)
	}
	a.note("table in place")
	return a.near(r)
}

func (a *actions) Before(_ context.Context, r feeds.Results) (results.Before, error) {
	return a.before(r)
}

func (a *actions) RowsHere(context.Context, feeds.Results) (bool, int64) { return a.here, 38_000_000 }

func (a *actions) ExportCSV(_ context.Context, _ feeds.Results, view datatable.View, columns []int, _ shell.Progress) (string, error) {
	a.note(fmt.Sprintf("csv of %d rows, %d columns", view.Rows(), len(columns)))
	return "/home/ana/Downloads/rows.csv", nil
}

func (a *actions) ExportExcel(_ context.Context, r feeds.Results, view datatable.View, columns []int, of results.Population, _ shell.Progress) (string, error) {
	a.note(fmt.Sprintf("excel of %d rows, by %q", view.Rows(), of.Filter))
	if len(of.Part) > 0 {
		a.note(fmt.Sprintf("of the part %q, revenue %.2f", of.Part, r.KPIs.TotalRevenue))
	}
	return a.export(view, columns)
}

func (a *actions) SavePicture(_ context.Context, title string, p image.Image) (string, error) {
	a.note(fmt.Sprintf("picture %s %dx%d", title, p.Bounds().Dx(), p.Bounds().Dy()))
	return "/home/ana/Downloads/" + title + ".png", nil
}

func (a *actions) CopyPicture(_ context.Context, p image.Image) error {
	a.note("copy picture")
	return nil
}

func (a *actions) RunPreview(_ context.Context, now *contract.KPIs, profile *contract.ImportProfile) (comparison.Replacement, error) {
	a.note("run preview")
	if a.replaces == nil {
		return comparison.Replacement{Nothing: true}, nil
	}
	return a.replaces(now, profile)
}

func (a *actions) RunAgainPreview(context.Context, uuid.UUID) (comparison.Replacement, error) {
	return a.RunPreview(context.Background(), kpis(), nil)
}

func (a *actions) Evidence(_ context.Context, id uuid.UUID, p shell.Progress) (string, error) {
	a.note("evidence " + id.String())
	return "/home/ana/Downloads/run.zip", nil
}

func (a *actions) Refresh()  { a.note("refresh") }
func (a *actions) MoreRuns() { a.note("more") }
func (a *actions) Sentence(err error) string {
	first, size := utf8.DecodeRuneInString(err.Error())
	return string(unicode.ToUpper(first)) + strings.TrimSuffix(err.Error()[size:], ".") + "."
}

func kpis() *contract.KPIs {
	return &contract.KPIs{
		SchemaVersion: 1, SourceFile: "sales.xlsx", TotalRevenue: 12412345.67, Orders: 50000, AOV: new(248.25),
		RevenueByChannel: []contract.Share{{Key: "Store", Revenue: 3e6}, {Key: "Web", Revenue: 9e6}},
		TimeSeries:       contract.TimeSeries{Granularity: "daily", Points: []contract.Point{{Period: "2025-01-01", Revenue: 10, Orders: 1}, {Period: "2025-01-02", Revenue: 30, Orders: 2}}},
		Conversion: &contract.Conversion{
			Definition: contract.ConvertingPerTotal, RateConvertingVisitorsPerTotalVisitors: new(0.034356), ConvertingVisitors: new(int64(49080)), TotalVisitors: 1428571,
		},
	}
}

func analysis(name string, failed *contract.Check) Analysis {
	p := &contract.ImportProfile{
		Complete: true, RowCount: 50046, ColumnCount: 2, File: contract.File{Name: name, SizeBytes: 4_617_000, SHA256: strings.Repeat("5a", 32)},
		Columns: []contract.Column{
			{Name: "Order ID", NormalizedName: "order_id", Type: "text", DistinctCount: 50000, Min: "O-1", Max: "O-9"},
			{Name: "Revenue", NormalizedName: "revenue", Type: "decimal", NullShare: 0.00002, DistinctCount: 31204, Min: 0.99, Max: 12400.0},
		},
		DateRange:  &contract.DateRange{Column: "order_date", Min: "2025-01-01", Max: "2025-12-31"},
		Validation: contract.Validation{Status: "passed", Checks: []contract.Check{{ID: "rows_present", Passed: true, Message: "The file has rows."}}},
		SampleRows: [][]any{{"O-1", 12.5}, {"O-2", nil}},
	}
	if failed == nil {
		return Analysis{Result: analyzing.Result{Profile: p, KPIs: kpis()}}
	}
	p.Validation.Checks = append(p.Validation.Checks, *failed)
	return Analysis{Result: analyzing.Result{Profile: p, KPIError: &figures.ValidationError{Check: failed.ID, Message: failed.Message}}}
}

func runOf(by string, s runs.Status) runs.Run {
	started := now.Add(-3 * time.Minute)
	r := runs.Run{
		ID: uuid.NewSHA1(uuid.Nil, []byte(by+string(s))), CreatedAt: now.Add(-200 * time.Second), StartedAt: &started, TriggeredBy: by,
		InputFile: "sales.xlsx", JobID: "b1f0", Status: s, StatusUpdatedAt: now,
	}
	if s.Terminal() {
		end := started.Add(134 * time.Second)
		r.FinishedAt = &end
	}
	if s == runs.Succeeded {
		r.KPIs, _ = json.Marshal(contracttest.WholeKPIs(*kpis()))
	}
	return r
}
