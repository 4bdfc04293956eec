package settings

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/zalando/go-keyring"

	"fabricportal/internal/services/setup/secrets"
)

func TestWhatTheKeyringHoldsIsMadeKnown(t *testing.T) {
	keyring.MockInit()
	for _, n := range secrets.Names {
		t.Setenv(n.Variable(), "")
	}
	path := filepath.Join(t.TempDir(), "portal.toml")
	require.NoError(t, Write(t.Context(), path, whole()))
	r := secrets.NewRedactor()
	Known(t.Context(), path, r)
	require.Equal(t, "it was kept-in-the-keyring", r.Redact("it was kept-in-the-keyring"))
	require.NoError(t, Keyring{}.SetSecret(t.Context(), path, "client_secret", "kept-in-the-keyring"))
	Known(t.Context(), path, r)
	require.Equal(t, "it was ***", r.Redact("it was kept-in-the-keyring"))
	Known(t.Context(), filepath.Join(filepath.Dir(path), "nowhere.toml"), r)

	// The certificates that a configuration names decide too: one that was edited does not find the secret.
	c := whole()
	c.CAFile = filepath.Join(t.TempDir(), "evil.pem")
	require.NoError(t, os.WriteFile(c.CAFile, []byte("evil"), 0o600))
	require.NoError(t, Write(t.Context(), path, c))
	other := secrets.NewRedactor()
	Known(t.Context(), path, other)
	require.Equal(t, "it was kept-in-the-keyring", other.Redact("it was kept-in-the-keyring"))

	require.NoError(t, Keyring{}.DeleteSecrets(t.Context(), path))
}
