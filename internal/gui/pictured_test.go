package gui

import (
	"context"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"fabricportal/contract"
	"fabricportal/internal/gui/archive"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/probe"
	"fabricportal/internal/gui/results"
	"fabricportal/internal/services/desktop/shapes"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/results/comparison"
	"fabricportal/internal/services/runs"
)

// pictures are the screens in their states.
func pictures() []picture {
	return append(slices.Concat(verdicts(), monitored(), startPictures(), uploadPictures()), []picture{
		{"plaintext", func(b *bench) {
			showResults(b)
			b.until("the figures", func(v probe.View) bool { return saysCount(v, 50_000) })
			b.w.showPlainText()
		}},
		{"about", func(b *bench) { b.free(); b.w.showAbout() }},
		{"import-empty", func(b *bench) { b.free(); b.importFiles() }},
		{"import-overview", func(b *bench) {
			b.free()
			b.importFiles("sales_orders_fact.xlsx", "sales_november.xlsx", "returns.csv")
			b.click("import.file.0")
			b.untilSays("046")
		}},
		{"import-overview-warnings", func(b *bench) { showProfile(b, "import.overview") }},
		{"import-reading", func(b *bench) {
			a := profiled("sales_orders_fact.xlsx")
			b.a.seen = a.Preview
			b.a.analyze = func(ctx context.Context, _ string, p Progress) (Analysis, error) {
				p(2_400_000, 4_617_000)
				<-ctx.Done()
				return Analysis{}, ctx.Err()
			}
			b.free()
			b.importFiles("sales_orders_fact.xlsx")
			b.click("import.file.0")
			b.untilSays("O-000003")
			b.untilSays("2")
		}},
		{"import-question-columns", func(b *bench) { showGerman(b) }},
		{"import-question", func(b *bench) {
			showGerman(b)
			b.click("import.answer.columns.0")
			b.untilSays("× 1.234")
		}},
		{"import-how", func(b *bench) { showAnswered(b); b.click("import.reading") }},
		{"import-missing", func(b *bench) { showAnswered(b); b.click("import.kpis") }},
		{"import-missing-confirm", func(b *bench) { showAnswered(b); b.click("import.run") }},
		{"import-recalled", func(b *bench) {
			read := readFile(b.t, "umsatz_januar.csv", german())
			before := shapes.Record{By: "ben", At: now.Add(-50 * time.Hour), Options: *lacking().ReadOptions}
			b.a.open = func(o contract.ReadOptions, _ bool) (Analysis, error) {
				a, err := read(before.Options.Merged(o), true)
				a.Recalled.Record, a.Recalled.Given = &before, before.Options
				return a, err
			}
			b.free()
			b.importFiles("umsatz_januar.csv")
			b.click("import.file.0")
			b.untilSays("ben")
			b.click("import.reading")
		}},
		{"results-missing", func(b *bench) {
			showResults(b)
			r, _ := b.results.Latest()
			r.KPIs = lacking()
			b.results.Publish(r)
			b.drain()
		}},
		{"archive-missing", func(b *bench) { showLacking(b) }},
		{"archive-again", func(b *bench) { showLacking(b); b.askAgain() }},
		{"import-columns", func(b *bench) { showProfile(b, "import.columns"); b.click("import.column.2"); b.untilSays("H17") }},
		{"import-head", func(b *bench) { showHead(b) }},
		{"import-rows", func(b *bench) { showRows(b) }},
		{"import-rows-walk", func(b *bench) { showRowsWalked(b) }},
		{"import-rows-choose", func(b *bench) { showRows(b); b.click("import.walk.choose") }},
		{"import-rows-reading", func(b *bench) { showRowsComing(b) }},
		{"import-checks", func(b *bench) { showProfile(b, "import.checks") }},
		{"import-drift", func(b *bench) { showProfile(b, "import.drift") }},
		{"import-kpis", func(b *bench) { showProfile(b, "import.kpis") }},
		{"import-confirm", func(b *bench) { showProfile(b, "import.overview"); b.click("import.run") }},
		{"import-confirm-shrinking", func(b *bench) {
			published := year()
			published.TotalRevenue *= 12
			b.a.replaces = func(k *contract.KPIs, p *contract.ImportProfile) (comparison.Replacement, error) {
				month := *k
				month.TimeSeries.Points = month.TimeSeries.Points[max(0, len(month.TimeSeries.Points)-31):]
				return comparison.PreviewRun(comparison.Current{KPIs: published, Profile: &contract.ImportProfile{RowCount: 601_000}}, &month, p), nil
			}
			showProfile(b, "import.overview")
			b.click("import.run")
			b.until("the changes", func(probe.View) bool { return b.offers("dialog.tick") })
		}},
		{"results-open-month", func(b *bench) {
			showResults(b)
			r, _ := b.results.Latest()
			k := year()
			k.TimeSeries.Points = k.TimeSeries.Points[:269] // to 26 September
			b.a.before = func(feeds.Results) (results.Before, error) { return results.Before{}, nil }
			k.RunID = new(archived(3).String())
			r.KPIs, r.Run = k, new(runOf("ben", runs.Succeeded))
			b.results.Publish(r)
			b.click("results.line.month")
			b.untilSays("1–26")
		}},
		{"results-part", func(b *bench) { showPart(b) }},
		{"results-part-data", func(b *bench) {
			showPart(b)
			b.click("results.data")
			b.until("the rows", func(v probe.View) bool { return says(v, "352") })
		}},
		{"results-figure", func(b *bench) { showPart(b); b.click("results.figure.revenue"); b.look() }},
		{"results-export", func(b *bench) {
			showResults(b)
			b.click("results.data")
			b.until("the rows", func(v probe.View) bool { return saysNumber(v, "1000000") })
			b.typeInto("results.table.search", "Web")
			b.until("the filtered rows", func(v probe.View) bool { return saysNumber(v, "250000") })
			b.w.win.Resize(b.size.AddWidthHeight(1, 1)) // finding the entry has laid out all for itself
			b.w.win.Resize(b.size)
			b.click("results.excel")
		}},
		{"import-busy", func(b *bench) {
			b.importFiles("sales_orders_fact.xlsx")
			b.click("import.file.0")
			b.held(runs.Phase{Kind: runs.PhaseRunning, Sentence: "Fabric is running it."})
		}},
		{"import-remembered", func(b *bench) {
			p := profiled("sales_orders_fact.xlsx").Profile
			p.GeneratedAt = contract.NewTime(now.Add(-26 * time.Hour))
			b.a.profiled = map[string]*contract.ImportProfile{"sales_orders_fact.xlsx": p}
			b.free()
			b.importFiles("sales_orders_fact.xlsx", "sales_november.xlsx")
			b.click("import.file.0")
			b.untilSays("046")
		}},
		{"import-folder", func(b *bench) {
			folder := artifacts.File{Name: "orders_2026", Path: artifacts.ImportFolder + "/orders_2026", Folder: true, Files: 12, Size: 3_400_000_000, Modified: now.Add(-time.Hour), ETag: "1"}
			b.a.analyze = func(context.Context, string, Progress) (Analysis, error) {
				return Analysis{}, &artifacts.FolderError{Folder: folder}
			}
			b.free()
			b.files.Publish(feeds.Import{Loaded: true, AsOf: now, Files: []artifacts.File{folder, {Name: "sales.xlsx", Path: artifacts.ImportFolder + "/sales.xlsx", Size: 4_617_000, Modified: now.Add(-5 * time.Hour), ETag: "1"}}})
			b.click("import.file.0")
			b.untilSays("12")
		}},
		{"monitor-chosen", func(b *bench) {
			showMonitor(b, runs.Phase{Kind: runs.PhaseRunning, Sentence: "Fabric says it is in progress."})
			m, _ := b.monitor.Latest()
			at := func(seconds int) *time.Time { return new(now.Add(time.Duration(seconds-170) * time.Second)) }
			step := func(name, kind, status string, from, to int) pipelines.ActivityRun {
				a := pipelines.ActivityRun{ID: name, Name: name, Type: kind, Status: status, Start: at(from)}
				if to > 0 {
					a.End = at(to)
				}
				return a
			}
			m.Activities = []pipelines.ActivityRun{
				step("look", "GetMetadata", "Succeeded", 0, 14), step("a_file", "Filter", "Succeeded", 14, 15), step("a_folder", "Filter", "Succeeded", 14, 15),
				step("weigh", "IfCondition", "Succeeded", 15, 31), step("by_kind", "SetVariable", "Skipped", 16, 16), step("size", "GetMetadata", "Succeeded", 16, 29),
				step("by_size", "SetVariable", "Succeeded", 29, 30), step("choose", "IfCondition", "InProgress", 31, 0), step("sales_ingest_spark", "TridentNotebook", "InProgress", 32, 0),
			}
			b.monitor.Publish(m)
		}},
		{"import-cleaning", func(b *bench) {
			b.a.analyze = func(_ context.Context, name string, _ Progress) (Analysis, error) {
				a, c := profiled(name), cleaned()
				a.Rows, a.Cleaning, a.Imported = c.Rows, c.Cleaning, c.Imported
				return a, nil
			}
			b.free()
			b.importFiles("sales_orders_fact.xlsx")
			b.click("import.file.0")
			b.untilSays("046")
			b.click("import.cleaning")
		}},
		{"hostile-import", func(b *bench) { showHostile(b, hostile); b.click("tab.import"); b.click("import.columns") }},
		{"hostile-monitor", func(b *bench) { showHostile(b, hostile+strings.Repeat("W", 1<<20)); b.click("tab.monitor") }},
		{"hostile-results", func(b *bench) { showHostile(b, hostile); b.click("tab.results") }},
		{"hostile-categories", func(b *bench) {
			showResults(b)
			b.results.Publish(feeds.Results{Loaded: true, KPIs: manyKeys(80_000), AsOf: now})
		}},
		{"hostile-archive", func(b *bench) {
			showHostile(b, hostile+strings.Repeat("W", 1<<20))
			b.click("tab.archive")
			b.click("archive.run.0")
			b.click("archive.events")
			b.untilSays("14:0")
		}},
		{"hostile-dialog", func(b *bench) {
			b.free()
			b.w.shell.Dialogs.Tell(hostile, hostile+strings.Repeat("W", 1<<20))
		}},
		{"crash", func(b *bench) {
			b.w.opts.Journal = &kept{crash: "portal-desktop 1.2.3\nfatal error: all goroutines are asleep"}
			b.w.journal.look()
			b.importFiles("sales_orders_fact.xlsx")
			b.free()
			b.until("the offer", func(v probe.View) bool { return b.offers("crash.show") })
		}},
		{"log", func(b *bench) {
			b.free()
			k := &kept{}
			for i := range 60 {
				k.lines = append(k.lines, now.Add(time.Duration(i)*time.Second).Format(time.RFC3339)+" level=WARN msg=\"shown in the window\" error=\"reading the files: the lakehouse does not answer\"")
			}
			b.w.opts.Journal = k
			b.w.journal.showLog()
			b.until("the log", func(v probe.View) bool { return b.offers("journal.copy") })
			b.click("journal.line.2")
		}},
		{"connections", func(b *bench) {
			b.w.opts.Desk = &desk{}
			showResults(b)
			b.click("header.connection")
			b.untilSays("Old")
		}},
		{"preferences", func(b *bench) {
			b.free()
			b.click("header.connection")
			b.clickDialog("connection.preferences")
		}},
		{"keys", func(b *bench) { b.free(); b.click("footer.keys") }},
		{"results-empty", func(b *bench) {
			b.free()
			b.click("tab.results")
			b.results.Publish(feeds.Results{Loaded: true, Empty: true})
		}},
		{"results-figures", func(b *bench) { showResults(b) }},
		{"results-large", func(b *bench) { // figures that need all the room that there is
			showResults(b)
			r, _ := b.results.Latest()
			k := year()
			k.TotalRevenue, k.Orders, k.AOV = 123_456_789_012.34, 123_456_789, new(1_000_123.45)
			r.KPIs = k
			b.results.Publish(r)
			b.drain()
		}},
		{"results-month", func(b *bench) { // one period has no line
			showResults(b)
			r, _ := b.results.Latest()
			k := year()
			k.TimeSeries = contract.TimeSeries{Granularity: "monthly", Points: []contract.Point{{Period: "2025-09", Revenue: 5e5, Orders: 4000}}}
			r.KPIs = k
			b.results.Publish(r)
			b.drain()
		}},
		{"commands", func(b *bench) { b.free(); b.shortcut(fyne.KeyK) }},
		{"ended", func(b *bench) {
			showResults(b)
			running, done := runOf("ana", runs.Running), runOf("ana", runs.Running)
			done.Status, done.ErrorMessage = runs.Failed, "The required column revenue is missing."
			b.monitor.Publish(feeds.Monitor{Loaded: true, Run: &running})
			b.drain()
			b.monitor.Publish(feeds.Monitor{Loaded: true, Run: &done})
			b.drain()
		}},
		{"results-distant", func(b *bench) {
			b.a.near = func(feeds.Results) (Table, error) { return far{20_000_000}, nil }
			showResults(b)
			b.click("results.data")
			b.untilSays("O-000001")
			b.typeInto("results.table.search", "Web")
			b.look()
		}},
		{"results-data", func(b *bench) {
			showResults(b)
			b.click("results.data")
			b.untilSays("1")
		}},
		{"archive", func(b *bench) { showArchive(b) }},
		{"archive-published", func(b *bench) { showPublished(b) }},
		{"archive-published-trend", func(b *bench) { showPublished(b); b.click("archive.trend") }},
		{"archive-note", func(b *bench) {
			showPublished(b)
			b.click("archive.note")
			b.named("archive.note.text").(*controls.Entry).SetText("Tom has sent store 14. The run of Tuesday has it, this one does not.")
		}},
		{"archive-filters", func(b *bench) {
			showArchive(b)
			a, _ := b.archive.Latest()
			b.a.find = func(archive.Filter, int) ([]runs.Run, bool, error) { return a.Runs[2:4], false, nil }
			b.click("archive.mine")
			for _, name := range []string{"Mine", "Tom's runs of October"} {
				b.click("archive.filters")
				b.clickDialog("archive.filters.save")
				b.named("archive.filters.name").(*controls.Entry).SetText(name)
				b.clickDialog("dialog.confirm")
				b.named("archive.text").(*controls.Entry).SetText("tom")
				b.named("archive.from").(*controls.Entry).SetText("2026-10-01")
				b.named("archive.to").(*controls.Entry).SetText("2026-10-31")
			}
			b.click("archive.filters")
		}},
		{"archive-trend", func(b *bench) { showArchive(b); b.click("archive.trend") }},
		{"archive-restore", func(b *bench) {
			showArchive(b)
			b.click("archive.restore")
			b.untilSays("kpis.json")
		}},
		{"archive-compare", func(b *bench) {
			showArchive(b)
			b.click("archive.actions")
			b.clickDialog("archive.compare")
			b.untilSays("Web")
		}},
		{"archive-compare-columns", func(b *bench) {
			showArchive(b)
			b.a.compare.Schema.Columns = comparedColumns()
			b.click("archive.actions")
			b.clickDialog("archive.compare")
			b.drain()
			b.clickDialog("compare.columns")
		}},
		{"results-odd", func(b *bench) { showOdd(b) }},
		{"results-odd-list", func(b *bench) { showOdd(b); b.click("results.line.odd") }},
		{"changed-asked", func(b *bench) {
			showResults(b)
			b.a.changed = twoRuns(b.t, new(int64(6_200_000)))
			b.click("results.changed")
			b.until("the question", func(probe.View) bool { return b.offers("changed.compare") })
		}},
		{"changed-groups", func(b *bench) { showChanged(b) }},
		{"changed-other", func(b *bench) { chooseOther(b) }},
		{"changed-added", func(b *bench) { showChanged(b); b.clickDialog("changed.added") }},
		{"changed-changed", func(b *bench) { showChanged(b); b.clickDialog("changed.changed") }},
		{"changed-notes", func(b *bench) { showChanged(b); b.clickDialog("changed.notes") }},
		{"archive-empty", func(b *bench) {
			b.free()
			b.click("tab.archive")
			b.archive.Publish(feeds.Archive{Loaded: true})
		}},
		{"offline", func(b *bench) {
			showResults(b)
			b.frame.Publish(feeds.Frame{
				LockKnown: true, AsOf: now.Add(-5 * time.Minute),
				Database: feeds.Reach{Known: true, Since: now.Add(-4 * time.Minute), Sentence: "The database does not answer: check the network."},
				Files:    feeds.Reach{Known: true, Since: now.Add(-4 * time.Minute), Sentence: "The lakehouse does not answer: check the network."},
			})
			r, _ := b.results.Latest()
			r.Sentence = "The lakehouse does not answer: check the network."
			b.results.Publish(r)
		}},
	}...)
}
