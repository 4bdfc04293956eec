package chart

import (
	"image/color"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
)

// Bars is a chart of horizontal bars, sorted, each labelled at the bar. What does not fit is counted and added up in a last
// line.
type Bars struct {
	widget.BaseWidget
	choosing
	// OnChosen is told that a bar was clicked, or that Return was pressed on it; more says that it is wanted beside what is chosen. nil: nothing
	// can be chosen.
	OnChosen func(label string, more bool)

	bars []Bar
	rest Rest
	r    *barsRenderer
}

// Rest is bars that are not among those of a chart, as they are smaller than all of them.
type Rest struct {
	N     int
	Value float64 // of all of them
}

// NewBars is an empty chart.
func NewBars() *Bars {
	b := &Bars{}
	b.ExtendBaseWidget(b)
	return b
}

// Set replaces the bars.
func (b *Bars) Set(bars []Bar, rest Rest) {
	sorted := Sorted(bars)
	if slices.Equal(sorted, b.bars) && rest == b.rest {
		return
	}
	b.bars, b.rest = sorted, rest
	b.Refresh()
}

// MinSize is part of fyne.Widget.
func (b *Bars) MinSize() fyne.Size { return fyne.NewSize(style.Roomy(160), style.Roomy(60)) }

// CreateRenderer is part of fyne.Widget.
func (b *Bars) CreateRenderer() fyne.WidgetRenderer {
	r := &barsRenderer{b: b, at: -1, box: canvas.NewRectangle(nil), ring: canvas.NewRectangle(nil), said: lettering.NewLetters()}
	r.box.CornerRadius, r.ring.CornerRadius = 4, 4
	b.r = r
	r.build()
	return r
}

// MouseIn is part of desktop.Hoverable.
func (b *Bars) MouseIn(e *desktop.MouseEvent) { b.MouseMoved(e) }

// MouseMoved is part of desktop.Hoverable.
func (b *Bars) MouseMoved(e *desktop.MouseEvent) {
	if b.r != nil {
		b.r.hover(e.Position)
	}
}

// MouseOut is part of desktop.Hoverable.
func (b *Bars) MouseOut() {
	if b.r != nil {
		b.r.hover(fyne.NewPos(-1, -1))
	}
}

// ProbeTexts is what stands at the bars.
func (b *Bars) ProbeTexts() []string {
	var out []string
	for _, bar := range b.bars {
		out = append(out, lettering.Line(bar.Label+" "+bar.Text))
	}
	if b.r != nil && b.r.more != "" {
		out = append(out, b.r.more)
	}
	if b.r != nil && b.r.at >= 0 && b.r.at < len(b.bars) {
		out = append(out, b.r.said.Text())
	}
	return out
}

type barsRenderer struct {
	b       *Bars
	objects []fyne.CanvasObject
	built   fyne.Size
	pitch   float32
	shown   int // bars that fit
	at      int // the bar under the mouse; -1 for none
	box     *canvas.Rectangle
	ring    *canvas.Rectangle // around the bar that Return chooses, while the chart has the focus
	said    *lettering.Letters
	more    string // what is said of those that do not fit
}

// under is the bar at a place; -1 for none.
func (r *barsRenderer) under(p fyne.Position) int {
	if p.Y < 0 || r.pitch <= 0 || int(p.Y/r.pitch) >= r.shown {
		return -1
	}
	return int(p.Y / r.pitch)
}

// mark puts the ring around the bar that has the keyboard's focus.
func (r *barsRenderer) mark() {
	r.ring.Hidden = !r.b.focused || r.b.cursor >= r.shown
	r.ring.FillColor, r.ring.StrokeColor, r.ring.StrokeWidth = color.Transparent, theme.Color(style.Accent), 2
	r.ring.Resize(fyne.NewSize(r.b.Size().Width, r.pitch))
	r.ring.Move(fyne.NewPos(0, float32(r.b.cursor)*r.pitch))
}

// hover says what there is to say about the bar at a place.
func (r *barsRenderer) hover(p fyne.Position) {
	at := r.under(p)
	if at >= 0 && r.b.bars[at].Readout == "" {
		at = -1
	}
	if at == r.at {
		return
	}
	r.at = at
	r.tell()
	canvas.Refresh(r.b)
}

