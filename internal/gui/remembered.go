package gui

import (
	"math"

	"fyne.io/fyne/v2"

	"fabricportal/internal/gui/style"
)

// What is remembered of the window, in the program's preferences.
const (
	tabKey    = "window.tab"
	widthKey  = "window.width"
	heightKey = "window.height"
)

// The least size at which every screen has its place, the size of the first start, which is no higher than a screen of 1366 by
// 768 with its bars, and that of the largest screens.
var (
	leastSize = fyne.NewSize(1024, 640)
	firstSize = fyne.NewSize(1280, 690)
	mostSize  = fyne.NewSize(7680, 4320)
)

// recall gives the window the size and the screen that it had last.
func (w *Window) recall() {
	p := w.shell.Prefs
	width := within(p.FloatWithFallback(widthKey, float64(firstSize.Width)), leastSize.Width, firstSize.Width, mostSize.Width)
	height := within(p.FloatWithFallback(heightKey, float64(firstSize.Height)), leastSize.Height, firstSize.Height, mostSize.Height)
	w.win.Resize(fyne.NewSize(width, height))
	w.goTo(p.String(tabKey))
}

// within is a number out of the preferences, which anybody may have written: between two bounds, and the ordinary one where
// no screen is that large.
func within(v float64, least, ordinary, most float32) float32 {
	if math.IsNaN(v) || v > float64(most) {
		return ordinary
	}
	return max(least, float32(v))
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

// noting fills its place with one object and notes its size. Its least size never changes: with that of its content, Fyne would
// make the window larger whenever a screen has more to say, and that size would be remembered.
type noting struct {
	note    func(fyne.Size)
	resized func() // all has taken its place in another size
	size    fyne.Size
}

func (n *noting) MinSize([]fyne.CanvasObject) fyne.Size { return leastSize }
func (n *noting) Layout(o []fyne.CanvasObject, size fyne.Size) {
	n.note(size)
	turned := style.SetWindowWidth(size.Width)
	o[0].Resize(size)
	if turned { // what stands beside each other goes below each other, or back: also within what keeps its size
		o[0].Refresh()
	}
	if size != n.size {
		n.size = size
		n.resized()
	}
}
