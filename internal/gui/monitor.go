package gui

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"fabricportal/internal/format"
	"fabricportal/internal/gui/parts"
	"fabricportal/internal/gui/theme"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/pipelines"
	"fabricportal/internal/services/runs"
)

// monitorScreen follows the active run, or shows how the last one ended.
type monitorScreen struct {
	w    *Window
	root fyne.CanvasObject
	snap feeds.Monitor

	headline, phase     *widget.Label
	stale               *widget.Label
	steps               []*step
	facts               *parts.Facts
	failure             *widget.Label
	failureCard         *parts.Card
	activities          *parts.Table
	events              *parts.Timeline
	openJob, openNote   *widget.Button
	copyJob, cancel     *widget.Button
	details, emptyState fyne.CanvasObject
}

// step is one stage of a run's way.
type step struct {
	dot  *parts.Swatch
	text *widget.Label
}

func newMonitorScreen(w *Window) *monitorScreen {
	s := &monitorScreen{w: w, headline: parts.Heading(""), phase: parts.Wrapped(""), stale: parts.Wrapped(""), failure: parts.Wrapped("")}
	s.stale.Importance = widget.WarningImportance
	s.failure.Importance = widget.DangerImportance
	s.failureCard = parts.NewNotice(s.failure, theme.Bad)
	way := container.New(layout.NewCustomPaddedHBoxLayout(4))
	for i := range 4 {
		st := &step{dot: parts.NewSwatch(theme.Line, fyne.NewSize(12, 12), 6), text: widget.NewLabel("")}
		if i > 0 {
			way.Add(container.NewCenter(parts.NewSwatch(theme.Line, fyne.NewSize(48, 2), 0)))
		}
		way.Add(container.NewCenter(st.dot))
		way.Add(st.text)
		s.steps = append(s.steps, st)
	}
	s.facts = parts.NewFacts()
	s.activities = parts.NewTable([]parts.Column{
		{Title: lang.L("Activity in Fabric"), Width: 150}, {Title: lang.L("State"), Width: 90}, {Title: lang.L("Lasted"), Width: 80, Right: true}, {Title: lang.L("What it says"), Width: 120, Grow: true},
	}, nil)
	s.events = parts.NewTimeline()
	refresh := widget.NewButton(lang.L("Refresh"), w.opts.Actions.Refresh)
	s.cancel = parts.Quiet(lang.L("Cancel the run…"), s.confirmCancel)
	s.openJob = widget.NewButton(lang.L("Open in Fabric"), func() { s.open(s.snap.JobLink) })
	s.openNote = widget.NewButton(lang.L("Open the notebook's run"), func() { s.open(s.snap.NotebookLink) })
	s.copyJob = widget.NewButton(lang.L("Copy job location"), func() {
		if s.snap.Run != nil {
			w.app.Clipboard().SetContent(s.snap.Run.JobURL)
			w.header.say(lang.L("The job location was copied"))
		}
	})
	for name, o := range map[string]fyne.CanvasObject{
		"monitor.refresh": refresh, "monitor.cancel": s.cancel, "monitor.open_job": s.openJob, "monitor.open_notebook": s.openNote, "monitor.copy_job": s.copyJob,
	} {
		w.opts.Probe.Register(name, o)
	}
	left := container.NewGridWithRows(2, parts.NewCard(container.NewBorder(parts.Bold(lang.L("The run")), nil, nil, nil, s.facts.Root)), parts.NewCard(s.activities))
	right := parts.NewCard(container.NewBorder(parts.Bold(lang.L("Timeline, newest first")), nil, nil, nil, s.events.Root))
	split := container.NewHSplit(left, right)
	split.SetOffset(0.42)
	links := container.NewHBox(s.openJob, s.openNote, s.copyJob, layout.NewSpacer(), s.cancel)
	s.details = container.NewBorder(container.NewVBox(way, s.failureCard), links, nil, nil, split)
	s.emptyState = container.NewCenter(parts.Plain(lang.L("No run has been recorded yet. Choose a file on the Import screen and run the pipeline on it.")))
	head := container.NewBorder(nil, nil, nil, container.NewVBox(refresh), container.New(layout.NewCustomPaddedVBoxLayout(-6), s.headline, s.phase, s.stale))
	s.root = container.NewBorder(head, nil, nil, nil, container.NewStack(s.details, s.emptyState))
	s.show(feeds.Monitor{})
	return s
}

func (s *monitorScreen) content() fyne.CanvasObject { return s.root }

func (s *monitorScreen) frame(feeds.Frame) {}

func (s *monitorScreen) show(snap feeds.Monitor) {
	s.snap = snap
	now := time.Now()
	parts.SetText(s.headline, headline(snap, now))
	parts.SetText(s.phase, snap.Phase.Sentence)
	parts.Show(s.phase, snap.Phase.Sentence != "")
	parts.SetText(s.stale, snap.Sentence)
	parts.Show(s.stale, snap.Sentence != "")
	parts.Show(s.details, snap.Run != nil)
	parts.Show(s.emptyState, snap.Run == nil && snap.Loaded)
	if snap.Run == nil {
		return
	}
	r := *snap.Run
	s.showSteps(r)
	parts.SetText(s.failure, r.ErrorMessage)
	parts.Show(s.failureCard, r.Status == runs.Failed && r.ErrorMessage != "")
	s.facts.Set(factRows(r, now))
	s.activities.SetRows(activityRows(snap.Activities, now))
	s.events.Set(eventRows(snap.Events, now))
	parts.Enable(s.openJob, snap.JobLink != "")
	parts.Enable(s.openNote, snap.NotebookLink != "")
	parts.Enable(s.copyJob, r.JobURL != "")
	parts.Show(s.cancel, !r.Status.Terminal())
	parts.Enable(s.cancel, r.JobID != "")
}

