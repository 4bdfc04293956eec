package controls

import (
	"image"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/gui/style"
)

// A large area is drawn in parts; nobody can see that.
func TestALargeAreaLooksAsOneRectangle(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(style.New())
	a := NewArea(style.Surface, fyne.Size{})
	a.border, a.radius = style.Border, style.Radius
	w := app.NewWindow("")
	w.SetPadded(false)
	w.SetContent(a)
	w.Resize(fyne.NewSize(120, 100))
	parts := w.Canvas().Capture()
	r := test.TempWidgetRenderer(t, a).(*areaRenderer)
	require.True(t, r.apart())
	w.SetContent(a.rect)
	w.Resize(fyne.NewSize(120, 100))
	whole := w.Canvas().Capture()
	for y := range 100 {
		for x := range 120 {
			most := 32 // the border's line is as dark as its colour, and not softened on both sides
			if x > 1 && x < 118 && y > 6 && y < 93 {
				most = 0
			}
			require.LessOrEqual(t, apartBy(parts, whole, x, y), most, "%d, %d", x, y)
		}
	}
}

func apartBy(a, b image.Image, x, y int) int {
	r1, _, _, _ := a.At(x, y).RGBA()
	r2, _, _, _ := b.At(x, y).RGBA()
	return max(int(r1>>8)-int(r2>>8), int(r2>>8)-int(r1>>8))
}
