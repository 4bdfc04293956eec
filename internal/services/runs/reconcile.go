package runs

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"fabricportal/internal/services/fabric/pipelines"
)

// Reconcile is one pass of docs/run-protocol.md §3 step 6: it looks at the lock and does what the evidence allows. Any desktop
// may do it at any time, at once with others. The error is the database's; Fabric's stands in the outcome.
func (r *Runs) Reconcile(ctx context.Context) (Outcome, error) { return r.reconcile(ctx, r.turn()) }

func (r *Runs) reconcile(ctx context.Context, t turn) (Outcome, error) {
	r.pass.Lock()
	defer r.pass.Unlock()
	replayed, err := r.replay(ctx)
	if err != nil {
		return Outcome{Changed: replayed}, err
	}
	out, err := r.step(ctx, t)
	if err == nil && (out.Action == Nothing || out.Action == Waited) && out.FabricErr == nil {
		var filled bool
		if out, err = r.gather(ctx, t, out); err != nil {
			return out, err
		}
		if filled, err = r.fill(ctx); filled && out.Action == Nothing {
			out.Action = Filled
		}
		out.Changed = out.Changed || filled
	}
	out.Changed = out.Changed || replayed
	return out, err
}

func (r *Runs) step(ctx context.Context, t turn) (Outcome, error) {
	var a Active
	err := r.within(ctx, func(ctx context.Context) (err error) { a, err = r.db.Active(ctx); return err })
	if err != nil {
		return Outcome{}, err
	}
	out := Outcome{Run: a.Card.RunID}
	if a.Run != nil {
		out.Status, out.InputFile = a.Run.Status, a.Run.InputFile
	}
	switch {
	case !a.Card.Held():
		return out, nil
	case a.Run == nil:
		out.Action = Undecided // the lock names a run that does not exist: nothing can be recorded about it
		return out, nil
	case a.Run.Status.Terminal():
		return r.release(ctx, out, *a.Run)
	case !r.Follows(*a.Run) && (a.Run.JobID != "" || a.Intent != nil):
		out.Action = Waited // a desktop that is set up for the run's pipeline asks there, or a person decides
		return out, nil
	case a.Run.JobID != "" && !isJob(a.Run.JobID):
		out.Action = Undecided // no rule of ours writes that
		return out, nil
	case a.Run.JobID != "":
		return r.poll(ctx, t, out, *a.Run, a.Card.AsOf)
	case a.Run.Status != Submitted:
		out.Action = Undecided // moved up without a job: no rule of ours does that
		return out, nil
	case a.Intent == nil:
		return r.neverStarted(ctx, out, a)
	}
	return r.inDoubt(ctx, t, out, a)
}

func (r *Runs) release(ctx context.Context, out Outcome, run Run) (Outcome, error) {
	e := onceEvent(run.ID, Log, "released", tell("released", "Me", r.me(), "State", string(run.Status)))
	err := r.within(ctx, func(ctx context.Context) (err error) {
		out.Changed, err = r.db.ReleaseEnded(ctx, run.ID, e)
		return err
	})
	if out.Changed {
		out.Action, out.Why = Released, plain(run.ErrorMessage)
	}
	return out, err
}

// neverStarted closes a run that was created but whose desktop never came to sending it. Safe at any age: that
// desktop's intent would find the run closed.
func (r *Runs) neverStarted(ctx context.Context, out Outcome, a Active) (Outcome, error) {
	age := a.Card.AsOf.Sub(a.Card.LockedAt)
	if age < r.timing.Orphan {
		out.Action = Waited
		return out, nil
	}
	return r.abandon(ctx, out, Ending{
		RunID: a.Run.ID, To: Failed, Guard: WithoutIntent, ErrorMessage: failure(tell("never_sent")),
		Reason: stored(tell("never_started", "Me", r.me(), "Age", age.Round(time.Second))),
	})
}

func (r *Runs) abandon(ctx context.Context, out Outcome, e Ending) (Outcome, error) {
	if e.Guard != WithoutIntent { // else nothing was ever sent
		e = r.stillPublished(ctx, e)
	}
	err := r.within(ctx, func(ctx context.Context) (err error) { out.Changed, err = r.db.End(ctx, e); return err })
	if out.Changed {
		out.Action, out.Status, out.Why = Abandoned, Failed, plain(e.ErrorMessage)
	}
	return out, err
}

