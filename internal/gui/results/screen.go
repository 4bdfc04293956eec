package results

import (
	"context"
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"github.com/google/uuid"

	"fabricportal/internal/gui/bindings"
	"fabricportal/internal/gui/changed"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/datatable"
	"fabricportal/internal/gui/kpiview"
	"fabricportal/internal/gui/lead"
	"fabricportal/internal/gui/saved"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/results/comparison"
	"fabricportal/internal/services/results/dataset"
	"fabricportal/internal/services/runs"
)

// Before is what the figures can be compared with, and what became of later runs.
type Before = comparison.Before

// Actions is what the screen asks for.
type Actions interface {
	// Download saves a lakehouse file on this computer and returns where; localPath "" is the folder for downloads.
	Download(ctx context.Context, path, localPath string, p shell.Progress) (string, error)
	// Table fetches the cleaned rows of what is published to this computer and opens them; progress is in bytes. A
	// *dataset.DiedError says that it is to be asked how, as the program ended while they were open.
	Table(ctx context.Context, r feeds.Results, how dataset.How, p shell.Progress) (datatable.Table, error)
	// TableInPlace opens the cleaned rows of what is published where they are: a large file that is not on this computer is a
	// datatable.Distant, of which only what is in sight is read. Errors and progress as Table.
	TableInPlace(ctx context.Context, r feeds.Results, how dataset.How, p shell.Progress) (datatable.Table, error)
	// RowsHere tells whether the rows of what is published are on this computer, and how many bytes they have; 0 is not known.
	RowsHere(ctx context.Context, r feeds.Results) (here bool, bytes int64)
	// Before finds what the figures can be compared with.
	Before(ctx context.Context, r feeds.Results) (Before, error)
	// ExportExcel writes the figures of r and the rows of the view into the folder for downloads, and returns the file's path;
	// progress is in rows. view may be nil.
	ExportExcel(ctx context.Context, r feeds.Results, view datatable.View, columns []int, of Population, p shell.Progress) (string, error)
	// ExportCSV writes the rows of the view into the folder for downloads, and returns the file's path; progress is in rows.
	ExportCSV(ctx context.Context, r feeds.Results, view datatable.View, columns []int, p shell.Progress) (string, error)
	// Restore starts a run that promotes an older run's outputs; *locking.BusyError when another one is active.
	Restore(ctx context.Context, source uuid.UUID) (runs.Run, error)
	// SavePicture writes a picture into the folder for downloads and returns the file's path.
	SavePicture(ctx context.Context, title string, picture image.Image) (string, error)
	// CopyPicture puts a picture on the clipboard.
	CopyPicture(ctx context.Context, picture image.Image) error
	changed.Actions
}

// Population says which of all rows a workbook is of, each condition in a sentence.
type Population struct {
	Part   []string // of the figures, too
	Notes  []string // what has to be known of the part
	Filter []string // of the rows only: there are no figures of them
}

// Screen is the screen Results.
type Screen struct {
	Content fyne.CanvasObject

	shell     *shell.Shell
	actions   Actions
	screen    *bindings.Screen[feeds.Results]
	saving    *tasks.Slot
	comparing *tasks.Slot
	opening   *tasks.Slot
	picturing *tasks.Slot
	undoing   *tasks.Slot
	costing   *tasks.Slot

	part drill

	latest   feeds.Results
	compared key // what the comparison shown belongs to
	savedOf  key // what was shown when a file was saved last
	asked    key // and the one under way
	drawn    key // what is shown
	opened   key // what the table belongs to, open or being opened
	distant  key // whose rows are looked at in the lakehouse
	failedAt key // what could not be opened

	stale    *controls.Banner
	updating *controls.Banner
	newer    *controls.Banner
	undone   *controls.Banner // offers to undo a restore
	undoBtn  *controls.Button
	replaced *runs.Run
	saved    *saved.Banner
	source   *controls.Text
	tiles    *kpiview.Tiles
	charts   *kpiview.Charts
	tabs     *controls.Tabs
	data     *datatable.Panel
	died     *controls.Banner // asks whether rows that were open when the program died are opened again
	files    *controls.Button
	excel    *controls.Button
	picture  *controls.Button
	body     *fyne.Container
	nothing  *lead.Place
	portal   lead.Portal
}

// key tells published results apart.
type key struct{ run, computed string }

func keyOf(r feeds.Results) key {
	if r.KPIs == nil {
		return key{}
	}
	k := key{computed: r.KPIs.ComputedAt.String()}
	if r.KPIs.RunID != nil {
		k.run = *r.KPIs.RunID
	}
	return k
}

