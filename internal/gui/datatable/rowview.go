package datatable

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/style"
)

// rowView draws one row.
type rowView struct {
	widget.BaseWidget
	columns   []Column
	texts     []*controls.Text
	marks     []*controls.Mark
	notes     []*controls.Text
	bars      []*controls.Histogram
	box       *fyne.Container
	probeName string
	chosen    bool
}

func newRowView(columns []Column) *rowView {
	v := &rowView{columns: columns, box: container.New(rowLayout{columns, rowHeight(columns)})}
	for _, c := range columns {
		text := controls.NewText("").Fitted(controls.Cut)
		if c.Right {
			text.Aligned(fyne.TextAlignTrailing)
		}
		var mark *controls.Mark
		var note *controls.Text
		var cell fyne.CanvasObject = text
		if c.Note {
			note = controls.NewCaption("").Fitted(controls.Cut)
			cell = controls.Pad(4, 4, 0, 0, controls.Column(0, text, note))
		}
		if c.Mark {
			mark = controls.NewMark("", style.Muted)
			cell = container.NewBorder(nil, nil, controls.Pad(0, 0, 0, style.Small, mark), nil, cell)
		}
		var bars *controls.Histogram
		if c.Bars {
			bars = controls.NewHistogram()
			cell = bars
		}
		v.box.Add(cell)
		v.texts, v.marks, v.notes, v.bars = append(v.texts, text), append(v.marks, mark), append(v.notes, note), append(v.bars, bars)
	}
	v.ExtendBaseWidget(v)
	return v
}

func (v *rowView) set(cells []Cell) {
	for i, text := range v.texts {
		var c Cell
		if i < len(cells) {
			c = cells[i]
		}
		colour := c.Color
		if colour == "" {
			colour = style.Text
		}
		text.Style(c.Text, colour, c.Bold)
		if v.notes[i] != nil {
			v.notes[i].Set(c.Note)
		}
		if v.bars[i] != nil {
			v.bars[i].Set(c.Bars)
		}
		if v.marks[i] != nil {
			tint := c.Tint
			if tint == "" {
				tint = colour
			}
			v.marks[i].Set(c.Shape, tint)
		}
	}
}

func (v *rowView) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(v.box) }

// ProbeName, ProbeText and ProbeChildren describe the row to the probe.
func (v *rowView) ProbeName() string { return v.probeName }

// ProbeText is the row's texts.
func (v *rowView) ProbeText() string {
	var texts []string
	for i, t := range v.texts {
		if t.Text() != "" {
			texts = append(texts, t.Text())
		}
		if v.notes[i] != nil && v.notes[i].Text() != "" {
			texts = append(texts, v.notes[i].Text())
		}
	}
	return strings.Join(texts, " · ")
}

// ProbeChildren is the row's cells.
func (v *rowView) ProbeChildren() []fyne.CanvasObject { return []fyne.CanvasObject{v.box} }

// ProbeChosen tells whether the row is the chosen one.
func (v *rowView) ProbeChosen() bool { return v.chosen }

func newHeader(columns []Column) fyne.CanvasObject {
	titled := false
	box := container.New(rowLayout{columns, style.Large})
	for _, c := range columns {
		t := controls.NewCaption(c.Title).Fitted(controls.Cut)
		if c.Right {
			t.Aligned(fyne.TextAlignTrailing)
		}
		titled = titled || c.Title != ""
		box.Add(t)
	}
	if !titled {
		return container.NewWithoutLayout()
	}
	return controls.Column(0, box, controls.Rule())
}

// rowLayout places the cells of a row: each column its width, and its part of what is left.
type rowLayout struct {
	columns []Column
	height  float32
}

// gap between columns. A row's right end is kept free for the scroll bar.
const gap = 12

func (l rowLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(40, l.height)
}

func (l rowLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	widths := share(l.columns, size.Width-gap*float32(len(l.columns)-1)-style.Small-style.Medium)
	x := style.Small
	for i, o := range objects {
		o.Resize(fyne.NewSize(widths[i], size.Height))
		o.Move(fyne.NewPos(x, 0))
		x += widths[i] + gap
	}
}

// share gives each column its width; what is left goes by Grow, what is missing is taken from all alike.
func share(columns []Column, room float32) []float32 {
	var least, grow float32
	for _, c := range columns {
		least += c.Width
		grow += c.Grow
	}
	out := make([]float32, len(columns))
	for i, c := range columns {
		switch {
		case room < least:
			out[i] = c.Width * max(0, room) / least
		case grow > 0:
			out[i] = c.Width + (room-least)*c.Grow/grow
		default:
			out[i] = c.Width
		}
	}
	return out
}
