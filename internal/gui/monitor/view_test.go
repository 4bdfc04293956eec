package monitor_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/monitor"
	"fabricportal/internal/services/runs"
)

var now = time.Date(2026, 11, 23, 14, 5, 12, 0, time.UTC)

func states(steps []monitor.Step) []controls.Shape {
	var out []controls.Shape
	for _, s := range steps {
		out = append(out, s.State.Shape)
	}
	return out
}

func TestStepsShowHowFarARunHasCome(t *testing.T) {
	r := runs.Run{CreatedAt: now.Add(-time.Minute), Status: runs.Queued}
	events := []runs.Event{{Time: now.Add(-50 * time.Second), Type: runs.StatusChange, Message: "SUBMITTED->QUEUED"}}
	steps := monitor.Steps(r, events, now)
	require.Equal(t, []controls.Shape{controls.Check, controls.Play, controls.Ring, controls.Ring}, states(steps))
	require.Equal(t, "14:04", steps[1].Note)
	require.Empty(t, steps[3].Note)
}

func TestARunThatFailedBeforeItStartedDidNotPassTheOtherStations(t *testing.T) {
	end := now
	r := runs.Run{CreatedAt: now.Add(-time.Minute), FinishedAt: &end, Status: runs.Failed}
	steps := monitor.Steps(r, nil, now)
	require.Equal(t, []controls.Shape{controls.Check, controls.Ring, controls.Ring, controls.Cross}, states(steps))
	require.Equal(t, "Failed", steps[3].Title)
	require.Equal(t, "14:05 · 1 min", steps[3].Note)
}
