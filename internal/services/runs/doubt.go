package runs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"fabricportal/internal/format"
	"fabricportal/internal/services/fabric/pipelines"
)

// evidence is what Fabric shows of a run whose start request was sent but whose answer is not known.
type evidence struct {
	listed   int                     // job instances that Fabric listed since the intent
	matched  []pipelines.JobInstance // carry the run's id among their parameters
	possible []pipelines.JobInstance // could be the run's by their time, and carry no run's id
	// dismissed are those of them of which a person said that they are not the run's.
	dismissed []pipelines.JobInstance
	marked    bool // of each possible job the parameters could be seen, so that no marker will come any more
}

// inDoubt decides about a run with an intent but without a job: by what Fabric shows, never by age alone.
func (r *Runs) inDoubt(ctx context.Context, t turn, out Outcome, a Active) (Outcome, error) {
	out.Action = Waited
	age := a.Card.AsOf.Sub(a.Intent.Time)
	if age < r.timing.Send+r.timing.Settle || !r.mayAsk(a.Run.ID) {
		return out, nil // the desktop that sent it is probably still there
	}
	if out.again = r.until(t, *a.Run, a.Card.AsOf); out.again > 0 {
		return out, nil // another has just asked
	}
	var mine bool
	err := r.within(ctx, func(ctx context.Context) (err error) {
		mine, err = r.db.ClaimPoll(ctx, a.Run.ID, t.every)
		return err
	})
	if err != nil || !mine {
		return out, err
	}
	if err := r.at("after_claim"); err != nil {
		return out, err
	}
	out.AskedFabric, out.Changed = true, true
	ev, err := r.gatherEvidence(ctx, a)
	if fault, ok := errors.AsType[*askError](err); ok {
		out.FabricErr = fault.err
		r.pauseAfter(fault.err)
		return out, nil
	}
	if err != nil {
		return out, err
	}
	return r.decide(ctx, out, a, ev, age)
}

// decide applies the table of docs/run-protocol.md §3 step 6.
func (r *Runs) decide(ctx context.Context, out Outcome, a Active, ev evidence, age time.Duration) (Outcome, error) {
	switch {
	case len(ev.matched) == 1:
		return r.adopt(ctx, out, a, ev.matched[0], tell("carries_id"))
	case len(ev.matched) == 0 && len(ev.possible) == 0:
		if age < r.timing.NoJob {
			return out, nil
		}
		return r.abandon(ctx, out, Ending{
			RunID: a.Run.ID, To: Failed, Guard: OnIntentBefore, Intent: a.Intent.ID,
			ErrorMessage: failure(tell("lost_and_none")), Reason: stored(tell("no_job", "N", ev.listed, "Me", r.me(), "Age", age.Round(time.Second))),
		})
	case age < r.timing.Marker && !ev.marked:
		return out, nil // a job's parameters show when its first activity runs; they are better evidence than its time
	case len(ev.matched) == 0 && len(ev.possible) == 1:
		return r.adopt(ctx, out, a, ev.possible[0], tell("only_one", "N", ev.listed))
	}
	// Several: a wrong guess would show one run's outcome as another's.
	out.Action = Undecided
	var ids, words []string
	for _, j := range append(slices.Clone(ev.matched), ev.possible...) {
		ids = append(ids, j.ID)
		words = append(words, fmt.Sprintf("%s (%s, %s)", j.ID, j.Status, startText(j)))
	}
	slices.Sort(ids)
	return out, r.addEvent(ctx, noteEvent(a.Run.ID, Warning, "candidates "+strings.Join(ids, " "), note{Ev: evCandidates, Jobs: ids,
		Text: stored(tell("candidates", "N", len(ids), "Me", r.me(), "Jobs", strings.Join(words, ", ")))}))
}

func startText(j pipelines.JobInstance) *format.Said {
	if j.Start == nil {
		return tell("not_started")
	}
	return tell("started_at", "At", j.Start.UTC())
}

// adopt gives the run the job that was found for it.
func (r *Runs) adopt(ctx context.Context, out Outcome, a Active, job pipelines.JobInstance, why *format.Said) (Outcome, error) {
	if err := r.at("before_adopt"); err != nil {
		return out, err
	}
	l := Link{
		RunID: a.Run.ID, JobID: job.ID, JobURL: r.fabric.JobURL(a.Run.PipelineItemID, job.ID), Adopted: true,
		Reason: stored(tell("adopted", "Me", r.me(), "Job", job.ID, "Why", why)),
	}
	err := r.within(ctx, func(ctx context.Context) error { return r.db.LinkJob(ctx, l) })
	var late *LateError
	var lost *LostError
	if errors.As(err, &late) || errors.As(err, &lost) {
		return out, nil // somebody else decided in the meantime
	}
	if err == nil {
		out.Action, out.Status = Adopted, Queued
	}
	return out, err
}

