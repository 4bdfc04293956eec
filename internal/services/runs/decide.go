package runs

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"fabricportal/internal/format"
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
	Since      time.Time    // when the start request was sent, or when Fabric stopped knowing the job
	Candidates []Candidate  // for a run without a job
	Live       string       // what Fabric says now of the run's job; "" for a run without one
	CanClose   bool         // the run may be closed by hand
	Sentence   string       // why it may not, or what closing means
	Said       *format.Said // the same, for other languages
}

// DecisionError says that a decision was not carried out, and why.
type DecisionError struct {
	Sentence string
	Said     *format.Said // what Sentence says, so that it can be said in other languages; nil where there is only that
}

func (e *DecisionError) Error() string { return e.Sentence }

// Say is part of format.Sayer.
func (e *DecisionError) Say(w format.Writer) string {
	if e.Said == nil {
		return e.Sentence
	}
	return e.Said.Say(w)
}

func refuseDecision(said *format.Said) error {
	return &DecisionError{Sentence: said.Error(), Said: said}
}

// say words what a person needs to see.
func (d *Doubt) say(said *format.Said) { d.Said, d.Sentence = said, said.Error() }

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
		d.CanClose = true
		d.say(format.Say("the run is {{.State}} without a job in Fabric, which this program never writes", "State", a.Run.Status.word()))
		return d, nil
	}
	if a.Intent == nil {
		d.Since = a.Card.LockedAt
		d.say(format.Say("no start request was recorded: the run is closed {{.Wait}} after it was asked for, with the next look at it, "+
			"by a window that is open, by “watch”, or by a command such as “status”", "Wait", r.timing.Orphan))
		return d, nil
	}
	d.Since = a.Intent.Time
	if !r.Follows(*a.Run) {
		return r.examineForeign(d, a.Card.AsOf), nil
	}
	ev, err := r.gatherEvidence(ctx, a)
	if err != nil {
		return d, format.Say("asking Fabric about the run's jobs: {{.Why}}", "Why", err)
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
		d.say(format.Say("jobs in Fabric could be the run's: adopt the right one, and dismiss those that are not"))
	case age < r.timing.NoJob:
		d.say(format.Say("Fabric shows no job yet; if none comes, the run is closed {{.Wait}} after the start request, with the next "+
			"look at it, by a window that is open, by “watch”, or by a command such as “status”", "Wait", r.timing.NoJob))
	default:
		d.CanClose = true
		d.say(format.Say("Fabric shows no job that could be the run's"))
	}
	return d, nil
}

func (r *Runs) examineJob(ctx context.Context, d Doubt, events []Event, now time.Time) (Doubt, error) {
	item, ours := r.item(d.Run)
	if !ours {
		return r.examineForeign(d, now), nil
	}
	if !isJob(d.Run.JobID) {
		d.CanClose = true
		d.say(noJobSentence(d.Run))
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
			d.say(format.Say("Fabric does not know the job at the moment; it is asked again"))
			return d, nil
		}
		d.Since = e.Time
		if age := now.Sub(e.Time); age < r.timing.Unknown {
			d.say(format.Say("Fabric has not known the job for {{.Age}}; it can be closed by hand after {{.Wait}}", "Age", age.Round(time.Second), "Wait", r.timing.Unknown))
			return d, nil
		}
		d.CanClose = true
		d.say(format.Say("Fabric does not know the job any more"))
		return d, nil
	case err != nil:
		return d, format.Say("asking Fabric about the run's job: {{.Why}}", "Why", err)
	}
	d.Live = string(job.Status)
	switch job.Status {
	case pipelines.NotStarted, pipelines.InProgress:
		d.say(format.Say("Fabric says that the job is {{.State}}: cancel it instead", "State", string(job.Status)))
	case pipelines.Completed, pipelines.JobFailed, pipelines.Cancelled, pipelines.Deduped:
		n, _, ok := lastNote(events, evNoOutputs, evUnsure)
		switch {
		case job.Status == pipelines.Completed && ok && n.Ev == evUnsure:
			d.CanClose = true
			d.say(format.Say("Fabric says that the job is Completed, but its outputs are not in this lakehouse"))
		case job.Status == pipelines.Completed && ok:
			d.say(format.Say("Fabric says that the job is Completed, but its outputs are not there: they are looked for for {{.Wait}}, then the run counts as failed", "Wait", r.timing.Outputs))
		default:
			d.say(format.Say("Fabric says that the job is {{.State}}: the run ends with the next look at it, by a window that is open, by “watch”, or by a command such as “status”", "State", string(job.Status)))
		}
	default: // a word that this program does not know: no rule will ever end the run
		d.CanClose = true
		d.say(format.Say("Fabric says {{.State}} of the job, a word that this program does not know", "State", Clean(string(job.Status), 60)))
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
		return a, refuseDecision(format.Say("run {{.Run}} does not hold the lock any more: nothing needs to be decided", "Run", ShortID(run)))
	case a.Run == nil:
		return a, refuseDecision(format.Say("the lock names run {{.Run}}, which the database does not have: it can only be unlocked", "Run", ShortID(run)))
	case a.Run.Status.Terminal():
		return a, refuseDecision(format.Say("run {{.Run}} has ended as {{.State}}: nothing needs to be decided", "Run", ShortID(run), "State", a.Run.Status.word()))
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
		return refuseDecision(format.Say("run {{.Run}} has its job already", "Run", ShortID(run)))
	}
	i := slices.IndexFunc(d.Candidates, func(c Candidate) bool { return strings.EqualFold(c.Job.ID, jobID) })
	if i < 0 {
		return refuseDecision(format.Say("job {{.Job}} is none of the jobs that could be this run's", "Job", Clean(jobID, 60)))
	}
	job, item := d.Candidates[i].Job, d.Run.PipelineItemID
	if err := r.at("before_adopt"); err != nil {
		return err
	}
	err = r.within(ctx, func(ctx context.Context) error {
		return r.db.LinkJob(ctx, Link{
			RunID: run, JobID: job.ID, JobURL: r.fabric.JobURL(item, job.ID), Adopted: true,
			Reason: stored(tell("decided", "N", len(d.Candidates), "Who", Clean(by, maxBy), "Me", r.me(), "Job", job.ID, "Start", startText(job))),
		})
	})
	return decided(run, err)
}

