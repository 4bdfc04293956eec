package portal

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/certs"
	"fabricportal/internal/sandbox/standin"
	"fabricportal/internal/services/deployment"
	"fabricportal/internal/services/desktop/logfile"
	"fabricportal/internal/services/fabric/items"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

// TestAPartOfAConfigurationIsEnoughToDeploy: what is deployed gives the rest of it.
func TestAPartOfAConfigurationIsEnoughToDeploy(t *testing.T) {
	authority, err := certs.New()
	require.NoError(t, err)
	dir := t.TempDir()
	s, err := standin.Start(t.Context(), standin.Options{Authority: authority, LakehouseDir: filepath.Join(dir, "lakehouse"), PendingDir: filepath.Join(dir, "pending")})
	require.NoError(t, err)
	t.Cleanup(s.Close)
	ca, path := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "portal.toml")
	require.NoError(t, os.WriteFile(ca, authority.PEM(), 0o600))
	write := func(ids string) {
		text := "ca_file = \"ca.pem\"\nstate_dir = \"state\"\n[fabric]\n" + ids + "client_id = \"" + s.App.ClientID + "\"\napi_url = \"" + s.APIURL + "\"\nonelake_url = \"" + s.OneLakeURL +
			"\"\nauthority_url = \"" + s.AuthorityURL + "\"\n"
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	tenant := "tenant_id = \"" + s.App.TenantID + "\"\n"
	redactor := secrets.NewRedactor()
	journal := logfile.Open(filepath.Join(dir, "log"), redactor)
	t.Cleanup(journal.End)
	opts := Options{ConfigPath: path, Version: "1.2.3", Journal: journal, Redactor: redactor}

	t.Setenv("PORTAL_CLIENT_SECRET", s.App.ClientSecret)
	write("")
	_, err = OpenDeployer(t.Context(), opts, s.WorkspaceID)
	require.ErrorContains(t, err, "fabric.tenant_id")
	write(tenant)
	for _, name := range []string{"", "Sales", "../x"} {
		_, err = OpenDeployer(t.Context(), opts, name)
		require.IsType(t, &deployment.TargetError{}, err, name)
	}
	write(tenant + "workspace_id = \"" + s.WorkspaceID + "\"\nlakehouse_id = \"" + s.LakehouseID + "\"\n")
	d, err := OpenDeployer(t.Context(), opts, "")
	require.NoError(t, err)
	t.Cleanup(d.Close)
	p, err := d.Plan(t.Context(), "")
	require.NoError(t, err)
	require.Equal(t, s.LakehouseID, p.Lakehouse.ID)
	require.Len(t, p.Steps, 5)
	require.Equal(t, items.Notebook, p.Steps[0].Kind)
	require.ErrorContains(t, d.Apply(t.Context(), &deployment.Plan{Folders: []deployment.Folder{{Path: "../x", State: deployment.New}}}, false, nil), "../x")
	journal.End()
	require.Contains(t, logged(t, filepath.Join(dir, "log")), "deploying failed")

	_, err = config.Load(path, os.LookupEnv)
	require.IsType(t, &config.InvalidError{}, err, "for anything else it is too little")
}