// headline says in words how it stands.
func headline(m feeds.Monitor, now time.Time) string {
	switch {
	case !m.Loaded:
		return lang.L("Asking the database")
	case m.Run == nil:
		return lang.L("Nothing is running")
	}
	r := *m.Run
	switch {
	case m.Phase.Kind == runs.PhaseChecking:
		return lang.L("Checking with Fabric whether the run was started")
	case m.Phase.Kind == runs.PhaseNeedsYou:
		return lang.L("This run needs somebody to look at it")
	case !r.Status.Terminal():
		return stateWord(r.Status) + ", " + fmt.Sprintf(lang.L("for %s"), format.Duration(now.Sub(started(r)).Truncate(5*time.Second)))
	case r.FinishedAt == nil:
		return stateWord(r.Status)
	}
	return fmt.Sprintf(lang.L("%s %s, after %s"), stateWord(r.Status), format.Time(*r.FinishedAt, now), format.Duration(r.FinishedAt.Sub(started(r))))
}

func started(r runs.Run) time.Time {
	if r.StartedAt != nil {
		return *r.StartedAt
	}
	return r.CreatedAt
}

// showSteps colours the stages that are behind, and names the last one by how it ended.
func (s *monitorScreen) showSteps(r runs.Run) {
	way := []runs.Status{runs.Submitted, runs.Queued, runs.Running, runs.Succeeded}
	at := map[runs.Status]int{runs.Submitted: 0, runs.Queued: 1, runs.Running: 2, runs.Succeeded: 3, runs.Failed: 3}[r.Status]
	if r.Status == runs.Failed {
		way[3] = runs.Failed
	}
	for i, st := range s.steps {
		text, colour := stateWord(way[i]), theme.Line
		if i == 3 && at < 3 {
			text = lang.L("Ended")
		}
		switch {
		case i < at, i == at && r.Status == runs.Succeeded:
			text, colour = text+" ✓", theme.Good
		case i == at && r.Status == runs.Failed:
			text, colour = text+" ✗", theme.Bad
		case i == at:
			text, colour = text+" …", theme.Caution
		}
		st.dot.SetColour(colour)
		if bold := i == at; st.text.TextStyle.Bold != bold {
			st.text.TextStyle.Bold = bold
			st.text.Refresh()
		}
		parts.SetText(st.text, text)
	}
}

func factRows(r runs.Run, now time.Time) [][]string {
	ended, asked := "–", format.TimeSeconds(r.StatusUpdatedAt, now)
	if r.FinishedAt != nil {
		ended = format.TimeSeconds(*r.FinishedAt, now)
	}
	begun := "–"
	if r.StartedAt != nil {
		begun = format.TimeSeconds(*r.StartedAt, now)
	}
	rows := [][]string{
		{lang.L("File"), r.InputFile}, {lang.L("By"), r.TriggeredBy}, {lang.L("Run id"), r.ID.String()},
		{lang.L("Submitted"), format.TimeSeconds(r.CreatedAt, now)}, {lang.L("In Fabric"), begun}, {lang.L("Ended"), ended},
	}
	if !r.Status.Terminal() {
		rows = append(rows, []string{lang.L("Last asked"), asked})
	}
	if r.NotebookVersion != "" {
		rows = append(rows, []string{lang.L("Notebook"), r.NotebookVersion})
	}
	return append(rows, []string{lang.L("Fabric job"), r.JobURL})
}

func activityRows(list []pipelines.ActivityRun, now time.Time) [][]string {
	var rows [][]string
	for _, a := range list {
		took := a.Duration
		if took == 0 && a.Start != nil && a.End == nil {
			took = now.Sub(*a.Start).Truncate(5 * time.Second)
		}
		rows = append(rows, []string{a.Name, lang.L(a.Status), format.Duration(took), a.ErrorMessage})
	}
	return rows
}

func eventRows(events []runs.Event, now time.Time) [][]string {
	var rows [][]string
	for _, e := range events {
		mark := ""
		switch e.Type {
		case runs.Warning:
			mark = "! "
		case runs.ErrorEvent:
			mark = "✗ "
		case runs.StatusChange:
			mark = "● "
		}
		rows = append(rows, []string{format.TimeSeconds(e.Time, now), mark + runs.HumanMessage(e)})
	}
	return rows
}

func (s *monitorScreen) open(link string) {
	u, err := url.Parse(link)
	if err != nil || link == "" {
		return
	}
	if err := s.w.opts.OpenURL(u); err != nil {
		s.w.tell(lang.L("The browser could not be opened"), link)
	}
}

func (s *monitorScreen) confirmCancel() {
	run := *s.snap.Run
	s.w.ask(lang.L("Cancel the run?"),
		fmt.Sprintf(lang.L("Fabric will be asked to stop the run on %s. What it has done so far is lost; the published results stay as they are."), run.InputFile),
		lang.L("Cancel the run"), lang.L("Let it run"), func() {
			s.w.task(func(ctx context.Context) func() {
				err := s.w.opts.Actions.Cancel(ctx, run.ID)
				return func() {
					if err != nil {
						s.w.fail(lang.L("The run was not cancelled"), err)
						return
					}
					s.w.header.say(lang.L("Fabric was asked to cancel the run"))
					s.w.opts.Actions.Refresh()
				}
			})
		})
}
