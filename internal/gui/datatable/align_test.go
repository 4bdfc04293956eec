package datatable

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"
)

func TestDecimalPointsStandBelowEachOther(t *testing.T) {
	app := test.NewTempApp(t)
	w := app.NewWindow("")
	g := NewGrid("grid", nil)
	w.SetContent(g.Container)
	w.Resize(fyne.NewSize(400, 300))
	w.Show()
	g.Set(Data{Columns: []string{"price", "name"}, Right: []bool{true, false}, Rows: [][]string{{"10.95", "a"}, {"-7.5", "b.25"}, {"1200", "c"}, {"n/a", "d"}}})
	at := map[string]float32{} // where the whole part of each number ends
	for _, l := range g.grid.r.texts[:g.grid.r.used] {
		at[l.Text()] = l.Object().Position().X + l.Size().Width
	}
	digit, point := cellFace.Room("0"), cellFace.Room(".")
	require.InDelta(t, at["10.95"]-2*digit, at["-7.5"]-digit, 0.5)
	require.InDelta(t, at["10.95"]-2*digit-point, at["1200"], 0.5)
	require.Equal(t, at["10.95"], at["n/a"], "what is no number stays at the edge")
	require.Equal(t, at["a"], at["b.25"])
}

func TestDecimalsOfANumber(t *testing.T) {
	for text, want := range map[string]int{"10": 0, "-1.5": 1, "0.123456789": mostDecimals, "1.": 0, "": -1, "-": -1, "1.2.3": -1, "2025-01-01": -1, "1e5": -1} {
		require.Equal(t, want, decimalsOf(text), text)
	}
}
