package cli

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/deployment"
	"fabricportal/internal/services/fabric/items"
)

// fakeDeployer has a plan, and ends its applying with an error. What deploying does is tried in package deployment.
type fakeDeployer struct {
	plan    *deployment.Plan
	planErr error
	err     error

	applied, forced bool
	lakehouse       string
	closed          int
}

func (f *fakeDeployer) Plan(_ context.Context, lakehouse string) (*deployment.Plan, error) {
	f.lakehouse = lakehouse
	return f.plan, f.planErr
}

func (f *fakeDeployer) Apply(_ context.Context, p *deployment.Plan, force bool, said func(string)) error {
	f.applied, f.forced = true, force
	for i := range p.Steps {
		s := &p.Steps[i]
		if s.State == deployment.New {
			s.ID, s.Done = "00000000-0000-4000-8000-00000000000"+string(rune('1'+i)), deployment.Created
			said("the " + s.Name + " was created")
		}
	}
	return f.err
}

func (f *fakeDeployer) Close() { f.closed++ }

func somePlan(state deployment.State) *deployment.Plan {
	return &deployment.Plan{
		WorkspaceID: "33333333-3333-4333-8333-333333333333", Lakehouse: items.Item{ID: "44444444-4444-4444-8444-444444444444", Kind: items.Lakehouse, Name: "Sales & Orders"},
		Folders: []deployment.Folder{{Path: "Files/import", State: deployment.Unchanged}},
		Steps: []deployment.Step{
			{Kind: items.Notebook, Name: "sales_ingest", State: state, Differences: []string{"cells[2].source differs"}},
			{Kind: items.Pipeline, Name: "sales_ingest", State: state},
			{Kind: items.Pipeline, Name: "restore_run", State: state},
		},
	}
}

// nastyPlan has everything in it that can come from Fabric, as nobody would want it.
func nastyPlan() *deployment.Plan {
	p := somePlan(deployment.Edited)
	p.Lakehouse.Name = nasty
	p.Steps[0].Name, p.Steps[0].Differences = nasty, []string{nasty}
	return p
}

func deployWith(f *fakeDeployer) Program {
	return Program{Deployer: func(context.Context, string, string) (Deployer, error) { return f, nil }}
}

func TestDeployShowsFirstAndPrintsWhatBelongsIntoTheConfiguration(t *testing.T) {
	f := &fakeDeployer{plan: somePlan(deployment.New)}
	o := execute(t, deployWith(f), "deploy", "--lakehouse", "Sales & Orders")
	require.Equal(t, ExitDone, o.code, o.err)
	require.Equal(t, "Sales & Orders", f.lakehouse)
	require.Equal(t, "[fabric]\nworkspace_id = \"33333333-3333-4333-8333-333333333333\"\nlakehouse_id = \"44444444-4444-4444-8444-444444444444\"\n"+
		"pipeline_id = \"00000000-0000-4000-8000-000000000002\"\nrestore_pipeline_id = \"00000000-0000-4000-8000-000000000003\"\n", o.out)
	require.Contains(t, o.err, "notebook sales_ingest new: will be created\n– cells[2].source differs\n")
	require.Contains(t, o.err, "the sales_ingest was created\n")
	require.Equal(t, 1, f.closed)

	o = execute(t, deployWith(&fakeDeployer{plan: somePlan(deployment.Unchanged)}), "deploy")
	require.Contains(t, o.err, "nothing was to be done")
}

func TestADryRunDoesNothing(t *testing.T) {
	f := &fakeDeployer{plan: somePlan(deployment.Edited)}
	o := execute(t, deployWith(f), "deploy", "--dry-run")
	require.Equal(t, ExitDone, o.code)
	require.Contains(t, o.out, "unless --force is given")
	require.Contains(t, execute(t, deployWith(f), "deploy", "--dry-run", "--force").out, "will be overwritten")
	o = execute(t, deployWith(f), "deploy", "--dry-run", "--json")
	require.False(t, f.applied)
	var doc deployJSON
	require.NoError(t, json.Unmarshal([]byte(o.out), &doc))
	require.True(t, doc.DryRun)
	require.Equal(t, "edited", doc.Items[0].State)
	require.Equal(t, []string{"cells[2].source differs"}, doc.Items[0].Differences)
	require.Nil(t, doc.Items[0].ID)
	require.Empty(t, doc.PortalTOML, "the pipelines are not there")
}

func TestWhatWasLeftOrFailedIsExitCode1(t *testing.T) {
	f := &fakeDeployer{plan: somePlan(deployment.New), err: &deployment.LeftError{Items: []string{"the pipeline sales_ingest"}}}
	o := execute(t, deployWith(f), "deploy")
	require.Equal(t, ExitFailed, o.code)
	require.Contains(t, o.out, "pipeline_id")
	require.Contains(t, o.err, "left as others have changed it in Fabric: the pipeline sales_ingest")

	f = &fakeDeployer{plan: somePlan(deployment.New), err: &deployment.HalfwayError{Done: []string{"a was made"}, Doing: "creating b", Err: errors.New("no")}}
	o = execute(t, deployWith(f), "deploy", "--force")
	require.Equal(t, ExitFailed, o.code)
	require.True(t, f.forced)
	require.Empty(t, o.out)
	require.Contains(t, o.err, "creating b failed")
	require.Contains(t, o.err, "a was made")
	o = execute(t, deployWith(&fakeDeployer{plan: somePlan(deployment.New), err: f.err}), "deploy", "--json")
	require.Equal(t, ExitFailed, o.code)
	require.True(t, json.Valid([]byte(o.out)))
	require.Contains(t, o.out, `"done": "created"`)
}

func TestATargetThatIsNotClearIsWrongUsage(t *testing.T) {
	f := &fakeDeployer{planErr: &deployment.TargetError{Sentence: "the workspace has no lakehouse: make one in Fabric first"}}
	o := execute(t, deployWith(f), "deploy")
	require.Equal(t, ExitUsage, o.code)
	require.Contains(t, o.err, "make one in Fabric first")
	require.Equal(t, ExitUsage, execute(t, Program{}, "deploy").code)
	require.Equal(t, ExitUsage, execute(t, deployWith(f), "deploy", "more").code)
}
