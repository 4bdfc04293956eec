package portal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"fabricportal/internal/format"
	"fabricportal/internal/services/db"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
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
			return "", fmt.Errorf("the database answers, but %w", skewError(h.Skew))
		}
		return found, nil
	})
	if !reached {
		return
	}
	d.try("tables and rights", func(ctx context.Context) (string, error) {
		found, err := p.db.CheckSchema(ctx)
		if err != nil {
			return "", err
		}
		var blocking, narrower []string
		for _, f := range found {
			if f.Blocking {
				blocking = append(blocking, f.Sentence)
			} else {
				narrower = append(narrower, f.Sentence)
			}
		}
		if len(blocking) > 0 {
			return "", errors.New(strings.Join(blocking, "; "))
		}
		if len(narrower) > 0 {
			return "The tables and rights are as needed. Narrower would be better: " + strings.Join(narrower, "; ") + ".", nil
		}
		return "The tables and rights are as needed, and no more.", nil
	})
	d.try("wake-ups between desktops", p.examineListening)
}

// examineListening tries whether changes by other desktops come by themselves. Where they don't, the program works all
// the same, a few seconds later.
func (p *Portal) examineListening(ctx context.Context) (string, error) {
	states := make(chan db.Hearing, 10)
	l := db.NewListener(p.db, db.ListenTiming{}, func() {}, func(h db.Hearing) {
		select {
		case states <- h:
		default:
		}
	})
	l.Start(ctx)
	defer l.Stop()
	for {
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case h := <-states:
			switch {
			case h.State == db.Listening:
				return "Changes by other desktops arrive at once.", nil
			case h.Reason != "":
				return Sentence(errors.New(h.Reason)), nil
			}
		}
	}
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
		return fmt.Sprintf("%s in %s.", format.Counted(int64(len(files)), "file", "files"), artifacts.ImportFolder), err
	}) {
		return
	}
	d.try("published results", func(ctx context.Context) (string, error) {
		f, err := p.files.Stat(ctx, artifacts.CurrentFolder+"/"+artifacts.KPIsFile)
		var missing *artifacts.NotFoundError
		if errors.As(err, &missing) {
			return "Nothing has been published yet.", nil
		}
		return fmt.Sprintf("Published %s.", format.Stamp(f.Modified.Local())), err
	})
}
