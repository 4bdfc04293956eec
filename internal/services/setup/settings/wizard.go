package settings

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fabricportal/internal/format"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

// Wizard reads and keeps a configuration for the window of the first start and the settings.
type Wizard struct {
	Path string // of the portal.toml; of a new connection once it is saved
	New  bool   // a connection that is not there yet

	// Session holds the secrets that the keyring can't; nil: none are held.
	Session *secrets.Session

	connections *Connections
}

// NewConnection is the set-up of a connection that is not there yet.
func NewConnection(all *Connections) *Wizard {
	return &Wizard{New: true, connections: all}
}

// EditConnection is the set-up of the configuration at path, which may be a connection's or a file that was named; "" is
// the one that is used without a name.
func EditConnection(all *Connections, path string) (*Wizard, error) {
	w := &Wizard{Path: path, connections: all}
	if w.Path == "" {
		w.Path, _ = os.LookupEnv(configVariable)
	}
	if w.Path == "" {
		dir, err := DefaultFolder()
		if err != nil {
			return nil, err
		}
		w.Path = filepath.Join(dir, defaultFile)
	}
	return w, nil
}

// NeedsSetup tells whether an error of opening a configuration is one that a person mends by entering something.
func NeedsSetup(err error) bool {
	var missing *config.MissingError
	var invalid *config.InvalidError
	var secret *secrets.NotFoundError
	return errors.As(err, &missing) || errors.As(err, &invalid) || errors.As(err, &secret)
}

// NothingThere tells whether an error of opening a configuration says that there is none at all.
func NothingThere(err error) bool {
	var missing *config.MissingError
	return errors.As(err, &missing) && !missing.Named
}

// Fields are what can be entered, the connection's colour among them. The two secrets come after the keys of portal.toml.
func (w *Wizard) Fields() []Field {
	fields := Fields()
	whole, locked, by, err := config.Managed(w.Path)
	for i := range fields {
		if err == nil && (whole || slices.Contains(locked, fields[i].Key)) {
			fields[i].Locked = by
		}
	}
	at := slices.IndexFunc(fields, func(f Field) bool { return f.Group != GroupGeneral })
	colour := ColourField()
	if err == nil && whole {
		colour.Locked = by
	}
	return slices.Insert(fields, max(at, 0), colour)
}

// Values is what is known already, by the fields' keys.
func (w *Wizard) Values() map[string]string {
	out := valuesOf(w.read())
	if w.New {
		return out
	}
	if known, ok := w.connections.Of(w.Path); ok {
		out[ColourField().Key] = string(known.Colour)
	}
	return out
}

// read is what is known of the configuration.
func (w *Wizard) read() config.Config {
	if w.New {
		c := begun()
		c.Name = ""
		return c
	}
	c, err := Read(w.Path)
	var invalid *config.InvalidError
	if err != nil && !errors.As(err, &invalid) {
		return begun()
	}
	return c
}

// begun is a configuration of which nothing was entered yet.
func begun() config.Config {
	c, err := config.Beneath()
	if err != nil { // whoever opens or keeps it is told
		return config.Default()
	}
	return c
}

func valuesOf(c config.Config) map[string]string {
	out := map[string]string{}
	for _, f := range Fields() {
		out[f.Key] = Get(c, f.Key)
	}
	return out
}

// Kept says what is known of the secrets before anything is entered. A keyring may take its time.
func (w *Wizard) Kept(ctx context.Context) Kept {
	return keptOf(ctx, secrets.NewStore(w.read(), os.LookupEnv, w.Session))
}

// ImportValues reads a portal.toml or the earlier portal's secrets.toml: values by key, and in a sentence what was left.
func ImportValues(path string) (values map[string]string, left *format.Said, err error) {
	found, err := Import(path)
	if err != nil {
		return nil, nil, err
	}
	values = map[string]string{}
	for key, v := range valuesOf(found.Config) {
		if slices.Contains(found.Taken, key) {
			values[key] = v
		}
	}
	for name, v := range found.Secrets {
		values[string(name)] = v.Reveal()
	}
	if len(found.Ignored) > 0 {
		left = format.Say("Not used: {{.Keys}}.", "Keys", strings.Join(found.Ignored, ", "))
	}
	return values, left, nil
}

// Save keeps what was entered: secrets at once, in the keyring or, where that can't be used, in memory; the rest in the file. Where something is wrong, it says
// so by key and keeps nothing.
func (w *Wizard) Save(ctx context.Context, values map[string]string) (map[string]error, error) {
	c := w.read()
	whole, locked, _, err := config.Managed(w.Path)
	if err != nil {
		return nil, err
	}
	if whole { // only the secrets of the organisation's connection are for its user to give
		return Unlock{ConfigPath: w.Path, Session: w.Session}.Save(ctx, values)
	}
	problems := check(&c, values, locked)
	store := secrets.NewStore(c, os.LookupEnv, w.Session) // an entry of the keyring is bound to the servers and users that were entered
	if lacking(ctx, store, values, problems); len(problems) > 0 {
		return problems, nil
	}
	if !w.New {
		if err := os.MkdirAll(filepath.Dir(w.Path), 0o700); err != nil {
			return nil, format.Say("the configuration can't be kept in {{.Folder}} ({{.Why}}): check that this user may write there", "Folder", filepath.Dir(w.Path), "Why", err)
		}
	}
	if err := keep(ctx, store, values); err != nil {
		return nil, err
	}
	return nil, w.write(ctx, c, Colour(values[ColourField().Key]))
}

// notKept says why a secret has to be entered.
func notKept(err error) error {
	if missing, ok := errors.AsType[*secrets.NotFoundError](err); ok && missing.Earlier {
		return format.Say("Enter it once more: an earlier version kept it without the certificate files by which its server is known.")
	}
	if _, ok := errors.AsType[*secrets.UnavailableError](err); ok {
		return format.Say("It is needed, and this computer's keyring can't be used: what you enter here is kept in memory until the portal is closed.")
	}
	return format.Say("It is needed, and this computer's keyring does not hold it yet.")
}

// check fills a configuration with what was entered, and says what is wrong with it, by key.
// What is locked stays as it is.
func check(c *config.Config, values map[string]string, locked []string) map[string]error {
	problems := map[string]error{}
	for _, f := range Fields() {
		if slices.Contains(locked, f.Key) {
			continue
		}
		if err := Put(c, f.Key, values[f.Key]); err != nil {
			problems[f.Key] = err
		}
	}
	for _, p := range CheckAll(*c) {
		if _, known := problems[p.Key]; !known {
			problems[p.Key] = p.Said
		}
	}
	return problems
}

// write puts a configuration where it belongs: into a new connection, over a connection, or into a file that was named.
func (w *Wizard) write(ctx context.Context, c config.Config, colour Colour) error {
	if w.New {
		made, err := w.connections.Add(ctx, c.Name, colour, c)
		if err == nil {
			w.Path, w.New = made.Path, false
		}
		return err
	}
	if known, ok := w.connections.Of(w.Path); ok {
		changed, err := w.connections.Update(ctx, known.ID, colour, c)
		if err == nil {
			w.Path = changed.Path
		}
		return err
	}
	if err := Write(ctx, w.Path, c); err != nil {
		return err
	}
	if made, ok := w.connections.Of(w.Path); ok { // the first start: the file is a connection from now on
		return w.connections.paint(ctx, made.ID, colour)
	}
	return nil
}
