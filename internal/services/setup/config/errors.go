package config

import (
	"fmt"
	"strings"
)

// MissingError says that there is no configuration, where it was looked for, and how to make one.
type MissingError struct {
	Looked []string // paths, in the order of the search
	Named  bool     // the path was named by the user, so that no other place was looked at
}

func (e *MissingError) Error() string {
	const remedy = "write one there as the administrator's guide shows (docs/administrator.md), or name another file with --config or PORTAL_CONFIG"
	switch {
	case len(e.Looked) == 0:
		return "there is no configuration, and no configuration folder for this user: name a portal.toml with --config or PORTAL_CONFIG"
	case e.Named:
		return "the configuration file " + e.Looked[0] + " does not exist: " + remedy
	}
	return "there is no configuration at " + strings.Join(e.Looked, " or ") + ": " + remedy
}

// FileError says that the configuration file could not be read, or not as TOML.
type FileError struct {
	Path     string
	Sentence string
	Err      error
}

func (e *FileError) Error() string { return e.Sentence }
func (e *FileError) Unwrap() error { return e.Err }

// SecretError says that the file holds what looks like a secret. The value is never repeated.
type SecretError struct{ Path, Key string }

func (e *SecretError) Error() string {
	return fmt.Sprintf("the configuration file %s holds a secret in the key “%s”: delete that line, "+
		"change the secret if others could read the file, "+
		"and keep it with “portal-desktop secret set client_secret” or “… set database_password” (or in PORTAL_CLIENT_SECRET, PORTAL_DATABASE_PASSWORD)", e.Path, e.Key)
}

// InvalidError carries every problem of a configuration, each a sentence that names the key and what to do.
type InvalidError struct {
	Path     string // the file, "" when all came from the environment
	Problems []string
}

func (e *InvalidError) Error() string {
	where := "the configuration " + e.Path
	if e.Path == "" {
		where = "the configuration from PORTAL_ variables (there is no file)"
	}
	if len(e.Problems) == 1 {
		return where + " can't be used: " + e.Problems[0]
	}
	return fmt.Sprintf("%s has %d problems:\n- %s", where, len(e.Problems), strings.Join(e.Problems, "\n- "))
}
