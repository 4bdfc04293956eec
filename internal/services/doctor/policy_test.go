package doctor

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/setup/policy"
)

func TestTheOrganisationsPolicyIsExamined(t *testing.T) {
	c := newClinic(t)
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o755))
	path := filepath.Join(dir, "policy.toml")
	decide := func(text string) {
		require.NoError(t, os.WriteFile(path, []byte("version = 1\n"+text), 0o600))
		require.NoError(t, os.Chmod(path, 0o644))
	}
	t.Cleanup(policy.Pretend(policy.Place{Folder: dir}))
	decide("locked = [\"database.port\"]\nexport_folders = [\"/srv/reports\"]\n")
	found := c.examine(t)
	says := "Read from " + path + ". 1 setting is locked. Files are saved only in /srv/reports."
	require.Contains(t, found["policy"].Message, says)
	if os.Geteuid() == 0 { // what another user's file is
		require.Equal(t, says, found["policy"].Message)
		require.False(t, found["policy"].Warning)
	}

	decide("locked = [\"name\", \"database.host\"]\n[settings.database]\nhost = \"db.example\"\n")
	require.NoError(t, os.Chmod(path, 0o666))
	found = c.examine(t)
	require.True(t, found["policy"].OK)
	require.True(t, found["policy"].Warning)
	require.Contains(t, found["policy"].Message, "Not used, as they are locked: the user's own name, database.host.")
	require.Contains(t, found["policy"].Message, "Not only an administrator may change "+path)

	decide("loked = []\n")
	found = c.examine(t)
	require.Equal(t, []string{"policy"}, failing(found))
	require.Len(t, found, 1, "nothing is opened by a policy that nobody understands")
	require.Contains(t, found["policy"].Message, "“loked”")
}
