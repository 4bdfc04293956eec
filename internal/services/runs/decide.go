package runs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"fabricportal/internal/services/fabric/pipelines"
)

// What the evidence does not decide, a person does: which job is the run's, or that the run is to be closed. Each
// decision looks at Fabric again first, and leaves an event with who, why and what Fabric said.

// Candidate is a job in Fabric that could be a run's.
type Candidate struct {
	Job       pipelines.JobInstance
	Matched   bool // its parameters carry the run's id
	Dismissed bool // somebody said that it is not the run's
}

// Doubt is what a person needs to see before deciding about the run that holds the lock.
type Doubt struct {
	Run        Run
	Since      time.Time   // when the start request was sent, or when Fabric stopped knowing the job
	Candidates []Candidate // for a run without a job
	Live       string      // what Fabric says now of the run's job; "" for a run without one
	CanClose   bool        // the run may be closed by hand
	Sentence   string      // why it may not, or what closing means
}

// DecisionError says that a decision was not carried out, and why.
type DecisionError struct{ Sentence string }

func (e *DecisionError) Error() string { return e.Sentence }

func refuseDecision(format string, a ...any) error {
	return &DecisionError{Sentence: fmt.Sprintf(format, a...)}
}

// nextLook says when a rule is carried out: somebody must look, and nobody needs to have a window open for it.
const nextLook = "with the next look at it, by a window that is open, by “watch”, or by a command such as “status”"

// Examine asks Fabric about the run that holds the lock and says what can be decided. The error is the database's, or
// Fabric's where it could not be asked.
func (r *Runs) Examine(ctx context.Context, run uuid.UUID) (Doubt, error) {
	a, err := r.holder(ctx, run)
	if err != nil {
		return Doubt{}, err
	}
	d := Doubt{Run: *a.Run}
	events, err := r.events(ctx, run)
	if err != nil {
		return d, err
	}
	if a.Run.JobID != "" {
		return r.examineJob(ctx, d, events, a.Card.AsOf)
	}
	if a.Run.Status != Submitted {
		d.CanClose, d.Sentence = true, fmt.Sprintf("the run is %s without a job in Fabric, which this program never writes", a.Run.Status)
		return d, nil
	}
	if a.Intent == nil {
		d.Since = a.Card.LockedAt
		d.Sentence = fmt.Sprintf("no start request was recorded: the run is closed %s after it was asked for, %s", r.timing.Orphan, nextLook)
		return d, nil
	}
	d.Since = a.Intent.Time
	if !r.Follows(*a.Run) {
		return r.examineForeign(d, a.Card.AsOf), nil
	}
	ev, err := r.gatherEvidence(ctx, a)
	if err != nil {
		return d, fmt.Errorf("asking Fabric about the run's jobs: %w", err)
	}
	for _, group := range []struct {
		jobs      []pipelines.JobInstance
		candidate Candidate
	}{{ev.matched, Candidate{Matched: true}}, {ev.possible, Candidate{}}, {ev.dismissed, Candidate{Dismissed: true}}} {
		for _, j := range group.jobs {
			c := group.candidate
			c.Job = j
			d.Candidates = append(d.Candidates, c)
		}
	}
	switch age := a.Card.AsOf.Sub(a.Intent.Time); {
	case len(ev.matched)+len(ev.possible) > 0:
		d.Sentence = "jobs in Fabric could be the run's: adopt the right one, and dismiss those that are not"
	case age < r.timing.NoJob:
		d.Sentence = fmt.Sprintf("Fabric shows no job yet; if none comes, the run is closed %s after the start request, %s", r.timing.NoJob, nextLook)
	default:
		d.CanClose, d.Sentence = true, "Fabric shows no job that could be the run's"
	}
	return d, nil
}