// New makes the screen.
func New(sh *shell.Shell, feed bindings.Feed[feeds.Results], actions Actions) *Screen {
	s := &Screen{shell: sh, actions: actions}
	s.saving, s.comparing, s.opening, s.picturing = sh.Runner.NewSlot(), sh.Runner.NewSlot(), sh.Runner.NewSlot(), sh.Runner.NewSlot()
	s.undoing, s.costing = sh.Runner.NewSlot(), sh.Runner.NewSlot()
	s.stale, s.updating = controls.NewBanner().Closable("results.stale.close"), controls.NewBanner()
	s.newer = controls.NewBanner(controls.NewQuiet("results.newer", words.T("See the Archive"), func() { sh.GoTo(shell.Archive) })).Closable("results.newer.close")
	s.undoBtn = controls.NewButton("results.undo", words.T("Undo"), s.undo)
	s.undone = controls.NewBanner(s.undoBtn).Closable("results.undo.close")
	s.saved = saved.New(sh, "results.open")
	s.source = controls.NewText("").Colored(style.Muted).Fitted(controls.Cut)
	s.picture = controls.NewButton("results.picture", words.T("Picture…"), s.pictureMenu)
	s.tiles = kpiview.NewTold("results.figure", func(below, card fyne.CanvasObject) { sh.Dialogs.Card(below, card) }, s.showThese)
	s.charts = kpiview.NewCharts("results.line", s.picture)
	s.charts.Menu = s.chartMenu
	s.charts.Choosing("results.by", s.choose)
	s.part.working, s.part.asking, s.part.note = sh.Runner.NewSlot(), sh.Runner.NewSlot(), controls.NewBanner().Closable("results.part.close")
	s.charts.ShowOdd = func(title string, list fyne.CanvasObject) { sh.Dialogs.Show(title, list) }
	s.data = datatable.New(sh, "results.table")
	s.data.Fetching(func() { s.fetchRows(s.latest, dataset.Ask) })
	s.died = controls.NewBanner(
		controls.NewQuiet("results.died.anyway", words.T("Open them anyway"), func() { s.answerDied(dataset.Anyway) }),
		controls.NewButton("results.died.anew", words.T("Fetch them anew"), func() { s.answerDied(dataset.Anew) }))
	s.files = controls.NewButton("results.files", words.T("Files…"), s.filesCard)
	s.excel = controls.NewButton("results.excel", words.T("Export to Excel"), s.askExport)
	buttons := controls.Line(style.Small, controls.NewButton("results.changed", words.T("What changed?"), s.whatChanged), s.files, s.excel)
	// The tiles are on the page, so that the tabs keep their place. In a low window the charts keep their height and are scrolled to.
	figures := controls.NewVScroll("results.scroll", controls.Pad(2, 2, 2, 2, controls.Border(controls.Pad(0, 12, 0, 0, s.tiles.Container), nil, nil, nil, s.charts.Container)))
	s.tabs = controls.NewTabsWith(controls.Pad(0, style.Tight, 0, 0, buttons), 12, s.page,
		controls.Tab{Name: "results.figures", Title: words.T("Figures"), Content: figures},
		controls.Tab{Name: "results.data", Title: words.T("Data"), Content: controls.Above(s.died, s.data.Content)})
	s.body = controls.Legible(controls.Border(s.newLine(), nil, nil, nil, controls.Pad(style.Tight, 0, 0, 0, s.tabs.Container)))
	s.body.Hide()
	s.nothing = lead.NewPlace(sh, "results.lead")
	s.nothing.Show(lead.Results(s.portal, s.latest))
	notices := controls.NewNotices([]*controls.Banner{s.stale, s.updating, s.part.note, s.saved.Banner}, s.undone, s.newer)
	s.Content = controls.Over(notices.Container, container.NewStack(s.body, s.nothing.Container))
	s.screen = bindings.Bind(sh.Runner, feed, s.show)
	return s
}

// InSight says whether the screen can be seen.
func (s *Screen) InSight(yes bool) { s.screen.InSight(yes) }

// Search brings the rows into sight; what they are found by is typed there.
func (s *Screen) Search() fyne.Focusable {
	s.tabs.ChooseName("results.data")
	return s.data.Search()
}

// Lead tells the screen what the portal has, for as long as it has nothing to show.
func (s *Screen) Lead(p lead.Portal) {
	s.portal = p
	if s.latest.KPIs == nil {
		s.nothing.Show(lead.Results(p, s.latest))
	}
}

// Stop ends the subscription.
func (s *Screen) Stop() {
	s.screen.Stop()
	s.part.close(s.part.open.Swap(nil))
}

