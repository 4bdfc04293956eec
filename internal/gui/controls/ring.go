package controls

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"

	"fabricportal/internal/gui/style"
)

// ring is drawn around what has the keys. Fyne tints it a little instead, which is hard to see.
type ring struct {
	fyne.WidgetRenderer
	rect    *canvas.Rectangle
	focused func() bool
	objects []fyne.CanvasObject
}

// ringed adds a ring to what a widget draws.
func ringed(r fyne.WidgetRenderer, focused func() bool) *ring {
	o := &ring{WidgetRenderer: r, rect: canvas.NewRectangle(color.Transparent), focused: focused}
	o.rect.CornerRadius = style.Radius + ringGap
	o.apply()
	return o
}

// ringGap is between what has the keys and the ring, so that it stands out from a button of its own colour, too.
const ringGap float32 = 3

func (o *ring) apply() {
	o.rect.StrokeColor, o.rect.StrokeWidth, o.rect.Hidden = theme.Color(style.Accent), 2, !o.focused()
}

func (o *ring) Layout(size fyne.Size) {
	o.WidgetRenderer.Layout(size)
	o.rect.Move(fyne.NewPos(-ringGap, -ringGap))
	o.rect.Resize(size.AddWidthHeight(2*ringGap, 2*ringGap))
}

func (o *ring) Objects() []fyne.CanvasObject {
	o.objects = append(append(o.objects[:0], o.WidgetRenderer.Objects()...), o.rect)
	return o.objects
}

func (o *ring) Refresh() {
	o.apply()
	o.WidgetRenderer.Refresh()
	o.rect.Refresh()
}
