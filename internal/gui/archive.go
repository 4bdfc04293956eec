package gui

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"runtime"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"
	"github.com/google/uuid"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/gui/parts"
	"fabricportal/internal/gui/theme"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/runs"
)

// archiveScreen lists past runs, shows one, and restores it.
type archiveScreen struct {
	w    *Window
	root fyne.CanvasObject

	runs      []runs.Run
	table     *parts.Table
	more      *widget.Button
	note      *widget.Label
	emptyNote fyne.CanvasObject

	selected  uuid.UUID
	detail    *Detail
	title     *widget.Label
	state     *widget.Label
	kpis      *parts.Table
	artifacts *fyne.Container
	events    *parts.Timeline
	restore   *widget.Button
	reason    *widget.Label
	pane      fyne.CanvasObject
	hint      fyne.CanvasObject // in its place while no run is chosen
	sequence  int
	last      feeds.Frame
}

func newArchiveScreen(w *Window) *archiveScreen {
	s := &archiveScreen{w: w, note: parts.Wrapped(""), title: parts.Bold(""), state: parts.Wrapped(""), reason: parts.Wrapped("")}
	s.note.Importance = widget.WarningImportance
	s.reason.SizeName = theme.SizeCaption
	s.table = parts.NewTable([]parts.Column{
		{Title: lang.L("Submitted"), Width: 95}, {Title: lang.L("By"), Width: 65}, {Title: lang.L("File"), Width: 150, Grow: true}, {Title: lang.L("State"), Width: 100},
		{Title: lang.L("Lasted"), Width: 85, Right: true}, {Title: lang.L("Revenue"), Width: 115, Right: true}, {Title: lang.L("Orders"), Width: 72, Right: true},
	}, s.choose)
	s.more = widget.NewButton(lang.L("Older runs"), w.opts.Actions.MoreRuns)
	s.kpis = parts.NewTable([]parts.Column{{Title: lang.L("Figure"), Width: 200, Grow: true}, {Title: lang.L("Value"), Width: 120, Right: true}}, nil)
	s.events = parts.NewTimeline()
	s.artifacts = container.New(layout.NewCustomPaddedVBoxLayout(0))
	s.restore = parts.Primary(lang.L("Restore…"), s.confirmRestore)
	w.opts.Probe.Register("archive.restore", s.restore)
	w.opts.Probe.Register("archive.more", s.more)
	w.opts.Probe.Register("archive.table", s.table)

	head := container.NewVBox(container.NewBorder(nil, nil, nil, s.restore, s.title), s.state, s.reason, parts.Bold(lang.L("Artifacts")), s.artifacts)
	s.pane = container.NewBorder(head, nil, nil, nil, container.NewGridWithRows(2, s.kpis, s.events.Root))
	s.hint = container.NewCenter(parts.Plain(lang.L("Choose a run on the left.")))
	s.emptyNote = container.NewCenter(parts.Plain(lang.L("No run has been recorded yet.")))
	list := container.NewBorder(s.note, container.NewHBox(s.more), nil, nil, container.NewStack(s.table, s.emptyNote))
	split := container.NewHSplit(parts.NewCard(list), parts.NewCard(container.NewStack(s.hint, s.pane)))
	split.SetOffset(0.6)
	s.root = split
	s.pane.Hide()
	s.more.Hide()
	s.show(feeds.Archive{})
	return s
}

func (s *archiveScreen) content() fyne.CanvasObject { return s.root }

func (s *archiveScreen) frame(f feeds.Frame) {
	s.last = f
	s.update()
}

func (s *archiveScreen) show(snap feeds.Archive) {
	now := time.Now()
	s.runs = snap.Runs
	var rows [][]string
	at := -1
	for i, r := range snap.Runs {
		rows = append(rows, archiveRow(r, now))
		if r.ID == s.selected {
			at = i
		}
	}
	s.table.SetRows(rows)
	s.table.Select(at)
	parts.Show(s.more, snap.More)
	parts.SetText(s.note, snap.Sentence)
	parts.Show(s.note, snap.Sentence != "")
	parts.Show(s.emptyNote, snap.Loaded && len(snap.Runs) == 0)
	if at >= 0 && s.detail != nil && s.detail.Run.Status != s.runs[at].Status {
		s.load(s.selected) // the run went on while it was looked at
	}
}

func archiveRow(r runs.Run, now time.Time) []string {
	lasted, revenue, orders := "–", "–", "–"
	if r.FinishedAt != nil {
		lasted = format.Duration(r.FinishedAt.Sub(started(r)))
	}
	if k := kpisOf(r); k != nil {
		revenue, orders = format.Money(k.TotalRevenue), format.Count(k.Orders)
	}
	return []string{format.Time(r.CreatedAt, now), r.TriggeredBy, r.InputFile, stateWord(r.Status), lasted, revenue, orders}
}