func (r *Runs) examineJob(ctx context.Context, d Doubt, events []Event, now time.Time) (Doubt, error) {
	item, ours := r.item(d.Run)
	if !ours {
		return r.examineForeign(d, now), nil
	}
	if !isJob(d.Run.JobID) {
		d.CanClose, d.Sentence = true, noJobSentence(d.Run)
		return d, nil
	}
	var job pipelines.JobInstance
	err := r.within(ctx, func(ctx context.Context) (err error) {
		job, err = r.fabric.Get(ctx, item, d.Run.JobID)
		return err
	})
	var gone *pipelines.NotFoundError
	switch {
	case errors.As(err, &gone):
		d.Live = "unknown to Fabric"
		n, e, ok := lastNote(events, evJobUnknown, evJobKnown)
		if !ok || n.Ev != evJobUnknown {
			d.Sentence = "Fabric does not know the job at the moment; it is asked again"
			return d, nil
		}
		d.Since = e.Time
		if age := now.Sub(e.Time); age < r.timing.Unknown {
			d.Sentence = fmt.Sprintf("Fabric has not known the job for %s; it can be closed by hand after %s", age.Round(time.Second), r.timing.Unknown)
			return d, nil
		}
		d.CanClose, d.Sentence = true, "Fabric does not know the job any more"
		return d, nil
	case err != nil:
		return d, fmt.Errorf("asking Fabric about job %s: %w", d.Run.JobID, err)
	}
	d.Live = string(job.Status)
	switch job.Status {
	case pipelines.NotStarted, pipelines.InProgress:
		d.Sentence = fmt.Sprintf("Fabric says that the job is %s: cancel it instead", job.Status)
	case pipelines.Completed, pipelines.JobFailed, pipelines.Cancelled, pipelines.Deduped:
		n, _, ok := lastNote(events, evNoOutputs, evUnsure)
		switch {
		case job.Status == pipelines.Completed && ok && n.Ev == evUnsure:
			d.CanClose, d.Sentence = true, "Fabric says that the job is Completed, but its outputs are not in this lakehouse"
		case job.Status == pipelines.Completed && ok:
			d.Sentence = fmt.Sprintf("Fabric says that the job is Completed, but its outputs are not there: they are looked for for %s, then the run counts as failed", r.timing.Outputs)
		default:
			d.Sentence = fmt.Sprintf("Fabric says that the job is %s: the run ends %s", job.Status, nextLook)
		}
	default: // a word that this program does not know: no rule will ever end the run
		d.CanClose, d.Sentence = true, fmt.Sprintf("Fabric says %s of the job, a word that this program does not know", Clean(string(job.Status), 60))
	}
	return d, nil
}

// holder is the lock with the given run; *DecisionError when another or none holds it.
func (r *Runs) holder(ctx context.Context, run uuid.UUID) (Active, error) {
	var a Active
	err := r.within(ctx, func(ctx context.Context) (err error) { a, err = r.db.Active(ctx); return err })
	switch {
	case err != nil:
		return a, err
	case a.Card.RunID != run:
		return a, refuseDecision("run %s does not hold the lock any more: nothing needs to be decided", ShortID(run))
	case a.Run == nil:
		return a, refuseDecision("the lock names run %s, which the database does not have: it can only be unlocked", ShortID(run))
	case a.Run.Status.Terminal():
		return a, refuseDecision("run %s has ended as %s: nothing needs to be decided", ShortID(run), a.Run.Status)
	}
	return a, nil
}

// Adopt gives the run that holds the lock the job that a person names; it must be one of the candidates now.
func (r *Runs) Adopt(ctx context.Context, run uuid.UUID, jobID, by string) error {
	d, err := r.Examine(ctx, run)
	if err != nil {
		return err
	}
	if d.Run.JobID != "" {
		return refuseDecision("run %s has its job already", ShortID(run))
	}
	i := slices.IndexFunc(d.Candidates, func(c Candidate) bool { return strings.EqualFold(c.Job.ID, jobID) })
	if i < 0 {
		return refuseDecision("job %s is none of the jobs that could be this run's", Clean(jobID, 60))
	}
	job, item := d.Candidates[i].Job, d.Run.PipelineItemID
	if err := r.at("before_adopt"); err != nil {
		return err
	}
	err = r.within(ctx, func(ctx context.Context) error {
		return r.db.LinkJob(ctx, Link{
			RunID: run, JobID: job.ID, JobURL: r.fabric.JobURL(item, job.ID), Adopted: true,
			Reason: fmt.Sprintf("adopted by decision of %s (on %s): job %s, %s in Fabric, out of %d", Clean(by, maxBy), r.me(), job.ID, startText(job), len(d.Candidates)),
		})
	})
	return decided(run, err)
}