// askError is an error of Fabric's, as opposed to the database's.
type askError struct{ err error }

func (e *askError) Error() string { return e.err.Error() }
func (e *askError) Unwrap() error { return e.err }

func (r *Runs) gatherEvidence(ctx context.Context, a Active) (evidence, error) {
	from := a.Intent.Time.Add(-r.timing.Window)
	item, ours := r.item(*a.Run)
	if !ours {
		return evidence{}, &askError{&ForeignError{Run: *a.Run, Does: "asked about"}}
	}
	var list []pipelines.JobInstance
	err := r.within(ctx, func(ctx context.Context) (err error) {
		list, err = r.fabric.List(ctx, item, from)
		return err
	})
	if err != nil {
		return evidence{}, &askError{err}
	}
	ev := evidence{listed: len(list), marked: true}
	var inTime []pipelines.JobInstance
	var ids []string
	for _, j := range list {
		if couldBe(j, from) && !slices.Contains(ids, j.ID) {
			inTime, ids = append(inTime, j), append(ids, j.ID)
		}
	}
	if len(ids) == 0 {
		return ev, nil
	}
	gone, err := r.dismissed(ctx, a.Run.ID)
	if err != nil {
		return ev, err
	}
	var linked []string
	err = r.within(ctx, func(ctx context.Context) (err error) { linked, err = r.db.LinkedJobs(ctx, ids); return err })
	if err != nil {
		return ev, err
	}
	for _, j := range inTime {
		if slices.Contains(linked, j.ID) {
			continue
		}
		seen, marker := r.marker(ctx, j, from, a.Card.AsOf)
		switch {
		case strings.EqualFold(marker, a.Run.ID.String()):
			ev.matched = append(ev.matched, j)
		case slices.Contains(gone, strings.ToLower(j.ID)):
			ev.dismissed = append(ev.dismissed, j)
		case marker == "":
			ev.possible = append(ev.possible, j)
			ev.marked = ev.marked && seen
		}
	}
	return ev, nil
}

// dismissed are the jobs of which a person said that they are not the run's.
func (r *Runs) dismissed(ctx context.Context, run uuid.UUID) ([]string, error) {
	events, err := r.events(ctx, run)
	var ids []string
	for _, e := range events {
		if n, ok := readNote(e.Message); ok && n.Ev == evDismissed {
			ids = append(ids, n.Jobs...)
		}
	}
	return ids, err
}

// couldBe tells whether a job can be one that was asked for since from. A job that has no start yet can.
func couldBe(j pipelines.JobInstance, from time.Time) bool {
	kind := j.JobType == "" || strings.EqualFold(j.JobType, "Pipeline") || strings.EqualFold(j.JobType, "Execute")
	manual := j.InvokeType == "" || strings.EqualFold(j.InvokeType, "Manual") || strings.EqualFold(j.InvokeType, "OnDemand")
	return j.ID != "" && kind && manual && (j.Start == nil || !j.Start.Before(from))
}

// marker looks for the run's id among the parameters of a job's activities. seen tells whether any parameters could be
// seen at all. The activity runs are best effort (docs/fabric.md §4): an error is no evidence.
func (r *Runs) marker(ctx context.Context, j pipelines.JobInstance, from, now time.Time) (seen bool, id string) {
	var list []pipelines.ActivityRun
	err := r.within(ctx, func(ctx context.Context) (err error) {
		list, err = r.fabric.ActivityRuns(ctx, j.ID, from.Add(-24*time.Hour), now.Add(24*time.Hour))
		return err
	})
	if err != nil {
		return false, ""
	}
	for _, activity := range list {
		var input any
		if len(activity.Input) == 0 || json.Unmarshal(activity.Input, &input) != nil {
			continue
		}
		// What the pipeline looks at before it starts a notebook has an input, too, and none of its parameters in it.
		if m, ok := input.(map[string]any); ok && m["parameters"] != nil {
			seen = true
		}
		if id := findRunID(input); id != "" {
			return true, id
		}
	}
	return seen, ""
}

// findRunID finds {"run_id": "x"} or {"run_id": {"value": "x"}} at any depth.
func findRunID(v any) string {
	switch v := v.(type) {
	case map[string]any:
		switch id := v["run_id"].(type) {
		case string:
			return id
		case map[string]any:
			if s, ok := id["value"].(string); ok {
				return s
			}
		}
		for _, inner := range v {
			if id := findRunID(inner); id != "" {
				return id
			}
		}
	case []any:
		for _, inner := range v {
			if id := findRunID(inner); id != "" {
				return id
			}
		}
	}
	return ""
}
