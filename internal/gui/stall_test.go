package gui

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"fabricportal/contract"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/runs"
)

// manyKeys are figures at the limits of a document.
func manyKeys(n int) *contract.KPIs {
	k := kpis()
	k.TimeSeries.Points, k.RevenueByProductCategory = nil, nil
	for day := range min(n, 20_000) {
		k.TimeSeries.Points = append(k.TimeSeries.Points, contract.Point{Period: time.Unix(0, 0).UTC().AddDate(0, 0, day).Format(time.DateOnly), Revenue: float64(day % 977), Orders: 3})
	}
	for i := range n {
		k.RevenueByProductCategory = append(k.RevenueByProductCategory, contract.Share{Key: fmt.Sprintf("%s %d", strings.Repeat("C", 130), i), Revenue: float64(i), Orders: 1})
	}
	return k
}

// manyColumns is a file of as many columns as there may be.
func manyColumns(n int) Analysis {
	a := profiled("sales.xlsx")
	p := a.Profile
	one := p.Columns[2]
	p.Columns, p.SampleRows, p.ColumnCount, p.Reading = nil, make([][]any, 20), n, &contract.Reading{}
	for i := range n {
		one.Name = fmt.Sprintf("column %d %s", i, strings.Repeat("x", 200))
		one.NormalizedName = strings.ReplaceAll(one.Name, " ", "_")
		p.Columns = append(p.Columns, one)
		for row := range p.SampleRows {
			p.SampleRows[row] = append(p.SampleRows[row], float64(i))
		}
	}
	return a
}

// manyEvents are events of 2,000 unbroken characters.
func manyEvents(n int) []runs.Event {
	out := make([]runs.Event, n)
	for i := range out {
		out[i] = runs.Event{ID: uuid.New(), Time: now.Add(-time.Duration(i) * time.Second), Type: runs.Log, Message: strings.Repeat(string(rune('A'+i%26)), 2000)}
	}
	return out
}

// BenchmarkStall is for how long the window's goroutine draws one snapshot at the limits of what others can put in front of
// it. The real window is measured by cmd/bench-window -part hostile.
func BenchmarkStall(b *testing.B) {
	keys, figures := manyKeys(80_000), manyKeys(500)
	document, _ := json.Marshal(figures)
	var list []runs.Run
	for i := range 1000 {
		r := runOf("ana", runs.Succeeded)
		r.ID, r.KPIs, r.InputFile, r.ErrorMessage = uuid.New(), document, strings.Repeat("W", 400), strings.Repeat("E", 2000)
		r.CreatedAt = now.Add(-time.Duration(i) * time.Hour)
		list = append(list, r)
	}
	for _, c := range []struct {
		name, tab string
		publish   func(b *bench)
	}{
		{"results", "tab.results", func(b *bench) { b.results.Publish(feeds.Results{Loaded: true, KPIs: keys, AsOf: now}) }},
		{"archive", "tab.archive", func(b *bench) { b.archive.Publish(feeds.Archive{Loaded: true, Runs: list}); b.untilSays("1,000 runs") }},
		{"monitor", "tab.monitor", func(b *bench) {
			b.monitor.Publish(feeds.Monitor{Loaded: true, Run: &list[0], Events: manyEvents(10_000), AsOf: now})
		}},
		{"profile of 2,000 columns", "tab.import", func(b *bench) {
			b.a.analyze = func(context.Context, string, Progress) (Analysis, error) { return manyColumns(2_000), nil }
			b.importFiles("sales.xlsx")
			b.click("import.file.0")
			b.untilSays("2,000 columns")
			for _, page := range []string{"columns", "rows", "checks", "reading"} {
				b.click("import." + page)
				b.look()
			}
		}},
		{"error of 1 MB", "tab.monitor", func(b *bench) {
			r := list[0]
			r.Status, r.ErrorMessage = runs.Failed, strings.Repeat("W", 1<<20)
			b.monitor.Publish(feeds.Monitor{Loaded: true, Run: &r, AsOf: now})
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			worst := time.Duration(0)
			for b.Loop() {
				w := newBench(b)
				w.click(c.tab)
				w.stalls = &worst
				c.publish(w)
				w.look()
			}
			b.ReportMetric(float64(worst.Milliseconds()), "longest-ms")
		})
	}
}
