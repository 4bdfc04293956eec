// Package config reads portal.toml, overridden by PORTAL_* environment variables. It holds no secrets: those come from
// the keyring or the environment (package secrets).
package config

import (
	_ "embed"
	"os"
	"os/user"
	"strings"
)

// Config is everything that portal.toml says.
type Config struct {
	Path      string    `toml:"-"`         // file it was read from
	Name      string    `toml:"name"`      // of the connection, in the window's header, such as Production
	User      string    `toml:"user"`      // requested_by and triggered_by; the OS user where empty
	Fabric    Fabric    `toml:"fabric"`    //
	Database  Database  `toml:"database"`  //
	Artifacts Artifacts `toml:"artifacts"` //
	Funnel    Funnel    `toml:"funnel"`    //
	CAFile    string    `toml:"ca_file"`   // PEM with further certificate authorities, for proxies and sandboxes
	StateDir  string    `toml:"state_dir"` // outbox and caches; Load fills in a folder in the user's cache folder; empty where there is none
}

// Fabric says which items are used, as whom, and where.
type Fabric struct {
	SignIn             string `toml:"sign_in"` // one of SignIns
	TenantID           string `toml:"tenant_id"`
	ClientID           string `toml:"client_id"`        // may be empty with managed-identity and azure-cli
	CertificateFile    string `toml:"certificate_file"` // PEM with certificate and key, for certificate
	WorkspaceID        string `toml:"workspace_id"`
	LakehouseID        string `toml:"lakehouse_id"`
	PipelineID         string `toml:"pipeline_id"`
	RestorePipelineID  string `toml:"restore_pipeline_id"`
	OwnerPrincipalName string `toml:"owner_user_principal_name"`
	OwnerObjectID      string `toml:"owner_user_object_id"`
	APIURL             string `toml:"api_url"`       // https://api.fabric.microsoft.com
	OneLakeURL         string `toml:"onelake_url"`   // https://onelake.dfs.fabric.microsoft.com
	AuthorityURL       string `toml:"authority_url"` // https://login.microsoftonline.com
	PortalURL          string `toml:"portal_url"`    // https://app.fabric.microsoft.com
	APIScope           string `toml:"api_scope"`     // https://api.fabric.microsoft.com/.default
	StorageScope       string `toml:"storage_scope"` // https://storage.azure.com/.default
	StorageVersion     string `toml:"storage_version"`
}

// The values of Fabric.SignIn: as whom this desktop works in Fabric and OneLake.
const (
	SignInSecret          = "service-principal" // the application itself, by its client secret
	SignInCertificate     = "certificate"       // the application itself, by a certificate
	SignInUser            = "user"              // the person at this computer, in the system's browser
	SignInDeviceCode      = "device-code"       // the person, in a browser elsewhere, by a code
	SignInManagedIdentity = "managed-identity"  // the Azure computer that this runs on
	SignInAzureCLI        = "azure-cli"         // whoever “az login” signed in here
)

// SignIns are the values that are accepted.
var SignIns = []string{SignInSecret, SignInCertificate, SignInUser, SignInDeviceCode, SignInManagedIdentity, SignInAzureCLI}

// NeedsSecret tells whether the sign-in sends a client secret.
func (f Fabric) NeedsSecret() bool { return f.SignIn == SignInSecret || f.SignIn == "" }

// ByPerson tells whether a person signs in, and has to be there for it from time to time.
func (f Fabric) ByPerson() bool { return f.SignIn == SignInUser || f.SignIn == SignInDeviceCode }

// Database is the PostgreSQL connection.
type Database struct {
	Host        string `toml:"host"`
	Port        int    `toml:"port"`
	Name        string `toml:"name"`
	User        string `toml:"user"`
	SSLMode     string `toml:"sslmode"`     // one of SSLModes
	SSLRootCert string `toml:"sslrootcert"` // PEM file, or system; empty means what the operating system trusts
	Auth        string `toml:"auth"`        // one of AuthModes
}

// The values of Database.Auth.
const (
	AuthSCRAM    = "scram-sha-256" // the password is proved, never sent, and the server proves that it knows it, too
	AuthPassword = "password"      // it is sent where the server asks for it, over encryption to a server that was checked
)

// AuthModes are the values that are accepted.
var AuthModes = []string{AuthSCRAM, AuthPassword}

// The values of Database.SSLMode, as libpq means them.
const (
	VerifyFull = "verify-full" // the certificate comes from the authorities and is for the server's name
	VerifyCA   = "verify-ca"   // it comes from the authority of SSLRootCert, whatever its name
	Require    = "require"     // encrypted; the certificate is checked as with verify-ca where SSLRootCert names a file, else not
	Disable    = "disable"     // in the clear
)

// SSLModes are the values that are accepted: Require and Disable for this computer's own database only, as they do not
// prove whose it is.
var SSLModes = []string{VerifyFull, VerifyCA, Require, Disable}

// SystemAuthorities is the value of Database.SSLRootCert that stands for those of the operating system alone.
const SystemAuthorities = "system"

// RootCertFile is the file that SSLRootCert names; "" for none.
func (d Database) RootCertFile() string {
	if d.SSLRootCert == SystemAuthorities {
		return ""
	}
	return d.SSLRootCert
}

// The sources of Artifacts.Source.
const (
	SourceOneLake   = "onelake"
	SourceArtifacts = "artifacts"
	SourceFolder    = "folder"
)

// Artifacts chooses where files are looked at: onelake, artifacts (reads known artifacts only, never lists), or a folder of this
// computer that holds the lakehouse's Files: a synchronized one, a share, a copy on a stick.
type Artifacts struct {
	Source string `toml:"source"`
	Folder string `toml:"folder"` // with SourceFolder: the folder in which Files is
}

// Funnel is the configured visitor figures; zero where not known.
type Funnel struct {
	TotalVisitors      int64 `toml:"total_visitors"`
	ConvertingVisitors int64 `toml:"converting_visitors"`
}

//go:embed portal.example.toml
var example string

// Example is a portal.toml with every key, its meaning and its default.
func Example() string { return example }

// Default is the configuration before any file or variable is read: the public cloud's addresses.
func Default() Config {
	return Config{
		Name: "Fabric Data Portal",
		Fabric: Fabric{
			SignIn:         SignInSecret,
			APIURL:         "https://api.fabric.microsoft.com",
			OneLakeURL:     "https://onelake.dfs.fabric.microsoft.com",
			AuthorityURL:   "https://login.microsoftonline.com",
			PortalURL:      "https://app.fabric.microsoft.com",
			APIScope:       "https://api.fabric.microsoft.com/.default",
			StorageScope:   "https://storage.azure.com/.default",
			StorageVersion: "2021-06-08",
		},
		Database:  Database{Port: 5432, Name: "fabric_data_portal", SSLMode: VerifyFull, Auth: AuthSCRAM},
		Artifacts: Artifacts{Source: SourceOneLake},
	}
}

// Identity is who runs are recorded for: the configured user, else the user of the operating system.
func (c Config) Identity() string {
	if c.User != "" {
		return c.User
	}
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	for _, name := range []string{"USER", "USERNAME", "LOGNAME"} {
		if v := strings.TrimSpace(os.Getenv(name)); v != "" {
			return v
		}
	}
	return "unknown"
}
