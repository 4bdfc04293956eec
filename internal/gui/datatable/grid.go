package datatable

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"fabricportal/internal/formula"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/lettering"
)

// Data is the cells of a file, ready to be drawn.
type Data struct {
	Columns []string
	Right   []bool // columns of numbers
	Rows    [][]string
}

// Grid shows the cells of a file that are all in memory, such as its first rows.
type Grid struct {
	*fyne.Container
	data  Data
	grid  *surface
	empty *controls.Empty
}

// NewGrid is an empty table; name is for the probe. empty is shown when there are no rows; it may be nil.
func NewGrid(name string, empty *controls.Empty) *Grid {
	c := &Grid{grid: newSurface(name), empty: empty}
	c.grid.cell = func(row, column int) cell {
		if row >= len(c.data.Rows) || column >= len(c.data.Rows[row]) {
			return cell{known: true}
		}
		return cell{text: c.data.Rows[row][column], known: true}
	}
	c.grid.onFit = c.fit
	c.grid.onCopy = func() { toClipboard(c.copyText()) }
	c.Container = container.NewStack(c.grid)
	if empty != nil {
		c.Add(empty.Container)
	}
	c.show()
	return c
}

// Set replaces the cells. Nothing is drawn when all are the same, so that a column keeps the width it was given.
func (c *Grid) Set(d Data) {
	if slices.Equal(d.Columns, c.data.Columns) && slices.EqualFunc(d.Rows, c.data.Rows, slices.Equal) {
		return
	}
	c.data = d
	c.show()
}

func (c *Grid) show() {
	if c.empty != nil {
		c.empty.Shown(len(c.data.Rows) == 0)
	}
	controls.Toggle(c.grid, len(c.data.Columns) > 0)
	columns := make([]column, len(c.data.Columns))
	for i, name := range c.data.Columns {
		columns[i] = column{name: name, right: i < len(c.data.Right) && c.data.Right[i], width: c.width(i, name)}
	}
	c.grid.top, c.grid.left, c.grid.chosen = 0, 0, span{-1, -1}
	c.grid.set(columns, len(c.data.Rows))
}

func (c *Grid) width(i int, name string) float32 {
	return fitting(name, c.texts(i, 0, measured), usualMost)
}

// texts are a column's in some rows.
func (c *Grid) texts(i, from, to int) []string {
	var out []string
	for _, r := range c.data.Rows[min(from, len(c.data.Rows)):min(to, len(c.data.Rows))] {
		if i < len(r) {
			out = append(out, r[i])
		}
	}
	return out
}

// fit gives a column the width that its first rows and those in sight ask for.
func (c *Grid) fit(i int) {
	from, to := c.grid.inSight()
	texts := append(c.texts(i, 0, measured), c.texts(i, from, to)...)
	c.grid.columns[i].width = fitting(c.data.Columns[i], texts, fitMost)
	c.grid.clamp()
	c.grid.redraw()
}

// copyText is the chosen rows as tab-separated text that no spreadsheet takes for formulas.
func (c *Grid) copyText() string {
	if c.grid.chosen.none() {
		return ""
	}
	from, to := c.grid.chosen.bounds()
	lines := make([]string, 0, to-from+1)
	for _, r := range c.data.Rows[from : to+1] {
		lines = append(lines, strings.Join(oneLined(r), "\t"))
	}
	return strings.Join(lines, "\n")
}

// oneLined are the cells of a row without what would end a cell or a line, or begin a formula where they are pasted.
func oneLined(cells []string) []string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = formula.GuardValue(separators.Replace(c), '\t')
	}
	return out
}

var separators = strings.NewReplacer("\r\n", " ", "\t", " ", "\n", " ", "\r", " ", "\v", " ", "\f", " ", "\u0085", " ", "\u2028", " ", "\u2029", " ")

func toClipboard(text string) { lettering.Copy(text).To(fyne.CurrentApp().Clipboard()) }
