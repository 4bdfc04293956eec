package datatable

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/gui/style"
)

func TestShare(t *testing.T) {
	columns := []Column{{Width: 100, Grow: 1}, {Width: 50}, {Width: 50, Grow: 3}}
	require.Equal(t, []float32{125, 50, 125}, share(columns, 300))
	require.Equal(t, []float32{50, 25, 25}, share(columns, 100), "all give way alike")
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
	r.list.Select(1)
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
		r.list.TypedKey(&fyne.KeyEvent{Name: k})
	}
	require.Equal(t, []string{"0", "1", "11", "29", "28", "0"}, told, "above the first row there is nothing")
	r.list.TypedShortcut(&fyne.ShortcutCopy{})
	require.Equal(t, "row", fyne.CurrentApp().Clipboard().Content())
}

func TestOnlyRowsInSightAreMade(t *testing.T) {
	r := newRows(t, nil)
	rows := make([]row, 100_000)
	for i := range rows {
		rows[i] = row{fmt.Sprint(i), "row"}
	}
	r.Set(rows)
	require.Less(t, len(r.alive), 30)
	require.NotEmpty(t, r.alive)
}
