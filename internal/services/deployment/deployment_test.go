package deployment_test

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fabricportal/fabric"
	"fabricportal/internal/sandbox/standin/faults"
	"fabricportal/internal/sandbox/standin/jobs"
	"fabricportal/internal/services/deployment"
	"fabricportal/internal/services/fabric/items"
	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/fabric/troubles"
)

func TestAnEmptyWorkspaceGetsEverythingAndASecondTimeNothing(t *testing.T) {
	w := newWorkspace(t, nil)
	p := w.plan()
	require.Equal(t, "new new new new new", states(p))
	require.Equal(t, []deployment.Folder{{Path: "Files/import", State: deployment.New}, {Path: "Files/results", State: deployment.New}}, p.Folders)
	require.True(t, p.Pending(false))
	require.Zero(t, w.changes(), "a plan changes nothing")

	p, err := w.deploy(false)
	require.NoError(t, err)
	require.Equal(t, []string{
		"the folder Files/import was made", "the folder Files/results was made", "the notebook restore_run was created",
		"the notebook sales_ingest was created", "the notebook sales_ingest_spark was created", "the pipeline restore_run was created", "the pipeline sales_ingest was created",
	}, w.said)
	require.DirExists(t, filepath.Join(w.lake, "Files", "import"))
	require.DirExists(t, filepath.Join(w.lake, "Files", "results"))
	ingest, restore := p.PipelineIDs()
	for _, id := range []string{ingest, restore, w.StandIn.WorkspaceID, w.LakehouseID} {
		require.Contains(t, p.TOML(), `"`+id+`"`)
		require.NoError(t, uuid.Validate(id))
	}
	for id, notebooks := range map[string][]string{ingest: {"sales_ingest", "sales_ingest_spark"}, restore: {"restore_run"}} {
		d, err := w.client.Definition(t.Context(), id, "")
		require.NoError(t, err)
		found, err := d.Pipeline()
		require.NoError(t, err)
		require.Equal(t, 1, found.Concurrency)
		require.Len(t, found.Notebooks, len(notebooks))
		for i, name := range notebooks {
			require.Equal(t, w.id(p, items.Notebook, name), found.Notebooks[i].NotebookID)
			require.Equal(t, w.StandIn.WorkspaceID, found.Notebooks[i].WorkspaceID)
			require.Equal(t, map[string]any{
				"default_lakehouse": w.LakehouseID, "default_lakehouse_name": w.LakehouseName, "default_lakehouse_workspace_id": w.StandIn.WorkspaceID,
			}, w.content(w.id(p, items.Notebook, name))["metadata"].(map[string]any)["dependencies"].(map[string]any)["lakehouse"])
		}
		for _, look := range found.Looks {
			require.Equal(t, w.LakehouseID, look.LakehouseID, look.Activity)
		}
		require.Equal(t, id == ingest, len(found.Looks) > 0)
	}
	declared, err := w.jobs.Parameters(t.Context(), ingest)
	require.NoError(t, err)
	require.Contains(t, declared, "read_options")

	before := w.changes()
	p, err = w.deploy(false)
	require.NoError(t, err)
	require.Equal(t, "unchanged unchanged unchanged unchanged unchanged", states(p))
	require.False(t, p.Pending(true))
	require.Empty(t, w.said)
	require.Equal(t, before, w.changes(), "run twice it changes nothing")
}

// TestALakehouseMayHaveAnyName: it is set in as JSON, never as text, so that no character of it means anything.
func TestALakehouseMayHaveAnyName(t *testing.T) {
	for _, name := range []string{"Sales & Orders", `A/B "2026" \1 $& <x> %s {0}`, "Umsätze: März, April # neu", "null", " "} {
		w := newWorkspaceNamed(t, name, nil)
		p, err := w.Plan(t.Context(), name)
		require.NoError(t, err, name)
		require.NoError(t, w.Apply(t.Context(), p, false, func(string) {}))
		for _, notebook := range []string{"sales_ingest", "restore_run"} {
			require.Equal(t, map[string]any{
				"default_lakehouse": w.LakehouseID, "default_lakehouse_name": name, "default_lakehouse_workspace_id": w.StandIn.WorkspaceID,
			}, w.content(w.id(p, items.Notebook, notebook))["metadata"].(map[string]any)["dependencies"].(map[string]any)["lakehouse"], name)
		}
		require.Equal(t, "unchanged unchanged unchanged unchanged unchanged", states(w.plan()), "%s: run again it changes nothing", name)
	}
}

