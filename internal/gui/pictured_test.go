package gui

import (
	"time"

	"github.com/google/uuid"

	"fabricportal/contract"
	"fabricportal/internal/services/artifacts"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/runs"
)

// pictures are the screens in their states.
func pictures() []picture {
	return []picture{
		{"import-empty", func(b *bench) { b.free(); b.importFiles() }},
		{"import-overview", func(b *bench) {
			b.free()
			b.importFiles("sales_orders_fact.xlsx", "sales_november.xlsx", "returns.csv")
			b.click("import.file.0")
			b.untilSays("046")
		}},
		{"import-busy", func(b *bench) {
			b.importFiles("sales_orders_fact.xlsx")
			b.click("import.file.0")
			b.held(runs.Phase{Kind: runs.PhaseRunning, Sentence: "Fabric is running it."})
		}},
		{"results-empty", func(b *bench) {
			b.free()
			b.click("tab.results")
			b.results.Publish(feeds.Results{Loaded: true, Empty: true})
		}},
		{"results-figures", func(b *bench) { showResults(b) }},
		{"results-data", func(b *bench) {
			showResults(b)
			b.click("results.data")
		}},
		{"archive", func(b *bench) { showArchive(b) }},
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
	}
}

func showResults(b *bench) {
	b.free()
	b.click("tab.results")
	r := runOf("ana", runs.Succeeded)
	columns, rows := salesRows(200)
	b.results.Publish(feeds.Results{
		Loaded: true, KPIs: year(), Run: &r, Source: artifacts.CurrentFolder, AsOf: now,
		Preview: feeds.Preview{Columns: columns, Rows: rows, Total: 50_000},
	})
}

func showArchive(b *bench) {
	b.free()
	var list []runs.Run
	for i, who := range []string{"ana", "ben", "cleo", "ana", "ben", "ana", "dora", "ana", "ben", "cleo"} {
		status := runs.Succeeded
		if i%4 == 2 {
			status = runs.Failed
		}
		r := runOf(who, status)
		r.ID = uuid.NewSHA1(uuid.Nil, []byte{byte(i)})
		r.CreatedAt = now.Add(-time.Duration(i) * 26 * time.Hour)
		r.InputFile = []string{"sales_orders_fact.xlsx", "sales_november.xlsx"}[i%2]
		list = append(list, r)
	}
	b.a.detail = func(id uuid.UUID) (Detail, error) {
		for _, r := range list {
			if r.ID == id {
				return Detail{Run: r, Artifacts: []runs.Artifact{{ID: uuid.New(), Path: "Files/results/runs/x/kpis.json", Type: "json", Size: ptr(int64(12_400))}}}, nil
			}
		}
		return Detail{}, nil
	}
	b.archive.Publish(feeds.Archive{Loaded: true, More: true, Runs: list})
	b.click("tab.archive")
	b.click("archive.run.1")
	b.drain()
}

var _ = contract.KPIs{}
