// Portal-desktop is the Fabric Data Portal: without arguments the window, with a subcommand the same services without
// one. This package only wires.
package main

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"fabricportal/internal/buildinfo"
	"fabricportal/internal/cli"
	"fabricportal/internal/collector"
	"fabricportal/internal/portal"
	"fabricportal/internal/services/desktop/logfile"
	"fabricportal/internal/services/doctor"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
	"fabricportal/internal/services/setup/settings"
)

// build is this program's; version is its short form, which pipeline_runs.app_version records.
var (
	build   = buildinfo.Read()
	version = build.Short()
)

// What all of this program writes to: the log, and what takes secrets out of each text that leaves; and the secrets that only memory keeps.
var (
	redactor = secrets.NewRedactor(secrets.Surrounding(os.Environ())...)
	journal  = logfile.Open("", redactor)
	entered  = secrets.NewSession(redactor)
)

func main() { os.Exit(run()) }

func run() int {
	attachConsole()
	collector.Tune()
	begin()
	obey()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	program := cli.Program{
		Version: build.String(),
		Open: func(ctx context.Context, configPath string) (cli.Portal, error) {
			p, err := portal.Open(ctx, opening(configPath))
			if err != nil {
				return nil, err
			}
			return p, nil
		},
		Local:   portal.Local{Version: version},
		Secrets: settings.Keyring{},
		SignIn:  signIn{},
		Funnel:  portal.Funnel,
		Doctor: func(ctx context.Context, configPath string, how doctor.Manner) []doctor.Check {
			return portal.Doctor(ctx, opening(configPath), how)
		},
		Diagnostics: func(ctx context.Context, configPath string, checks bool) string {
			return portal.Diagnostics(ctx, opening(configPath), build.String(), checks, nil)
		},
		Trial: func(ctx context.Context, configPath string, replace bool, said func(string)) []doctor.Check {
			return portal.Trial(ctx, opening(configPath), replace, said)
		},
		Deployer: func(ctx context.Context, configPath, workspaceID string) (cli.Deployer, error) {
			d, err := portal.OpenDeployer(ctx, opening(configPath), workspaceID)
			if err != nil {
				return nil, err
			}
			return d, nil
		},
		Settings: config.Explained,
		Known:    func(ctx context.Context, configPath string) { settings.Known(ctx, configPath, redactor) },
		Window:   openWindow,
		Journal:  journal,
		Redactor: redactor,
		Session:  entered,
		In:       os.Stdin,
		Out:      os.Stdout,
		Err:      os.Stderr,
	}
	code := cli.Execute(ctx, program, os.Args[1:])
	journal.End() // not deferred: a panic that comes through here is to leave its text
	return code
}

// opening is how a portal is opened by this program; "" is the configuration in the usual places.
func opening(configPath string) portal.Options {
	return portal.Options{ConfigPath: configPath, Version: version, Journal: journal, Redactor: redactor, Session: entered}
}

// signIn signs people in without a window.
type signIn struct{}

func (signIn) SignIn(ctx context.Context, configPath string, show func(code, page string)) (who string, lasts bool, err error) {
	return portal.SignIn(ctx, opening(configPath), show)
}

func (signIn) SignOut(ctx context.Context, configPath string) error {
	return portal.SignOut(ctx, opening(configPath))
}

// begin starts the log and what catches a crash. What a library says of itself goes to the log too, and not around the
// redactor to the terminal.
func begin() {
	slog.SetDefault(journal.Logger())
	level, _ := os.LookupEnv(logfile.Variable)
	if err := journal.SetLevel(level); err != nil {
		journal.Logger().Warn("the level of the log stays as it is", "variable", logfile.Variable, "error", err)
	}
	if err := journal.Watch("portal-desktop " + build.String()); err != nil {
		journal.Logger().Warn("a crash of this start will leave no text", "error", err)
	}
}
