package monitor

import (
	"context"
	"net/url"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"github.com/google/uuid"

	"fabricportal/internal/format"
	"fabricportal/internal/gui/bindings"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/dialogs"
	"fabricportal/internal/gui/frame"
	"fabricportal/internal/gui/lead"
	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/timeline"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/runs"
)

// Actions is what the screen asks for.
type Actions interface {
	// Cancel asks Fabric to cancel a run's job.
	Cancel(ctx context.Context, run uuid.UUID) error
	// Refresh asks everything that the screens show again soon.
	Refresh()
	Decisions
}

// Screen is the screen Monitor.
type Screen struct {
	Content fyne.CanvasObject

	shell   *shell.Shell
	actions Actions
	screen  *bindings.Screen[feeds.Monitor]
	latest  feeds.Monitor
	frame   feeds.Frame
	cancel  *tasks.Slot
	decider *decider
	// expected is a run that was just started here: until the database tells of it, what was there before is not shown.
	expected uuid.UUID
	expectBy time.Time

	stale      *controls.Banner
	mark       *controls.Mark
	headline   *controls.Text
	below      *controls.Text
	phase      *controls.Banner
	problem    *controls.Banner
	steps      *stepBar
	activities *gantt
	noActivity *controls.Empty
	overdue    *controls.Banner
	events     *timeline.Timeline
	jobLink    *linkButtons
	bookLink   *linkButtons
	sparkLink  *linkButtons
	cancelBtn  *controls.Button
	details    *controls.Button
	cancelling uuid.UUID // the run that Fabric was asked to cancel from here
	done       *outcome
	nothing    *lead.Place
	portal     lead.Portal
	run        *fyne.Container
}

// New makes the screen.
func New(sh *shell.Shell, feed bindings.Feed[feeds.Monitor], actions Actions) *Screen {
	s := &Screen{shell: sh, actions: actions, cancel: sh.Runner.NewSlot()}
	s.stale, s.phase, s.problem = controls.NewBanner(), controls.NewBanner(), controls.NewBanner()
	s.mark = controls.NewMark("", style.Muted)
	s.headline = controls.NewText("").Sized(style.Figure).Bold().Fitted(controls.Wrap).AtMost(2)
	s.below = controls.NewText("").Colored(style.Muted).Fitted(controls.Cut)
	s.steps = newStepBar()
	s.noActivity = controls.NewEmpty(words.T("No activities yet"), words.T("They appear when Fabric has started the pipeline."))
	s.activities = newGantt()
	s.overdue = controls.NewBanner()
	s.events = timeline.New("monitor.event")
	timeline.ShowDetails(s.events, sh)
	s.jobLink = newLinkButtons(s, "monitor.job", words.T("Pipeline in Fabric"))
	s.bookLink = newLinkButtons(s, "monitor.notebook", words.T("Notebook in Fabric"))
	s.sparkLink = newLinkButtons(s, "monitor.spark", words.T("Spark in Fabric"))
	s.cancelBtn = controls.NewQuiet("monitor.cancel", words.T("Cancel this run…"), s.askCancel)
	s.decider = newDecider(s)
	s.done = newOutcome(sh)
	s.details = controls.NewQuiet("monitor.details", words.T("Details"), s.showDetails)
	refresh := controls.NewButton("monitor.refresh", words.T("Refresh"), actions.Refresh)
	s.nothing = lead.NewPlace(sh, "monitor.lead")
	s.nothing.Show(lead.Monitor(s.portal, ""))

	head := controls.Border(nil, nil, controls.Pad(0, 0, 0, 12, s.mark), controls.Pad(0, 0, 12, 0, container.NewCenter(controls.Line(style.Small, s.details, refresh))),
		controls.Column(2, s.headline, s.below))
	links := controls.Line(style.Small, s.cancelBtn, controls.Fill(), s.jobLink.Container, s.bookLink.Container, s.sparkLink.Container)
	top := controls.Column(12, controls.NewNotices(nil, s.phase, s.problem, s.overdue).Container, controls.Line(0, s.decider.button), s.done.Container, s.steps.Container)
	activities := controls.Border(controls.Pad(style.Small, style.Tight, 0, 0, controls.NewHeading(words.T("Activities"))), nil, nil, nil,
		container.NewStack(controls.Pad(style.Small, 0, 0, style.Small, s.activities), s.noActivity.Container))
	// In a low window what is below the headline is scrolled to.
	below := controls.NewVScroll("monitor.scroll", controls.Border(top, nil, nil, nil, activities))
	left := controls.Panel(style.Medium, controls.Border(controls.Pad(0, style.Medium, 0, 0, head), controls.Pad(style.Small, 0, 0, 0, links), nil, nil, below))
	right := controls.Panel(style.Medium, controls.Border(controls.Pad(0, 12, 0, 0, controls.NewHeading(words.T("Timeline"))), nil, nil, nil, s.events))
	s.run = controls.Beside(left, right, controls.Side{Part: 0.34, Least: 300, Most: 460, Below: [2]float32{300, 200}})
	s.run.Hide()
	s.Content = controls.Above(s.stale, container.NewStack(s.run, s.nothing.Container))
	s.screen = bindings.Bind(sh.Runner, feed, s.show)
	return s
}

