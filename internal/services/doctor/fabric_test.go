package doctor

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/fabric"
	"fabricportal/internal/format"
	"fabricportal/internal/sandbox/certs"
	"fabricportal/internal/sandbox/standin"
	"fabricportal/internal/sandbox/standin/faults"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/fabric/auth"
	"fabricportal/internal/services/fabric/items"
	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/fabric/transport"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

// workspace is one at the stand-in in which all is deployed as it should be.
type workspace struct {
	*standin.StandIn
	t      *testing.T
	cfg    config.Fabric
	jobs   *pipelines.Client
	items  *items.Client
	lake   *artifacts.OneLake
	folder string // the folder on this disk
}

func newWorkspace(t *testing.T) *workspace {
	t.Helper()
	authority, err := certs.New()
	require.NoError(t, err)
	dir := t.TempDir()
	w := &workspace{t: t, folder: filepath.Join(dir, "lakehouse", "Files", "import")}
	w.StandIn, err = standin.Start(t.Context(), standin.Options{
		Authority: authority, LakehouseDir: filepath.Join(dir, "lakehouse"), PendingDir: filepath.Join(dir, "pending"), Definitions: fabric.Items,
	})
	require.NoError(t, err)
	t.Cleanup(w.Close)
	ca := filepath.Join(dir, "ca.pem")
	require.NoError(t, os.WriteFile(ca, authority.PEM(), 0o600))
	network, err := transport.New(ca)
	require.NoError(t, err)
	w.cfg = config.Default().Fabric
	w.cfg.TenantID, w.cfg.ClientID, w.cfg.WorkspaceID, w.cfg.LakehouseID = w.App.TenantID, w.App.ClientID, w.WorkspaceID, w.LakehouseID
	w.cfg.PipelineID, w.cfg.RestorePipelineID = w.PipelineIDs["sales_ingest"], w.PipelineIDs["restore_run"]
	w.cfg.APIURL, w.cfg.OneLakeURL, w.cfg.AuthorityURL = w.APIURL, w.OneLakeURL, w.AuthorityURL
	credential, err := auth.New(w.cfg, secrets.New(w.App.ClientSecret), network, "")
	require.NoError(t, err)
	w.jobs = pipelines.New(w.cfg, credential, network, "1.2.3")
	w.items = items.New(w.cfg, credential, network, "1.2.3")
	w.items.Pause = time.Millisecond
	w.lake = artifacts.NewOneLake(w.cfg, credential, network, "1.2.3")
	t.Cleanup(func() {
		for _, c := range []interface{ CloseIdleConnections() }{credential, w.jobs, w.items, w.lake} {
			c.CloseIdleConnections()
		}
	})
	return w
}

func (w *workspace) examine() map[string]Check {
	w.t.Helper()
	e := &examination{ctx: w.t.Context()}
	e.fabric(Services{Fabric: w.jobs, Items: w.items}, w.cfg, fabric.Items)
	if e.files(w.lake) {
		e.probe(w.lake)
	}
	found := map[string]Check{}
	for _, c := range e.checks {
		require.NotContains(w.t, found, c.Name)
		require.Contains(w.t, names, c.Name, "the window translates it")
		found[c.Name] = c
	}
	return found
}

// id is that of an item of the workspace.
func (w *workspace) id(kind, name string) string {
	w.t.Helper()
	all, err := w.items.List(w.t.Context(), kind)
	require.NoError(w.t, err)
	at := slices.IndexFunc(all, func(i items.Item) bool { return i.Name == name })
	require.GreaterOrEqual(w.t, at, 0)
	return all[at].ID
}

// edit changes an item as somebody would in Fabric.
func (w *workspace) edit(kind, name string, how func(document map[string]any)) {
	w.t.Helper()
	id, form, path := w.id(kind, name), "", "pipeline-content.json"
	if kind == items.Notebook {
		form, path = "ipynb", "notebook-content.ipynb"
	}
	d, err := w.items.Definition(w.t.Context(), id, form)
	require.NoError(w.t, err)
	var document map[string]any
	require.NoError(w.t, json.Unmarshal(d.Parts[0].Content, &document))
	how(document)
	content, err := json.Marshal(document)
	require.NoError(w.t, err)
	require.NoError(w.t, w.items.Redefine(w.t.Context(), id, items.Definition{Format: form, Parts: []items.Part{{Path: path, Content: content}}}))
}

// replace changes a notebook's cells by their text.
func (w *workspace) replace(name, old, with string) {
	w.edit(items.Notebook, name, func(document map[string]any) {
		for _, cell := range document["cells"].([]any) {
			lines := cell.(map[string]any)["source"].([]any)
			for i, l := range lines {
				lines[i] = strings.ReplaceAll(l.(string), old, with)
			}
		}
	})
}

func properties(document map[string]any) map[string]any {
	return document["properties"].(map[string]any)
}

// handedOn is what a pipeline's first call of a notebook is given.
func handedOn(document map[string]any) map[string]any {
	return calls(properties(document)["activities"])[0]
}