func TestWhatWasDeployedRuns(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs a notebook")
	}
	python, err := jobs.FindPython(t.Context(), "")
	if errors.Is(err, jobs.ErrNoPython) {
		t.Skip(err)
	}
	require.NoError(t, err)
	w := newWorkspaceNamed(t, "Sales & Orders", func(dir string) jobs.Runner { return jobs.Papermill{Python: python, Dir: filepath.Join(dir, "jobs")} })
	p, err := w.deploy(false)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(w.lake, "Files", "import", "one.csv"), []byte("order_id,order_date,revenue\nA-1,2025-12-01,10.50\nA-2,2025-12-02,20.25\n"), 0o600))
	ingest, _ := p.PipelineIDs()
	run := uuid.NewString()
	_, err = w.jobs.Start(t.Context(), pipelines.StartRequest{ItemID: ingest, SendBy: time.Now().Add(time.Minute), Parameters: map[string]any{
		"run_id": run, "input_file": "one.csv", "requested_by": "ana@contoso.com", "total_visitors": 0, "converting_visitors": 0, "read_options": "",
	}})
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	require.NoError(t, w.Jobs.Wait(ctx, func(all []jobs.Job) bool { return !all[0].Unfinished() }))
	require.Equal(t, jobs.Completed, w.Jobs.Jobs()[0].Status, "%+v", w.Jobs.Jobs()[0].Activities)
	text, err := os.ReadFile(filepath.Join(w.lake, "Files", "results", "current", "kpis.json"))
	require.NoError(t, err)
	var kpis struct {
		RunID   string  `json:"run_id"`
		Revenue float64 `json:"total_revenue"`
	}
	require.NoError(t, json.Unmarshal(text, &kpis))
	require.Equal(t, run, kpis.RunID)
	require.InDelta(t, 30.75, kpis.Revenue, 0)
}

// newer is what a later version of the program deploys.
func newer(t *testing.T) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	require.NoError(t, fs.WalkDir(fabric.Items, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(fabric.Items, path)
		if strings.HasPrefix(path, "sales_ingest.") {
			text = []byte(strings.ReplaceAll(string(text), "converting_visitors", "buying_visitors"))
		}
		out[path] = &fstest.MapFile{Data: text}
		return err
	}))
	return out
}

func TestANewerVersionUpdatesWhatNobodyHasEdited(t *testing.T) {
	w := newWorkspace(t, nil)
	first, err := w.deploy(false)
	require.NoError(t, err)
	w.Source = newer(t)
	p, err := w.deploy(false)
	require.NoError(t, err)
	require.Equal(t, "unchanged outdated unchanged unchanged outdated", states(p))
	require.Equal(t, []string{"the notebook sales_ingest was updated", "the pipeline sales_ingest was updated"}, w.said)
	require.Contains(t, strings.Join(p.Steps[1].Differences, "\n"), "cells[3].source differs from line 11 on: “converting_visitors = 0” in Fabric, “buying_visitors = 0” here")
	require.Contains(t, p.Steps[4].Differences, "parameters.buying_visitors: missing in Fabric")
	ingest, _ := p.PipelineIDs()
	declared, err := w.jobs.Parameters(t.Context(), ingest)
	require.NoError(t, err)
	require.Contains(t, declared, "buying_visitors")
	was, _ := first.PipelineIDs()
	require.Equal(t, was, ingest)
	require.Equal(t, "unchanged unchanged unchanged unchanged unchanged", states(w.plan()))
}

