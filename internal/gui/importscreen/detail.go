package importscreen

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"fabricportal/contract"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/datatable"
	"fabricportal/internal/gui/kpiview"
	"fabricportal/internal/gui/lead"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/importfile/profile"
	"fabricportal/internal/services/importfile/verdict"
)

// detail is the right side: what is in the chosen file.
type detail struct {
	sentence func(error) string // what a user reads of an error
	drift    *datatable.Rows[checkRow]
	content  fyne.CanvasObject

	title, summary *controls.Text
	tally          *fyne.Container
	counts         [3]*controls.Text
	marks          [3]*controls.Mark
	problem        *controls.Banner
	recalled       recalledNote
	now            time.Time
	again          *controls.Button // takes back what was chosen, where the file can't be read so

	nothing  *lead.Place
	progress *fyne.Container
	doing    *controls.Text
	bar      *controls.Progress
	file     string

	tabs      *controls.Tabs
	shown     *contract.ImportProfile
	overview  *overview
	columns   *datatable.Rows[columnRow]
	column    *columnPane
	questions *questionBox
	how       *readingPanel
	first     *datatable.Grid // while the file is still being read
	checks    *datatable.Rows[checkRow]
	found     *foundBar // of the chosen one of them
	cleaning  *cleaningPage
	against   *controls.Text
	noDrift   *controls.Empty
	tiles     *kpiview.Tiles
	charts    *kpiview.Charts
	kpis      *fyne.Container
	kpiNote   *controls.Banner

	remembered *rememberedPage
	head       *headPage
}

