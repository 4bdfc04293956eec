package deployment_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/standin/jobs"
	"fabricportal/internal/services/deployment"
	"fabricportal/internal/services/fabric/items"
	"fabricportal/internal/services/fabric/pipelines"
)

// fabricCICD is a Python with Microsoft's fabric-cicd; the test is skipped where there is none.
func fabricCICD(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("it runs another deployment tool")
	}
	python, err := filepath.Abs(filepath.Join("..", "..", "..", ".cache", "foreign", "bin", "python"))
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if exec.CommandContext(ctx, python, "-c", "import importlib.util as u, sys; sys.exit(not u.find_spec('fabric_cicd'))").Run() != nil {
		t.Skip("fabric-cicd is not in .cache/foreign: scripts/foreign.sh installs it")
	}
	return python
}

// publish lets fabric-cicd publish the item folders as they are.
func (w *workspace) publish(python, parameters string) {
	w.t.Helper()
	folder, err := filepath.Abs(filepath.Join("..", "..", "..", "fabric", "notebooks"))
	require.NoError(w.t, err)
	at, err := json.Marshal(map[string]string{
		"ca": filepath.Join(filepath.Dir(w.lake), "ca.pem"), "api": w.APIURL, "authority": w.AuthorityURL, "tenant": w.App.TenantID, "client": w.App.ClientID,
		"secret": w.App.ClientSecret, "workspace": w.StandIn.WorkspaceID, "folder": folder, "parameters": parameters,
	})
	require.NoError(w.t, err)
	ctx, cancel := context.WithTimeout(w.t.Context(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, python, filepath.Join("testdata", "publish.py"))
	cmd.Stdin = bytes.NewReader(at)
	cmd.Env = append(os.Environ(), "REQUESTS_CA_BUNDLE="+filepath.Join(filepath.Dir(w.lake), "ca.pem"), "PYTHONDONTWRITEBYTECODE=1", "FABRIC_CICD_RETRY_API_MAX_DURATION_SECONDS=60")
	cmd.Dir, err = os.Getwd()
	require.NoError(w.t, err)
	said, err := cmd.CombinedOutput()
	require.NoError(w.t, err, "%s", said)
}

// TestMicrosoftsFabricCICDPublishesTheFoldersUnchanged: what it publishes runs, and is what this program deploys.
func TestMicrosoftsFabricCICDPublishesTheFoldersUnchanged(t *testing.T) {
	python := fabricCICD(t)
	ran := make(chan jobs.Execution, 1)
	w := newWorkspaceNamed(t, "Sales & Orders", func(string) jobs.Runner {
		return jobs.RunnerFunc(func(_ context.Context, x jobs.Execution) (jobs.Outcome, error) {
			ran <- x
			return jobs.Outcome{}, nil
		})
	})
	w.publish(python, "")
	p := w.plan()
	require.Equal(t, "edited edited edited unchanged edited", states(p), "what is missing is the lakehouse")
	for _, s := range p.Steps[:3] {
		for _, d := range s.Differences {
			require.Regexp(t, `^lakehouse\.(id|name|workspace): “” in Fabric, `, d)
		}
	}
	ingest, _ := p.PipelineIDs()
	_, err := w.jobs.Start(t.Context(), pipelines.StartRequest{ItemID: ingest, SendBy: time.Now().Add(time.Minute), Parameters: map[string]any{"run_id": "r"}})
	require.NoError(t, err)
	select {
	case x := <-ran:
		require.Equal(t, w.id(p, items.Notebook, "sales_ingest"), x.Notebook.ID)
		require.NotContains(t, x.Parameters, "lakehouse_root", "it is bound to no lakehouse")
	case <-time.After(time.Minute):
		require.Fail(t, "no notebook was run", "%+v", w.Jobs.Jobs())
	}

	// With the parameter file that fabric/README.md shows the notebooks are bound, too; the items are there already.
	parameters := filepath.Join(t.TempDir(), "parameter.yml")
	require.NoError(t, os.WriteFile(parameters, fmt.Appendf(nil, `key_value_replace:
  - find_key: $.metadata.dependencies.lakehouse
    item_type: Notebook
    replace_value:
      PROD:
        default_lakehouse: %q
        default_lakehouse_name: %q
        default_lakehouse_workspace_id: %q
find_replace:
  - find_value: "2f7a60d1-4f0b-4c58-9d1e-8b3c5a6e7f10"
    item_type: DataPipeline
    replace_value:
      PROD: %q
`, w.LakehouseID, w.LakehouseName, w.StandIn.WorkspaceID, w.LakehouseID), 0o600))
	w.publish(python, parameters)
	p, err = w.deploy(false)
	require.NoError(t, err)
	require.Equal(t, "unchanged unchanged unchanged unchanged unchanged", states(p))
	require.Equal(t, deployment.Unchanged, w.plan().Steps[0].State)
}