func TestWhatPeopleHaveEditedIsLeftWithoutForce(t *testing.T) {
	w := newWorkspace(t, nil)
	p, err := w.deploy(false)
	require.NoError(t, err)
	ingest, _ := p.PipelineIDs()
	notebook := w.id(p, items.Notebook, "restore_run")
	w.edit(ingest, func(d map[string]any) {
		properties := d["properties"].(map[string]any)
		properties["concurrency"] = 5
		properties["activities"] = append([]any{map[string]any{"name": "look at the lock\x1b[2J", "type": "Lookup"}}, properties["activities"].([]any)...)
	})
	w.edit(notebook, func(d map[string]any) {
		cell := d["cells"].([]any)[1].(map[string]any)
		cell["source"] = append(cell["source"].([]any), "\nprint(1)")
	})
	before := w.content(ingest)["properties"].(map[string]any)["activities"]
	w.Source = newer(t)

	p, err = w.deploy(false)
	left, ok := errors.AsType[*deployment.LeftError](err)
	require.True(t, ok, err)
	require.Equal(t, []string{"the notebook restore_run", "the pipeline sales_ingest"}, left.Items)
	require.Equal(t, "edited outdated unchanged unchanged edited", states(p))
	require.Equal(t, []string{"the notebook sales_ingest was updated"}, w.said, "the others are deployed")
	require.Equal(t, before, w.content(ingest)["properties"].(map[string]any)["activities"])
	told := strings.Join(p.Steps[4].Differences, "\n")
	require.Contains(t, told, "activities.look at the lock\ufffd: in Fabric only, {")
	require.Contains(t, told, "concurrency: 5 in Fabric, 1 here")
	require.NotContains(t, told, "\x1b")

	p, err = w.deploy(true)
	require.NoError(t, err)
	require.Equal(t, "edited unchanged unchanged unchanged edited", states(p))
	require.Equal(t, []string{"the notebook restore_run was updated", "the pipeline sales_ingest was updated"}, w.said)
	require.EqualValues(t, 1, w.content(ingest)["properties"].(map[string]any)["concurrency"])
	require.Equal(t, "unchanged unchanged unchanged unchanged unchanged", states(w.plan()))
}

func TestPeoplesDescriptionsStay(t *testing.T) {
	w := newWorkspace(t, nil)
	_, err := w.deploy(false)
	require.NoError(t, err)
	all, err := w.client.List(t.Context(), items.Pipeline)
	require.NoError(t, err)
	at := strings.LastIndex(all[0].Description, " [portal-desktop ")
	require.Positive(t, at)
	require.NoError(t, w.client.Describe(t.Context(), all[0].ID, "Ask Ana. "+strings.Repeat("ä", 190)+all[0].Description[at:]))
	w.Source = newer(t)
	p, err := w.deploy(false)
	require.NoError(t, err)
	require.Equal(t, "unchanged outdated unchanged unchanged outdated", states(p))
	all, err = w.client.List(t.Context(), items.Pipeline)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(all[0].Description, "Ask Ana. ä"), all[0].Description)
	require.Equal(t, "unchanged unchanged unchanged unchanged unchanged", states(w.plan()))

	// Without the mark what is as it should be is taken over; what is not may be anybody's.
	require.NoError(t, w.client.Describe(t.Context(), all[0].ID, ""))
	require.Equal(t, "unchanged unchanged unchanged unchanged unchanged", states(w.plan()))
	w.Source = fabric.Items
	require.NoError(t, w.client.Describe(t.Context(), w.id(p, items.Pipeline, "sales_ingest"), ""))
	require.Equal(t, "unchanged outdated unchanged unchanged edited", states(w.plan()))
}

