package controls

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
)

// Border puts objects at the edges and one in the middle. Unlike Fyne's own, it has them in the order in which they are read: the Tab
// key goes through a window in the order of its objects.
func Border(top, bottom, left, right fyne.CanvasObject, middle ...fyne.CanvasObject) *fyne.Container {
	var all []fyne.CanvasObject
	add := func(objects ...fyne.CanvasObject) {
		for _, o := range objects {
			if o != nil {
				all = append(all, o)
			}
		}
	}
	add(top, left)
	add(middle...)
	add(right, bottom)
	return container.New(layout.NewBorderLayout(top, bottom, left, right), all...)
}