// looked are the lakehouses at which a pipeline's activities look.
func looked(v any) (all []map[string]any) {
	return found(v, func(m map[string]any) bool { return m["artifactId"] != nil })
}

// calls are the properties of all activities that call a notebook, in the order of the branches' names.
func calls(v any) []map[string]any {
	all := found(v, func(m map[string]any) bool { return m["type"] == "TridentNotebook" })
	for i := range all {
		all[i] = all[i]["typeProperties"].(map[string]any)
	}
	return all
}

// found are the objects within a value that are meant.
func found(v any, meant func(map[string]any) bool) (all []map[string]any) {
	switch v := v.(type) {
	case []any:
		for _, inner := range v {
			all = append(all, found(inner, meant)...)
		}
	case map[string]any:
		if meant(v) {
			return []map[string]any{v}
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			all = append(all, found(v[key], meant)...)
		}
	}
	return all
}

func house(document map[string]any) map[string]any {
	return document["metadata"].(map[string]any)["dependencies"].(map[string]any)["lakehouse"].(map[string]any)
}

func TestWhatIsDeployedAsItShouldBeWillRun(t *testing.T) {
	w := newWorkspace(t)
	found := w.examine()
	require.Empty(t, failing(found), "%v", found)
	for _, name := range []string{
		"lakehouse", "clock", "right to run", "probe file", "pipeline", "pipeline's parameters", "pipeline's concurrency", "notebook", "notebook's version",
		"pipeline's lakehouse", "Spark notebook", "Spark notebook's version",
		"restore pipeline", "restore pipeline's parameters", "restore pipeline's concurrency", "restore notebook", "restore notebook's version",
	} {
		require.Contains(t, found, name)
		require.False(t, found[name].Warning, found[name].Message)
	}
	left, err := os.ReadDir(w.folder)
	require.NoError(t, err)
	require.Empty(t, left, "nothing of the probe stays")
	version, ok := deployedVersion(fabric.Items)
	require.True(t, ok)
	require.Contains(t, found["notebook's version"].Message, version.String())
}

