// Portal-desktop is the Fabric Data Portal: without arguments the window, with a subcommand the same services without
// one. This package only wires.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"fabricportal/internal/cli"
	"fabricportal/internal/portal"
	"fabricportal/internal/services/doctor"
	"fabricportal/internal/services/setup/settings"
)

// version is this program's version, which pipeline_runs.app_version records; releases set it by -ldflags "-X main.version=…".
var version = "0.1.0"

func main() { os.Exit(run()) }

func run() int {
	attachConsole()
	tuneCollector()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	program := cli.Program{
		Version: version,
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
