// Notebook measures the notebook's whole job beside the desktop's whole profile of the same file: in one run, on one
// machine, in turns, as ratios: those are what to quote, not the seconds. It says where the notebook's time goes, stage
// by stage. scripts/bench.sh builds the programs that it starts.
//
//	go run ./bench/notebook [-rows 1000000] [-rounds 3] [-kinds csv,parquet,xlsx]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"time"
)

// large is from how many rows on a file is measured once, and may take the memory of a large one.
const large = 5_000_000

// goals are how many times the desktop's time the notebook may take, by the kind of the file.
var goals = map[string]float64{"csv": 6, "parquet": 8, "xlsx": 12}

type bench struct {
	dir, product, maker, python, job, source string
	rows, rounds                             int
}

func main() {
	var b bench
	kinds := flag.String("kinds", "csv,parquet,xlsx", "kinds of files that are measured; a sheet has a million rows at most")
	flag.StringVar(&b.dir, "dir", filepath.Join(".cache", "bench"), "folder of the files")
	flag.StringVar(&b.product, "product", filepath.Join(".cache", "bench", "portal-desktop"), "the desktop")
	flag.StringVar(&b.maker, "maker", filepath.Join(".cache", "bench", "spreadsheets"), "the program of bench/spreadsheets, which makes the files")
	flag.StringVar(&b.python, "python", filepath.Join(".cache", "venv", "bin", "python"), "the notebook's Python")
	flag.StringVar(&b.job, "job", filepath.Join("bench", "notebook", "job.py"), "what runs the job")
	flag.StringVar(&b.source, "source", filepath.Join("fabric", "src"), "the notebook's modules")
	flag.IntVar(&b.rows, "rows", 1_000_000, "rows of the files")
	flag.IntVar(&b.rounds, "rounds", 3, "how often each is measured; a large one once")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := b.run(ctx, strings.Split(*kinds, ",")); err != nil {
		fmt.Fprintln(os.Stderr, "notebook:", err)
		os.Exit(1)
	}
}

func (b *bench) run(ctx context.Context, kinds []string) error {
	for _, path := range []string{b.product, b.maker, b.python} {
		if _, err := os.Stat(path); err != nil {
			return fmt.Errorf("%s is not there: use scripts/bench.sh", path)
		}
	}
	if err := os.MkdirAll(b.dir, 0o755); err != nil {
		return err
	}
	memory := int64(1 << 30)
	if b.rows >= large {
		b.rounds, memory = 1, 4<<30
	}
	var verdicts []string
	for _, kind := range kinds {
		goal, known := goals[kind]
		if !known || (kind == "xlsx" && b.rows > 1_048_575) {
			fmt.Printf("\nNo file of %d rows is measured as %q.\n", b.rows, kind)
			continue
		}
		found, err := b.measure(ctx, kind)
		if err != nil {
			return err
		}
		// Of a large file the memory is the goal.
		if b.rows < large {
			wanted := fmt.Sprintf("at most %.0f x its time", goal)
			verdicts = append(verdicts, verdict(found.wall <= goal, kind+": the job, against the desktop's profile", wanted, "%.2f x (CPU %.2f x)", found.wall, found.cpu))
		}
		verdicts = append(verdicts, verdict(found.peak <= memory, kind+": peak memory of the job", fmt.Sprintf("at most %d MB", memory>>20), "%d MB", found.peak>>20))
	}
	fmt.Println("\n| goal | wanted | measured | met |\n|---|---|---:|---|")
	fmt.Println(strings.Join(verdicts, "\n"))
	return nil
}

func verdict(met bool, what, wanted, got string, args ...any) string {
	word := "**no**"
	if met {
		word = "yes"
	}
	return fmt.Sprintf("| %s | %s | %s | %s |", what, wanted, fmt.Sprintf(got, args...), word)
}

// outcome is what the job took: how many times the desktop's time, and the most memory it had resident, in bytes.
type outcome struct {
	wall, cpu float64
	peak      int64
}

// measure prints what both took for a file of a kind, and where the job's time went.
func (b *bench) measure(ctx context.Context, kind string) (outcome, error) {
	path, err := b.made(ctx, kind)
	if err != nil {
		return outcome{}, err
	}
	desktop, job := measured{name: "desktop, whole profile"}, measured{name: "notebook, whole job"}
	for range b.rounds {
		for _, one := range []struct {
			of      *measured
			command []string
		}{{&desktop, []string{b.product, "profile", path}}, {&job, []string{b.python, b.job, b.source, path}}} {
			s, err := measureProcess(ctx, one.command)
			if err != nil {
				return outcome{}, err
			}
			one.of.samples = append(one.of.samples, s)
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		return outcome{}, err
	}
	fmt.Printf("\n%s: %d x 18, %.1f MB\n\n", path, b.rows, float64(info.Size())/1e6)
	fmt.Println("| program | wall s | CPU s | peak MB | measured |\n|---|---:|---:|---:|---:|")
	for _, m := range []measured{desktop, job} {
		fmt.Printf("| %s | %.2f | %.2f | %d | %d x |\n", m.name, m.wall(), m.cpu(), m.peak()>>20, len(m.samples))
	}
	fmt.Println("\n| stage of the job, up to the line | s |\n|---|---:|")
	for _, s := range job.samples[len(job.samples)-1].stages {
		fmt.Printf("| %s | %.1f |\n", s.name, s.seconds)
	}
	return outcome{ratio(job, desktop, sample.wallSeconds), ratio(job, desktop, sample.cpuSeconds), job.peak()}, nil
}

// made is the file of a kind, which is made where it is not there, and was read once, so that nobody waits for the disk.
func (b *bench) made(ctx context.Context, kind string) (string, error) {
	path := filepath.Join(b.dir, fmt.Sprintf("orders-%d.%s", b.rows, kind))
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		fmt.Fprintln(os.Stderr, "making", path)
		ctx, cancel := context.WithTimeout(ctx, time.Hour)
		defer cancel()
		if out, err := exec.CommandContext(ctx, b.maker, "-as", "make", path).CombinedOutput(); err != nil {
			return "", fmt.Errorf("%s: %w: %s", path, err, out)
		}
	}
	return path, warm(path)
}
