package settings

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/policy"
	"fabricportal/internal/services/setup/secrets"
)

// organisation gives the test a policy and one connection of its organisation.
func organisation(t *testing.T, text string) (file string) {
	t.Helper()
	folder := t.TempDir()
	file = filepath.Join(folder, "profiles", "central.toml")
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
	c := whole()
	c.Name = "Central"
	require.NoError(t, Write(t.Context(), file, c))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "profiles", "central.colour"), []byte("red\n"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "policy.toml"), []byte("version = 1\norganisation = \"Contoso\"\n"+text), 0o644))
	t.Cleanup(policy.Pretend(policy.Place{Folder: folder}))
	return file
}

func TestTheOrganisationsConnectionsAreListedAndStay(t *testing.T) {
	all, _ := home(t)
	file := organisation(t, "")
	mine, err := all.Add(t.Context(), "Mine", Green, whole())
	require.NoError(t, err)
	list, err := all.List()
	require.NoError(t, err)
	require.Equal(t, []Connection{{ID: "organisation/central", Name: "Central", Colour: Red, Path: file, Managed: true}, mine}, list)
	path, err := all.Path("organisation/central")
	require.NoError(t, err)
	require.Equal(t, file, path)
	_, err = all.Path("organisation/../policy")
	require.Error(t, err)

	var refused *ConnectionError
	_, err = all.Remove("organisation/central")
	require.ErrorAs(t, err, &refused)
	_, err = all.Update(t.Context(), "organisation/central", Red, whole())
	require.ErrorAs(t, err, &refused)
	require.FileExists(t, file)
	require.NoError(t, all.Select(t.Context(), "organisation/central"), "which one is opened is the user's to choose")
	require.Equal(t, file, all.ConfigPath("", none))

	// Its settings can be looked at; only its secrets are the user's to give.
	before, err := os.ReadFile(file)
	require.NoError(t, err)
	w, err := EditConnection(all, file)
	require.NoError(t, err)
	for _, f := range w.Fields() {
		require.Equal(t, "Contoso", f.Locked, f.Key)
	}
	values := entered("Another name", Blue)
	problems, err := w.Save(t.Context(), values)
	require.NoError(t, err)
	require.Empty(t, problems)
	after, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(before), string(after))
	require.Equal(t, secrets.InKeyring, w.Kept(t.Context()).Places[secrets.ClientSecret])
}

func TestOnlyTheOrganisationsConnectionsAreListed(t *testing.T) {
	all, dir := home(t)
	organisation(t, "own_connections = false\n")
	require.NoError(t, os.MkdirAll(dir, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "portal.toml"), []byte("name = \"Mine\"\n"), 0o600))
	list, err := all.List()
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.True(t, list[0].Managed)
	var refused *ConnectionError
	_, err = all.Add(t.Context(), "Mine too", Green, whole())
	require.ErrorAs(t, err, &refused)
	require.Contains(t, err.Error(), "allows its own connections only")
}

// TestWhatThePolicySaysIsNotCopied into the user's file: a later policy is to be followed.
func TestWhatThePolicySaysIsNotCopied(t *testing.T) {
	all, _ := home(t)
	organisation(t, "locked = [\"fabric.tenant_id\"]\n[settings.fabric]\ntenant_id = \"99999999-9999-4999-8999-999999999999\"\n[settings.database]\nname = \"theirs\"\nport = 6543\n")
	w := NewConnection(all)
	require.Equal(t, "theirs", w.Values()["database.name"], "the form begins with it")
	require.Equal(t, "99999999-9999-4999-8999-999999999999", w.Values()["fabric.tenant_id"])
	i := slices.IndexFunc(w.Fields(), func(f Field) bool { return f.Key == "fabric.tenant_id" })
	require.Equal(t, "Contoso", w.Fields()[i].Locked)

	values := entered("Mine", Green)
	values["database.name"], values["database.port"] = "theirs", "5432"
	values["fabric.tenant_id"] = "11111111-1111-4111-8111-111111111111"
	problems, err := w.Save(t.Context(), values)
	require.NoError(t, err)
	require.Empty(t, problems)
	text, err := os.ReadFile(w.Path)
	require.NoError(t, err)
	require.NotContains(t, string(text), "tenant_id")
	require.NotContains(t, string(text), "theirs")
	require.Contains(t, string(text), "port = 5432", "the program's default against the policy's")
	c, err := config.Load(w.Path, none)
	require.NoError(t, err)
	require.Equal(t, "99999999-9999-4999-8999-999999999999", c.Fabric.TenantID)
	require.Equal(t, "theirs", c.Database.Name)
	require.Equal(t, 5432, c.Database.Port)
}
