package monitor

import (
	"fyne.io/fyne/v2"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/style"
)

// stepBar shows the stations of a run beside each other, joined by lines as far as it has come.
type stepBar struct {
	*fyne.Container
	marks  [4]*controls.Mark
	titles [4]*controls.Text
	notes  [4]*controls.Text
	lines  [4]*controls.Area
}

func newStepBar() *stepBar {
	b := &stepBar{Container: controls.Equal(style.Tight)}
	for i := range b.marks {
		b.marks[i] = controls.NewMark(controls.Ring, style.Muted)
		b.titles[i] = controls.NewText("").Fitted(controls.Cut)
		b.notes[i] = controls.NewCaption("").Fitted(controls.Cut)
		b.lines[i] = controls.NewArea(style.Border, fyne.NewSize(1, 3))
		b.Add(controls.Column(6, b.lines[i], controls.Line(6, b.marks[i], b.titles[i]), b.notes[i]))
	}
	return b
}

func (b *stepBar) set(steps []Step) {
	for i, s := range steps {
		b.marks[i].Set(s.State.Shape, s.State.Color)
		colour, line := style.Muted, style.Border
		if s.Reach {
			colour, line = style.Text, s.State.Color
		}
		b.titles[i].Style(s.Title, colour, s.State == controls.StateBusy || s.State == controls.StateBad)
		b.notes[i].Set(s.Note)
		b.lines[i].Set(line)
	}
}
