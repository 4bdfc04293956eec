package main

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// bench is one run of all measurements.
type bench struct {
	dir, product string
	rows, rounds int

	self  string
	goals []goal
}

// goal is what was wanted of a figure.
type goal struct {
	what, wanted, got string
	met               bool
}

func (b *bench) goal(met bool, what, wanted, got string, args ...any) {
	b.goals = append(b.goals, goal{what, wanted, fmt.Sprintf(got, args...), met})
}

// file is a file of so many rows, which is made where it is not there. That is done in a process of its own, since the
// memory of this one would count as that of each process that it starts.
func (b *bench) file(ctx context.Context, rows int, extension string) (string, error) {
	return b.made(ctx, fmt.Sprintf("orders-%d%s", rows, extension))
}

// made is the file of this name, see generate.
func (b *bench) made(ctx context.Context, name string) (string, error) {
	path := filepath.Join(b.dir, name)
	if !exists(path) {
		fmt.Fprintf(os.Stderr, "making %s\n", path)
		if _, err := measureProcess(ctx, b.as("make", path)); err != nil {
			return "", err
		}
	}
	return path, warm(path)
}

// warm reads a file once, so that none of those who are measured is the first to wait for the disk.
func warm(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	_, err = io.Copy(io.Discard, f)
	return err
}

func (b *bench) as(role, path string) []string { return []string{b.self, "-as", role, path} }

func (b *bench) profile(path string) reader {
	return reader{name: "**whole profile, this program**", command: []string{b.product, "profile", path}}
}

func (b *bench) measure(ctx context.Context) error {
	var err error
	if b.self, err = os.Executable(); err != nil {
		return err
	}
	if !exists(b.product) {
		return fmt.Errorf("%s is not there: build it, or use scripts/bench.sh", b.product)
	}
	if err := os.MkdirAll(b.dir, 0o755); err != nil {
		return err
	}
	have := b.others(ctx)
	fmt.Printf("%d cores, %s. Wall times and ratios are medians; each ratio of wall times is taken within a round.\n", runtime.NumCPU(), runtime.GOOS)
	busy()
	for _, part := range []func(context.Context, others) error{b.workbook, b.text, b.columnar, b.complete, b.growth, b.memory, b.preview, b.canceled} {
		if err := part(ctx, have); err != nil {
			return err
		}
	}
	busy()
	fmt.Println("\n| goal | wanted | measured | met |\n|---|---|---:|---|")
	for _, g := range b.goals {
		met := "**no**"
		if g.met {
			met = "yes"
		}
		fmt.Printf("| %s | %s | %s | %s |\n", g.what, g.wanted, g.got, met)
	}
	for _, m := range have.missing {
		fmt.Println("\nMissing:", m)
	}
	return nil
}

func (b *bench) workbook(ctx context.Context, have others) error {
	path, err := b.file(ctx, b.rows, ".xlsx")
	if err != nil {
		return err
	}
	fmt.Printf("\n%s: %d rows x 18 as Excel writes them, %s\n\n", path, b.rows, sizes(path))
	list := []reader{
		b.profile(path),
		{name: "cells alone, this program", command: b.as("read", path)},
		{name: "inflating the sheet alone, this program", command: b.as("inflate-own", path), partial: true},
		{name: "inflating the sheet alone, Go's compress/flate", command: b.as("inflate-std", path), partial: true},
		{name: "excelize, profile with Go's maps", command: b.as("excelize-profile", path)},
		{name: "excelize, cells alone (Rows, raw values)", command: b.as("excelize-rows", path)},
	}
	if have.calamine != "" {
		list = append(list, reader{name: "calamine, cells alone (streaming)", command: []string{have.calamine, path}})
	}
	if have.openpyxl != nil {
		list = append(list, reader{name: "openpyxl, cells alone (read_only)", command: append(have.openpyxl, path)})
	}
	all, err := b.table(ctx, b.rows, list)
	if err != nil {
		return err
	}
	profile, read, own, std, maps := all[0], all[1], all[2], all[3], all[4]
	if have.calamine != "" {
		r := ratio(all[6], profile)
		b.goal(r >= 4, "profile, against calamine's loop over the cells", "at least 4 x as fast", "%.1f x", r)
	}
	r := ratio(maps, profile)
	b.goal(r >= 50, "profile, against the same on excelize's rows", "at least 50 x as fast", "%.0f x", r)
	r = ratio(profile, std)
	b.goal(r <= 0.65, "profile, against compress/flate inflating the sheet", "at most 0.65 x its time", "%.2f x", r)
	r = ratio(read, own)
	b.goal(r <= 1.25, "reading alone, against our own inflate", "at most 1.25 x its time", "%.2f x", r)
	peak := profile.peak()
	b.goal(peak <= 128<<20, "peak memory of the profile", "at most 128 MB", "%d MB", peak>>20)
	return nil
}

