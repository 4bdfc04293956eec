package datatable

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/gui/style"
)

func TestShare(t *testing.T) {
	columns := []Column{{Width: 100, Grow: 1}, {Width: 50}, {Width: 50, Grow: 3}}
	require.Equal(t, []float32{137, 62, 137}, share(columns, 336), "with 12 around each one's cells")
	narrow := share(columns, 190)
	require.Equal(t, float32(62), narrow[1], "those that grow give way first")
	require.InDelta(t, 190, narrow[0]+narrow[1]+narrow[2], 0.01)
	numbers := []Column{{Width: 100, Grow: 1, want: 90}, {Width: 80, want: 40}, {Width: 60, Right: true, want: 60}}
	require.Equal(t, []float32{104, 60, 72}, share(numbers, 236), "what a column does not need goes first")
	got := share(numbers, 170)
	require.Equal(t, float32(72), got[2], "a number is the last to be cut")
	require.InDelta(t, 170, got[0]+got[1]+got[2], 0.01)
	wide := []Column{{Width: 100, want: 500}, {Width: 50, Grow: 1, want: 20}}
	require.Equal(t, []float32{172, 328}, share(wide, 500), "a long text makes its column wider, up to a bound")
	require.Equal(t, []float32{0, 0, 0}, share(columns, -10))
}

type row struct{ id, name string }

func newRows(t *testing.T, chosen func(row)) *Rows[row] {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(style.New())
	r := NewRows("x", []Column{{Title: "Name", Width: 50, Grow: 1}}, func(r row) []Cell { return []Cell{{Text: r.name}} }, func(r row) string { return r.id }, chosen, nil)
	w := app.NewWindow("")
	w.SetContent(r.Container)
	w.Resize(fyne.NewSize(300, 200))
	w.Show()
	return r
}

func TestTheChosenRowStaysChosenWhenTheRowsAreReplaced(t *testing.T) {
	var told []string
	r := newRows(t, func(r row) { told = append(told, r.id) })
	r.Set([]row{{"1", "one"}, {"2", "two"}})
	r.grid.choose(1, false)
	require.Equal(t, []string{"2"}, told)
	r.Set([]row{{"3", "three"}, {"1", "one"}, {"2", "two, renamed"}})
	got, ok := r.Chosen()
	require.True(t, ok)
	require.Equal(t, "two, renamed", got.name)
	require.Equal(t, []string{"2"}, told, "nobody chose anything anew")
	r.Set([]row{{"3", "three"}})
	_, ok = r.Chosen()
	require.False(t, ok)
}

func TestKeysMoveTheChoice(t *testing.T) {
	var told []string
	r := newRows(t, func(r row) { told = append(told, r.id) })
	var rows []row
	for i := range 30 {
		rows = append(rows, row{fmt.Sprint(i), "row"})
	}
	r.Set(rows)
	for _, k := range []fyne.KeyName{fyne.KeyDown, fyne.KeyDown, fyne.KeyPageDown, fyne.KeyEnd, fyne.KeyUp, fyne.KeyHome, fyne.KeyUp} {
		r.grid.TypedKey(&fyne.KeyEvent{Name: k})
	}
	require.Equal(t, []string{"0", "1", fmt.Sprint(1 + r.grid.page()), "29", "28", "0"}, told, "above the first row there is nothing")
	r.grid.TypedShortcut(&fyne.ShortcutCopy{})
	require.Equal(t, "row", fyne.CurrentApp().Clipboard().Content())
}

func TestAClickTellsOnce(t *testing.T) {
	var told []string
	r := newRows(t, func(r row) { told = append(told, r.id) })
	r.Set([]row{{"1", "one"}, {"2", "two"}, {"3", "three"}})
	at := fyne.PointEvent{Position: fyne.NewPos(30, headerHeight()+style.Row+5)}
	r.grid.MouseDown(&desktop.MouseEvent{Button: desktop.MouseButtonPrimary, PointEvent: at})
	r.grid.Tapped(&at)
	require.Equal(t, []string{"2"}, told)
	r.grid.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(30, headerHeight()+2*style.Row+5)}})
	r.grid.TypedShortcut(&fyne.ShortcutSelectAll{})
	chosen, _ := r.Chosen()
	require.Equal(t, "2", chosen.id, "one row is chosen, and no more")
	require.True(t, r.grid.chosen.has(1) && !r.grid.chosen.has(2))
	r.Choose("3")
	require.True(t, r.grid.chosen.has(2))
	require.Equal(t, []string{"2"}, told, "nobody chose it")
}

func TestColumnsOfRowsFillTheGrid(t *testing.T) {
	r := newRows(t, nil)
	require.InDelta(t, r.grid.body().Width, r.grid.wide(), 0.1)
	require.Zero(t, r.grid.lower(), "there is nothing to scroll to sideways")
	untitled := NewRows("y", []Column{{Width: 50, Note: true}}, func(r row) []Cell { return nil }, func(r row) string { return r.id }, nil, nil)
	require.Zero(t, untitled.grid.header)
	require.InDelta(t, tall, untitled.grid.row, 0)
}

