package sandbox

import (
	"bytes"
	"fmt"
	"os"

	"github.com/BurntSushi/toml"
	"github.com/google/uuid"

	"fabricportal/internal/sandbox/postgres"
	"fabricportal/internal/sandbox/standin/entra"
)

// The pipelines that the portal is pointed at, by the names of their definitions.
const (
	ingestPipeline  = "sales_ingest"
	restorePipeline = "restore_run"
)

// The sample company's funnel figures: visitors, and those of them who bought.
const (
	TotalVisitors      = 1_428_571
	ConvertingVisitors = 49_080
)

// The names of the environment variables that point a desktop or a script at a sandbox.
const (
	EnvConfig           = "PORTAL_CONFIG"
	EnvClientSecret     = "PORTAL_CLIENT_SECRET"
	EnvDatabasePassword = "PORTAL_DATABASE_PASSWORD"
)

// document is portal.toml, written from its documentation.
type document struct {
	Name     string `toml:"name"`
	CAFile   string `toml:"ca_file"`
	StateDir string `toml:"state_dir"`
	Fabric   struct {
		TenantID           string `toml:"tenant_id"`
		ClientID           string `toml:"client_id"`
		WorkspaceID        string `toml:"workspace_id"`
		LakehouseID        string `toml:"lakehouse_id"`
		PipelineID         string `toml:"pipeline_id"`
		RestorePipelineID  string `toml:"restore_pipeline_id"`
		OwnerPrincipalName string `toml:"owner_user_principal_name"`
		OwnerObjectID      string `toml:"owner_user_object_id"`
		APIURL             string `toml:"api_url"`
		OneLakeURL         string `toml:"onelake_url"`
		AuthorityURL       string `toml:"authority_url"`
		PortalURL          string `toml:"portal_url"`
		APIScope           string `toml:"api_scope"`
		StorageScope       string `toml:"storage_scope"`
		StorageVersion     string `toml:"storage_version"`
	} `toml:"fabric"`
	Database struct {
		Host        string `toml:"host"`
		Port        int    `toml:"port"`
		Name        string `toml:"name"`
		User        string `toml:"user"`
		SSLMode     string `toml:"sslmode"`
		SSLRootCert string `toml:"sslrootcert"`
		Auth        string `toml:"auth"`
	} `toml:"database"`
	Artifacts struct {
		Source string `toml:"source"`
	} `toml:"artifacts"`
	Funnel struct {
		TotalVisitors      int64 `toml:"total_visitors"`
		ConvertingVisitors int64 `toml:"converting_visitors"`
	} `toml:"funnel"`
}

// TOML is the text of a portal.toml that points a desktop at this sandbox. It holds no secret.
func (s *Sandbox) TOML() (string, error) {
	d := document{Name: "Sandbox", CAFile: s.CAFile, StateDir: s.StateDir}
	d.Fabric.TenantID, d.Fabric.ClientID = s.StandIn.App.TenantID, s.StandIn.App.ClientID
	d.Fabric.WorkspaceID, d.Fabric.LakehouseID = s.StandIn.WorkspaceID, s.StandIn.LakehouseID
	d.Fabric.PipelineID, d.Fabric.RestorePipelineID = s.StandIn.PipelineIDs[ingestPipeline], s.StandIn.PipelineIDs[restorePipeline]
	d.Fabric.OwnerPrincipalName = "pipeline.owner@sandbox.example"
	d.Fabric.OwnerObjectID = uuid.NewSHA1(uuid.MustParse(s.StandIn.App.TenantID), []byte(d.Fabric.OwnerPrincipalName)).String()
	d.Fabric.APIURL, d.Fabric.OneLakeURL, d.Fabric.AuthorityURL = s.StandIn.APIURL, s.StandIn.OneLakeURL, s.StandIn.AuthorityURL
	d.Fabric.PortalURL = "https://app.fabric.microsoft.com"
	d.Fabric.APIScope, d.Fabric.StorageScope = entra.FabricAudience+"/.default", entra.StorageAudience+"/.default"
	d.Fabric.StorageVersion = "2021-06-08"
	d.Database.Host, d.Database.Port = postgres.Host, s.Database.Port
	d.Database.Name, d.Database.User = postgres.DatabaseName, postgres.AppRole
	d.Database.SSLMode, d.Database.SSLRootCert = "verify-full", s.CAFile
	d.Database.Auth = "scram-sha-256"
	d.Artifacts.Source = "onelake"
	d.Funnel.TotalVisitors, d.Funnel.ConvertingVisitors = TotalVisitors, ConvertingVisitors
	var text bytes.Buffer
	encoder := toml.NewEncoder(&text)
	encoder.Indent = ""
	if err := encoder.Encode(d); err != nil {
		return "", fmt.Errorf("writing the sandbox's configuration: %w", err)
	}
	return text.String(), nil
}

// WriteConfig writes a portal.toml that points a desktop at this sandbox.
func (s *Sandbox) WriteConfig(path string) error {
	text, err := s.TOML()
	if err != nil {
		return err
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return fmt.Errorf("writing the sandbox's configuration: %w", err)
	}
	return nil
}

// Env is the environment, as NAME=value, that points a desktop or a script at this sandbox.
func (s *Sandbox) Env() []string {
	return []string{
		EnvConfig + "=" + s.Config,
		EnvClientSecret + "=" + s.StandIn.App.ClientSecret,
		EnvDatabasePassword + "=" + s.Database.AppPassword,
	}
}

// AdminDSN connects to the database as its administrator, for tests and fixtures.
func (s *Sandbox) AdminDSN() string { return s.Database.AdminDSN() }
