package gui

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"fabricportal/internal/gui/parts"
	"fabricportal/internal/gui/probe"
	"fabricportal/internal/gui/theme"
)

// fileList is the list of files. Its rows are few, so each has a place of its own that a test or a key can find.
type fileList struct {
	scroll   *container.Scroll
	rows     *fyne.Container
	items    []item
	selected int
	probe    *probe.Probe
	tapped   func(int)
}

func newFileList(p *probe.Probe, tapped func(int)) *fileList {
	l := &fileList{rows: container.New(layout.NewCustomPaddedVBoxLayout(2)), selected: -1, probe: p, tapped: tapped}
	l.scroll = container.NewVScroll(l.rows)
	return l
}

func (l *fileList) set(items []item, selected int) {
	if sameItems(l.items, items) && l.selected == selected {
		return
	}
	l.items, l.selected = items, selected
	l.rows.RemoveAll()
	for i, it := range items {
		row := newFileRow(it, i == selected, func() { l.tapped(i) })
		l.probe.Register(fmt.Sprintf("import.file.%d", i), row)
		l.rows.Add(row)
	}
	l.rows.Refresh()
}

func sameItems(a, b []item) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// fileRow is one file, with its size and time below its name.
type fileRow struct {
	widget.BaseWidget
	box    fyne.CanvasObject
	name   string
	tapped func()
}

func newFileRow(it item, selected bool, tapped func()) *fileRow {
	name := parts.Label(it.name)
	name.TextStyle.Bold = selected
	back := parts.NewSwatch(theme.Surface, fyne.NewSize(10, 10), 6)
	if selected {
		back.SetColour(fynetheme.ColorNameSelection)
	}
	r := &fileRow{name: it.name, tapped: tapped}
	r.box = container.NewStack(back, container.New(layout.NewCustomPaddedVBoxLayout(-10), name, parts.Caption(it.detail)))
	r.ExtendBaseWidget(r)
	return r
}

// Tapped chooses the file.
func (r *fileRow) Tapped(*fyne.PointEvent) { r.tapped() }

// Children are the row's texts.
func (r *fileRow) Children() []fyne.CanvasObject { return []fyne.CanvasObject{r.box} }

// Texts name the file, for the probe.
func (r *fileRow) Texts() []string { return []string{r.name} }

// CreateRenderer draws the row.
func (r *fileRow) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(r.box) }
