package archive

import (
	"context"
	"errors"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"github.com/google/uuid"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/datatable"
	"fabricportal/internal/gui/dialogs"
	"fabricportal/internal/gui/frame"
	"fabricportal/internal/gui/kpiview"
	"fabricportal/internal/gui/live"
	"fabricportal/internal/gui/look"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/locking"
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
	// MoreRuns adds older runs to the list.
	MoreRuns()
	// Refresh asks everything that the screens show again soon.
	Refresh()
}

// Screen is the screen Archive.
type Screen struct {
	Content fyne.CanvasObject

	shell   *shell.Shell
	actions Actions
	screen  *live.Screen[feeds.Archive]
	latest  feeds.Archive
	frame   feeds.Frame
	reading *tasks.Slot
	restore *tasks.Slot
	saving  *tasks.Slot

	stale *controls.Banner
	table *datatable.Rows[runRow]
	empty *controls.Empty
	count *controls.Text
	more  *controls.Button
	side  *side
}

// New makes the screen.
func New(sh *shell.Shell, feed live.Feed[feeds.Archive], actions Actions) *Screen {
	s := &Screen{shell: sh, actions: actions}
	s.reading, s.restore, s.saving = sh.Runner.NewSlot(), sh.Runner.NewSlot(), sh.Runner.NewSlot()
	s.stale = controls.NewBanner()
	s.empty = controls.NewEmpty(words.T("Reading the runs"), words.T("The database is being asked."))
	columns := make([]datatable.Column, len(runColumns))
	for i, c := range runColumns {
		c.Title = words.T(c.Title)
		columns[i] = c
	}
	s.table = datatable.NewRows("archive.run", columns, runCells, func(r runRow) string { return r.id }, s.choose, s.empty)
	s.count = controls.NewCaption("")
	s.more = controls.NewButton("archive.more", words.T("Load more"), func() {
		s.more.Enabled(false) // until the next list comes
		actions.MoreRuns()
	})
	s.more.Hide()
	s.side = newSide(s)
	left := controls.Panel(12, container.NewBorder(nil, controls.Pad(look.Small, 0, 0, 0, controls.Line(look.Small, s.count, controls.Fill(), s.more)), nil, nil, s.table.Container))
	right := controls.Panel(look.Medium, s.side.content)
	s.Content = controls.Above(s.stale, container.New(sideLayout{}, left, right))
	s.screen = live.Bind(sh.Runner, feed, s.show)
	return s
}

// sideLayout gives the detail its width and the rest to the table.
type sideLayout struct{}

func (sideLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(560+12+320, max(o[0].MinSize().Height, o[1].MinSize().Height))
}

func (sideLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	right := max(320, min(520, size.Width*0.33))
	o[0].Resize(fyne.NewSize(size.Width-right-12, size.Height))
	o[1].Move(fyne.NewPos(size.Width-right, 0))
	o[1].Resize(fyne.NewSize(right, size.Height))
}

// InSight says whether the screen can be seen.
func (s *Screen) InSight(yes bool) { s.screen.InSight(yes) }

// Stop ends the subscription.
func (s *Screen) Stop() { s.screen.Stop() }

// Working tells whether the start of a restore is under way.
func (s *Screen) Working() bool { return s.restore.Busy() }

// Frame tells the screen how the lock stands.
func (s *Screen) Frame(f feeds.Frame) {
	s.frame = f
	s.update()
}

func (s *Screen) show(a feeds.Archive) {
	s.latest = a
	now := s.shell.Now()
	s.stale.Set(controls.StateWarn, a.Sentence)
	if a.Loaded {
		s.empty.Set(words.T("No run yet"), words.T("Each run of the pipeline is kept here with its figures and files."))
	}
	rows := make([]runRow, 0, len(a.Runs))
	for _, r := range a.Runs {
		rows = append(rows, rowOf(r, now))
	}
	s.table.Set(rows)
	if len(rows) > 0 {
		s.count.Set(words.Counted(int64(len(rows)), "run", "runs"))
	}
	controls.Toggle(s.more, a.More)
	s.more.Enabled(true)
	// A run that was still going on when it was chosen may have ended since.
	if d := s.side.detail; d != nil {
		for _, r := range a.Runs {
			if r.ID == d.Run.ID && (r.Status != d.Run.Status || (r.KPIs == nil) != (d.Run.KPIs == nil)) {
				s.read(r.ID)
			}
		}
	}
}

