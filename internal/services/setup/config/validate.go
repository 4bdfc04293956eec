package config

import (
	"net"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"

	"fabricportal/internal/format"
)

// Validate checks a configuration and reports every problem at once as *InvalidError.
func (c Config) Validate() error {
	c.normalise()
	if p := c.problems(); len(p) > 0 {
		return &InvalidError{Path: c.Path, Problems: p}
	}
	return nil
}

func (f *Fabric) ids() map[string]*string {
	return map[string]*string{
		"fabric.tenant_id": &f.TenantID, "fabric.client_id": &f.ClientID, "fabric.workspace_id": &f.WorkspaceID,
		"fabric.lakehouse_id": &f.LakehouseID, "fabric.pipeline_id": &f.PipelineID,
		"fabric.restore_pipeline_id": &f.RestorePipelineID, "fabric.owner_user_object_id": &f.OwnerObjectID,
	}
}

func (f *Fabric) urls() map[string]*string {
	return map[string]*string{
		"fabric.api_url": &f.APIURL, "fabric.onelake_url": &f.OneLakeURL,
		"fabric.authority_url": &f.AuthorityURL, "fabric.portal_url": &f.PortalURL,
	}
}

// normalise brings ids to lower case and addresses to the form that other packages compare with.
func (c *Config) normalise() {
	for _, id := range c.Fabric.ids() {
		*id = strings.ToLower(*id)
	}
	for _, u := range c.Fabric.urls() {
		*u = strings.TrimRight(*u, "/")
		if p, err := url.Parse(*u); err == nil && p.Host != strings.ToLower(p.Host) {
			p.Host = strings.ToLower(p.Host)
			*u = p.String()
		}
	}
	c.Fabric.SignIn = strings.ToLower(c.Fabric.SignIn)
	c.Database.SSLMode, c.Database.Auth = strings.ToLower(c.Database.SSLMode), strings.ToLower(c.Database.Auth)
}

// Fault is what is wrong with one key.
type Fault struct {
	Key  string
	said *format.Said // wants the name of Key yet
}

// Named is the fault as a part of a sentence that names its key.
func (f Fault) Named() *format.Said { return f.said.With("Key", "“"+f.Key+"”") }

// AtIt is the fault as it is said beside the key itself.
func (f Fault) AtIt() *format.Said { return f.said.With("Key", format.Say("It")) }

// Faults names every fault, in the order of the keys in the file. No value is repeated: a secret may have been put into
// the wrong key.
func (c Config) Faults() []Fault {
	c.normalise()
	return c.faults()
}

func (c Config) problems() []error {
	var p []error
	for _, f := range c.faults() {
		p = append(p, f.Named())
	}
	return p
}

func (c Config) faults() []Fault {
	var p []Fault
	add := func(key string, fault *format.Said) { p = append(p, Fault{key, fault}) }

	if len(c.Name) > 100 || hasControl(c.Name) {
		add("name", format.Say("{{.Key}} is not a short line of text: give at most 100 characters without line breaks"))
	}
	if len(c.User) > 200 || hasControl(c.User) || strings.Contains(c.User, "|") {
		add("user", format.Say("{{.Key}} is not a name: give at most 200 characters without line breaks or “|”"))
	}
	if c.CAFile != "" && !filepath.IsAbs(c.CAFile) {
		add("ca_file", notFullPath)
	}
	if c.StateDir != "" && !filepath.IsAbs(c.StateDir) { // without one, what needs it says so
		add("state_dir", notFullPath)
	}
	c.fabricProblems(add)
	p = append(p, c.Database.Faults()...)
	switch a := c.Artifacts; {
	case a.Source == SourceFolder && a.Folder == "":
		add("artifacts.folder", format.Say("{{.Key}} is missing: name the folder in which the lakehouse's “Files” is"))
	case a.Source != SourceOneLake && a.Source != SourceArtifacts && a.Source != SourceFolder:
		add("artifacts.source", format.Say("{{.Key}} is none of “onelake”, “artifacts” and “folder”: choose one of them, or delete the line"))
	case a.Folder != "" && !filepath.IsAbs(a.Folder):
		add("artifacts.folder", notFullPath)
	}
	f := c.Funnel
	switch {
	case f.TotalVisitors < 0:
		add("funnel.total_visitors", format.Say("{{.Key}} is negative: give the number of visitors, or 0 where it is not known"))
	case f.ConvertingVisitors < 0:
		add("funnel.converting_visitors", format.Say("{{.Key}} is negative: give the number of visitors, or 0 where it is not known"))
	case f.ConvertingVisitors > f.TotalVisitors:
		add("funnel.converting_visitors", format.Say("{{.Key}} is more than funnel.total_visitors: check both figures"))
	}
	return p
}

