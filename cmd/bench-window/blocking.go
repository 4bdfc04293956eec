//go:build linux && !nowindow

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/parquet-go/parquet-go"

	"fabricportal/contract"
	"fabricportal/contract/contracttest"
)

// How many rows and runs the tables of the measurement have.
const (
	tableRows    = 1_000_000 // cleaned ones
	fileRows     = 50_000
	archivedRuns = 100
	fileName     = "orders.csv"
)

// sale is a row like those that the notebook writes.
type sale struct {
	OrderID   string  `parquet:"order_id,optional,dict"`
	OrderDate int32   `parquet:"order_date,optional,date"`
	Channel   string  `parquet:"channel,optional,dict"`
	Region    string  `parquet:"region,optional,dict"`
	Category  string  `parquet:"product_category,optional,dict"`
	Quantity  int64   `parquet:"quantity,optional"`
	UnitPrice float64 `parquet:"unit_price,optional"`
	Revenue   float64 `parquet:"revenue,optional"`
}

// publish puts a result of tableRows rows into current/, as a run would.
func (s *stage) publish() error {
	folder := filepath.Join(s.box.Lakehouse, "Files", "results", "current")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(folder, "sales_cleaned.parquet"))
	if err != nil {
		return err
	}
	defer f.Close()
	r := rand.New(rand.NewPCG(1, 2))
	w := parquet.NewGenericWriter[sale](f, parquet.Compression(&parquet.Snappy))
	rows := make([]sale, 10_000)
	for done := 0; done < tableRows; done += len(rows) {
		for i := range rows {
			rows[i] = sale{
				OrderID: fmt.Sprintf("O-%07d", r.IntN(10_000_000)), OrderDate: 20_089 + r.Int32N(365), Channel: []string{"Web", "Store", "Phone"}[r.IntN(3)],
				Region: fmt.Sprintf("Region %d", r.IntN(12)), Category: fmt.Sprintf("Category %d", r.IntN(30)),
				Quantity: r.Int64N(20), UnitPrice: float64(r.IntN(1e6)) / 100, Revenue: float64(r.IntN(1e7)) / 100,
			}
		}
		if _, err := w.Write(rows); err != nil {
			return err
		}
	}
	if err := errors.Join(w.Close(), f.Close()); err != nil {
		return err
	}
	id, aov := "01a2086b-0218-7102-aa93-7edc672e8494", 50.0
	k := contract.KPIs{ComputedAt: contract.NewTime(time.Now()), RunID: &id, SourceFile: "sales.csv", TotalRevenue: 5e7, Orders: tableRows, AOV: &aov}
	k.TimeSeries.Granularity = "daily"
	for day := range 365 {
		k.TimeSeries.Points = append(k.TimeSeries.Points, contract.Point{Period: time.Unix(0, 0).UTC().AddDate(55, 0, day).Format(time.DateOnly), Revenue: 1e5 + 1e3*float64(day%30), Orders: 2740})
	}
	for i := range 8 {
		share := contract.Share{Key: fmt.Sprintf("Part %d", i), Revenue: 1e6 * float64(9-i), Orders: 1000}
		k.RevenueByChannel, k.RevenueByRegion, k.RevenueByProductCategory = append(k.RevenueByChannel, share), append(k.RevenueByRegion, share), append(k.RevenueByProductCategory, share)
	}
	for name, document := range map[string]any{"import_profile.json": contracttest.WholeProfile(contract.ImportProfile{GeneratedAt: k.ComputedAt, RunID: &id}), "kpis.json": contracttest.WholeKPIs(k)} {
		data, err := json.Marshal(document)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o644); err != nil {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "sales_cleaned.csv"), []byte("order_id,revenue\nO-1,1.5\n"), 0o644); err != nil {
		return err
	}
	var orders strings.Builder
	orders.WriteString("order_id,order_date,channel,region,product_category,quantity,unit_price,revenue\n")
	for i := range fileRows {
		quantity, price := 1+r.IntN(20), r.IntN(1e5)
		fmt.Fprintf(&orders, "O-%06d,%s,%s,Region %d,Category %d,%d,%.2f,%.2f\n", i, time.Unix(0, 0).UTC().AddDate(55, 0, i%365).Format(time.DateOnly),
			[]string{"Web", "Store", "Phone"}[r.IntN(3)], r.IntN(12), r.IntN(30), quantity, float64(price)/100, float64(quantity*price)/100)
	}
	return os.WriteFile(filepath.Join(s.box.Lakehouse, "Files", "import", fileName), []byte(orders.String()), 0o644)
}

// archive fills the list of runs.
func (s *stage) archive(ctx context.Context) error {
	return s.box.Database.Execute(ctx, fmt.Sprintf(`insert into pipeline_runs select gen_random_uuid(), now() - n * interval '1 day', now() - n * interval '1 day', now() - n * interval '1 day' + interval '3 minutes',
		(array['ana', 'ben', 'cleo'])[1 + n %% 3], 'sales_' || n || '.xlsx', '', '', '', 'job-' || n, case when n %% 7 = 0 then 'FAILED' else 'SUCCEEDED' end, now(), '', null, '', ''
		from generate_series(1, %d) n`, archivedRuns))
}

