package portal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"fabricportal/internal/services/artifacts"
	"fabricportal/internal/services/config"
	"fabricportal/internal/services/secrets"
)

// skewLimit is how far this computer's clock may be off before doctor says so. Nothing is decided by it, but times on
// the screen look wrong, and sign-in fails from about five minutes on.
const skewLimit = 2 * time.Minute

// Doctor checks each part of the configuration, reading only, and says what to do. A part that could not be tried as
// another one failed is left out.
func Doctor(ctx context.Context, opts Options) []Check {
	d := &examination{ctx: ctx}
	cfg, err := config.Load(opts.ConfigPath, os.LookupEnv)
	where := cfg.Path
	if where == "" {
		where = "PORTAL_ variables"
	}
	if !d.note("configuration", fmt.Sprintf("Read from %s; profile “%s”, user %s.", where, cfg.Name, cfg.Identity()), err) {
		return d.checks
	}
	store := secrets.NewStore(cfg, os.LookupEnv)
	clientSecret, err := store.Get(ctx, secrets.ClientSecret)
	haveSecret := d.note("client secret", "Found.", err)
	password, err := store.Get(ctx, secrets.DatabasePassword)
	havePassword := d.note("database password", "Found.", err)
	if !haveSecret || !havePassword {
		return d.checks
	}
	p, err := build(ctx, cfg, clientSecret, password, opts)
	if err != nil {
		d.note("services", "", err)
		return d.checks
	}
	defer p.Close()
	p.examineDatabase(d)
	p.examineFabric(d)
	p.examineFiles(d)
	return d.checks
}

// examination collects the checks.
type examination struct {
	ctx    context.Context
	checks []Check
}

// note records one check and tells whether it passed.
func (d *examination) note(name, found string, err error) bool {
	if err != nil {
		d.checks = append(d.checks, Check{Name: name, Message: Sentence(err)})
		return false
	}
	d.checks = append(d.checks, Check{Name: name, OK: true, Message: found})
	return true
}

// try runs one question with a deadline of its own.
func (d *examination) try(name string, ask func(ctx context.Context) (string, error)) bool {
	ctx, cancel := context.WithTimeout(d.ctx, callTime)
	defer cancel()
	found, err := ask(ctx)
	return d.note(name, found, err)
}

func (p *Portal) examineDatabase(d *examination) {
	reached := d.try("database", func(ctx context.Context) (string, error) {
		h, err := p.db.Ping(ctx)
		if err != nil {
			return "", err
		}
		secure := "encrypted"
		if !h.Encrypted {
			secure = "not encrypted"
		}
		found := fmt.Sprintf("PostgreSQL %s answers in %d ms, %s.", h.ServerVersion, h.Took.Milliseconds(), secure)
		if h.Skew.Abs() > skewLimit {
			return "", fmt.Errorf("the database answers, but this computer's clock is off by %s: set it by a time server", h.Skew.Round(time.Second))
		}
		return found, nil
	})
	if !reached {
		return
	}
	d.try("tables and rights", func(ctx context.Context) (string, error) {
		if _, err := p.db.Active(ctx); err != nil {
			return "", err
		}
		list, err := p.db.ListRuns(ctx, nil, 1)
		if err != nil {
			return "", err
		}
		if len(list) == 0 {
			return "The tables can be read; no run has been recorded yet.", nil
		}
		if _, err := p.db.Events(ctx, list[0].ID); err != nil {
			return "", err
		}
		if _, err := p.db.Artifacts(ctx, list[0].ID); err != nil {
			return "", err
		}
		_, err = p.db.LatestRestore(ctx)
		return "The tables can be read.", err
	})
}

func (p *Portal) examineFabric(d *examination) {
	if !d.try("sign-in to Fabric", func(ctx context.Context) (string, error) {
		return "Entra issued a token.", p.jobs.PrepareToken(ctx)
	}) {
		return
	}
	for _, item := range []struct{ name, key, id string }{
		{"pipeline", "pipeline_id", p.cfg.Fabric.PipelineID}, {"restore pipeline", "restore_pipeline_id", p.cfg.Fabric.RestorePipelineID},
	} {
		d.try(item.name, func(ctx context.Context) (string, error) {
			if item.id == "" {
				return "", fmt.Errorf("it is not configured: set %s under [fabric] in portal.toml", item.key)
			}
			found, err := p.jobs.Item(ctx, item.id)
			return fmt.Sprintf("Fabric shows it as “%s”.", found.Name), err
		})
	}
}

func (p *Portal) examineFiles(d *examination) {
	if !d.try("lakehouse files", func(ctx context.Context) (string, error) {
		files, err := p.files.ListImport(ctx)
		return fmt.Sprintf("%d files in %s.", len(files), artifacts.ImportFolder), err
	}) {
		return
	}
	d.try("published results", func(ctx context.Context) (string, error) {
		f, err := p.files.Stat(ctx, artifacts.CurrentFolder+"/"+artifacts.KPIsFile)
		var missing *artifacts.NotFoundError
		if errors.As(err, &missing) {
			return "Nothing has been published yet.", nil
		}
		return fmt.Sprintf("Published %s.", f.Modified.Local().Format("2006-01-02 15:04")), err
	})
}
