package runs

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestWhatIsWrittenOfAChangeIsRead(t *testing.T) {
	for _, from := range []Status{"", Submitted, Queued, Running, Succeeded, Failed} {
		for _, to := range []Status{Submitted, Queued, Running, Succeeded, Failed} {
			for _, reason := range []string{"", "ana asked for it", "Fabric says: a->b: c"} {
				want := Change{From: from, To: to, Reason: reason}
				got, ok := ChangeOf(Event{Type: StatusChange, Message: want.Message()})
				require.True(t, ok, want.Message())
				require.Equal(t, want, got)
			}
		}
	}
}

func TestChangesThatOthersWroteAreRead(t *testing.T) {
	for text, want := range map[string]Change{
		"->SUBMITTED":               {To: Submitted},
		"QUEUED->RUNNING":           {From: Queued, To: Running},
		"A->RUNNING: x":             {To: Running, Reason: "x"},
		"RUNNING":                   {To: Running},
		"Queued: Fabric accepted":   {To: Queued, Reason: "Fabric accepted"},
		"RUNNING->FAILED: x\u202ey": {From: Running, To: Failed, Reason: "x\ufffdy"},
	} {
		got, ok := ChangeOf(Event{Type: StatusChange, Message: text})
		require.True(t, ok, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "->", "A->B: c", "Running out of memory", "RUNNING->", "others' words"} {
		_, ok := ChangeOf(Event{Type: StatusChange, Message: text})
		require.False(t, ok, text)
	}
	_, ok := ChangeOf(Event{Type: Log, Message: "QUEUED->RUNNING"})
	require.False(t, ok, "no status change")
}

func TestARunsDurationBeginsWithItsStartInFabric(t *testing.T) {
	submitted := time.Date(2026, 3, 1, 11, 0, 0, 0, time.UTC)
	started, ended := submitted.Add(time.Hour), submitted.Add(70*time.Minute)
	r := Run{CreatedAt: submitted, StartedAt: &started}
	_, ok := r.Took()
	require.False(t, ok, "it has not ended")
	require.Equal(t, 10*time.Minute, r.Elapsed(ended))
	r.FinishedAt = &ended
	took, ok := r.Took()
	require.True(t, ok)
	require.Equal(t, 10*time.Minute, took)
	r.StartedAt = nil
	took, _ = r.Took()
	require.Equal(t, 70*time.Minute, took, "it never started in Fabric")
	require.Equal(t, time.Hour, r.Elapsed(started))
	require.Zero(t, r.Elapsed(submitted.Add(-time.Hour)), "a clock that was set back")
}
