package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/setup/policy"
)

// managed gives the test a policy, and connections of its organisation.
func managed(t *testing.T, text string, connections ...string) (folder string) {
	t.Helper()
	folder = t.TempDir()
	write(t, filepath.Join(folder, "policy.toml"), text)
	for _, name := range connections {
		write(t, filepath.Join(folder, "profiles", name+".toml"), strings.Replace(Example(), "Production", name, 1))
	}
	t.Cleanup(policy.Pretend(policy.Place{Folder: folder}))
	return folder
}

func explained(t *testing.T, path string, lookup func(string) (string, bool)) map[string]Setting {
	t.Helper()
	list, err := Explain(path, lookup)
	require.NoError(t, err)
	out := map[string]Setting{}
	for _, s := range list {
		out[s.Key] = s
	}
	require.Len(t, out, len(keys))
	return out
}

// TestThePolicyIsBeneathTheUsersSettings, and what it locks above all others.
func TestThePolicyIsBeneathTheUsersSettings(t *testing.T) {
	home(t)
	folder := managed(t, `version = 1
locked = ["database.host", "database.port", "fabric.api_url"]
[settings]
ca_file = "company-ca.pem"
name = "Everybody's"
[settings.database]
host = "db.organisation.example"
name = "theirs"
`)
	path := write(t, filepath.Join(t.TempDir(), "portal.toml"), strings.Replace(Example(), "[funnel]", "[funnel]\n", 1))
	env := env("PORTAL_DATABASE_PORT", "6543", "PORTAL_DATABASE_USER", "from_env", "PORTAL_FABRIC_API_URL", "https://api.evil.example")
	c, err := Load(path, env)
	require.NoError(t, err)
	require.Equal(t, "Production", c.Name, "the user's own goes before what is not locked")
	require.Equal(t, filepath.Join(folder, "company-ca.pem"), c.CAFile, "paths of the policy begin at its folder")
	require.Equal(t, "theirs", c.Database.Name)
	require.Equal(t, "db.organisation.example", c.Database.Host, "the file says portal-db.contoso.com")
	require.Equal(t, 5432, c.Database.Port, "locked without a value is the program's default")
	require.Equal(t, "https://api.fabric.microsoft.com", c.Fabric.APIURL, "no variable changes it")
	require.Equal(t, "from_env", c.Database.User)

	found := explained(t, path, env)
	require.Equal(t, Setting{Key: "database.host", Value: "db.organisation.example", From: FromPolicy, Locked: true, Unused: FromFile}, found["database.host"])
	require.Equal(t, Setting{Key: "database.port", Value: "5432", From: FromDefault, Locked: true, Unused: FromEnvironment}, found["database.port"])
	require.Equal(t, Setting{Key: "database.name", Value: "theirs", From: FromPolicy}, found["database.name"])
	require.Equal(t, Setting{Key: "name", Value: "Production", From: FromFile}, found["name"])
	require.Equal(t, Setting{Key: "database.user", Value: "from_env", From: FromEnvironment}, found["database.user"])
	require.Equal(t, FromDefault, found["database.sslmode"].From)

	beneath, err := Beneath()
	require.NoError(t, err)
	require.Equal(t, "theirs", beneath.Database.Name)
	whole, locked, _, err := Managed(path)
	require.NoError(t, err)
	require.False(t, whole)
	require.Len(t, locked, 3)
}

func TestTheOrganisationsConnections(t *testing.T) {
	standard := home(t)
	folder := managed(t, "version = 1\nconnection = \"production\"\nlocked = [\"database.host\"]\n[settings.database]\nhost = \"other.example\"\n", "production", "test")
	production := filepath.Join(folder, "profiles", "production.toml")
	c, err := Load("", env("PORTAL_DATABASE_HOST", "evil.example", "PORTAL_DATABASE_NAME", "mine"))
	require.NoError(t, err)
	require.Equal(t, production, c.Path, "a user without a configuration uses the organisation's")
	require.Equal(t, "portal-db.contoso.com", c.Database.Host, "what is locked is as the connection itself says")
	require.Equal(t, "mine", c.Database.Name, "what is not, a variable may change")
	require.Equal(t, FromFile, explained(t, "", none)["database.host"].From)
	whole, _, _, err := Managed(production)
	require.NoError(t, err)
	require.True(t, whole)

	write(t, standard, strings.Replace(Example(), "Production", "Own", 1))
	c, err = Load("", none)
	require.NoError(t, err)
	require.Equal(t, "Own", c.Name)
	require.Equal(t, "other.example", c.Database.Host)
}

func TestOnlyTheOrganisationsConnections(t *testing.T) {
	standard := home(t)
	folder := managed(t, "version = 1\norganisation = \"Contoso\"\nown_connections = false\n", "production")
	write(t, standard, Example())
	state := t.TempDir()
	c, err := Load("", env("PORTAL_DATABASE_NAME", "mine", "PORTAL_USER", "kim", "PORTAL_STATE_DIR", state))
	require.NoError(t, err)
	require.Equal(t, filepath.Join(folder, "profiles", "production.toml"), c.Path, "the user's own is not used")
	require.Equal(t, "fabric_data_portal", c.Database.Name)
	require.Equal(t, "kim", c.User, "who somebody is stays theirs to say")
	require.Equal(t, state, c.StateDir)
	var refused *policy.Error
	for _, path := range []string{standard, write(t, filepath.Join(t.TempDir(), "other.toml"), Example()), filepath.Join(folder, "profiles", "..", "policy.toml")} {
		_, err = Load(path, none)
		require.Error(t, err)
		if path != filepath.Join(folder, "profiles", "..", "policy.toml") {
			require.ErrorAs(t, err, &refused)
			require.Contains(t, err.Error(), "Contoso allows its own connections only")
		}
	}
	require.NoError(t, os.Remove(filepath.Join(folder, "profiles", "production.toml")))
	_, err = Load("", env("PORTAL_DATABASE_NAME", "mine"))
	require.ErrorAs(t, err, &refused, "variables alone are no way round it")
}

// TestAPolicyThatNamesWhatThereIsNot: an administrator who mistypes a lock is told, and nobody works without it.
func TestAPolicyThatNamesWhatThereIsNot(t *testing.T) {
	home(t)
	path := write(t, filepath.Join(t.TempDir(), "portal.toml"), Example())
	for text, says := range map[string]string{
		"locked = [\"fabric.tenant\"]\n":                       "it locks “fabric.tenant”, and there is no such setting",
		"locked = [\"fabric\"]\n":                              "it locks “fabric”",
		"[settings.fabric]\ntenant = \"x\"\nx = 1\n":           "it has keys that are not known: “settings.fabric.tenant”, “settings.fabric.x”",
		"[settings.database]\npassword = \"hunter2-of-all\"\n": "it holds a secret in “settings.database.password”",
		"[settings.database]\nport = \"hunter2-of-all\"\n":     "a value of its settings is of the wrong kind",
		"[settings]\nfabric = \"hunter2-of-all\"\n":            "a value of its settings is of the wrong kind",
	} {
		managed(t, "version = 1\n"+text)
		for _, err := range []error{
			func() error { _, err := Load(path, none); return err }(),
			func() error { _, err := Explain(path, none); return err }(),
			func() error { _, err := Beneath(); return err }(),
		} {
			var refused *policy.Error
			require.ErrorAs(t, err, &refused, text)
			require.Contains(t, err.Error(), says)
			require.Contains(t, err.Error(), "so that nothing is opened")
			require.NotContains(t, err.Error(), "hunter2")
		}
	}
}
