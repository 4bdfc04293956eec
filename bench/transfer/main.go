// Transfer measures how quickly a large file goes to the lakehouse and comes from it: by this program's upload and download, by azcopy and
// by Microsoft's client for Python, all against the stand-in and by the same way, the front door that leads Microsoft's host names to it.
// They take turns, so that what else this machine does hits them alike.
//
// Then the way to the door is made as long as that to a real service: bytes take 25 ms in each direction, a connection has a window of 1 MiB
// (netfault.Line), and one request in a hundred is refused with 503, before anything is done. One connection carries 20 MB/s then, which is
// kind to it: by Mathis' formula a network that loses one packet in 100,000 leaves a connection 11 MB/s at this distance. Beside
// portal-desktop two programs work that use one connection: one asks for one range of 4 MB, or sends one piece, after the other; the other
// wastes no round trip, as it asks for all at once and goes on where it was cut off, or sends the largest pieces that the service takes.
// Both repeat what was refused. Neither hashes.
//
//	go run ./bench/transfer -program FILE [-mb 1024] [-rounds 3]
package main

import (
	"context"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"fabricportal/internal/sandbox/netfault"
	"fabricportal/internal/sandbox/standin/faults"
)

func main() {
	program := flag.String("program", "", "the portal-desktop to measure")
	mb := flag.Int64("mb", 1024, "size of the file in MB")
	rounds := flag.Int("rounds", 3, "how often each works")
	one := flag.String("one", "", "for the measurement's own use: up or down with one stream")
	piece := flag.Int64("piece", largest, "of which pieces")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var err error
	if *one != "" {
		err = oneStream(ctx, *one, *piece, flag.Arg(0), flag.Arg(1))
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
	header()
	for _, direction := range []string{up, down} {
		if _, err := w.compare(ctx, direction, direction, append([]client{ours}, others...), rounds, idle.peak); err != nil {
			return err
		}
	}
	return w.overALine(ctx, ours, rounds, idle.peak)
}

const (
	roundTrip = 50 * time.Millisecond
	window    = 1 << 20
	failing   = 100 // one request of so many
	wanted    = 2.0 // how often as fast as one stream
)

// overALine compares with what uses one connection.
func (w *world) overALine(ctx context.Context, ours client, rounds int, idle int64) error {
	line, err := netfault.Stretch(ctx, strings.TrimPrefix(w.door.URL, "http://"), roundTrip, window)
	if err != nil {
		return err
	}
	defer line.Close()
	w.through("http://" + line.Addr)
	chance := rand.New(rand.NewPCG(18, 18)) //nolint:gosec // which request fails is no secret
	for _, class := range []faults.Class{faults.LakeRead, faults.LakeWrite} {
		w.sandbox.StandIn.Faults.Pick(class, func() faults.Fault {
			if chance.IntN(failing) == 0 {
				return faults.Fault{Status: 503}
			}
			return faults.Fault{}
		})
	}
	fmt.Printf("\nThe same over a line of %d ms, where a connection has a window of %d KiB and carries %.0f MB/s; 1 %% of the requests fail.\n",
		roundTrip.Milliseconds(), window>>10, window/roundTrip.Seconds()/1e6)
	header()
	for _, direction := range []string{up, down} {
		least, err := w.compare(ctx, direction, direction, []client{
			ours, {name: "one stream, 4 MB after 4 MB", args: w.oneStream(4 << 20)}, {name: "one stream, at once", args: w.oneStream(largest)},
		}, (rounds+1)/2, idle)
		if err != nil {
			return err
		}
		verdict := "reached"
		if least < wanted {
			verdict = "NOT reached"
		}
		fmt.Printf("\n%s: at least %.1f× as fast as one stream: %s (%.2f×).\n", direction, wanted, verdict, least)
	}
	return nil
}

// client is a program that transfers a file.
type client struct {
	name string
	args func(direction string) command
}

func header() {
	fmt.Println("| direction | client | seconds | MB/s | portal-desktop is faster by | MB at the peak |")
	fmt.Println("|---|---|---:|---:|---:|---:|")
}

// compare lets clients work in turns; the first is the one that the others are measured by. least is how often as fast as the fastest of them
// it is, by the median of the rounds.
func (w *world) compare(ctx context.Context, direction, title string, clients []client, rounds int, idle int64) (least float64, err error) {
	least = math.Inf(1)
	took, ratios, peaks := make([][]float64, len(clients)), make([][]float64, len(clients)), make([]int64, len(clients))
	for round := range rounds {
		for i := range clients {
			i = (i + round) % len(clients) // none is always the one after a certain other
			if err := w.prepare(direction); err != nil {
				return 0, err
			}
			spent, err := w.run(ctx, clients[i].args(direction))
			if err == nil {
				err = w.check(direction)
			}
			if err != nil {
				return 0, fmt.Errorf("%s %s: %w", clients[i].name, direction, err)
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
			least = min(least, median(ratios[i]))
			ratio = fmt.Sprintf("%.2f×", median(ratios[i]))
		} else {
			peak += fmt.Sprintf(" (%d above idle)", (peaks[i]-idle)>>20)
		}
		seconds := median(took[i])
		fmt.Printf("| %s | %s | %.2f | %.0f | %s | %s |\n", title, c.name, seconds, float64(w.size)/seconds/1e6, ratio, peak)
	}
	return least, nil
}

// here is a path of this machine.
func (w *world) here(name string) string { return filepath.Join(w.dir, name) }
