// Load measures what many open desktops ask of PostgreSQL and of Fabric while one run is active: real services on a real
// PostgreSQL, with a Fabric that only counts. It prints one row for each number of desktops.
//
//	go run ./bench/load [-desktops 1,10,100,500] [-seconds 20]
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"fabricportal/internal/sandbox/certs"
	"fabricportal/internal/sandbox/postgres"
	"fabricportal/internal/services/runs"
)

func main() {
	desktops := flag.String("desktops", "1,10,100,500", "numbers of open desktops")
	seconds := flag.Int("seconds", 20, "how long each is measured")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := measureAll(ctx, strings.Split(*desktops, ","), time.Duration(*seconds)*time.Second); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func measureAll(ctx context.Context, numbers []string, span time.Duration) error {
	authority, err := certs.New()
	if err != nil {
		return err
	}
	most := 1
	var counts []int
	for _, text := range numbers {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || n < 1 {
			return fmt.Errorf("%q is no number of desktops", text)
		}
		counts, most = append(counts, n), max(most, n)
	}
	// Each desktop may hold a pool of four connections and its listener; the server takes them all.
	server, err := postgres.Start(ctx, postgres.Options{Authority: authority, Connections: 200 + 7*most})
	if err != nil {
		return err
	}
	defer server.Stop()
	root, err := pgx.Connect(ctx, server.AdminDSN())
	if err != nil {
		return err
	}
	defer func() { _ = root.Close(context.WithoutCancel(ctx)) }()
	fmt.Printf("One run is active; measured for %s each. Queries are transactions that the server counted.\n", span)
	fmt.Println("| desktops | queries/s | per desktop | connections | per desktop | server CPU, cores | Fabric requests/min | seen by half / by 99 % after |")
	fmt.Println("|---:|---:|---:|---:|---:|---:|---:|---:|")
	for _, n := range counts {
		row, err := measure(ctx, server, root, n, span)
		if err != nil {
			return fmt.Errorf("with %d desktops: %w", n, err)
		}
		fmt.Println(row)
	}
	return nil
}

// settled is how long the desktops are given to open and to find their pace.
const settled = 15 * time.Second

func measure(ctx context.Context, server *postgres.Server, root *pgx.Conn, n int, span time.Duration) (string, error) {
	if err := server.Reset(ctx); err != nil {
		return "", err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	fabric := &counting{}
	team := make([]*desktop, n)
	var opening sync.WaitGroup
	errs := make([]error, n)
	for i := range team {
		opening.Go(func() { team[i], errs[i] = open(ctx, server, fabric, i) })
	}
	opening.Wait()
	for _, err := range errs {
		if err != nil {
			return "", err
		}
	}
	defer func() {
		cancel()
		var closing sync.WaitGroup
		for _, d := range team {
			closing.Go(d.close)
		}
		closing.Wait()
	}()
	run, err := team[0].runs.Submit(ctx, runs.Request{InputFile: "sales.xlsx", RequestedBy: "ana"})
	if err != nil {
		return "", err
	}
	if err := pause(ctx, settled); err != nil {
		return "", err
	}
	before, err := stateOf(ctx, root)
	if err != nil {
		return "", err
	}
	asked := fabric.requests.Load()
	if err := pause(ctx, span); err != nil {
		return "", err
	}
	after, err := stateOf(ctx, root)
	if err != nil {
		return "", err
	}
	asked = fabric.requests.Load() - asked
	half, most, err := latency(ctx, team, run.ID)
	if err != nil {
		return "", err
	}
	s := span.Seconds()
	queries := float64(after.transactions-before.transactions) / s
	return fmt.Sprintf("| %d | %.0f | %.2f | %d | %.1f | %.2f | %.0f | %d ms / %d ms |", n, queries, queries/float64(n), after.connections,
		float64(after.connections)/float64(n), (after.cpu-before.cpu).Seconds()/s, float64(asked)*60/s, half.Milliseconds(), most.Milliseconds()), nil
}

// latency moves the run on from one desktop and measures when the others' screens show it.
func latency(ctx context.Context, team []*desktop, run uuid.UUID) (half, most time.Duration, err error) {
	var mu sync.Mutex
	var seen []time.Duration
	var waiting sync.WaitGroup
	var start time.Time
	for _, d := range team {
		waiting.Add(1)
		var once sync.Once
		stop := d.onStatus(runs.Running, func() {
			once.Do(func() {
				mu.Lock()
				seen = append(seen, time.Since(start))
				mu.Unlock()
				waiting.Done()
			})
		})
		defer stop()
	}
	mu.Lock()
	start = time.Now()
	mu.Unlock()
	if _, err := team[0].db.Move(ctx, runs.Move{RunID: run, To: runs.Running, Reason: "measured"}); err != nil {
		return 0, 0, err
	}
	all := make(chan struct{})
	go func() { waiting.Wait(); close(all) }()
	select {
	case <-all:
	case <-time.After(time.Minute):
		return 0, 0, fmt.Errorf("%d of %d desktops never showed the change", len(team)-len(seen), len(team))
	}
	slices.Sort(seen)
	return seen[len(seen)/2], seen[(len(seen)*99-1)/100], nil
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
