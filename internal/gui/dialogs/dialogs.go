// Package dialogs asks the user and shows the outcome of what they did. Only an action of the user opens a dialog.
package dialogs

import (
	"cmp"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
)

// Host shows the dialogs and cards of one window.
type Host struct {
	window fyne.Window
	open   []*Dialog
	menu   *menu // the one that was opened last
}

// NewHost is the host of a window.
func NewHost(w fyne.Window) *Host { return &Host{window: w} }

// Dialog is an open dialog or card.
type Dialog struct {
	body    *fyne.Container // what scrolls, and the answers below it; nil where nothing is added later
	host    *Host
	content fyne.CanvasObject
	popup   *widget.PopUp
	closed  bool
	card    bool
	place   func() // puts a card where it belongs; nil for what stands in the middle of the window
	asks    bool   // something is to be decided
	closing func()

	yes   *controls.Button
	ticks *fyne.Container // of what has to be ticked before
}

// Contents are what is open, the newest last, for the probe. Cards that the user clicked away are left out.
func (h *Host) Contents() []fyne.CanvasObject {
	h.open = slices.DeleteFunc(h.open, func(d *Dialog) bool { return !d.popup.Visible() })
	var out []fyne.CanvasObject
	for _, d := range h.open {
		out = append(out, d.content)
	}
	if h.menu != nil && h.menu.Visible() {
		out = append(out, h.menu)
	}
	return out
}

// Open tells whether something is open.
func (h *Host) Open() bool { return len(h.Contents()) > 0 }

// Close closes it.
func (d *Dialog) Close() {
	if d.closed {
		return
	}
	d.closed = true
	d.popup.Hide()
	d.host.open = slices.DeleteFunc(d.host.open, func(o *Dialog) bool { return o == d })
	if d.closing != nil {
		d.closing()
	}
}

// Question is what is asked before something is done.
type Question struct {
	Title   string
	Body    []string            // paragraphs
	Extra   []fyne.CanvasObject // below the paragraphs
	Warning string              // in a banner; "" for none
	Yes     string              // names what will be done, such as Run pipeline
	No      string              // leaves everything as it is; Cancel where empty
	Danger  bool
	// Doubtful says that it is not to be recommended: what does it is no primary button, and Return does not press it.
	Doubtful bool
	// Held says that it is still being found out what the answer means: it can be given once Let was called.
	Held  bool
	Broad bool // it shows a table
	Do    func()
}

// answer is the face of a button's text, which may name a file; longestAnswer is the room that it has beside the other one.
var answer = lettering.Face{Size: style.Body, Bold: true}

const longestAnswer float32 = 320

// The widths of dialogs: of sentences, and of tables.
const (
	width float32 = 440
	broad float32 = 620
)

// Ask asks once. Escape and Cancel leave everything as it is.
func (h *Host) Ask(q Question) *Dialog {
	d := &Dialog{host: h, asks: true}
	warning := controls.NewBanner()
	warning.Set(controls.StateWarn, q.Warning)
	rows := controls.Column(12, controls.NewHeading(lettering.Sentence(q.Title)).Fitted(controls.Wrap))
	for _, p := range q.Body {
		rows.Add(controls.NewText(p).Fitted(controls.Wrap))
	}
	for _, o := range q.Extra {
		rows.Add(o)
	}
	rows.Add(warning.Container)
	no := controls.NewButton("dialog.cancel", cmp.Or(q.No, words.T("Cancel")), d.Close).OnEscape(d.Close)
	yes := controls.NewPrimary("dialog.confirm", answer.Cut(lettering.Label(q.Yes), style.WithinWindow(style.Roomy(longestAnswer))), func() {
		d.Close()
		q.Do()
	}).OnEscape(d.Close)
	if q.Danger {
		yes.Importance = widget.DangerImportance
	} else if q.Doubtful {
		yes.Primary(false)
	}
	d.yes, d.ticks = yes, controls.Column(0)
	d.ticks.Hide()
	yes.Enabled(!q.Held)
	wide := width
	if q.Broad {
		wide = broad
	}
	h.modal(d, wide, rows, no, yes)
	// Where something is replaced or stopped, Return must not do it by itself.
	if q.Danger || q.Doubtful || q.Held {
		h.window.Canvas().Focus(no)
	} else {
		h.window.Canvas().Focus(yes)
	}
	return d
}

