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
	t := &Tile{caption: NewCaption(caption).Fitted(Cut), figure: NewText("–").Sized(style.Figure).Bold().Fitted(Cut).Shrinking(), note: NewCaption("").Fitted(Cut)}
	var figure fyne.CanvasObject = t.figure
	if beside != nil {
		figure = container.New(besideLayout{}, t.figure, Pad(2, 2, style.Small, 0, beside))
	}
	rows := Column(2, t.caption, figure, t.note)
	for i := range t.changes {
		t.changes[i] = newMarkedLine()
		rows.Add(t.changes[i].Container)
	}
	t.Container = Panel(12, rows)
	return t
}

// besideLayout puts a decoration at the right of a figure, where both have room: a figure is not cut for it.
type besideLayout struct{}

func (besideLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	figure, beside := o[0].MinSize(), o[1].MinSize()
	return fyne.NewSize(figure.Width, max(figure.Height, beside.Height))
}

func (l besideLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	follow(o, size, l.Layout)
	beside := o[1].MinSize().Width
	if wanted(o[0])+beside > size.Width {
		beside = 0
	}
	o[0].Resize(fyne.NewSize(size.Width-beside, size.Height))
	if beside == 0 { // out of sight; hiding it here would lay out all anew
		o[1].Move(fyne.NewPos(-10_000, 0))
		return
	}
	o[1].Resize(fyne.NewSize(beside, size.Height))
	o[1].Move(fyne.NewPos(size.Width-beside, 0))
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
		if marked := c.Shape != "" || c.Words == ""; l.mark.Visible() != marked { // words without a shape begin at the edge
			Toggle(l.mark, marked)
			l.Container.Refresh()
		}
		Toggle(l.Container, true)
	}
}
