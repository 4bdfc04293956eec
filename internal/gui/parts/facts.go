package parts

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"
)

// Plain is a text that is never cut off; it is for texts whose length is known.
func Plain(text string) *widget.Label { return widget.NewLabel(text) }

// Facts is a list of names with their values beside them.
type Facts struct {
	Root fyne.CanvasObject
	grid *fyne.Container
	rows [][]string
}

// NewFacts makes an empty list.
func NewFacts() *Facts {
	f := &Facts{grid: container.New(layout.NewFormLayout())}
	f.Root = container.NewVScroll(f.grid)
	return f
}

// Set shows rows of a name and a value.
func (f *Facts) Set(rows [][]string) {
	if equal(f.rows, rows) {
		return
	}
	same := len(f.rows) == len(rows)
	f.rows = rows
	if same {
		for i, r := range rows {
			SetText(factLabel(f.grid.Objects[2*i]), r[0])
			SetText(factLabel(f.grid.Objects[2*i+1]), r[1])
		}
		return
	}
	f.grid.RemoveAll()
	tight := func(l *widget.Label) fyne.CanvasObject {
		return container.New(layout.NewCustomPaddedLayout(-5, -5, 0, 0), l)
	}
	for _, r := range rows {
		name := Plain(r[0])
		name.Importance = widget.LowImportance
		f.grid.Add(tight(name))
		f.grid.Add(tight(Label(r[1])))
	}
	f.grid.Refresh()
}

func factLabel(o fyne.CanvasObject) *widget.Label {
	return o.(*fyne.Container).Objects[0].(*widget.Label)
}

// Timeline is a list of moments with what happened, each as long as it needs.
type Timeline struct {
	Root fyne.CanvasObject
	box  *fyne.Container
	rows [][]string
}

// NewTimeline makes an empty one.
func NewTimeline() *Timeline {
	t := &Timeline{box: container.New(layout.NewCustomPaddedVBoxLayout(-6))}
	t.Root = container.NewVScroll(t.box)
	return t
}

// Set shows rows of a time and a text; a text that begins with a mark (● ! ✗) stands out by it.
func (t *Timeline) Set(rows [][]string) {
	if equal(t.rows, rows) {
		return
	}
	t.rows = rows
	t.box.RemoveAll()
	for _, r := range rows {
		when := Plain(r[0])
		when.Importance = widget.LowImportance
		text := Wrapped(r[1])
		switch {
		case strings.HasPrefix(r[1], "!"):
			text.Importance = widget.WarningImportance
		case strings.HasPrefix(r[1], "✗"):
			text.Importance = widget.DangerImportance
		case strings.HasPrefix(r[1], "●"):
			text.TextStyle.Bold = true
		}
		t.box.Add(container.NewBorder(nil, nil, container.NewVBox(when), nil, text))
	}
	t.box.Refresh()
}
