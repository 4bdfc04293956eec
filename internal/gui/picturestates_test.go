package gui

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"

	"fabricportal/internal/gui/datatable"
	"fabricportal/internal/gui/probe"
	"fabricportal/internal/gui/results"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/feeds"
	analyzing "fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/importfile/verdict"
	"fabricportal/internal/services/results/comparison"
	"fabricportal/internal/services/results/dataset"
	"fabricportal/internal/services/runs"
)

// told are a run's events, the newest first.
func told(r runs.Run) []runs.Event {
	var out []runs.Event
	for i, m := range []string{ // as they are stored
		`Fabric says that the job runs (asked by ana@PC-12) [job_running me="ana@PC-12" job="b1f0"]`, `ana@PC-12 is sending the start request to Fabric [sending me="ana@PC-12"]`,
		`Input file sales.xlsx: 4.6 MB [input file="sales.xlsx" size=4617000B]`, `ana asked for it on ana@PC-12 [asked who="ana" me="ana@PC-12"]`,
	} {
		out = append(out, runs.Event{ID: archived(100 + i), RunID: r.ID, Time: now.Add(-time.Duration(i*40) * time.Second), Type: runs.Log, Message: m})
	}
	return out
}

func showMonitor(b *bench, phase runs.Phase) {
	b.held(phase)
	b.click("tab.monitor")
	r := runOf("ben", runs.Running)
	r.CreatedAt = now.Add(-192 * time.Second)
	r.StartedAt = new(now.Add(-170 * time.Second))
	b.monitor.Publish(feeds.Monitor{
		Loaded: true, Run: &r, Phase: phase, Events: told(r), AsOf: now, JobPage: pipelines.Page{URL: "https://app.fabric.microsoft.com/x", Own: true},
		Expected: &feeds.Expected{From: 2 * time.Minute, To: 4 * time.Minute, LeftFrom: 20 * time.Second, LeftTo: 50 * time.Second, Samples: 12},
		Activities: []pipelines.ActivityRun{
			{ID: "1", Name: "sales_ingest", Type: "TridentNotebook", Status: "Succeeded", Start: new(now.Add(-170 * time.Second)), End: new(now.Add(-60 * time.Second)), Duration: 110 * time.Second},
			{ID: "2", Name: "publish", Type: "TridentNotebook", Status: "InProgress", Start: new(now.Add(-60 * time.Second))},
		},
	})
}

func showProfile(b *bench, page string) {
	b.a.analyze = func(_ context.Context, name string, _ Progress) (Analysis, error) { return profiled(name), nil }
	b.free()
	b.importFiles("sales_orders_fact.xlsx", "sales_november.xlsx")
	b.click("import.file.0")
	b.untilSays("046")
	b.click(page)
}

// showGerman opens a file whose headers are German, which nobody has looked at yet.
func showGerman(b *bench) {
	b.a.open = readFile(b.t, "umsatz_dezember.csv", german())
	b.free()
	b.importFiles("umsatz_dezember.csv", "sales_november.xlsx")
	b.click("import.file.0")
	b.untilSays("Bestellnr")
}

// showAnswered is that file with its questions answered.
func showAnswered(b *bench) {
	showGerman(b)
	b.click("import.answer.columns.0")
	b.untilSays("× 1.234")
	b.click("import.answer.decimal_mark.1")
	b.until("all is answered", func(probe.View) bool { return b.enabled("import.run") })
}

// showRows is the rows of a real file, of which some cells are amiss.
func showRows(b *bench) {
	b.realFile(ordersFile(b.t, 12_000))
	b.chooseFile()
	b.click("import.rows")
	b.until("all rows are here", func(v probe.View) bool { return saysCount(v, 12_000) })
	b.until("the findings", func(probe.View) bool { return b.offers("import.walk.choose") })
}

// showRowsWalked shows the third cell of a finding.
func showRowsWalked(b *bench) {
	showRows(b)
	b.w.importing.ShowFinding(verdict.Key{Kind: verdict.Check, Column: "revenue", Code: "revenue_valid"})
	b.until("a cell", func(probe.View) bool { return b.offers("import.walk.only") })
	b.click("import.walk.next")
	b.click("import.walk.next")
	b.untilSays("1413 · revenue: ")
}

// saysCount tells whether a number stands somewhere, whatever stands between its groups of digits.
func saysCount(v probe.View, n int) bool {
	return slices.ContainsFunc(v.Texts, func(text string) bool {
		return strings.Contains(strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' || unicode.IsLetter(r) {
				return r
			}
			return -1
		}, text), strconv.Itoa(n))
	})
}

