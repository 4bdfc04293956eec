// Portal-demo starts a sandbox of its own on this machine and shows the program on it: in a window with sample data, or
// with --headless by doing the whole job through the program's own subcommands and checking each step.
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
	"runtime"
	"syscall"

	"fabricportal/internal/sandbox"
	"fabricportal/internal/sandbox/demo"
	"fabricportal/internal/sandbox/sampledata"
)

func main() {
	headless := flag.Bool("headless", false, "do the whole job without a window, and check each step")
	program := flag.String("program", "", "the portal-desktop to show; built when not given")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *headless, *program)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "portal-demo: "+err.Error())
		os.Exit(1)
	}
}

func run(ctx context.Context, headless bool, program string) error {
	scratch, err := os.MkdirTemp("", "portal-demo-")
	if err != nil {
		return fmt.Errorf("making a folder for the demo: %w", err)
	}
	defer os.RemoveAll(scratch)
	if program == "" {
		program = filepath.Join(scratch, "portal-desktop")
		if runtime.GOOS == "windows" {
			program += ".exe"
		}
		if err := build(ctx, program, headless); err != nil {
			return err
		}
	}
	say("Starting a sandbox: a private PostgreSQL, and stand-ins for Entra, Fabric and OneLake …")
	opts := sandbox.Options{Log: func(f string, a ...any) { say("  "+f, a...) }}
	if !headless {
		opts.SampleData = sampledata.Write
	}
	box, err := sandbox.Start(ctx, opts)
	if err != nil {
		return err
	}
	defer box.Close()
	if headless {
		samples := filepath.Join(scratch, "samples")
		if err := os.MkdirAll(samples, 0o755); err != nil {
			return fmt.Errorf("making a folder for the sample files: %w", err)
		}
		say("Writing the sample files …")
		if err := sampledata.Write(samples); err != nil {
			return err
		}
		return demo.Run(ctx, demo.Place{
			Program: program, Env: append(box.Env(), "PORTAL_USER=ana"), Samples: samples, Lakehouse: box.Lakehouse, Scratch: scratch, Out: os.Stdout,
		})
	}
	say("The window opens. Files to try lie in %s", box.Samples)
	say("The sandbox ends when the window is closed.")
	window := exec.CommandContext(ctx, program)
	window.Env = append(append(os.Environ(), box.Env()...), "PORTAL_OPEN_FOLDER="+box.Samples)
	window.Stdout, window.Stderr = os.Stdout, os.Stderr
	window.Cancel = func() error { return window.Process.Signal(os.Interrupt) }
	if err := window.Run(); err != nil && ctx.Err() == nil {
		return fmt.Errorf("the window ended with an error: %w", err)
	}
	return nil
}

// build makes the program. Without a window it needs no C compiler and no graphics libraries.
func build(ctx context.Context, path string, headless bool) error {
	tags, cgo := "migrated_fynedo", "CGO_ENABLED=1"
	if headless {
		tags, cgo = "migrated_fynedo,nowindow", "CGO_ENABLED=0"
		say("Building the program, without its window …")
	} else {
		say("Building the program (the first time takes some minutes) …")
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-tags", tags, "-o", path, "fabricportal/cmd/portal-desktop")
	cmd.Env = append(os.Environ(), cgo)
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			return errors.New("go is not on the PATH: run this with “go run ./cmd/portal-demo” in the project's folder")
		}
		return fmt.Errorf("building the program failed (the compiler's own words stand above): %w", err)
	}
	return nil
}

func say(format string, a ...any) { fmt.Printf(format+"\n", a...) }
