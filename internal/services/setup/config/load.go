package config

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"

	"fabricportal/internal/format"
	"fabricportal/internal/services/setup/policy"
)

const (
	folder   = "fabric-data-portal"
	fileName = "portal.toml"
	maxFile  = 1 << 20 // bytes; a configuration has a few kilobytes
)

// secretKey matches the names of keys under which people keep secrets.
var secretKey = regexp.MustCompile(`(?i)(password|passwd|passphrase|pwd|secret|token|private_?key|api_?key|connection_?string|dsn)`)

// Load reads the configuration: the file at path, else the one that PORTAL_CONFIG names, else portal.toml in the user's
// configuration folder, else the organisation's own connection; beneath it what the organisation's policy says; above it the PORTAL_
// variables, as lookup finds them (os.LookupEnv), where an empty one counts as not set. Without any file the variables alone may say
// everything. What the policy locks is as that says. The result is checked and normalised. Errors: *MissingError, *FileError,
// *SecretError, *InvalidError, *policy.Error; with *InvalidError the Config holds what could be read.
func Load(path string, lookup func(string) (string, bool)) (Config, error) {
	l, err := layersOf(path, lookup)
	return l.config, err
}

// layers are a configuration with what it was made of.
type layers struct {
	config Config
	policy policy.Policy
	fixed  Config // what locked keys are
	wanted Config // what would be used if nothing were locked
	says   map[From]map[string]bool
}

func (l *layers) note(who From, key string) {
	if l.says == nil {
		l.says = map[From]map[string]bool{}
	}
	if l.says[who] == nil {
		l.says[who] = map[string]bool{}
	}
	l.says[who][key] = true
}

func layersOf(path string, lookup func(string) (string, bool)) (layers, error) {
	l := layers{config: Default()}
	var err error
	if l.policy, err = policy.Machine(); err != nil {
		return l, err
	}
	if err := l.beneath(); err != nil {
		return l, err
	}
	c := &l.config
	get := func(name string) (string, bool) {
		v, ok := lookup(name)
		v = strings.TrimSpace(v)
		return v, ok && v != ""
	}
	missing := &MissingError{}
	path, missing.Named = named(path, get)
	if !missing.Named {
		path = l.usual()
	}
	var problems []error
	found := false
	if path != "" {
		// The paths within the file begin at its folder, wherever the program is started from.
		if full, err := filepath.Abs(path); err == nil {
			path = full
		}
		missing.Looked = []string{path}
		data, err := readFile(path)
		switch {
		case err == nil:
			found = true
			c.Path = path
			if problems, err = l.decode(data); err != nil {
				return l, err
			}
		case !errors.Is(err, fs.ErrNotExist):
			return l, &FileError{path, format.Say("the configuration file {{.File}} could not be read: {{.Why}}", "File", path, "Why", reason(err)).Over(err)}
		}
	}
	if !found && missing.Named {
		return l, missing
	}
	overrides, bad := override(reflect.ValueOf(c).Elem(), "PORTAL", get, func(key string) { l.note(FromEnvironment, key) })
	if !found && overrides == 0 {
		return l, missing
	}
	if err := l.lock(); err != nil {
		return l, err
	}
	if c.StateDir == "" {
		c.StateDir = DefaultStateDir()
	}
	c.normalise()
	problems = append(append(problems, bad...), c.problems()...)
	if len(problems) > 0 {
		return l, &InvalidError{Path: c.Path, Problems: problems}
	}
	return l, nil
}

// named is the file that somebody names.
func named(path string, get func(string) (string, bool)) (string, bool) {
	if path != "" {
		return path, true
	}
	return get("PORTAL_CONFIG")
}

// usual is the file that is used where none is named: the user's own, else the organisation's.
func (l *layers) usual() string {
	own := ""
	if dir, err := os.UserConfigDir(); err == nil {
		own = filepath.Join(dir, folder, fileName)
	}
	theirs := l.policy.Default()
	if theirs == "" {
		return own
	}
	if _, err := os.Stat(own); own == "" || err != nil || !l.policy.OwnConnections {
		return theirs
	}
	return own
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = format.Say("it is larger than 1 MiB")
	}
	return data, err
}

