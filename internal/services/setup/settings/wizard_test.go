package settings

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/zalando/go-keyring"

	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

// home is a user without any configuration, with a keyring of its own.
func home(t *testing.T) (all *Connections, dir string) {
	t.Helper()
	keyring.MockInit()
	root := t.TempDir()
	for _, name := range []string{"HOME", "USERPROFILE", "AppData", "LocalAppData", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"} {
		t.Setenv(name, root)
	}
	for _, name := range []string{"PORTAL_CONFIG", "PORTAL_CLIENT_SECRET", "PORTAL_DATABASE_PASSWORD"} {
		t.Setenv(name, "")
	}
	dir, err := DefaultFolder()
	require.NoError(t, err)
	return OpenConnections(dir), dir
}

// entered is what a person enters: a configuration without faults, its colour, and both secrets.
func entered(name string, colour Colour) map[string]string {
	c := whole()
	c.Name = name
	out := valuesOf(c)
	out[ColourField().Key] = string(colour)
	out[string(secrets.ClientSecret)], out[string(secrets.DatabasePassword)] = "client", "database"
	return out
}

func TestTheFirstStart(t *testing.T) {
	all, dir := home(t)
	w, err := EditConnection(all, "")
	require.NoError(t, err)
	require.Equal(t, filepath.Join(dir, "portal.toml"), w.Path)
	require.Equal(t, config.Default().Name, w.Values()["name"])
	require.Equal(t, Kept{Places: map[secrets.Name]secrets.Place{secrets.ClientSecret: secrets.Nowhere, secrets.DatabasePassword: secrets.Nowhere}}, w.Kept(t.Context()))
	keys := map[string]int{}
	for i, f := range w.Fields() {
		keys[f.Key] = i
	}
	require.Len(t, keys, len(Fields())+1)
	require.Less(t, keys[ColourField().Key], keys["fabric.tenant_id"], "the colour stands with the name")

	values := entered("Production", Red)
	values["database.port"], values["fabric.tenant_id"], values[string(secrets.ClientSecret)] = "many", "no id", ""
	problems, err := w.Save(t.Context(), values)
	require.NoError(t, err)
	require.EqualError(t, problems["database.port"], "This is not a whole number: give it digits only.")
	require.Error(t, problems["fabric.tenant_id"])
	require.ErrorContains(t, problems[string(secrets.ClientSecret)], "keyring does not hold it yet")
	require.NoFileExists(t, w.Path, "nothing is kept where something is wrong")
	require.Empty(t, w.Kept(t.Context()).Places[secrets.DatabasePassword])

	problems, err = w.Save(t.Context(), entered("Production", Red))
	require.NoError(t, err)
	require.Empty(t, problems)
	c, err := Read(w.Path)
	require.NoError(t, err)
	require.Equal(t, "Production", c.Name)
	require.Equal(t, Kept{Places: map[secrets.Name]secrets.Place{secrets.ClientSecret: secrets.InKeyring, secrets.DatabasePassword: secrets.InKeyring}}, w.Kept(t.Context()))
	require.Equal(t, string(Red), w.Values()[ColourField().Key], "the colour that was chosen at the first start")
	text, err := os.ReadFile(w.Path)
	require.NoError(t, err)
	require.Empty(t, FindSecrets(text))

	again := entered("Production", "")
	again[string(secrets.ClientSecret)], again[string(secrets.DatabasePassword)] = "", ""
	problems, err = w.Save(t.Context(), again)
	require.NoError(t, err)
	require.Empty(t, problems, "an empty secret keeps the one of the keyring")
	require.Empty(t, w.Values()[ColourField().Key])
}

func TestANewConnection(t *testing.T) {
	all, dir := home(t)
	w := NewConnection(all)
	require.Empty(t, w.Values()["name"], "it has no name yet")
	problems, err := w.Save(t.Context(), entered("Test", Green))
	require.NoError(t, err)
	require.Empty(t, problems)
	require.Equal(t, filepath.Join(dir, "profiles", "test.toml"), w.Path)
	require.False(t, w.New)
	require.Equal(t, string(Green), w.Values()[ColourField().Key])
	problems, err = w.Save(t.Context(), entered("Trial", Amber))
	require.NoError(t, err)
	require.Empty(t, problems)
	made, ok := all.Of(w.Path)
	require.True(t, ok)
	require.Equal(t, Connection{ID: "test", Name: "Trial", Colour: Amber, Path: w.Path}, made, "the same one under another name")

	_, err = NewConnection(all).Save(t.Context(), entered("Trial", Green))
	var refused *ConnectionError
	require.ErrorAs(t, err, &refused)
}

