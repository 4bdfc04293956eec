package chart

import (
	"cmp"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"fabricportal/internal/gui/theme"
)

// Bar is one key of a breakdown.
type Bar struct {
	Key   string
	Value float64
	Text  string // beside the bar
}

// Bars is a chart of horizontal bars, largest on top.
type Bars struct {
	widget.BaseWidget
	bars []Bar
	name fyne.ThemeColorName
}

// NewBars makes an empty chart in one colour.
func NewBars(colour fyne.ThemeColorName) *Bars {
	b := &Bars{name: colour}
	b.ExtendBaseWidget(b)
	return b
}

// Set shows the bars, sorted by value.
func (b *Bars) Set(bars []Bar) {
	b.bars = slices.Clone(bars)
	slices.SortStableFunc(b.bars, func(x, y Bar) int { return cmp.Compare(y.Value, x.Value) })
	b.Refresh()
}

const rowHeight = 24

// CreateRenderer implements fyne.Widget.
func (b *Bars) CreateRenderer() fyne.WidgetRenderer {
	r := &barsRenderer{b: b}
	r.draw()
	return r
}

type barsRenderer struct {
	b       *Bars
	objects []fyne.CanvasObject
	size    fyne.Size
}

func (r *barsRenderer) MinSize() fyne.Size {
	return fyne.NewSize(160, float32(max(len(r.b.bars), 1)*rowHeight))
}
func (r *barsRenderer) Destroy()                     {}
func (r *barsRenderer) Objects() []fyne.CanvasObject { return r.objects }

func (r *barsRenderer) Layout(s fyne.Size) {
	if s != r.size {
		r.size = s
		r.draw()
	}
}

func (r *barsRenderer) Refresh() {
	r.draw()
	canvas.Refresh(r.b)
}

func (r *barsRenderer) draw() {
	r.objects = nil
	highest := 0.0
	var keyWidth, textWidth float32
	fg, muted := theme.Of(fynetheme.ColorNameForeground), theme.Of(theme.Muted)
	texts := make([][2]*canvas.Text, len(r.b.bars))
	for i, bar := range r.b.bars {
		highest = max(highest, bar.Value)
		key, value := canvas.NewText(bar.Key, fg), canvas.NewText(bar.Text, muted)
		key.TextSize, value.TextSize = 12, 12
		texts[i] = [2]*canvas.Text{key, value}
		keyWidth, textWidth = max(keyWidth, key.MinSize().Width), max(textWidth, value.MinSize().Width)
	}
	keyWidth = min(keyWidth, r.size.Width*0.4)
	room := max(r.size.Width-keyWidth-textWidth-16, 0)
	for i, bar := range r.b.bars {
		y := float32(i * rowHeight)
		key, value := texts[i][0], texts[i][1]
		shorten(key, keyWidth)
		rect := canvas.NewRectangle(theme.Of(r.b.name))
		rect.CornerRadius = 2
		width := float32(0)
		if highest > 0 {
			width = room * float32(max(bar.Value, 0)/highest)
		}
		height := key.MinSize().Height
		key.Move(fyne.NewPos(0, y+(rowHeight-height)/2))
		key.Resize(key.MinSize())
		rect.Move(fyne.NewPos(keyWidth+8, y+5))
		rect.Resize(fyne.NewSize(max(width, 1), rowHeight-10))
		value.Move(fyne.NewPos(keyWidth+8+width+6, y+(rowHeight-height)/2))
		value.Resize(value.MinSize())
		r.objects = append(r.objects, key, rect, value)
	}
}

// shorten cuts a text that is wider than width.
func shorten(t *canvas.Text, width float32) {
	runes := []rune(t.Text)
	for len(runes) > 1 && t.MinSize().Width > width+1 {
		runes = runes[:len(runes)-1]
		t.Text = string(runes) + "…"
	}
}
