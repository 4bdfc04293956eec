package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"fabricportal/internal/format"
	"fabricportal/internal/services/setup/policy"
)

// From is who says what a setting is.
type From string

// Who may say it, from the weakest on.
const (
	FromDefault     From = "default"
	FromPolicy      From = "policy"
	FromFile        From = "file"
	FromEnvironment From = "environment"
)

// Setting is a key of portal.toml as it is used.
type Setting struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	From   From   `json:"from"`
	Locked bool   `json:"locked,omitempty"` // no user and no variable changes it
	// Unused is who says something else, which is not used as the key is locked; "" where nobody does.
	Unused From `json:"unused,omitempty"`
}

// Explain says of each setting what it is and who says so, in the order of the keys in the file. With *InvalidError it says what could be
// read; other errors are those of Load.
func Explain(path string, lookup func(string) (string, bool)) ([]Setting, error) {
	l, err := layersOf(path, lookup)
	if _, ok := errors.AsType[*InvalidError](err); err != nil && !ok {
		return nil, err
	}
	locked := l.locked()
	var out []Setting
	for _, key := range keys {
		s := Setting{Key: key, Value: text(l.config, key), From: l.strongest(key, FromEnvironment, FromFile, FromPolicy), Locked: slices.Contains(locked, key)}
		if s.Locked {
			if text(l.wanted, key) != text(l.fixed, key) {
				s.Unused = s.From
			}
			s.From = l.lockedFrom(key)
		}
		out = append(out, s)
	}
	return out, err
}

// Explained is Explain with the variables of this process, and where the organisation's policy is; "" where there is none.
func Explained(path string) (list []Setting, source string, err error) {
	p, err := policy.Machine()
	if err != nil {
		return nil, p.Source, err
	}
	list, err = Explain(path, os.LookupEnv)
	return list, p.Source, err
}

// Managed tells of a configuration file whose it is: the organisation's, which no user changes, or the user's, of which keys may be locked.
func Managed(path string) (whole bool, locked []string, by string, err error) {
	p, err := policy.Machine()
	if err != nil {
		return false, nil, "", err
	}
	l := layers{policy: p}
	return p.Holds(path), l.locked(), p.Who(), nil
}

// Beneath is the configuration before any file is read, with what the organisation's policy says. Error: *policy.Error.
func Beneath() (Config, error) {
	p, err := policy.Machine()
	l := layers{config: Default(), policy: p}
	if err != nil {
		return l.config, err
	}
	err = l.beneath()
	return l.config, err
}

// beneath puts the policy's settings over the defaults.
func (l *layers) beneath() error {
	l.fixed = l.config
	refused := func(why *format.Said) error { return policy.Broken(l.policy.Source, why) }
	for _, key := range l.policy.Locked {
		if !slices.Contains(keys, key) {
			return refused(format.Say("it locks “{{.Key}}”, and there is no such setting", "Key", key))
		}
	}
	if len(l.policy.Settings) == 0 {
		return nil
	}
	said, err := toml.Marshal(l.policy.Settings)
	if err != nil {
		return refused(format.Say("its settings can't be read"))
	}
	meta, err := toml.Decode(string(said), &l.config)
	if err != nil {
		return refused(format.Say("a value of its settings is of the wrong kind: “{{.Why}}”", "Why", strings.TrimPrefix(err.Error(), "toml: ")))
	}
	var unknown []string
	for _, key := range meta.Undecoded() {
		if secretKey.MatchString(key.String()) {
			return refused(format.Say("it holds a secret in “{{.Key}}”, which every user of this computer can read: it has to be deleted, and the secret to be changed", "Key", "settings."+key.String()))
		}
		unknown = append(unknown, "“settings."+key.String()+"”")
	}
	if unknown != nil {
		return refused(format.Say("it has keys that are not known: {{.Keys}}", "Keys", strings.Join(unknown, ", ")))
	}
	for _, key := range meta.Keys() {
		l.note(FromPolicy, key.String())
	}
	l.config.complete(filepath.Dir(l.policy.Folder))
	l.fixed = l.config
	return nil
}

// free are the keys that stay the user's own where only the organisation's connections may be used.
var free = []string{"user", "state_dir"}

func (l *layers) locked() []string {
	if l.policy.OwnConnections || !l.policy.There() {
		return l.policy.Locked
	}
	return slices.DeleteFunc(slices.Clone(keys), func(key string) bool {
		return slices.Contains(free, key) && !slices.Contains(l.policy.Locked, key)
	})
}

// lock puts locked keys back to what the organisation says: in its own connection what that says, else its policy.
func (l *layers) lock() error {
	l.wanted = l.config
	if l.policy.There() && !l.policy.OwnConnections && !l.policy.Holds(l.config.Path) {
		return &policy.Error{Source: l.policy.Source, Said: format.Say("{{.Who}} allows its own connections only: choose one of them at the top of the window, or name its file with --config", "Who", l.policy.Named())}
	}
	for _, key := range l.locked() {
		at(&l.config, key).Set(at(&l.fixed, key))
	}
	return nil
}

// lockedFrom is who says what a locked key is.
func (l *layers) lockedFrom(key string) From {
	if l.policy.Holds(l.config.Path) {
		return l.strongest(key, FromFile, FromPolicy)
	}
	return l.strongest(key, FromPolicy)
}

// strongest is the first of those who say something of a key.
func (l *layers) strongest(key string, of ...From) From {
	for _, who := range of {
		if l.says[who][key] {
			return who
		}
	}
	return FromDefault
}

// keys are those of portal.toml, in the order of the file.
var keys = keysOf(reflect.TypeFor[Config](), "")

func keysOf(t reflect.Type, prefix string) []string {
	var plain, sections []string
	for f := range t.Fields() {
		tag := f.Tag.Get("toml")
		switch {
		case tag == "" || tag == "-":
		case f.Type.Kind() == reflect.Struct:
			sections = append(sections, keysOf(f.Type, prefix+tag+".")...)
		default:
			plain = append(plain, prefix+tag)
		}
	}
	return append(plain, sections...)
}

// at is the field of a key.
func at(c *Config, key string) reflect.Value {
	v := reflect.ValueOf(c).Elem()
	for name := range strings.SplitSeq(key, ".") {
		i := 0
		for i < v.NumField() && v.Type().Field(i).Tag.Get("toml") != name {
			i++
		}
		v = v.Field(i)
	}
	return v
}

func text(c Config, key string) string { return fmt.Sprint(at(&c, key).Interface()) }