// replay brings the job ids kept on this computer into the database.
func (r *Runs) replay(ctx context.Context) (changed bool, err error) {
	entries, _ := r.outbox.All() // a file that can't be read is left for a person; its job is found by its marker
	for _, e := range entries {
		run, err := r.run(ctx, e.RunID)
		if _, ok := errors.AsType[*UnknownRunError](err); ok {
			continue // of a database that has since been replaced
		}
		if err != nil {
			return changed, err
		}
		reason := stored(tell("kept", "Me", r.me(), "Job", e.JobID))
		url := r.fabric.JobURL(run.PipelineItemID, e.JobID) // rebuilt, as a file is to be trusted no more than a row
		err = r.save(ctx, Link{RunID: e.RunID, JobID: e.JobID, JobURL: url, Reason: reason}, run)
		var late *LateError
		if err != nil && !errors.As(err, &late) {
			return changed, err
		}
		changed = true
	}
	return changed, nil
}

// poll is step 5: one desktop at a time asks Fabric, and moves the run as far as the answer goes.
func (r *Runs) poll(ctx context.Context, t turn, out Outcome, run Run, now time.Time) (Outcome, error) {
	out.Action = Waited
	item, ours := r.item(run)
	if !ours || !r.mayAsk(run.ID) {
		return out, nil
	}
	if out.again = r.until(t, run, now); out.again > 0 {
		return out, nil
	}
	if err := r.at("before_poll_claim"); err != nil {
		return out, err
	}
	var mine bool
	err := r.within(ctx, func(ctx context.Context) (err error) {
		mine, err = r.db.ClaimPoll(ctx, run.ID, t.every)
		return err
	})
	if err != nil || !mine {
		return out, err
	}
	if err := r.at("after_claim"); err != nil {
		return out, err
	}
	out.Action, out.AskedFabric, out.Changed = Polled, true, true
	r.mu.Lock()
	r.polled = run.ID
	r.mu.Unlock()
	var job pipelines.JobInstance
	err = r.within(ctx, func(ctx context.Context) (err error) {
		job, err = r.fabric.Get(ctx, item, run.JobID)
		return err
	})
	out.FabricErr = err
	r.waitFor(run.ID, job.RetryAfter)
	var gone *pipelines.NotFoundError
	switch {
	case errors.As(err, &gone):
		out.FabricErr = nil // it answered, only not what was hoped for
		return r.jobUnknown(ctx, out, run, now)
	case err != nil:
		r.pauseAfter(err)
		return out, nil // nothing is known, so nothing changes
	}
	if err := r.jobKnownAgain(ctx, run); err != nil {
		return out, err
	}
	if err := r.noteActivities(ctx, run, job, now); err != nil {
		return out, err
	}
	return r.follow(ctx, out, run, job, now)
}

// follow moves the run to what Fabric says of its job.
func (r *Runs) follow(ctx context.Context, out Outcome, run Run, job pipelines.JobInstance, now time.Time) (Outcome, error) {
	said := r.jobSays(job)
	switch job.Status {
	case pipelines.NotStarted:
		return r.move(ctx, out, Move{RunID: run.ID, To: Queued, Reason: stored(said)})
	case pipelines.InProgress:
		return r.move(ctx, out, Move{RunID: run.ID, To: Running, Reason: stored(said)})
	case pipelines.Completed:
		return r.succeed(ctx, out, run, said, now)
	case pipelines.JobFailed:
		if job.FailureCode == "RequestExecutionFailed" && r.inGrace(run, now) {
			return out, nil
		}
		return r.fail(ctx, out, run, job, said)
	case pipelines.Cancelled:
		return r.cancelled(ctx, out, run, job, said)
	case pipelines.Deduped:
		return r.end(ctx, out, Ending{RunID: run.ID, To: Failed, ErrorMessage: failure(tell("skipped")), Reason: stored(said)})
	}
	e := onceEvent(run.ID, Warning, "status "+string(job.Status), tell("job_strange", "Said", said))
	return out, r.addEvent(ctx, e)
}

func (r *Runs) move(ctx context.Context, out Outcome, m Move) (Outcome, error) {
	var moved bool
	err := r.within(ctx, func(ctx context.Context) (err error) { moved, err = r.db.Move(ctx, m); return err })
	if moved {
		out.Action, out.Status = Moved, m.To
	}
	return out, err
}

