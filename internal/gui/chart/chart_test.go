package chart

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/format"
	"fabricportal/internal/gui/theme"
)

func TestTicksAreRoundAndReachTheTop(t *testing.T) {
	require.Equal(t, []float64{0, 250, 500, 750, 1000}, ticks(1000, 4))
	require.Equal(t, []float64{0, 20, 40, 60, 80}, ticks(70, 4))
	require.Equal(t, []float64{0, 1}, ticks(0, 4))
}

func TestNearest(t *testing.T) {
	require.Equal(t, 0, nearest(-5, 100, 11))
	require.Equal(t, 3, nearest(31, 100, 11))
	require.Equal(t, 10, nearest(500, 100, 11))
	require.Equal(t, 0, nearest(50, 100, 1))
}

func texts(objects []fyne.CanvasObject) []string {
	var out []string
	for _, o := range objects {
		if t, ok := o.(*canvas.Text); ok && t.Visible() {
			out = append(out, t.Text)
		}
	}
	return out
}

func TestPointerReadsTheNearestPoint(t *testing.T) {
	test.NewApp().Settings().SetTheme(theme.Theme{})
	l := NewLine(format.Short)
	w := test.NewWindow(l)
	defer w.Close()
	w.Resize(fyne.NewSize(600, 300))
	l.Set([]Point{{"Jan", 10, "Jan: 10"}, {"Feb", 30, "Feb: 30"}, {"Mar", 20, "Mar: 20"}})
	r := test.WidgetRenderer(l)
	require.NotContains(t, texts(r.Objects()), "Feb: 30")
	l.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(l.Size().Width/2, 50)}})
	require.Contains(t, texts(r.Objects()), "Feb: 30")
	l.MouseOut()
	require.NotContains(t, strings.Join(texts(r.Objects()), " "), "Feb: 30")
}

func TestBarsAreSortedWithTheirValues(t *testing.T) {
	test.NewApp().Settings().SetTheme(theme.Theme{})
	b := NewBars(theme.Chart)
	w := test.NewWindow(b)
	defer w.Close()
	w.Resize(fyne.NewSize(400, 200))
	b.Set([]Bar{{"Online", 5, "5"}, {"Partner", 9, "9"}})
	require.Equal(t, []string{"Partner", "9", "Online", "5"}, texts(test.WidgetRenderer(b).Objects()))
}
