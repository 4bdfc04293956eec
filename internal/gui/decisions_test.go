package gui

import (
	"context"
	"errors"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/probe"
	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/runs"
)

// decided is what the decisions of a test answer.
var decided struct {
	doubt runs.Doubt
	err   error
}

func (a *actions) Examine(_ context.Context, id uuid.UUID) (runs.Doubt, error) {
	a.note("examine " + id.String())
	return decided.doubt, decided.err
}

func (a *actions) Adopt(_ context.Context, _ uuid.UUID, job string) error {
	a.note("adopt " + job)
	return decided.err
}

func (a *actions) Dismiss(_ context.Context, _ uuid.UUID, jobs []string, why string) error {
	a.note("dismiss " + jobs[0] + ": " + why)
	return decided.err
}

func (a *actions) Unlock(_ context.Context, _ uuid.UUID, confirm, why string) error {
	a.note("unlock " + confirm + ": " + why)
	return decided.err
}

// needing is a window that shows a run which needs a person.
func needing(t *testing.T) (*bench, runs.Run) {
	t.Helper()
	b := newBench(t)
	return b, needs(b)
}

// needs shows a run which needs a person.
func needs(b *bench) runs.Run {
	r := runOf("ben", runs.Submitted)
	decided.err = nil
	decided.doubt = runs.Doubt{Run: r, Sentence: "jobs in Fabric could be the run's", Candidates: []runs.Candidate{
		{Job: pipelines.JobInstance{ID: "job-a", Status: pipelines.InProgress, Start: new(now.Add(-time.Minute))}},
		{Job: pipelines.JobInstance{ID: "job-b", Status: pipelines.Completed, Start: new(now.Add(-2 * time.Minute))}, Dismissed: true},
	}}
	b.w.goTo("Monitor")
	b.monitor.Publish(feeds.Monitor{Loaded: true, Run: &r, Phase: runs.Phase{Kind: runs.PhaseNeedsYou, Sentence: "2 jobs could be it."}})
	b.untilSays("2 jobs could be it.")
	return r
}

// offers tells whether a control is in sight.
func (b *bench) offers(name string) bool {
	for _, c := range b.look().Controls {
		if c.Name == name && c.Visible {
			return true
		}
	}
	return false
}

// typeInto writes into an entry of the window, or of the open dialog.
func (b *bench) typeInto(name, text string) {
	b.t.Helper()
	for _, o := range append(b.w.shell.Dialogs.Contents(), b.w.win.Content()) {
		for _, x := range test.LaidOutObjects(o) {
			if e, ok := x.(*controls.Entry); ok && e.ProbeName() == name {
				e.SetText(text)
				return
			}
		}
	}
	b.t.Fatalf("the window has no %s", name)
}

func TestAPersonAdoptsAJobOnMonitor(t *testing.T) {
	b, r := needing(t)
	b.click("monitor.decide")
	b.untilSays("Jobs in Fabric could be the run's.")
	require.True(t, b.a.was("examine "+r.ID.String()), "Fabric is asked before anything is offered")
	b.clickDialog("decide.adopt.job-a")
	b.untilSays("Does this job belong to the run?")
	require.False(t, b.a.was("adopt job-a"), "it is asked once more")
	b.clickDialog("dialog.confirm")
	b.until("the job is adopted", func(probe.View) bool { return b.a.was("adopt job-a") && b.a.was("refresh") })
}

func TestADismissedJobIsNotOfferedForDismissal(t *testing.T) {
	b, _ := needing(t)
	b.click("monitor.decide")
	b.untilSays("dismissed")
	require.False(t, b.offers("decide.dismiss.job-b"))
	b.clickDialog("decide.dismiss.job-a")
	b.untilSays("Dismiss this job?")
	b.typeInto("decide.why", "the night job")
	b.clickDialog("dialog.confirm")
	b.until("the job is dismissed", func(probe.View) bool { return b.a.was("dismiss job-a: the night job") })
}

func TestARefusedUnlockSaysWhy(t *testing.T) {
	b, r := needing(t)
	decided.doubt.Candidates, decided.doubt.CanClose, decided.doubt.Sentence = nil, true, "Fabric does not know the job any more"
	b.click("monitor.decide")
	b.untilSays("Fabric does not know the job any more.")
	b.clickDialog("decide.close")
	b.untilSays("a second run could damage the published results")
	b.typeInto("decide.confirm", "wrong")
	b.typeInto("decide.why", "stuck")
	decided.err = errors.New("type it to confirm")
	b.clickDialog("dialog.confirm")
	b.untilSays("The run was not closed")
	b.untilSays("Type it to confirm.")
	require.True(t, b.a.was("unlock wrong: stuck"))
	require.NotEmpty(t, r.ID)
}

func TestWithoutAnAnswerOfFabricsNothingIsOffered(t *testing.T) {
	b, _ := needing(t)
	decided.err = errors.New("fabric does not answer")
	b.click("monitor.decide")
	b.untilSays("Fabric could not be asked about the run")
	require.False(t, b.offers("decide.adopt.job-a"))
}
