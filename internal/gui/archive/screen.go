package archive

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"github.com/google/uuid"

	"fabricportal/internal/gui/bindings"
	"fabricportal/internal/gui/changed"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/datatable"
	"fabricportal/internal/gui/frame"
	"fabricportal/internal/gui/lead"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/results/comparison"
	"fabricportal/internal/services/runs"
)

// Actions is what the screen asks for.
type Actions interface {
	// Detail reads a run with its artifacts and events.
	Detail(ctx context.Context, run uuid.UUID) (shell.Detail, error)
	// Restore starts a run that promotes an older run's outputs; *locking.BusyError when another one is active.
	Restore(ctx context.Context, source uuid.UUID) (runs.Run, error)
	// Download saves a lakehouse file on this computer and returns where; localPath "" is the folder for downloads.
	Download(ctx context.Context, path, localPath string, p shell.Progress) (string, error)
	// RunAgain starts a run on the file of an earlier one, read as it was then; *locking.BusyError when another one is active.
	RunAgain(ctx context.Context, earlier uuid.UUID) (runs.Run, error)
	// FindRuns returns at most limit runs that a filter lets through, the latest first, and whether there are more.
	FindRuns(ctx context.Context, f Filter, limit int) ([]runs.Run, bool, error)
	// Compare puts two runs side by side.
	Compare(ctx context.Context, before, after uuid.UUID) (comparison.Comparison, error)
	// RunAgainPreview says what a run of an older run's file would change of what is published, by the figures that it gave.
	RunAgainPreview(ctx context.Context, run uuid.UUID) (comparison.Replacement, error)
	// RestorePreview says what restoring a run would change.
	RestorePreview(ctx context.Context, source uuid.UUID) (comparison.Preview, error)
	// Evidence writes a run's bundle into the folder for downloads and returns its path; progress is in bytes.
	Evidence(ctx context.Context, run uuid.UUID, p shell.Progress) (string, error)
	// Beside is what is known of listed runs besides their rows.
	Beside(ctx context.Context, list []runs.Run) (runs.Beside, error)
	// Note writes a note on a run; draft is its id, so that one that is tried again is there once.
	Note(ctx context.Context, run, draft uuid.UUID, text string) (runs.Note, error)
	// MoreRuns adds older runs to the list.
	MoreRuns()
	// Refresh asks everything that the screens show again soon.
	Refresh()
	changed.Actions
}

// Screen is the screen Archive.
type Screen struct {
	Content fyne.CanvasObject

	shell                          *shell.Shell
	actions                        Actions
	screen                         *bindings.Screen[feeds.Archive]
	latest                         feeds.Archive
	frame                          feeds.Frame
	reading                        *tasks.Slot
	restore                        *tasks.Slot
	saving                         *tasks.Slot
	finding, comparing, previewing *tasks.Slot
	noting                         *tasks.Slot

	wording *tasks.Slot
	listed  listing // what the table shows
	found   bool    // what is shown was found by the filter
	limit   int     // how many are found at most

	drafts map[uuid.UUID]draft // notes that are not kept yet, by run

	filter *filterBar
	trend  *trend
	stale  *controls.Banner
	table  *datatable.Rows[runRow]
	empty  *controls.Empty
	count  *controls.Text
	more   *controls.Button
	side   *side

	published *controls.Button
	body      *fyne.Container
	nothing   *lead.Place // in its place while there is no run
	portal    lead.Portal
}

