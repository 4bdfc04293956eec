package policy

import (
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"fabricportal/internal/format"
)

// Key is a key of Windows' registry: its values are texts, numbers and lists of texts.
type Key struct {
	Values map[string]any
	Keys   map[string]*Key
}

// The switches, which the registry knows as the numbers 0 and 1.
var switches = []string{"update_check", "own_connections"}

// toml writes the key as the file that says the same, so that one reader judges both.
func (k *Key) toml() (string, error) {
	all, err := k.table()
	if err != nil {
		return "", err
	}
	for _, name := range switches {
		switch all[name] {
		case int64(0), int64(1):
			all[name] = all[name] == int64(1)
		}
	}
	text, err := toml.Marshal(all)
	return string(text), err
}

func (k *Key) table() (map[string]any, error) {
	out := map[string]any{}
	put := func(name string, v any) error {
		// The registry's names are the same in capitals; ours are small.
		name = strings.ToLower(name)
		if _, twice := out[name]; twice {
			return format.Say("it says “{{.Name}}” twice", "Name", name)
		}
		out[name] = v
		return nil
	}
	for _, name := range sorted(k.Values) {
		if err := put(name, k.Values[name]); err != nil {
			return nil, err
		}
	}
	for _, name := range sorted(k.Keys) {
		below, err := k.Keys[name].table()
		if err == nil {
			err = put(name, below)
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func sorted[V any](m map[string]V) []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
