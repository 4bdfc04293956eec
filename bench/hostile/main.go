// Hostile measures what each thing that somebody else can put before a desktop costs it: the most memory, and how long it
// takes until it is answered. It points the built subcommands, and the services behind the window, at the sandbox's attacks,
// one after the other. How long the window stands still is measured by cmd/bench-window.
//
//	go run ./bench/hostile -program PATH [-only NAMES]
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"

	"fabricportal/internal/sandbox"
	"fabricportal/internal/sandbox/hostile"
)

const memoryLimit = 256 << 20 // bytes, of each process

func main() {
	program := flag.String("program", "", "the built portal-desktop")
	only := flag.String("only", "", "names of attacks, separated by commas; all where empty")
	asDesk := flag.Bool("desk", false, "be the services behind a window, as the measurement starts them")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var err error
	if *asDesk {
		err = desk(ctx)
	} else {
		err = measure(ctx, *program, *only)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func measure(ctx context.Context, program, only string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	outside := hostile.New(hostile.Options{Scale: 2})
	box, err := sandbox.Start(ctx, sandbox.Options{
		Around: outside.Around, QueueTime: -1,
		Runner: hostile.Notebook,
	})
	if err != nil {
		return err
	}
	defer box.Close()
	if err := outside.Enter(ctx, box); err != nil {
		return err
	}
	defer outside.Close(context.WithoutCancel(ctx))
	home, err := os.MkdirTemp("", "portal-bench-hostile-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(home)
	m := measurement{program: program, self: self, home: home, env: append(append(box.Env(), outside.Env()...), "HOME="+home, "PORTAL_USER=ana")}
	fmt.Println("What others can put before a desktop: what it costs at most, of the services behind the window and of the subcommands that meet it.")
	fmt.Println("| what | the services behind the window | | subcommands | | limit | met |")
	fmt.Println("|---|---:|---:|---:|---:|---:|---|")
	missed := 0
	for _, a := range hostile.All() {
		if only != "" && !strings.Contains(","+only+",", ","+a.Name+",") {
			continue
		}
		if err := outside.Serve(ctx, a.Name); err != nil {
			return err
		}
		behind, commands := m.of(ctx, a)
		if err := ctx.Err(); err != nil {
			return err
		}
		met := "yes"
		if max(behind.peak, commands.peak) > memoryLimit || behind.killed || commands.killed {
			met = "NO"
			missed++
		}
		fmt.Printf("| %s: %s | %d MB | %.1f s | %d MB | %.1f s%s | %d MB | %s |\n", a.Name, a.What, behind.peak>>20, behind.took.Seconds(),
			commands.peak>>20, commands.took.Seconds(), commands.slowest, memoryLimit>>20, met)
	}
	for _, heard := range append(outside.Canary.Heard(), outside.Strange()...) {
		fmt.Println("Called, though no configuration names it:", heard)
		missed++
	}
	fmt.Printf("Not met: %d.\n", missed)
	return nil
}
