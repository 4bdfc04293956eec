package results

import (
	"context"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/datatable"
	"fabricportal/internal/gui/kpiview"
	"fabricportal/internal/gui/live"
	"fabricportal/internal/gui/look"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/artifacts"
	"fabricportal/internal/services/feeds"
)

// Actions is what the screen asks for.
type Actions interface {
	// Download saves a lakehouse file on this computer and returns where; localPath "" is the folder for downloads.
	Download(ctx context.Context, path, localPath string, p shell.Progress) (string, error)
}

// Screen is the screen Results.
type Screen struct {
	Content fyne.CanvasObject

	shell   *shell.Shell
	actions Actions
	screen  *live.Screen[feeds.Results]
	saving  *tasks.Slot

	stale    *controls.Banner
	updating *controls.Banner
	saved    *controls.Banner
	path     string // of the last download
	openBtn  *controls.Button
	source   *controls.Text
	tiles    *kpiview.Tiles
	charts   *kpiview.Charts
	data     *datatable.Grid
	shown    *controls.Text
	buttons  []*controls.Button
	body     *fyne.Container
	nothing  *controls.Empty
}

// New makes the screen.
func New(sh *shell.Shell, feed live.Feed[feeds.Results], actions Actions) *Screen {
	s := &Screen{shell: sh, actions: actions, saving: sh.Runner.NewSlot()}
	s.stale, s.updating = controls.NewBanner(), controls.NewBanner()
	s.openBtn = controls.NewButton("results.open", words.T("Open"), s.openSaved)
	s.saved = controls.NewBanner(s.openBtn)
	s.source = controls.NewText("").Colored(look.Muted).Fitted(controls.Cut)
	s.tiles, s.charts = kpiview.NewTiles(), kpiview.NewCharts()
	s.data = datatable.NewGrid(controls.NewEmpty(words.T("No rows"), words.T("The cleaned data can't be shown yet.")))
	s.shown = controls.NewCaption("")
	button := func(name, text, file string, open bool) *controls.Button {
		b := controls.NewButton(name, text, func() { s.fetch(file, open) })
		s.buttons = append(s.buttons, b)
		return b
	}
	buttons := controls.Line(look.Small,
		button("results.csv.open", words.T("Open CSV"), artifacts.CSVFile, true),
		button("results.csv.download", words.T("Download CSV"), artifacts.CSVFile, false),
		button("results.parquet.download", words.T("Download Parquet"), artifacts.ParquetFile, false))
	tabs := controls.NewTabsWith(controls.Pad(0, look.Tight, 0, 0, buttons), 12, nil,
		controls.Tab{Name: "results.figures", Title: words.T("Figures"), Content: s.charts.Container},
		controls.Tab{Name: "results.data", Title: words.T("Data"), Content: container.NewBorder(nil, controls.Pad(look.Tight, 0, 0, 0, s.shown), nil, nil, controls.Panel(1, s.data.Container))})
	top := controls.Column(12, s.source, s.saved.Container, s.updating.Container, s.tiles.Container)
	s.body = container.NewBorder(top, nil, nil, nil, controls.Pad(look.Tight, 0, 0, 0, tabs.Container))
	s.body.Hide()
	s.nothing = controls.NewEmpty(words.T("Reading the results"), words.T("The lakehouse is being asked."),
		controls.NewPrimary("results.import", words.T("Go to Import"), func() { sh.GoTo(shell.Import) }))
	s.Content = controls.Above(s.stale, container.NewStack(s.body, s.nothing.Container))
	s.screen = live.Bind(sh.Runner, feed, s.show)
	return s
}

// InSight says whether the screen can be seen.
func (s *Screen) InSight(yes bool) { s.screen.InSight(yes) }

// Stop ends the subscription.
func (s *Screen) Stop() { s.screen.Stop() }

func (s *Screen) show(r feeds.Results) {
	s.stale.Set(controls.StateWarn, r.Sentence)
	controls.Toggle(s.body, r.KPIs != nil)
	controls.Toggle(s.nothing.Container, r.KPIs == nil)
	if r.KPIs == nil {
		switch {
		case r.Empty:
			s.nothing.Set(words.T("Nothing has been published yet"), words.T("When a run has succeeded, its figures are here. Choose a file on Import and press Run pipeline."))
		case r.Sentence != "":
			s.nothing.Set(words.T("The results can't be read"), words.T("They are read again by themselves; F5 asks at once."))
		}
		return
	}
	sentence := ""
	if r.Updating {
		sentence = words.T("The published files are being updated: the figures and the rows may belong to two runs for a moment.")
	}
	s.updating.Set(controls.StateBusy, sentence)
	s.source.Set(Source(r, s.shell.Now()))
	s.tiles.Set(r.KPIs)
	s.charts.Set(r.KPIs)
	s.data.Set(grid(r.Preview))
	s.shown.Set(Shown(r.Preview))
}

// fetch downloads a published file, and opens it where that was asked for.
func (s *Screen) fetch(name string, open bool) {
	if s.saving.Busy() {
		return
	}
	s.enable(false)
	s.path = ""
	controls.Toggle(s.openBtn, false)
	s.saved.Set(controls.StateBusy, words.T("Downloading {{.Name}}", "Name", name))
	tasks.Start(s.saving, func(ctx context.Context, report func(done, total int64)) (string, error) {
		return s.actions.Download(ctx, artifacts.CurrentFolder+"/"+name, "", report)
	}, func(done, total int64) {
		if total > 0 {
			part := words.Percent(float64(done)/float64(total), 0)
			s.saved.Set(controls.StateBusy, words.T("Downloading {{.Name}}: {{.Part}}", "Name", name, "Part", part))
			s.shell.Transfer(words.T("downloading {{.Name}}, {{.Part}}", "Name", name, "Part", part))
		}
	}, func(path string, err error) {
		s.shell.Transfer("")
		s.enable(true)
		if err != nil {
			s.saved.Set(controls.StateBad, s.shell.Error(err))
			return
		}
		s.path = path
		controls.Toggle(s.openBtn, true)
		s.saved.Set(controls.StateDone, words.T("Saved {{.Name}} in {{.Folder}}", "Name", filepath.Base(path), "Folder", filepath.Dir(path)))
		if open {
			s.openSaved()
		}
	})
}

func (s *Screen) enable(yes bool) {
	for _, b := range s.buttons {
		b.Enabled(yes)
	}
}

func (s *Screen) openSaved() {
	if s.path == "" {
		return
	}
	if err := s.shell.OpenFile(s.path); err != nil {
		s.shell.Dialogs.Tell(words.T("{{.Name}} can't be opened", "Name", filepath.Base(s.path)), s.shell.Error(err))
	}
}
