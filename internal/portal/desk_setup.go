package portal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
	"fabricportal/internal/services/setup/settings"
)

// Setup reads, keeps and tests a configuration for the window of the first start and the settings.
type Setup struct {
	Path    string // of the portal.toml; of a new profile once it is saved
	Version string // of this program
	New     bool   // a profile that is not there yet

	profiles *Profiles // nil: there is this one file
}

// NewProfile is the set-up of a profile that is not there yet.
func NewProfile(profiles *Profiles, version string) *Setup {
	return &Setup{Version: version, New: true, profiles: profiles}
}

// EditProfile is the set-up of the configuration at path, which may be a profile's.
func EditProfile(profiles *Profiles, path, version string) *Setup {
	return &Setup{Path: path, Version: version, profiles: profiles}
}

// NewSetup is the set-up of the configuration at configPath, else of the one that is used without a name.
func NewSetup(configPath, version string) (*Setup, error) {
	if configPath == "" {
		configPath = os.Getenv("PORTAL_CONFIG")
	}
	if configPath == "" {
		dir, err := os.UserConfigDir()
		if err != nil {
			return nil, fmt.Errorf("this user has no folder for configurations: name a portal.toml with --config or PORTAL_CONFIG (%w)", err)
		}
		configPath = filepath.Join(dir, "fabric-data-portal", "portal.toml")
	}
	return &Setup{Path: configPath, Version: version}, nil
}

// NeedsSetup tells whether an error of Open is one that a person mends by entering something.
func NeedsSetup(err error) bool {
	var missing *config.MissingError
	var invalid *config.InvalidError
	var secret *secrets.NotFoundError
	return errors.As(err, &missing) || errors.As(err, &invalid) || errors.As(err, &secret)
}

// NothingThere tells whether an error of Open says that there is no configuration at all.
func NothingThere(err error) bool {
	var missing *config.MissingError
	return errors.As(err, &missing) && !missing.Named
}

// Fields are what can be entered; the two secrets come after the keys of portal.toml.
func (s *Setup) Fields() []settings.Field {
	fields := settings.Fields()
	if s.profiles == nil {
		return fields
	}
	at := slices.IndexFunc(fields, func(f settings.Field) bool { return f.Group != settings.GroupGeneral })
	return slices.Insert(fields, max(at, 0), settings.ColourField())
}

// Values is what is known already, by the fields' keys.
func (s *Setup) Values() map[string]string {
	out := valuesOf(s.read())
	if s.profiles != nil && !s.New {
		if p, ok := s.profiles.Of(s.Path); ok {
			out[settings.ColourField().Key] = string(p.Colour)
		}
	}
	return out
}

// read is what is known of the configuration.
func (s *Setup) read() config.Config {
	if s.New {
		c := config.Default()
		c.Name = ""
		return c
	}
	c, err := settings.Read(s.Path)
	var invalid *config.InvalidError
	if err != nil && !errors.As(err, &invalid) {
		return config.Default()
	}
	return c
}

func valuesOf(c config.Config) map[string]string {
	out := map[string]string{}
	for _, f := range settings.Fields() {
		out[f.Key] = settings.Get(c, f.Key)
	}
	return out
}

// Kept tells of each secret whether it is known already.
func (s *Setup) Kept(ctx context.Context) map[secrets.Name]bool {
	out := map[secrets.Name]bool{}
	store := secrets.NewStore(s.read(), os.LookupEnv)
	for _, n := range secrets.Names {
		_, err := store.Get(ctx, n)
		out[n] = err == nil
	}
	return out
}

// Import reads a portal.toml or the earlier portal's secrets.toml: values by key, and in a sentence what was left.
func (s *Setup) Import(_ context.Context, path string) (map[string]string, string, error) {
	found, err := settings.Import(path)
	if err != nil {
		return nil, "", err
	}
	values := map[string]string{}
	for key, v := range valuesOf(found.Config) {
		if slices.Contains(found.Taken, key) {
			values[key] = v
		}
	}
	for name, v := range found.Secrets {
		values[string(name)] = v.Reveal()
	}
	sentence := ""
	if len(found.Ignored) > 0 {
		sentence = fmt.Sprintf("Not used: %s.", strings.Join(found.Ignored, ", "))
	}
	return values, sentence, nil
}

// Save keeps what was entered: secrets in the keyring at once, the rest in the file. Where something is wrong, it says
// so by key and keeps nothing.
func (s *Setup) Save(ctx context.Context, values map[string]string) (map[string]string, error) {
	c := s.read()
	problems := map[string]string{}
	for _, f := range settings.Fields() {
		if err := settings.Put(&c, f.Key, values[f.Key]); err != nil {
			problems[f.Key] = Sentence(err)
		}
	}
	for _, p := range settings.CheckAll(c) {
		if _, known := problems[p.Key]; !known {
			problems[p.Key] = Sentence(errors.New(p.Sentence))
		}
	}
	store := secrets.NewStore(c, os.LookupEnv)
	for _, n := range secrets.Names {
		if values[string(n)] != "" {
			continue
		}
		if _, err := store.Get(ctx, n); err != nil {
			problems[string(n)] = "It is needed, and this computer's keyring does not hold it yet."
		}
	}
	if len(problems) > 0 {
		return problems, nil
	}
	if !s.New {
		if err := os.MkdirAll(filepath.Dir(s.Path), 0o700); err != nil {
			return nil, fmt.Errorf("the configuration can't be kept in %s: %w", filepath.Dir(s.Path), err)
		}
	}
	for _, n := range secrets.Names {
		if v := values[string(n)]; v != "" {
			if err := store.Set(ctx, n, secrets.New(v)); err != nil {
				return nil, err
			}
		}
	}
	return nil, s.save(ctx, c, settings.Colour(values[settings.ColourField().Key]))
}

// Test is the same as doctor on what was saved.
func (s *Setup) Test(ctx context.Context) []Check {
	return Doctor(ctx, Options{ConfigPath: s.Path, Version: s.Version})
}
