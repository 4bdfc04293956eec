package portal

import (
	"context"
	"errors"
	"os"

	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/settings"
)

// Profiles are the configurations that this user has on this computer.
type Profiles struct{ kept *settings.Profiles }

// OpenProfiles finds them in the user's configuration folder.
func OpenProfiles() (*Profiles, error) {
	dir, err := settings.DefaultFolder()
	if err != nil {
		return nil, err
	}
	return &Profiles{settings.OpenProfiles(dir)}, nil
}

// List returns the profiles by name.
func (p *Profiles) List() ([]settings.Profile, error) { return p.kept.List() }

// Path is the file of a profile.
func (p *Profiles) Path(id string) (string, error) {
	list, err := p.kept.List()
	if err != nil {
		return "", err
	}
	for _, x := range list {
		if x.ID == id {
			return x.Path, nil
		}
	}
	return "", errors.New("this profile is no longer there: another window may have removed it")
}

// Select makes a profile the one that the window opens at its start.
func (p *Profiles) Select(ctx context.Context, id string) error { return p.kept.Select(ctx, id) }

// Remove forgets a profile.
func (p *Profiles) Remove(id string) error {
	_, err := p.kept.Remove(id)
	return err
}

// Of finds the profile whose file a path is; false where it is another file.
func (p *Profiles) Of(path string) (settings.Profile, bool) {
	list, err := p.kept.List()
	if err != nil {
		return settings.Profile{}, false
	}
	for _, x := range list {
		if sameFile(x.Path, path) {
			return x, true
		}
	}
	return settings.Profile{}, false
}

func sameFile(a, b string) bool {
	if a == b {
		return true
	}
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// ConfigPath is the file that the window opens: the one named, else the one that PORTAL_CONFIG names, else that of the
// selected profile; "" where there is none, for the search that config.Load makes.
func (p *Profiles) ConfigPath(named string) string {
	if named != "" || os.Getenv("PORTAL_CONFIG") != "" {
		return named
	}
	if chosen, ok, err := p.kept.Selected(); err == nil && ok {
		return chosen.Path
	}
	return ""
}

// Path is the file that the portal was opened with; "" where the environment said all.
func (p *Portal) Path() string { return p.cfg.Path }

// save writes a configuration to where it belongs: as a new profile, over a profile, or to a file that was named.
func (s *Setup) save(ctx context.Context, c config.Config, colour settings.Colour) error {
	if s.profiles == nil {
		return settings.Write(ctx, s.Path, c)
	}
	if s.New {
		made, err := s.profiles.kept.Add(ctx, c.Name, colour, c)
		if err == nil {
			s.Path, s.New = made.Path, false
		}
		return err
	}
	if known, ok := s.profiles.Of(s.Path); ok {
		changed, err := s.profiles.kept.Update(ctx, known.ID, colour, c)
		if err == nil {
			s.Path = changed.Path
		}
		return err
	}
	return settings.Write(ctx, s.Path, c)
}
