package chart

import (
	"image/color"
	"image/draw"
	"slices"

	"fyne.io/fyne/v2/theme"

	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/style"
)

// lastLabel is the last period, which is labelled where each may be, and where its label begins: it ends at the right edge, as the last point
// is what people look for. -1 where the labels stand at marks, or the first one leaves no room.
func (r *lineRenderer) lastLabel(widest float32) (int, float32) {
	n := len(r.l.series.Values)
	if n < 2 || len(r.l.series.Marks) >= 3 {
		return -1, 0
	}
	at := r.plot.X + r.area.Width - caption.Width(lettering.Label(r.l.series.Label(n-1)))
	if at < r.plot.X+widest+style.Small {
		return -1, 0
	}
	return n - 1, at
}

// pinned is the radius of a point that stands out.
const pinned float32 = 5

// pin draws the points that stand out: a disc in the accent with an edge in the colour of what is behind; one that is open is a large ring.
func (r *lineRenderer) pin(img draw.Image, pixel float32, xs, ys Scale) {
	accent := color.NRGBAModel.Convert(theme.Color(style.Accent)).(color.NRGBA)
	edge := color.NRGBAModel.Convert(theme.Color(style.Surface)).(color.NRGBA)
	wide, high := float32(img.Bounds().Dx()), float32(img.Bounds().Dy())
	for _, i := range r.l.series.Pinned {
		size := pinned * pixel
		x, y := float32(xs.Pixel(float64(i))), float32(ys.Pixel(r.l.series.Values[i]))
		whole := size + 1.5*pixel
		x, y = min(max(x, whole), wide-whole), min(max(y, whole), high-whole)
		if slices.Contains(r.l.series.Open, i) {
			circle(img, accent, edge, x, y, whole, 3*pixel)
			continue
		}
		circle(img, edge, accent, x, y, whole, 1.8*pixel)
	}
}
