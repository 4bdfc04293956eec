package pipelines_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/standin/faults"
	"fabricportal/internal/sandbox/standin/jobs"
	"fabricportal/internal/services/fabric/pipelines"
)

// TestARegionalLocationIsNeverCalled has Fabric name another host, as it was seen to, with the job's id in a header and without.
func TestARegionalLocationIsNeverCalled(t *testing.T) {
	region := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s %s was called, with %q", r.Method, r.URL, r.Header.Get("Authorization"))
	}))
	defer region.Close()
	w := newFabricWorld(t)
	for name, tenant := range map[string]faults.Tenant{
		"with the id in a header": {Region: region.URL, Wait: time.Minute},
		"without":                 {Region: region.URL, NoJobID: true, Wait: time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			w.Faults.SetTenant(tenant)
			_, got, err := w.start(t)
			require.NoError(t, err)
			all := w.Jobs.Jobs()
			assert.Equal(t, all[len(all)-1].ID, got.JobID)
			assert.Equal(t, region.URL+"/v1/workspaces/"+w.WorkspaceID+"/items/"+w.item+"/jobs/instances/"+got.JobID, got.JobURL, "kept for people")
			assert.Equal(t, time.Minute, got.RetryAfter)
			job, err := w.Get(t.Context(), w.item, got.JobID)
			require.NoError(t, err)
			assert.Equal(t, got.JobID, job.ID)
			require.NoError(t, w.Cancel(t.Context(), w.item, got.JobID))
			w.Faults.Next(faults.Definition, 1, faults.Fault{Operation: true})
			w.Faults.SetTenant(faults.Tenant{Region: region.URL, Wait: time.Second})
			_, err = w.Parameters(t.Context(), w.item)
			require.NoError(t, err, "operations are found by their id, too")
		})
	}
}

// TestWhatTheTenantRefuses goes through the states of a tenant: nothing is started, each is told as what it is, and none as lost.
func TestWhatTheTenantRefuses(t *testing.T) {
	w := newFabricWorld(t)
	_, before, err := w.start(t)
	require.NoError(t, err)
	require.NoError(t, w.Jobs.Wait(t.Context(), func(all []jobs.Job) bool { return all[0].Status == "InProgress" }))
	for name, tc := range map[string]struct {
		tenant         faults.Tenant
		start          string // in the start's refusal
		get            pipelines.Meaning
		known          bool // a job is still known
		ready, inReady string
		right          pipelines.Right
	}{
		"as it should be":       {tenant: faults.Tenant{}, known: true, right: pipelines.RightByRole},
		"paused":                {tenant: faults.Tenant{Capacity: faults.Paused}, start: "resume it", get: pipelines.Refused, ready: "refused", inReady: "resume it"},
		"paused, and saying so": {tenant: faults.Tenant{Capacity: faults.Paused, PausedBy: "CapacityNotActive"}, start: "capacity is paused", get: pipelines.Refused, ready: "refused", inReady: "capacity is paused"},
		"full":                  {tenant: faults.Tenant{Capacity: faults.Full}, start: "try again in 20 s", known: true, right: pipelines.RightByRole},
		"closed":                {tenant: faults.Tenant{Closed: true}, start: "VPN", get: pipelines.Refused, ready: "denied", inReady: "VPN"},
		"a viewer's":            {tenant: faults.Tenant{Viewer: true}, start: "Contributor", known: true, right: pipelines.RightNotSeen},
	} {
		t.Run(name, func(t *testing.T) {
			w.Faults.SetTenant(tc.tenant)
			defer w.Faults.SetTenant(faults.Tenant{})
			asked, started := len(w.Faults.Requests(faults.Start)), len(w.Jobs.Jobs())
			readiness, err := w.Ready(t.Context(), w.item)
			assert.Equal(t, asked, len(w.Faults.Requests(faults.Start)), "asking starts nothing")
			var refused *pipelines.RefusedError
			var denied *pipelines.UnauthorizedError
			switch tc.ready {
			case "":
				require.NoError(t, err)
				assert.Equal(t, pipelines.Readiness{Name: "echo", Right: tc.right}, readiness)
			case "refused":
				require.ErrorAs(t, err, &refused)
				assert.Contains(t, err.Error(), tc.inReady)
			case "denied":
				require.ErrorAs(t, err, &denied)
				assert.Contains(t, err.Error(), tc.inReady)
			}

			_, _, err = w.start(t)
			if tc.start == "" {
				require.NoError(t, err)
			} else {
				require.ErrorAs(t, err, &refused)
				assert.Contains(t, err.Error(), tc.start)
				assert.Contains(t, err.Error(), "(request ")
				assert.NotEqual(t, pipelines.Lost, pipelines.MeaningOf(err))
				assert.Len(t, w.Jobs.Jobs(), started)
			}
			assert.Equal(t, asked+1, len(w.Faults.Requests(faults.Start)), "one request")

			_, err = w.Get(t.Context(), w.item, before.JobID)
			if tc.known {
				require.NoError(t, err)
				return
			}
			require.Error(t, err)
			assert.Equal(t, tc.get, pipelines.MeaningOf(err))
			var gone *pipelines.NotFoundError
			assert.NotErrorAs(t, err, &gone, "that the capacity is paused is no word about the job")
		})
	}

	t.Run("a start alone answered like that is in doubt", func(t *testing.T) {
		w.Faults.Next(faults.Start, 1, faults.Fault{Status: 500, Final: true})
		_, _, err := w.start(t)
		var doubt *pipelines.InDoubtError
		require.ErrorAs(t, err, &doubt)
		assert.Equal(t, pipelines.Passing, pipelines.MeaningOf(err))
	})
	t.Run("nested and foreign bodies", func(t *testing.T) {
		w.Faults.Next(faults.Get, 1, faults.Fault{Status: 404, Code: "CapacityNotActive", Nested: true})
		_, err := w.Get(t.Context(), w.item, before.JobID)
		assert.ErrorContains(t, err, "capacity is paused")
		w.Faults.Next(faults.Get, 1, faults.Fault{Status: 403, Page: true})
		_, err = w.Get(t.Context(), w.item, before.JobID)
		assert.ErrorContains(t, err, "something in between")
	})
	t.Run("what Ready finds amiss with the item", func(t *testing.T) {
		var refused *pipelines.RefusedError
		_, err := w.Ready(t.Context(), uuid.NewString())
		require.ErrorAs(t, err, &refused)
		assert.ErrorContains(t, err, "fabric.pipeline_id")
		_, err = w.Ready(t.Context(), w.LakehouseID)
		require.ErrorAs(t, err, &refused, "a lakehouse is no pipeline")
		assert.ErrorContains(t, err, "Lakehouse “SandboxLakehouse”")
		_, err = w.Ready(t.Context(), "x")
		require.Error(t, err)
		w.Faults.Next(faults.Items, 1, faults.Fault{Status: 503})
		_, err = w.Ready(t.Context(), w.item)
		require.Error(t, err)
		assert.Equal(t, pipelines.Passing, pipelines.MeaningOf(err))
		w.Faults.Next(faults.Items, 1, faults.Fault{Drop: true})
		_, err = w.Ready(t.Context(), w.item)
		assert.Equal(t, pipelines.Lost, pipelines.MeaningOf(err))
	})
}
