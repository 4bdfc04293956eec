// Package portal composes the services from a configuration, for the window and for the subcommands alike.
package portal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"fabricportal/contract"
	"fabricportal/internal/services/db"
	"fabricportal/internal/services/desktop/imports"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/fabric/auth"
	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/fabric/transport"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/runs/locking"
	"fabricportal/internal/services/runs/outbox"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

// Options says which configuration is used, and by which program.
type Options struct {
	ConfigPath string // "": the usual places
	Version    string // of this program
	Log        *slog.Logger
	Timing     runs.Timing // zero: the protocol's times
}

// Portal is the services of one configuration. Close it.
type Portal struct {
	Local
	cfg   config.Config
	db    *db.DB
	jobs  *pipelines.Client
	files artifacts.Store
	runs  *runs.Runs
	log   *slog.Logger

	contents contents
	imports  *imports.Store
}

// Open reads the configuration and the secrets and prepares the services. Nothing is asked of the network yet, so it
// works offline; the first use of a service tells what can't be reached.
func Open(ctx context.Context, opts Options) (*Portal, error) {
	cfg, err := config.Load(opts.ConfigPath, os.LookupEnv)
	if err != nil {
		return nil, err
	}
	store := secrets.NewStore(cfg, os.LookupEnv)
	clientSecret, err := store.Get(ctx, secrets.ClientSecret)
	if err != nil {
		return nil, err
	}
	password, err := store.Get(ctx, secrets.DatabasePassword)
	if err != nil {
		return nil, err
	}
	return build(ctx, cfg, clientSecret, password, opts)
}

func build(ctx context.Context, cfg config.Config, clientSecret, password secrets.Secret, opts Options) (*Portal, error) {
	log := opts.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	redactor := secrets.NewRedactor(clientSecret, password)
	log = slog.New(redactor.Handler(log.Handler()))
	network, err := transport.New(cfg.CAFile)
	if err != nil {
		return nil, err
	}
	credential, err := auth.New(cfg.Fabric, clientSecret, network)
	if err != nil {
		return nil, err
	}
	jobs := pipelines.New(cfg.Fabric, credential, network, opts.Version)
	box, err := outbox.Open(cfg.StateDir, fmt.Sprintf("%s:%d/%s", cfg.Database.Host, cfg.Database.Port, cfg.Database.Name))
	if err != nil {
		return nil, err
	}
	database, err := db.Open(ctx, cfg.Database, password, cfg.CAFile)
	if err != nil {
		return nil, err
	}
	database.Redact = redactor.Redact
	p := &Portal{Local: Local{opts.Version}, cfg: cfg, db: database, jobs: jobs, log: log, imports: imports.Open(filepath.Join(cfg.StateDir, "imports"))}
	p.files, err = artifacts.NewStore(cfg, credential, network, opts.Version, p.knownRuns)
	if err != nil {
		database.Close()
		return nil, err
	}
	p.runs = runs.New(
		runs.Parts{Database: database, Fabric: jobs, Files: p.files, Outbox: box},
		runs.Settings{
			WorkspaceID: cfg.Fabric.WorkspaceID, PipelineID: cfg.Fabric.PipelineID, RestorePipelineID: cfg.Fabric.RestorePipelineID,
			AppVersion: opts.Version, Owner: locking.ThisProcess(cfg.Identity(), opts.Version),
			TotalVisitors: cfg.Funnel.TotalVisitors, ConvertingVisitors: cfg.Funnel.ConvertingVisitors,
		}, opts.Timing)
	return p, nil
}

// Close gives the connections back.
func (p *Portal) Close() { p.db.Close() }

// Name is the profile's name, such as Production.
func (p *Portal) Name() string { return p.cfg.Name }

// User is how the screens show this user and the database stores them.
func (p *Portal) User() string { return p.cfg.Identity() }

// knownRuns names the runs whose artifacts the artifact-only source may read.
func (p *Portal) knownRuns(ctx context.Context) ([]string, error) {
	list, err := p.db.ListRuns(ctx, nil, 50)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, r := range list {
		if r.Status == runs.Succeeded {
			ids = append(ids, r.ID.String())
		}
	}
	return ids, nil
}

// Funnel reads only the funnel figures of the configuration; without a configuration there are none.
func Funnel(configPath string) (*contract.Funnel, error) {
	cfg, err := config.Load(configPath, os.LookupEnv)
	var missing *config.MissingError
	if errors.As(err, &missing) && !missing.Named {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return funnelOf(cfg.Funnel), nil
}

// Secrets keeps and removes the secrets of a configuration.
type Secrets struct{}

// SetSecret keeps a secret; name is client_secret or database_password.
func (Secrets) SetSecret(ctx context.Context, configPath, name, value string) error {
	if n := secrets.Name(name); n != secrets.ClientSecret && n != secrets.DatabasePassword {
		return fmt.Errorf("there is no secret %q: it is %s or %s", name, secrets.ClientSecret, secrets.DatabasePassword)
	}
	cfg, err := config.Load(configPath, os.LookupEnv)
	if err != nil {
		return err
	}
	return secrets.NewStore(cfg, os.LookupEnv).Set(ctx, secrets.Name(name), secrets.New(value))
}

// DeleteSecrets removes both.
func (Secrets) DeleteSecrets(ctx context.Context, configPath string) error {
	cfg, err := config.Load(configPath, os.LookupEnv)
	if err != nil {
		return err
	}
	store := secrets.NewStore(cfg, os.LookupEnv)
	for _, n := range secrets.Names {
		if err := store.Delete(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// callTime bounds one question of a subcommand to the database or the files.
const callTime = 30 * time.Second
