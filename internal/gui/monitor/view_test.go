package monitor_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/monitor"
	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/feeds"
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

func TestStepsReadTheStateOfAnEventAndNotItsWords(t *testing.T) {
	start := now.Add(-2 * time.Minute)
	r := runs.Run{CreatedAt: now.Add(-3 * time.Minute), StartedAt: &start, Status: runs.Running}
	events := []runs.Event{ // newest first
		{Time: now, Type: runs.StatusChange, Message: "Running out of memory, said the administrator"},
		{Time: now.Add(-time.Minute), Type: runs.StatusChange, Message: runs.Change{From: runs.Queued, To: runs.Running, Reason: "Fabric says so"}.Message()},
	}
	require.Equal(t, "14:04", monitor.Steps(r, events, now)[2].Note)
	require.Equal(t, "14:03", monitor.Steps(r, events[:1], now)[2].Note, "the start in Fabric, where no event tells of it")
}

func TestARunThatFailedBeforeItStartedDidNotPassTheOtherStations(t *testing.T) {
	end := now
	r := runs.Run{CreatedAt: now.Add(-time.Minute), FinishedAt: &end, Status: runs.Failed}
	steps := monitor.Steps(r, nil, now)
	require.Equal(t, []controls.Shape{controls.Check, controls.Ring, controls.Ring, controls.Cross}, states(steps))
	require.Equal(t, "Failed", steps[3].Title)
	require.Equal(t, "14:05 · 1 min", steps[3].Note)
}

func TestActivitiesLieOnTheRunsTimeAxis(t *testing.T) {
	start, mid := now.Add(-4*time.Minute), now.Add(-time.Minute)
	r := runs.Run{CreatedAt: start, StartedAt: &start, Status: runs.Running}
	m := feeds.Monitor{Run: &r, Expected: &feeds.Expected{From: 5 * time.Minute, To: 8 * time.Minute, Samples: 9}, Activities: []pipelines.ActivityRun{
		{Name: "Check", Status: "Succeeded", Start: &start, End: &mid},
		{Name: "Clean", Status: "InProgress", Start: &mid},
		{Name: "Publish", Status: "Queued"},
	}}
	p := monitor.PlanOf(m, now)
	require.Equal(t, []monitor.Bar{
		{Name: "Check", Note: "Succeeded · 3 min", State: controls.StateDone, From: 0, To: 0.375},
		{Name: "Clean", Note: "Running · 1 min", State: controls.StateBusy, From: 0.375, To: 0.5},
		{Name: "Publish", Note: "Queued", State: controls.StateNeutral, From: 1, To: 1},
	}, p.Bars)
	require.Equal(t, 0.5, p.Now)
	require.Equal(t, [2]float64{0.625, 1}, p.Likely)
	require.Equal(t, []monitor.Tick{{0.25, "2 min"}, {0.5, "4 min"}, {0.75, "6 min"}, {1, "8 min"}}, p.Ticks)

	r.FinishedAt, r.Status = &now2, runs.Succeeded
	p = monitor.PlanOf(m, now.Add(time.Hour))
	require.Zero(t, p.Now, "a run that has ended has no now")
	require.Equal(t, 0.75, p.Bars[0].To)
	require.Empty(t, monitor.PlanOf(feeds.Monitor{Run: &r}, now).Bars)
}

var now2 = now

// TestWhatWasSkippedIsNoFailureAndTakesNoTime: Fabric gives it a start and an end all the same.
func TestWhatWasSkippedIsNoFailureAndTakesNoTime(t *testing.T) {
	start, mid := now.Add(-4*time.Minute), now.Add(-2*time.Minute)
	r := runs.Run{CreatedAt: start, StartedAt: &start, FinishedAt: &now2, Status: runs.Succeeded}
	p := monitor.PlanOf(feeds.Monitor{Run: &r, Activities: []pipelines.ActivityRun{
		{Name: "look", Type: "GetMetadata", Status: "Failed", Start: &start, End: &mid},
		{Name: "weigh", Type: "IfCondition", Status: "Skipped", Start: &mid, End: &mid},
		{Name: "choose", Type: "IfCondition", Status: "Succeeded", Start: &mid, End: &now2},
		{Name: "sales_ingest", Type: "TridentNotebook", Status: "Succeeded", Start: &mid, End: &now2},
	}}, now)
	require.Equal(t, []monitor.Bar{
		{Name: "look", Note: "Failed · 2 min", State: controls.StateBad, From: 0, To: 0.5},
		{Name: "weigh", Note: "Skipped", State: controls.StateNeutral, From: 1, To: 1},
		{Name: "choose", Note: "Succeeded · 2 min", State: controls.StateDone, From: 0.5, To: 1},
		{Name: "sales_ingest", Note: "Succeeded · 2 min", State: controls.StateDone, From: 0.5, To: 1},
	}, p.Bars)
}

func TestLongRunsHaveFewTicks(t *testing.T) {
	for _, span := range []time.Duration{time.Second, 40 * time.Second, 7 * time.Minute, 3 * time.Hour, 40 * time.Hour, 400 * time.Hour} {
		start := now.Add(-span)
		r := runs.Run{CreatedAt: start, FinishedAt: &now2}
		p := monitor.PlanOf(feeds.Monitor{Run: &r, Activities: []pipelines.ActivityRun{{Name: "a", Status: "Succeeded", Start: &start, End: &now2}}}, now)
		require.NotEmpty(t, p.Ticks, span)
		require.LessOrEqual(t, len(p.Ticks), 6, span)
	}
}