func reason(err error) error {
	if errors.Is(err, fs.ErrPermission) {
		return format.Say("this user may not read it")
	}
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err
	}
	return err
}

// decode reads the TOML strictly. Unknown keys are problems; a key named like a secret is refused outright.
func (l *layers) decode(data []byte) ([]error, error) {
	c := &l.config
	meta, err := toml.Decode(string(data), c)
	// Keys are looked at even when the text is broken further down, so that a secret is named before anything else.
	for _, key := range meta.Undecoded() {
		if secretKey.MatchString(key.String()) {
			return nil, &SecretError{Path: c.Path, Key: key.String()}
		}
	}
	if err != nil {
		var pe toml.ParseError
		if !errors.As(err, &pe) {
			// A value of the wrong type. The message names types, never the value.
			return nil, &FileError{c.Path, format.Say("the configuration file {{.File}} has a value of the wrong kind: “{{.Why}}”", "File", c.Path, "Why", strings.TrimPrefix(err.Error(), "toml: "))}
		}
		if secretKey.MatchString(pe.LastKey) {
			return nil, &SecretError{Path: c.Path, Key: pe.LastKey}
		}
		// The parser's own message may repeat a part of the value, so only the place is told.
		if pe.LastKey != "" {
			return nil, &FileError{c.Path, format.Say("the configuration file {{.File}} is not valid TOML at line {{.Line}}, near the key “{{.Key}}”: texts stand in double quotes, and a backslash within them is written twice",
				"File", c.Path, "Line", pe.Position.Line, "Key", pe.LastKey)}
		}
		return nil, &FileError{c.Path, format.Say("the configuration file {{.File}} is not valid TOML at line {{.Line}}: texts stand in double quotes, and a backslash within them is written twice",
			"File", c.Path, "Line", pe.Position.Line)}
	}
	var problems []error
	for _, key := range meta.Undecoded() {
		problems = append(problems, UnknownKey(key.String()))
	}
	for _, key := range meta.Keys() {
		l.note(FromFile, key.String())
	}
	c.complete(filepath.Dir(c.Path))
	if l.policy.Holds(c.Path) { // what the organisation's own connection says is its word, too
		l.fixed = *c
	}
	return problems, nil
}

// UnknownKey says that a file has a key that no setting has.
func UnknownKey(key string) error {
	return format.Say("the key “{{.Key}}” is not known: check its spelling and its section, or delete it", "Key", key)
}

// complete has paths begin at a folder.
func (c *Config) complete(base string) {
	for _, p := range []*string{&c.CAFile, &c.StateDir, &c.Fabric.CertificateFile, &c.Artifacts.Folder, &c.Database.SSLRootCert} {
		if *p != "" && *p != SystemAuthorities && !filepath.IsAbs(*p) {
			*p = filepath.Join(base, *p)
		}
	}
}

// override sets each field from PREFIX_<KEY>, counts how many were set, and tells each key.
func override(v reflect.Value, prefix string, get func(string) (string, bool), said func(key string)) (set int, problems []error) {
	for i := range v.NumField() {
		tag := v.Type().Field(i).Tag.Get("toml")
		if tag == "" || tag == "-" {
			continue
		}
		name := prefix + "_" + strings.ToUpper(tag)
		field := v.Field(i)
		if field.Kind() == reflect.Struct {
			n, bad := override(field, name, get, func(key string) { said(tag + "." + key) })
			set += n
			problems = append(problems, bad...)
			continue
		}
		text, ok := get(name)
		if !ok {
			continue
		}
		set++
		said(tag)
		switch field.Kind() {
		case reflect.String:
			field.SetString(text)
		case reflect.Int, reflect.Int64:
			n, err := strconv.ParseInt(text, 10, field.Type().Bits())
			if err != nil {
				problems = append(problems, format.Say("{{.Key}} is not a whole number: give it digits only", "Key", name))
				continue
			}
			field.SetInt(n)
		default:
			panic("config: no override for a field of kind " + field.Kind().String())
		}
	}
	return set, problems
}

// DefaultStateDir is the folder for this computer's notes where none is configured, in the user's cache folder; "" where there is none.
func DefaultStateDir() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, folder)
}
