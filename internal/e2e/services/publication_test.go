package services

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/portal"
	"fabricportal/internal/sandbox"
	"fabricportal/internal/sandbox/standin/faults"
	"fabricportal/internal/services/doctor"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/runs"
)

// orders writes an import file of one order, uploads it and has the portal look at it.
func (w *workplace) orders(t *testing.T, name string, revenue int) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(w.samples, name), fmt.Appendf(nil, "order_id,order_date,revenue\nA-1,2025-12-01,%d\n", revenue), 0o600))
	w.upload(t, name)
	_, _, err := w.portal.LookInput(t.Context(), name, analysis.Options{})
	require.NoError(t, err)
}

func (w *workplace) publish(t *testing.T, name string) runs.Run {
	t.Helper()
	run, err := w.portal.Run(t.Context(), name, nil)
	require.NoError(t, err)
	return w.follow(t, run)
}

// readers look at what is published until they are stopped: all that they get is of one run, and they always get something.
func (w *workplace) readers(t *testing.T, revenues ...int) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	read := func(look func() (string, error)) {
		all.Go(func() {
			for ctx.Err() == nil {
				got, err := look()
				if ctx.Err() != nil {
					return
				}
				if !assert.NoError(t, err) {
					return
				}
				known := false
				for _, r := range revenues {
					known = known || got == fmt.Sprintf("%d", r) || got == fmt.Sprintf("order_id,order_date,revenue\nA-1,2025-12-01,%d.0\n", r)
				}
				if !assert.True(t, known, "a mix: %q", got) {
					return
				}
				time.Sleep(30 * time.Millisecond) // the notebook is to come on
			}
		})
	}
	read(func() (string, error) {
		k, err := w.portal.KPIs(ctx, uuid.Nil)
		return fmt.Sprintf("%.0f", k.TotalRevenue), err
	})
	to := filepath.Join(t.TempDir(), "rows.csv")
	read(func() (string, error) {
		if _, err := w.portal.Download(ctx, uuid.Nil, "sales_cleaned.csv", to, true, nil); err != nil {
			return "", err
		}
		data, err := os.ReadFile(to)
		return string(data), err
	})
	return func() { cancel(); all.Wait() }
}

// TestANotebookThatIsKilledWhilePublishing: before the manifest, readers over HTTPS get the last publication whole; from the manifest on the
// next one, and then the run does not say that nothing came of it. The next run puts current/ right. Each file and instruction at which it
// may be killed has fabric/tests/test_publication_killed.py.
func TestANotebookThatIsKilledWhilePublishing(t *testing.T) {
	w := open(t)
	w.orders(t, "old.csv", 1000)
	w.orders(t, "next.csv", 2000)
	first := w.publish(t, "old.csv")
	require.Equal(t, runs.Succeeded, first.Status, first.ErrorMessage)

	killed := func(after int) runs.Run {
		t.Helper()
		w.StandIn.Faults.SetTenant(faults.Tenant{KilledAfter: after})
		defer w.StandIn.Faults.SetTenant(faults.Tenant{})
		run := w.publish(t, "next.csv")
		require.Equal(t, runs.Failed, run.Status, "no end that Fabric contradicts")
		require.Equal(t, "started", read[contract.RunMetadata](t, filepath.Join(w.runFolder(run.ID), "run_metadata.json")).Status)
		return run
	}
	stop := w.readers(t, 1000)
	run := killed(4) // all four files are in place, and the manifest is not
	require.NotContains(t, run.ErrorMessage, "published")
	require.Nil(t, run.KPIs)
	require.Equal(t, run.ID.String(), *read[contract.KPIs](t, w.current("kpis.json")).RunID)
	stop()

	stop = w.readers(t, 1000, 2000)
	run = killed(4 + 4 + 1) // they are put back first; then the manifest is
	k, err := w.portal.KPIs(t.Context(), uuid.Nil)
	require.NoError(t, err)
	require.Equal(t, run.ID.String(), *k.RunID)
	require.Contains(t, run.ErrorMessage, "its results are published all the same, but its job did not end well: ")
	require.NotNil(t, run.KPIs)
	require.Equal(t, runs.Succeeded, w.publish(t, "old.csv").Status)
	require.Equal(t, "succeeded", read[contract.RunMetadata](t, filepath.Join(w.runFolder(run.ID), "run_metadata.json")).Status, "the next run says it")
	restore, err := w.portal.Restore(t.Context(), run.ID)
	require.NoError(t, err, "what was published can be published again")
	restore = w.follow(t, restore)
	require.Equal(t, runs.Succeeded, restore.Status, restore.ErrorMessage)
	stop()
	k, err = w.portal.KPIs(t.Context(), uuid.Nil)
	require.NoError(t, err)
	require.Equal(t, 2000.0, k.TotalRevenue)
	left, err := filepath.Glob(filepath.Join(filepath.Dir(w.current("x")), ".*"))
	require.NoError(t, err)
	require.Empty(t, left)
}