func newDetail(sh *shell.Shell, cancel, readHere func(), sheet func(string), read func(contract.ReadOptions), cells func(verdict.Key), rows *rowsPage, uploads []fyne.CanvasObject, aboveChecks fyne.CanvasObject) *detail {
	d := &detail{sentence: sh.Error, remembered: newRememberedPage(readHere), head: newHeadPage(readHere, sheet)}
	d.title = controls.NewHeading("").Fitted(controls.Wrap).AtMost(3)
	d.summary = controls.NewText("").Colored(style.Muted).Fitted(controls.Cut)
	states := []controls.State{controls.StateDone, controls.StateWarn, controls.StateBad}
	d.tally = controls.Line(6)
	for i, st := range states {
		d.marks[i] = controls.NewMark(st.Shape, st.Color)
		d.counts[i] = controls.NewText("")
		d.tally.Add(controls.Pad(0, 0, 0, style.Medium, controls.Line(6, d.marks[i], d.counts[i])))
	}
	d.again = controls.NewQuiet("import.read.found", words.T("Read it as found"), func() { read(contract.ReadOptions{}) })
	d.again.Hide()
	d.problem = controls.NewBanner(d.again)
	d.recalled = newRecalledNote(read)

	d.nothing = lead.NewPlace(sh, "import.lead")
	d.nothing.Show(lead.Import(lead.Portal{}))
	d.doing, d.bar = controls.NewText("").Aligned(fyne.TextAlignCenter).Fitted(controls.Cut), controls.NewProgress()
	d.first = datatable.NewGrid("import.first", nil)
	going := container.NewCenter(controls.Width(420, controls.Column(12, d.doing, d.bar.Container,
		container.NewCenter(controls.NewButton("import.cancel", words.T("Cancel"), cancel)))))
	d.progress = controls.Border(controls.Pad(style.Medium, style.Medium, 0, 0, going), nil, nil, nil, d.first.Container)
	d.questions, d.how = newQuestionBox(sh.Window, read), newReadingPanel(read, func(f fyne.Focusable) { sh.Window.Canvas().Focus(f) })

	d.overview = newOverview(sh.Error, sh.Copy, leads{cells: cells, mend: d.mend, all: func() { d.tabs.ChooseName("import.checks") }, own: func() { sh.OpenLocal() }})
	columns := make([]datatable.Column, len(columnColumns))
	for i, c := range columnColumns {
		c.Title = words.T(c.Title)
		columns[i] = c
	}
	d.column = newColumnPane()
	d.columns = datatable.NewRows("import.column", columns, columnCells, func(r columnRow) string { return r.name },
		func(r columnRow) { d.column.show(d.shown, r.at) }, controls.NewEmpty(words.T("No columns"), words.T("The file has no header row.")))
	d.found = newFoundBar(leads{cells: cells, mend: d.mend})
	d.checks = datatable.NewRows("import.check", checkColumns, checkCells, func(r checkRow) string { return r.key.String() }, d.found.show, nil)
	d.noDrift = controls.NewEmpty("", "")
	d.drift = datatable.NewRows("import.drift", checkColumns, checkCells, func(r checkRow) string { return r.message }, nil,
		d.noDrift)
	d.cleaning, d.against = newCleaningPage(), controls.NewCaption("").Fitted(controls.Wrap).AtMost(3)
	d.tiles, d.charts, d.kpiNote = kpiview.NewTiles(), kpiview.NewCharts("import.line"), controls.NewBanner()
	// In a low window the charts keep their height, below what is missing from the sums.
	d.kpis = container.NewStack(controls.NewVScroll("import.kpis.scroll", controls.Pad(2, 2, 2, 10, controls.Border(controls.Pad(0, 12, 0, 0, d.tiles.Container), nil, nil, nil, d.charts.Container))))
	d.tabs = controls.NewTabs(12, func(int) { rows.look(d.tabs != nil && d.tabs.ChosenName() == "import.rows") },
		controls.Tab{Name: "import.overview", Title: words.T("Overview"), Content: d.overview.content},
		controls.Tab{Name: "import.reading", Title: words.T("How it is read"), Content: d.how.content},
		controls.Tab{Name: "import.columns", Title: words.T("Columns"), Content: container.New(paneLayout{}, d.columns.Container, d.column.content)},
		controls.Tab{Name: "import.rows", Title: words.T("Rows"), Content: rows.content},
		controls.Tab{Name: "import.checks", Title: words.T("Checks"), Content: controls.Border(controls.Pad(0, style.Tight, 0, 0, aboveChecks), d.found.content, nil, nil, d.checks.Container)},
		controls.Tab{Name: "import.cleaning", Title: words.T("Cleaning"), Content: d.cleaning.content},
		controls.Tab{Name: "import.drift", Title: words.T("Drift"), Content: controls.Border(d.against, nil, nil, nil, d.drift.Container)},
		controls.Tab{Name: "import.kpis", Title: words.T("KPIs it will give"), Content: controls.Border(d.kpiNote.Container, nil, nil, nil, d.kpis)},
	)
	head := slices.Concat([]fyne.CanvasObject{d.title, d.summary, controls.Pad(style.Tight, style.Small, 0, 0, d.tally), d.problem.Container}, uploads, []fyne.CanvasObject{d.recalled.Container, d.questions.content})
	d.content = controls.Border(controls.Column(style.Tight, head...), nil, nil, nil, container.NewStack(d.nothing.Container, d.progress, d.remembered.content, d.head.content, d.tabs.Container))
	return d
}

// reading shows how far the profile is.
func (d *detail) reading(done, total, rows int64, took time.Duration) {
	part := float32(0)
	if total > 0 {
		part = float32(done) / float32(total)
	}
	d.doing.Set(readingText(d.file, done, total, rows, took))
	d.bar.Set(part)
}

func readingText(file string, done, total, rows int64, took time.Duration) string {
	text := words.T("Reading {{.Name}}", "Name", file)
	if total > 0 {
		text = words.T("Reading {{.Name}}: {{.Done}} of {{.All}}", "Name", file, "Done", words.Size(done), "All", words.Size(total))
	}
	if rows > 0 {
		text += " · " + words.N(rows, "{{.N}} row", "{{.N}} rows")
	}
	return text + shell.PaceText(done, took, max(0, total-done))
}

