package settings

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"fabricportal/internal/atomicfile"
	"fabricportal/internal/format"
	"fabricportal/internal/services/setup/config"
)

// maxFile bounds a file that is read, in bytes; a configuration has a few kilobytes.
const maxFile = 1 << 20

// Read reads a portal.toml without the PORTAL_ variables. Errors: *config.MissingError, *config.FileError,
// *config.SecretError, *config.InvalidError; with the last one the Config holds what could be read.
func Read(path string) (config.Config, error) {
	c, err := config.Load(path, func(string) (string, bool) { return "", false })
	if c.StateDir == standardState() { // what Load filled in is nobody's choice
		c.StateDir = ""
	}
	return c, err
}

func standardState() string {
	if dir, err := os.UserCacheDir(); err == nil {
		return filepath.Join(dir, "fabric-data-portal")
	}
	return ""
}

// Write replaces a portal.toml in one step, readable by this user only. A file that holds keys this program does not
// know, or a secret, is not replaced. Comments are lost. Errors: *FileError, *config.SecretError, *config.InvalidError.
func Write(ctx context.Context, path string, c config.Config) error {
	if err := replaceable(path); err != nil {
		return err
	}
	text, err := encodeOver(c, path)
	if err != nil {
		return fmt.Errorf("writing the configuration: %w", err)
	}
	_, err = atomicfile.Replace(ctx, path, atomicfile.Private, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
	return err
}

// replaceable refuses to overwrite what a person should look at first.
func replaceable(path string) error {
	data, err := readFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if found := FindSecrets(data); len(found) > 0 {
		return &config.SecretError{Path: path, Key: found[0]}
	}
	var c config.Config
	meta, err := toml.Decode(string(data), &c)
	if err != nil {
		return nil //nolint:nilerr // a file that can't be read is what the settings are there to mend
	}
	var unknown []error
	for _, key := range meta.Undecoded() {
		unknown = append(unknown, config.UnknownKey(key.String()))
	}
	if unknown != nil {
		return &config.InvalidError{Path: path, Problems: unknown}
	}
	return nil
}

// encodeOver writes what differs from what the organisation's policy says, so that a later one is followed in all else.
func encodeOver(c config.Config, path string) ([]byte, error) {
	beneath, err := config.Beneath()
	if err != nil {
		return nil, err
	}
	_, locked, _, err := config.Managed(path)
	if err != nil {
		return nil, err
	}
	standard := config.Default()
	return encode(c, func(e entry) bool {
		value, theirs := e.get(c), e.get(beneath)
		return slices.Contains(locked, e.Key) || value == theirs && (value == "" || e.Group == GroupAdvanced || theirs != e.get(standard))
	})
}

// encode writes all keys but those that are left out.
func encode(c config.Config, left func(entry) bool) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString("# Fabric Data Portal: what this desktop connects to. No secret stands here: they are in the keyring.\n\n")
	section := ""
	for _, table := range []string{"", "fabric", "database", "artifacts", "funnel"} {
		for _, e := range entries {
			where, name, dotted := strings.Cut(e.Key, ".")
			if !dotted {
				where, name = "", e.Key
			}
			if where != table || left(e) {
				continue
			}
			if section != table {
				fmt.Fprintf(&out, "\n[%s]\n", table)
				section = table
			}
			var v any = e.get(c)
			switch {
			case e.port != nil:
				v = *e.port(&c)
			case e.count != nil:
				v = *e.count(&c)
			}
			line, err := toml.Marshal(map[string]any{name: v})
			if err != nil {
				return nil, err
			}
			out.Write(line)
		}
	}
	return out.Bytes(), nil
}

// readFile reads a file of bounded size. Errors: fs.ErrNotExist, or *FileError.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fs.ErrNotExist
	}
	name := filepath.Base(path)
	if err != nil {
		return nil, &FileError{path, format.Say("{{.File}} can't be read: check that this user may read it", "File", name).Over(err)}
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	switch {
	case err != nil:
		return nil, &FileError{path, format.Say("{{.File}} can't be read: choose a file, and check that this user may read it", "File", name).Over(err)}
	case len(data) > maxFile:
		return nil, &FileError{path, format.Say("{{.File}} is no configuration: it is larger than 1 MiB, and those have a few kilobytes", "File", name)}
	}
	return bytes.TrimPrefix(data, []byte("\ufeff")), nil
}
