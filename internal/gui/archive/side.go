package archive

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"fabricportal/internal/format"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/datatable"
	"fabricportal/internal/gui/frame"
	"fabricportal/internal/gui/kpiview"
	"fabricportal/internal/gui/saved"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/timeline"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/runs"
)

// side is the detail of the chosen run.
type side struct {
	content  fyne.CanvasObject
	detail   *shell.Detail
	told     told // of its run
	notes    *notesBox
	overview *fyne.Container // figures, facts and notes

	title       *controls.Text
	problem     *controls.Banner
	failure     *controls.Banner
	facts       *fyne.Container
	details     *frame.Details // ids and versions
	window      fyne.Window
	figures     [4]*controls.Text
	values      [4]*controls.Text
	missing     *controls.Banner // beside the sums: what is missing from them
	kpis        *fyne.Container
	noKPIs      *controls.Empty
	files       *datatable.Rows[fileRow]
	noFiles     *controls.Empty
	moreFiles   *controls.Text // says of very many files how many are not listed
	saved       *saved.Banner
	downloadBtn *controls.Button
	events      *timeline.Timeline
	reason      *controls.Banner
	restoreBtn  *controls.Button
	moreBtn     *controls.Button
	body        *fyne.Container
	nothing     *controls.Empty
}

func newSide(s *Screen) *side {
	d := &side{title: controls.NewHeading("").Fitted(controls.Cut), problem: controls.NewBanner(), failure: controls.NewBanner(),
		facts: container.NewStack(), reason: controls.NewBanner(), events: timeline.New("archive.event")}
	d.notes, d.window = newNotesBox(s.askNote), s.shell.Window
	timeline.ShowDetails(d.events, s.shell)
	d.saved = saved.New(s.shell, "archive.open")
	d.noFiles = controls.NewEmpty(words.T("No files"), words.T("This run has no files."))
	columns := make([]datatable.Column, len(fileColumns))
	for i, c := range fileColumns {
		c.Title = words.T(c.Title)
		columns[i] = c
	}
	d.downloadBtn = controls.NewButton("archive.download", words.T("Download"), s.download)
	d.downloadBtn.Enabled(false)
	d.files = datatable.NewRows("archive.file", columns, fileCells, func(r fileRow) string { return r.id }, func(fileRow) { d.downloadBtn.Enabled(!s.saving.Busy()) }, d.noFiles)
	grid := controls.Column(style.Small)
	for i, f := range kpiview.Figures(nil) {
		d.values[i] = controls.NewText("–").Sized(style.Figure).Bold().Fitted(controls.Cut)
		d.figures[i] = controls.NewCaption(f.Caption).Fitted(controls.Wrap)
	}
	for i := 0; i < 4; i += 2 {
		grid.Add(controls.Equal(style.Medium, controls.Column(0, d.values[i], d.figures[i]), controls.Column(0, d.values[i+1], d.figures[i+1])))
	}
	d.missing = controls.NewBanner()
	grid.Add(d.missing.Container)
	d.kpis = grid
	d.noKPIs = controls.NewEmpty(words.T("No figures"), words.T("This run published no figures."))
	d.noKPIs.Hide()
	var scroll *controls.Scroll
	d.details = frame.NewDetails("archive.details", s.shell.Copy, func() {
		scroll.Refresh()
		scroll.BringIntoSight(d.details.Container)
	})
	d.overview = controls.Column(style.Medium, container.NewStack(d.kpis, d.noKPIs.Container), controls.Rule(), controls.Column(style.Small, d.facts, d.details.Container), controls.Rule(), d.notes.content)
	scroll = controls.NewVScroll("archive.scroll", controls.Pad(0, style.Small, 0, 12, d.overview))
	d.moreFiles = controls.NewCaption("")
	tabs := controls.NewTabs(12, nil,
		controls.Tab{Name: "archive.kpis", Title: words.T("Figures"), Content: scroll},
		controls.Tab{Name: "archive.files", Title: words.T("Files"), Content: controls.Border(nil, controls.Line(style.Small, d.moreFiles, controls.Fill(), d.downloadBtn), nil, nil, d.files.Container)},
		controls.Tab{Name: "archive.events", Title: words.T("Timeline"), Content: d.events})
	d.restoreBtn = controls.NewPrimary("archive.restore", words.T("Restore…"), s.askRestore)
	d.restoreBtn.Enabled(false)
	d.moreBtn = controls.NewButton("archive.actions", words.T("More…"), s.moreCard)
	bottom := controls.Column(style.Small, d.saved.Container, d.reason.Container, controls.Line(style.Small, controls.Fill(), d.moreBtn, d.restoreBtn))
	d.body = controls.Border(controls.Column(style.Small, d.title, d.problem.Container, d.failure.Container), controls.Pad(12, 0, 0, 0, bottom), nil, nil, controls.Pad(style.Small, 0, 0, 0, tabs.Container))
	d.body.Hide()
	d.nothing = controls.NewEmpty(words.T("Choose a run"), words.T("Its figures, files and timeline are shown here. You can restore it."))
	d.content = container.NewStack(d.body, d.nothing.Container)
	return d
}

