package controls

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"fabricportal/internal/gui/style"
)

// NewSheet is a screen that is scrolled, in both directions, where its window has not the room that it needs in the letters that were
// chosen. Where there is room, it fills its place and nothing of this is seen. name is for the probe.
func NewSheet(name string, content fyne.CanvasObject) *Scroll {
	return newScroll(name, container.ScrollBoth, content)
}

// Legible asks for a height in which something can be read of what is scrolled within an object.
func Legible(o fyne.CanvasObject) *fyne.Container { return container.New(legibleLayout{}, o) }

type legibleLayout struct{}

// legible is that height in normal letters. The least window has it for letters of up to 120 %.
const legible float32 = 300

func (legibleLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	return o[0].MinSize().Max(fyne.NewSize(0, style.Scaled(legible)))
}

func (legibleLayout) Layout(o []fyne.CanvasObject, size fyne.Size) { o[0].Resize(size) }

// Beside puts two panels beside each other, the second or the first as wide as side says of the whole width; below each other where
// the window is too narrow for both in the letters that were chosen.
func Beside(first, second fyne.CanvasObject, side Side) *fyne.Container {
	return container.New(besideEachOther{side}, first, second)
}

// Side says how wide the narrower of two panels is.
type Side struct {
	First       bool    // it is the first
	Part        float32 // of the whole width
	Least, Most float32
	Main        float32 // the least width of the other one; 0 for what it needs
	// Below are the least heights of both where they stand below each other, in normal letters.
	Below [2]float32
}

type besideEachOther struct{ Side }

// panelGap is the room between two panels.
const panelGap float32 = 12

func (b besideEachOther) below(i int, o fyne.CanvasObject) float32 {
	return max(style.Scaled(b.Below[i]), o.MinSize().Height)
}

func (b besideEachOther) MinSize(o []fyne.CanvasObject) fyne.Size {
	first, second := o[0].MinSize(), o[1].MinSize()
	if style.Narrow() {
		return fyne.NewSize(max(first.Width, second.Width), b.below(0, o[0])+panelGap+b.below(1, o[1]))
	}
	side, main := second.Width, first.Width
	if b.First {
		side, main = main, side
	}
	if b.Main > 0 {
		main = b.Main
	}
	return fyne.NewSize(max(b.Least, side)+panelGap+main, max(first.Height, second.Height))
}

func (b besideEachOther) Layout(o []fyne.CanvasObject, size fyne.Size) {
	place := func(i int, x, y, w, h float32) {
		o[i].Move(fyne.NewPos(x, y))
		o[i].Resize(fyne.NewSize(w, h))
	}
	if style.Narrow() {
		upper, lower := b.below(0, o[0]), b.below(1, o[1])
		lower = max(lower, size.Height-panelGap-upper)
		place(0, 0, 0, size.Width, upper)
		place(1, 0, upper+panelGap, size.Width, lower)
		return
	}
	i := 1
	if b.First {
		i = 0
	}
	side := max(b.Least, min(b.Most, size.Width*b.Part), o[i].MinSize().Width)
	if b.First {
		place(0, 0, 0, side, size.Height)
		place(1, side+panelGap, 0, size.Width-side-panelGap, size.Height)
		return
	}
	place(0, 0, 0, size.Width-side-panelGap, size.Height)
	place(1, size.Width-side, 0, side, size.Height)
}

// Ends puts one line at the left end and one at the right; in a narrow window that has no room for both, the second goes below.
func Ends(left, right *fyne.Container) *fyne.Container {
	l := &endsLayout{}
	c := container.New(l, left, right)
	l.again = func() { c.Refresh() }
	return c
}

// endsLayout has titles in any window whole, and of other lines in a narrow one.
type endsLayout struct {
	below bool // as last laid out
	again func()
}

// first is the width that is wanted for what stands left.
func (l *endsLayout) first(o fyne.CanvasObject) float32 {
	c, ok := o.(*fyne.Container)
	if !ok {
		return o.MinSize().Width
	}
	if titles, ok := c.Layout.(*titlesLayout); ok {
		return titles.whole(c.Objects)
	}
	if style.Narrow() {
		return Wanted(c)
	}
	return c.MinSize().Width
}

func (l *endsLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	left, right := o[0].MinSize(), o[1].MinSize()
	if l.below {
		return fyne.NewSize(max(left.Width, right.Width), left.Height+style.Tight+right.Height)
	}
	return fyne.NewSize(max(left.Width, right.Width), max(left.Height, right.Height))
}

func (l *endsLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	right := o[1].MinSize()
	below := l.first(o[0])+style.Small+right.Width > size.Width+0.5
	wide := size.Width
	if !below {
		wide -= style.Small + right.Width
	}
	o[0].Resize(fyne.NewSize(wide, o[0].MinSize().Height))
	left := o[0].MinSize() // titles take lines by their width
	if o[0].Resize(fyne.NewSize(wide, left.Height)); below {
		o[0].Move(fyne.Position{})
		o[1].Move(fyne.NewPos(max(0, size.Width-right.Width), left.Height+style.Tight))
	} else {
		o[0].Move(fyne.NewPos(0, (size.Height-left.Height)/2))
		o[1].Move(fyne.NewPos(size.Width-right.Width, (size.Height-right.Height)/2))
	}
	o[1].Resize(right)
	if l.below != below {
		l.below = below
		l.again() // what stands below gets another height
	}
}
