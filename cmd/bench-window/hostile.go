//go:build linux && !nowindow

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"fabricportal/contract"
	"fabricportal/contract/contracttest"
)

// How much others can put in front of the window: rows of the database with the longest texts, and documents at their limits.
const (
	hostileEvents     = 10_000
	hostileRuns       = 1_000
	hostileCategories = 80_000
	hostileColumns    = 2_000
)

// fill puts all of it into the database and the lakehouse.
func (s *stage) fill(ctx context.Context) error {
	figures, err := json.Marshal(manyCategories(500))
	if err != nil {
		return err
	}
	// Texts without a blank are those that take the most work to break.
	const runs = `insert into pipeline_runs select gen_random_uuid(), now() - n * interval '1 hour', now() - n * interval '1 hour', now() - n * interval '1 hour' + interval '3 minutes',
		repeat('W', 400), repeat('sales-', 70) || n || '.xlsx', '', '', '', 'job-' || n, case when n %% 7 = 0 then 'FAILED' else 'SUCCEEDED' end, now(), repeat('E', 100000), '%s', repeat('v', 2000), repeat('v', 2000)
		from generate_series(1, %d) n`
	const events = `insert into run_events select gen_random_uuid(), (select run_id from pipeline_runs order by created_at desc limit 1), now() - n * interval '1 second', 'LOG', repeat(chr(65 + n %% 26), 2000)
		from generate_series(1, %d) n`
	if err := s.box.Database.Execute(ctx, fmt.Sprintf(runs, figures, hostileRuns), fmt.Sprintf(events, hostileEvents)); err != nil {
		return fmt.Errorf("filling the database: %w", err)
	}
	current := filepath.Join(s.box.Lakehouse, "Files", "results", "current")
	if err := os.MkdirAll(current, 0o755); err != nil {
		return err
	}
	k, err := json.Marshal(manyCategories(hostileCategories))
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(current, "kpis.json"), k, 0o644); err != nil {
		return err
	}
	var wide strings.Builder
	for row := range 40 {
		for column := range hostileColumns {
			if column > 0 {
				wide.WriteByte(',')
			}
			if row == 0 {
				fmt.Fprintf(&wide, "column %d %s", column, strings.Repeat("x", 200))
			} else {
				fmt.Fprintf(&wide, "%d", row*column)
			}
		}
		wide.WriteByte('\n')
	}
	return os.WriteFile(filepath.Join(s.box.Lakehouse, "Files", "import", "wide.csv"), []byte(wide.String()), 0o644)
}

// manyCategories are figures with as many keys as fit into a document.
func manyCategories(n int) contract.KPIs {
	id := "01a2086b-0218-7102-aa93-7edc672e8494"
	k := contract.KPIs{SchemaVersion: contract.KPIsVersion, ComputedAt: contract.NewTime(time.Now()), RunID: &id, SourceFile: strings.Repeat("W", 1000), TotalRevenue: 5e7, Orders: 1_000_000}
	k.TimeSeries.Granularity = "daily"
	for day := range min(n, 20_000) {
		k.TimeSeries.Points = append(k.TimeSeries.Points, contract.Point{Period: time.Unix(0, 0).UTC().AddDate(0, 0, day).Format(time.DateOnly), Revenue: float64(day % 977), Orders: 3})
	}
	for i := range n {
		k.RevenueByProductCategory = append(k.RevenueByProductCategory, contract.Share{Key: fmt.Sprintf("%s %d", strings.Repeat("C", 130), i), Revenue: float64(i), Orders: 1})
	}
	k.RevenueByChannel, k.RevenueByRegion = k.RevenueByProductCategory[:min(n, 100)], k.RevenueByProductCategory[:min(n, 100)]
	return contracttest.WholeKPIs(k)
}

// hostile measures for how long the window answers nothing, and what it holds, in front of all of it.
func (s *stage) hostile(ctx context.Context, program string) error {
	if err := s.fill(ctx); err != nil {
		return err
	}
	b, err := s.open(ctx, false, s.self, "-bare")
	if err != nil {
		return err
	}
	if err := pause(ctx, 3*time.Second); err != nil {
		return err
	}
	bare := b.memory()
	b.stop()
	u, err := s.use(ctx, program)
	if err != nil {
		return err
	}
	defer u.w.stop()
	fmt.Printf("The window before %d runs with the longest texts, %d events of 2,000 characters, %d categories, a file of %d columns.\n", hostileRuns, hostileEvents, hostileCategories, hostileColumns)
	fmt.Printf("A bare window holds %d MB here.\n", bare>>20)
	fmt.Println("| what is done | the window answers nothing for, at most | its thread computes at once, at most | and in all | memory, above a bare window's | goal |")
	fmt.Println("|---|---:|---:|---:|---:|---|")
	for _, step := range []struct {
		what   string
		settle time.Duration
		act    func() error
	}{
		{"it has started", 6 * time.Second, func() error { return nil }},
		{"Monitor", 4 * time.Second, u.key(ctx, "ctrl+2")},
		{"the events are scrolled", time.Second, func() error { _, err := u.scrolled(ctx, "monitor.refresh", 300); return err }},
		{"Results", 6 * time.Second, u.key(ctx, "ctrl+3")},
		{"the same by month", 2 * time.Second, u.click(ctx, "results.line.month")},
		{"Archive", 5 * time.Second, u.key(ctx, "ctrl+4")},
		{"a run is chosen", 4 * time.Second, u.click(ctx, "archive.run.0")},
		{"its timeline", 2 * time.Second, u.click(ctx, "archive.events")},
		{"more runs", 6 * time.Second, u.click(ctx, "archive.more")},
		{"the trend", 2 * time.Second, u.click(ctx, "archive.trend")},
		{"Import", 2 * time.Second, u.key(ctx, "ctrl+1")},
		{"the wide file is read", 15 * time.Second, u.click(ctx, "import.file.0")},
		{"its columns", 2 * time.Second, u.click(ctx, "import.columns")},
		{"a column is chosen", 2 * time.Second, u.click(ctx, "import.column.2")},
		{"its rows", 2 * time.Second, u.click(ctx, "import.rows")},
		{"how it is read", 2 * time.Second, u.click(ctx, "import.reading")},
	} {
		before := u.w.drawn()
		took, err := u.longest(ctx, step.settle, step.act)
		if err != nil {
			return fmt.Errorf("%s: %w", step.what, err)
		}
		if step.what == "it has started" {
			if took, err = worst(u.pulse, u.shown); err != nil {
				return err
			}
		}
		fmt.Printf("| %s | %d ms | %d ms | %d ms | %d MB | at most 200 ms, 256 MB |\n", step.what, took.took.Milliseconds(), took.computed.Milliseconds(), (u.w.drawn() - before).Milliseconds(), (u.w.memory()-bare)>>20)
	}
	return nil
}
