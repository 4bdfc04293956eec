package gui

import (
	"fyne.io/fyne/v2"
)

// What is remembered of the window, in the program's preferences.
const (
	tabKey    = "window.tab"
	widthKey  = "window.width"
	heightKey = "window.height"
)

// The least size at which every screen has its place, and the size of the first start.
var (
	leastSize = fyne.NewSize(1024, 700)
	firstSize = fyne.NewSize(1280, 800)
)

// recall gives the window the size and the screen that it had last.
func (w *Window) recall() {
	p := w.shell.Prefs
	width := float32(p.FloatWithFallback(widthKey, float64(firstSize.Width)))
	height := float32(p.FloatWithFallback(heightKey, float64(firstSize.Height)))
	w.win.Resize(fyne.NewSize(max(width, leastSize.Width), max(height, leastSize.Height)))
	w.goTo(p.String(tabKey))
}

// remember keeps them. It is called when the screen changes, too, as a program does not always end in order.
func (w *Window) remember() {
	p := w.shell.Prefs
	p.SetString(tabKey, screens[max(0, w.tabs.Chosen())])
	if w.size.Width >= leastSize.Width && w.size.Height >= leastSize.Height {
		p.SetFloat(widthKey, float64(w.size.Width))
		p.SetFloat(heightKey, float64(w.size.Height))
	}
}

// noting fills its place with one object and notes its size.
type noting struct{ note func(fyne.Size) }

func (n *noting) MinSize(o []fyne.CanvasObject) fyne.Size { return o[0].MinSize() }
func (n *noting) Layout(o []fyne.CanvasObject, size fyne.Size) {
	n.note(size)
	o[0].Resize(size)
}
