package chart

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/gui/style"
)

func TestAnUnusualPointIsADotInARing(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(style.New())
	text := func(int) string { return "x" }
	const w, h = 200, 100
	for _, odd := range [][]int{nil, {1}} {
		l := NewLine(func(float64) string { return "1" })
		l.Resize(fyne.NewSize(w, h))
		test.WidgetRenderer(l)
		l.Set(Series{Values: []float64{2, 2, 2}, Label: text, Readout: text, Odd: odd})
		l.r.area = fyne.NewSize(w, h)
		l.r.ticks = []float64{0, 4}
		img := l.r.paint(w, h)
		ring, inside := theme.Color(style.Amber), theme.Color(style.Surface)
		require.Equal(t, odd != nil, alike(ring, img.At(w/2, h/2)), "the dot")
		require.Equal(t, odd != nil, alike(ring, img.At(w/2, h/2-6)), "the ring")
		require.Equal(t, odd != nil, alike(inside, img.At(w/2, h/2-4)), "between them")
	}
}