// InSight says whether the screen can be seen.
func (s *Screen) InSight(yes bool) { s.screen.InSight(yes) }

// Stop ends the subscription.
func (s *Screen) Stop() { s.screen.Stop() }

// Frame tells the screen how the lock stands.
func (s *Screen) Frame(f feeds.Frame) { s.frame = f }

// Lead tells the screen what the portal has, for as long as it has nothing to show.
func (s *Screen) Lead(p lead.Portal) {
	s.portal = p
	s.nothing.Show(lead.Monitor(p, s.latest.Sentence))
}

// expectFor bounds how long a run that was just started may hide what the database tells.
const expectFor = 15 * time.Second

// Expect shows a run that was just started, before the next look at the database tells of it.
func (s *Screen) Expect(r runs.Run) {
	if r.ID == uuid.Nil {
		return
	}
	s.show(feeds.Monitor{Run: &r, Loaded: true})
	s.expected, s.expectBy = r.ID, s.shell.Now().Add(expectFor)
}

func (s *Screen) show(m feeds.Monitor) {
	now := s.shell.Now()
	switch {
	case s.expected == uuid.Nil:
	case m.Run != nil && m.Run.ID == s.expected, now.After(s.expectBy):
		s.expected = uuid.Nil
	default:
		return
	}
	s.latest = m
	controls.Toggle(s.run, m.Run != nil)
	controls.Toggle(s.nothing.Container, m.Run == nil)
	if m.Run == nil {
		s.stale.Set(controls.StateWarn, "") // it is said in the middle
		s.nothing.Show(lead.Monitor(s.portal, m.Sentence))
		return
	}
	s.stale.Set(controls.StateWarn, m.Sentence)
	r := *m.Run
	h := HeadlineOf(m, Known{Restore: s.shell.Restore(r), Cancelling: s.cancelling == r.ID || runs.AskedToCancel(m.Events)}, s.frame.Lock, now)
	s.mark.Set(h.State.Shape, h.State.Color)
	s.headline.Set(h.Text)
	s.below.Set(h.Below)
	s.showPhase(m)
	s.decider.show(m.Phase)
	s.showProblem(m)
	s.steps.set(Steps(r, m.Events, now))
	if r.Status.Terminal() && len(m.Activities) == 0 {
		s.noActivity.Set(words.T("No activities are known"), words.T("Fabric lists none for this run."))
	} else {
		s.noActivity.Set(words.T("No activities yet"), words.T("They appear when Fabric has started the pipeline."))
	}
	at := s.frame.Lock.AsOf // the database's clock, as are the run's times
	if at.IsZero() {
		at = now
	}
	s.activities.set(PlanOf(m, at))
	controls.Toggle(s.activities, len(m.Activities) > 0)
	controls.Toggle(s.noActivity.Container, len(m.Activities) == 0)
	s.showOverdue(m)
	s.done.show(r)
	s.events.Set(timeline.Newest(m.Events, m.EventsHidden), now)
	s.jobLink.open.SetText(words.T("Pipeline in Fabric"))
	if m.JobPage.Own {
		s.jobLink.open.SetText(words.T("Run in Fabric"))
	}
	s.jobLink.set(m.JobPage.URL)
	s.bookLink.set(m.NotebookLink)
	s.sparkLink.set(m.SparkLink)
	controls.Toggle(s.cancelBtn, !r.Status.Terminal() && r.JobID != "")
	s.cancelBtn.Enabled(!s.cancel.Busy())
}

