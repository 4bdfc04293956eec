package controls

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"fabricportal/internal/gui/style"
)

// Tile is a figure that matters with its caption, a note, and what became of it since.
type Tile struct {
	*fyne.Container
	caption, figure, note *Text
	changes               [2]*markedLine
}

// markedLine is a small shape and a caption.
type markedLine struct {
	*fyne.Container
	mark *Mark
	text *Text
}

func newMarkedLine() *markedLine {
	l := &markedLine{mark: NewMark("", style.Muted), text: NewCaption("").Fitted(Cut)}
	l.mark.size = 8
	l.Container = Line(6, l.mark, l.text)
	l.Hide()
	return l
}

// NewTile is an empty tile; beside stands right of the figure and may be nil.
func NewTile(caption string, beside fyne.CanvasObject) *Tile {
	t := &Tile{caption: NewCaption(caption).Fitted(Cut), figure: NewText("–").Sized(style.Figure).Bold().Fitted(Cut), note: NewCaption("").Fitted(Cut)}
	var figure fyne.CanvasObject = t.figure
	if beside != nil {
		figure = container.NewBorder(nil, nil, nil, Pad(2, 2, style.Small, 0, beside), t.figure)
	}
	rows := Column(2, t.caption, figure, t.note)
	for i := range t.changes {
		t.changes[i] = newMarkedLine()
		rows.Add(t.changes[i].Container)
	}
	t.Container = Panel(12, rows)
	return t
}

// Set changes figure and note.
func (t *Tile) Set(figure, note string) {
	t.figure.Set(figure)
	t.note.Set(note)
}

// SetCaption changes the caption.
func (t *Tile) SetCaption(caption string) { t.caption.Set(caption) }

// Change is what became of a figure, in a few words, with a shape that says which way it went.
type Change struct {
	Shape Shape
	Words string
}

// SetChanges says what became of the figure. From the first call on the tile has the height for two changes.
func (t *Tile) SetChanges(changes ...Change) {
	for i, l := range t.changes {
		c := Change{}
		if i < len(changes) {
			c = changes[i]
		}
		l.mark.Set(c.Shape, style.Muted)
		l.text.Set(c.Words)
		Toggle(l.Container, true)
	}
}