// blocking measures for how long the window answers nothing while a person uses it.
func (s *stage) blocking(ctx context.Context, program string) error {
	if err := s.publish(); err != nil {
		return fmt.Errorf("publishing a million rows: %w", err)
	}
	if err := s.archive(ctx); err != nil {
		return fmt.Errorf("filling the archive: %w", err)
	}
	u, err := s.use(ctx, program)
	if err != nil {
		return err
	}
	defer u.w.stop()
	fmt.Println("What the window answers nothing for while a person uses it; of several times the longest. Its thread is on a processor for the")
	fmt.Println("second figure: on a machine with other work the first is longer by the wait for a processor.")
	fmt.Println("| what is done | the window answers nothing for | its thread computes at once | goal |")
	fmt.Println("|---|---:|---:|---|")
	for _, step := range []struct {
		what string
		do   func() (wait, error)
	}{
		{"the screen is switched, the first time", func() (wait, error) { return u.switched(ctx, 1) }},
		{"the screen is switched, 16 times more", func() (wait, error) { return u.switched(ctx, 4) }},
		{fmt.Sprintf("a table of %d rows in Results is scrolled (200 notches)", tableRows), func() (wait, error) { return u.resultsRows(ctx) }},
		{"it is sorted", func() (wait, error) {
			return u.several(ctx, 3*time.Second, u.click(ctx, "results.table.header.revenue"), u.click(ctx, "results.table.header.revenue"), u.click(ctx, "results.table.header.revenue"))
		}},
		{"it is searched", func() (wait, error) { return u.searched(ctx, "results.table.search", "Web") }},
		{fmt.Sprintf("the list of %d runs in the archive is scrolled (100 notches)", archivedRuns), func() (wait, error) { return u.archiveRuns(ctx) }},
		{fmt.Sprintf("a file of %d rows is chosen on Import", fileRows), func() (wait, error) { return u.file(ctx) }},
		{"its rows are shown", func() (wait, error) { return u.fileRows(ctx) }},
		{"they are scrolled (200 notches)", func() (wait, error) { return u.scrolled(ctx, "import.rows.table.header.order_id", 200) }},
		{"they are sorted", func() (wait, error) {
			return u.several(ctx, 2*time.Second, u.click(ctx, "import.rows.table.header.quantity"), u.click(ctx, "import.rows.table.header.quantity"))
		}},
		{"they are searched", func() (wait, error) { return u.searched(ctx, "import.rows.table.search", "Web") }},
	} {
		w, err := step.do()
		if err != nil {
			return fmt.Errorf("%s: %w", step.what, err)
		}
		fmt.Printf("| %s | %d ms | %d ms | at most 50 ms |\n", step.what, w.took.Milliseconds(), w.computed.Milliseconds())
	}
	return nil
}

// several is the longest wait of several acts, one after another.
func (u *user) several(ctx context.Context, settle time.Duration, acts ...func() error) (wait, error) {
	var out wait
	for _, act := range acts {
		w, err := u.longest(ctx, settle, act)
		if err != nil {
			return wait{}, err
		}
		out = longest(out, w)
	}
	return out, nil
}

// switched goes through all screens, some times.
func (u *user) switched(ctx context.Context, times int) (wait, error) {
	var acts []func() error
	for range times {
		for _, k := range []string{"ctrl+2", "ctrl+3", "ctrl+4", "ctrl+1"} {
			acts = append(acts, u.key(ctx, k))
		}
	}
	return u.several(ctx, 400*time.Millisecond, acts...)
}

// searched types a text into a search, letter by letter.
func (u *user) searched(ctx context.Context, name, text string) (wait, error) {
	if err := u.click(ctx, name)(); err != nil {
		return wait{}, err
	}
	var acts []func() error
	for _, letter := range strings.Split(text, "") {
		acts = append(acts, func() error { return u.do(ctx, "type", "--window", u.id, letter) })
	}
	return u.several(ctx, 2*time.Second, acts...)
}

// resultsRows scrolls the whole table in Results.
func (u *user) resultsRows(ctx context.Context) (wait, error) {
	if err := u.key(ctx, "ctrl+3")(); err != nil {
		return wait{}, err
	}
	if err := pause(ctx, time.Second); err != nil {
		return wait{}, err
	}
	if err := u.click(ctx, "results.data")(); err != nil {
		return wait{}, err
	}
	if _, err := u.w.untilShows(ctx, "1 to "); err != nil { // all rows are here
		return wait{}, err
	}
	return u.scrolled(ctx, "results.table.header.order_id", 200)
}

func (u *user) archiveRuns(ctx context.Context) (wait, error) {
	if err := u.key(ctx, "ctrl+4")(); err != nil {
		return wait{}, err
	}
	if err := pause(ctx, time.Second); err != nil {
		return wait{}, err
	}
	return u.scrolled(ctx, "archive.run.0", 100)
}

// file chooses the file of many rows on Import.
func (u *user) file(ctx context.Context) (wait, error) {
	if err := u.key(ctx, "ctrl+1")(); err != nil {
		return wait{}, err
	}
	if err := pause(ctx, time.Second); err != nil {
		return wait{}, err
	}
	return u.longest(ctx, 5*time.Second, func() error {
		at, err := u.w.says("import.file.", fileName)
		if err != nil {
			return err
		}
		return u.click(ctx, at)()
	})
}

// fileRows shows its rows, until all of them are read.
func (u *user) fileRows(ctx context.Context) (wait, error) {
	return u.longest(ctx, time.Second, func() error {
		if err := u.click(ctx, "import.rows")(); err != nil {
			return err
		}
		_, err := u.w.untilShows(ctx, "1 to ")
		return err
	})
}
