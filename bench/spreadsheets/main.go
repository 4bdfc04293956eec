// Spreadsheets measures the profile of a file beside what other programs need for the same file: in one run, on one
// machine, in turns, as ratios: those are what to quote, not the seconds. It makes the files on its first run. Programs
// that are not there are named as missing.
//
//	go run ./bench/spreadsheets [-product bin/portal-desktop] [-rows 1000000] [-rounds 3]
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
)

func main() {
	var b bench
	as := flag.String("as", "", "be one of the readers for the file that follows, as the measurement does")
	flag.StringVar(&b.dir, "dir", filepath.Join(".cache", "bench"), "folder of the files, and of the programs to compare with")
	flag.StringVar(&b.product, "product", filepath.Join(".cache", "bench", "portal-desktop"), "the program that is measured")
	flag.IntVar(&b.rows, "rows", 1_000_000, "rows of the large files")
	flag.IntVar(&b.rounds, "rounds", 3, "how often each is measured; what takes more than ten seconds is measured once")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, &b, *as); err != nil {
		fmt.Fprintln(os.Stderr, "spreadsheets:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, b *bench, as string) error {
	if as == "" {
		return b.measure(ctx)
	}
	do, ok := roles[as]
	if !ok || flag.NArg() != 1 {
		return fmt.Errorf("%q is no reader, or no file follows", as)
	}
	return do(ctx, flag.Arg(0))
}

// roles are what this program does in a process of its own, so that its time and memory can be told: reading a file in
// one way, or making it.
var roles = map[string]func(ctx context.Context, path string) error{
	"inflate-std":      inflateStd,
	"inflate-own":      inflateOwn,
	"read":             readCells,
	"preview":          preview,
	"profile":          profileAlone,
	"verdict":          verdict,
	"passes":           passes,
	"cancel":           cancel,
	"excelize-rows":    excelizeRows,
	"excelize-profile": excelizeProfile,
	"make":             generate,
}