// decided words the guards of the database as what they mean to a person who decides.
func decided(run uuid.UUID, err error) error {
	var late *LateError
	var lost *LostError
	if errors.As(err, &late) || errors.As(err, &lost) {
		return refuseDecision(format.Say("run {{.Run}} was decided by somebody else in the meantime: look at it again", "Run", ShortID(run)))
	}
	return err
}

// Dismiss records that jobs are not the run's. When one candidate stays, the next pass adopts it; when none does, the run
// is closed as every run without a job is.
func (r *Runs) Dismiss(ctx context.Context, run uuid.UUID, jobIDs []string, by, why string) error {
	why = strings.TrimSpace(why)
	if why == "" {
		return refuseDecision(format.Say("say why the job is not this run's: others read it later"))
	}
	d, err := r.Examine(ctx, run)
	if err != nil {
		return err
	}
	var ids []string
	for _, id := range jobIDs {
		i := slices.IndexFunc(d.Candidates, func(c Candidate) bool { return strings.EqualFold(c.Job.ID, id) && !c.Dismissed })
		if i < 0 {
			return refuseDecision(format.Say("job {{.Job}} is none of the jobs that could be this run's", "Job", Clean(id, 60)))
		}
		if d.Candidates[i].Matched {
			return refuseDecision(format.Say("job {{.Job}} carries this run's id among its parameters: it is this run's, whatever else", "Job", d.Candidates[i].Job.ID))
		}
		ids = append(ids, strings.ToLower(d.Candidates[i].Job.ID))
	}
	return r.addEvent(ctx, noteEvent(run, Warning, "", note{Ev: evDismissed, Jobs: ids, By: Clean(by, maxBy),
		Text: stored(tell("dismissed", "Who", Clean(by, maxBy), "Me", r.me(), "Jobs", strings.Join(ids, ", "), "Why", Clean(why, 500)))}))
}

// Close ends the run that holds the lock as failed, without an answer from Fabric: the last resort. It is refused while
// Fabric says that the job runs, while Fabric can't be asked, and before the rules have had their time. confirm is the
// run's short id, typed by the person.
func (r *Runs) Close(ctx context.Context, run uuid.UUID, confirm, by, why string) error {
	why = strings.TrimSpace(why)
	switch {
	case !strings.EqualFold(strings.TrimSpace(confirm), ShortID(run)):
		return refuseDecision(format.Say("type {{.Run}} to confirm: it names the run whose lock is to be released", "Run", ShortID(run)))
	case why == "":
		return refuseDecision(format.Say("say why the run is to be closed: others read it later"))
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
		return refuseDecision(format.Say("run {{.Run}} can't be closed by hand: {{.Why}}", "Run", ShortID(run), "Why", d.Said))
	}
	sentence := tell("closed", "Who", Clean(by, maxBy), "Why", Clean(why, 500))
	e := r.stillPublished(ctx, Ending{
		RunID: run, To: Failed, Guard: ByHand, ErrorMessage: failure(sentence), Reason: stored(sentence),
		Events: []Event{newEvent(run, ErrorEvent, tell("freed",
			"Who", Clean(by, maxBy), "Me", r.me(), "Why", Clean(why, 500), "Said", d.Said))},
	})
	var ended bool
	err = r.within(ctx, func(ctx context.Context) (err error) {
		ended, err = r.db.End(ctx, e)
		return err
	})
	if err == nil && !ended {
		return refuseDecision(format.Say("run {{.Run}} ended in the meantime: nothing needs to be decided", "Run", ShortID(run)))
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
