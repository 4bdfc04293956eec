package pipelines_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/certs"
	"fabricportal/internal/sandbox/standin"
	"fabricportal/internal/sandbox/standin/faults"
	"fabricportal/internal/sandbox/standin/jobs"
	"fabricportal/internal/services/fabric/auth"
	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/fabric/transport"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

var definitions = fstest.MapFS{
	"echo.Notebook/.platform":              {Data: []byte(`{"config": {"logicalId": "0198c5a2-7c3e-4bb2-a111-0000000000ec"}}`)},
	"echo.Notebook/notebook-content.ipynb": {Data: []byte(`{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}`)},
	"echo.DataPipeline/pipeline-content.json": {Data: []byte(`{"properties": {
		"activities": [{"name": "call", "type": "TridentNotebook", "dependsOn": [], "typeProperties": {"notebookId": "0198c5a2-7c3e-4bb2-a111-0000000000ec", "workspaceId": "00000000-0000-0000-0000-000000000000",
			"parameters": {"run_id": {"value": {"value": "@pipeline().parameters.run_id", "type": "Expression"}, "type": "string"}}}}],
		"parameters": {"run_id": {"type": "string", "defaultValue": ""}}}}`)},
	"echo.DataPipeline/.platform": {Data: []byte(`{}`)},
}

// fabricWorld is a stand-in, and a client that signs in at it.
type fabricWorld struct {
	*standin.StandIn
	*pipelines.Client
	item string
	hold chan struct{} // notebooks run until it is closed
}

func newFabricWorld(t *testing.T) *fabricWorld {
	t.Helper()
	authority, err := certs.New()
	require.NoError(t, err)
	dir := t.TempDir()
	hold := make(chan struct{})
	s, err := standin.Start(t.Context(), standin.Options{
		Authority: authority, LakehouseDir: filepath.Join(dir, "lakehouse"), PendingDir: filepath.Join(dir, "pending"), Definitions: definitions,
		RetryAfter: 3 * time.Second, PageSize: 2, IgnoreConcurrency: true,
		Runner: jobs.RunnerFunc(func(ctx context.Context, _ jobs.Execution) (jobs.Outcome, error) {
			select {
			case <-hold:
			case <-ctx.Done():
			}
			return jobs.Outcome{ExitValue: "done"}, ctx.Err()
		}),
	})
	require.NoError(t, err)
	t.Cleanup(s.Close)
	ca := filepath.Join(dir, "ca.pem")
	require.NoError(t, os.WriteFile(ca, authority.PEM(), 0o600))
	network, err := transport.New(ca)
	require.NoError(t, err)
	cfg := config.Default().Fabric
	cfg.TenantID, cfg.ClientID, cfg.WorkspaceID = s.App.TenantID, s.App.ClientID, s.WorkspaceID
	cfg.AuthorityURL, cfg.APIURL = s.AuthorityURL, s.APIURL
	cfg.OwnerPrincipalName, cfg.OwnerObjectID = "owner@contoso.com", uuid.NewString()
	credential, err := auth.New(cfg, secrets.New(s.App.ClientSecret), network, "")
	require.NoError(t, err)
	t.Cleanup(credential.CloseIdleConnections)
	c := pipelines.New(cfg, credential, network, "1.2.3")
	t.Cleanup(c.CloseIdleConnections)
	return &fabricWorld{s, c, s.PipelineIDs["echo"], hold}
}

func (w *fabricWorld) start(t *testing.T) (run string, started pipelines.Started, err error) {
	run = uuid.NewString()
	started, err = w.Start(t.Context(), pipelines.StartRequest{ItemID: w.item, SendBy: time.Now().Add(time.Minute), Parameters: map[string]any{"run_id": run}})
	return run, started, err
}

