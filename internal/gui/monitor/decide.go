package monitor

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"github.com/google/uuid"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/dialogs"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/runs"
)

// Decisions is what the screen asks for where the evidence does not decide and a person must.
type Decisions interface {
	// Examine asks Fabric about the run that holds the lock and says what can be decided.
	Examine(ctx context.Context, run uuid.UUID) (runs.Doubt, error)
	// Adopt gives the run the job that the user names.
	Adopt(ctx context.Context, run uuid.UUID, jobID string) error
	// Dismiss records that jobs are not the run's.
	Dismiss(ctx context.Context, run uuid.UUID, jobIDs []string, why string) error
	// Unlock closes the run without an answer from Fabric; confirm is its short id as the user typed it.
	Unlock(ctx context.Context, run uuid.UUID, confirm, why string) error
}

// decider leads a person through a decision: Fabric is asked first, then what can be decided is shown, and each decision
// is asked for once more.
type decider struct {
	screen *Screen
	slot   *tasks.Slot
	button *controls.Button
	shown  *dialogs.Dialog
}

func newDecider(s *Screen) *decider {
	d := &decider{screen: s, slot: s.shell.Runner.NewSlot()}
	d.button = controls.NewPrimary("monitor.decide", words.T("Look and decide…"), d.examine)
	d.button.Hide()
	return d
}

// show offers the decision while the run needs a person.
func (d *decider) show(phase runs.Phase) {
	controls.Toggle(d.button, phase.Kind == runs.PhaseNeedsYou)
	d.button.Enabled(!d.slot.Busy())
}

func (d *decider) examine() {
	if d.screen.latest.Run == nil || d.slot.Busy() {
		return
	}
	id := d.screen.latest.Run.ID
	tasks.Start(d.slot, func(ctx context.Context, _ func(int64, int64)) (runs.Doubt, error) {
		return d.screen.actions.Examine(ctx, id)
	}, nil, func(found runs.Doubt, err error) {
		d.button.Enabled(true)
		if err != nil {
			d.screen.shell.Dialogs.Tell(words.T("Fabric could not be asked about the run"), d.screen.shell.Error(err))
			return
		}
		d.offer(found)
	})
	d.button.Enabled(false)
}

// offer shows what Fabric said and what can be decided.
func (d *decider) offer(found runs.Doubt) {
	s := d.screen
	rows := controls.Column(12, controls.NewText(upper(sentenceOf(found))+".").Fitted(controls.Wrap))
	for _, c := range found.Candidates {
		rows.Add(d.candidate(found, c))
	}
	if found.CanClose {
		rows.Add(controls.Line(0, controls.NewQuiet("decide.close", words.T("Close this run by hand…"), func() { d.then(func() { d.askUnlock(found) }) })))
	}
	d.shown = s.shell.Dialogs.Show(words.T("This run needs a decision"), rows)
}

// candidate is one job that could be the run's, with what can be decided about it.
func (d *decider) candidate(found runs.Doubt, c runs.Candidate) fyne.CanvasObject {
	job := c.Job
	started := words.T("not started yet")
	if job.Start != nil {
		started = words.T("started {{.When}}", "When", words.When(*job.Start, d.screen.shell.Now()))
	}
	note := words.T("{{.State}} in Fabric, {{.Started}}", "State", jobWord(job.Status), "Started", started)
	switch {
	case c.Matched:
		note += " · " + words.T("carries this run's id")
	case c.Dismissed:
		note += " · " + words.T("dismissed")
	}
	buttons := controls.Line(style.Small, controls.NewButton("decide.adopt."+job.ID, words.T("This is the run's job"), func() { d.then(func() { d.askAdopt(found, c) }) }))
	if !c.Matched && !c.Dismissed {
		buttons.Add(controls.NewQuiet("decide.dismiss."+job.ID, words.T("Not this job…"), func() { d.then(func() { d.askDismiss(found, c) }) }))
	}
	return controls.Panel(12, controls.Column(style.Tight, controls.NewText(job.ID).Bold().Fitted(controls.Cut), controls.NewCaption(note).Fitted(controls.Wrap), buttons))
}

