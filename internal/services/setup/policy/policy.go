// Package policy reads what an organisation has decided for all users of this computer: settings under their own, which of them are
// locked, connections, and where files may be saved. An administrator writes it, in a file or in Windows' registry.
package policy

import (
	"errors"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"

	"fabricportal/internal/format"
)

// Version is the form of the policy that this program knows.
const Version = 1

const (
	fileName    = "policy.toml"
	connections = "profiles"
	maxFile     = 1 << 20 // bytes; a policy has a few kilobytes
)

// Policy is what an organisation has decided. The zero value is that of a computer without one.
type Policy struct {
	Organisation   string         // who decided, as people are told
	Language       string         // of the window, where its user has chosen none
	ExportFolders  []string       // where files may be saved; none: everywhere
	UpdateCheck    bool           // whether the program may ask for newer versions
	UpdateURL      string         // where it asks; "": nowhere
	OwnConnections bool           // whether users may have connections of their own
	Connection     string         // the organisation's connection that is used where a user has none, such as production
	Settings       map[string]any // as in portal.toml, under the user's own
	Locked         []string       // keys whose value no user and no variable changes

	Source string // where it was read; "" where there is none
	Folder string // of the organisation's connections
}

// Error says that the policy can't be used. Nothing is opened then, as nobody knows what it locks.
type Error struct {
	Source string
	*format.Said
}

// There tells whether there is a policy.
func (p Policy) There() bool { return p.Source != "" }

// Who is who decided, to be named in a sentence.
func (p Policy) Who() string {
	if p.Organisation != "" {
		return p.Organisation
	}
	return unnamed
}

// Named is Who as a value of a sentence, in any language.
func (p Policy) Named() any {
	if p.Organisation != "" {
		return p.Organisation
	}
	return format.Say(unnamed)
}

// unnamed is whoever decided without a name.
const unnamed = "your organisation"

// document is the form of the file. Pointers tell what is not said.
type document struct {
	Version        *int           `toml:"version"`
	Organisation   string         `toml:"organisation"`
	Language       string         `toml:"language"`
	ExportFolders  []string       `toml:"export_folders"`
	UpdateCheck    *bool          `toml:"update_check"`
	UpdateURL      string         `toml:"update_url"`
	OwnConnections *bool          `toml:"own_connections"`
	Connection     string         `toml:"connection"`
	Locked         []string       `toml:"locked"`
	Settings       map[string]any `toml:"settings"`
}

// Place is where a computer's policy may be.
type Place struct {
	Folder   string                       // holds policy.toml and the folder profiles
	Registry func() (string, *Key, error) // the registry's policy and its name; nil *Key where there is none; nil: no registry
	Guarded  bool                         // whether files that others than administrators may change are refused; tests own what they write
}

var pretended struct {
	sync.Mutex
	place *Place
}

var machine = sync.OnceValues(func() (Policy, error) { return Read(system()) })

// Machine is this computer's policy, as it was when the program first asked. Error: *Error.
func Machine() (Policy, error) {
	pretended.Lock()
	place := pretended.place
	pretended.Unlock()
	if place != nil {
		return Read(*place)
	}
	return machine()
}

// Pretend has Machine read another place, for tests; what it returns puts the computer's own back.
func Pretend(at Place) (restore func()) {
	pretended.Lock()
	defer pretended.Unlock()
	pretended.place = &at
	return func() {
		pretended.Lock()
		defer pretended.Unlock()
		pretended.place = nil
	}
}

// Read reads the policy of a place: that of the registry where there is one, else the file. Error: *Error.
func Read(at Place) (Policy, error) {
	none := Policy{UpdateCheck: true, OwnConnections: true, Folder: filepath.Join(at.Folder, connections)}
	source, text, err := find(at)
	if err == nil && at.Guarded {
		err = none.guarded(source)
	}
	if err != nil || source == "" {
		return none, err
	}
	p, err := parse(source, text)
	p.Folder = none.Folder
	if err != nil {
		return p, err
	}
	return p, p.check()
}

func find(at Place) (source, text string, err error) {
	if at.Registry != nil {
		name, key, err := at.Registry()
		if err != nil {
			return "", "", &Error{name, format.Say("your organisation's policy in the registry ({{.Source}}) can't be read, so that nothing is opened: ask your administrator to mend it", "Source", name).Over(err)}
		}
		if key != nil {
			text, err := key.toml()
			if err != nil {
				return "", "", Broken(name, format.Say("{{.Why}}", "Why", err))
			}
			return name, text, nil
		}
	}
	path := filepath.Join(at.Folder, fileName)
	data, err := readFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", "", nil
	case err != nil:
		return "", "", &Error{path, format.Say("your organisation's policy {{.Source}} can't be read, so that nothing is opened: ask your administrator to let all users read it", "Source", path).Over(err)}
	case len(data) > maxFile:
		return "", "", Broken(path, format.Say("it is larger than 1 MiB"))
	}
	return path, strings.TrimPrefix(string(data), "\ufeff"), nil
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxFile+1))
}

