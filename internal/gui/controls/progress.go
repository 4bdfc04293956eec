package controls

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"fabricportal/internal/gui/style"
)

// Progress is a thin bar that is drawn only when its part changes: no animation, which costs most of a core without a
// graphics card.
type Progress struct {
	*fyne.Container
	bar  *Area
	part *partLayout
}

// NewProgress is an empty bar.
func NewProgress() *Progress {
	back := NewArea(style.NeutralBk, fyne.NewSize(40, 6))
	back.radius = 3
	p := &Progress{bar: NewArea(style.Accent, fyne.NewSize(0, 6)), part: &partLayout{}}
	p.bar.radius = 3
	p.Container = container.New(p.part, back, p.bar)
	return p
}

// Set shows a part between 0 and 1.
func (p *Progress) Set(part float32) {
	part = max(0, min(1, part))
	if part == p.part.part {
		return
	}
	p.part.part = part
	p.Refresh()
}

type partLayout struct{ part float32 }

func (l *partLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(40, 6) }
func (l *partLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Resize(size)
	o[1].Resize(fyne.NewSize(size.Width*l.part, size.Height))
}