// OnClose says what is done when the dialog has been closed, whatever was answered and before that is done.
func (d *Dialog) OnClose(f func()) { d.closing = f }

// Let lets a held question be answered; with a sentence only once it has been ticked, for what is easily overlooked and hard to like
// afterwards.
func (d *Dialog) Let(tick string) {
	if d.closed || d.yes == nil {
		return
	}
	if tick == "" {
		d.yes.Enabled(true)
		d.grow() // what was found may have added a sentence
		return
	}
	d.ticks.Objects = []fyne.CanvasObject{controls.NewCheckBox("dialog.tick", tick, false, d.yes.Enabled)}
	d.ticks.Show()
	d.ticks.Refresh()
	d.grow()
}

// grow gives a dialog the height that its content has come to need.
func (d *Dialog) grow() {
	if d.popup != nil {
		if d.body != nil {
			d.body.Refresh() // a dialog as high as the window keeps its size, and lays out nothing anew by itself
		}
		d.popup.Resize(d.popup.MinSize().Max(fyne.NewSize(d.popup.Size().Width, 0)))
	}
}

// Grow gives the newest dialog or card the height that its content has come to need.
func (h *Host) Grow() {
	if n := len(h.Contents()); n > 0 {
		h.open[n-1].grow()
	}
}

// Tell says what came of an action; what it says can be copied, for whoever is asked for help.
func (h *Host) Tell(title, sentence string) *Dialog {
	d := &Dialog{host: h}
	ok := controls.NewPrimary("dialog.close", words.T("Close"), d.Close).OnEscape(d.Close)
	copied := controls.NewQuiet("dialog.copy", words.T("Copy"), func() {
		lettering.Copy(title + "\n" + sentence).To(fyne.CurrentApp().Clipboard())
	}).OnEscape(d.Close)
	h.modal(d, width, controls.Column(12, controls.NewHeading(lettering.Sentence(title)).Fitted(controls.Wrap), controls.NewText(sentence).Fitted(controls.Wrap)), copied, ok)
	h.window.Canvas().Focus(ok)
	return d
}

// Show opens a dialog with any content and a Close button.
func (h *Host) Show(title string, content fyne.CanvasObject) *Dialog {
	d := &Dialog{host: h}
	ok := controls.NewPrimary("dialog.close", words.T("Close"), d.Close).OnEscape(d.Close)
	h.modal(d, width, controls.Column(12, controls.NewHeading(lettering.Sentence(title)).Fitted(controls.Wrap), content), ok)
	h.window.Canvas().Focus(ok)
	return d
}

func (h *Host) modal(d *Dialog, wide float32, rows *fyne.Container, buttons ...fyne.CanvasObject) {
	line := fyne.CanvasObject(controls.Line(style.Small, append([]fyne.CanvasObject{controls.Fill()}, buttons...)...))
	if d.ticks != nil { // without it no answer can be given: it never scrolls out of sight
		line = controls.Column(style.Small, d.ticks, line)
	}
	body := controls.Border(nil, controls.Pad(style.Medium, 0, 0, gutter, line), nil, nil, h.bounded(controls.Width(wide, rows), func() float32 {
		return line.MinSize().Height + style.Large + 2*style.Medium + aroundDialog
	}))
	d.body, d.content = body, controls.Pad(style.Large, style.Medium, style.Large, style.Large-gutter, body)
	d.popup = widget.NewModalPopUp(d.content, h.window.Canvas())
	h.open = append(h.open, d)
	d.popup.Show()
}

// gutter is the room of the bar beside what scrolls, so that it lies on no text.
const gutter float32 = 12

// aroundDialog is the room above and below a dialog, by which the window behind it stays in sight.
const aroundDialog float32 = 16