// TestADeploymentThatBreaksOffAnywhereIsHealedByTheNext has each change fail in turn, before it was carried out and after.
func TestADeploymentThatBreaksOffAnywhereIsHealedByTheNext(t *testing.T) {
	for _, f := range []faults.Fault{{Drop: true}, {Spoil: faults.DropAnswer}} {
		for _, again := range []bool{false, true} {
			w := newWorkspace(t, nil)
			if again { // an update, in difference to a first deployment
				_, err := w.deploy(false)
				require.NoError(t, err)
				w.Source = newer(t)
			}
			broke := 0
			for at := range 30 {
				w.Faults.Clear()
				if at > 0 {
					w.Faults.Next(faults.Change, at%3, faults.Fault{})
				}
				w.Faults.Next(faults.Change, 1, f)
				p, err := w.deploy(false)
				if err == nil {
					require.Positive(t, broke)
					break
				}
				broke++
				half, ok := errors.AsType[*deployment.HalfwayError](err)
				require.True(t, ok, err)
				require.Contains(t, err.Error(), "Run the same command again")
				require.Equal(t, w.said, append([]string(nil), half.Done...))
				require.NotContains(t, states(p), "edited", "an own half is not taken for somebody's")
				require.Less(t, at, 29)
			}
			w.Faults.Clear()
			p, err := w.deploy(false)
			require.NoError(t, err)
			require.NotContains(t, states(p), "edited")
			require.Equal(t, "unchanged unchanged unchanged unchanged unchanged", states(w.plan()))
			all, err := w.client.List(t.Context(), "")
			require.NoError(t, err)
			require.Len(t, all, 6, "nothing is there twice")
		}
	}
}

func TestALongRunningOperationThatFails(t *testing.T) {
	w := newWorkspace(t, nil)
	w.Faults.Next(faults.Change, 2, faults.Fault{}) // a notebook and its mark
	w.Faults.Next(faults.Change, 1, faults.Fault{Fails: "CorruptedPayload", Message: "The payload\x1b[2J is corrupted"})
	_, err := w.deploy(false)
	half, ok := errors.AsType[*deployment.HalfwayError](err)
	require.True(t, ok, err)
	require.Equal(t, []string{"the folder Files/import was made", "the folder Files/results was made", "the notebook restore_run was created"}, half.Done)
	require.ErrorContains(t, err, "creating the notebook sales_ingest failed: Fabric did not take the item's definition")
	require.NotContains(t, err.Error(), "\x1b")
	_, err = w.deploy(false)
	require.NoError(t, err)
	require.Equal(t, "unchanged unchanged unchanged unchanged unchanged", states(w.plan()))

	// Reading back by an operation, too.
	w.Faults.Next(faults.Definition, 5, faults.Fault{Operation: true})
	require.Equal(t, "unchanged unchanged unchanged unchanged unchanged", states(w.plan()))
	w.Faults.Next(faults.Definition, 1, faults.Fault{Fails: "UnknownError", Message: "no"})
	_, err = w.Plan(t.Context(), "")
	require.ErrorContains(t, err, "looking at the ")
}

func TestRefusalsAreSentences(t *testing.T) {
	w := newWorkspace(t, nil)
	for id, tenant := range map[string]faults.Tenant{
		"capacity_paused": {Capacity: faults.Paused, PausedBy: "CapacityNotActive"},
		"network_policy":  {Closed: true},
	} {
		w.Faults.SetTenant(tenant)
		_, err := w.Plan(t.Context(), "")
		trouble, ok := errors.AsType[*troubles.Trouble](err)
		require.True(t, ok, err)
		assert.Equal(t, id, trouble.ID)
	}
	w.Faults.SetTenant(faults.Tenant{Viewer: true})
	_, err := w.deploy(false)
	require.ErrorContains(t, err, "Contributor role")

	w.Faults.SetTenant(faults.Tenant{})
	w.Faults.Next(faults.Change, 1, faults.Fault{Status: 409, Code: "ItemDisplayNameAlreadyInUse", Message: "Requested 'restore_run' is already in use"})
	_, err = w.deploy(false)
	require.ErrorContains(t, err, "has the name already")
	w.Faults.Next(faults.Change, 2, faults.Fault{Status: 429, RetryAfter: "0"})
	_, err = w.deploy(false)
	require.NoError(t, err, "what Fabric was too busy to look at is asked again")

	w.Deployer.WorkspaceID = uuid.NewString()
	w.Faults.Next(faults.Items, 1, faults.Fault{Status: 404, Code: "WorkspaceNotFound", Message: "Workspace not found"})
	_, err = w.Plan(t.Context(), "")
	require.ErrorContains(t, err, "does not find the workspace")
}

