// Package portal composes the services from a configuration, for the window and for the subcommands alike. What they do
// stands in their own packages.
package portal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"fabricportal/contract"
	"fabricportal/fabric"
	"fabricportal/internal/format"
	"fabricportal/internal/services/db"
	"fabricportal/internal/services/desktop/imports"
	"fabricportal/internal/services/desktop/logfile"
	"fabricportal/internal/services/desktop/shapes"
	"fabricportal/internal/services/doctor"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/fabric/auth"
	"fabricportal/internal/services/fabric/items"
	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/fabric/transport"
	"fabricportal/internal/services/results/comparison"
	"fabricportal/internal/services/results/dataset"
	"fabricportal/internal/services/results/evidence"
	"fabricportal/internal/services/results/export"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/runs/locking"
	"fabricportal/internal/services/runs/outbox"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

// Options says which configuration is used, and by which program.
type Options struct {
	ConfigPath string            // "": the usual places
	Version    string            // of this program
	Journal    *logfile.Journal  // the program's; nil: nothing is logged
	Redactor   *secrets.Redactor // the program's, which is told the secrets; nil: one of its own
	Session    *secrets.Session  // holds the secrets that no keyring can; nil: nothing does
	Timing     runs.Timing       // zero: the protocol's times
}

// Portal is the services of one configuration; what it embeds is where its methods stand. Close it.
type Portal struct {
	Local
	*runs.Observer       // finds runs, tells how they stand, follows them
	*runs.Operator       // starts, cancels and decides in this user's name
	*artifacts.Lakehouse // lists and downloads files
	*imports.Uploader    // uploads files and remembers their contents
	*comparison.Reader   // puts runs side by side
	*evidence.Packer     // packs what is known of a run
	*logfile.Journal     // the log of this program, and the text of an earlier crash

	Rows    *dataset.Store // the cleaned rows, kept on this computer
	Exports export.Exporter

	// Words is how errors are worded for the screens, Sentence where it is nil. A window sets its own language's before Live.
	Words func(error) string

	cfg   config.Config
	db    *db.DB
	jobs  *pipelines.Client
	files artifacts.Store
	runs  *runs.Runs
	box   *outbox.Box
	log   *slog.Logger
	clean *secrets.Redactor

	imports *imports.Store
	shapes  *shapes.Store
	past    shapes.Past
	kept    []idleCloser

	credential *auth.Credential
	network    *transport.Network
}

// idleCloser keeps connections open between two requests.
type idleCloser interface{ CloseIdleConnections() }

// Open reads the configuration and the secrets and prepares the services. Nothing is asked of the network yet, so it
// works offline; the first use of a service tells what can't be reached.
func Open(ctx context.Context, opts Options) (*Portal, error) {
	cfg, err := config.Load(opts.ConfigPath, os.LookupEnv)
	if err != nil {
		return nil, err
	}
	store := secrets.NewStore(cfg, os.LookupEnv, opts.Session)
	clientSecret, err := store.Get(ctx, secrets.ClientSecret)
	if err != nil && (ctx.Err() != nil || cfg.Artifacts.Source != config.SourceFolder) { // looking into a folder needs none; what does says so
		return nil, err
	}
	password, err := store.Get(ctx, secrets.DatabasePassword)
	if err != nil {
		return nil, err
	}
	p, err := build(ctx, cfg, clientSecret, password, opts)
	if err == nil {
		p.log.Info("opened", "version", opts.Version, "connection", cfg.Name, "configuration", cfg.Path)
		p.tidy()
	}
	return p, err
}

// build makes the services of a configuration.
func build(ctx context.Context, cfg config.Config, clientSecret, password secrets.Secret, opts Options) (*Portal, error) {
	redactor := opts.Redactor
	if redactor == nil {
		redactor = secrets.NewRedactor()
	}
	redactor.Add(clientSecret, password)
	network, err := transport.New(cfg.CAFile)
	if err != nil {
		return nil, err
	}
	credential, err := credentialOf(cfg, clientSecret, network)
	if err != nil {
		return nil, err
	}
	credential.Granted = redactor.AddPassing
	jobs := pipelines.New(cfg.Fabric, credential, network, opts.Version)
	box := outbox.Open(cfg.StateDir, fmt.Sprintf("%s:%d/%s", cfg.Database.Host, cfg.Database.Port, cfg.Database.Name))
	database, err := db.Open(ctx, cfg.Database, password, cfg.CAFile)
	if err != nil {
		return nil, err
	}
	database.Redact = redactor.Redact
	p := &Portal{Local: Local{opts.Version}, Journal: opts.Journal, cfg: cfg, db: database, jobs: jobs, log: opts.Journal.Logger(), box: box, clean: redactor,
		credential: credential, network: network}
	p.files, err = artifacts.NewStore(cfg, credential, network, opts.Version, p.knownRuns)
	if err != nil {
		database.Close()
		return nil, err
	}
	// Runs work in the lakehouse itself: a folder of this computer may be behind it, and must not decide how a run ended.
	lake := p.files
	if cfg.Artifacts.Source == config.SourceFolder {
		lake = artifacts.NewOneLake(cfg.Fabric, credential, network, opts.Version)
	}
	p.runs = runs.New(
		runs.Parts{Database: database, Fabric: jobs, Files: lake, Outbox: box},
		runs.Settings{
			WorkspaceID: cfg.Fabric.WorkspaceID, PipelineID: cfg.Fabric.PipelineID, RestorePipelineID: cfg.Fabric.RestorePipelineID,
			AppVersion: opts.Version, Owner: locking.ThisProcess(p.User(), opts.Version),
			TotalVisitors: cfg.Funnel.TotalVisitors, ConvertingVisitors: cfg.Funnel.ConvertingVisitors, FromFolder: cfg.Artifacts.Source == config.SourceFolder,
		}, opts.Timing)
	p.kept = []idleCloser{credential, jobs}
	if files, ok := lake.(idleCloser); ok {
		p.kept = append(p.kept, files)
	}
	p.compose()
	return p, nil
}

