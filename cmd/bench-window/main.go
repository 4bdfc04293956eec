//go:build linux && !nowindow

// Bench-window measures the real window beside a bare one with a single label, on the same machine in the same run: how
// long until it is there, what it costs while nothing happens and while a run is followed, and how soon a change in the
// database is on it. It needs Xvfb, openbox and xdotool. This package only wires and prints.
//
//	go run -tags migrated_fynedo ./cmd/bench-window
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/widget"
)

func main() {
	bare := flag.Bool("bare", false, "open the bare window, as the measurement does")
	rounds := flag.Int("rounds", 5, "how often each start is measured")
	seconds := flag.Int("seconds", 20, "how long the cost is measured")
	part := flag.String("part", "", "hostile: only what the window does with all that others can put in front of it; stalls: only for how long it answers nothing")
	built := flag.String("program", "", "the program to measure; without it, it is built")
	flag.Parse()
	if *bare {
		w := app.NewWithID("fabric.data.portal.bare").NewWindow("Bare")
		w.SetContent(widget.NewLabel("A window with one label"))
		w.Resize(fyne.NewSize(1280, 800))
		w.ShowAndRun()
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := measure(ctx, *part, *built, *rounds, time.Duration(*seconds)*time.Second); err != nil {
		fmt.Fprintln(os.Stderr, "bench-window:", err)
		os.Exit(1)
	}
}

func measure(ctx context.Context, part, program string, rounds int, span time.Duration) error {
	for _, tool := range []string{"Xvfb", "openbox", "xdotool"} {
		if _, err := exec.LookPath(tool); err != nil {
			fmt.Printf("The window is not measured: %s is missing (apt-get install -y xvfb openbox xdotool).\n", tool)
			return nil
		}
	}
	dir, err := os.MkdirTemp("", "portal-bench-window-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if program == "" {
		program = filepath.Join(dir, "portal-desktop")
		build := exec.CommandContext(ctx, "go", "build", "-tags", "migrated_fynedo", "-o", program, "./cmd/portal-desktop")
		build.Stderr = os.Stderr
		if err := build.Run(); err != nil {
			return fmt.Errorf("building the program: %w", err)
		}
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	s, err := newStage(ctx, dir)
	if err != nil {
		return err
	}
	defer s.close()
	s.self = self

	switch part {
	case "hostile":
		return s.hostile(ctx, program)
	case "stalls":
		return s.blocking(ctx, program)
	}
	var bareStarts, starts, rows []time.Duration
	for range rounds {
		b, err := s.open(ctx, false, self, "-bare")
		if err != nil {
			return err
		}
		bareStarts = append(bareStarts, b.appeared)
		b.stop()
		p, err := s.open(ctx, true, program)
		if err != nil {
			return err
		}
		row, err := p.untilShows(ctx, "Free to run")
		if err != nil {
			return err
		}
		starts, rows = append(starts, p.appeared), append(rows, row-p.appeared)
		p.stop()
	}
	fmt.Println("The window, beside a bare Fyne window with one label; medians.")
	fmt.Println("| what | bare | the portal | ratio or difference | goal |")
	fmt.Println("|---|---:|---:|---:|---|")
	fmt.Printf("| until the window is there | %d ms | %d ms | %.2f | at most 1.3 |\n", median(bareStarts).Milliseconds(), median(starts).Milliseconds(),
		median(starts).Seconds()/median(bareStarts).Seconds())
	fmt.Printf("| until the database's state is on it, after that | | %d ms | | at most 1,000 ms |\n", median(rows).Milliseconds())
	return s.costs(ctx, self, program, span)
}

// costs measures processor and memory while nothing happens, and while a run is followed.
func (s *stage) costs(ctx context.Context, self, program string, span time.Duration) error {
	b, err := s.open(ctx, false, self, "-bare")
	if err != nil {
		return err
	}
	p, err := s.open(ctx, false, program)
	if err != nil {
		return err
	}
	if err := pause(ctx, 8*time.Second); err != nil {
		return err
	}
	bareIdle, idle, err := both(ctx, b, p, span)
	if err != nil {
		return err
	}
	bareMemory, memory := b.memory(), p.memory()
	fmt.Printf("| processor while nothing happens | %.1f %% | %.1f %% | | at most 2 %% of a core |\n", bareIdle, idle)
	fmt.Printf("| memory | %d MB | %d MB | +%d MB | at most 60 MB more |\n", bareMemory>>20, memory>>20, (memory-bareMemory)>>20)
	if err := s.startRun(ctx); err != nil {
		return err
	}
	if err := pause(ctx, 3*time.Second); err != nil {
		return err
	}
	_, busy, err := both(ctx, b, p, span)
	if err != nil {
		return err
	}
	fmt.Printf("| processor while a run is followed | | %.1f %% | | at most 5 %% of a core |\n", busy)
	b.stop()
	p.stop()
	seen, err := s.changeSeen(ctx, program)
	if err != nil {
		return err
	}
	fmt.Printf("| a change committed in the database is on the screen after | | %d ms | | at most 1,000 ms |\n", seen.Milliseconds())
	return s.blocking(ctx, program)
}

func both(ctx context.Context, a, b *opened, span time.Duration) (first, second float64, err error) {
	wasA, wasB := a.cpu(), b.cpu()
	if err := pause(ctx, span); err != nil {
		return 0, 0, err
	}
	return (a.cpu() - wasA).Seconds() / span.Seconds() * 100, (b.cpu() - wasB).Seconds() / span.Seconds() * 100, nil
}

func median(list []time.Duration) time.Duration {
	list = slices.Sorted(slices.Values(list))
	return list[len(list)/2]
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