// Broken says why a policy can't be used.
func Broken(source string, why *format.Said) *Error {
	return &Error{source, format.Say("your organisation's policy {{.Source}} can't be used, so that nothing is opened: {{.Why}}; ask your administrator to mend it", "Source", source, "Why", why)}
}

func parse(source, text string) (Policy, error) {
	var d document
	p := Policy{Source: source}
	meta, err := toml.Decode(text, &d)
	if err != nil {
		if pe, ok := errors.AsType[toml.ParseError](err); ok {
			return p, Broken(source, format.Say("it is not valid TOML at line {{.Line}}", "Line", pe.Position.Line))
		}
		return p, Broken(source, format.Say("a value is of the wrong kind: “{{.Why}}”", "Why", strings.TrimPrefix(err.Error(), "toml: "))) // it names kinds, never a value
	}
	// The version decides what the keys mean, so that it comes before them.
	switch {
	case d.Version == nil:
		return p, Broken(source, format.Say("it does not say its version (version = {{.Version}})", "Version", Version))
	case *d.Version > Version:
		return p, Broken(source, format.Say("it is of version {{.Version}}, and this program knows version {{.Known}}: it has to be updated", "Version", *d.Version, "Known", Version))
	case *d.Version != Version:
		return p, Broken(source, format.Say("it is of version {{.Version}}, which there is not", "Version", *d.Version))
	}
	var names []string
	for _, k := range meta.Undecoded() {
		if k[0] != "settings" || len(k) == 1 { // tables within it are none of the document's own
			names = append(names, "“"+k.String()+"”")
		}
	}
	if len(names) > 0 {
		slices.Sort(names)
		return p, Broken(source, format.Say("it has keys that are not known: {{.Keys}}", "Keys", strings.Join(names, ", ")))
	}
	said := func(b *bool) bool { return b == nil || *b }
	return Policy{
		Organisation: strings.TrimSpace(d.Organisation), Language: d.Language, ExportFolders: d.ExportFolders, UpdateCheck: said(d.UpdateCheck), UpdateURL: d.UpdateURL,
		OwnConnections: said(d.OwnConnections), Connection: d.Connection, Settings: d.Settings, Locked: d.Locked, Source: source,
	}, nil
}

// check says what can't be meant. What keys the settings may have is for package config to say.
func (p Policy) check() error {
	if len(p.Organisation) > 100 || strings.ContainsFunc(p.Organisation, func(r rune) bool { return r < ' ' }) {
		return Broken(p.Source, format.Say("“organisation” is not a short line of text"))
	}
	for _, folder := range p.ExportFolders {
		if home, below := strings.CutPrefix(filepath.ToSlash(folder), "~"); (!below || home != "" && home[0] != '/') && !filepath.IsAbs(folder) {
			return Broken(p.Source, format.Say("“export_folders” names “{{.Folder}}”, which is neither a full path nor one that begins with ~/", "Folder", folder))
		}
	}
	if u, err := url.Parse(p.UpdateURL); p.UpdateURL != "" && (err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil) {
		return Broken(p.Source, format.Say("“update_url” is not an address that begins with https:// and holds no user name"))
	}
	if p.Connection != "" {
		if _, err := os.Stat(p.connection(p.Connection)); err != nil || filepath.Base(p.Connection) != p.Connection {
			return Broken(p.Source, format.Say("“connection” names “{{.Name}}”, and there is no such file in {{.Folder}}", "Name", p.Connection, "Folder", p.Folder))
		}
	}
	return nil
}

const ending = ".toml"

func (p Policy) connection(id string) string { return filepath.Join(p.Folder, id+ending) }

// Connections are the files of the organisation's connections, in the order of their names.
func (p Policy) Connections() []string {
	entries, err := os.ReadDir(p.Folder) // in the order of the names
	if err != nil {
		return nil
	}
	var out []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ending) && !e.IsDir() {
			out = append(out, filepath.Join(p.Folder, e.Name()))
		}
	}
	return out
}

// Default is the file of the connection that is used where a user has none: the one that is named, else the only one; "" where there
// is none.
func (p Policy) Default() string {
	if p.Connection != "" {
		return p.connection(p.Connection)
	}
	if all := p.Connections(); len(all) == 1 {
		return all[0]
	}
	return ""
}

// Holds tells whether a file is one of the organisation's connections.
func (p Policy) Holds(path string) bool {
	return p.Folder != "" && path != "" && filepath.Dir(path) == p.Folder && strings.HasSuffix(path, ending)
}
