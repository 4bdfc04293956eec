// Package parts is the small pieces that the screens are made of.
package parts

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	portal "fabricportal/internal/gui/theme"
)

// Label is a text that is cut off with an ellipsis where there is no room.
func Label(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.Truncation = fyne.TextTruncateEllipsis
	return l
}

// Wrapped is a text that runs over several lines.
func Wrapped(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.Wrapping = fyne.TextWrapWord
	return l
}

// Bold is a label in bold.
func Bold(text string) *widget.Label {
	l := Label(text)
	l.TextStyle.Bold = true
	return l
}

// Heading is a label in the largest size.
func Heading(text string) *widget.Label {
	l := Label(text)
	l.SizeName = portal.SizeNumber
	return l
}

// Caption is a small label for what is said beside.
func Caption(text string) *widget.Label {
	l := Label(text)
	l.SizeName = portal.SizeCaption
	l.Importance = widget.LowImportance
	return l
}

// Primary is the screen's one primary button.
func Primary(text string, tapped func()) *widget.Button {
	b := widget.NewButton(text, tapped)
	b.Importance = widget.HighImportance
	return b
}

// Quiet is a button that does not ask for attention.
func Quiet(text string, tapped func()) *widget.Button {
	b := widget.NewButton(text, tapped)
	b.Importance = widget.LowImportance
	return b
}

// Colour is a theme's colour as it is now.
func Colour(name fyne.ThemeColorName) color.Color { return theme.Color(name) }

// Card is a surface with an edge, and content on it.
type Card struct {
	widget.BaseWidget
	Content fyne.CanvasObject
	fill    fyne.ThemeColorName
	edge    fyne.ThemeColorName
	inset   fyne.CanvasObject
}

// NewCard puts content on a card.
func NewCard(content fyne.CanvasObject) *Card { return newCard(content, portal.Surface, portal.Line) }

// NewNotice is a card with an edge in a state's colour.
func NewNotice(content fyne.CanvasObject, edge fyne.ThemeColorName) *Card {
	return newCard(content, portal.Surface, edge)
}

func newCard(content fyne.CanvasObject, fill, edge fyne.ThemeColorName) *Card {
	c := &Card{Content: content, fill: fill, edge: edge, inset: container.New(layout.NewCustomPaddedLayout(8, 8, 8, 8), content)}
	c.ExtendBaseWidget(c)
	return c
}

// Children are what the card holds.
func (c *Card) Children() []fyne.CanvasObject { return []fyne.CanvasObject{c.inset} }

// CreateRenderer draws the card.
func (c *Card) CreateRenderer() fyne.WidgetRenderer {
	back := canvas.NewRectangle(color.Transparent)
	back.CornerRadius = 8
	back.StrokeWidth = 1
	r := &cardRenderer{card: c, back: back}
	r.Refresh()
	return r
}

type cardRenderer struct {
	card *Card
	back *canvas.Rectangle
}

func (r *cardRenderer) Layout(size fyne.Size) {
	r.back.Resize(size)
	r.card.inset.Resize(size)
}
func (r *cardRenderer) MinSize() fyne.Size { return r.card.inset.MinSize() }
func (r *cardRenderer) Refresh() {
	r.back.FillColor, r.back.StrokeColor = Colour(r.card.fill), Colour(r.card.edge)
	r.back.Refresh()
	r.card.inset.Refresh()
}
func (r *cardRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.back, r.card.inset}
}
func (r *cardRenderer) Destroy() {}

// Swatch is a rectangle in a theme's colour, which follows the theme.
type Swatch struct {
	widget.BaseWidget
	name fyne.ThemeColorName
	min  fyne.Size
	rect *canvas.Rectangle
}

// NewSwatch makes one of at least the given size.
func NewSwatch(name fyne.ThemeColorName, min fyne.Size, radius float32) *Swatch {
	s := &Swatch{name: name, min: min, rect: canvas.NewRectangle(color.Transparent)}
	s.rect.CornerRadius = radius
	s.ExtendBaseWidget(s)
	return s
}

// SetColour changes the colour.
func (s *Swatch) SetColour(name fyne.ThemeColorName) {
	if s.name != name {
		s.name = name
		s.Refresh()
	}
}

// CreateRenderer draws it.
func (s *Swatch) CreateRenderer() fyne.WidgetRenderer {
	r := &swatchRenderer{s}
	r.Refresh()
	return r
}

type swatchRenderer struct{ s *Swatch }

func (r *swatchRenderer) Layout(size fyne.Size) { r.s.rect.Resize(size) }
func (r *swatchRenderer) MinSize() fyne.Size    { return r.s.min }
func (r *swatchRenderer) Refresh() {
	r.s.rect.FillColor = Colour(r.s.name)
	r.s.rect.Refresh()
}
func (r *swatchRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.s.rect} }
func (r *swatchRenderer) Destroy()                     {}

// SetText changes a label only where its text differs, as each change is drawn.
func SetText(l *widget.Label, text string) {
	if l.Text != text {
		l.SetText(text)
	}
}

// Show shows or hides an object where it is not so already.
func Show(o fyne.CanvasObject, visible bool) {
	switch {
	case visible && !o.Visible():
		o.Show()
	case !visible && o.Visible():
		o.Hide()
	}
}

// Enable enables or disables where it is not so already.
func Enable(d fyne.Disableable, enabled bool) {
	switch {
	case enabled && d.Disabled():
		d.Enable()
	case !enabled && !d.Disabled():
		d.Disable()
	}
}
