package gui

import (
	"context"
	"net/url"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"fabricportal/internal/gui/theme"
	"fabricportal/internal/services/feeds"
)

// screen is one of the four tabs.
type screen interface {
	content() fyne.CanvasObject
	// frame tells about the lock and what is reachable, as it bears on what the screen allows.
	frame(feeds.Frame)
}

// Window is the program's window. All but Close is used on the window's goroutine.
type Window struct {
	app      fyne.App
	win      fyne.Window
	opts     Options
	dispatch func(func())
	ctx      context.Context
	cancel   context.CancelFunc
	tasks    sync.WaitGroup

	header  *header
	screens []screen
	tabs    []*widget.Button
	names   []string
	shown   int

	importing *importScreen
	monitor   *monitorScreen
	results   *resultsScreen
	archive   *archiveScreen

	modal        int // open dialogs
	unsubscribes []func()
}

// New builds the window on app and connects it to the feeds. ctx ends all that it has under way.
func New(ctx context.Context, app fyne.App, opts Options) *Window {
	w := &Window{app: app, opts: opts, dispatch: opts.Dispatch}
	w.ctx, w.cancel = context.WithCancel(ctx)
	if w.dispatch == nil {
		w.dispatch = fyne.Do
	}
	if w.opts.OpenURL == nil {
		w.opts.OpenURL = func(u *url.URL) error { return app.OpenURL(u) }
	}
	app.Settings().SetTheme(theme.Theme{})
	w.win = app.NewWindow("Fabric Data Portal")
	w.win.SetMaster()
	w.header = newHeader(w)
	w.importing, w.monitor, w.results, w.archive = newImportScreen(w), newMonitorScreen(w), newResultsScreen(w), newArchiveScreen(w)
	w.screens = []screen{w.importing, w.monitor, w.results, w.archive}
	w.names = []string{"Import", "Monitor", "Results", "Archive"}
	w.win.SetContent(w.layout())
	w.show(0)
	w.shortcuts()
	w.win.SetOnDropped(func(_ fyne.Position, uris []fyne.URI) {
		if len(uris) > 0 {
			w.show(0)
			w.importing.openLocal(uris[0].Path())
		}
	})
	w.win.Resize(fyne.NewSize(1240, 800))
	w.connect()
	if p := opts.Probe; p != nil {
		p.Tab = func() string { return w.names[w.shown] }
		w.tasks.Go(func() { p.Run(w.ctx, w.canvas(), w.dispatch) })
	}
	return w
}

// ShowAndRun shows the window and returns when it was closed and all work under way has ended.
func (w *Window) ShowAndRun() {
	w.win.ShowAndRun()
	w.Stop()
}

// Close closes the window from any goroutine.
func (w *Window) Close() { w.dispatch(w.win.Close) }

// Stop ends what is under way and waits for it.
func (w *Window) Stop() {
	w.cancel()
	for _, f := range w.unsubscribes {
		f()
	}
	w.unsubscribes = nil
	w.tasks.Wait()
}

func (w *Window) layout() fyne.CanvasObject {
	bar := container.New(layout.NewCustomPaddedHBoxLayout(4))
	for i, name := range w.names {
		b := widget.NewButton(lang.L(name), func() { w.show(i) })
		w.tabs = append(w.tabs, b)
		w.opts.Probe.Register("tab."+[]string{"import", "monitor", "results", "archive"}[i], b)
		bar.Add(b)
	}
	stack := container.NewStack()
	for _, s := range w.screens {
		stack.Add(s.content())
	}
	inset := func(o fyne.CanvasObject, top, bottom float32) fyne.CanvasObject {
		return container.New(layout.NewCustomPaddedLayout(top, bottom, 16, 16), o)
	}
	top := container.NewVBox(inset(w.header.bar, 8, 4), w.header.line, inset(bar, 8, 4))
	return container.NewBorder(top, inset(w.header.footer, 0, 4), nil, nil, inset(stack, 4, 8))
}

// show brings a screen to the front.
func (w *Window) show(i int) {
	w.shown = i
	for k, s := range w.screens {
		if k == i {
			s.content().Show()
			w.tabs[k].Importance = widget.HighImportance
		} else {
			s.content().Hide()
			w.tabs[k].Importance = widget.LowImportance
		}
		w.tabs[k].Refresh()
	}
}

func (w *Window) connect() {
	f := w.opts.Feeds
	w.unsubscribes = []func(){
		bind(f.Frame, sameBut(func(a, b *feeds.Frame) { a.Lock.AsOf = b.Lock.AsOf }), func(s feeds.Frame) {
			w.header.show(s)
			for _, scr := range w.screens {
				scr.frame(s)
			}
		}),
		bind(f.Import, sameBut(func(a, b *feeds.Import) { a.AsOf = b.AsOf }), w.importing.show),
		bind(f.Monitor, sameBut(func(a, b *feeds.Monitor) { a.AsOf = b.AsOf }), w.monitor.show),
		bind(f.Results, sameBut(func(a, b *feeds.Results) { a.AsOf = b.AsOf }), w.results.show),
		bind(f.Archive, sameBut(func(a, b *feeds.Archive) { a.AsOf = b.AsOf }), w.archive.show),
	}
}

// shortcuts are listed by F1.
func (w *Window) shortcuts() {
	add := func(key fyne.KeyName, mod fyne.KeyModifier, do func()) {
		w.canvas().AddShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: mod}, func(fyne.Shortcut) {
			if w.modal == 0 { // a dialog does not block shortcuts by itself
				do()
			}
		})
	}
	for i, key := range []fyne.KeyName{fyne.Key1, fyne.Key2, fyne.Key3, fyne.Key4} {
		add(key, fyne.KeyModifierShortcutDefault, func() { w.show(i) })
		add(key, fyne.KeyModifierAlt, func() { w.show(i) })
	}
	add(fyne.KeyTab, fyne.KeyModifierControl, func() { w.show((w.shown + 1) % len(w.screens)) })
	add(fyne.KeyTab, fyne.KeyModifierControl|fyne.KeyModifierShift, func() { w.show((w.shown + len(w.screens) - 1) % len(w.screens)) })
	add(fyne.KeyO, fyne.KeyModifierShortcutDefault, func() { w.show(0); w.importing.choose() })
	add(fyne.KeyR, fyne.KeyModifierShortcutDefault, w.opts.Actions.Refresh)
	w.canvas().SetOnTypedKey(func(e *fyne.KeyEvent) {
		if w.modal > 0 {
			return
		}
		switch e.Name {
		case fyne.KeyF5:
			w.opts.Actions.Refresh()
		case fyne.KeyF1:
			w.header.showKeys()
		}
	})
}