// TestOtherContentThanWasLookedAtIsNotPublished: somebody replaces the file while the notebook's session starts.
func TestOtherContentThanWasLookedAtIsNotPublished(t *testing.T) {
	w := open(t)
	w.orders(t, "a.csv", 1000)
	require.Equal(t, runs.Succeeded, w.publish(t, "a.csv").Status)
	run := w.replaced(t)
	require.Equal(t, runs.Failed, run.Status)
	t.Log(run.ErrorMessage)
	k, err := w.portal.KPIs(t.Context(), uuid.Nil)
	require.NoError(t, err)
	require.Equal(t, 1000.0, k.TotalRevenue)

	// Run again takes the file as it is now: once it was looked at, with its hash.
	_, _, err = w.portal.LookInput(t.Context(), "a.csv", analysis.Options{})
	require.NoError(t, err)
	again, err := w.portal.RunAgain(t.Context(), run.ID)
	require.NoError(t, err)
	again = w.follow(t, again)
	require.Equal(t, runs.Succeeded, again.Status, again.ErrorMessage)
	jobs := w.StandIn.Jobs.Jobs()
	require.Equal(t, hash(t, filepath.Join(w.Lakehouse, "Files", "import", "a.csv")), jobs[len(jobs)-1].Parameters["input_sha256"])
}

// replaced runs a.csv, which somebody replaces before the notebook reads it.
func (w *workplace) replaced(t *testing.T) runs.Run {
	t.Helper()
	w.StandIn.Faults.SetTenant(faults.Tenant{NotebookStart: time.Second})
	defer w.StandIn.Faults.SetTenant(faults.Tenant{})
	run, err := w.portal.Run(t.Context(), "a.csv", nil)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(w.Lakehouse, "Files", "import", "a.csv"), []byte("order_id,order_date,revenue\nA-1,2025-12-01,6666\n"), 0o600))
	return w.follow(t, run)
}

// TestAPipelineWithoutTheHashGoesOn: nothing is lost. Doctor names what it lacks, the run goes on, and the difference is a warning as before.
func TestAPipelineWithoutTheHashGoesOn(t *testing.T) {
	w := openWith(t, sandbox.Options{Log: t.Logf, Definitions: deployedBefore(t, contract.InputHashParameter)})
	said := ""
	for _, c := range portal.Doctor(t.Context(), portal.Options{Version: "9.9.9"}, doctor.Manner{}) {
		if c.Name == "pipeline's parameters" {
			said = c.Message
			require.False(t, c.OK)
		}
	}
	require.Contains(t, said, contract.InputHashParameter)
	w.orders(t, "a.csv", 1000)
	run := w.replaced(t)
	require.Equal(t, runs.Succeeded, run.Status, run.ErrorMessage)
	require.Equal(t, int64(1), value[int64](t, w, "select count(*) from run_events where run_id = $1 and event_type = 'WARNING' and message like '%was changed between submission and the run%'", run.ID))
}