func (b *bench) text(ctx context.Context, have others) error {
	path, err := b.file(ctx, b.rows, ".csv")
	if err != nil {
		return err
	}
	fmt.Printf("\n%s: the same as text, %s\n\n", path, sizes(path))
	list := []reader{b.profile(path)}
	if have.duckdb != nil {
		list = append(list, reader{name: "DuckDB SUMMARIZE (without its start)", command: append(have.duckdb, path)})
	}
	if have.qsv != "" {
		// It keeps the outcome beside the file, and would answer from there the next time: it is told not to.
		command := []string{have.qsv, "stats", "--everything", "--force", "--cache-threshold", "0", path}
		list = append(list, reader{name: "qsv stats --everything", command: command, partial: true})
	}
	return b.against(ctx, "CSV", list)
}

func (b *bench) columnar(ctx context.Context, have others) error {
	path, err := b.file(ctx, b.rows, ".parquet")
	if err != nil {
		return err
	}
	fmt.Printf("\n%s: the same as Parquet, %s\n\n", path, sizes(path))
	list := []reader{b.profile(path)}
	if have.duckdb != nil {
		list = append(list, reader{name: "DuckDB SUMMARIZE (without its start)", command: append(have.duckdb, path)})
	}
	return b.against(ctx, "Parquet", list)
}

// complete measures the time from opening a file to all that the window says of it, beside the profile alone, and beside a
// reading for each part, as it was before one reading gave all.
func (b *bench) complete(ctx context.Context, _ others) error {
	for _, extension := range []string{".xlsx", ".csv", ".parquet"} {
		path, err := b.file(ctx, b.rows, extension)
		if err != nil {
			return err
		}
		fmt.Printf("\n%s: from opening to the complete verdict (first rows, profile, KPIs, rules, cleaning)\n\n", path)
		all, err := b.table(ctx, b.rows, []reader{
			{name: "the profile alone", command: b.as("profile", path)},
			{name: "**the complete verdict, one reading**", command: b.as("verdict", path)},
			{name: "the complete verdict, a reading for each part", command: b.as("passes", path)},
		})
		if err != nil {
			return err
		}
		r := ratio(all[1], all[0])
		b.goal(r <= 1.25, "complete verdict on "+filepath.Base(path)+", against its profile alone", "at most 1.25 x its time", "%.2f x", r)
		cpu := all[1].cpu().Seconds() / all[0].cpu().Seconds()
		b.goal(cpu <= 1.25, "the same in CPU time", "at most 1.25 x", "%.2f x", cpu)
		peak := all[1].peak()
		b.goal(peak <= 128<<20, "peak memory of the complete verdict on "+filepath.Base(path), "at most 128 MB", "%d MB", peak>>20)
	}
	return nil
}

// against measures the profile beside others that are to be slower.
func (b *bench) against(ctx context.Context, kind string, list []reader) error {
	all, err := b.table(ctx, b.rows, list)
	if err != nil {
		return err
	}
	for _, other := range all[1:] {
		r := ratio(all[0], other)
		b.goal(r < 1, kind+" profile, against "+other.name, "less than its time", "%.2f x", r)
	}
	return nil
}

