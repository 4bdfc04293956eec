package settings

import (
	"bytes"
	"errors"
	"io/fs"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"

	"fabricportal/internal/format"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

// Import reads a portal.toml or the earlier portal's secrets.toml. Errors: *FileError.
func Import(path string) (Imported, error) {
	name := filepath.Base(path)
	data, err := readFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Imported{}, &FileError{path, format.Say("{{.File}} is not there: choose another file", "File", name).Over(err)}
	}
	if err != nil {
		return Imported{}, err
	}
	in := Imported{Config: config.Default(), Secrets: map[secrets.Name]secrets.Secret{}, From: path}
	in.Config.Name = ""
	values, err := flatten(data)
	if err != nil { // the parser's own message may repeat a value
		return Imported{}, &FileError{path, format.Say("{{.File}} is not valid TOML: choose a portal.toml, or the secrets.toml of the earlier portal", "File", name)}
	}
	for _, v := range values {
		in.take(v)
	}
	if len(in.Taken) == 0 && len(in.Secrets) == 0 {
		return Imported{}, &FileError{path, format.Say("{{.File}} holds nothing that this portal knows: choose a portal.toml, or the secrets.toml of the earlier portal", "File", name)}
	}
	base := filepath.Dir(path)
	for _, p := range []*string{&in.Config.CAFile, &in.Config.StateDir, &in.Config.Database.SSLRootCert} {
		if *p != "" && *p != config.SystemAuthorities && !filepath.IsAbs(*p) {
			*p = filepath.Join(base, *p) // as config.Load reads them
		}
	}
	in.Problems = append(in.Problems, CheckAll(in.Config)...)
	slices.Sort(in.Taken)
	slices.Sort(in.Ignored)
	return in, nil
}

// value is a key of a file with all its tables, and what it holds.
type value struct {
	key  string
	text string
	kind bool // it is a text or a number
}

// flatten reads a TOML text as keys with values, in the order of their names.
func flatten(data []byte) ([]value, error) {
	var tree map[string]any
	if _, err := toml.Decode(string(data), &tree); err != nil {
		return nil, err
	}
	var out []value
	var walk func(prefix string, t map[string]any)
	walk = func(prefix string, t map[string]any) {
		for k, v := range t {
			key := prefix + k
			switch v := v.(type) {
			case map[string]any:
				walk(key+".", v)
			case string:
				out = append(out, value{key, strings.TrimSpace(v), true})
			case int64:
				out = append(out, value{key, strconv.FormatInt(v, 10), true})
			default:
				out = append(out, value{key: key})
			}
		}
	}
	walk("", tree)
	slices.SortFunc(out, func(a, b value) int { return strings.Compare(a.key, b.key) })
	return out, nil
}

// aliases are the endings by which other files name what portal.toml has; the first that fits counts. Keys are in lower
// case with _ for every other sign.
var aliases = []struct {
	target   string // a key of portal.toml, or a secret's name
	endings  []string
	database bool // only among what belongs to a database
}{
	{string(secrets.ClientSecret), []string{"client_secret", "client_secret_value", "app_secret", "service_principal_secret", "sp_secret"}, false},
	{string(secrets.DatabasePassword), []string{"password", "passwd", "pwd", "pass", "pgpassword"}, true},
	{"fabric.tenant_id", []string{"tenant_id", "tenantid", "tenant"}, false},
	{"fabric.client_id", []string{"client_id", "clientid", "app_id", "application_id"}, false},
	{"fabric.workspace_id", []string{"workspace_id", "workspaceid", "workspace"}, false},
	{"fabric.lakehouse_id", []string{"lakehouse_id", "lakehouseid", "lakehouse"}, false},
	{"fabric.restore_pipeline_id", []string{"restore_pipeline_id", "restore_pipeline"}, false},
	{"fabric.pipeline_id", []string{"pipeline_id", "pipelineid", "pipeline_item_id", "pipeline"}, false},
	{"fabric.owner_user_principal_name", []string{"owner_user_principal_name", "owner_upn", "owner_email", "owner_principal_name"}, false},
	{"fabric.owner_user_object_id", []string{"owner_user_object_id", "owner_object_id", "owner_oid"}, false},
	{"funnel.total_visitors", []string{"total_visitors"}, false},
	{"funnel.converting_visitors", []string{"converting_visitors"}, false},
	{"database.host", []string{"host", "hostname", "server", "pghost"}, true},
	{"database.port", []string{"port", "pgport"}, true},
	{"database.user", []string{"user", "username", "uid", "pguser"}, true},
	{"database.sslrootcert", []string{"sslrootcert", "pgsslrootcert"}, true},
	{"database.sslmode", []string{"sslmode", "pgsslmode"}, true},
	{"database.name", []string{"dbname", "database_name", "db_name", "database", "name", "pgdatabase"}, true},
}

