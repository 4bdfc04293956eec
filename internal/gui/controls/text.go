// Package controls is the window's own small widgets: texts without Fyne's padding, panels, chips, tabs, banners. They
// tell the probe what they show, as Fyne has no accessibility yet.
package controls

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"fabricportal/internal/gui/style"
)

// Fit says what happens to a text that is wider than its place.
type Fit int

// The ways to fit.
const (
	Whole Fit = iota // the place must be wide enough
	Cut              // cut off, with an ellipsis
	Wrap             // wrapped at blanks
)

// Text is a text without padding around it.
type Text struct {
	widget.BaseWidget
	text  string
	size  float32
	bold  bool
	color fyne.ThemeColorName
	align fyne.TextAlign
	fit   Fit
	lines []*canvas.Text
	width float32 // that the lines were made for
	// steady keeps the width when the text becomes bold, so that nothing moves.
	steady bool
}

// NewText is a text in body size.
func NewText(text string) *Text {
	t := &Text{text: text, size: style.Body, color: style.Text}
	t.ExtendBaseWidget(t)
	return t
}

// NewCaption is a small, muted text.
func NewCaption(text string) *Text { return NewText(text).Sized(style.Caption).Colored(style.Muted) }

// NewHeading is a bold text in body size.
func NewHeading(text string) *Text { return NewText(text).Bold() }

// Sized, Bold, Colored, Aligned and Fitted set the form, before the text is shown.
func (t *Text) Sized(size float32) *Text { t.size = size; return t }

// Bold makes the text bold.
func (t *Text) Bold() *Text { t.bold = true; return t }

// Colored gives the text a colour of the theme.
func (t *Text) Colored(c fyne.ThemeColorName) *Text { t.color = c; return t }

// Aligned aligns the text.
func (t *Text) Aligned(a fyne.TextAlign) *Text { t.align = a; return t }

// Fitted says what happens when the text is too wide.
func (t *Text) Fitted(f Fit) *Text { t.fit = f; return t }

// Steady keeps the place that the text needs when it is bold.
func (t *Text) Steady() *Text { t.steady = true; return t }

// Text is what it says, in full.
func (t *Text) Text() string { return t.text }

// Set changes the text; nothing is drawn when it is the same.
func (t *Text) Set(text string) { t.Style(text, t.color, t.bold) }

// Style changes text, colour and weight at once.
func (t *Text) Style(text string, c fyne.ThemeColorName, bold bool) {
	if text == t.text && c == t.color && bold == t.bold {
		return
	}
	t.text, t.color, t.bold = text, c, bold
	t.Refresh()
}

// ProbeText is the text as the probe reports it.
func (t *Text) ProbeText() string { return t.text }

func (t *Text) style() fyne.TextStyle { return fyne.TextStyle{Bold: t.bold} }

func (t *Text) measure(s string) fyne.Size { return fyne.MeasureText(s, t.size, t.style()) }

// MinSize is part of fyne.Widget.
func (t *Text) MinSize() fyne.Size {
	t.ExtendBaseWidget(t)
	one := t.measure("M").Height
	switch t.fit {
	case Cut:
		return fyne.NewSize(min(24, t.measure(t.text).Width), one)
	case Wrap:
		return fyne.NewSize(48, one*float32(max(1, len(t.split(t.Size().Width)))))
	}
	width := t.measure(t.text).Width
	if t.steady {
		width = max(width, fyne.MeasureText(t.text, t.size, fyne.TextStyle{Bold: true}).Width)
	}
	return fyne.NewSize(width, one)
}

// split is the lines of the text in the given width.
func (t *Text) split(width float32) []string {
	switch {
	case t.text == "":
		return nil
	case t.fit == Whole || width <= 0:
		return []string{t.text}
	case t.fit == Cut:
		return []string{cutTo(t.text, func(s string) bool { return t.measure(s).Width <= width })}
	}
	return wrapTo(t.text, func(s string) bool { return t.measure(s).Width <= width })
}

// cutTo is as much of s as fits, with an ellipsis where it is not all.
func cutTo(s string, fits func(string) bool) string {
	if fits(s) {
		return s
	}
	r := []rune(s)
	low, high := 0, len(r)
	for low < high {
		mid := (low + high + 1) / 2
		if fits(strings.TrimRight(string(r[:mid]), " ") + "…") {
			low = mid
		} else {
			high = mid - 1
		}
	}
	return strings.TrimRight(string(r[:low]), " ") + "…"
}

// wrapTo breaks s at blanks; a word that does not fit alone is broken anywhere.
func wrapTo(s string, fits func(string) bool) []string {
	var lines []string
	for paragraph := range strings.SplitSeq(s, "\n") {
		line := ""
		for word := range strings.FieldsSeq(paragraph) {
			next := word
			if line != "" {
				next = line + " " + word
			}
			if fits(next) {
				line = next
				continue
			}
			if line != "" {
				lines = append(lines, line)
			}
			for !fits(word) && len([]rune(word)) > 1 {
				r := []rune(word)
				n := len(r) - 1
				for n > 1 && !fits(string(r[:n])) {
					n--
				}
				lines = append(lines, string(r[:n]))
				word = string(r[n:])
			}
			line = word
		}
		lines = append(lines, line)
	}
	return lines
}

// Resize is part of fyne.Widget: another width may need another number of lines.
func (t *Text) Resize(size fyne.Size) {
	changed := size.Width != t.width
	t.BaseWidget.Resize(size)
	if changed && t.fit != Whole {
		t.Refresh()
	}
}

// CreateRenderer is part of fyne.Widget.
func (t *Text) CreateRenderer() fyne.WidgetRenderer {
	r := &textRenderer{t: t}
	r.build()
	return r
}

type textRenderer struct {
	t       *Text
	objects []fyne.CanvasObject
}

func (r *textRenderer) build() {
	t := r.t
	t.width = t.Size().Width
	lines := t.split(t.width)
	for len(t.lines) < len(lines) {
		t.lines = append(t.lines, canvas.NewText("", nil))
	}
	t.lines = t.lines[:max(len(lines), min(1, len(t.lines)))]
	r.objects = r.objects[:0]
	for i, c := range t.lines {
		c.Text = ""
		if i < len(lines) {
			c.Text = lines[i]
		}
		c.TextSize, c.TextStyle, c.Alignment = t.size, t.style(), t.align
		c.Color = theme.Color(t.color)
		r.objects = append(r.objects, c)
	}
}

func (r *textRenderer) Layout(size fyne.Size) {
	height := r.t.measure("M").Height
	top := float32(0)
	if len(r.objects) == 1 {
		top = (size.Height - height) / 2 // one line stands in the middle of a higher place
	}
	for i, o := range r.objects {
		o.Move(fyne.NewPos(0, top+float32(i)*height))
		o.Resize(fyne.NewSize(size.Width, height))
	}
}

func (r *textRenderer) MinSize() fyne.Size           { return r.t.MinSize() }
func (r *textRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *textRenderer) Destroy()                     {}

func (r *textRenderer) Refresh() {
	r.build()
	r.Layout(r.t.Size())
	for _, o := range r.objects {
		o.Refresh()
	}
	canvas.Refresh(r.t)
}