// New makes the screen.
func New(sh *shell.Shell, feed bindings.Feed[feeds.Archive], actions Actions) *Screen {
	s := &Screen{shell: sh, actions: actions, drafts: map[uuid.UUID]draft{}}
	s.reading, s.restore, s.saving = sh.Runner.NewSlot(), sh.Runner.NewSlot(), sh.Runner.NewSlot()
	s.finding, s.comparing, s.previewing = sh.Runner.NewSlot(), sh.Runner.NewSlot(), sh.Runner.NewSlot()
	s.wording, s.noting = sh.Runner.NewSlot(), sh.Runner.NewSlot()
	s.limit = pageRuns
	s.stale = controls.NewBanner()
	s.filter = newFilterBar(sh.Prefs, sh.Connection, s.filterCard, func() {
		s.limit = pageRuns
		s.find(typing)
	})
	s.trend = newTrend()
	s.empty = controls.NewEmpty(words.T("Reading the runs"), words.T("The database is being asked."))
	s.table = datatable.NewRows("archive.run", runColumns(sh.Now()), runCells, func(r runRow) string { return r.id }, s.choose, s.empty)
	s.count = controls.NewCaption("")
	s.more = controls.NewButton("archive.more", words.T("Load more"), func() {
		s.more.Enabled(false) // until the next list comes
		if s.filter.filter.All() {
			actions.MoreRuns()
			return
		}
		s.limit += pageRuns
		s.find(0)
	})
	s.more.Hide()
	s.published = controls.NewQuiet("archive.published", "", s.showPublished)
	s.published.Hide()
	s.side = newSide(s)
	tabs := controls.NewTabsWith(s.filter.menu, 8, nil,
		controls.Tab{Name: "archive.list", Title: words.T("Runs"), Content: s.table.Container},
		controls.Tab{Name: "archive.trend", Title: words.T("Trend"), Content: s.trend.content})
	left := controls.Panel(12, controls.Border(controls.Pad(0, style.Tight, 0, 0, s.filter.content),
		controls.Pad(style.Small, 0, 0, 0, controls.Line(style.Small, s.count, s.published, controls.Fill(), s.more)), nil, nil, tabs.Container))
	right := controls.Panel(style.Medium, s.side.content)
	s.body, s.nothing = controls.Beside(left, right, controls.Side{Part: 0.33, Least: 320, Most: 520, Main: 560, Below: [2]float32{250, 320}}), lead.NewPlace(sh, "archive.lead")
	s.body.Hide()
	s.nothing.Show(lead.Archive(s.portal, s.latest))
	s.Content = controls.Above(s.stale, container.NewStack(s.body, s.nothing.Container))
	s.screen = bindings.Bind(sh.Runner, feed, s.show)
	return s
}

// InSight says whether the screen can be seen.
func (s *Screen) InSight(yes bool) { s.screen.InSight(yes) }

// Stop ends the subscription.
func (s *Screen) Stop() { s.screen.Stop() }

// AskRestore asks whether a run is to be published again, and shows it.
func (s *Screen) AskRestore(r runs.Run) {
	s.table.Choose(r.ID.String())
	s.side.show(&shell.Detail{Run: r}, s.listed, s.shell.Now(), true)
	s.Lead(s.portal)
	s.read(r.ID)
	s.update()
	if s.side.restoreBtn.Usable() {
		s.askRestore()
	}
}

// Search is where what runs are found by is typed.
func (s *Screen) Search() fyne.Focusable { return s.filter.text }

// Working tells whether the start of a restore is under way.
func (s *Screen) Working() bool { return s.restore.Busy() }

// Frame tells the screen how the lock stands.
func (s *Screen) Frame(f feeds.Frame) {
	s.frame = f
	s.update()
}

// pageRuns is how many runs a filter finds at first, and more with each step; typing is how long another letter is waited for.
const (
	pageRuns = 50
	typing   = 250 * time.Millisecond
)

func (s *Screen) show(a feeds.Archive) {
	s.latest = a
	said := staleWords(a, s.shell.Now())
	if said == "" {
		said = unsureWords(a.Published)
	}
	s.stale.Set(controls.StateWarn, said)
	s.Lead(s.portal)
	if s.filter.filter.All() {
		s.list(a.Runs, a.Beside, a.More)
		return
	}
	if !s.found {
		s.empty.Set(words.T("Reading the runs"), words.T("The database is being asked."))
	}
	s.find(0) // something may have changed
}

