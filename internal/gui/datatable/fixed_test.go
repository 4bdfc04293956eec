package datatable

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/gui/style"
)

func TestTheFirstColumnStaysWhileTheOthersAreScrolled(t *testing.T) {
	test.NewTempApp(t)
	g := newSurface("x")
	g.fixed = 1
	g.cell = func(row, column int) cell {
		c := cell{text: "1", known: true}
		if row == 1 && column == 3 {
			c.mark = Mark{Back: style.WarnBack, Note: "There is no number."}
		}
		return c
	}
	g.set([]column{{name: "Row", width: 60}, {name: "a", width: 200}, {name: "b", width: 200}, {name: "c", width: 200}}, 100)
	test.NewTempWindow(t, g)
	g.Resize(fyne.NewSize(300, 300))
	at := func(x float32) int {
		col, _, _ := g.place(fyne.NewPos(x, 100))
		return col
	}
	require.Equal(t, []int{0, 1, 2}, []int{at(30), at(70), at(270)})
	g.showColumn(3)
	g.redraw()
	require.Equal(t, []int{0, 3}, []int{at(30), at(270)})
	require.NotEqual(t, 0, at(70))
	require.LessOrEqual(t, g.left, g.wide()-g.body().Width)
	g.showColumn(0)
	require.Equal(t, 3, at(270), "one that stays is in sight already")
	g.showColumn(1)
	require.Equal(t, []int{0, 1}, []int{at(30), at(70)})
	require.Zero(t, g.left)

	require.Zero(t, g.r.marked, "what stands out is not in sight")
	g.showColumn(3)
	g.redraw()
	require.Equal(t, 1, g.r.marked)
	require.Equal(t, "There is no number.", g.r.cut[[2]int{1, 3}])
	g.current = place{1, 3}
	g.redraw()
	require.Zero(t, g.r.marked, "the current cell is outlined")
	require.Contains(t, g.r.inner.Objects, fyne.CanvasObject(g.r.outline))
}

func TestWhatHasGrownIsReadAgain(t *testing.T) {
	c := newCache()
	few := newFew(Few{Names: []string{"a"}, Cells: make([][]string, 300)})
	c.put(few.window(0, 300, nil), 300)
	require.NotNil(t, c.row(299))
	c.forgetShort()
	require.NotNil(t, c.row(255))
	require.Nil(t, c.row(299))
	first, last, missing := c.missing(250, 300)
	require.Equal(t, []int{1, 1}, []int{first, last})
	require.True(t, missing)
}
