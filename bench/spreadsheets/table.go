package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"
	"time"
)

// reader is something that is measured.
type reader struct {
	name    string
	command []string
	partial bool // it does not tell how many rows there are
}

// measured are the samples of one reader, one for each round; those of a slow one end after the first.
type measured struct {
	reader
	samples []sample
}

// slow is what is measured once.
const slow = 10 * time.Second

// table measures the readers in turns, round by round, and prints them beside the first. All must find so many rows.
// The first runs once before: a program that was just built is read from the disk, and what is measured once is paired
// with the first round.
func (b *bench) table(ctx context.Context, rows int, list []reader) ([]measured, error) {
	if _, err := measureProcess(ctx, list[0].command); err != nil {
		return nil, err
	}
	all := make([]measured, len(list))
	for round := range b.rounds {
		for i, r := range list {
			all[i].reader = r
			if round > 0 && all[i].samples[0].wall > slow {
				continue
			}
			fmt.Fprintf(os.Stderr, "\rround %d of %d: %-60s", round+1, b.rounds, r.name)
			s, err := measureProcess(ctx, r.command)
			if err != nil {
				return nil, err
			}
			if !r.partial && s.rows != int64(rows) {
				return nil, fmt.Errorf("%s found %d rows of %d", r.name, s.rows, rows)
			}
			all[i].samples = append(all[i].samples, s)
		}
	}
	fmt.Fprintf(os.Stderr, "\r%80s\r", "")
	fmt.Println("| reader | wall s | CPU s | peak MB | wall, times the first | CPU, times the first | measured |")
	fmt.Println("|---|---:|---:|---:|---:|---:|---:|")
	for _, m := range all {
		peak := "?"
		if p := m.peak(); p > 0 {
			peak = fmt.Sprint(p >> 20)
		}
		fmt.Printf("| %s | %.3f | %.3f | %s | %.2f | %.2f | %d x |\n", m.name, m.wall().Seconds(), m.cpu().Seconds(), peak,
			ratio(m, all[0]), m.cpu().Seconds()/all[0].cpu().Seconds(), len(m.samples))
	}
	return all, nil
}

func (m measured) wall() time.Duration { return median(pluck(m.samples, sample.reading)) }

func (m measured) cpu() time.Duration {
	return median(pluck(m.samples, func(s sample) time.Duration { return s.cpu }))
}

func (m measured) peak() int64 {
	return slices.Max(pluck(m.samples, func(s sample) int64 { return s.peak }))
}

// ratio is how many times as long a took as b: the median of the rounds that measured both.
func ratio(a, b measured) float64 {
	var each []float64
	for i := range min(len(a.samples), len(b.samples)) {
		each = append(each, a.samples[i].reading().Seconds()/b.samples[i].reading().Seconds())
	}
	return median(each)
}

func pluck[T any](samples []sample, of func(sample) T) []T {
	out := make([]T, len(samples))
	for i, s := range samples {
		out[i] = of(s)
	}
	return out
}

func median[T cmp.Ordered](of []T) T {
	sorted := slices.Clone(of)
	slices.Sort(sorted)
	return sorted[len(sorted)/2]
}
