package gui

import (
	"fabricportal/internal/gui/lead"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/services/feeds"
)

// standing is what the portal has, for the screens that have nothing to show.
type standing struct {
	frame   feeds.Frame
	files   feeds.Import
	monitor feeds.Monitor
	now     lead.Portal
	stop    []func()
}

// follow keeps the standing up to date.
func (w *Window) follow() {
	w.standing.stop = append(w.standing.stop,
		w.opts.Feeds.Import.Subscribe(func(i feeds.Import) {
			w.runner.UI(func() { w.standing.files = i; w.lead() })
		}),
		w.opts.Feeds.Monitor.Subscribe(func(m feeds.Monitor) {
			w.runner.UI(func() { w.standing.monitor = m; w.lead() })
		}))
}

// lead tells the screens what the portal has, where that has changed.
func (w *Window) lead() {
	s := &w.standing
	now := lead.Of(s.frame, s.files, s.monitor)
	if now == s.now {
		return
	}
	s.now = now
	for _, screen := range []interface{ Lead(lead.Portal) }{w.importing, w.monitor, w.results, w.archive} {
		screen.Lead(now)
	}
}

// setUp leads to the settings of a first connection; nil where they can't be opened from here.
func (w *Window) setUp() func() {
	if w.opts.Desk == nil {
		return nil
	}
	return func() { w.opts.Desk.Edit("") }
}

// OpenSample shows made-up data on Import, to try the program with; on the window's goroutine.
func (w *Window) OpenSample() {
	w.goTo(shell.Import)
	w.importing.OpenSample()
}
