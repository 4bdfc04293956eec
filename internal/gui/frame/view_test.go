package frame_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/format"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/frame"
	"fabricportal/internal/gui/monitor"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/runs/locking"
)

var now = time.Date(2026, 11, 23, 14, 5, 12, 0, time.UTC)

func TestAConnectionThatDoesNotSayItIsForTryingOutCounts(t *testing.T) {
	for _, name := range []string{"Production", "live", "Sales EMEA", ""} {
		require.Equal(t, style.Red, frame.Connection{Name: name}.Color(), name)
	}
	for _, name := range []string{"Sandbox", "TEST", "demo 2", "staging"} {
		require.Equal(t, style.Green, frame.Connection{Name: name}.Color(), name)
	}
}

func TestAsOfChangesOnceAMinuteWhileAnswersCome(t *testing.T) {
	f := feeds.Frame{Database: feeds.Reach{Known: true, OK: true}, AsOf: now.Add(-2 * time.Second)}
	require.Equal(t, "as of 14:05", frame.AsOf(f, now))
	require.Equal(t, "as of 14:05:10", frame.AsOf(f, now.Add(time.Minute)), "old: the second matters")
	f.Database.OK = false
	require.Equal(t, "as of 14:05:10", frame.AsOf(f, now))
	require.Equal(t, "nothing read yet", frame.AsOf(feeds.Frame{}, now))
}

func TestSpansOfTheLockAreTakenOnTheDatabasesClock(t *testing.T) {
	db := now.Add(-7 * time.Hour) // a database whose clock is far off
	f := feeds.Frame{LockKnown: true, Phase: runs.Phase{Kind: runs.PhaseRunning}, Lock: locking.Card{RunID: uuid.New(), LockedBy: locking.Owner{User: "ben"}, LockedAt: db.Add(-90 * time.Second), AsOf: db}}
	require.Equal(t, "Running: ben, 1 min 30 s", frame.LockOf(f, false).Words)
	require.Equal(t, "Restoring: ben, 1 min 30 s", frame.LockOf(f, true).Words)
}

// TestTheHeaderCountsARunAsMonitorDoes: the lock is taken before Fabric has the job, and the run waits in between.
func TestTheHeaderCountsARunAsMonitorDoes(t *testing.T) {
	db := now.Add(-7 * time.Hour)
	started := db.Add(-170 * time.Second)
	run := runs.Run{ID: uuid.New(), InputFile: "a.csv", TriggeredBy: "ben", Status: runs.Running, CreatedAt: db.Add(-190 * time.Second), StartedAt: &started}
	card := locking.Card{RunID: run.ID, LockedBy: locking.Owner{User: "ben"}, LockedAt: run.CreatedAt, AsOf: db}
	both := func() (header, headline string) {
		phase := runs.Phase{Kind: runs.PhaseRunning}
		return frame.LockOf(feeds.Frame{LockKnown: true, Phase: phase, Lock: card, Active: &run}, false).Words,
			monitor.HeadlineOf(feeds.Monitor{Run: &run, Phase: phase}, monitor.Known{}, card, now).Text
	}
	header, headline := both()
	require.Equal(t, "Running: ben, 2 min 50 s", header)
	require.Equal(t, "Running for 2 min 50 s", headline)
	run.Status, run.StartedAt = runs.Queued, nil
	header, headline = both()
	require.Equal(t, "In Fabric's queue: ben, 3 min 10 s", header)
	require.Equal(t, "In Fabric's queue for 3 min 10 s", headline)
}

func TestTheDatabasesCardSaysWhatIsAmiss(t *testing.T) {
	f := feeds.Frame{Notices: []format.Sayer{format.Say("a column is missing")}, Push: feeds.Push{Sentence: "Changes are asked for."}, Skew: -4 * time.Minute}
	require.Equal(t, []string{"A column is missing.", "Changes are asked for.", "This PC's clock is 4 min behind the database's."}, frame.AboutDatabase(f))
	require.Equal(t, []string{"Changes by other desktops are shown at once."}, frame.AboutDatabase(feeds.Frame{Push: feeds.Push{OK: true}}))
}

func TestNothingIsClaimedThatIsNotKnown(t *testing.T) {
	f := feeds.Frame{Database: feeds.Reach{Known: true, Sentence: "Look at the network."}}
	require.Equal(t, frame.Lock{State: controls.StateNeutral, Words: "Not known: the database does not answer"}, frame.LockOf(f, false))
	busy, why := frame.Busy(f, now)
	require.True(t, busy)
	require.Equal(t, "A run can't be started. Look at the network.", why)
	busy, _ = frame.Busy(feeds.Frame{}, now)
	require.True(t, busy)
	f.LockKnown = true
	require.Equal(t, "Not known: the database does not answer", frame.LockOf(f, false).Words, "the lock was free, but that was before")

	f = feeds.Frame{LockKnown: true, Database: feeds.Reach{Known: true, OK: true}}
	require.Equal(t, "Free to run", frame.LockOf(f, false).Words)
	f.Database.Slow = true
	require.Equal(t, "Asking the database", frame.LockOf(f, false).Words, "frozen, it would stay free until the deadline")
	busy, why = frame.Busy(f, now)
	require.True(t, busy)
	require.Equal(t, "Asking the database whether a run is active.", why)
}

func TestAnErrorIsNoSilence(t *testing.T) {
	silent := feeds.Reach{Known: true, Since: now, Sentence: "It could not be reached."}
	refusing := silent
	refusing.Answered = true
	require.Equal(t, "Fabric: no answer", frame.ReachOf("Fabric", silent).Words)
	require.Equal(t, "Fabric: an error", frame.ReachOf("Fabric", refusing).Words)
	title, _ := frame.ReachCard("Fabric", silent, now)
	require.Contains(t, title, "has not answered since")
	refused := refusing
	refused.Secret = true
	require.Equal(t, "Files: secret refused", frame.ReachOf("Files", refused).Words)
	title, sentence := frame.ReachCard("Fabric", refusing, now)
	require.Contains(t, title, "has answered with an error since")
	require.Equal(t, silent.Sentence, sentence)
}