// notFullPath is said of a path whose place is not known: one of portal.toml is made full when that is read.
var notFullPath = format.Say("{{.Key}} is not a full path: give one that begins with its drive or with /")

var (
	// The owner of a pipeline is a user: name@domain.
	principalName  = regexp.MustCompile(`^[^@\s]+@[^@\s]+$`)
	storageVersion = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
)

func (c Config) fabricProblems(add func(key string, fault *format.Said)) {
	f := c.Fabric
	ids := f.ids()
	id := func(key string) {
		if v := *ids[key]; v == "" {
			add(key, format.Say("{{.Key}} is missing: give the id, a GUID such as 33333333-3333-4333-8333-333333333333"))
		} else if u, err := uuid.Parse(v); err != nil || u.String() != v || u == uuid.Nil {
			add(key, format.Say("{{.Key}} is not a GUID: give the id, not the name, as 8-4-4-4-12 hexadecimal digits without braces or blanks"))
		}
	}
	if f.SignIn != "" && !slices.Contains(SignIns, f.SignIn) {
		add("fabric.sign_in", format.Say("{{.Key}} is not known: use one of {{.Known}}, or delete the line", "Known", strings.Join(SignIns, ", ")))
	}
	id("fabric.tenant_id")
	if f.ClientID != "" || f.SignIn != SignInManagedIdentity && f.SignIn != SignInAzureCLI {
		id("fabric.client_id")
	}
	switch {
	case f.SignIn == SignInCertificate && f.CertificateFile == "":
		add("fabric.certificate_file", format.Say("{{.Key}} is missing: name the PEM file with the certificate and its private key"))
	case f.CertificateFile != "" && !filepath.IsAbs(f.CertificateFile):
		add("fabric.certificate_file", notFullPath)
	}
	for _, key := range []string{"fabric.workspace_id", "fabric.lakehouse_id", "fabric.pipeline_id", "fabric.restore_pipeline_id"} {
		id(key)
	}
	if !principalName.MatchString(f.OwnerPrincipalName) || hasControl(f.OwnerPrincipalName) {
		add("fabric.owner_user_principal_name", format.Say("{{.Key}} is not the sign-in name of a user: give the pipeline owner's, such as owner@contoso.com"))
	}
	id("fabric.owner_user_object_id")
	urls := f.urls()
	for _, key := range []string{"fabric.api_url", "fabric.onelake_url", "fabric.authority_url", "fabric.portal_url"} {
		if fault := addressFault(*urls[key]); fault != nil {
			add(key, fault)
		}
	}
	for _, s := range [][2]string{{"fabric.api_scope", f.APIScope}, {"fabric.storage_scope", f.StorageScope}} {
		if key, scope := s[0], s[1]; !strings.HasPrefix(scope, "https://") || !strings.HasSuffix(scope, "/.default") || strings.ContainsFunc(scope, unicode.IsSpace) {
			add(key, format.Say("{{.Key}} is not a scope: give the service's address followed by /.default, or delete the line"))
		}
	}
	if _, err := time.Parse(time.DateOnly, f.StorageVersion); err != nil || !storageVersion.MatchString(f.StorageVersion) {
		add("fabric.storage_version", format.Say("{{.Key}} is not a version: give a date such as 2021-06-08, or delete the line"))
	}
}