// tell places the read-out beside its bar.
func (r *barsRenderer) tell() {
	r.box.Hidden = r.at < 0
	r.said.Show(r.at >= 0)
	if r.at < 0 {
		return
	}
	size := r.b.Size()
	r.said.WriteIn(size.Width-16, r.b.bars[r.at].Readout, caption, theme.Color(style.Text), fyne.TextAlignLeading)
	need := r.said.MinSize()
	x, y := max(0, size.Width-need.Width-16), float32(r.at+1)*r.pitch
	if y+need.Height+8 > size.Height {
		y = max(0, float32(r.at)*r.pitch-need.Height-8)
	}
	r.box.FillColor, r.box.StrokeColor, r.box.StrokeWidth = theme.Color(theme.ColorNameOverlayBackground), theme.Color(style.Border), 1
	r.box.Resize(need.AddWidthHeight(16, 8))
	r.box.Move(fyne.NewPos(x, y))
	r.said.Place(fyne.NewPos(x+8, y+4), need)
}

// From bar to bar, at most and at least.
func barPitch() float32 { return style.Grown(28) }
func barLeast() float32 { return style.Grown(17) }

func (r *barsRenderer) build() {
	r.objects = nil
	size := r.b.Size()
	r.built = size
	bars := r.b.bars
	r.pitch, r.shown, r.at, r.more = 0, 0, -1, ""
	if len(bars) == 0 || size.Height < barLeast() {
		return
	}
	fit := int(size.Height / barLeast())
	rest := r.b.rest
	if lines := len(bars) + min(rest.N, 1); lines > fit {
		for _, bar := range bars[max(0, fit-1):] {
			rest.N++
			rest.Value += bar.Value
		}
		bars = bars[:max(0, fit-1)]
	}
	pitch := min(barPitch(), size.Height/float32(len(bars)+min(rest.N, 1)))
	r.pitch, r.shown = pitch, len(bars)
	labels, values := float32(0), float32(0)
	high, chosen := 0.0, false
	for _, bar := range bars {
		chosen = chosen || bar.Chosen
		labels = max(labels, caption.Width(lettering.Label(bar.Label)))
		values = max(values, caption.Width(lettering.Label(bar.Text)))
		high = max(high, bar.Value)
	}
	labels = min(labels, size.Width*0.4)
	room := max(4, size.Width-labels-values-2*style.Small)
	for i, bar := range bars {
		y := float32(i) * pitch
		letters := style.Text
		if chosen && !bar.Chosen {
			letters = style.Muted
		}
		label := r.text(caption.Cut(lettering.Line(bar.Label), labels+0.5), letters)
		label.Place(fyne.NewPos(0, y+(pitch-label.MinSize().Height)/2), label.MinSize())
		width := float32(2)
		if high > 0 && bar.Value > 0 {
			width = max(2, float32(bar.Value/high)*room)
		}
		rect := canvas.NewRectangle(theme.Color(style.Accent))
		if chosen && !bar.Chosen { // hollow, as colour alone tells nothing to many
			rect.FillColor, rect.StrokeColor, rect.StrokeWidth = color.Transparent, theme.Color(style.Accent), 1
		}
		rect.CornerRadius = 2
		thick := min(style.Grown(14), pitch-6)
		rect.Resize(fyne.NewSize(width, thick))
		rect.Move(fyne.NewPos(labels+style.Small, y+(pitch-thick)/2))
		r.objects = append(r.objects, rect)
		value := r.text(bar.Text, style.Muted)
		value.Place(fyne.NewPos(labels+style.Small+width+6, y+(pitch-value.MinSize().Height)/2), value.MinSize())
	}
	if rest.N > 0 {
		r.more = words.N(int64(rest.N), "and {{.N}} more: {{.Sum}}", "and {{.N}} more: {{.Sum}}", "Sum", words.Short(rest.Value))
		more := r.text(r.more, style.Muted)
		more.Place(fyne.NewPos(labels+style.Small, float32(len(bars))*pitch), more.MinSize())
	}
	r.objects = append(r.objects, r.ring, r.box, r.said.Object())
	if r.b.focused && r.b.cursor < r.shown {
		r.at = r.b.cursor
	}
	r.tell()
	r.mark()
}

func (r *barsRenderer) text(s string, c fyne.ThemeColorName) *lettering.Letters {
	t := lettering.NewLetters()
	t.Write(lettering.Label(s), caption, theme.Color(c), fyne.TextAlignLeading)
	r.objects = append(r.objects, t.Object())
	return t
}

// caption is the face of all that stands in a chart.
var caption = lettering.Face{Size: style.Caption}

func (r *barsRenderer) Layout(size fyne.Size) {
	if size != r.built {
		r.build()
	}
}
func (r *barsRenderer) MinSize() fyne.Size           { return r.b.MinSize() }
func (r *barsRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *barsRenderer) Destroy()                     {}
func (r *barsRenderer) Refresh()                     { r.build(); canvas.Refresh(r.b) }