// credentialOf signs in as configured; who only looks into a folder of this computer needs no secret for that.
func credentialOf(cfg config.Config, clientSecret secrets.Secret, network *transport.Network) (*auth.Credential, error) {
	if cfg.Artifacts.Source == config.SourceFolder && cfg.Fabric.NeedsSecret() && clientSecret.Reveal() == "" {
		return auth.WithoutSecret(cfg.Fabric, network), nil
	}
	return auth.New(cfg.Fabric, clientSecret, network, stateFolder(cfg.StateDir, signInFolder))
}

// compose hands the parts to those who work with them.
func (p *Portal) compose() {
	p.imports = imports.Open(stateFolder(p.cfg.StateDir, "imports"))
	p.shapes, p.past = shapesOf(p.cfg.StateDir), p.db
	p.Observer = runs.NewObserver(p.db, p.runs, p.User(), p.log)
	p.Lakehouse = artifacts.NewLakehouse(p.files)
	p.Uploader = imports.NewUploader(p.files, p.imports, imports.OpenPending(stateFolder(p.cfg.StateDir, "uploads"), p.lakehouse()), p.User(), p.log)
	p.Operator = runs.NewOperator(p.runs, p.User(), p.Uploader)
	p.Reader = comparison.NewReader(p.db, p.files)
	p.Packer = evidence.NewPacker(p.Observer, p.files, p.clean.Redact, evidence.Origin{Connection: p.cfg.Name, Version: p.Version})
	p.Rows = dataset.NewStore(stateFolder(p.cfg.StateDir, "rows"), p.files)
	p.Exports = export.Exporter{Connection: p.cfg.Name}
}

// lakehouse tells the configured one from all others.
func (p *Portal) lakehouse() string {
	f := p.cfg.Fabric
	return strings.ToLower(f.OneLakeURL + "/" + f.WorkspaceID + "/" + f.LakehouseID)
}

// Close gives the connections back.
func (p *Portal) Close() { p.db.Close() }

// Name is the connection's name, such as Production.
func (p *Portal) Name() string { return p.cfg.Name }

// RestorePipelineID is the pipeline whose runs are restores; "" where none is configured, or where it is that of all runs.
func (p *Portal) RestorePipelineID() string {
	if strings.EqualFold(p.cfg.Fabric.RestorePipelineID, p.cfg.Fabric.PipelineID) {
		return ""
	}
	return p.cfg.Fabric.RestorePipelineID
}

// User is how the screens show this user and the database stores them: who signed in, else who the configuration says it is.
func (p *Portal) User() string {
	if who := auth.SignedIn(p.cfg.Fabric, stateFolder(p.cfg.StateDir, signInFolder)); who != "" {
		return who
	}
	return p.cfg.Identity()
}

// SignedIn tells whether User has signed in to Microsoft, and is not only who the configuration says.
func (p *Portal) SignedIn() bool {
	return auth.SignedIn(p.cfg.Fabric, stateFolder(p.cfg.StateDir, signInFolder)) != ""
}

// ByPerson tells whether the person at this computer has to sign in to Microsoft.
func (p *Portal) ByPerson() bool { return p.cfg.Fabric.ByPerson() }

// SignIn has the person sign in; see auth.Credential.
func (p *Portal) SignIn(ctx context.Context, show func(code, page string)) (who string, lasts bool, err error) {
	return p.credential.SignIn(ctx, func(c auth.Code) { show(c.Code, c.Page) })
}

// signInFolder is where it is noted who has signed in, within the folder of this computer's notes.
const signInFolder = "signin"

// Path is the file that the portal was opened with; "" where the environment said all.
func (p *Portal) Path() string { return p.cfg.Path }

// Log is where all that works for this portal writes; secrets are taken out.
func (p *Portal) Log() *slog.Logger { return p.log }

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

// Doctor checks each part of the configuration and says what to do. It only reads, but for a small hidden file that it writes to Files/import
// and removes at once.
func Doctor(ctx context.Context, opts Options, how doctor.Manner) []doctor.Check {
	return doctor.Examine(ctx, doctor.Setup{
		ConfigPath: opts.ConfigPath, Lookup: os.LookupEnv, Session: opts.Session, Log: opts.Journal, Manner: how, Deploys: fabric.Items,
		Open: func(ctx context.Context, cfg config.Config, clientSecret, password secrets.Secret) (doctor.Services, func(), error) {
			p, err := build(ctx, cfg, clientSecret, password, opts)
			if err != nil {
				return doctor.Services{}, nil, err
			}
			listen := func(state func(db.Hearing)) doctor.Listener {
				return db.NewListener(p.db, db.ListenTiming{}, func() {}, state)
			}
			definitions := items.New(cfg.Fabric, p.credential, p.network, opts.Version)
			end := func() {
				definitions.CloseIdleConnections()
				p.Close()
			}
			return doctor.Services{Database: p.db, Fabric: p.jobs, Files: p.files, Items: definitions, Listen: listen, Way: p.network.Way}, end, nil
		},
	})
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

// Sentence is what the user reads of an error.
func Sentence(err error) string { return format.Sentence(err) }
