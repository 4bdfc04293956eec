package gui

import (
	"fmt"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"fabricportal/contract"
	"fabricportal/internal/gui/probe"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/results/comparison"
	"fabricportal/internal/services/runs"
)

// salesFile is a file of orders as the shop writes it: 200 rows, of which those named are as they are given.
func salesFile(rows map[int]string) string {
	var b strings.Builder
	b.WriteString("order_id,order_date,channel,region,product_category,quantity,unit_price,discount,rating,revenue\n")
	for i := range 200 {
		if row, ok := rows[i]; ok {
			b.WriteString(row + "\n")
			continue
		}
		price := 40 + i%60
		fmt.Fprintf(&b, "SO-2026-%05d,%s,%s,%s,%s,2,%d,0,%d,%d\n", i+1, time.Date(2026, 10, 1+i%31, 0, 0, 0, 0, time.UTC).Format(time.DateOnly),
			[]string{"Web", "Store", "Phone"}[i%3], []string{"North", "South", "West"}[i%3], []string{"Toys", "Books"}[i%2], price, 1+i%5, 2*price)
	}
	return b.String()
}

// goodFile has nothing against it; yesBut loses money, and noFile has no amounts at all.
func goodFile() string { return salesFile(nil) }

func yesBut() string {
	return salesFile(map[int]string{
		7:  "SO-2026-00008,2026-10-08,Web,North,Toys,2,45,0,3,about 90",
		20: "SO-2026-00020,2026-10-20,Web,North,Toys,2,55,0,4,110",
		31: "SO-2026-00032,soon,Store,South,Books,2,71,0,9,142",
		90: "SO-2026-00091,2026-10-29,Store,South,Books,2,70,0,9,141",
	})
}

func noFile() string { return strings.ReplaceAll(goodFile(), ",revenue\n", ",old_price\n") }

func showVerdict(b *bench, name, content string, o contract.ReadOptions) {
	read := readFile(b.t, name, content)
	b.a.open = func(given contract.ReadOptions, recall bool) (Analysis, error) { return read(o.Merged(given), recall) }
	b.a.replaces = func(k *contract.KPIs, p *contract.ImportProfile) (comparison.Replacement, error) {
		before := *k
		before.TotalRevenue, before.Orders, before.AOV = k.TotalRevenue*1.04, k.Orders-12, new(101.5)
		return comparison.PreviewRun(comparison.Current{KPIs: &before, Profile: p}, k, p), nil
	}
	b.free()
	b.importFiles(name, "sales_september.csv")
	b.click("import.file.0")
	b.until("the verdict", func(probe.View) bool { return b.offers("import.checks") })
	b.look()
}

// asDecided is how the files of verdicts are read, which nobody has to be asked for any more.
func asDecided() contract.ReadOptions {
	return contract.ReadOptions{SchemaVersion: contract.ReadOptionsVersion, RowIs: contract.RowIsOrder, AcceptMissing: true}
}

// verdicts are the answers that Overview gives.
func verdicts() []picture {
	return []picture{
		{"verdict-yes", func(b *bench) { showVerdict(b, "sales_october.csv", goodFile(), contract.ReadOptions{}) }},
		{"verdict-yes-but", func(b *bench) { showVerdict(b, "sales_october.csv", yesBut(), asDecided()) }},
		{"verdict-no", func(b *bench) { showVerdict(b, "sales_october.csv", noFile(), contract.ReadOptions{}) }},
		{"verdict-empty", func(b *bench) {
			showVerdict(b, "sales_october.csv", "order_id,order_date,channel,region,product_category,revenue\n", contract.ReadOptions{})
		}},
		{"verdict-details", func(b *bench) {
			showVerdict(b, "sales_october.csv", goodFile(), contract.ReadOptions{})
			b.click("import.details")
		}},
		{"verdict-checks", func(b *bench) {
			showVerdict(b, "sales_october.csv", yesBut(), asDecided())
			b.click("import.checks")
			b.click("import.check.0")
		}},
		{"verdict-mend", func(b *bench) { showVerdict(b, "sales_october.csv", yesBut(), asDecided()); b.click("import.mend.0") }},
		{"verdict-confirm", func(b *bench) { showVerdict(b, "sales_october.csv", yesBut(), asDecided()); b.click("import.run") }},
		{"verdict-confirm-no", func(b *bench) {
			showVerdict(b, "sales_october.csv", noFile(), contract.ReadOptions{})
			b.click("import.run")
		}},
	}
}

// monitored are the states of a run.
func monitored() []picture {
	return []picture{
		{"monitor-restore-card", func(b *bench) {
			b.w.shell.Restores = func(runs.Run) bool { return true }
			showMonitor(b, runs.Phase{Kind: runs.PhaseRunning, Sentence: "Fabric says it is in progress."})
			b.click("header.lock")
			b.clickDialog("header.lock.details")
		}},
		{"monitor-event", func(b *bench) {
			showMonitor(b, runs.Phase{Kind: runs.PhaseRunning, Sentence: "Fabric says it is in progress."})
			b.w.shell.Dialogs.CloseCards()
			x, y := eventAt(b.t, b, "")
			test.TapCanvas(b.w.win.Canvas(), fyne.NewPos(x, y))
		}},
		{"monitor-details", func(b *bench) {
			showMonitor(b, runs.Phase{Kind: runs.PhaseRunning, Sentence: "Fabric says it is in progress."})
			b.click("monitor.details")
		}},
		{"monitor-running", func(b *bench) {
			showMonitor(b, runs.Phase{Kind: runs.PhaseRunning, Sentence: "Fabric says it is in progress."})
		}},
		{"monitor-checking", func(b *bench) {
			showMonitor(b, runs.Phase{Kind: runs.PhaseChecking, Until: now.Add(9 * time.Minute), Sentence: "The answer to the start request was lost. Fabric's list of jobs is being watched."})
		}},
		{"monitor-decide", func(b *bench) {
			needs(b)
			b.click("monitor.decide")
			b.untilSays("job-a")
		}},
		{"monitor-failed", func(b *bench) {
			b.free()
			b.click("tab.monitor")
			r := runOf("ana", runs.Failed)
			r.ErrorMessage = "The required column revenue is missing."
			b.monitor.Publish(feeds.Monitor{Loaded: true, Run: &r, Events: told(r), AsOf: now})
		}},
		{"monitor-succeeded", func(b *bench) {
			b.free()
			b.click("tab.monitor")
			r := runOf("ana", runs.Succeeded)
			b.monitor.Publish(feeds.Monitor{Loaded: true, Run: &r, Events: told(r), AsOf: now})
			b.until("the figures", func(v probe.View) bool { return says(v, "12.4 M") || says(v, "12,4") })
		}},
		{"monitor-cancelled", func(b *bench) {
			b.free()
			b.click("tab.monitor")
			r := runOf("ana", runs.Failed)
			r.ErrorMessage = "cancelled in Fabric, as ana asked"
			b.monitor.Publish(feeds.Monitor{Loaded: true, Run: &r, Events: told(r), AsOf: now})
		}},
	}
}