var (
	notWord      = regexp.MustCompile(`[^a-z0-9]+`)
	databaseKeys = regexp.MustCompile(`(^|_)(postgres|postgresql|pg[a-z]*|database|db|sql|connections)(_|$)`)
)

// take finds where a value belongs.
func (in *Imported) take(v value) {
	low := strings.ToLower(v.key)
	if _, known := entryOf(low); known && v.kind {
		in.put(low, v.text)
		return
	}
	key := strings.Trim(notWord.ReplaceAllString(low, "_"), "_")
	if v.kind && in.address(v.text) {
		return
	}
	isDatabase := databaseKeys.MatchString(key)
	for _, a := range aliases {
		if a.database && !isDatabase || !v.kind || v.text == "" {
			continue
		}
		if slices.ContainsFunc(a.endings, func(end string) bool { return key == end || strings.HasSuffix(key, "_"+end) }) {
			in.put(a.target, v.text)
			return
		}
	}
	in.Ignored = append(in.Ignored, v.key)
}

// address takes a database's address apart, such as postgresql://user:password@host:5432/name?sslmode=require.
func (in *Imported) address(text string) bool {
	scheme, _, _ := strings.Cut(text, "://")
	if scheme, _, _ = strings.Cut(strings.ToLower(scheme), "+"); scheme != "postgres" && scheme != "postgresql" {
		return false
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" {
		return false
	}
	in.put("database.host", u.Hostname())
	for key, v := range map[string]string{"database.port": u.Port(), "database.user": u.User.Username(), "database.name": strings.Trim(u.Path, "/"), "database.sslmode": u.Query().Get("sslmode")} {
		if v != "" {
			in.put(key, v)
		}
	}
	if password, ok := u.User.Password(); ok && password != "" {
		in.put(string(secrets.DatabasePassword), password)
	}
	return true
}

func (in *Imported) put(target, text string) {
	switch name := secrets.Name(target); name {
	case secrets.ClientSecret, secrets.DatabasePassword:
		in.Secrets[name] = secrets.New(text)
		return
	}
	e, _ := entryOf(target)
	if e.Kind == IDField {
		text = strings.ToLower(strings.Trim(text, "{} "))
	}
	if err := e.put(&in.Config, text); err != nil {
		in.Problems = append(in.Problems, *err)
		return
	}
	if !slices.Contains(in.Taken, target) {
		in.Taken = append(in.Taken, target)
	}
}

// What secrets are named, and what they look like: a token, a client secret of Entra, a private key, an address with a
// password (docs/specification.md §6).
var (
	secretNames = regexp.MustCompile(`(?i)(password|passwd|passphrase|pwd|secret|token|private_?key|api_?key|access_?key|connection_?string|dsn)`)
	harmless    = regexp.MustCompile(`(?i)(_id|_url|_path|_file|_name|_scope|_version|expires|expiry)$`)
	secretLooks = []*regexp.Regexp{
		regexp.MustCompile(`^eyJ[A-Za-z0-9_-]{8,}\.`),
		regexp.MustCompile(`^[A-Za-z0-9_~.-]{3}\dQ~[A-Za-z0-9_~.-]{31,37}$`),
		regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----`),
		regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*://[^\s/:@]*:[^\s/@]+@`),
	}
	// keyLine finds keys in a text that is no valid TOML.
	keyLine = regexp.MustCompile(`(?m)^[ \t]*([A-Za-z0-9_."'-]+)[ \t]*=[ \t]*\S`)
)

// FindSecrets names the keys of a TOML text that hold what looks like a secret, by name or by value; never the values.
func FindSecrets(data []byte) []string {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	values, err := flatten(data)
	if err != nil {
		var out []string
		for _, m := range keyLine.FindAllSubmatch(data, -1) {
			if key := string(m[1]); secretNames.MatchString(key) && !harmless.MatchString(key) {
				out = append(out, key)
			}
		}
		return out
	}
	var out []string
	for _, v := range values {
		named := v.text != "" && secretNames.MatchString(v.key) && !harmless.MatchString(v.key)
		if named || slices.ContainsFunc(secretLooks, func(look *regexp.Regexp) bool { return look.MatchString(v.text) }) {
			out = append(out, v.key)
		}
	}
	return out
}
