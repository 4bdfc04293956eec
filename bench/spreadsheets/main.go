// Spreadsheets measures how fast files are profiled, beside others on the same files, in one run on one machine: ratios,
// not seconds, are what to quote. It generates its files once, into .cache/bench.
//
//	go run ./bench/spreadsheets [-rows 1000000] [-rounds 3]
package main

import (
	"archive/zip"
	"compress/flate"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/xuri/excelize/v2"

	"fabricportal/internal/services/inflate"
	"fabricportal/internal/services/profile"
)

const cache = ".cache/bench"

func main() {
	rows := flag.Int("rows", 1_000_000, "rows of the large files")
	rounds := flag.Int("rounds", 3, "how often each is measured; the median counts")
	inside := flag.String("inside", "", "what to do in this process, for the measurement of its memory")
	file := flag.String("file", "", "the file to do it with")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var err error
	if *inside != "" {
		err = work(ctx, *inside, *file)
	} else {
		err = measureAll(ctx, *rows, *rounds)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "spreadsheets:", err)
		os.Exit(1)
	}
}

// work is one measured piece of work, in a process of its own.
func work(ctx context.Context, what, path string) error {
	switch what {
	case "profile":
		p, err := profile.File(ctx, path, profile.Options{})
		if err == nil && !p.Complete {
			err = fmt.Errorf("the profile is incomplete: %s", *p.IncompleteReason)
		}
		return err
	case "compress/flate":
		return inflateSheet(path, func(r io.Reader) io.Reader { return flate.NewReader(r) })
	case "inflate":
		return inflateSheet(path, func(r io.Reader) io.Reader { return inflate.NewReader(r, 0) })
	case "excelize":
		return profileByExcelize(path)
	case "generate":
		return generate(path)
	}
	return fmt.Errorf("there is no work %q", what)
}

// generate writes the file that its name asks for, such as orders-1000.xlsx.
func generate(path string) error {
	var n int
	if _, err := fmt.Sscanf(filepath.Base(path), "orders-%d.", &n); err != nil {
		return fmt.Errorf("%s does not say how many rows it is to have: %w", path, err)
	}
	if filepath.Ext(path) == ".csv" {
		return writeCSV(path, n)
	}
	return writeWorkbook(path, n)
}

func inflateSheet(path string, open func(io.Reader) io.Reader) error {
	z, err := zip.OpenReader(path)
	if err != nil {
		return err
	}
	defer func() { _ = z.Close() }()
	for _, f := range z.File {
		if f.Name == "xl/worksheets/sheet1.xml" {
			raw, err := f.OpenRaw()
			if err != nil {
				return err
			}
			_, err = io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{open(raw)}, make([]byte, 512<<10))
			return err
		}
	}
	return fmt.Errorf("%s has no sheet", path)
}

// profileByExcelize does with excelize's rows what a plain profile is: counts, distinct values, bounds and sums by column.
func profileByExcelize(path string) error {
	book, err := excelize.OpenFile(path)
	if err != nil {
		return err
	}
	defer func() { _ = book.Close() }()
	rows, err := book.Rows(book.GetSheetName(0))
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	seen := make([]map[string]int, len(headers))
	for i := range seen {
		seen[i] = map[string]int{}
	}
	for rows.Next() {
		cells, err := rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return err
		}
		for i, c := range cells {
			if i < len(seen) && c != "" {
				seen[i][c]++
			}
		}
	}
	return rows.Error()
}

// cost is what a process took.
type cost struct {
	wall, cpu time.Duration
	memory    int64 // bytes at most
}

func run(ctx context.Context, name string, args ...string) (cost, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	var errs strings.Builder
	cmd.Stderr = &errs
	began := time.Now()
	if err := cmd.Run(); err != nil {
		return cost{}, fmt.Errorf("%s: %w: %s", filepath.Base(name), err, strings.TrimSpace(errs.String()))
	}
	c := cost{wall: time.Since(began), cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		c.memory = usage.Maxrss << 10
	}
	return c, nil
}

// contender is something that is measured.
type contender struct {
	name string
	args []string
	note string
}