// showRowsComing is the rows of a file that is still being read.
func showRowsComing(b *bench) {
	b.realFile(ordersFile(b.t, 12_000))
	all := b.a.rows
	b.a.rows = func(ctx context.Context, path string, o analyzing.Options, how dataset.FileReading) (*dataset.FileRows, error) {
		tell, shown := o.Progress, false
		o.Progress = func(p analyzing.Progress) {
			if tell(p); p.Rows > 5000 && !shown {
				shown = true
				tell(p)
				<-ctx.Done()
			}
		}
		return all(ctx, path, o, how)
	}
	b.chooseFile()
	b.click("import.rows")
	b.until("some rows are here", func(v probe.View) bool {
		return b.offers("import.rows.cancel") && (saysCount(v, 12_000))
	})
}

func showResults(b *bench) {
	b.free()
	b.click("tab.results")
	r := runOf("ana", runs.Succeeded)
	columns, rows := salesRows(200)
	before := year()
	before.TotalRevenue, before.Orders, before.AOV = 6_421_000, 50_400, new(127.40)
	b.a.before = func(feeds.Results) (results.Before, error) {
		return results.Before{Run: &r, KPIs: before, NewerFailed: new(runOf("ben", runs.Failed))}, nil
	}
	b.a.table = func(feeds.Results) (datatable.Table, error) { return madeRows(1_000_000), nil }
	b.results.Publish(feeds.Results{
		Loaded: true, KPIs: year(), Run: &r, Source: artifacts.CurrentFolder, AsOf: now,
		Preview: feeds.Preview{Columns: columns, Rows: rows, Total: 50_000},
	})
}

func archived(i int) uuid.UUID { return uuid.NewSHA1(uuid.Nil, []byte{byte(i)}) }

func showArchive(b *bench) {
	b.free()
	var list []runs.Run
	for i, who := range []string{"ana", "ben", "cleo", "ana", "ben", "ana", "dora", "ana", "ben", "cleo"} {
		status := runs.Succeeded
		if i%4 == 2 {
			status = runs.Failed
		}
		r := runOf(who, status)
		r.ID = archived(i)
		r.CreatedAt = now.Add(-time.Duration(i) * 26 * time.Hour)
		r.InputFile = []string{"sales_orders_fact.xlsx", "sales_november.xlsx"}[i%2]
		list = append(list, r)
	}
	change := func(before, after float64) comparison.Change {
		c := comparison.Change{Before: &before, After: &after, Absolute: new(after - before)}
		if before != 0 {
			c.Relative = new(after/before - 1)
		}
		return c
	}
	figures := []comparison.Figure{
		{Name: comparison.TotalRevenue, Change: change(6_421_000, 6_699_399.27)}, {Name: comparison.Orders, Change: change(50_400, 50_000)},
		{Name: comparison.AOV, Change: change(127.40, 133.99)}, {Name: comparison.Conversion, Change: change(0.0344, 0.0344)},
	}
	files := []comparison.FileChange{
		{Name: "kpis.json", State: comparison.Changed, ByHash: true, Before: &comparison.FileInfo{Size: new(int64(12_400))}, After: &comparison.FileInfo{Size: new(int64(13_100))}},
		{Name: "sales_cleaned.parquet", State: comparison.Changed, ByHash: true, Before: &comparison.FileInfo{Size: new(int64(1_412_400))}, After: &comparison.FileInfo{Size: new(int64(1_513_100))}},
		{Name: "run_metadata.json", State: comparison.Same, ByHash: true, Before: &comparison.FileInfo{Size: new(int64(2_400))}, After: &comparison.FileInfo{Size: new(int64(2_400))}},
	}
	k := comparison.KPIChange{Figures: figures, Channels: []comparison.ShareChange{{Key: "Web", Revenue: change(3e6, 3.1e6)}, {Key: "Store", Revenue: change(2.3e6, 2.2e6)}}}
	b.a.preview = comparison.Preview{KPIs: k, Files: files, CanRun: true}
	b.a.compare = comparison.Comparison{KPIs: k, Artifacts: files, Duration: change(134, 151), Schema: comparison.SchemaChange{Known: true, Rows: change(50_100, 50_046), Written: change(50_000, 49_990)}}
	b.a.detail = func(id uuid.UUID) (Detail, error) {
		for _, r := range list {
			if r.ID == id {
				return Detail{Run: r, Artifacts: runs.Artifacts{Rows: []runs.Artifact{{ID: uuid.New(), Path: "Files/results/runs/x/kpis.json", Type: "json", Size: new(int64(12_400))}}}}, nil
			}
		}
		return Detail{}, nil
	}
	b.archive.Publish(feeds.Archive{Loaded: true, More: true, Runs: list})
	b.click("tab.archive")
	b.click("archive.run.1")
	b.drain()
}
