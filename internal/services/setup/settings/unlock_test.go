package settings

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/zalando/go-keyring"

	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

// TestTheFirstStartWithoutAKeyring: what is entered can be tested and opened, and no file holds a secret.
func TestTheFirstStartWithoutAKeyring(t *testing.T) {
	all, dir := home(t)
	keyring.MockInitWithError(errors.New("dial unix: no such file"))
	redactor := secrets.NewRedactor()
	w, err := EditConnection(all, "")
	require.NoError(t, err)
	w.Session = secrets.NewSession(redactor)
	require.True(t, w.Kept(t.Context()).NoKeyring)

	values := entered("Production", Red)
	values[string(secrets.ClientSecret)], values[string(secrets.DatabasePassword)] = "", "unwritten-password"
	problems, err := w.Save(t.Context(), values)
	require.NoError(t, err)
	require.ErrorContains(t, problems[string(secrets.ClientSecret)], "kept in memory until the portal is closed")
	values[string(secrets.ClientSecret)] = "unwritten-client"
	problems, err = w.Save(t.Context(), values)
	require.NoError(t, err)
	require.Empty(t, problems)
	require.Equal(t, "*** ***", redactor.Redact("unwritten-client unwritten-password"))

	cfg, err := config.Load(w.Path, none)
	require.NoError(t, err)
	for _, n := range secrets.Names {
		_, place, err := secrets.NewStore(cfg, none, w.Session).Find(t.Context(), n)
		require.NoError(t, err, "a test, and opening the portal, find it")
		require.Equal(t, secrets.Memory, place)
	}
	nothingWritten(t, filepath.Dir(dir), "unwritten")
	require.Equal(t, secrets.Memory, w.Kept(t.Context()).Places[secrets.ClientSecret])
	again := entered("Production", Red)
	again[string(secrets.ClientSecret)], again[string(secrets.DatabasePassword)] = "", ""
	problems, err = w.Save(t.Context(), again)
	require.NoError(t, err)
	require.Empty(t, problems, "an empty secret keeps the one in memory")
}

// nothingWritten looks into all files below a folder.
func nothingWritten(t *testing.T, dir, text string) {
	t.Helper()
	files := 0
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		data, err := os.ReadFile(path)
		require.False(t, strings.Contains(string(data), text), path)
		return err
	}))
	require.Positive(t, files)
}

// TestAStartThatAsksForSecretsOnly is each later start of such a computer.
func TestAStartThatAsksForSecretsOnly(t *testing.T) {
	home(t)
	keyring.MockInitWithError(errors.New("dial unix: no such file"))
	t.Setenv("PORTAL_CLIENT_SECRET", "from-the-environment")
	path := filepath.Join(t.TempDir(), "portal.toml")
	require.NoError(t, Write(t.Context(), path, whole()))
	before, err := os.Stat(path)
	require.NoError(t, err)
	u := Unlock{ConfigPath: path, Session: secrets.NewSession(secrets.NewRedactor())}
	kept, err := u.Kept(t.Context())
	require.NoError(t, err)
	require.Equal(t, Kept{Places: map[secrets.Name]secrets.Place{secrets.ClientSecret: secrets.Environment, secrets.DatabasePassword: secrets.Nowhere}, NoKeyring: true}, kept)
	problems, err := u.Save(t.Context(), map[string]string{})
	require.NoError(t, err)
	require.Len(t, problems, 1)
	require.Contains(t, problems, string(secrets.DatabasePassword))
	problems, err = u.Save(t.Context(), map[string]string{string(secrets.DatabasePassword): "unwritten"})
	require.NoError(t, err)
	require.Empty(t, problems)
	kept, err = u.Kept(t.Context())
	require.NoError(t, err)
	require.Equal(t, secrets.Memory, kept.Places[secrets.DatabasePassword])
	after, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, before.ModTime(), after.ModTime(), "the configuration is not written anew")
	nothingWritten(t, filepath.Dir(path), "unwritten")

	_, err = Unlock{ConfigPath: filepath.Join(t.TempDir(), "gone.toml")}.Kept(t.Context())
	require.True(t, NeedsSetup(err))
	require.True(t, NeedsSecrets(&secrets.UnavailableError{Name: secrets.ClientSecret, Err: errors.New("x")}))
	require.False(t, NeedsSecrets(&secrets.NotFoundError{Name: secrets.ClientSecret}))
}
