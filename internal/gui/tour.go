package gui

import (
	"fmt"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/dialogs"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
)

// What is remembered of the tour, in the program's preferences.
const (
	tourClosedKey  = "tour.closed"  // it is not offered any more
	tourOfferedKey = "tour.offered" // it was, to somebody who was new then
)

// stop is a step of the tour: a screen, and what it is for.
type stop struct{ screen, tab, title, sentence string }

func stops() []stop {
	return []stop{
		{shell.Import, "tab.import", words.T("Import"), words.T("Choose or drop a file here: you see whether it is good and which figures it will give, then you upload it and run the pipeline.")},
		{shell.Monitor, "tab.monitor", words.T("Monitor"), words.T("Follow the run here: how far it is, how long it will take, and what to do if it fails.")},
		{shell.Results, "tab.results", words.T("Results"), words.T("Read here what came out: the figures, their course over time and the rows behind them, to be filtered and exported.")},
		{shell.Archive, "tab.archive", words.T("Archive"), words.T("Find every run here with its figures and files: compare two of them, or publish an earlier one again.")},
	}
}

// tour leads through the screens, one step after the other, each below the title of its screen.
type tour struct {
	window *Window
	offer  *controls.Banner
	at     int
	card   *dialogs.Dialog
	back   string // the screen that was in sight before
}

// newTour offers the tour to who is new here, on Import alone and until it is closed for good: elsewhere the figures need the room.
func newTour(w *Window) *tour {
	t := &tour{window: w}
	t.offer = controls.NewBanner(
		controls.NewButton("tour.start", words.T("Show me"), t.start),
		controls.NewQuiet("tour.never", words.T("Don't show again"), t.forget))
	t.offered()
	return t
}

// offered offers the tour to who is new here.
func (t *tour) offered() {
	p := t.window.shell.Prefs
	isNew := p.String(tabKey) == "" // nobody has closed a window of this program here
	if t.window.opts.Tour && !p.Bool(tourClosedKey) && (isNew || p.Bool(tourOfferedKey)) {
		p.SetBool(tourOfferedKey, true)
		t.offer.Set(controls.StateNeutral, words.T("New here? A tour of four steps shows where everything is."))
	}
}

// forget closes the tour for good; the commands and the keys' card still lead to it.
func (t *tour) forget() {
	t.window.shell.Prefs.SetBool(tourClosedKey, true)
	t.offer.Set(controls.StateNeutral, "")
	if t.card != nil {
		t.card.Close()
	}
}

func (t *tour) start() {
	t.back = screens[t.window.tabs.Chosen()]
	t.step(0)
}

// step shows a step; the one behind the last ends the tour, where it began.
func (t *tour) step(at int) {
	if t.card != nil {
		t.card.Close()
	}
	all := stops()
	if at >= len(all) {
		t.window.goTo(t.back)
		t.offer.Set(controls.StateNeutral, "")
		t.window.shell.Prefs.SetBool(tourClosedKey, true)
		return
	}
	t.at = at
	s := all[at]
	t.window.goTo(s.screen)
	text := words.T("Next")
	if at == len(all)-1 {
		text = words.T("Done")
	}
	leave := func() { t.card.Close() }
	next := controls.NewPrimary("tour.next", text, func() { t.step(at + 1) }).OnEscape(leave)
	line := controls.Line(style.Small, controls.NewQuiet("tour.close", words.T("Don't show again"), t.forget).OnEscape(leave), controls.Fill())
	if at > 0 {
		line.Add(controls.NewButton("tour.back", words.T("Back"), func() { t.step(at - 1) }).OnEscape(leave))
	}
	line.Add(next)
	// Which step of how many stands beside the title.
	head := controls.Line(style.Small, controls.NewHeading(s.title).Fitted(controls.Cut), controls.Fill(), controls.NewCaption(fmt.Sprintf("%d / %d", at+1, len(all))))
	rows := controls.Column(style.Small, head, controls.NewText(s.sentence).Fitted(controls.Wrap), controls.Pad(style.Small, 0, 0, 0, line))
	t.card = t.window.shell.Dialogs.Card(t.window.tabs.Title(s.tab), controls.Width(380, rows))
	t.window.win.Canvas().Focus(next)
}

// showTour begins the tour, whether it was closed or not.
func (w *Window) showTour() { w.tour.start() }
