package settings

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/zalando/go-keyring"

	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

// TestASecretCanBeKeptBeforeTheRestIsKnown: what is deployed, and so the ids of the configuration, needs the secret first.
func TestASecretCanBeKeptBeforeTheRestIsKnown(t *testing.T) {
	keyring.MockInit()
	path := filepath.Join(t.TempDir(), "portal.toml")
	write := func(text string) { require.NoError(t, os.WriteFile(path, []byte(text), 0o600)) }
	write("[fabric]\ntenant_id = \"11111111-1111-4111-8111-111111111111\"\n")
	err := Keyring{}.SetSecret(t.Context(), path, "client_secret", "s")
	require.ErrorContains(t, err, "fabric.client_id")
	require.NotContains(t, err.Error(), "pipeline_id", "it is told what this needs")
	require.NotContains(t, err.Error(), "database")

	write("[fabric]\ntenant_id = \"11111111-1111-4111-8111-111111111111\"\nclient_id = \"22222222-2222-4222-8222-222222222222\"\n")
	require.NoError(t, Keyring{}.SetSecret(t.Context(), path, "client_secret", "s"))
	require.ErrorContains(t, Keyring{}.SetSecret(t.Context(), path, "database_password", "p"), "database.host")
	cfg, err := config.Load(path, func(string) (string, bool) { return "", false })
	require.IsType(t, &config.InvalidError{}, err)
	kept, err := secrets.NewStore(cfg, func(string) (string, bool) { return "", false }, nil).Get(t.Context(), secrets.ClientSecret)
	require.NoError(t, err)
	require.Equal(t, "s", kept.Reveal())

	write("[fabric]\ntenant_id = \"11111111-1111-4111-8111-111111111111\"\nclient_id = \"22222222-2222-4222-8222-222222222222\"\nclient_idd = 1\n")
	require.ErrorContains(t, Keyring{}.SetSecret(t.Context(), path, "client_secret", "s"), "client_idd", "a key that is not known is told")
	write("[database]\nhost = \"h\"\nuser = \"u\"\n")
	require.NoError(t, Keyring{}.SetSecret(t.Context(), path, "database_password", "p"))
}
