package config

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func none(string) (string, bool) { return "", false }

func env(pairs ...string) func(string) (string, bool) {
	m := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return func(k string) (string, bool) { v, ok := m[k]; return v, ok }
}

// home gives the test an empty configuration and cache folder of its own and returns where portal.toml is looked for.
func home(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"HOME", "USERPROFILE", "AppData", "LocalAppData", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"} {
		t.Setenv(name, dir)
	}
	base, err := os.UserConfigDir()
	require.NoError(t, err)
	return filepath.Join(base, "fabric-data-portal", "portal.toml")
}

func write(t *testing.T, path, text string) string {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func TestExampleIsValidAndStatesTheDefaults(t *testing.T) {
	home(t)
	path := write(t, filepath.Join(t.TempDir(), "portal.toml"), Example())
	c, err := Load(path, none)
	require.NoError(t, err)
	assert.Equal(t, "Production", c.Name)
	assert.Equal(t, int64(1_428_571), c.Funnel.TotalVisitors)
	assert.Equal(t, path, c.Path)

	// With every commented key switched on, each key of the struct is there, and nothing but the optional ones changes.
	var lines []string
	for line := range strings.SplitSeq(Example(), "\n") {
		if rest, ok := strings.CutPrefix(line, "# "); ok && strings.Contains(rest, " = ") {
			line = rest
		}
		lines = append(lines, line)
	}
	full, err := Load(write(t, filepath.Join(t.TempDir(), "full.toml"), strings.Join(lines, "\n")), none)
	if runtime.GOOS != "windows" { // /home/ana is no full path there
		require.NoError(t, err)
	}
	assert.NotEmpty(t, full.Fabric.CertificateFile)
	full.Fabric.CertificateFile = ""
	assert.Equal(t, c.Fabric, full.Fabric)
	assert.NotEmpty(t, full.Artifacts.Folder)
	full.Artifacts.Folder = ""
	assert.Equal(t, c.Artifacts, full.Artifacts)
	assert.NotEmpty(t, full.Database.SSLRootCert)
	full.Database.SSLRootCert = ""
	assert.Equal(t, c.Database, full.Database)
	assert.Equal(t, "ana@contoso.com", full.Identity())
	assert.NotEmpty(t, full.CAFile)
}

// A relative path in a file begins at that file's folder, also where the file itself is named by a relative path.
func TestRelativePathsBesideARelativeFile(t *testing.T) {
	home(t)
	dir := t.TempDir()
	t.Chdir(dir)
	dir, err := os.Getwd() // as this system spells it
	require.NoError(t, err)
	text := strings.NewReplacer("# sslrootcert =", "sslrootcert =", "# ca_file =", "ca_file =", `"/home/ana/portal"`, `"notes"`, "# state_dir =", "state_dir =").Replace(Example())
	write(t, filepath.Join("conf", "portal.toml"), text)
	for name, load := range map[string]func() (Config, error){
		"--config": func() (Config, error) { return Load(filepath.Join("conf", "portal.toml"), none) },
		"PORTAL_CONFIG": func() (Config, error) {
			return Load("", func(name string) (string, bool) { return "conf/portal.toml", name == "PORTAL_CONFIG" })
		},
	} {
		c, err := load()
		require.NoError(t, err, name)
		require.Equal(t, filepath.Join(dir, "conf", "portal.toml"), c.Path, name)
		require.Equal(t, filepath.Join(dir, "conf", "company-ca.pem"), c.Database.SSLRootCert, name)
		require.Equal(t, filepath.Join(dir, "conf", "company-ca.pem"), c.CAFile, name)
		require.Equal(t, filepath.Join(dir, "conf", "notes"), c.StateDir, name)
	}
	_, err = Load(filepath.Join("conf", "gone.toml"), none)
	require.ErrorContains(t, err, filepath.Join(dir, "conf", "gone.toml"), "where it was looked for is told in full")
}

func TestSearchOrder(t *testing.T) {
	standard := home(t)
	named := write(t, filepath.Join(t.TempDir(), "a.toml"), strings.Replace(Example(), "Production", "Named", 1))
	fromEnv := write(t, filepath.Join(t.TempDir(), "b.toml"), strings.Replace(Example(), "Production", "FromEnv", 1))

	_, err := Load("", none)
	var missing *MissingError
	require.ErrorAs(t, err, &missing)
	assert.Equal(t, []string{standard}, missing.Looked)
	assert.Contains(t, err.Error(), standard)
	assert.Contains(t, err.Error(), "--config")

	write(t, standard, strings.Replace(Example(), "Production", "Standard", 1))
	for _, tc := range []struct {
		path string
		env  func(string) (string, bool)
		want string
	}{{"", none, "Standard"}, {"", env("PORTAL_CONFIG", fromEnv), "FromEnv"}, {named, env("PORTAL_CONFIG", fromEnv), "Named"}} {
		c, err := Load(tc.path, tc.env)
		require.NoError(t, err)
		assert.Equal(t, tc.want, c.Name)
	}

	// A file that was named is not replaced by another one.
	_, err = Load(filepath.Join(t.TempDir(), "gone.toml"), none)
	require.ErrorAs(t, err, &missing)
	assert.Contains(t, err.Error(), "gone.toml does not exist")
	_, err = Load("", env("PORTAL_CONFIG", "/nowhere/portal.toml"))
	require.ErrorAs(t, err, &missing)
}

func TestEnvironmentOverridesEveryKey(t *testing.T) {
	home(t)
	state, ca := t.TempDir(), filepath.Join(t.TempDir(), "ca.pem")
	all := []string{
		"PORTAL_NAME", "Sandbox", "PORTAL_USER", "kim", "PORTAL_CA_FILE", ca, "PORTAL_STATE_DIR", state,
		"PORTAL_FABRIC_TENANT_ID", "AAAAAAAA-1111-4111-8111-111111111111",
		"PORTAL_FABRIC_SIGN_IN", "Certificate", "PORTAL_FABRIC_CERTIFICATE_FILE", ca,
		"PORTAL_FABRIC_CLIENT_ID", "aaaaaaaa-2222-4111-8111-111111111111",
		"PORTAL_FABRIC_WORKSPACE_ID", "aaaaaaaa-3333-4111-8111-111111111111",
		"PORTAL_FABRIC_LAKEHOUSE_ID", "aaaaaaaa-4444-4111-8111-111111111111",
		"PORTAL_FABRIC_PIPELINE_ID", "aaaaaaaa-5555-4111-8111-111111111111",
		"PORTAL_FABRIC_RESTORE_PIPELINE_ID", "aaaaaaaa-6666-4111-8111-111111111111",
		"PORTAL_FABRIC_OWNER_USER_PRINCIPAL_NAME", "o@x.org",
		"PORTAL_FABRIC_OWNER_USER_OBJECT_ID", "aaaaaaaa-7777-4111-8111-111111111111",
		"PORTAL_FABRIC_API_URL", "https://LOCALHOST:1234/", "PORTAL_FABRIC_ONELAKE_URL", "https://localhost:1235",
		"PORTAL_FABRIC_AUTHORITY_URL", "https://localhost:1236", "PORTAL_FABRIC_PORTAL_URL", "https://localhost:1237",
		"PORTAL_FABRIC_API_SCOPE", "https://a.example/.default", "PORTAL_FABRIC_STORAGE_SCOPE", "https://b.example/.default",
		"PORTAL_FABRIC_STORAGE_VERSION", "2023-01-03",
		"PORTAL_DATABASE_HOST", "127.0.0.1", "PORTAL_DATABASE_PORT", "6543", "PORTAL_DATABASE_NAME", "d", "PORTAL_DATABASE_USER", "u",
		"PORTAL_DATABASE_SSLMODE", "disable", "PORTAL_DATABASE_SSLROOTCERT", ca, "PORTAL_DATABASE_AUTH", "SCRAM-SHA-256",
		"PORTAL_ARTIFACTS_SOURCE", "artifacts", "PORTAL_ARTIFACTS_FOLDER", state, "PORTAL_FUNNEL_TOTAL_VISITORS", "100", "PORTAL_FUNNEL_CONVERTING_VISITORS", "7",
	}
	// Without any file: the environment says everything.
	c, err := Load("", env(all...))
	require.NoError(t, err)
	assert.Equal(t, Config{
		Name: "Sandbox", User: "kim", CAFile: ca, StateDir: state,
		Fabric: Fabric{
			SignIn: SignInCertificate, CertificateFile: ca, TenantID: "aaaaaaaa-1111-4111-8111-111111111111", ClientID: "aaaaaaaa-2222-4111-8111-111111111111",
			WorkspaceID: "aaaaaaaa-3333-4111-8111-111111111111", LakehouseID: "aaaaaaaa-4444-4111-8111-111111111111",
			PipelineID: "aaaaaaaa-5555-4111-8111-111111111111", RestorePipelineID: "aaaaaaaa-6666-4111-8111-111111111111",
			OwnerPrincipalName: "o@x.org", OwnerObjectID: "aaaaaaaa-7777-4111-8111-111111111111",
			APIURL: "https://localhost:1234", OneLakeURL: "https://localhost:1235", AuthorityURL: "https://localhost:1236", PortalURL: "https://localhost:1237",
			APIScope: "https://a.example/.default", StorageScope: "https://b.example/.default", StorageVersion: "2023-01-03",
		},
		Database:  Database{Host: "127.0.0.1", Port: 6543, Name: "d", User: "u", SSLMode: "disable", SSLRootCert: ca, Auth: "scram-sha-256"},
		Artifacts: Artifacts{Source: "artifacts", Folder: state}, Funnel: Funnel{TotalVisitors: 100, ConvertingVisitors: 7},
	}, c)

	// An empty variable does not count; a bad number is named, not repeated.
	file := write(t, filepath.Join(t.TempDir(), "p.toml"), Example())
	c, err = Load(file, env("PORTAL_NAME", " ", "PORTAL_DATABASE_HOST", "db2"))
	require.NoError(t, err)
	assert.Equal(t, "Production", c.Name)
	assert.Equal(t, "db2", c.Database.Host)
	_, err = Load(file, env("PORTAL_DATABASE_PORT", "canary-5432"))
	require.ErrorContains(t, err, "PORTAL_DATABASE_PORT is not a whole number")
	assert.NotContains(t, err.Error(), "canary")

	// Some variables, but not enough: the problems are told, and that there is no file.
	_, err = Load("", env("PORTAL_FABRIC_API_URL", "https://x"))
	var invalid *InvalidError
	require.ErrorAs(t, err, &invalid)
	assert.Contains(t, err.Error(), "there is no file")
}

func TestFileFaults(t *testing.T) {
	home(t)
	load := func(text string) error {
		_, err := Load(write(t, filepath.Join(t.TempDir(), "p.toml"), text), none)
		return err
	}
	t.Run("unknown keys are named", func(t *testing.T) {
		err := load(strings.Replace(Example(), "[database]", "[database]\nhots = \"x\"\n", 1) + "\n[farbic]\na = 1\n")
		var invalid *InvalidError
		require.ErrorAs(t, err, &invalid)
		assert.Contains(t, err.Error(), "“database.hots” is not known")
		assert.Contains(t, err.Error(), "farbic")
	})
	t.Run("secrets are refused and not repeated", func(t *testing.T) {
		for _, line := range []string{"password = \"hunter2\"", "client_secret = \"hunter2\"", "Api_Token = \"hunter2\"", "password = hunter2", "[secrets]\nx = \"hunter2\"", "pwd = 'hunter2'", "client_secret = \"hunter2", "password = \"hun\\qter2\""} {
			for _, text := range []string{strings.Replace(Example(), "[database]", "[database]\n"+line+"\n", 1), line + "\n" + Example()} {
				err := load(text)
				var secret *SecretError
				require.ErrorAs(t, err, &secret, line)
				assert.Contains(t, err.Error(), "secret set")
				assert.NotContains(t, err.Error(), "hun")
			}
		}
	})
	t.Run("broken and mistyped TOML", func(t *testing.T) {
		for _, text := range []string{"name = canary", "name = \"a\\cna\"", "[fabric\n", "name = 5", "[database]\nport = \"canary\"", "[database]\nport = canary", "\xff\xfen\x00", "name = \"a\"\nname = \"b\""} {
			err := load(text)
			var file *FileError
			require.ErrorAs(t, err, &file, text)
			assert.Contains(t, err.Error(), "p.toml")
			assert.NotContains(t, err.Error(), "canary")
		}
	})
	t.Run("unreadable", func(t *testing.T) {
		_, err := Load(t.TempDir(), none)
		var file *FileError
		require.ErrorAs(t, err, &file)
	})
	t.Run("a byte order mark does no harm", func(t *testing.T) {
		require.NoError(t, load("\xef\xbb\xbf"+Example()))
	})
	t.Run("relative paths belong to the file's folder", func(t *testing.T) {
		path := write(t, filepath.Join(t.TempDir(), "p.toml"), "ca_file = \"ca.pem\"\n"+Example())
		c, err := Load(path, none)
		require.NoError(t, err)
		assert.Equal(t, filepath.Join(filepath.Dir(path), "ca.pem"), c.CAFile)
	})
}

func TestValidateNamesEachProblem(t *testing.T) {
	home(t)
	good, err := Load(write(t, filepath.Join(t.TempDir(), "p.toml"), Example()), none)
	require.NoError(t, err)
	require.NoError(t, good.Validate())
	const canary = "canary7"
	for name, tc := range map[string]struct {
		change func(*Config)
		want   string
	}{
		"id missing":          {func(c *Config) { c.Fabric.TenantID = "" }, "fabric.tenant_id” is missing"},
		"id in braces":        {func(c *Config) { c.Fabric.WorkspaceID = "{33333333-3333-4333-8333-333333333333}" }, "fabric.workspace_id"},
		"id as urn":           {func(c *Config) { c.Fabric.WorkspaceID = "urn:uuid:33333333-3333-4333-8333-333333333333" }, "fabric.workspace_id"},
		"id without dashes":   {func(c *Config) { c.Fabric.LakehouseID = "33333333333343338333333333333333" }, "fabric.lakehouse_id"},
		"id with line break":  {func(c *Config) { c.Fabric.PipelineID += "\n" }, "fabric.pipeline_id"},
		"name instead of id":  {func(c *Config) { c.Fabric.PipelineID = canary }, "fabric.pipeline_id"},
		"zero id":             {func(c *Config) { c.Fabric.ClientID = "00000000-0000-0000-0000-000000000000" }, "fabric.client_id"},
		"restore missing":     {func(c *Config) { c.Fabric.RestorePipelineID = "" }, "fabric.restore_pipeline_id"},
		"owner":               {func(c *Config) { c.Fabric.OwnerPrincipalName = canary }, "owner_user_principal_name"},
		"owner id":            {func(c *Config) { c.Fabric.OwnerObjectID = "x" }, "owner_user_object_id"},
		"http":                {func(c *Config) { c.Fabric.APIURL = "http://api.fabric.microsoft.com" }, "https://"},
		"userinfo":            {func(c *Config) { c.Fabric.APIURL = "https://api.fabric.microsoft.com@" + canary }, "fabric.api_url” carries"},
		"path":                {func(c *Config) { c.Fabric.OneLakeURL += "/a" }, "fabric.onelake_url"},
		"query":               {func(c *Config) { c.Fabric.AuthorityURL += "?a" }, "fabric.authority_url"},
		"empty url":           {func(c *Config) { c.Fabric.PortalURL = "" }, "fabric.portal_url"},
		"no host":             {func(c *Config) { c.Fabric.PortalURL = "https://:443" }, "fabric.portal_url"},
		"scope":               {func(c *Config) { c.Fabric.APIScope = "https://api.fabric.microsoft.com" }, "fabric.api_scope"},
		"storage version":     {func(c *Config) { c.Fabric.StorageVersion = "latest" }, "fabric.storage_version"},
		"db host missing":     {func(c *Config) { c.Database.Host = "" }, "database.host” is missing"},
		"db host is a DSN":    {func(c *Config) { c.Database.Host = "u:" + canary + "@h" }, "database.host"},
		"db port":             {func(c *Config) { c.Database.Port = 70000 }, "database.port"},
		"db user":             {func(c *Config) { c.Database.User = "" }, "database.user"},
		"sslmode prefer":      {func(c *Config) { c.Database.SSLMode = "prefer" }, "unencrypted"},
		"sslmode allow":       {func(c *Config) { c.Database.SSLMode = "ALLOW" }, "unencrypted"},
		"prefer on loopback":  {func(c *Config) { c.Database.SSLMode, c.Database.Host = "prefer", "localhost" }, "unencrypted"},
		"disable elsewhere":   {func(c *Config) { c.Database.SSLMode = "disable" }, "this computer's own"},
		"require elsewhere":   {func(c *Config) { c.Database.SSLMode = "require" }, "this computer's own"},
		"disable, near-local": {func(c *Config) { c.Database.SSLMode, c.Database.Host = "disable", "localhost.evil.org" }, "this computer's own"},
		"verify-ca alone":     {func(c *Config) { c.Database.SSLMode = "verify-ca" }, "database.sslrootcert"},
		"verify-ca, system":   {func(c *Config) { c.Database.SSLMode, c.Database.SSLRootCert = "verify-ca", "system" }, "database.sslrootcert"},
		"require, system": {func(c *Config) {
			c.Database.Host, c.Database.SSLMode, c.Database.SSLRootCert = "localhost", "require", "system"
		}, "does not ask the system's authorities"},
		"auth": {func(c *Config) { c.Database.Auth = canary }, "database.auth"},
		"auth in the clear": {func(c *Config) {
			c.Database.Host, c.Database.SSLMode, c.Database.Auth = "localhost", "disable", "password"
		}, "to whoever answers"},
		"auth, unchecked": {func(c *Config) {
			c.Database.Host, c.Database.SSLMode, c.Database.Auth = "localhost", "require", "password"
		}, "to whoever answers"},
		"sslmode":            {func(c *Config) { c.Database.SSLMode = canary }, "database.sslmode"},
		"source":             {func(c *Config) { c.Artifacts.Source = canary }, "artifacts.source"},
		"funnel":             {func(c *Config) { c.Funnel.ConvertingVisitors = c.Funnel.TotalVisitors + 1 }, "funnel.converting_visitors"},
		"negative":           {func(c *Config) { c.Funnel.TotalVisitors = -1 }, "funnel.total_visitors"},
		"user with bar":      {func(c *Config) { c.User = "a|b" }, "“user”"},
		"relative ca":        {func(c *Config) { c.CAFile = "ca.pem" }, "“ca_file” is not a full path"},
		"relative root cert": {func(c *Config) { c.Database.SSLRootCert = "ca.pem" }, "“database.sslrootcert” is not a full path"},
	} {
		t.Run(name, func(t *testing.T) {
			c := good
			tc.change(&c)
			err := c.Validate()
			var invalid *InvalidError
			require.ErrorAs(t, err, &invalid)
			require.Len(t, invalid.Problems, 1)
			assert.Contains(t, invalid.Problems[0].Error(), tc.want)
			assert.NotContains(t, err.Error(), canary)
		})
	}
	for _, host := range []string{"localhost", "127.0.0.1", "::1"} {
		c := good
		c.Database.Host, c.Database.SSLMode = host, "disable"
		assert.NoError(t, c.Validate(), host)
	}

	var invalid *InvalidError
	require.ErrorAs(t, Config{}.Validate(), &invalid)
	assert.Greater(t, len(invalid.Problems), 15, "all problems come at once")
}

func TestIdentity(t *testing.T) {
	assert.Equal(t, "ana", Config{User: "ana"}.Identity())
	assert.NotEmpty(t, Config{}.Identity())
}