func (s *Screen) showPhase(m feeds.Monitor) {
	switch m.Phase.Kind {
	case runs.PhaseChecking:
		sentence := m.Phase.Say(words.Writer())
		if !m.Phase.Until.IsZero() {
			sentence = format.Sentences(sentence, words.T("The lock is released by {{.Time}} at the latest.", "Time", words.Clock(m.Phase.Until, s.shell.Now())))
		}
		s.phase.Set(controls.StateAsking, sentence)
	case runs.PhaseNeedsYou:
		s.phase.Set(controls.StateNeeds, m.Phase.Say(words.Writer()))
	default:
		s.phase.Set(controls.StateNeutral, "")
	}
}

func (s *Screen) showOverdue(m feeds.Monitor) {
	sentence := ""
	if m.Expected != nil && m.Expected.Overdue {
		sentence = words.N(int64(m.Expected.Samples), "It runs longer than usual: the last run took {{.Span}}. Fabric's own page shows what it is doing.",
			"It runs longer than usual: half of the last {{.N}} runs took {{.Span}}. Fabric's own page shows what it is doing.", "Span", words.Span(m.Expected.From, m.Expected.To))
	}
	s.overdue.Set(controls.StateWarn, sentence)
}

func (s *Screen) showProblem(m feeds.Monitor) {
	sentence := ""
	if m.Run.Status == runs.Failed {
		sentence = format.Standing(m.Run.Failure(words.Writer()))
		if sentence == "" {
			sentence = words.T("The run failed. The reason is not recorded. Look at its activities, or at the notebook in Fabric.")
		}
	}
	state := controls.StateBad
	if m.Run.Cancelled() { // somebody wanted it so
		state = controls.StateNeutral
	}
	s.problem.Set(state, sentence)
}

// showDetails opens a card with the run's ids, to be copied.
func (s *Screen) showDetails() {
	if s.latest.Run == nil {
		return
	}
	frame.ShowDetails(s.shell, s.details, "monitor.details", frame.RunDetails(*s.latest.Run, s.shell.Now()))
}

func (s *Screen) askCancel() {
	if s.latest.Run == nil || s.cancel.Busy() {
		return
	}
	r := *s.latest.Run
	s.shell.Dialogs.Ask(dialogs.Question{
		Title:  words.T("Cancel the run of {{.File}}?", "File", r.InputFile),
		Body:   []string{words.T("Fabric is asked to stop the run. It ends as failed. Results stays as it is.")},
		Yes:    words.T("Cancel the run"),
		No:     words.T("Let it run"),
		Danger: true,
		Do:     func() { s.startCancel(r.ID) },
	})
}

func (s *Screen) startCancel(id uuid.UUID) {
	tasks.Start(s.cancel, func(ctx context.Context, _ func(int64, int64)) (struct{}, error) {
		return struct{}{}, s.actions.Cancel(ctx, id)
	}, nil, func(_ struct{}, err error) {
		s.cancelBtn.Enabled(true)
		s.actions.Refresh()
		if err == nil {
			s.cancelling = id // until the database tells of it
			s.show(s.latest)
		} else {
			s.shell.Dialogs.Tell(words.T("The run was not cancelled"), s.shell.Error(err))
		}
	})
	s.cancelBtn.Enabled(false)
}

// linkButtons opens a page of Fabric, or copies its address: both only when they are clicked.
type linkButtons struct {
	*fyne.Container
	open    *controls.Button
	address string
}

func newLinkButtons(s *Screen, name, text string) *linkButtons {
	l := &linkButtons{}
	l.open = controls.NewButton(name, text, func() {
		u, err := url.Parse(l.address)
		if err == nil {
			err = s.shell.OpenURL(u)
		}
		if err != nil {
			s.shell.Dialogs.Tell(words.T("The page can't be opened"), s.shell.Error(err))
		}
	})
	copied := controls.NewQuiet(name+".copy", words.T("Copy"), func() { s.shell.Copy(lettering.Copy(l.address)) })
	l.Container = controls.Line(0, l.open, copied)
	l.Hide()
	return l
}

func (l *linkButtons) set(address string) {
	l.address = address
	controls.Toggle(l.Container, address != "")
}