// decided words the guards of the database as what they mean to a person who decides.
func decided(run uuid.UUID, err error) error {
	var late *LateError
	var lost *LostError
	if errors.As(err, &late) || errors.As(err, &lost) {
		return refuseDecision("run %s was decided by somebody else in the meantime: look at it again", ShortID(run))
	}
	return err
}

// Dismiss records that jobs are not the run's. When one candidate stays, the next pass adopts it; when none does, the run
// is closed as every run without a job is.
func (r *Runs) Dismiss(ctx context.Context, run uuid.UUID, jobIDs []string, by, why string) error {
	why = strings.TrimSpace(why)
	if why == "" {
		return refuseDecision("say why the job is not this run's: others read it later")
	}
	d, err := r.Examine(ctx, run)
	if err != nil {
		return err
	}
	var ids []string
	for _, id := range jobIDs {
		i := slices.IndexFunc(d.Candidates, func(c Candidate) bool { return strings.EqualFold(c.Job.ID, id) && !c.Dismissed })
		if i < 0 {
			return refuseDecision("job %s is none of the jobs that could be this run's", Clean(id, 60))
		}
		if d.Candidates[i].Matched {
			return refuseDecision("job %s carries this run's id among its parameters: it is this run's, whatever else", d.Candidates[i].Job.ID)
		}
		ids = append(ids, strings.ToLower(d.Candidates[i].Job.ID))
	}
	return r.addEvent(ctx, noteEvent(run, Warning, "", note{Ev: evDismissed, Jobs: ids, By: Clean(by, maxBy),
		Text: fmt.Sprintf("%s (on %s) said that job %s is not this run's: %s", Clean(by, maxBy), r.me(), strings.Join(ids, ", "), Clean(why, 500))}))
}

// Close ends the run that holds the lock as failed, without an answer from Fabric: the last resort. It is refused while
// Fabric says that the job runs, while Fabric can't be asked, and before the rules have had their time. confirm is the
// run's short id, typed by the person.
func (r *Runs) Close(ctx context.Context, run uuid.UUID, confirm, by, why string) error {
	why = strings.TrimSpace(why)
	switch {
	case !strings.EqualFold(strings.TrimSpace(confirm), ShortID(run)):
		return refuseDecision("type %s to confirm: it names the run whose lock is to be released", ShortID(run))
	case why == "":
		return refuseDecision("say why the run is to be closed: others read it later")
	}
	d, err := r.Examine(ctx, run)
	if _, ok := errors.AsType[*DecisionError](err); ok {
		if released, rerr := r.releaseNobody(ctx, run); released || rerr != nil {
			return rerr
		}
	}
	if err != nil {
		return err
	}
	if !d.CanClose {
		return refuseDecision("run %s can't be closed by hand: %s", ShortID(run), d.Sentence)
	}
	sentence := fmt.Sprintf("closed by hand by %s, without an answer from Fabric: %s", Clean(by, maxBy), Clean(why, 500))
	e := r.stillPublished(ctx, Ending{
		RunID: run, To: Failed, Guard: ByHand, ErrorMessage: sentence, Reason: sentence,
		Events: []Event{newEvent(run, ErrorEvent, fmt.Sprintf("%s released the lock by hand (on %s): %s. Fabric: %s",
			Clean(by, maxBy), r.me(), Clean(why, 500), d.Sentence))},
	})
	var ended bool
	err = r.within(ctx, func(ctx context.Context) (err error) {
		ended, err = r.db.End(ctx, e)
		return err
	})
	if err == nil && !ended {
		return refuseDecision("run %s ended in the meantime: nothing needs to be decided", ShortID(run))
	}
	return err
}

// releaseNobody frees a lock that names a run which does not exist: nothing can run for it, and no event can name it.
func (r *Runs) releaseNobody(ctx context.Context, run uuid.UUID) (released bool, err error) {
	err = r.within(ctx, func(ctx context.Context) (err error) { released, err = r.db.ReleaseUnknown(ctx, run); return err })
	return released, err
}

// ShortID is how people name a run: the first thirteen characters, as ids that were made within a minute share eight.
func ShortID(run uuid.UUID) string { return run.String()[:13] }
