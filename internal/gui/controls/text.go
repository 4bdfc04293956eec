// Package controls is the window's own small widgets: texts without Fyne's padding, panels, chips, tabs, banners. They
// tell the probe and screen readers what they show: Fyne 2.8.1 asks each widget for a name and one of four kinds (package spoken).
package controls

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/plaintext"
)

// Fit says what happens to a text that is wider than its place.
type Fit int

// The ways to fit.
const (
	Whole  Fit = iota // the place must be wide enough
	Cut               // cut off, with an ellipsis
	Wrap              // wrapped at blanks
	Middle            // cut in the middle, with an ellipsis: a name, whose ending counts
)

// Text is a text without padding around it. Whatever it is given is made fit to be shown.
type Text struct {
	widget.BaseWidget
	given   string // as far as it can be shown over several lines
	text    string // as it is shown
	size    float32
	bold    bool
	color   fyne.ThemeColorName
	align   fyne.TextAlign
	fit     Fit
	lines   []*lettering.Letters
	width   float32 // that the lines were made for
	wrapped wrapped
	most    int // lines that are shown; 0 for all
	// steady keeps the width when the text becomes bold, so that nothing moves.
	steady  bool
	shrinks bool // its letters become smaller before it is cut
	// again lays out the line that the text stands in: Fyne does so only where a least size has changed, and that of a text
	// that may be cut does not.
	again func()
}

// NewText is a text in body size.
func NewText(text string) *Text {
	t := &Text{size: style.Body, color: style.Text}
	t.take(text)
	t.ExtendBaseWidget(t)
	return t
}

// take makes a text fit to be shown in the text's form.
func (t *Text) take(text string) {
	t.given = lettering.Text(text)
	switch t.fit {
	case Wrap:
		t.text = t.given
	case Cut, Middle:
		t.text = lettering.Line(t.given)
	default:
		t.text = lettering.Label(t.given)
	}
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
func (t *Text) Fitted(f Fit) *Text {
	t.fit = f
	t.take(t.given)
	return t
}

// narrow is a width in which a text may take twice as many lines.
const narrow float32 = 480

// AtMost bounds the lines of a wrapped text, where it stands above something that must stay in sight.
func (t *Text) AtMost(lines int) *Text { t.most = lines; return t }

// Steady keeps the place that the text needs when it is bold.
func (t *Text) Steady() *Text { t.steady = true; return t }

// Text is what it says, without what can't be shown.
func (t *Text) Text() string { return t.text }

// Set changes the text; nothing is drawn when it is the same.
func (t *Text) Set(text string) { t.Style(text, t.color, t.bold) }

// Style changes text, colour and weight at once.
func (t *Text) Style(text string, c fyne.ThemeColorName, bold bool) {
	was, wide, high := t.text, float32(0), len(t.lines)
	if t.again != nil {
		wide = t.wantedWidth()
	}
	t.take(text)
	if was == t.text && c == t.color && bold == t.bold {
		return
	}
	t.color, t.bold = c, bold
	if t.again != nil && t.wantedWidth() != wide {
		t.again()
	}
	t.Refresh()
	if t.fit == Wrap && len(t.lines) != high && high > 0 && t.width > 0 {
		settle(t)
	}
}

// Shown is what can be read of a text on one line; all of a wrapped one.
func (t *Text) Shown() string {
	if t.fit != Cut && t.fit != Middle || len(t.lines) == 0 {
		return t.text
	}
	return t.lines[0].Text()
}

// Wanted is the width at which nothing is cut.
func (t *Text) Wanted() float32 { return t.wantedWidth() }

// Points is the size of the letters.
func (t *Text) Points() float32 { return t.size }

// SpokenHeading tells whether the text is the title of what follows.
func (t *Text) SpokenHeading() bool { return t.bold && t.size >= style.Body }

// ProbeText is the text as the probe reports it.
func (t *Text) ProbeText() string { return t.text }

func (t *Text) face() lettering.Face { return lettering.Face{Size: t.size, Bold: t.bold} }

// Shrinking makes the letters smaller where the text has not enough room, before it is cut.
func (t *Text) Shrinking() *Text { t.shrinks = true; return t }

// narrowed is the face in which the text is written in a width.
func (t *Text) narrowed(width float32) lettering.Face {
	const least = 0.7 // of its size
	face := t.face()
	if t.shrinks && width > 0 {
		if wants := face.Width(t.text) + 1; wants > width {
			face.Size *= max(least, 0.97*width/wants) // widths do not quite follow the size
		}
	}
	return face
}

// MinSize is part of fyne.Widget.
func (t *Text) MinSize() fyne.Size {
	t.ExtendBaseWidget(t)
	face := t.face()
	one := face.Height()
	switch t.fit {
	case Cut, Middle:
		return fyne.NewSize(min(24, face.Width(t.text)), one)
	case Wrap:
		return fyne.NewSize(48, one*float32(max(1, len(t.split(t.Size().Width)))))
	}
	width := face.Width(t.text)
	if t.steady {
		width = max(width, lettering.Face{Size: t.size, Bold: true}.Width(t.text))
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
		return []string{t.narrowed(width).Cut(t.text, width)}
	case t.fit == Middle:
		return []string{t.narrowed(width).Middle(t.text, width)}
	}
	lines := t.wrapped.of(t.face(), t.text, width)
	most := t.most
	if width < narrow {
		most *= 2
	}
	if most > 0 && len(lines) > most {
		last := t.face().Cut(lines[most-1]+" "+lines[most]+string(plaintext.Ellipsis), width)
		lines = append(slices.Clone(lines[:most-1]), last)
	}
	return lines
}

// wrapped are the lines of a text as they were broken last: a layout asks for them several times.
type wrapped struct {
	face  lettering.Face
	size  float32 // of its letters
	text  string
	width float32
	lines []string
}

func (w *wrapped) of(f lettering.Face, text string, width float32) []string {
	size := style.Scaled(f.Size)
	if w.lines == nil || w.face != f || w.size != size || w.text != text || w.width != width {
		*w = wrapped{f, size, text, width, f.Wrap(text, width)}
	}
	return w.lines
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
		t.lines = append(t.lines, lettering.NewLetters())
	}
	t.lines = t.lines[:max(len(lines), min(1, len(t.lines)))]
	r.objects = r.objects[:0]
	for i, c := range t.lines {
		line := ""
		if i < len(lines) {
			line = lines[i]
		}
		c.Write(line, t.narrowed(t.width), theme.Color(t.color), t.align)
		r.objects = append(r.objects, c.Object())
	}
}

func (r *textRenderer) Layout(size fyne.Size) {
	height := r.t.face().Height()
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
