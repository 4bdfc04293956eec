package controls

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// Menued is content on which a click with the right button asks for something.
type Menued struct {
	widget.BaseWidget
	content fyne.CanvasObject
	asked   func(at fyne.Position)
}

// NewMenued wraps content; asked gets the place in the window.
func NewMenued(content fyne.CanvasObject, asked func(at fyne.Position)) *Menued {
	m := &Menued{content: content, asked: asked}
	m.ExtendBaseWidget(m)
	return m
}

// TappedSecondary is part of fyne.SecondaryTappable.
func (m *Menued) TappedSecondary(e *fyne.PointEvent) { m.TappedAt(e.AbsolutePosition) }

// TappedAt does the same for content that takes clicks itself.
func (m *Menued) TappedAt(at fyne.Position) { m.asked(at) }

// CreateRenderer is part of fyne.Widget.
func (m *Menued) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(m.content) }

// ProbeChildren is what is within.
func (m *Menued) ProbeChildren() []fyne.CanvasObject { return []fyne.CanvasObject{m.content} }
