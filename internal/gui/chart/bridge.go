package chart

import (
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
)

// BridgeStep is a column of a Bridge.
type BridgeStep struct {
	Label, Text, Note string // what it is; its value; what it is of, below the label
	Value             float64
	Whole             bool // a sum, which stands on the axis; else what is added to the sum before
}

// Bridge leads from a sum to another one by what was added and taken away: a waterfall. Each column is labelled, so that colour says nothing
// alone. Where the sums are much larger than what is between them, their columns are cut, which a gap shows.
type Bridge struct {
	widget.BaseWidget
	steps []BridgeStep
	r     *bridgeRenderer
}

// NewBridge is an empty chart.
func NewBridge() *Bridge {
	b := &Bridge{}
	b.ExtendBaseWidget(b)
	return b
}

// Set replaces the steps.
func (b *Bridge) Set(steps []BridgeStep) {
	b.steps = steps
	b.Refresh()
}

// ProbeTexts is what stands at the columns.
func (b *Bridge) ProbeTexts() []string {
	var out []string
	for _, s := range b.steps {
		out = append(out, lettering.Line(s.Label+" "+s.Text+" "+s.Note))
	}
	return out
}

// MinSize is part of fyne.Widget.
func (b *Bridge) MinSize() fyne.Size { return fyne.NewSize(style.Roomy(320), style.Roomy(132)) }

// CreateRenderer is part of fyne.Widget.
func (b *Bridge) CreateRenderer() fyne.WidgetRenderer {
	b.r = &bridgeRenderer{b: b}
	b.r.build()
	return b.r
}

type bridgeRenderer struct {
	b       *Bridge
	objects []fyne.CanvasObject
	built   fyne.Size
}

const (
	bridgeThick float32 = 92 // of a column, at most
	// cutBelow is the part of the largest sum from which on what is between can be seen without a cut.
	cutBelow = 0.25
)

// bridgeLine is the height of a line of text.
func bridgeLine() float32 { return style.Grown(16) }

// Levels are the sums between which each step leads, the least and the most that is drawn, and whether the columns of the sums are cut.
func Levels(steps []BridgeStep) (from, to []float64, low, high float64, cut bool) {
	level := 0.0
	least, most := math.Inf(1), math.Inf(-1)
	for _, s := range steps {
		begin := level
		if s.Whole {
			begin, level = 0, s.Value
		} else {
			level += s.Value
		}
		from, to = append(from, begin), append(to, level)
		least, most = min(least, level), max(most, level)
	}
	low, high = min(0, least), max(0, most)
	if between := most - least; least > 0 && between < cutBelow*most {
		cut = true
		low = max(0, least-max(between, 0.02*most))
	}
	if high == low {
		high = low + 1
	}
	return from, to, low, high, cut
}

func (r *bridgeRenderer) build() {
	size := r.b.Size()
	r.built, r.objects = size, nil
	n := len(r.b.steps)
	if n == 0 || size.Width < 1 || size.Height < 4*bridgeLine() {
		return
	}
	from, to, low, high, cut := Levels(r.b.steps)
	top, bottom := bridgeLine(), size.Height-2*bridgeLine()-style.Tight
	scale := Scale{Low: low, High: high, From: float64(bottom), To: float64(top)}
	y := func(v float64) float32 { return float32(scale.Pixel(max(low, v))) }
	pitch := size.Width / float32(n)
	thick := min(bridgeThick, pitch*0.62)
	line := func(x1, y1, x2, y2 float32) {
		l := canvas.NewLine(theme.Color(style.Border))
		l.StrokeWidth = 1
		l.Position1, l.Position2 = fyne.NewPos(x1, y1), fyne.NewPos(x2, y2)
		r.objects = append(r.objects, l)
	}
	line(0, y(max(0, low)), size.Width, y(max(0, low)))
	for i, s := range r.b.steps {
		x := float32(i)*pitch + (pitch-thick)/2
		up, down := y(max(from[i], to[i])), y(min(from[i], to[i]))
		colour := style.Accent
		switch {
		case s.Whole:
		case s.Value > 0:
			colour = style.Green
		case s.Value < 0:
			colour = style.Red
		default:
			colour = style.Grey
		}
		bar := canvas.NewRectangle(theme.Color(colour))
		bar.CornerRadius = 2
		bar.Resize(fyne.NewSize(thick, max(2, down-up)))
		bar.Move(fyne.NewPos(x, up))
		r.objects = append(r.objects, bar)
		if s.Whole && cut && down-up > 14 {
			gap := canvas.NewRectangle(theme.Color(style.Surface))
			gap.Resize(fyne.NewSize(thick, 3))
			gap.Move(fyne.NewPos(x, down-9))
			r.objects = append(r.objects, gap)
		}
		if i+1 < n {
			line(x+thick, y(to[i]), x+pitch, y(to[i]))
		}
		r.label(s.fitting(pitch-style.Tight), style.Text, true, i, pitch, up-bridgeLine())
		r.label(s.Label, style.Text, false, i, pitch, bottom+style.Tight)
		r.label(s.Note, style.Muted, false, i, pitch, bottom+style.Tight+bridgeLine())
	}
}

// fitting is the value as it has room: a figure is written shorter, and never cut.
func (s BridgeStep) fitting(room float32) string {
	if (lettering.Face{Size: style.Caption, Bold: true}).Width(lettering.Label(s.Text)) <= room {
		return s.Text
	}
	if s.Value > 0 && !s.Whole {
		return "+" + words.Short(s.Value)
	}
	return words.Short(s.Value)
}

// label writes a text in the middle of a column's place.
func (r *bridgeRenderer) label(text string, c fyne.ThemeColorName, bold bool, i int, pitch, y float32) {
	face := lettering.Face{Size: style.Caption, Bold: bold}
	t := lettering.NewLetters()
	t.Write(face.Cut(lettering.Label(text), pitch-style.Tight), face, theme.Color(c), fyne.TextAlignLeading)
	size := t.MinSize()
	t.Place(fyne.NewPos(float32(i)*pitch+(pitch-size.Width)/2, y), size)
	r.objects = append(r.objects, t.Object())
}

func (r *bridgeRenderer) Layout(size fyne.Size) {
	if size != r.built {
		r.build()
	}
}
func (r *bridgeRenderer) MinSize() fyne.Size           { return r.b.MinSize() }
func (r *bridgeRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *bridgeRenderer) Destroy()                     {}
func (r *bridgeRenderer) Refresh()                     { r.build(); canvas.Refresh(r.b) }
