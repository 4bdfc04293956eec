// Package config reads portal.toml, overridden by PORTAL_* environment variables. It holds no secrets: those come from
// the keyring or the environment (package secrets).
package config

// Config is everything that portal.toml says.
type Config struct {
	Path      string    `toml:"-"`         // file it was read from
	Name      string    `toml:"name"`      // profile name in the window's header, such as Production
	User      string    `toml:"user"`      // requested_by and triggered_by; the OS user where empty
	Fabric    Fabric    `toml:"fabric"`    //
	Database  Database  `toml:"database"`  //
	Artifacts Artifacts `toml:"artifacts"` //
	Funnel    Funnel    `toml:"funnel"`    //
	CAFile    string    `toml:"ca_file"`   // PEM with further certificate authorities, for proxies and sandboxes
	StateDir  string    `toml:"state_dir"` // outbox and caches; the user's cache folder where empty
}

// Fabric says which items are used, as whom, and where.
type Fabric struct {
	TenantID           string `toml:"tenant_id"`
	ClientID           string `toml:"client_id"`
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

// Database is the PostgreSQL connection.
type Database struct {
	Host        string `toml:"host"`
	Port        int    `toml:"port"`
	Name        string `toml:"name"`
	User        string `toml:"user"`
	SSLMode     string `toml:"sslmode"` // verify-full; disable only on loopback
	SSLRootCert string `toml:"sslrootcert"`
}

// Artifacts chooses the source of listings: onelake, or artifacts (reads known artifacts only, never lists).
type Artifacts struct {
	Source string `toml:"source"`
}

// Funnel is the configured visitor figures; zero where not known.
type Funnel struct {
	TotalVisitors      int64 `toml:"total_visitors"`
	ConvertingVisitors int64 `toml:"converting_visitors"`
}