// Lead tells the screen what the portal has, for as long as it has nothing to show.
func (s *Screen) Lead(p lead.Portal) {
	s.portal = p
	bare := len(s.latest.Runs) == 0 && s.side.detail == nil
	controls.Toggle(s.body, !bare)
	controls.Toggle(s.nothing.Container, bare)
	if bare {
		s.stale.Set(controls.StateWarn, "") // it is said in the middle
		s.nothing.Show(lead.Archive(p, s.latest))
	}
}

// staleWords say as of when the list is, while no newer one can be read.
func staleWords(a feeds.Archive, now time.Time) string {
	if a.Sentence == "" || !a.Loaded || a.AsOf.IsZero() {
		return a.Sentence
	}
	return words.T("You see the state of {{.Time}}. {{.Why}}", "Time", words.When(a.AsOf, now), "Why", a.Sentence)
}

// find asks the database for the runs that the filter lets through.
func (s *Screen) find(after time.Duration) {
	f, limit := s.filter.filter, s.limit
	if f.All() {
		s.finding.Cancel()
		s.found = false
		s.show(s.latest)
		return
	}
	type page struct {
		list   []runs.Run
		beside runs.Beside
		more   bool
	}
	tasks.Start(s.finding, func(ctx context.Context, _ func(int64, int64)) (page, error) {
		timer := time.NewTimer(after)
		defer timer.Stop()
		select {
		case <-ctx.Done():
			return page{}, ctx.Err()
		case <-timer.C:
		}
		list, more, err := s.actions.FindRuns(ctx, f, limit)
		if err != nil {
			return page{}, err
		}
		beside, err := s.actions.Beside(ctx, list)
		return page{list, beside, more}, err
	}, nil, func(p page, err error) {
		s.more.Enabled(true)
		if err != nil {
			s.stale.Set(controls.StateWarn, s.shell.Error(err))
			return
		}
		s.found = true
		s.empty.Set(words.T("No run matches"), words.T("Change the filter, or press All."))
		s.list(p.list, p.beside, p.more)
	})
}

func (s *Screen) choose(row runRow) {
	id, err := uuid.Parse(row.id)
	if err != nil {
		return
	}
	if r, ok := s.listed.run(id); ok { // the row itself is known; artifacts and events are read
		s.side.show(&shell.Detail{Run: r}, s.listed, s.shell.Now(), true)
	}
	s.read(id)
	s.update()
}

// answer is a run as it was read, with what its figures say.
type answer struct {
	shell.Detail
	told told
}

func (s *Screen) showAnswer(d answer) {
	s.side.answered(d, s.listed, s.shell.Now())
	s.update()
}

func (s *Screen) read(id uuid.UUID) {
	tasks.Start(s.reading, func(ctx context.Context, _ func(int64, int64)) (answer, error) {
		d, err := s.actions.Detail(ctx, id)
		return answer{d, toldOf(d.Run)}, err
	}, nil, func(d answer, err error) {
		if err != nil {
			s.side.problem.Set(controls.StateWarn, s.shell.Error(err))
			return
		}
		s.showAnswer(d)
	})
}

// update draws what depends on the lock.
func (s *Screen) update() {
	var r *runs.Run
	if s.side.detail != nil {
		r = &s.side.detail.Run
	}
	yes, why := s.listed.restorable(r, s.frame, s.shell.Now())
	if s.restore.Busy() {
		yes, why = false, words.T("The restore is being recorded and sent to Fabric.")
	}
	s.side.restoreBtn.Enabled(yes)
	s.side.moreBtn.Enabled(r != nil)
	if r == nil {
		why = ""
	}
	state := controls.StateNeutral
	if s.frame.Lock.Held() {
		state = frame.LockOf(s.frame, false).State
	}
	s.side.reason.Set(state, why)
}

func (s *Screen) download() {
	row, ok := s.side.files.Chosen()
	if !ok || s.saving.Busy() {
		return
	}
	s.side.downloadBtn.Enabled(false)
	s.side.saved.Download(s.saving, row.name, func(ctx context.Context, report func(done, total int64)) (string, error) {
		return s.actions.Download(ctx, row.path, "", report)
	}, func() { s.side.downloadBtn.Enabled(true) })
}