func (s *Screen) show(r feeds.Results) {
	s.latest = r
	controls.Toggle(s.body, r.KPIs != nil)
	controls.Toggle(s.nothing.Container, r.KPIs == nil)
	if r.KPIs == nil {
		for _, b := range []*controls.Banner{s.stale, s.updating, s.undone, s.newer} { // they are of figures that are gone
			b.Set(controls.StateNeutral, "")
		}
		s.compared = key{}
		s.part.chips = nil
		s.leaveRows()
		s.drawn, s.opened, s.distant = key{}, key{}, key{}
		s.drawChips()
		s.nothing.Show(lead.Results(s.portal, r))
		return
	}
	s.stale.Set(controls.StateWarn, Stale(r, s.shell.Now()))
	sentence := ""
	switch {
	case r.Updating && !r.Mixed:
		sentence = words.T("New results are being published. Until they are whole, you see those of the last publication.")
	case r.Updating:
		sentence = words.T("The published files are being updated. For a moment, figures and rows may come from two runs.")
	}
	s.updating.Set(controls.StateBusy, sentence)
	s.source.Set(Source(r, s.shell.Now()))
	if keyOf(r) != s.drawn {
		s.drawn = keyOf(r)
		s.part.say = nil
		s.leaveRows()
		s.opened, s.distant = key{}, key{}
	}
	s.drawFigures()
	if k := keyOf(r); k != s.savedOf { // a file that was saved is of the figures that stood here then
		s.savedOf = k
		if !s.saving.Busy() {
			s.saved.Forget()
		}
	}
	if keyOf(r) != s.opened {
		s.died.Set(controls.StateWarn, "")
	}
	s.data.Preview(datatable.Few{Names: r.Preview.Columns, Cells: r.Preview.Rows}, r.Preview.Total)
	s.compare()
	s.wantRows()
	if len(s.part.chips) > 0 && s.part.shown == nil && !s.part.working.Busy() && s.failedAt != keyOf(r) {
		s.apply()
	} else if s.part.doing.Text() == "" {
		s.busy("")
	}
}

// page is called when the figures or the rows come into sight.
func (s *Screen) page(int) { s.wantRows() }

// compare reads what the figures can be compared with; the tiles say nothing about it until then.
func (s *Screen) compare() {
	r := s.latest
	// Other figures than those that are being compared are compared at once: what was found of the former ones is not theirs.
	if r.Sentence != "" || s.comparing.Busy() && s.asked == keyOf(r) {
		return
	}
	s.asked = keyOf(r)
	if keyOf(r) != s.compared {
		s.part.say = nil
		if s.part.shown == nil {
			s.tiles.SetChanges(nil, true, nil)
		}
		s.newer.Set(controls.StateBad, "")
		// The place for it is taken at once, so that nothing moves away from under the mouse when the rest is known.
		s.undone.Set(controls.StateNeutral, Undoable(r, Before{}, s.shell.Now()))
		s.undoBtn.Enabled(false)
	}
	tasks.Start(s.comparing, func(ctx context.Context, _ func(int64, int64)) (Before, error) {
		return s.actions.Before(ctx, r)
	}, nil, func(b Before, err error) {
		if err != nil { // the figures are shown without it, too; why is said by the header
			return
		}
		s.compared = keyOf(r)
		s.newer.Set(controls.StateWarn, Newer(b, s.shell.Now()))
		s.replaced = b.Replaced
		s.undone.Set(controls.StateNeutral, Undoable(r, b, s.shell.Now()))
		s.undoBtn.Enabled(b.Replaced != nil && !s.undoing.Busy())
		var figures []comparison.Figure
		if b.KPIs != nil {
			figures = comparison.KPIs(b.KPIs, r.KPIs).Figures
		}
		var period *comparison.PeriodChange
		if found := comparison.SamePeriod(r.KPIs, r.Profile, b.Earlier...); len(found) > 0 {
			period = &found[0]
		}
		s.part.say = func() { s.tiles.SetChanges(figures, comparison.SameDays(b.KPIs, r.KPIs), period) }
		if s.part.shown == nil {
			s.part.say()
		}
	})
}

// undo publishes again what a restore replaced. It is not asked about: it can be undone in the same way.
func (s *Screen) undo() {
	if s.replaced == nil || s.undoing.Busy() {
		return
	}
	id := s.replaced.ID
	s.undoBtn.Enabled(false)
	tasks.Start(s.undoing, func(ctx context.Context, _ func(int64, int64)) (runs.Run, error) {
		return s.actions.Restore(ctx, id)
	}, nil, func(r runs.Run, err error) {
		s.undoBtn.Enabled(true)
		if err != nil {
			s.shell.Dialogs.Tell(words.T("The restore was not undone"), s.shell.Error(err))
			return
		}
		s.shell.Started(r)
	})
}