// seen shows the first rows while the rest is still being read.
func (d *detail) seen(p *profile.Preview) {
	data := datatable.Data{}
	if p != nil {
		data = datatable.Data{Columns: p.Names, Right: make([]bool, len(p.Names)), Rows: cellTexts(p.Rows)}
	}
	d.first.Set(data)
}

// show draws the chosen file.
func (d *detail) show(c choice, busy bool, now time.Time) {
	if d.file != c.row.name {
		d.file = c.row.name
		d.doing.Set(words.T("Reading {{.Name}}", "Name", d.file))
	}
	var p *contract.ImportProfile
	if c.analysis != nil {
		p = c.analysis.Profile
	}
	d.title.Set(c.row.name)
	controls.Toggle(d.again, c.failed != "" && !c.options.Plain()) // a choice that can't be read is to be taken back
	controls.Toggle(d.title, !c.none())
	controls.Toggle(d.summary, p != nil)
	controls.Toggle(d.tally, p != nil)
	controls.Toggle(d.nothing.Container, c.none())
	controls.Toggle(d.progress, busy && p == nil)
	controls.Toggle(d.tabs.Container, p != nil)
	problem := c.failed
	if p != nil && c.analysis.Incomplete != nil {
		problem = words.T("Only a part of the file was read: {{.Why}}", "Why", d.sentence(c.analysis.Incomplete))
	}
	state := controls.StateBad
	if c.remote.Folder { // that it is not looked at here is no fault
		state = controls.StateNeutral
	}
	d.problem.Set(state, problem)
	d.now = now
	d.remembered.show(c, busy, now, d.sentence)
	d.head.show(c, busy)
	d.recalled.show(d, c)
	controls.Toggle(d.questions.content, p != nil && d.questions.asks)
	if p == nil || p == d.shown {
		return
	}
	d.shown = p
	d.summary.Set(c.summary(now))
	d.showTally(c.analysis)
	rows := findings(c.analysis, d.sentence)
	d.overview.show(c.analysis, c.madeUp(), now)
	d.columns.Set(columnRows(p, verdict.Of(&c.analysis.Result)))
	d.columns.Choose("")
	d.column.show(p, -1)
	d.questions.show(c.analysis.Reading, c.analysis.Preview, c.options)
	d.how.show(p, c.options, c.recalled)
	d.checks.Set(rows)
	d.found.show(checkRow{})
	d.drift.Set(driftRows(c.analysis))
	d.noDrift.Set(unmoved(c.analysis))
	d.against.Set(against(c.analysis, now))
	d.cleaning.show(c.analysis)
	k := c.analysis.KPIs
	d.tiles.Set(k, p)
	d.charts.Set(k, p)
	controls.Toggle(d.kpis, k != nil)
	why := ""
	if k == nil {
		why = words.T("This file gives no KPIs.")
		if err := c.analysis.KPIError; err != nil {
			why = words.T("This file gives no KPIs: {{.Why}}", "Why", d.sentence(err))
		}
	}
	d.kpiNote.Set(controls.StateBad, why)
}

// mend goes to where a finding can be mended.
func (d *detail) mend(way verdict.Way, option string) {
	switch way {
	case verdict.ByReading:
		d.tabs.ChooseName("import.reading")
		d.how.lead(option)
	case verdict.ByRules:
		d.tabs.ChooseName("import.checks")
	case verdict.NoWay:
	}
}

func (d *detail) showTally(a *shell.Analysis) {
	found := verdict.Of(&a.Result)
	texts := found.InWords(words.Writer())
	passed, warnings, errors := found.Tally()
	for i, n := range []int{passed, warnings, errors} {
		colour, bold := style.Text, n > 0 && i > 0
		tint := []controls.State{controls.StateDone, controls.StateWarn, controls.StateBad}[i].Color
		if n == 0 {
			colour, tint = style.Muted, style.Muted
		}
		d.counts[i].Style(texts[i], colour, bold)
		d.marks[i].Set([]controls.Shape{controls.Check, controls.Triangle, controls.Cross}[i], tint)
	}
}
