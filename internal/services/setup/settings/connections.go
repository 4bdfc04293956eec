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

	"fabricportal/internal/atomicfile"
	"fabricportal/internal/format"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/policy"
)

// Connections is a folder of named configurations, such as production and test: portal.toml, which has always been there
// and is the connection default, and one file each in the folder profiles beside it; and those of the organisation, which nobody changes here. A connection's colour, and which one
// is selected, stand in small files of their own, so that two windows never overwrite each other's changes.
type Connections struct{ dir string }

const (
	defaultID      = "default"
	defaultFile    = "portal.toml"
	configVariable = "PORTAL_CONFIG"
	connectionDir  = "profiles" // the name that the folder has on users' disks; it never changes
	selectedFile   = "selected"
	tomlEnding     = ".toml"
	colourEnding   = ".colour"
)

// OpenConnections uses a folder, which is made when the first connection is added.
func OpenConnections(dir string) *Connections { return &Connections{dir} }

// DefaultFolder is the connections' folder in the user's configuration folder.
func DefaultFolder() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("this user has no folder for configurations: name a portal.toml with --config or PORTAL_CONFIG (%w)", err)
	}
	return filepath.Join(dir, "fabric-data-portal"), nil
}

// managedPrefix begins the ids of the organisation's connections.
const managedPrefix = "organisation/"

func (all *Connections) path(id string) string {
	if theirs, ok := strings.CutPrefix(id, managedPrefix); ok {
		return filepath.Join(organisationFolder(), theirs+tomlEnding)
	}
	if id == defaultID {
		return filepath.Join(all.dir, defaultFile)
	}
	return filepath.Join(all.dir, connectionDir, id+tomlEnding)
}

// organisationFolder is where the organisation's connections are; "" where its policy can't be read.
func organisationFolder() string {
	p, err := policy.Machine()
	if err != nil {
		return ""
	}
	return p.Folder
}

// organisations are the ids of the organisation's connections, and whether users may have others.
func organisations() (ids []string, own bool, err error) {
	p, err := policy.Machine()
	if err != nil {
		return nil, false, err
	}
	for _, path := range p.Connections() {
		if id := strings.TrimSuffix(filepath.Base(path), tomlEnding); validID.MatchString(id) {
			ids = append(ids, managedPrefix+id)
		}
	}
	return ids, p.OwnConnections, nil
}

func (all *Connections) colourPath(id string) string {
	if strings.HasPrefix(id, managedPrefix) {
		return strings.TrimSuffix(all.path(id), tomlEnding) + colourEnding
	}
	return filepath.Join(all.dir, connectionDir, id+colourEnding)
}

