package chart

import (
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/gui/style"
)

// alike tells whether two colours are the same, but for what drawing edges softly makes of them.
func alike(a, b color.Color) bool {
	ar, ag, ab, _ := a.RGBA()
	br, bg, bb, _ := b.RGBA()
	near := func(x, y uint32) bool { return max(x, y)-min(x, y) < 0x0800 }
	return near(ar, br) && near(ag, bg) && near(ab, bb)
}

func TestAPointOfAPartOfItsPeriodIsHollow(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(style.New())
	text := func(int) string { return "x" }
	const w, h = 200, 100
	for _, open := range [][]int{nil, {0, 2}} {
		l := NewLine(func(float64) string { return "1" })
		l.Resize(fyne.NewSize(w, h))
		test.WidgetRenderer(l)
		l.Set(Series{Values: []float64{2, 2, 2}, Label: text, Readout: text, Open: open})
		l.r.area = fyne.NewSize(w, h)
		l.r.ticks = []float64{0, 4}
		img := l.r.paint(w, h)
		inside := theme.Color(style.Surface)
		for _, x := range []int{5, w - 5} {
			require.Equal(t, open != nil, alike(inside, img.At(x, h/2)), "%v at %d: %v", open, x, img.At(x, h/2))
		}
		require.True(t, alike(theme.Color(style.Accent), img.At(w/2, h/2)), "a whole one lies on the line")
	}

	for _, open := range []bool{false, true} {
		s := NewSpark(fyne.NewSize(w, h))
		s.Resize(fyne.NewSize(w, h))
		test.WidgetRenderer(s)
		s.Set([]float64{1, 2, 1}, open)
		img := s.paint(w, h)
		hollow := false
		for x := w - 8; x < w; x++ {
			for y := h - 8; y < h; y++ {
				_, _, _, a := img.At(x, y).RGBA()
				hollow = hollow || a > 0xf000 && alike(theme.Color(style.Surface), img.At(x, y))
			}
		}
		require.Equal(t, open, hollow)
	}
}
