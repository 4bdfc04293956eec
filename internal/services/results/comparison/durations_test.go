package comparison

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/runs"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func lasted(minutes int, status runs.Status, item string) runs.Run {
	end := noon.Add(time.Duration(minutes) * time.Minute)
	return runs.Run{Status: status, PipelineItemID: item, CreatedAt: noon.Add(-time.Hour), StartedAt: &noon, FinishedAt: &end}
}

func TestDurations(t *testing.T) {
	var history []runs.Run
	for _, m := range []int{9, 3, 5, 4, 6} {
		history = append(history, lasted(m, runs.Succeeded, "ingest"), lasted(100, runs.Failed, "ingest"), lasted(1, runs.Succeeded, "restore"))
	}
	history = append(history, runs.Run{Status: runs.Running, PipelineItemID: "ingest", CreatedAt: noon})
	d := NewDurations(history, "ingest")
	r, ok := d.Expected()
	require.True(t, ok)
	require.Equal(t, Range{From: 4 * time.Minute, To: 6 * time.Minute, Samples: 5}, r)
	left, ok := d.Remaining(2 * time.Minute)
	require.True(t, ok)
	require.Equal(t, Range{From: 2 * time.Minute, To: 4 * time.Minute, Samples: 5}, left)
	_, ok = d.Remaining(4 * time.Minute)
	require.False(t, ok, "four lasted as long")
	require.False(t, d.Overdue(9*time.Minute))
	require.True(t, d.Overdue(9*time.Minute+time.Second))

	few := NewDurations(history[:6], "ingest")
	_, ok = few.Expected()
	require.False(t, ok)
	require.False(t, few.Overdue(time.Hour))
}

func TestQuartilesLieBetweenRuns(t *testing.T) {
	var history []runs.Run
	for m := range 6 {
		history = append(history, lasted(m+1, runs.Succeeded, ""))
	}
	r, ok := NewDurations(history, "").Expected()
	require.True(t, ok)
	require.Equal(t, Range{From: 135 * time.Second, To: 285 * time.Second, Samples: 6}, r)
}