func TestTheLakehouseIsNamedOrTheOnlyOne(t *testing.T) {
	w := newWorkspace(t, nil)
	for _, named := range []string{"", w.LakehouseID, strings.ToUpper(w.LakehouseID), "sandboxlakehouse"} {
		p, err := w.Plan(t.Context(), named)
		require.NoError(t, err)
		require.Equal(t, w.LakehouseID, p.Lakehouse.ID)
	}
	_, err := w.deploy(false)
	require.NoError(t, err)
	for named, want := range map[string]string{
		"Sales & Orders": "no lakehouse Sales & Orders (it has SandboxLakehouse)", "sales_ingest": "sales_ingest is a DataPipeline and no lakehouse",
	} {
		_, err = w.Plan(t.Context(), named)
		_, ok := errors.AsType[*deployment.TargetError](err)
		require.True(t, ok, named)
		require.ErrorContains(t, err, want)
	}
	_, err = w.client.Create(t.Context(), items.Item{Kind: items.Lakehouse, Name: `Sales & "Orders" \ {{x}}`}, items.Definition{})
	require.NoError(t, err)
	_, err = w.Plan(t.Context(), "")
	require.ErrorContains(t, err, "2 lakehouses of the workspace could be meant")
}

// TestANameMayHoldAnything: what a person calls a lakehouse goes into the notebook as it is.
func TestANameMayHoldAnything(t *testing.T) {
	const name = `Sales & "Orders" \1 {{LAKEHOUSE_ID}} 数`
	w := newWorkspace(t, nil)
	w.Items = renamed{w.client, name}
	p, err := w.deploy(false)
	require.NoError(t, err)
	lakehouse := w.content(w.id(p, items.Notebook, "sales_ingest"))["metadata"].(map[string]any)["dependencies"].(map[string]any)["lakehouse"]
	require.Equal(t, name, lakehouse.(map[string]any)["default_lakehouse_name"])
	require.Equal(t, "unchanged unchanged unchanged unchanged unchanged", states(w.plan()))
}

// renamed is a workspace whose lakehouse has another name.
type renamed struct {
	*items.Client
	name string
}

func (r renamed) List(ctx context.Context, kind string) ([]items.Item, error) {
	all, err := r.Client.List(ctx, kind)
	for i := range all {
		if all[i].Kind == items.Lakehouse {
			all[i].Name = r.name
		}
	}
	return all, err
}

func TestWhatCannotBeDeployedIsToldBeforeAnythingIsDone(t *testing.T) {
	w := newWorkspace(t, nil)
	source := fstest.MapFS{}
	maps.Copy(source, newer(t).(fstest.MapFS))
	source["sales_ingest.Notebook/.platform"] = &fstest.MapFile{Data: []byte(`{}`)}
	w.Source = source
	_, err := w.Plan(t.Context(), "")
	require.ErrorContains(t, err, "sales_ingest.Notebook")
	w.Source = fstest.MapFS{}
	_, err = w.Plan(t.Context(), "")
	require.ErrorContains(t, err, "nothing to deploy")
	require.Zero(t, w.changes())
}

// TestWhoStopsItIsToldWhatWasDone: Ctrl-C at any item leaves what the next deployment goes on from.
func TestWhoStopsItIsToldWhatWasDone(t *testing.T) {
	w := newWorkspace(t, nil)
	for range 5 {
		ctx, stop := context.WithCancel(t.Context())
		p := w.plan()
		err := w.Apply(ctx, p, false, func(done string) {
			if strings.HasSuffix(done, "was created") {
				stop()
			}
		})
		stop()
		half, ok := errors.AsType[*deployment.HalfwayError](err)
		require.True(t, ok, err)
		require.ErrorIs(t, err, context.Canceled)
		require.Contains(t, half.Done[len(half.Done)-1], "was created")
	}
	p, err := w.deploy(false)
	require.NoError(t, err)
	require.Equal(t, "unchanged unchanged unchanged unchanged unchanged", states(p))
	require.Empty(t, w.said, "only the last note was missing")
	require.Equal(t, "unchanged unchanged unchanged unchanged unchanged", states(w.plan()))
}
