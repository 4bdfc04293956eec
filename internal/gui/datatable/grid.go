package datatable

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/style"
)

// Data is the cells of a Grid, ready to be drawn.
type Data struct {
	Columns []string
	Right   []bool // columns of numbers
	Rows    [][]string
}

// Grid shows the cells of a data file; its header stays in sight.
type Grid struct {
	*fyne.Container
	data  Data
	table *gridTable
	empty *controls.Empty
	alive map[*controls.Text]widget.TableCellID
}

// NewGrid is an empty grid.
func NewGrid(empty *controls.Empty) *Grid {
	g := &Grid{empty: empty, alive: map[*controls.Text]widget.TableCellID{}}
	g.table = &gridTable{}
	g.table.ExtendBaseWidget(g.table)
	g.table.HideSeparators = true
	g.table.ShowHeaderRow = true
	g.table.Length = func() (int, int) { return len(g.data.Rows), len(g.data.Columns) }
	g.table.CreateCell = func() fyne.CanvasObject { return newCell() }
	g.table.CreateHeader = func() fyne.CanvasObject {
		c := newCell()
		c.Objects[1].(*fyne.Container).Objects[0].(*controls.Text).Bold()
		return c
	}
	g.table.UpdateCell = func(id widget.TableCellID, o fyne.CanvasObject) {
		text := ""
		if id.Row < len(g.data.Rows) && id.Col < len(g.data.Rows[id.Row]) {
			text = g.data.Rows[id.Row][id.Col]
		}
		g.setCell(o, id, text, id.Row%2 == 1)
	}
	g.table.UpdateHeader = func(id widget.TableCellID, o fyne.CanvasObject) {
		text := ""
		if id.Col >= 0 && id.Col < len(g.data.Columns) {
			text = g.data.Columns[id.Col]
		}
		g.setCell(o, id, text, false)
	}
	g.table.copied = func(id widget.TableCellID) string {
		if id.Row < 0 || id.Row >= len(g.data.Rows) {
			return ""
		}
		return strings.Join(g.data.Rows[id.Row], "\t")
	}
	g.table.OnSelected = func(id widget.TableCellID) { g.table.at = id }
	body := container.NewStack(container.NewThemeOverride(g.table, &tightTheme{}))
	if empty != nil {
		body.Add(empty.Container)
	}
	g.Container = container.NewStack(newProbed(body, g.probeChildren))
	g.Set(Data{})
	return g
}

func newCell() *fyne.Container {
	return container.NewStack(controls.NewArea(style.None, fyne.NewSize(0, style.Row)),
		controls.Pad(0, 0, style.Small, style.Small, controls.NewText("").Fitted(controls.Cut)))
}

func (g *Grid) setCell(o fyne.CanvasObject, id widget.TableCellID, text string, odd bool) {
	parts := o.(*fyne.Container).Objects
	label := parts[1].(*fyne.Container).Objects[0].(*controls.Text)
	g.alive[label] = id
	align := fyne.TextAlignLeading
	if id.Col >= 0 && id.Col < len(g.data.Right) && g.data.Right[id.Col] {
		align = fyne.TextAlignTrailing
	}
	colour := style.None
	if odd {
		colour = style.Stripe
	}
	if id.Row < 0 {
		colour = style.Surface
	}
	parts[0].(*controls.Area).Set(colour)
	label.Aligned(align)
	label.Style(text, style.Text, id.Row < 0)
}

func (g *Grid) probeChildren() []fyne.CanvasObject {
	var out []fyne.CanvasObject
	if g.empty != nil {
		out = append(out, g.empty.Container)
	}
	labels := make([]*controls.Text, 0, len(g.alive))
	for l := range g.alive {
		labels = append(labels, l)
	}
	slices.SortFunc(labels, func(a, b *controls.Text) int {
		x, y := g.alive[a], g.alive[b]
		return (x.Row-y.Row)*10_000 + x.Col - y.Col
	})
	for _, l := range labels {
		out = append(out, l)
	}
	return out
}

// Set replaces the cells.
func (g *Grid) Set(d Data) {
	same := slices.Equal(d.Columns, g.data.Columns) && slices.EqualFunc(d.Rows, g.data.Rows, slices.Equal)
	if g.empty != nil {
		g.empty.Shown(len(d.Rows) == 0)
	}
	controls.Toggle(g.table, len(d.Columns) > 0)
	if same {
		return
	}
	g.data = d
	g.alive = map[*controls.Text]widget.TableCellID{}
	for i, w := range widths(d) {
		g.table.SetColumnWidth(i, w)
	}
	g.table.ScrollToTop()
	g.table.Refresh()
}

// widths measures the header and the first rows of each column; very long texts are cut.
func widths(d Data) []float32 {
	out := make([]float32, len(d.Columns))
	for i, c := range d.Columns {
		w := fyne.MeasureText(c, style.Body, fyne.TextStyle{Bold: true}).Width
		longest := ""
		for _, r := range d.Rows[:min(len(d.Rows), 60)] {
			if i < len(r) && len(r[i]) > len(longest) {
				longest = r[i]
			}
		}
		w = max(w, fyne.MeasureText(longest, style.Body, fyne.TextStyle{}).Width)
		out[i] = min(max(w+2*style.Small+6, 64), 280)
	}
	return out
}

// gridTable is Fyne's table where Ctrl+C copies the row.
type gridTable struct {
	widget.Table
	at     widget.TableCellID
	copied func(widget.TableCellID) string
}

// TypedShortcut copies.
func (t *gridTable) TypedShortcut(s fyne.Shortcut) {
	if _, ok := s.(*fyne.ShortcutCopy); !ok {
		return
	}
	if text := t.copied(t.at); text != "" {
		fyne.CurrentApp().Clipboard().SetContent(text)
	}
}