func measureAll(ctx context.Context, rows, rounds int) error {
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	path := func(n int, kind string) string { return filepath.Join(cache, fmt.Sprintf("orders-%d.%s", n, kind)) }
	// In a process of its own: what it holds would count as the memory of each process that this one starts.
	make := func(n int, kind string) (string, error) {
		p := path(n, kind)
		if exists(p) {
			return p, nil
		}
		fmt.Fprintf(os.Stderr, "generating %s\n", p)
		_, err := run(ctx, self, "-inside", "generate", "-file", p)
		return p, err
	}
	large, err := make(rows, "xlsx")
	if err != nil {
		return err
	}
	text, err := make(rows, "csv")
	if err != nil {
		return err
	}
	tools := findTools(ctx)
	own := func(what, file string) []string { return []string{self, "-inside", what, "-file", file} }

	fmt.Printf("Workbook of %d rows x 18, as Excel writes it; medians of %d.\n", rows, rounds)
	list := []contender{
		{"the whole profile, this program", own("profile", large), ""},
		{"only inflating the sheet, Go's compress/flate", own("compress/flate", large), "profile: at most 0.65 times"},
		{"only inflating the sheet, ours", own("inflate", large), ""},
	}
	list = append(list, tools.workbooks(large)...)
	if err := table(ctx, rounds, list); err != nil {
		return err
	}
	fmt.Println("\nAs a profile by excelize's rows and Go's maps, on 50,000 rows (the million takes a minute):")
	small, err := make(50_000, "xlsx")
	if err != nil {
		return err
	}
	if err := table(ctx, rounds, []contender{{"the whole profile, this program", own("profile", small), ""}, {"excelize and maps", own("excelize", small), "at least 50 times as long"}}); err != nil {
		return err
	}
	fmt.Printf("\nText file of %d rows x 18:\n", rows)
	if err := table(ctx, rounds, append([]contender{{"the whole profile, this program", own("profile", text), ""}}, tools.texts(text)...)); err != nil {
		return err
	}
	fmt.Println("\nHow the time grows with the rows (the process's start included):")
	var sizes []contender
	for _, n := range []int{1000, 10_000, 100_000, 1_048_575} {
		p, err := make(n, "xlsx")
		if err != nil {
			return err
		}
		sizes = append(sizes, contender{fmt.Sprintf("%d rows", n), own("profile", p), ""})
	}
	if err := table(ctx, rounds, sizes); err != nil {
		return err
	}
	for _, m := range tools.missing {
		fmt.Println("Missing:", m)
	}
	return nil
}

// table measures the contenders in turn, round by round, and prints them beside the first.
func table(ctx context.Context, rounds int, list []contender) error {
	costs := make([][]cost, len(list))
	for range rounds {
		for i, c := range list {
			one, err := run(ctx, c.args[0], c.args[1:]...)
			if err != nil {
				return err
			}
			costs[i] = append(costs[i], one)
		}
	}
	fmt.Println("| what | wall s | cpu s | memory MB | times the first | goal |")
	fmt.Println("|---|---:|---:|---:|---:|---|")
	first := 0.0
	for i, c := range list {
		slices.SortFunc(costs[i], func(a, b cost) int { return int(a.wall - b.wall) })
		m := costs[i][len(costs[i])/2]
		if i == 0 {
			first = m.wall.Seconds()
		}
		fmt.Printf("| %s | %.2f | %.2f | %d | %.2f | %s |\n", c.name, m.wall.Seconds(), m.cpu.Seconds(), m.memory>>20, m.wall.Seconds()/first, c.note)
	}
	return nil
}

// others are the programs that are compared with, as far as they can be had.
type others struct {
	python   string
	modules  map[string]bool
	calamine string
	missing  []string
}

// findTools looks for what scripts/bench.sh could install.
func findTools(ctx context.Context) others {
	o := others{modules: map[string]bool{}}
	if p := filepath.Join(cache, "venv", "bin", "python"); exists(p) {
		o.python = p
		out, _ := exec.CommandContext(ctx, p, "-c", "import importlib.util as u, json; print(json.dumps({m: u.find_spec(m) is not None for m in ('duckdb', 'openpyxl', 'python_calamine')}))").Output()
		_ = json.Unmarshal(out, &o.modules)
	}
	if p := filepath.Join(cache, "calamine", "release", "cells"); exists(p) {
		o.calamine = p
	} else {
		o.missing = append(o.missing, "calamine (Rust): cargo could not build it")
	}
	for _, m := range []string{"duckdb", "openpyxl", "python_calamine"} {
		if !o.modules[m] {
			o.missing = append(o.missing, m+" (Python)")
		}
	}
	if _, err := exec.LookPath("qsv"); err != nil {
		o.missing = append(o.missing, "qsv: neither a Debian package nor built here")
	}
	return o
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func (o others) workbooks(path string) (list []contender) {
	if o.calamine != "" {
		list = append(list, contender{"only the loop over the cells, calamine (Rust)", []string{o.calamine, path}, "at least 4 times as long"})
	}
	if o.modules["python_calamine"] {
		list = append(list, contender{"all cells into lists, python-calamine", []string{o.python, "-c",
			"import sys, python_calamine as c; print(len(c.CalamineWorkbook.from_path(sys.argv[1]).get_sheet_by_index(0).to_python()))", path}, ""})
	}
	return list
}

func (o others) texts(path string) (list []contender) {
	if o.modules["duckdb"] {
		list = append(list, contender{"SUMMARIZE, DuckDB", []string{o.python, "-c",
			"import sys, duckdb; print(len(duckdb.sql(f\"SUMMARIZE SELECT * FROM read_csv('{sys.argv[1]}')\").fetchall()))", path}, "longer than ours"})
	}
	if p, err := exec.LookPath("qsv"); err == nil {
		list = append(list, contender{"stats --everything, qsv", []string{p, "stats", "--everything", path}, "longer than ours"})
	}
	return list
}