// TestAgainstTheStandIn goes the whole way, sign-in included, against servers that were written from Microsoft's documents and not
// for this client; the stand-in's own book says how many jobs there are.
func TestAgainstTheStandIn(t *testing.T) {
	w := newFabricWorld(t)
	s, c, item, hold := w.StandIn, w.Client, w.item, w.hold
	start := func() (string, pipelines.Started, error) { return w.start(t) }

	require.NoError(t, c.PrepareToken(t.Context()))
	named, err := c.Item(t.Context(), item)
	require.NoError(t, err)
	assert.Equal(t, "echo", named.Name)
	declared, err := c.Parameters(t.Context(), item)
	require.NoError(t, err)
	assert.Equal(t, []string{"run_id"}, declared)
	s.Faults.Next(faults.Definition, 1, faults.Fault{Operation: true})
	declared, err = c.Parameters(t.Context(), item)
	require.NoError(t, err, "Fabric may answer with an operation")
	assert.Equal(t, []string{"run_id"}, declared)
	s.Faults.Next(faults.Definition, 1, faults.Fault{Status: 403})
	var denied *pipelines.UnauthorizedError
	_, err = c.Parameters(t.Context(), item)
	require.ErrorAs(t, err, &denied, "a viewer can't read definitions")
	run, started, err := start()
	require.NoError(t, err)
	assert.Equal(t, 3*time.Second, started.RetryAfter)
	require.NoError(t, s.Jobs.Wait(t.Context(), func(all []jobs.Job) bool { return len(all) == 1 && all[0].Status == "InProgress" }))
	got, err := c.Get(t.Context(), item, started.JobID)
	require.NoError(t, err)
	assert.Equal(t, pipelines.InProgress, got.Status)
	require.NotNil(t, got.Start)
	assert.WithinDuration(t, time.Now(), *got.Start, time.Minute, "read as UTC")
	steps, err := c.ActivityRuns(t.Context(), started.JobID, *got.Start, time.Now())
	require.NoError(t, err)
	require.Len(t, steps, 1)
	assert.True(t, steps[0].CarriesRun(run), string(steps[0].Input))
	assert.False(t, steps[0].CarriesRun(uuid.NewString()))
	require.NoError(t, c.Cancel(t.Context(), item, started.JobID))
	require.NoError(t, s.Jobs.Wait(t.Context(), func(all []jobs.Job) bool { return all[0].Status == "Cancelled" }))
	close(hold)
	var ended *pipelines.AlreadyEndedError
	require.ErrorAs(t, c.Cancel(t.Context(), item, started.JobID), &ended)
	var missing *pipelines.NotFoundError
	_, err = c.Get(t.Context(), item, uuid.NewString())
	require.ErrorAs(t, err, &missing)

	canary := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("called") }))
	defer canary.Close()
	type outcome struct {
		refused, doubt, accepted bool
		jobs                     int // that Fabric has started
	}
	for name, tc := range map[string]struct {
		fault faults.Fault
		want  outcome
	}{
		"refused":            {faults.Fault{Status: 403}, outcome{refused: true}},
		"busy":               {faults.Fault{Status: 429, RetryAfter: "5"}, outcome{refused: true}},
		"failing":            {faults.Fault{Status: 503, EmptyBody: true}, outcome{doubt: true}},
		"dropped before":     {faults.Fault{Drop: true}, outcome{doubt: true}},
		"dropped after":      {faults.Fault{Spoil: faults.DropAnswer}, outcome{doubt: true, jobs: 1}},
		"failing after":      {faults.Fault{Spoil: faults.Answer500}, outcome{doubt: true, jobs: 1}},
		"Location lost":      {faults.Fault{Spoil: faults.LocationWithoutID}, outcome{doubt: true, accepted: true, jobs: 1}},
		"Location elsewhere": {faults.Fault{Spoil: faults.ReplaceLocation, Location: canary.URL + "/v1/workspaces/x"}, outcome{doubt: true, accepted: true, jobs: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			s.Faults.Next(faults.Start, 1, tc.fault)
			before, asked := len(s.Jobs.Jobs()), len(s.Faults.Requests(faults.Start))
			_, _, err := start()
			var refused *pipelines.RefusedError
			var doubt *pipelines.InDoubtError
			if tc.want.refused {
				require.ErrorAs(t, err, &refused)
			}
			if tc.want.doubt {
				require.ErrorAs(t, err, &doubt)
				assert.Equal(t, tc.want.accepted, doubt.Accepted)
			}
			assert.Equal(t, asked+1, len(s.Faults.Requests(faults.Start)), "one request")
			assert.Equal(t, before+tc.want.jobs, len(s.Jobs.Jobs()))
		})
	}
	list, err := c.List(t.Context(), item, time.Now().Add(-time.Minute))
	require.NoError(t, err)
	assert.Len(t, list, len(s.Jobs.Jobs()), "all pages")
}
