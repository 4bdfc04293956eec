package chart

import (
	"image/color"
	"image/draw"

	"fyne.io/fyne/v2/theme"

	"fabricportal/internal/gui/style"
)

// The radii of the mark of an unusual point: a dot within a ring. An open point is a ring that is empty.
const (
	oddRing float32 = 7
	oddDot  float32 = 3
)

// markOdd marks the unusual points of a line.
func (r *lineRenderer) markOdd(img draw.Image, xs, ys Scale, pixel float32) {
	if len(r.l.series.Odd) == 0 {
		return
	}
	ring := color.NRGBAModel.Convert(theme.Color(style.Amber)).(color.NRGBA)
	inside := color.NRGBAModel.Convert(theme.Color(style.Surface)).(color.NRGBA)
	b := img.Bounds()
	radius := oddRing * pixel
	for _, i := range r.l.series.Odd {
		x, y := float32(xs.Pixel(float64(i))), float32(ys.Pixel(r.l.series.Values[i]))
		x, y = min(max(x, radius), float32(b.Dx())-radius), min(max(y, radius), float32(b.Dy())-radius)
		circle(img, ring, inside, x, y, radius, 2.4*pixel)
		circle(img, ring, ring, x, y, oddDot*pixel, 0)
	}
}
