package settings

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/wholefile"
)

// Profiles is a folder of named configurations: portal.toml, which has always been there and is the profile default,
// and one file each in the folder profiles. A profile's colour, and which one is selected, stand in small files of their
// own, so that two windows never overwrite each other's changes.
type Profiles struct{ dir string }

const (
	defaultID    = "default"
	profileDir   = "profiles"
	selectedFile = "selected"
	tomlEnding   = ".toml"
	colourEnding = ".colour"
)

// OpenProfiles uses a folder, which is made when the first profile is added.
func OpenProfiles(dir string) *Profiles { return &Profiles{dir} }

// DefaultFolder is the profiles' folder in the user's configuration folder.
func DefaultFolder() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("this user has no folder for configurations: name a portal.toml with --config or PORTAL_CONFIG (%w)", err)
	}
	return filepath.Join(dir, "fabric-data-portal"), nil
}

func (p *Profiles) path(id string) string {
	if id == defaultID {
		return filepath.Join(p.dir, "portal.toml")
	}
	return filepath.Join(p.dir, profileDir, id+tomlEnding)
}

func (p *Profiles) colourPath(id string) string {
	return filepath.Join(p.dir, profileDir, id+colourEnding)
}

// validID is what Add makes; it keeps file names that are none of ours, and paths, out.
var validID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,47}$`)

// List returns the profiles by name. One whose file can't be used is listed with its Problem.
func (p *Profiles) List() ([]Profile, error) {
	ids := []string{}
	if _, err := os.Stat(p.path(defaultID)); err == nil {
		ids = append(ids, defaultID)
	}
	entries, err := os.ReadDir(filepath.Join(p.dir, profileDir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, &FileError{p.dir, "the profiles in " + p.dir + " can't be read: check that this user may read the folder", err}
	}
	for _, e := range entries {
		if id, ok := strings.CutSuffix(e.Name(), tomlEnding); ok && validID.MatchString(id) && id != defaultID {
			ids = append(ids, id)
		}
	}
	selected := p.selectedID()
	var out []Profile
	for _, id := range ids {
		out = append(out, p.profile(id, selected))
	}
	slices.SortFunc(out, func(a, b Profile) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	return out, nil
}

func (p *Profiles) profile(id, selected string) Profile {
	out := Profile{ID: id, Name: id, Path: p.path(id), Selected: id == selected}
	c, err := Read(out.Path)
	var invalid *config.InvalidError
	if err == nil || errors.As(err, &invalid) {
		if c.Name != "" {
			out.Name = c.Name
		}
	}
	if err != nil {
		out.Problem = err.Error()
		if invalid != nil && len(invalid.Problems) > 1 {
			out.Problem = fmt.Sprintf("%d of its settings are missing or wrong: open Settings", len(invalid.Problems))
		}
	}
	if data, err := os.ReadFile(p.colourPath(id)); err == nil && slices.Contains(Colours, Colour(strings.TrimSpace(string(data)))) {
		out.Colour = Colour(strings.TrimSpace(string(data)))
	}
	return out
}

func (p *Profiles) selectedID() string {
	data, err := os.ReadFile(filepath.Join(p.dir, profileDir, selectedFile))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(data))
}

// Selected is the profile that is opened at the start; false where none is.
func (p *Profiles) Selected() (Profile, bool, error) {
	list, err := p.List()
	for _, x := range list {
		if x.Selected {
			return x, true, nil
		}
	}
	return Profile{}, false, err
}

// Add writes a new profile; the name must be new.
func (p *Profiles) Add(ctx context.Context, name string, colour Colour, c config.Config) (Profile, error) {
	c.Name = strings.TrimSpace(name)
	if err := p.free("", c.Name, colour); err != nil {
		return Profile{}, err
	}
	id, err := p.claim(c.Name)
	if err != nil {
		return Profile{}, err
	}
	if err := p.write(ctx, id, colour, c); err != nil {
		os.Remove(p.path(id))
		return Profile{}, err
	}
	return p.profile(id, p.selectedID()), nil
}

// free tells whether a profile may have a name and a colour.
func (p *Profiles) free(id, name string, colour Colour) error {
	if name == "" {
		return &ProfileError{id, "a profile needs a name"}
	}
	if colour != "" && !slices.Contains(Colours, colour) {
		return &ProfileError{id, "this colour is not among those of profiles: choose one of the list"}
	}
	list, err := p.List()
	if err != nil {
		return err
	}
	for _, x := range list {
		if x.ID != id && strings.EqualFold(x.Name, name) {
			return &ProfileError{id, "there is a profile of the name " + x.Name + " already: choose another name"}
		}
	}
	return nil
}

// What Windows keeps for itself can't be a file's name there.
var reserved = regexp.MustCompile(`^(con|prn|aux|nul|com[0-9]|lpt[0-9])$`)

// claim makes an id of a name and takes it, so that two windows never write the same file.
func (p *Profiles) claim(name string) (string, error) {
	base := strings.Trim(notWord.ReplaceAllString(strings.ToLower(name), "-"), "-")
	base = strings.Trim(base[:min(len(base), 40)], "-")
	if base == "" || base == defaultID || reserved.MatchString(base) {
		base = strings.Trim("profile-"+base, "-")
	}
	dir := filepath.Join(p.dir, profileDir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", &FileError{dir, "the profile can't be kept in " + dir + ": check that this user may write there", err}
	}
	for n := 1; ; n++ {
		id := base
		if n > 1 {
			id = fmt.Sprintf("%s-%d", base, n)
		}
		f, err := os.OpenFile(p.path(id), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		switch {
		case err == nil:
			return id, f.Close()
		case !errors.Is(err, fs.ErrExist) || n > 1000:
			return "", &FileError{dir, "the profile can't be kept in " + dir + ": check that this user may write there", err}
		}
	}
}

func (p *Profiles) write(ctx context.Context, id string, colour Colour, c config.Config) error {
	if err := Write(ctx, p.path(id), c); err != nil {
		return err
	}
	if colour == "" {
		if err := os.Remove(p.colourPath(id)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return &FileError{p.colourPath(id), "the profile's colour can't be changed: check that this user may write in " + p.dir, err}
		}
		return nil
	}
	return p.note(ctx, p.colourPath(id), string(colour))
}

func (p *Profiles) note(ctx context.Context, path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return &FileError{path, "the profiles' folder " + p.dir + " can't be written: check that this user may write there", err}
	}
	_, err := wholefile.Replace(ctx, path, func(w io.Writer) error {
		_, err := io.WriteString(w, text+"\n")
		return err
	})
	return err
}

// known refuses an id that is no profile's.
func (p *Profiles) known(id string) error {
	if id == defaultID || validID.MatchString(id) {
		if _, err := os.Stat(p.path(id)); err == nil {
			return nil
		}
	}
	return &ProfileError{id, "this profile is no longer there: another window may have removed it"}
}

// Update replaces a profile's configuration and colour; the name of c is the new name.
func (p *Profiles) Update(ctx context.Context, id string, colour Colour, c config.Config) (Profile, error) {
	if err := p.known(id); err != nil {
		return Profile{}, err
	}
	if err := p.free(id, strings.TrimSpace(c.Name), colour); err != nil {
		return Profile{}, err
	}
	if err := p.write(ctx, id, colour, c); err != nil {
		return Profile{}, err
	}
	return p.profile(id, p.selectedID()), nil
}

// Remove deletes a profile's file and returns what it held, so that it can be added again. Secrets stay in the keyring.
func (p *Profiles) Remove(id string) (config.Config, error) {
	if err := p.known(id); err != nil {
		return config.Config{}, err
	}
	c, _ := Read(p.path(id)) // what can't be read can be removed all the same
	if err := os.Remove(p.path(id)); err != nil {
		return c, &FileError{p.path(id), "the profile can't be removed: check that this user may change files in " + p.dir, err}
	}
	os.Remove(p.colourPath(id))
	if p.selectedID() == id {
		os.Remove(filepath.Join(p.dir, profileDir, selectedFile))
	}
	return c, nil
}

// Select makes a profile the one that is opened at the start.
func (p *Profiles) Select(ctx context.Context, id string) error {
	if err := p.known(id); err != nil {
		return err
	}
	return p.note(ctx, filepath.Join(p.dir, profileDir, selectedFile), id)
}
