package deployment_test

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"fabricportal/fabric"
	"fabricportal/internal/sandbox/certs"
	"fabricportal/internal/sandbox/standin"
	"fabricportal/internal/sandbox/standin/jobs"
	"fabricportal/internal/services/deployment"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/fabric/auth"
	"fabricportal/internal/services/fabric/items"
	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/fabric/transport"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// workspace is an empty one at the stand-in, and what deploys to it.
type workspace struct {
	*standin.StandIn
	*deployment.Deployer
	t      *testing.T
	client *items.Client
	jobs   *pipelines.Client
	lake   string // its folder on this disk
	said   []string
}

// newWorkspace has its jobs' notebooks executed by runner.
func newWorkspace(t *testing.T, runner func(lake string) jobs.Runner) *workspace {
	t.Helper()
	return newWorkspaceNamed(t, "", runner)
}

// newWorkspaceNamed is one whose lakehouse has a name.
func newWorkspaceNamed(t *testing.T, lakehouse string, runner func(lake string) jobs.Runner) *workspace {
	t.Helper()
	authority, err := certs.New()
	require.NoError(t, err)
	dir := t.TempDir()
	w := &workspace{t: t, lake: filepath.Join(dir, "lakehouse")}
	o := standin.Options{LakehouseName: lakehouse, Authority: authority, LakehouseDir: w.lake, PendingDir: filepath.Join(dir, "pending")}
	if runner != nil {
		o.Runner = runner(dir)
	}
	w.StandIn, err = standin.Start(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(w.Close)
	for _, folder := range []string{"import", "results"} { // the lakehouse is empty
		require.NoError(t, os.RemoveAll(filepath.Join(w.lake, "Files", folder)))
	}

	ca := filepath.Join(dir, "ca.pem")
	require.NoError(t, os.WriteFile(ca, authority.PEM(), 0o600))
	network, err := transport.New(ca)
	require.NoError(t, err)
	cfg := config.Default().Fabric
	cfg.TenantID, cfg.ClientID, cfg.WorkspaceID = w.App.TenantID, w.App.ClientID, w.StandIn.WorkspaceID
	cfg.APIURL, cfg.OneLakeURL, cfg.AuthorityURL = w.APIURL, w.OneLakeURL, w.AuthorityURL
	cfg.OwnerPrincipalName, cfg.OwnerObjectID = "owner@contoso.com", w.App.ClientID
	credential, err := auth.New(cfg, secrets.New(w.App.ClientSecret), network, "")
	require.NoError(t, err)
	w.client = items.New(cfg, credential, network, "1.2.3")
	w.client.Pause = time.Millisecond
	w.jobs = pipelines.New(cfg, credential, network, "1.2.3")
	lakes := map[string]*artifacts.OneLake{}
	w.Deployer = &deployment.Deployer{WorkspaceID: w.StandIn.WorkspaceID, Source: fabric.Items, Items: w.client, Folders: func(id string) deployment.Folders {
		if lakes[id] == nil {
			in := cfg
			in.LakehouseID = id
			lakes[id] = artifacts.NewOneLake(in, credential, network, "1.2.3")
		}
		return lakes[id]
	}}
	t.Cleanup(func() {
		credential.CloseIdleConnections()
		w.client.CloseIdleConnections()
		w.jobs.CloseIdleConnections()
		for _, l := range lakes {
			l.CloseIdleConnections()
		}
	})
	return w
}

func (w *workspace) plan() *deployment.Plan {
	w.t.Helper()
	p, err := w.Plan(w.t.Context(), "")
	require.NoError(w.t, err)
	return p
}

// deploy plans and applies.
func (w *workspace) deploy(force bool) (*deployment.Plan, error) {
	w.t.Helper()
	w.said = nil
	p := w.plan()
	return p, w.Apply(w.t.Context(), p, force, func(done string) { w.said = append(w.said, done) })
}

// states are the states of a plan's items, in its order.
func states(p *deployment.Plan) string {
	var all []string
	for _, s := range p.Steps {
		all = append(all, string(s.State))
	}
	return strings.Join(all, " ")
}

// changes are how often something was changed so far, in the lakehouse or the workspace.
func (w *workspace) changes() int {
	n := 0
	for _, r := range w.Faults.Requests("") {
		reads := r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodPost &&
			(strings.Contains(strings.ToLower(r.Path), "getdefinition") || strings.Contains(r.Path, "oauth2"))
		if !reads {
			n++
		}
	}
	return n
}

// content is an item's content as Fabric has it.
func (w *workspace) content(id string) map[string]any {
	w.t.Helper()
	format := ""
	if w.Jobs.Pipeline(id) == nil {
		format = "ipynb"
	}
	d, err := w.client.Definition(w.t.Context(), id, format)
	require.NoError(w.t, err)
	var document map[string]any
	require.NoError(w.t, json.Unmarshal(d.Parts[0].Content, &document))
	return document
}

// edit changes an item's content as somebody would in Fabric.
func (w *workspace) edit(id string, how func(document map[string]any)) {
	w.t.Helper()
	document := w.content(id)
	how(document)
	content, err := json.Marshal(document)
	require.NoError(w.t, err)
	d := items.Definition{Parts: []items.Part{{Path: "pipeline-content.json", Content: content}}}
	if w.Jobs.Pipeline(id) == nil {
		d = items.Definition{Format: "ipynb", Parts: []items.Part{{Path: "notebook-content.ipynb", Content: content}}}
	}
	require.NoError(w.t, w.client.Redefine(context.WithoutCancel(w.t.Context()), id, d))
}

func (w *workspace) id(p *deployment.Plan, kind, name string) string {
	w.t.Helper()
	for _, s := range p.Steps {
		if s.Kind == kind && s.Name == name {
			return s.ID
		}
	}
	require.Fail(w.t, "no such item", kind+name)
	return ""
}