// TestEachFaultOfFabricIsFound spoils one thing at a time, in one workspace after the other.
func TestEachFaultOfFabricIsFound(t *testing.T) {
	elsewhere := uuid.NewString()
	tenant := func(change func(*faults.Tenant)) func(w *workspace) {
		return func(w *workspace) {
			t := w.Faults.Tenant()
			change(&t)
			w.Faults.SetTenant(t)
		}
	}
	edit := func(kind, name string, how func(document map[string]any)) func(w *workspace) {
		return func(w *workspace) { w.edit(kind, name, how) }
	}
	for name, fault := range map[string]struct {
		spoil   func(w *workspace)
		part    string
		says    string
		warning bool
	}{
		"a lakehouse as pipeline": {func(w *workspace) { w.cfg.PipelineID = w.LakehouseID }, "pipeline", "which is a Lakehouse and no pipeline", false},
		"a notebook as restore pipeline": {func(w *workspace) { w.cfg.RestorePipelineID = w.id(items.Notebook, "restore_run") }, "restore pipeline",
			"restore_pipeline_id names “restore_run”, which is a Notebook", false},
		"a pipeline as lakehouse":      {func(w *workspace) { w.cfg.LakehouseID = w.cfg.PipelineID }, "lakehouse", "which is a DataPipeline and no lakehouse", false},
		"a pipeline that is not there": {func(w *workspace) { w.cfg.PipelineID = elsewhere }, "pipeline", "", false},
		"a parameter missing": {edit(items.Pipeline, "sales_ingest", func(d map[string]any) {
			delete(properties(d)["parameters"].(map[string]any), "read_options")
			for _, call := range calls(d) {
				delete(call["parameters"].(map[string]any), "read_options")
			}
		}), "pipeline's parameters", "no parameter read_options", false},
		"a parameter of the restore missing": {edit(items.Pipeline, "restore_run", func(d map[string]any) {
			delete(properties(d)["parameters"].(map[string]any), "input_file")
			delete(handedOn(d)["parameters"].(map[string]any), "input_file")
		}), "restore pipeline's parameters", "no parameter input_file", false},
		"a parameter not handed on": {edit(items.Pipeline, "sales_ingest", func(d map[string]any) { delete(handedOn(d)["parameters"].(map[string]any), "run_id") }),
			"pipeline's parameters", "Its step sales_ingest does not hand run_id on", false},
		"a parameter not handed on to the second notebook": {edit(items.Pipeline, "sales_ingest", func(d map[string]any) {
			delete(calls(d)[1]["parameters"].(map[string]any), "input_file")
		}), "pipeline's parameters", "Its step sales_ingest_spark does not hand input_file on", false},
		"the second notebook bound elsewhere": {edit(items.Notebook, "sales_ingest_spark", func(d map[string]any) { house(d)["default_lakehouse"] = elsewhere }),
			"Spark notebook", "another lakehouse (" + elsewhere, false},
		"another version of the second notebook": {func(w *workspace) {
			w.replace("sales_ingest_spark", `NOTEBOOK_VERSION = "1.`, `NOTEBOOK_VERSION = "7.`)
		},
			"Spark notebook's version", "of version 7.", false},
		"no second notebook": {edit(items.Pipeline, "sales_ingest", func(d map[string]any) {
			for _, call := range found(d, func(m map[string]any) bool { return m["name"] == "sales_ingest_spark" }) {
				call["type"] = "Wait"
			}
		}), "Spark notebook", "no notebook for Spark", true},
		"the choice by another lakehouse": {edit(items.Pipeline, "sales_ingest", func(d map[string]any) { looked(d)[1]["artifactId"] = elsewhere }),
			"pipeline's lakehouse", "Its step size looks at another lakehouse (" + elsewhere, false},
		"concurrency 5":     {edit(items.Pipeline, "sales_ingest", func(d map[string]any) { properties(d)["concurrency"] = 5 }), "pipeline's concurrency", "may run 5 times at once", false},
		"no concurrency":    {edit(items.Pipeline, "restore_run", func(d map[string]any) { delete(properties(d), "concurrency") }), "restore pipeline's concurrency", "any number of times", false},
		"no notebook":       {edit(items.Pipeline, "sales_ingest", func(d map[string]any) { properties(d)["activities"] = []any{} }), "notebook", "runs no notebook", false},
		"bound elsewhere":   {edit(items.Notebook, "sales_ingest", func(d map[string]any) { house(d)["default_lakehouse"] = elsewhere }), "notebook", "another lakehouse (" + elsewhere, false},
		"another workspace": {edit(items.Notebook, "restore_run", func(d map[string]any) { house(d)["default_lakehouse_workspace_id"] = elsewhere }), "restore notebook", "another lakehouse", false},
		"bound nowhere": {edit(items.Notebook, "sales_ingest", func(d map[string]any) { delete(d["metadata"].(map[string]any), "dependencies") }), "notebook",
			"no default lakehouse", false},
		"another version": {func(w *workspace) { w.replace("sales_ingest", `NOTEBOOK_VERSION = "1.`, `NOTEBOOK_VERSION = "7.`) }, "notebook's version", "of version 7.", false},
		"an older one": {func(w *workspace) {
			w.replace("sales_ingest", `NOTEBOOK_VERSION = "1.`, `NOTEBOOK_VERSION = "1.0.0" #`)
		}, "notebook's version", "brings it up to date", true},
		"a newer one": {func(w *workspace) {
			w.replace("restore_run", `NOTEBOOK_VERSION = "1.`, `NOTEBOOK_VERSION = "1.99.0" #`)
		}, "restore notebook's version", "update this program", true},
		"no version":     {func(w *workspace) { w.replace("sales_ingest", "NOTEBOOK_VERSION = ", "OTHER = ") }, "notebook's version", "states no version", false},
		"no role":        {tenant(func(t *faults.Tenant) { t.Viewer = true }), "right to run", "no role in the workspace that runs pipelines", false},
		"no role to see": {tenant(func(t *faults.Tenant) { t.Viewer = true }), "pipeline's definition", "Contributor role", false},
		"a clock ahead":  {tenant(func(t *faults.Tenant) { t.Clock = -10 * time.Minute }), "clock", "10 min ahead of Fabric's", false},
		"a clock behind": {tenant(func(t *faults.Tenant) { t.Clock = 10 * time.Minute }), "clock", "behind Fabric's", false},
		"a read-only lakehouse": {func(w *workspace) { w.Faults.Next(faults.LakeWrite, -1, faults.Fault{Status: http.StatusForbidden}) }, "probe file",
			"Ask an administrator of the workspace", false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorkspace(t)
			fault.spoil(w)
			found := w.examine()
			require.Contains(t, found, fault.part)
			require.Equal(t, fault.warning, found[fault.part].OK, found[fault.part].Message)
			require.Equal(t, fault.warning, found[fault.part].Warning)
			require.Contains(t, found[fault.part].Message, fault.says)
			require.NotContains(t, found[fault.part].Message, "{{")
		})
	}
}

// TestAllTextsAreForTranslators compares the list with the constants.
func TestAllTextsAreForTranslators(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "texts.go", nil, 0)
	require.NoError(t, err)
	n := 0
	ast.Inspect(file, func(node ast.Node) bool {
		if v, ok := node.(*ast.ValueSpec); ok && strings.HasPrefix(v.Names[0].Name, "text") {
			n++
		}
		return true
	})
	require.Positive(t, n)
	require.Len(t, Texts(), n+len(names))
	german := format.Writer{Text: func(english string) string { return "de: " + english }}
	e := &examination{ctx: t.Context(), w: german}
	e.note("clock", "", amiss(textClockAhead, "Time", "10 min"))
	require.True(t, strings.HasPrefix(e.checks[0].Message, "De: this computer's"), e.checks[0].Message)
}
