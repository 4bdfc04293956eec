// Portal-desktop is the Fabric Data Portal: without arguments the window, with a subcommand the same services without
// one. This package only wires.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"fabricportal/internal/buildinfo"
	"fabricportal/internal/cli"
	"fabricportal/internal/collector"
	"fabricportal/internal/portal"
	"fabricportal/internal/services/doctor"
	"fabricportal/internal/services/setup/settings"
)

// build is this program's; version is its short form, which pipeline_runs.app_version records.
var (
	build   = buildinfo.Read()
	version = build.Short()
)

func main() { os.Exit(run()) }

func run() int {
	attachConsole()
	collector.Tune()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	program := cli.Program{
		Version: build.String(),
		Open: func(ctx context.Context, configPath string) (cli.Portal, error) {
			p, err := portal.Open(ctx, portal.Options{ConfigPath: configPath, Version: version})
			if err != nil {
				return nil, err
			}
			return p, nil
		},
		Local:   portal.Local{Version: version},
		Secrets: settings.Keyring{},
		Funnel:  portal.Funnel,
		Doctor: func(ctx context.Context, configPath string) []doctor.Check {
			return portal.Doctor(ctx, portal.Options{ConfigPath: configPath, Version: version})
		},
		Window: openWindow,
		In:     os.Stdin,
		Out:    os.Stdout,
		Err:    os.Stderr,
	}
	return cli.Execute(ctx, program, os.Args[1:])
}
