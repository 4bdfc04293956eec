package pipelines

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const portalURL = "https://app.fabric.microsoft.com"

func TestAPageIsTheRunsOwnWhereThePipelinesNameIsKnown(t *testing.T) {
	name := "Sales / ingest?"
	f, c := newFabric(t, nil)
	f.handle = func(w http.ResponseWriter, _ *http.Request, _ string) {
		if name == "" {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = io.WriteString(w, `{"id":"`+item+`","displayName":"`+name+`","type":"DataPipeline"}`)
	}
	own := portalURL + "/workloads/data-pipeline/monitoring/workspaces/" + ws + "/pipelines/Sales%20%2F%20ingest%3F/" + job
	for range 2 {
		assert.Equal(t, Page{own, true}, c.JobPage(t.Context(), strings.ToUpper(item), strings.ToUpper(job)))
	}
	assert.Len(t, f.seen(), 1, "asked for once")
	for _, ids := range [][2]string{{item, "../x"}, {"", job}, {"x", job}, {item, ""}} {
		assert.Empty(t, c.JobPage(t.Context(), ids[0], ids[1]))
	}

	for _, name = range []string{"", ".", ".."} {
		c = newClient(t, f)
		asked := len(f.seen())
		for range 2 {
			assert.Equal(t, Page{URL: portalURL + "/groups/" + ws + "/pipelines/" + item}, c.JobPage(t.Context(), item, job), "the pipeline's page instead")
		}
		assert.Len(t, f.seen(), asked+1, "not asked again at once, and not repeated")
	}
	name = "Sales / ingest?"
	got, err := c.Item(t.Context(), item)
	require.NoError(t, err)
	assert.Equal(t, Item{item, name, "DataPipeline"}, got)
	assert.Equal(t, own, c.JobPage(t.Context(), item, job).URL, "learnt meanwhile")
}

// TestAKeptAddressIsMadeAnew gives addresses as they may stand in an event.
func TestAKeptAddressIsMadeAnew(t *testing.T) {
	_, c := newFabric(t, nil)
	snapshot, spark := c.snapshotURL(notebook, job), c.sparkURL(notebook, job)
	for kept, want := range map[string]string{
		snapshot: snapshot, strings.ToUpper(snapshot): snapshot, spark: spark, "workloads/de-ds/sparkmonitor/" + notebook + "/" + job: spark,
		strings.Replace(snapshot, portalURL, "https://evil.org", 1):                                   snapshot,
		strings.Replace(snapshot, ws, job2, 1):                                                        snapshot,
		"javascript:alert(1)//synapsenotebooks/" + notebook + "/snapshots/" + job:                     snapshot,
		"https://evil.org/sparkmonitor/" + notebook + "/" + job + "?next=https://evil.org":            spark,
		"https://evil.org/synapsenotebooks/" + notebook + "/snapshots/../../x":                        "",
		"https://evil.org/synapsenotebooks/" + notebook + "/snapshots/" + job + "/../../../elsewhere": "",
		"": "", "https://evil.org": "", "javascript:alert(1)": "", "file:///etc/passwd": "", portalURL: "",
		"/synapsenotebooks/00000000-0000-0000-0000-000000000000/snapshots/" + job: "",
		"x" + "sparkmonitor/" + notebook + "/" + job:                              "",
	} {
		got := c.Checked(kept)
		assert.Equal(t, want, got, kept)
		assert.True(t, got == "" || strings.HasPrefix(got, portalURL+"/"))
	}
}