// inGrace tells whether the run's job is so young that Fabric may not know it yet, or may say RequestExecutionFailed of
// it for a second or two (docs/fabric.md §2.3). now is the database's clock.
func (r *Runs) inGrace(run Run, now time.Time) bool {
	return run.StartedAt != nil && now.Sub(*run.StartedAt) < r.timing.Grace
}

// jobUnknown notes that Fabric does not know a job it once gave us: that is no end of the run (docs/fabric.md §3.2).
func (r *Runs) jobUnknown(ctx context.Context, out Outcome, run Run, now time.Time) (Outcome, error) {
	if r.inGrace(run, now) {
		return out, nil
	}
	events, err := r.eventPage(ctx, run.ID)
	if err != nil {
		return out, err
	}
	if n, _, ok := lastNote(events.Rows, evJobUnknown, evJobKnown); ok && n.Ev == evJobUnknown {
		return out, nil
	}
	// The key counts the events before it, so that two desktops write one, and a later disappearance is written again.
	e := noteEvent(run.ID, Warning, fmt.Sprintf("unknown %d", events.Total()), note{Ev: evJobUnknown, JobID: run.JobID,
		Text: stored(tell("job_unknown", "Me", r.me(), "Job", run.JobID))})
	return out, r.addEvent(ctx, e)
}

func (r *Runs) jobKnownAgain(ctx context.Context, run Run) error {
	events, err := r.eventPage(ctx, run.ID)
	if err != nil {
		return err
	}
	if n, _, ok := lastNote(events.Rows, evJobUnknown, evJobKnown); !ok || n.Ev == evJobKnown {
		return nil
	}
	return r.addEvent(ctx, noteEvent(run.ID, Log, fmt.Sprintf("known %d", events.Total()), note{Ev: evJobKnown, JobID: run.JobID,
		Text: stored(tell("job_known", "Me", r.me(), "Job", run.JobID))}))
}

func (r *Runs) events(ctx context.Context, run uuid.UUID) ([]Event, error) {
	page, err := r.eventPage(ctx, run)
	return page.Rows, err
}

func (r *Runs) eventPage(ctx context.Context, run uuid.UUID) (page Events, err error) {
	err = r.within(ctx, func(ctx context.Context) error { page, err = r.db.Events(ctx, run); return err })
	return page, err
}

// turn says when this desktop may ask Fabric about a run that any desktop has asked about: once in every, and where another
// asked last, up to spread later.
type turn struct{ every, spread time.Duration }

// turn is that of a pass nobody waits for. The desktop that asked last asks again, the others come a little later, so that one
// asks as long as it is there.
func (r *Runs) turn() turn { return turn{r.timing.Poll, r.timing.Poll / 2} }

// until is how long it takes until the run may be asked about; 0 for now. It is looked at before the question is claimed: of
// many desktops all but a few leave it at that. now is the database's clock.
func (r *Runs) until(t turn, run Run, now time.Time) time.Duration {
	r.mu.Lock()
	mine := r.polled == run.ID
	r.mu.Unlock()
	due := t.every
	if !mine {
		due += rand.N(t.spread + 1) // #nosec G404 -- a pause, no secret
	}
	age := now.Sub(run.StatusUpdatedAt)
	if age < -NotNow {
		return 0
	}
	return max(due-age, 0)
}

// NotNow is how far in the future the time of a run's last question may lie before it is taken for somebody's mistake, which
// must not keep the run from being asked about.
const NotNow = time.Hour

// mayAsk tells whether this desktop may ask Fabric about the run now.
func (r *Runs) mayAsk(run uuid.UUID) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.clock.Now()
	return !now.Before(r.pausedTo) && !now.Before(r.notUntil[run])
}

// pauseAfter leaves asking Fabric to other desktops for a while after an error about this desktop's own identity, or
// when Fabric asks for less.
func (r *Runs) pauseAfter(err error) {
	var denied *pipelines.UnauthorizedError
	var service *pipelines.ServiceError
	var pause time.Duration
	switch {
	case errors.As(err, &denied):
		pause = r.timing.Access
	case errors.As(err, &service) && service.Throttled():
		pause = min(max(service.RetryAfter, r.timing.Poll), maxRetryAfter)
	default:
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pausedTo = r.clock.Now().Add(pause)
}
