package chart

import (
	"fmt"
	"image"
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/gui/style"
)

func months(n int) Series {
	s := Series{Label: func(i int) string { return fmt.Sprintf("month %02d", i) }, Readout: func(int) string { return "" }}
	for i := range n {
		s.Values = append(s.Values, float64(i+1))
	}
	return s
}

// The last month is labelled at any width, and its label lies over no other and within the chart.
func TestTheLastMonthIsLabelled(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(style.Fixed(theme.VariantLight))
	for n := 2; n < 40; n++ {
		for width := float32(200); width < 900; width += 33 {
			l := NewLine(func(v float64) string { return fmt.Sprint(v) })
			l.Set(months(n))
			l.Resize(fyne.NewSize(width, 200))
			test.WidgetRenderer(l)
			l.Refresh()
			labels := l.r.labels[len(l.r.ticks):]
			require.Equal(t, fmt.Sprintf("month %02d", n-1), labels[len(labels)-1].Text(), "%d months, %v wide", n, width)
			end := float32(0)
			for _, t2 := range labels {
				o := t2.Object()
				require.GreaterOrEqual(t, o.Position().X, end, "%d months, %v wide: %s", n, width, t2.Text())
				end = o.Position().X + t2.MinSize().Width
			}
			require.LessOrEqual(t, end, width+1)
		}
	}
}

func TestAPinnedPointStandsOut(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(style.Fixed(theme.VariantLight))
	for _, open := range [][]int{nil, {1}} {
		l := NewLine(func(v float64) string { return "" })
		s := months(3)
		s.Pinned, s.Open = []int{1}, open
		l.Set(s)
		l.Resize(fyne.NewSize(300, 150))
		test.WidgetRenderer(l)
		img := l.r.paint(300, 150).(*image.NRGBA)
		accent, inside := color.NRGBAModel.Convert(theme.Color(style.Accent)), color.NRGBAModel.Convert(theme.Color(style.Surface))
		middle := img.NRGBAAt(150, int(Scale{Low: l.r.ticks[0], High: l.r.ticks[len(l.r.ticks)-1], From: 149, To: 1}.Pixel(2)))
		want := accent
		if open != nil {
			want = inside
		}
		require.Equal(t, want, color.Color(middle))
	}
}
