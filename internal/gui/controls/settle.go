package controls

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"fabricportal/internal/gui/probe"
)

// settle lays out anew what stands around an object whose least height has changed. Fyne does so with its next picture, but remembers
// only one parent as it walks through the window: where another object has changed within itself in the same picture, the first is
// forgotten (EnsureMinSize of 2.8.1), and a sentence of three lines keeps the place of one.
func settle(o fyne.CanvasObject) {
	app := fyne.CurrentApp()
	if app == nil {
		return
	}
	c := app.Driver().CanvasForObject(o)
	if c == nil || c.Content() == nil { // it was never seen
		return
	}
	for _, root := range append(c.Overlays().List(), c.Content()) {
		path := pathTo(root, o)
		for range 2 { // a text that was hidden learns its width from the first, and its lines from that
			for _, around := range slices.Backward(path) {
				layAgain(around)
			}
		}
		if path != nil {
			return
		}
	}
}

// pathTo is what stands around an object in sight, the outermost first; nil where it is not within root.
func pathTo(root, o fyne.CanvasObject) []fyne.CanvasObject {
	if !root.Visible() {
		return nil
	}
	for _, child := range partsOf(root) {
		if child == o {
			return []fyne.CanvasObject{root}
		}
		if path := pathTo(child, o); path != nil {
			return append([]fyne.CanvasObject{root}, path...)
		}
	}
	return nil
}

func partsOf(o fyne.CanvasObject) []fyne.CanvasObject {
	if v, ok := o.(*widget.PopUp); ok {
		return []fyne.CanvasObject{v.Content}
	}
	return probe.Children(o)
}

func layAgain(o fyne.CanvasObject) {
	c, ok := o.(*fyne.Container)
	switch {
	case !ok:
		o.Refresh()
	case c.Layout != nil:
		c.Layout.Layout(c.Objects, c.Size())
	}
}