// growth measures how the time grows with the rows.
func (b *bench) growth(ctx context.Context, _ others) error {
	fmt.Printf("\nThe profile by the number of rows, the start of the process included\n\n")
	fmt.Println("| rows | wall s | CPU s | CPU, microseconds a row | peak MB |\n|---:|---:|---:|---:|---:|")
	var perRow []float64
	for _, n := range []int{1_000, 10_000, 50_000, 100_000, 1_048_575} {
		path, err := b.file(ctx, n, ".xlsx")
		if err != nil {
			return err
		}
		m := measured{reader: b.profile(path)}
		rounds := max(b.rounds, 3)
		if n < b.rows {
			rounds *= 5 // they are over in a moment, which is as often a bad one
		}
		for range rounds {
			s, err := measureProcess(ctx, m.command)
			if err != nil {
				return err
			}
			if s.rows != int64(n) {
				return fmt.Errorf("the profile found %d rows of %d", s.rows, n)
			}
			m.samples = append(m.samples, s)
		}
		each := m.cpu().Seconds() * 1e6 / float64(n)
		perRow = append(perRow, each)
		fmt.Printf("| %d | %.3f | %.3f | %.2f | %d |\n", n, m.wall().Seconds(), m.cpu().Seconds(), each, m.peak()>>20)
		if n == 50_000 {
			b.goal(m.wall() <= 100*time.Millisecond, "profile of 50,000 rows", "at most 0.1 s", "%.3f s", m.wall().Seconds())
		}
	}
	r := perRow[len(perRow)-1] / perRow[len(perRow)-2]
	b.goal(r < 1.2, "CPU time a row, 1,048,575 rows against 100,000", "the same (at most 1.2 x)", "%.2f x", r)
	return nil
}

// preview measures the first rows of the smallest and the largest files.
func (b *bench) preview(ctx context.Context, _ others) error {
	fmt.Printf("\nThe first 50 rows with their texts, within a process (median of 101)\n\n| file | ms |\n|---|---:|\n")
	for _, f := range []struct {
		rows      int
		extension string
	}{{1_000, ".xlsx"}, {b.rows, ".xlsx"}, {b.rows, ".csv"}, {b.rows, ".parquet"}} {
		path, err := b.file(ctx, f.rows, f.extension)
		if err != nil {
			return err
		}
		s, err := measureProcess(ctx, b.as("preview", path))
		if err != nil {
			return err
		}
		ms := float64(s.inside.Microseconds()) / 1000
		fmt.Printf("| %s | %.2f |\n", filepath.Base(path), ms)
		b.goal(ms <= 5, "the first 50 rows of "+filepath.Base(path), "within 5 ms", "%.2f ms", ms)
	}
	return nil
}

// canceled measures how long a profile goes on after it was given up.
func (b *bench) canceled(ctx context.Context, _ others) error {
	fmt.Printf("\nHow long the profile goes on after it was cancelled, at 20 moments of its run\n\n| file | longest, ms |\n|---|---:|\n")
	for _, extension := range []string{".xlsx", ".csv", ".parquet"} {
		path, err := b.file(ctx, b.rows, extension)
		if err != nil {
			return err
		}
		s, err := measureProcess(ctx, b.as("cancel", path))
		if err != nil {
			return err
		}
		ms := float64(s.inside.Microseconds()) / 1000
		fmt.Printf("| %s | %.1f |\n", filepath.Base(path), ms)
		b.goal(ms <= 100, "cancelling the profile of "+filepath.Base(path), "within 100 ms", "%.1f ms", ms)
	}
	return nil
}

// sizes tells a file's size, and that of the sheet in a workbook.
func sizes(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return err.Error()
	}
	text := fmt.Sprintf("%d MB", info.Size()/1_000_000)
	_ = withSheet(path, func(f *zip.File) error { // other files have no sheet
		text += fmt.Sprintf(", %d MB unpacked in the sheet", f.UncompressedSize64/1_000_000)
		return nil
	})
	return text
}

// busy says so where other programs keep the machine from showing its speed. Linux tells.
func busy() {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return
	}
	var load float64
	// A load of one core or two is what the measurement itself brings.
	if _, err := fmt.Sscan(string(text), &load); err == nil && load > 2.5 {
		fmt.Printf("\nThe machine was busy with other work (load %.1f): look at the CPU times, and measure again.\n", load)
	}
}