// noted is how many notes are shown, and not shown, of the run.
func (d *side) noted() int { return len(d.notes.drawn) + d.notes.hidden }

// show draws a run of a listing; reading says that its files and events are still to come.
func (d *side) show(detail *shell.Detail, l listing, now time.Time, reading bool) {
	d.draw(detail, l.told[detail.Run.ID], l, now, reading)
}

// answered draws a run that was read whole.
func (d *side) answered(a answer, l listing, now time.Time) { d.draw(&a.Detail, a.told, l, now, false) }

func (d *side) draw(detail *shell.Detail, t told, l listing, now time.Time, reading bool) {
	other := d.detail == nil || d.detail.Run.ID != detail.Run.ID
	d.detail, d.told = detail, t
	r := detail.Run
	d.drawNotes(l, now, reading)
	controls.Toggle(d.body, true)
	controls.Toggle(d.nothing.Container, false)
	d.title.Set(namedRun(r, now))
	d.details.Set(frame.RunDetails(r, now))
	d.problem.Set(controls.StateWarn, "")
	failure := ""
	if r.Status == runs.Failed {
		failure = format.Standing(r.Failure(words.Writer()))
		if failure == "" {
			failure = words.T("The run failed. The reason is not recorded.")
		}
	}
	state := controls.StateBad
	if r.Cancelled() {
		state = controls.StateNeutral
	}
	d.failure.Set(state, failure)
	pending := reading && !t.known && r.HasKPIs() && r.KPIsUnread == ""
	controls.Toggle(d.kpis, t.known)
	d.noKPIs.Shown(!t.known)
	if pending {
		d.noKPIs.Set(words.T("Reading the figures"), "")
	} else if r.KPIsUnread != "" {
		d.noKPIs.Set(words.T("No figures"), words.T("They can't be read from the database, as they are too large or too odd. Files has kpis.json."))
	} else if t.unread != "" {
		d.noKPIs.Set(words.T("The figures can't be read"), t.unread)
	} else if r.Status == runs.Succeeded && r.KPIs == nil {
		d.noKPIs.Set(words.T("No figures"), words.T("They are not in the database. The timeline says why. Files has kpis.json."))
	} else {
		d.noKPIs.Set(words.T("No figures"), words.T("This run published no figures."))
	}
	for i, f := range t.figures {
		d.values[i].Set(f.Value)
		caption := f.Caption
		if f.Note != "" {
			caption += " · " + f.Note
		}
		d.figures[i].Set(caption)
	}
	d.missing.Set(t.state, t.missing)
	shown := r
	if as, ok := l.spelled()[r.InputFile]; ok {
		shown.InputFile = as
	}
	d.facts.Objects = []fyne.CanvasObject{frame.Facts(slices.Insert(factsOf(shown, l.restore(r), t, now), 1, l.factsBeside(r, now)...))}
	d.facts.Refresh()
	if other {
		d.files.Choose("")
		d.downloadBtn.Enabled(false)
		d.saved.Forget()
	}
	if reading {
		d.noFiles.Set(words.T("Reading the files"), "")
		if other {
			d.files.Set(nil)
			d.events.Set(nil, now)
		}
		return
	}
	d.noFiles.Set(words.T("No files"), words.T("This run has no files."))
	d.moreFiles.Set(moreFiles(detail.Artifacts.Hidden))
	d.files.Set(fileRows(detail.Artifacts.Rows))
	// What is over is read from its beginning; Monitor, where a run goes on, has the newest on top.
	d.events.Set(timeline.FromBeginning(detail.Events), now)
}

// drawNotes shows what people wrote on the run: at first what the list knows.
func (d *side) drawNotes(l listing, now time.Time, reading bool) {
	listed := l.beside.Notes[d.detail.Run.ID]
	notes := listed.Rows
	if !reading {
		notes = runs.NotesOf(d.detail.Events.Rows)
	}
	d.notes.set(notes, max(0, listed.Total()-len(notes)), now)
	// What somebody wrote comes before the facts; an empty place for it does not.
	if o := d.overview.Objects; (d.noted() > 0) != (o[2] == fyne.CanvasObject(d.notes.content)) {
		o[2], o[4] = o[4], o[2]
		d.overview.Refresh()
	}
	controls.StaysInSight(d.window.Canvas(), d.notes.write)
}