// bounded is content that scrolls where the window has no room for all of it and for what stands around it.
func (h *Host) bounded(content fyne.CanvasObject, around func() float32) fyne.CanvasObject {
	return container.New(boundedLayout{h.window.Canvas(), around}, controls.NewVScroll("dialog.scroll", controls.Pad(0, 0, 0, gutter, content)))
}

// boundedLayout gives what scrolls the height of its content, up to that of the window.
type boundedLayout struct {
	canvas fyne.Canvas
	around func() float32
}

// leastBody is the height of content that is in sight in any window.
const leastBody float32 = 120

func (l boundedLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	need := o[0].(*controls.Scroll).Content.MinSize()
	return fyne.NewSize(need.Width, min(need.Height, max(leastBody, l.canvas.Size().Height-l.around())))
}

func (boundedLayout) Layout(o []fyne.CanvasObject, size fyne.Size) { o[0].Resize(size) }

// Wide opens a dialog that takes most of the window, with a Close button.
func (h *Host) Wide(title string, content fyne.CanvasObject) *Dialog {
	d := &Dialog{host: h}
	ok := controls.NewPrimary("dialog.close", words.T("Close"), d.Close).OnEscape(d.Close)
	size := h.window.Canvas().Size()
	size = fyne.NewSize(min(style.Roomy(900), size.Width-96), min(style.Roomy(640), size.Height-96))
	foot := controls.Pad(12, 0, 0, 0, controls.Line(style.Small, controls.Fill(), ok))
	body := controls.Border(controls.Pad(0, 12, 0, 0, controls.NewHeading(title).Fitted(controls.Cut)), foot, nil, nil, controls.NewSheet("dialog.sheet", content))
	d.content = controls.Pad(style.Large, style.Medium, style.Large, style.Large, body)
	d.popup = widget.NewModalPopUp(d.content, h.window.Canvas())
	h.open = append(h.open, d)
	d.popup.Show()
	d.popup.Resize(size)
	h.window.Canvas().Focus(ok)
	return d
}

// Leave closes what only shows something. It tells whether nothing is open then: what is to be decided stays.
func (h *Host) Leave() bool {
	h.closeMenu()
	for h.Open() {
		if h.open[len(h.open)-1].asks {
			return false
		}
		h.CloseTop()
	}
	return true
}

// CloseTop closes the newest dialog, as Escape does.
func (h *Host) CloseTop() {
	if h.closeMenu() {
		return
	}
	if n := len(h.Contents()); n > 0 {
		h.open[n-1].Close()
	}
}

// CloseCards closes the cards, as a click beside them does.
func (h *Host) CloseCards() {
	for _, d := range slices.Clone(h.open) {
		if d.card {
			d.Close()
		}
	}
}

// Card opens content below an object of the window; a click anywhere else closes it.
func (h *Host) Card(below fyne.CanvasObject, content fyne.CanvasObject) *Dialog {
	d := &Dialog{host: h, card: true}
	d.content = controls.Pad(style.Medium, style.Medium, style.Medium, style.Medium-gutter, h.bounded(content, func() float32 { return 4 * style.Large }))
	c := h.window.Canvas()
	d.popup = widget.NewPopUp(d.content, c)
	h.open = append(h.open, d)
	d.place = func() {
		need := d.popup.MinSize()
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(below).AddXY(0, below.Size().Height+style.Tight)
		if at.Y+need.Height > c.Size().Height { // there is no room below
			at.Y = max(style.Small, at.Y-below.Size().Height-2*style.Tight-need.Height)
		}
		at.Y = max(style.Small, min(at.Y, c.Size().Height-need.Height-style.Small)) // what it belongs to may be scrolled out of sight
		at.X = max(style.Small, min(at.X, c.Size().Width-need.Width-style.Small))
		d.popup.ShowAtPosition(at)
	}
	d.place()
	return d
}

// Replace puts the open cards where they belong in a window that has got another size.
func (h *Host) Replace() {
	for _, d := range h.open {
		if d.place != nil && d.popup.Visible() {
			d.popup.Resize(d.popup.MinSize())
			d.place()
		}
	}
}