// validID is what Add makes; it keeps file names that are none of ours, and paths, out.
var validID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,47}$`)

// List returns the connections by name. One whose file can't be used is listed with its Problem.
func (all *Connections) List() ([]Connection, error) {
	ids, own, err := organisations()
	if err != nil {
		return nil, err
	}
	if own {
		mine, err := all.ownIDs()
		if err != nil {
			return nil, err
		}
		ids = append(ids, mine...)
	}
	selected := all.selectedID()
	var out []Connection
	for _, id := range ids {
		out = append(out, all.connection(id, selected))
	}
	slices.SortFunc(out, func(a, b Connection) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	return out, nil
}

// ownIDs are the ids of the user's own connections.
func (all *Connections) ownIDs() ([]string, error) {
	ids := []string{}
	if _, err := os.Stat(all.path(defaultID)); err == nil {
		ids = append(ids, defaultID)
	}
	entries, err := os.ReadDir(filepath.Join(all.dir, connectionDir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, &FileError{all.dir, format.Say("the connections in {{.Folder}} can't be read: check that this user may read the folder", "Folder", all.dir).Over(err)}
	}
	for _, e := range entries {
		if id, ok := strings.CutSuffix(e.Name(), tomlEnding); ok && validID.MatchString(id) && id != defaultID {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

func (all *Connections) connection(id, selected string) Connection {
	out := Connection{ID: id, Name: id, Path: all.path(id), Selected: id == selected, Managed: strings.HasPrefix(id, managedPrefix)}
	c, err := Read(out.Path)
	var invalid *config.InvalidError
	if err == nil || errors.As(err, &invalid) {
		if c.Name != "" {
			out.Name = c.Name
		}
	}
	if err != nil {
		out.Problem = err
		if invalid != nil && len(invalid.Problems) > 1 {
			out.Problem = format.SayN(int64(len(invalid.Problems)), "{{.N}} of its settings is missing or wrong: open Settings", "{{.N}} of its settings are missing or wrong: open Settings")
		}
	}
	if data, err := atomicfile.Read(all.colourPath(id), maxWord); err == nil && slices.Contains(Colours, Colour(strings.TrimSpace(string(data)))) {
		out.Colour = Colour(strings.TrimSpace(string(data)))
	}
	return out
}

// maxWord is how many bytes of a file are read that holds one word.
const maxWord = 4 << 10

func (all *Connections) selectedID() string {
	data, err := atomicfile.Read(filepath.Join(all.dir, connectionDir, selectedFile), maxWord)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(data))
}

// Selected is the connection that is opened at the start; false where none is.
func (all *Connections) Selected() (Connection, bool, error) {
	list, err := all.List()
	for _, x := range list {
		if x.Selected {
			return x, true, nil
		}
	}
	return Connection{}, false, err
}

// Add writes a new connection; the name must be new.
func (all *Connections) Add(ctx context.Context, name string, colour Colour, c config.Config) (Connection, error) {
	c.Name = strings.TrimSpace(name)
	if _, own, err := organisations(); err != nil {
		return Connection{}, err
	} else if !own {
		return Connection{}, &ConnectionError{"", format.Say("your organisation allows its own connections only: choose one of them")}
	}
	if err := all.free("", c.Name, colour); err != nil {
		return Connection{}, err
	}
	id, err := all.claim(c.Name)
	if err != nil {
		return Connection{}, err
	}
	if err := all.write(ctx, id, colour, c); err != nil {
		os.Remove(all.path(id))
		return Connection{}, err
	}
	return all.connection(id, all.selectedID()), nil
}

// free tells whether a connection may have a name and a colour.
func (all *Connections) free(id, name string, colour Colour) error {
	if name == "" {
		return &ConnectionError{id, format.Say("a connection needs a name")}
	}
	if colour != "" && !slices.Contains(Colours, colour) {
		return &ConnectionError{id, format.Say("this colour is not among those of connections: choose one of the list")}
	}
	list, err := all.List()
	if err != nil {
		return err
	}
	for _, x := range list {
		if x.ID != id && strings.EqualFold(x.Name, name) {
			return &ConnectionError{id, format.Say("there is a connection of the name {{.Name}} already: choose another name", "Name", x.Name)}
		}
	}
	return nil
}

// What Windows keeps for itself can't be a file's name there.
var reserved = regexp.MustCompile(`^(con|prn|aux|nul|com[0-9]|lpt[0-9])$`)

// claim makes an id of a name and takes it, so that two windows never write the same file.
func (all *Connections) claim(name string) (string, error) {
	base := strings.Trim(notWord.ReplaceAllString(strings.ToLower(name), "-"), "-")
	base = strings.Trim(base[:min(len(base), 40)], "-")
	if base == "" || base == defaultID || reserved.MatchString(base) {
		base = strings.Trim("connection-"+base, "-")
	}
	dir := filepath.Join(all.dir, connectionDir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", &FileError{dir, format.Say("the connection can't be kept in {{.Folder}}: check that this user may write there", "Folder", dir).Over(err)}
	}
	for n := 1; ; n++ {
		id := base
		if n > 1 {
			id = fmt.Sprintf("%s-%d", base, n)
		}
		f, err := os.OpenFile(all.path(id), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		switch {
		case err == nil:
			return id, f.Close()
		case !errors.Is(err, fs.ErrExist) || n > 1000:
			return "", &FileError{dir, format.Say("the connection can't be kept in {{.Folder}}: check that this user may write there", "Folder", dir).Over(err)}
		}
	}
}

func (all *Connections) write(ctx context.Context, id string, colour Colour, c config.Config) error {
	if err := Write(ctx, all.path(id), c); err != nil {
		return err
	}
	return all.paint(ctx, id, colour)
}

// paint keeps a connection's colour; "" keeps none.
func (all *Connections) paint(ctx context.Context, id string, colour Colour) error {
	if colour == "" {
		if err := os.Remove(all.colourPath(id)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return &FileError{all.colourPath(id), format.Say("the connection's colour can't be changed: check that this user may write in {{.Folder}}", "Folder", all.dir).Over(err)}
		}
		return nil
	}
	return all.note(ctx, all.colourPath(id), string(colour))
}

func (all *Connections) note(ctx context.Context, path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return &FileError{path, format.Say("the connections' folder {{.Folder}} can't be written: check that this user may write there", "Folder", all.dir).Over(err)}
	}
	_, err := atomicfile.Replace(ctx, path, atomicfile.Private, func(w io.Writer) error {
		_, err := io.WriteString(w, text+"\n")
		return err
	})
	return err
}

// Path is the file of a connection. Errors: *ConnectionError, *FileError.
func (all *Connections) Path(id string) (string, error) {
	if err := all.known(id); err != nil {
		return "", err
	}
	return all.path(id), nil
}

// Of finds the connection whose file a path is; false where it is another file.
func (all *Connections) Of(path string) (Connection, bool) {
	list, err := all.List()
	if err != nil {
		return Connection{}, false
	}
	for _, x := range list {
		if sameFile(x.Path, path) {
			return x, true
		}
	}
	return Connection{}, false
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

// ConfigPath is the file that the window opens: the one named, else the one that PORTAL_CONFIG names (as lookup finds it),
// else that of the selected connection; "" where there is none, for the search that config.Load makes.
func (all *Connections) ConfigPath(named string, lookup func(string) (string, bool)) string {
	if v, _ := lookup(configVariable); named != "" || v != "" {
		return named
	}
	if chosen, ok, err := all.Selected(); err == nil && ok {
		return chosen.Path
	}
	return ""
}

// known refuses an id that is no connection's.
func (all *Connections) known(id string) error {
	if id == defaultID || validID.MatchString(strings.TrimPrefix(id, managedPrefix)) {
		if _, err := os.Stat(all.path(id)); err == nil {
			return nil
		}
	}
	return &ConnectionError{id, format.Say("this connection is no longer there: another window may have removed it")}
}

// changeable refuses an id that is no connection's, or the organisation's.
func (all *Connections) changeable(id string) error {
	if strings.HasPrefix(id, managedPrefix) {
		return &ConnectionError{id, format.Say("this connection is your organisation's: its administrator changes it")}
	}
	return all.known(id)
}

// Update replaces a connection's configuration and colour; the name of c is the new name.
func (all *Connections) Update(ctx context.Context, id string, colour Colour, c config.Config) (Connection, error) {
	if err := all.changeable(id); err != nil {
		return Connection{}, err
	}
	if err := all.free(id, strings.TrimSpace(c.Name), colour); err != nil {
		return Connection{}, err
	}
	if err := all.write(ctx, id, colour, c); err != nil {
		return Connection{}, err
	}
	return all.connection(id, all.selectedID()), nil
}

// Remove deletes a connection's file and returns what it held, so that it can be added again. Secrets stay in the keyring.
func (all *Connections) Remove(id string) (config.Config, error) {
	if err := all.changeable(id); err != nil {
		return config.Config{}, err
	}
	c, _ := Read(all.path(id)) // what can't be read can be removed all the same
	if err := os.Remove(all.path(id)); err != nil {
		return c, &FileError{all.path(id), format.Say("the connection can't be removed: check that this user may change files in {{.Folder}}", "Folder", all.dir).Over(err)}
	}
	os.Remove(all.colourPath(id))
	if all.selectedID() == id {
		os.Remove(filepath.Join(all.dir, connectionDir, selectedFile))
	}
	return c, nil
}

// Select makes a connection the one that is opened at the start.
func (all *Connections) Select(ctx context.Context, id string) error {
	if err := all.known(id); err != nil {
		return err
	}
	return all.note(ctx, filepath.Join(all.dir, connectionDir, selectedFile), id)
}
