package runs

import (
	"cmp"
	"context"
	"slices"
	"time"

	"fabricportal/internal/format"
	"fabricportal/internal/services/fabric/pipelines"
)

// activityNote is one activity as an event keeps it: Fabric forgets it after some weeks, and all desktops but the one
// that asks read it here.
type activityNote struct {
	ID       string     `json:"id"`
	Name     string     `json:"name"`
	Type     string     `json:"type,omitempty"`
	Status   string     `json:"status"`
	Start    *time.Time `json:"start,omitempty"`
	End      *time.Time `json:"end,omitempty"`
	Millis   int64      `json:"ms,omitempty"`
	Error    string     `json:"error,omitempty"`
	Snapshot string     `json:"snapshot,omitempty"`
	Spark    string     `json:"spark,omitempty"`
}

// maxActivities bounds what one event keeps of a job with very many activities.
const maxActivities = 50

// noteActivities records what Fabric says of the job's activities, when that has changed. The desktop that asked about
// the run asks for these too, so that Fabric hears one desktop, however many watch.
func (r *Runs) noteActivities(ctx context.Context, run Run, job pipelines.JobInstance, now time.Time) error {
	if job.Status == pipelines.NotStarted {
		return nil
	}
	var list []pipelines.ActivityRun
	if err := r.within(ctx, func(ctx context.Context) (err error) {
		list, err = r.fabric.ActivityRuns(ctx, run.JobID, run.CreatedAt.Add(-24*time.Hour), now.Add(24*time.Hour))
		return err
	}); err != nil || len(list) == 0 {
		return nil //nolint:nilerr // best effort (docs/fabric.md §4): the run's state does not depend on it
	}
	notes := make([]activityNote, 0, min(len(list), maxActivities))
	for _, a := range list[:min(len(list), maxActivities)] {
		notes = append(notes, activityNote{
			ID: a.ID, Name: a.Name, Type: a.Type, Status: a.Status, Start: a.Start, End: a.End,
			Millis: a.Duration.Milliseconds(), Error: a.ErrorMessage, Snapshot: a.SnapshotURL, Spark: a.SparkURL,
		}.tidied())
	}
	events, err := r.events(ctx, run.ID)
	if err != nil {
		return err
	}
	before, _, _ := lastNote(events, evActivities)
	changed := changes(before.Activities, notes)
	if changed == nil {
		return nil
	}
	text := stored(tell("activities", "Changes", changed, "Me", r.me()))
	return r.addEvent(ctx, noteEvent(run.ID, Log, "", note{Ev: evActivities, Text: text, Activities: notes}))
}

// activityWords are the sentences for Fabric's states of an activity; others stand as they are.
var activityWords = map[string]string{
	"Queued": "act_queued", "InProgress": "act_running", "Succeeded": "act_succeeded", "Failed": "act_failed", "Cancelled": "act_cancelled", "Skipped": "act_skipped",
}

// changes words which activities came or moved on since the last note; their growing durations are no change.
func changes(before, after []activityNote) *format.Said {
	var words *format.Said
	for _, a := range after {
		i := slices.IndexFunc(before, func(b activityNote) bool { return b.ID == a.ID && b.Name == a.Name })
		if i >= 0 && before[i].Status == a.Status {
			continue
		}
		word := tell(cmp.Or(activityWords[a.Status], "act_other"), "Name", cmp.Or(a.Name, a.ID), "State", a.Status)
		if a.End != nil && a.Millis > 0 {
			word = tell("act_after", "What", word, "Age", (time.Duration(a.Millis) * time.Millisecond).Round(time.Second))
		}
		if words != nil {
			word = tell("act_and", "First", words, "Next", word)
		}
		words = word
	}
	return words
}

// ActivitiesOf are a run's activities as its events (oldest first) last told of them.
func ActivitiesOf(events []Event) []pipelines.ActivityRun {
	n, _, ok := lastNote(events, evActivities)
	if !ok {
		return nil
	}
	list := make([]pipelines.ActivityRun, 0, len(n.Activities))
	for _, a := range n.Activities {
		list = append(list, pipelines.ActivityRun{
			ID: a.ID, Name: a.Name, Type: a.Type, Status: a.Status, Start: a.Start, End: a.End,
			Duration: time.Duration(a.Millis) * time.Millisecond, ErrorMessage: a.Error, SnapshotURL: a.Snapshot, SparkURL: a.Spark,
		})
	}
	return list
}
