package controls

import (
	"image"
	"image/color"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"fabricportal/internal/gui/style"
)

// Histogram is a few small bars without axes: the shape of a column's values.
type Histogram struct {
	widget.BaseWidget
	counts []int64
	raster *canvas.Raster
}

// NewHistogram is an empty histogram.
func NewHistogram() *Histogram {
	h := &Histogram{}
	h.ExtendBaseWidget(h)
	return h
}

// Set replaces the bars.
func (h *Histogram) Set(counts []int64) {
	if slices.Equal(counts, h.counts) {
		return
	}
	h.counts = counts
	h.Refresh()
}

// MinSize is part of fyne.Widget.
func (h *Histogram) MinSize() fyne.Size { return fyne.NewSize(40, 16) }

// CreateRenderer is part of fyne.Widget.
func (h *Histogram) CreateRenderer() fyne.WidgetRenderer {
	h.raster = canvas.NewRaster(h.paint)
	return &histogramRenderer{h}
}

type histogramRenderer struct{ h *Histogram }

func (r *histogramRenderer) Layout(size fyne.Size) {
	height := min(20, size.Height)
	r.h.raster.Resize(fyne.NewSize(size.Width, height))
	r.h.raster.Move(fyne.NewPos(0, (size.Height-height)/2))
}
func (r *histogramRenderer) MinSize() fyne.Size           { return r.h.MinSize() }
func (r *histogramRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.h.raster} }
func (r *histogramRenderer) Destroy()                     {}
func (r *histogramRenderer) Refresh()                     { r.h.raster.Refresh() }

// paint draws a bar for each count; a count that is not zero is at least a pixel high.
func (h *Histogram) paint(w, height int) image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, w, height))
	n := len(h.counts)
	if n == 0 || w < n {
		return img
	}
	most := slices.Max(h.counts)
	if most <= 0 {
		return img
	}
	c := color.NRGBAModel.Convert(theme.Color(style.Accent)).(color.NRGBA)
	gap := 0
	if w/n >= 4 {
		gap = 1
	}
	for i, count := range h.counts {
		high := int(float64(count) / float64(most) * float64(height))
		if count > 0 {
			high = max(1, high)
		}
		for x := i * w / n; x < (i+1)*w/n-gap; x++ {
			for y := height - high; y < height; y++ {
				img.SetNRGBA(x, y, c)
			}
		}
	}
	return img
}
