// Transfer measures how quickly a large file goes to the lakehouse and comes from it: by this program's upload and download, by azcopy and
// by Microsoft's client for Python, all against the stand-in and by the same way, the front door that leads Microsoft's host names to it.
// They take turns, so that what else this machine does hits them alike.
//
//	go run ./bench/transfer -program FILE [-mb 1024] [-rounds 3]
package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"fabricportal/internal/sandbox/standin/faults"
)

func main() {
	program := flag.String("program", "", "the portal-desktop to measure")
	mb := flag.Int64("mb", 1024, "size of the file in MB")
	rounds := flag.Int("rounds", 3, "how often each works")
	one := flag.String("one", "", "for the measurement's own use: up or down with one stream")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var err error
	if *one != "" {
		err = oneStream(ctx, *one, flag.Arg(0), flag.Arg(1))
	} else {
		err = measure(ctx, *program, *mb<<20, *rounds)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "transfer:", err)
		os.Exit(1)
	}
}

// Directions of a transfer.
const (
	up   = "up"
	down = "down"
)

func measure(ctx context.Context, program string, size int64, rounds int) error {
	w, err := open(ctx, program, size)
	if err != nil {
		return err
	}
	defer w.close()
	others := w.others()
	ours := client{name: "portal-desktop", args: w.ours}
	idle, err := w.run(ctx, w.idle())
	if err != nil {
		return err
	}
	fmt.Printf("A file of %d MB over loopback, each client through the same front door; the median of %d rounds. Idle, portal-desktop takes %d MB.\n", size>>20, rounds, idle.peak>>20)
	fmt.Println("| direction | client | seconds | MB/s | portal-desktop is faster by | MB at the peak |")
	fmt.Println("|---|---|---:|---:|---:|---:|")
	for _, direction := range []string{up, down} {
		if err := w.compare(ctx, direction, direction, append([]client{ours}, others...), rounds, idle.peak); err != nil {
			return err
		}
	}
	w.sandbox.StandIn.Faults.SetTenant(faults.Tenant{Latency: 50 * time.Millisecond})
	chance := rand.New(rand.NewPCG(18, 18)) //nolint:gosec // which request fails is no secret
	for _, class := range []faults.Class{faults.LakeRead, faults.LakeWrite} {
		w.sandbox.StandIn.Faults.Pick(class, func() faults.Fault {
			if chance.IntN(100) == 0 {
				return faults.Fault{Status: 503}
			}
			return faults.Fault{}
		})
	}
	for _, direction := range []string{up, down} {
		title := direction + ", 50 ms and 1 % of requests failing"
		if err := w.compare(ctx, direction, title, []client{ours, {name: "one range after the other", args: w.oneStream}}, rounds, idle.peak); err != nil {
			return err
		}
	}
	return nil
}

// client is a program that transfers a file.
type client struct {
	name string
	args func(direction string) command
}

// compare lets clients work in turns; the first is the one that the others are measured by.
func (w *world) compare(ctx context.Context, direction, title string, clients []client, rounds int, idle int64) error {
	took, ratios, peaks := make([][]float64, len(clients)), make([][]float64, len(clients)), make([]int64, len(clients))
	for round := range rounds {
		for i := range clients {
			i = (i + round) % len(clients) // none is always the one after a certain other
			if err := w.prepare(direction); err != nil {
				return err
			}
			spent, err := w.run(ctx, clients[i].args(direction))
			if err == nil {
				err = w.check(direction)
			}
			if err != nil {
				return fmt.Errorf("%s %s: %w", clients[i].name, direction, err)
			}
			took[i] = append(took[i], spent.took.Seconds())
			peaks[i] = max(peaks[i], spent.peak)
		}
		for i := range clients {
			ratios[i] = append(ratios[i], took[i][round]/took[0][round])
		}
	}
	for i, c := range clients {
		ratio, peak := "", fmt.Sprint(peaks[i]>>20)
		if i > 0 {
			ratio = fmt.Sprintf("%.2f×", median(ratios[i]))
		} else {
			peak += fmt.Sprintf(" (%d above idle)", (peaks[i]-idle)>>20)
		}
		seconds := median(took[i])
		fmt.Printf("| %s | %s | %.2f | %.0f | %s | %s |\n", title, c.name, seconds, float64(w.size)/seconds/1e6, ratio, peak)
	}
	return nil
}

// here is a path of this machine.
func (w *world) here(name string) string { return filepath.Join(w.dir, name) }
