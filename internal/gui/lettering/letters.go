package lettering

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"fabricportal/internal/gui/style"
)

// Letters are one line of text on the canvas.
type Letters struct {
	text *canvas.Text
	face Face
}

// NewLetters is an empty line.
func NewLetters() *Letters { return &Letters{text: canvas.NewText("", nil)} }

// Write changes what stands there.
func (l *Letters) Write(text string, f Face, c color.Color, align fyne.TextAlign) {
	l.write(Line(text), f, c, align)
}

// write is Write for a text that is fit to be shown already.
func (l *Letters) write(line string, f Face, c color.Color, align fyne.TextAlign) {
	l.face = f
	l.text.Text, l.text.TextSize, l.text.TextStyle, l.text.Color, l.text.Alignment = line, style.Scaled(f.Size), f.Style(), c, align
}

// WriteIn is Write, cut to a width.
func (l *Letters) WriteIn(width float32, text string, f Face, c color.Color, align fyne.TextAlign) {
	l.write(f.Cut(Line(text), width), f, c, align)
}

// Text is what stands there.
func (l *Letters) Text() string { return l.text.Text }

// Object is what the canvas draws.
func (l *Letters) Object() fyne.CanvasObject { return l.text }

// MinSize is the room that the line needs.
func (l *Letters) MinSize() fyne.Size { return l.text.MinSize() }

// Size is the room that it has.
func (l *Letters) Size() fyne.Size { return l.text.Size() }

// Place gives it its place.
func (l *Letters) Place(at fyne.Position, size fyne.Size) {
	l.text.Move(at)
	l.text.Resize(size)
}

// Show shows or hides it.
func (l *Letters) Show(yes bool) { l.text.Hidden = !yes }

// Shown tells whether it can be seen.
func (l *Letters) Shown() bool { return !l.text.Hidden }

// Refresh draws it anew.
func (l *Letters) Refresh() { l.text.Refresh() }