func (s *Screen) choose(row runRow) {
	id, err := uuid.Parse(row.id)
	if err != nil {
		return
	}
	for _, r := range s.latest.Runs {
		if r.ID == id { // the row itself is known; artifacts and events are read
			s.side.show(&shell.Detail{Run: r}, s.shell.Now(), true)
		}
	}
	s.read(id)
	s.update()
}

func (s *Screen) read(id uuid.UUID) {
	tasks.Start(s.reading, func(ctx context.Context, _ func(int64, int64)) (shell.Detail, error) {
		return s.actions.Detail(ctx, id)
	}, nil, func(d shell.Detail, err error) {
		if err != nil {
			s.side.problem.Set(controls.StateWarn, s.shell.Error(err))
			return
		}
		s.side.show(&d, s.shell.Now(), false)
		s.update()
	})
}

// update draws what depends on the lock.
func (s *Screen) update() {
	var r *runs.Run
	if s.side.detail != nil {
		r = &s.side.detail.Run
	}
	yes, why := Restorable(r, s.frame, s.shell.Now())
	if s.restore.Busy() {
		yes, why = false, words.T("The restore is being recorded and sent to Fabric.")
	}
	s.side.restoreBtn.Enabled(yes)
	if r == nil {
		why = ""
	}
	state := controls.StateNeutral
	if s.frame.Lock.Held() {
		state = frame.LockOf(s.frame).State
	}
	s.side.reason.Set(state, why)
}

func (s *Screen) askRestore() {
	if s.side.detail == nil || s.restore.Busy() {
		return
	}
	r := s.side.detail.Run
	now := s.shell.Now()
	facts := []frame.Fact{{Name: words.T("Run"), Value: r.ID.String()}, {Name: words.T("File"), Value: r.InputFile}, {Name: words.T("By"), Value: r.TriggeredBy + ", " + words.When(r.CreatedAt, now)}}
	if k := kpisOf(r); k != nil {
		f := kpiview.Figures(k)
		facts = append(facts, frame.Fact{Name: f[0].Caption, Value: f[0].Note}, frame.Fact{Name: f[1].Caption, Value: f[1].Value})
	}
	s.shell.Dialogs.Ask(dialogs.Question{
		Title: words.T("Restore this run?"),
		Extra: []fyne.CanvasObject{
			frame.Facts(facts),
			controls.NewText(words.T("A job in Fabric copies its files to Files/results/current and replaces what Results shows now. The replaced run stays in the Archive and can be restored in the same way.")).Fitted(controls.Wrap),
		},
		Yes: words.T("Restore run {{.ID}}", "ID", words.ID(r.ID.String())),
		Do:  func() { s.startRestore(r.ID) },
	})
}

func (s *Screen) startRestore(id uuid.UUID) {
	tasks.Start(s.restore, func(ctx context.Context, _ func(int64, int64)) (runs.Run, error) {
		return s.actions.Restore(ctx, id)
	}, nil, func(r runs.Run, err error) {
		s.actions.Refresh()
		s.update()
		var busy *locking.BusyError
		switch {
		case errors.As(err, &busy):
			s.shell.Dialogs.Tell(words.T("Another run is active"), s.shell.Error(err))
		case err != nil:
			s.shell.Dialogs.Tell(words.T("The restore was not started"), s.shell.Error(err))
		default:
			s.shell.Started(r)
		}
	})
	s.update()
}

func (s *Screen) download() {
	row, ok := s.side.files.Chosen()
	if !ok || s.saving.Busy() {
		return
	}
	s.side.saved.Set(controls.StateBusy, words.T("Downloading {{.Name}}", "Name", row.name))
	s.side.downloadBtn.Enabled(false)
	tasks.Start(s.saving, func(ctx context.Context, report func(done, total int64)) (string, error) {
		return s.actions.Download(ctx, row.path, "", report)
	}, func(done, total int64) {
		if total > 0 {
			s.shell.Transfer(words.T("downloading {{.Name}}, {{.Part}}", "Name", row.name, "Part", words.Percent(float64(done)/float64(total), 0)))
		}
	}, func(path string, err error) {
		s.shell.Transfer("")
		s.side.downloadBtn.Enabled(true)
		if err != nil {
			s.side.saved.Set(controls.StateBad, s.shell.Error(err))
			return
		}
		s.side.saved.Set(controls.StateDone, words.T("Saved {{.Name}} in {{.Folder}}", "Name", filepath.Base(path), "Folder", filepath.Dir(path)))
	})
}