// The folder is as users have it on their disks since the first version.
func TestConnectionsThatAreThereAreUsed(t *testing.T) {
	all, dir := home(t)
	for name, text := range map[string]string{
		"portal.toml": "name = \"Production\"\n", "profiles/test.toml": "name = \"Test\"\n", "profiles/test.colour": "green\n", "profiles/selected": "test\n",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	list, err := all.List()
	require.NoError(t, err)
	require.Len(t, list, 2)
	require.Equal(t, []string{"Production", "Test"}, []string{list[0].Name, list[1].Name})
	require.Equal(t, Green, list[1].Colour)
	require.True(t, list[1].Selected)
	none := func(string) (string, bool) { return "", false }
	require.Equal(t, list[1].Path, all.ConfigPath("", none))
	require.Equal(t, "named.toml", all.ConfigPath("named.toml", none))
	require.Empty(t, all.ConfigPath("", func(string) (string, bool) { return "x.toml", true }), "PORTAL_CONFIG says which")
	require.NoError(t, os.Remove(filepath.Join(dir, "profiles", "selected")))
	require.Empty(t, all.ConfigPath("", none), "the usual places")

	path, err := all.Path("test")
	require.NoError(t, err)
	require.Equal(t, list[1].Path, path)
	_, err = all.Path("gone")
	require.ErrorContains(t, err, "this connection is no longer there")
	link := filepath.Join(t.TempDir(), "link.toml")
	if os.Symlink(path, link) == nil {
		found, ok := all.Of(link)
		require.True(t, ok, "the same file by another path")
		require.Equal(t, "test", found.ID)
	}
	for _, other := range []string{"", filepath.Join(dir, "nowhere.toml")} {
		_, ok := all.Of(other)
		require.False(t, ok)
	}
}

func TestAFileThatWasNamedIsNoConnection(t *testing.T) {
	all, _ := home(t)
	path := filepath.Join(t.TempDir(), "below", "mine.toml")
	t.Setenv("PORTAL_CONFIG", path)
	w, err := EditConnection(all, "")
	require.NoError(t, err)
	require.Equal(t, path, w.Path)
	problems, err := w.Save(t.Context(), entered("Mine", Blue))
	require.NoError(t, err)
	require.Empty(t, problems)
	require.FileExists(t, path)
	list, err := all.List()
	require.NoError(t, err)
	require.Empty(t, list)

	require.NoError(t, os.WriteFile(path, []byte("name = \"Mine\"\nlater = 1\n"), 0o600))
	_, err = w.Save(t.Context(), entered("Mine", Blue))
	var invalid *config.InvalidError
	require.ErrorAs(t, err, &invalid, "keys that this program does not know are not thrown away")
	blocked := filepath.Join(path, "x", "portal.toml")
	w, err = EditConnection(all, blocked)
	require.NoError(t, err)
	_, err = w.Save(t.Context(), entered("Mine", Blue))
	require.ErrorContains(t, err, "can't be kept in")
}

func TestAnotherFileIsTakenOver(t *testing.T) {
	home(t)
	path := write(t, "secrets.toml", "[azure]\ntenant_id = \"11111111-1111-4111-8111-111111111111\"\nclient_secret = \"s3cret\"\n[extra]\nthing = 1\n")
	values, left, err := ImportValues(path)
	require.NoError(t, err)
	require.Equal(t, map[string]string{"fabric.tenant_id": "11111111-1111-4111-8111-111111111111", "client_secret": "s3cret"}, values)
	require.EqualError(t, left, "Not used: extra.thing.")
	_, _, err = ImportValues(filepath.Join(t.TempDir(), "nowhere.toml"))
	require.Error(t, err)
	values, left, err = ImportValues(write(t, "portal.toml", "name = \"X\"\n"))
	require.NoError(t, err)
	require.Equal(t, "X", values["name"])
	require.Nil(t, left)
}

func TestWhichErrorsAPersonMends(t *testing.T) {
	for _, err := range []error{&config.MissingError{}, &config.InvalidError{}, &secrets.NotFoundError{Name: secrets.ClientSecret}} {
		require.True(t, NeedsSetup(err))
	}
	require.False(t, NeedsSetup(errors.New("the disk is full")))
	require.True(t, NothingThere(&config.MissingError{}))
	require.False(t, NothingThere(&config.MissingError{Named: true}))
	require.False(t, NothingThere(&config.InvalidError{}))
}

func TestSecretsOfAConfiguration(t *testing.T) {
	home(t)
	path := filepath.Join(t.TempDir(), "portal.toml")
	require.NoError(t, Write(t.Context(), path, whole()))
	var k Keyring
	require.ErrorContains(t, k.SetSecret(t.Context(), path, "pin", "x"), `there is no secret "pin"`)
	require.NoError(t, k.SetSecret(t.Context(), path, "client_secret", "x"))
	store := secrets.NewStore(whole(), none, nil)
	got, err := store.Get(t.Context(), secrets.ClientSecret)
	require.NoError(t, err)
	require.Equal(t, "x", got.Reveal())
	require.NoError(t, k.DeleteSecrets(t.Context(), path))
	_, err = store.Get(t.Context(), secrets.ClientSecret)
	require.Error(t, err)
	missing := filepath.Join(t.TempDir(), "nowhere.toml")
	require.Error(t, k.SetSecret(t.Context(), missing, "client_secret", "x"))
	require.Error(t, k.DeleteSecrets(t.Context(), missing))
}
