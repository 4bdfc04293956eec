package config

import (
	"strings"

	"fabricportal/internal/format"
)

// MissingError says that there is no configuration, where it was looked for, and how to make one.
type MissingError struct {
	Looked []string // paths, in the order of the search
	Named  bool     // the path was named by the user, so that no other place was looked at
}

func (e *MissingError) Error() string { return e.Say(format.English) }

// Say is part of format.Sayer.
func (e *MissingError) Say(w format.Writer) string {
	switch {
	case len(e.Looked) == 0:
		return w.T("there is no configuration, and no configuration folder for this user: name a portal.toml with --config or PORTAL_CONFIG")
	case e.Named:
		return w.T("the configuration file {{.File}} does not exist: write one there as the administrator's guide shows (docs/administrator.md), or name another file with --config or PORTAL_CONFIG",
			"File", e.Looked[0])
	}
	return w.T("there is no configuration at {{.Places}}: write one there as the administrator's guide shows (docs/administrator.md), or name another file with --config or PORTAL_CONFIG",
		"Places", strings.Join(e.Looked, ", "))
}

// FileError says that the configuration file could not be read, or not as TOML.
type FileError struct {
	Path string
	*format.Said
}

// SecretError says that the file holds what looks like a secret. The value is never repeated.
type SecretError struct{ Path, Key string }

func (e *SecretError) Error() string { return e.Say(format.English) }

// Say is part of format.Sayer.
func (e *SecretError) Say(w format.Writer) string {
	return w.T("the configuration file {{.File}} holds a secret in the key “{{.Key}}”: delete that line, "+
		"change the secret if others could read the file, "+
		"and keep it with “portal-desktop secret set client_secret” or “… set database_password” (or in PORTAL_CLIENT_SECRET, PORTAL_DATABASE_PASSWORD)", "File", e.Path, "Key", e.Key)
}

// InvalidError carries every problem of a configuration, each a sentence that names the key and what to do.
type InvalidError struct {
	Path     string // the file, "" when all came from the environment
	Problems []error
}

func (e *InvalidError) Error() string { return e.Say(format.English) }

// Say is part of format.Sayer.
func (e *InvalidError) Say(w format.Writer) string {
	where := w.T("the configuration {{.File}}", "File", e.Path)
	if e.Path == "" {
		where = w.T("the configuration from PORTAL_ variables (there is no file)")
	}
	said := make([]string, len(e.Problems))
	for i, problem := range e.Problems {
		said[i] = w.Words(problem)
	}
	if len(said) == 1 {
		return w.T("{{.Configuration}} can't be used: {{.Why}}", "Configuration", where, "Why", said[0])
	}
	return w.N(int64(len(said)), "{{.Configuration}} has {{.N}} problem:", "{{.Configuration}} has {{.N}} problems:", "Configuration", where) + "\n- " + strings.Join(said, "\n- ")
}