// kpisOf is the snapshot that the database keeps with a run; nil where there is none that can be read.
func kpisOf(r runs.Run) *contract.KPIs {
	if r.KPIs == nil {
		return nil
	}
	k, err := contract.Decode[contract.KPIs]("kpis", r.KPIs)
	if err != nil {
		return nil
	}
	return &k
}

func (s *archiveScreen) choose(row int) {
	if row < len(s.runs) {
		s.selected = s.runs[row].ID
		s.load(s.selected)
	}
}

// load reads a run's details; a later choice drops what an earlier one finds.
func (s *archiveScreen) load(id uuid.UUID) {
	s.sequence++
	mine := s.sequence
	s.w.task(func(ctx context.Context) func() {
		d, err := s.w.opts.Actions.Detail(ctx, id)
		return func() {
			if mine != s.sequence {
				return
			}
			if err != nil {
				parts.SetText(s.note, s.w.opts.Actions.Sentence(err))
				parts.Show(s.note, true)
				return
			}
			s.showDetail(d)
		}
	})
}

func (s *archiveScreen) showDetail(d Detail) {
	s.detail = &d
	now := time.Now()
	parts.SetText(s.title, lang.L("Run")+" "+shortID(d.Run.ID)+" · "+d.Run.InputFile)
	text := stateWord(d.Run.Status)
	if d.Run.FinishedAt != nil {
		text += ", " + format.TimeSeconds(*d.Run.FinishedAt, now)
	}
	text += ", " + lang.L("by") + " " + d.Run.TriggeredBy
	if d.Run.NotebookVersion != "" {
		text += ", " + lang.L("notebook") + " " + d.Run.NotebookVersion
	}
	if d.Run.ErrorMessage != "" {
		text += "\n" + d.Run.ErrorMessage
	}
	parts.SetText(s.state, text)
	s.kpis.SetRows(kpiRows(kpisOf(d.Run)))
	events := make([]runs.Event, 0, len(d.Events))
	for i := len(d.Events) - 1; i >= 0; i-- {
		events = append(events, d.Events[i])
	}
	s.events.Set(eventRows(events, now))
	s.artifacts.RemoveAll()
	if len(d.Artifacts) == 0 {
		s.artifacts.Add(parts.Caption(lang.L("This run left none.")))
	}
	for i, a := range d.Artifacts {
		size := "–"
		if a.Size != nil {
			size = format.Bytes(*a.Size)
		}
		name := filepath.Base(a.Path)
		save := parts.Quiet(lang.L("Save…"), func() { s.w.saveAs(a.Path, name) })
		s.w.opts.Probe.Register(fmt.Sprintf("archive.artifact.%d", i), save)
		s.artifacts.Add(container.NewBorder(nil, nil, nil, save, container.NewGridWithColumns(2, parts.Label(name), parts.Label(size))))
	}
	s.artifacts.Refresh()
	parts.Show(s.hint, false)
	parts.Show(s.pane, true)
	s.update()
}

// update allows a restore, or says why not.
func (s *archiveScreen) update() {
	if s.detail == nil {
		return
	}
	reason := ""
	switch {
	case s.detail.Run.Status != runs.Succeeded:
		reason = lang.L("Only a run that succeeded can be restored.")
	default:
		reason = lockReason(s.last, time.Now())
	}
	parts.Enable(s.restore, reason == "")
	parts.SetText(s.reason, reason)
	parts.Show(s.reason, reason != "")
}

func (s *archiveScreen) confirmRestore() {
	run := s.detail.Run
	text := fmt.Sprintf(lang.L("The results of run %s (%s, by %s) will be what everyone sees under Results. The run's own files stay as they are, and what is published now can be restored in the same way."),
		shortID(run.ID), run.InputFile, run.TriggeredBy)
	s.w.ask(lang.L("Restore this run?"), text, fmt.Sprintf(lang.L("Restore run %s"), shortID(run.ID)), lang.L("Not now"), func() {
		s.w.task(func(ctx context.Context) func() {
			started, err := s.w.opts.Actions.Restore(ctx, run.ID)
			return func() {
				if err != nil {
					s.w.fail(lang.L("The restore was not started"), err)
					return
				}
				s.w.header.say(fmt.Sprintf(lang.L("Restore %s was started"), shortID(started.ID)))
				s.w.opts.Actions.Refresh()
				s.w.show(1)
			}
		})
	})
}

// fileURL is the address of a file of this computer.
func fileURL(path string) *url.URL {
	path = filepath.ToSlash(path)
	if runtime.GOOS == "windows" {
		path = "/" + path
	}
	return &url.URL{Scheme: "file", Path: path}
}