func TestTheFirstRowsOfAFileAreCopied(t *testing.T) {
	test.NewTempApp(t)
	c := NewGrid("grid", nil)
	require.False(t, c.grid.Visible())
	c.Set(Data{Columns: []string{"id", "note"}, Right: []bool{true, false}, Rows: [][]string{{"1", "a\tb"}, {"2"}, {"3", "c"}}})
	c.grid.Resize(fyne.NewSize(300, 200))
	require.True(t, c.grid.Visible() && c.grid.columns[0].right && !c.grid.columns[1].right)
	require.Equal(t, cell{known: true}, c.grid.cell(1, 1), "a short row ends early")
	c.grid.choose(0, false)
	c.grid.choose(1, true)
	c.grid.TypedShortcut(&fyne.ShortcutCopy{})
	require.Equal(t, "1\ta b\n2", fyne.CurrentApp().Clipboard().Content())
	c.Set(Data{Columns: []string{"id", "note"}, Rows: [][]string{{"-12.50", "=cmd|' /C calc'!A0"}, {"9", "x\r@SUM(A1)"}}})
	c.grid.choose(0, false)
	c.grid.choose(1, true)
	c.grid.TypedShortcut(&fyne.ShortcutCopy{})
	require.Equal(t, "-12.50\t'=cmd|' /C calc'!A0\n9\tx @SUM(A1)", fyne.CurrentApp().Clipboard().Content(), "no formula is pasted")
	c.Set(Data{Columns: []string{"id"}, Rows: [][]string{{"9"}}})
	require.True(t, c.grid.chosen.none(), "another file: nothing is chosen")
}

// A long name shows where it begins and how it ends, and is whole where the mouse is.
func TestALongNameShowsBothItsEnds(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(style.New())
	long := strings.Repeat("ä", 125) + "x.csv" // 255 bytes
	r := NewRows("x", []Column{{Width: 100, Grow: 1, Note: true, Named: true}, {Width: 60, Right: true}}, func(r row) []Cell { return []Cell{{Text: r.id, Note: "today"}, {Text: "4.6 MB"}} },
		func(r row) string { return r.id }, nil, nil)
	w := fyne.CurrentApp().NewWindow("")
	w.SetContent(r.Container)
	w.Resize(fyne.NewSize(300, 400))
	w.Show()
	r.Set([]row{{id: long}, {id: "short.csv"}})
	r.grid.redraw()
	first := r.grid.faces.views[0].texts[0]
	require.Regexp(t, "^ä+…ä*x.csv$", first.Shown())
	require.Equal(t, long, first.Text())
	tip := func(row int) (lines []string) {
		r.grid.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(20, r.grid.header+(float32(row)+0.5)*r.grid.row)}})
		for _, l := range r.grid.r.full {
			if l.Shown() {
				lines = append(lines, l.Text())
			}
		}
		require.Equal(t, len(lines) == 0, r.grid.r.box.Hidden)
		return lines
	}
	require.Equal(t, long, strings.Join(tip(0), ""))
	require.Empty(t, tip(1), "of what is whole nothing more is said")
}

func TestOnlyRowsInSightAreMade(t *testing.T) {
	r := newRows(t, nil)
	rows := make([]row, 100_000)
	for i := range rows {
		rows[i] = row{fmt.Sprint(i), "row"}
	}
	r.Set(rows)
	require.Less(t, len(r.grid.faces.views), 30)
	require.NotEmpty(t, r.grid.faces.views)
}

// BenchmarkNewRows compares what new rows cost when what has changed is drawn, and when each cell is drawn anew.
func BenchmarkNewRows(b *testing.B) {
	for name, whole := range map[string]bool{"changed": false, "whole": true} {
		b.Run(name, func(b *testing.B) {
			app := test.NewTempApp(b)
			app.Settings().SetTheme(style.New())
			columns := []Column{{Width: 90}, {Width: 120, Grow: 1}, {Width: 80}, {Width: 80, Right: true}, {Width: 80, Right: true}}
			r := NewRows("x", columns, func(r row) []Cell {
				return []Cell{{Text: r.id}, {Text: "sales_orders_fact.xlsx"}, {Text: "Succeeded"}, {Text: "12.4 M"}, {Text: "50,000"}}
			}, func(r row) string { return r.id }, nil, nil)
			w := app.NewWindow("")
			w.SetContent(r.Container)
			w.Resize(fyne.NewSize(1200, 900))
			rows := make([]row, 500)
			n := 0
			for b.Loop() {
				n++
				rows = append([]row{}, rows...)
				rows[3] = row{id: time.Duration(n).String()} // one run has moved on
				r.Set(rows)
				if whole {
					r.grid.Refresh()
				}
			}
		})
	}
}