// then closes what is shown before the next question.
func (d *decider) then(next func()) {
	d.shown.Close()
	next()
}

func (d *decider) askAdopt(found runs.Doubt, c runs.Candidate) {
	d.screen.shell.Dialogs.Ask(dialogs.Question{
		Title: words.T("Does this job belong to the run?"),
		Body:  []string{c.Job.ID, words.T("The run then follows this job in Fabric and ends with it. Your decision is recorded.")},
		Yes:   words.T("Adopt the job"),
		Do: func() {
			d.carryOut(words.T("The job was not adopted"), func(ctx context.Context) error {
				return d.screen.actions.Adopt(ctx, found.Run.ID, c.Job.ID)
			})
		},
	})
}

func (d *decider) askDismiss(found runs.Doubt, c runs.Candidate) {
	why := controls.NewEntry("decide.why", words.T("Why, such as: started by hand in Fabric"), nil)
	d.screen.shell.Dialogs.Ask(dialogs.Question{
		Title: words.T("Dismiss this job?"),
		Body:  []string{c.Job.ID, words.T("If one job is left, it becomes the run's job. If none is left, the run ends as failed. Your reason is recorded.")},
		Extra: []fyne.CanvasObject{why},
		Yes:   words.T("Dismiss the job"),
		Do: func() {
			d.carryOut(words.T("The job was not dismissed"), func(ctx context.Context) error {
				return d.screen.actions.Dismiss(ctx, found.Run.ID, []string{c.Job.ID}, why.Text)
			})
		},
	})
}

func (d *decider) askUnlock(found runs.Doubt) {
	short := runs.ShortID(found.Run.ID)
	confirm := controls.NewEntry("decide.confirm", words.T("Type {{.ID}} to confirm", "ID", short), nil)
	why := controls.NewEntry("decide.why", words.T("Why, such as: Fabric's monitor shows no job"), nil)
	d.screen.shell.Dialogs.Ask(dialogs.Question{
		Title:   words.T("Close run {{.ID}} by hand?", "ID", short),
		Body:    []string{words.T("The run ends as failed, without an answer from Fabric. The lock is released. Your name and reason are recorded.")},
		Extra:   []fyne.CanvasObject{confirm, why},
		Warning: words.T("If its job still runs in Fabric, a second run could damage the published results. Look at Fabric's monitor first."),
		Yes:     words.T("Close run {{.ID}}", "ID", short),
		Danger:  true,
		Do: func() {
			d.carryOut(words.T("The run was not closed"), func(ctx context.Context) error {
				return d.screen.actions.Unlock(ctx, found.Run.ID, confirm.Text, why.Text)
			})
		},
	})
}

// carryOut does what was decided, elsewhere, and tells when it was refused.
func (d *decider) carryOut(failed string, work func(ctx context.Context) error) {
	tasks.Start(d.slot, func(ctx context.Context, _ func(int64, int64)) (struct{}, error) { return struct{}{}, work(ctx) }, nil, func(_ struct{}, err error) {
		d.button.Enabled(true)
		d.screen.actions.Refresh()
		if err != nil {
			d.screen.shell.Dialogs.Tell(failed, d.screen.shell.Error(err))
		}
	})
	d.button.Enabled(false)
}

func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// sentenceOf is why a decision may not be made, or what it means.
func sentenceOf(d runs.Doubt) string {
	if d.Said == nil {
		return d.Sentence
	}
	return d.Said.Say(words.Writer())
}

// jobWord is what Fabric calls the state of a job, in the user's language.
func jobWord(s pipelines.JobStatus) string {
	switch s {
	case pipelines.NotStarted:
		return words.T("queued")
	case pipelines.InProgress:
		return words.T("running")
	case pipelines.Completed:
		return words.T("completed")
	case pipelines.JobFailed:
		return words.T("failed")
	case pipelines.Cancelled:
		return words.T("cancelled")
	case pipelines.Deduped:
		return words.T("skipped")
	}
	return string(s)
}
