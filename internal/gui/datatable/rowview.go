package datatable

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/lettering"
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
	indents   []float32
	asked     int // for which widths its cells are placed
}

func newRowView(columns []Column, height float32) *rowView {
	v := &rowView{columns: columns, indents: make([]float32, len(columns))}
	v.box = container.New(rowLayout{columns, v.indents, height})
	for _, c := range columns {
		text := controls.NewText("").Fitted(controls.Cut)
		if c.Named {
			text.Fitted(controls.Middle)
		}
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
			cell = controls.Border(nil, nil, controls.Pad(0, 0, 0, style.Small, mark), nil, cell)
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
		if v.indents[i] != c.Indent {
			v.indents[i] = c.Indent
			v.box.Refresh()
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

// tip is the row's texts that are cut.
func (v *rowView) tip() string {
	var out []string
	for i, t := range v.texts {
		if t.Shown() != t.Text() {
			out = append(out, t.Text())
		}
		if n := v.notes[i]; n != nil && n.Shown() != n.Text() {
			out = append(out, n.Text())
		}
	}
	return strings.Join(out, " · ")
}

// arrange places the cells anew where the columns have asked for other widths since.
func (v *rowView) arrange(asked int) {
	if asked != v.asked {
		v.asked = asked
		v.box.Layout.Layout(v.box.Objects, v.box.Size())
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
	return lettering.Line(strings.Join(texts, " · "))
}

// ProbeChildren is the row's cells.
func (v *rowView) ProbeChildren() []fyne.CanvasObject { return []fyne.CanvasObject{v.box} }

// ProbeChosen tells whether the row is the chosen one.
func (v *rowView) ProbeChosen() bool { return v.chosen }

// faces draw whole rows, with marks, notes and histograms beside the texts. They are used again for other rows.
type faces struct {
	columns []Column
	fill    func(row int) []Cell
	views   []*rowView
	asked   int // how often the columns have asked for other widths
}

// draw are the rows from and to (excluded) at their places in the grid.
func (f *faces) draw(g *surface, from, to int, width float32) []fyne.CanvasObject {
	out := make([]fyne.CanvasObject, 0, to-from)
	for i := range to - from {
		if i == len(f.views) {
			f.views = append(f.views, newRowView(f.columns, g.row))
		}
		v, row := f.views[i], from+i
		v.probeName, v.chosen = fmt.Sprintf("%s.%d", g.name, row), g.chosen.has(row)
		v.set(f.fill(row))
		v.arrange(f.asked)
		v.Resize(fyne.NewSize(width, g.row))
		v.Move(fyne.NewPos(0, g.header+float32(i)*g.row))
		if text := v.tip(); text != "" && g.r != nil {
			for c := -1; c < len(f.columns); c++ { // it is said wherever the mouse is in the row
				g.r.cut[[2]int{row, c}] = text
			}
		}
		out = append(out, v)
	}
	return out
}

// rowLayout places the cells of a row below the grid's columns.
type rowLayout struct {
	columns []Column
	indents []float32
	height  float32
}

func (l rowLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(40, l.height)
}

func (l rowLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	widths := share(l.columns, size.Width)
	var x float32
	for i, o := range objects {
		if widths[i] == 0 { // left out: hiding it would lay out the row anew
			o.Move(fyne.NewPos(-10_000, 0))
			continue
		}
		o.Resize(fyne.NewSize(max(0, widths[i]-2*rowPad-l.indents[i]), size.Height))
		o.Move(fyne.NewPos(x+rowPad+l.indents[i], 0))
		x += widths[i]
	}
}
