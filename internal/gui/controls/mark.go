package controls

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"fabricportal/internal/gui/style"
)

// Shape is the shape of a mark. Each state has one of its own, so that colour never stands alone.
type Shape string

// The shapes.
const (
	Disc     Shape = "disc"
	Ring     Shape = "ring"
	Play     Shape = "play"
	Triangle Shape = "triangle"
	Diamond  Shape = "diamond"
	Check    Shape = "check"
	Cross    Shape = "cross"
	Question Shape = "question"
	Bar      Shape = "bar"
	Up       Shape = "up"
	Down     Shape = "down"
	Chevron  Shape = "chevron" // opens a list
	Under    Shape = "under"   // belongs to what stands above
	Slip     Shape = "slip"    // somebody wrote something
)

// shapes are drawn by filling only: Fyne gives a theme's colour to what is filled.
var shapes = map[Shape]string{
	Disc:     `<circle cx="8" cy="8" r="6" fill="#000000"/>`,
	Ring:     `<path fill="#000000" fill-rule="evenodd" d="M8 2 A6 6 0 1 1 8 14 A6 6 0 1 1 8 2 Z M8 4.2 A3.8 3.8 0 1 0 8 11.8 A3.8 3.8 0 1 0 8 4.2 Z"/>`,
	Play:     `<path fill="#000000" d="M4 2.5 L13.5 8 L4 13.5 Z"/>`,
	Triangle: `<path fill="#000000" fill-rule="evenodd" d="M8 1.5 L15 14 L1 14 Z M7.2 6 L7.2 10 L8.8 10 L8.8 6 Z M7.2 11 L7.2 12.6 L8.8 12.6 L8.8 11 Z"/>`,
	Diamond:  `<path fill="#000000" fill-rule="evenodd" d="M8 0.8 L15.2 8 L8 15.2 L0.8 8 Z M7.2 4.2 L7.2 9 L8.8 9 L8.8 4.2 Z M7.2 10.2 L7.2 11.8 L8.8 11.8 L8.8 10.2 Z"/>`,
	Check:    `<path fill="#000000" d="M2 8.9 L3.6 7.3 L6.4 10.1 L12.5 3.2 L14.1 4.7 L6.5 13.3 Z"/>`,
	Cross:    `<path fill="#000000" d="M3.1 4.7 L4.7 3.1 L8 6.4 L11.3 3.1 L12.9 4.7 L9.6 8 L12.9 11.3 L11.3 12.9 L8 9.6 L4.7 12.9 L3.1 11.3 L6.4 8 Z"/>`,
	Question: `<path fill="#000000" d="M3.8 5.6 C3.8 0.4 12.2 0.4 12.2 5.4 C12.2 8.2 9 8.2 9 10.6 L7 10.6 C7 7 10.2 7.4 10.2 5.4 C10.2 2.8 5.8 2.8 5.8 5.6 Z"/><circle cx="8" cy="13.4" r="1.4" fill="#000000"/>`,
	Up:       `<path fill="#000000" d="M8 3 L14 12.5 L2 12.5 Z"/>`,
	Down:     `<path fill="#000000" d="M8 13 L2 3.5 L14 3.5 Z"/>`,
	Chevron:  `<path fill="#000000" d="M2.3 5.6 L3.6 4.3 L8 8.7 L12.4 4.3 L13.7 5.6 L8 11.3 Z"/>`,
	Under:    `<path fill="#000000" d="M5 1 L6.6 1 L6.6 9.4 L14 9.4 L14 11 L5 11 Z"/>`,
	Slip:     `<path fill="#000000" fill-rule="evenodd" d="M2 2 L14 2 L14 10.5 L10.5 14 L2 14 Z M4.4 4.8 L4.4 6.2 L11.6 6.2 L11.6 4.8 Z M4.4 8 L4.4 9.4 L9.4 9.4 L9.4 8 Z"/>`,
	Bar:      `<rect x="2" y="7" width="12" height="2" fill="#000000"/>`,
}

func shapeResource(s Shape) fyne.Resource {
	body, ok := shapes[s]
	if !ok {
		return nil
	}
	svg := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16">%s</svg>`, body)
	return fyne.NewStaticResource(string(s)+".svg", []byte(svg))
}

// Mark is a small shape in a colour of the theme.
type Mark struct {
	widget.BaseWidget
	shape Shape
	color fyne.ThemeColorName
	size  float32
	image *canvas.Image
}

// NewMark is a mark of 12 units.
func NewMark(s Shape, c fyne.ThemeColorName) *Mark {
	m := &Mark{shape: s, color: c, size: 12}
	m.ExtendBaseWidget(m)
	return m
}

// Set changes shape and colour; an empty shape shows nothing.
func (m *Mark) Set(s Shape, c fyne.ThemeColorName) {
	if s == m.shape && c == m.color {
		return
	}
	m.shape, m.color = s, c
	m.Refresh()
}

// MinSize is part of fyne.Widget.
func (m *Mark) MinSize() fyne.Size { return fyne.NewSquareSize(style.Grown(m.size)) }

// CreateRenderer is part of fyne.Widget.
func (m *Mark) CreateRenderer() fyne.WidgetRenderer {
	m.image = &canvas.Image{FillMode: canvas.ImageFillContain}
	r := &markRenderer{m: m}
	r.apply()
	return r
}

type markRenderer struct{ m *Mark }

func (r *markRenderer) apply() {
	res := shapeResource(r.m.shape)
	if res == nil {
		r.m.image.Resource = nil
		r.m.image.Hide()
		return
	}
	r.m.image.Resource = theme.NewColoredResource(res, r.m.color)
	r.m.image.Show()
}

func (r *markRenderer) Layout(size fyne.Size) {
	side := min(style.Grown(r.m.size), size.Width, size.Height)
	r.m.image.Resize(fyne.NewSquareSize(side))
	r.m.image.Move(fyne.NewPos((size.Width-side)/2, (size.Height-side)/2))
}
func (r *markRenderer) MinSize() fyne.Size           { return r.m.MinSize() }
func (r *markRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.m.image} }
func (r *markRenderer) Destroy()                     {}
func (r *markRenderer) Refresh()                     { r.apply(); r.m.image.Refresh() }

// State is a mark, the colours that go with it and nothing else: how things stand, in form.
type State struct {
	Shape Shape
	Color fyne.ThemeColorName
	Back  fyne.ThemeColorName
}

// The states that screens speak of.
var (
	StateGood    = State{Disc, style.Good, style.GoodBack}
	StateDone    = State{Check, style.Good, style.GoodBack}
	StateBusy    = State{Play, style.Busy, style.BusyBack}
	StateAsking  = State{Question, style.Warn, style.WarnBack}
	StateWarn    = State{Triangle, style.Warn, style.WarnBack}
	StateNeeds   = State{Diamond, style.Bad, style.BadBack}
	StateBad     = State{Cross, style.Bad, style.BadBack}
	StateNeutral = State{Ring, style.Muted, style.NeutralBk}
)