// addressFault says what is wrong with a base address; nil when nothing is.
func addressFault(text string) *format.Said {
	u, err := url.Parse(text)
	switch {
	case text == "":
		return format.Say("{{.Key}} is empty: give an https address, or delete the line")
	case err != nil:
		return format.Say("{{.Key}} is not an address: give one such as https://api.fabric.microsoft.com")
	case u.User != nil:
		return format.Say("{{.Key}} carries a user name or password: give the address without them")
	case u.Scheme != "https":
		return format.Say("{{.Key}} does not begin with https://: tokens are sent over https only")
	case u.Hostname() == "" || strings.ContainsAny(u.Host, `\ `) || hasControl(text):
		return format.Say("{{.Key}} names no host: give an address such as https://api.fabric.microsoft.com")
	case u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		return format.Say("{{.Key}} has more than a host: give it without a path, a question mark or a #")
	}
	return nil
}

// Faults names every fault of the section, in the order of its keys. No value is repeated.
func (d Database) Faults() []Fault {
	var p []Fault
	add := func(key string, fault *format.Said) { p = append(p, Fault{"database." + key, fault}) }
	switch {
	case d.Host == "":
		add("host", format.Say("{{.Key}} is missing: give the name of the PostgreSQL server"))
	case strings.ContainsAny(d.Host, "/@,= \\") || strings.Contains(d.Host, "://") || hasControl(d.Host):
		add("host", format.Say("{{.Key}} is not a host name: give the server's name alone, without user, port or database"))
	}
	if d.Port < 1 || d.Port > 65535 {
		add("port", format.Say("{{.Key}} is not a port: give a number from 1 to 65535, usually 5432"))
	}
	if d.Name == "" || hasControl(d.Name) {
		add("name", format.Say("{{.Key}} is missing: give the name of the database, usually fabric_data_portal"))
	}
	if d.User == "" || hasControl(d.User) {
		add("user", format.Say("{{.Key}} is missing: give the PostgreSQL role of the portal"))
	}
	if fault := d.sslModeFault(); fault != nil {
		add("sslmode", fault)
	}
	if s := d.RootCertFile(); s != "" && !filepath.IsAbs(s) {
		add("sslrootcert", format.Say("{{.Key}} is not a full path: give one that begins with its drive or with /, or “system”"))
	}
	switch {
	case d.Auth == AuthPassword && d.SSLMode != VerifyFull && d.SSLMode != VerifyCA:
		add("auth", format.Say("{{.Key}} is password, which sends the password to whoever answers unless database.sslmode is verify-full or verify-ca: use scram-sha-256"))
	case d.Auth != "" && !slices.Contains(AuthModes, d.Auth):
		add("auth", format.Say("{{.Key}} is not known: use scram-sha-256, or delete the line"))
	}
	return p
}

func (d Database) sslModeFault() *format.Said {
	switch d.SSLMode {
	case VerifyFull:
	case VerifyCA:
		if d.RootCertFile() == "" {
			return format.Say("{{.Key}} is verify-ca, which needs the authority's file in database.sslrootcert: name it, or use verify-full")
		}
	case Require, Disable:
		if !IsLoopback(d.Host) {
			return format.Say("{{.Key}} is {{.Mode}}, which is accepted for this computer's own database only: use verify-full, with database.sslrootcert where the server's certificate is the company's own", "Mode", d.SSLMode)
		}
		if d.SSLMode == Require && d.SSLRootCert == SystemAuthorities {
			return format.Say("{{.Key}} is require, which does not ask the system's authorities: use verify-full, or delete the line database.sslrootcert")
		}
	case "prefer", "allow":
		return format.Say("{{.Key}} is {{.Mode}}, which may fall back to an unencrypted connection: use verify-full", "Mode", d.SSLMode)
	default:
		return format.Say("{{.Key}} is not known: use verify-full, or delete the line")
	}
	return nil
}

// IsLoopback tells whether a host is this computer.
func IsLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return ip != nil && ip.IsLoopback()
}

func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) })
}
