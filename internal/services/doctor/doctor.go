// Package doctor checks each part of the set-up and says what to do. It only reads, but for a small hidden probe file that it writes to
// Files/import and removes at once.
package doctor

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"time"

	"fabricportal/internal/format"
	"fabricportal/internal/services/db"
	"fabricportal/internal/services/desktop/logfile"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/fabric/items"
	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/fabric/transport"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

// Check is what was found of one part.
type Check struct {
	Name    string `json:"name"`
	OK      bool   `json:"ok"`
	Warning bool   `json:"warning,omitempty"` // it works, and could be better
	Message string `json:"message"`
	Action  string `json:"action,omitempty"`
}

// Database is what is examined of the database; *db.DB is one.
type Database interface {
	Ping(ctx context.Context) (db.Health, error)
	CheckSchema(ctx context.Context) ([]db.Difference, error)
}

// Listener hears the wake-ups of other desktops.
type Listener interface {
	Start(ctx context.Context)
	Stop()
}

// Fabric is what is examined of Fabric; *pipelines.Client is one.
type Fabric interface {
	PrepareToken(ctx context.Context) error
	Item(ctx context.Context, itemID string) (pipelines.Item, error)
	Ready(ctx context.Context, itemID string) (pipelines.Readiness, error)
	Skew(ctx context.Context) (skew time.Duration, ok bool, err error)
}

// Definitions are those of the workspace's items; *items.Client is one.
type Definitions interface {
	Definition(ctx context.Context, id, format string) (items.Definition, error)
}

// Files is what is examined of the lakehouse; artifacts.Store is one.
type Files interface {
	artifacts.Opener
	ListImport(ctx context.Context) ([]artifacts.File, error)
	Stat(ctx context.Context, path string) (artifacts.File, error)
}

// Services are the parts that are examined over the network.
type Services struct {
	Database Database
	Fabric   Fabric
	Files    Files
	Items    Definitions
	// Way tells how the host of an address is reached; nil: it is not looked at.
	Way func(address string) (transport.Way, error)
	// Listen makes a listener that tells each change of its hearing to state, which must not block.
	Listen func(state func(db.Hearing)) Listener
}

// Manner says how the parts are examined.
type Manner struct {
	Writer   format.Writer // of the sentences that a window translates; zero: English
	ReadOnly bool          // the probe file is not written
}

// Setup says where the set-up is, and how its services are made.
type Setup struct {
	ConfigPath string                      // as for config.Load
	Lookup     func(string) (string, bool) // finds environment variables
	Session    *secrets.Session            // holds the secrets that no keyring can; nil: nothing does
	Log        *logfile.Journal            // of this program; nil: nothing is logged
	Manner     Manner
	Deploys    fs.FS // the item folders of this version
	// Open makes the services of a configuration, without asking anything of the network, and how they are closed again.
	Open func(ctx context.Context, cfg config.Config, clientSecret, password secrets.Secret) (Services, func(), error)
}

// Examine checks all parts. One that could not be tried, as another one failed, is left out.
func Examine(ctx context.Context, s Setup) []Check {
	e := &examination{ctx: ctx, w: s.Manner.Writer}
	if !e.policy(s) {
		return e.checks
	}
	cfg, err := config.Load(s.ConfigPath, s.Lookup)
	where := cfg.Path
	if where == "" {
		where = e.w.T("PORTAL_ variables")
	}
	if !e.note("configuration", e.w.T("Read from {{.Where}}; connection “{{.Name}}”, user {{.User}}.", "Where", where, "Name", cfg.Name, "User", cfg.Identity()), err) {
		return e.checks
	}
	e.log(s.Log)
	store := secrets.NewStore(cfg, s.Lookup, s.Session)
	clientSecret, haveSecret := e.secret("client secret", store, secrets.ClientSecret)
	password, havePassword := e.secret("database password", store, secrets.DatabasePassword)
	if !haveSecret || !havePassword {
		return e.checks
	}
	services, end, err := s.Open(ctx, cfg, clientSecret, password)
	if err != nil {
		e.note("services", "", err)
		return e.checks
	}
	defer end()
	e.ways(services.Way, cfg)
	e.database(services)
	e.fabric(services, cfg.Fabric, s.Deploys)
	if e.files(services.Files) && !s.Manner.ReadOnly {
		e.probe(services.Files)
	}
	return e.checks
}

// examination collects the checks.
type examination struct {
	ctx    context.Context
	w      format.Writer
	checks []Check
}

// remark is of a part that works and could be better, as the error of a check that has passed.
type remark struct{ sentence string }

func (r *remark) Error() string { return r.sentence }

// note records one check and tells whether it passed.
func (e *examination) note(name, found string, err error) bool {
	c := Check{Name: name, OK: true, Message: found}
	if r, ok := errors.AsType[*remark](err); ok {
		c.Warning, c.Message = true, r.sentence
	} else if err != nil {
		c.OK, c.Message = false, e.w.Sentence(err)
	}
	e.checks = append(e.checks, c)
	return c.OK
}

// secret looks for a secret and says where it is, which tells what a start tomorrow will find.
func (e *examination) secret(check string, store *secrets.Store, name secrets.Name) (secrets.Secret, bool) {
	value, place, err := store.Find(e.ctx, name)
	found := ""
	switch place {
	case secrets.Nowhere: // the error says it
	case secrets.InKeyring:
		found = e.w.T("Found in this computer's keyring.")
	case secrets.NotNeeded:
		found = e.w.T("None is needed for this way to sign in.")
	case secrets.Environment:
		found = e.w.T("Found in {{.Name}}.", "Name", name.Variable())
	case secrets.Memory:
		found = e.w.T("It was entered, and is in memory until the program ends: the next start asks for it again, as this computer's keyring can't be used.")
	}
	return value, e.note(check, found, err)
}

// askTime bounds one question to a service.
const askTime = 30 * time.Second

// try runs one question with a deadline of its own.
func (e *examination) try(name string, ask func(ctx context.Context) (string, error)) bool {
	ctx, cancel := context.WithTimeout(e.ctx, askTime)
	defer cancel()
	found, err := ask(ctx)
	return e.note(name, found, err)
}

// log says where the log is, which the person who helps asks for, and whether the program crashed.
func (e *examination) log(kept *logfile.Journal) {
	if kept.Level() == logfile.Off {
		e.note("log", e.w.T("Nothing is logged, as the level is off."), nil)
		return
	}
	said := e.w.T("Kept in {{.Path}}, without secrets.", "Path", kept.LogPath())
	if kept.Level() > slog.LevelDebug {
		said = format.Sentences(said, e.w.T("--log-level debug keeps more."))
	}
	if _, at, found := kept.Crash(); found {
		said = format.Sentences(said, e.w.T("The program crashed at {{.When}}: “portal-desktop log --crash” shows the text.", "When", format.Stamp(at)))
	}
	e.note("log", said, kept.Check())
}
