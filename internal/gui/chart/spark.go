package chart

import (
	"image"
	"image/color"
	"math"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	"golang.org/x/image/vector"

	"fabricportal/internal/gui/style"
)

// Spark is a small line without axes, which shows the run of a figure beside it.
type Spark struct {
	widget.BaseWidget
	values []float64
	open   bool
	raster *canvas.Raster
	image  image.Image
	size   fyne.Size
}

// NewSpark is an empty line of a least size.
func NewSpark(size fyne.Size) *Spark {
	s := &Spark{size: size}
	s.ExtendBaseWidget(s)
	return s
}

// Set replaces the values; fewer than two draw nothing. With open, the last one is of a part of its period only, and hollow.
func (s *Spark) Set(values []float64, open bool) {
	if slices.Equal(values, s.values) && open == s.open {
		return
	}
	s.values, s.open, s.image = values, open, nil
	s.Refresh()
}

// MinSize is part of fyne.Widget.
func (s *Spark) MinSize() fyne.Size { return s.size }

// CreateRenderer is part of fyne.Widget.
func (s *Spark) CreateRenderer() fyne.WidgetRenderer {
	s.raster = canvas.NewRaster(s.paint)
	return &sparkRenderer{s}
}

type sparkRenderer struct{ s *Spark }

func (r *sparkRenderer) Layout(size fyne.Size)        { r.s.raster.Resize(size) }
func (r *sparkRenderer) MinSize() fyne.Size           { return r.s.size }
func (r *sparkRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.s.raster} }
func (r *sparkRenderer) Destroy()                     {}
func (r *sparkRenderer) Refresh()                     { r.s.image = nil; r.s.raster.Refresh() }

func (s *Spark) paint(w, h int) image.Image {
	if s.image != nil && s.image.Bounds().Dx() == w && s.image.Bounds().Dy() == h {
		return s.image
	}
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	s.image = img
	if len(s.values) < 2 || w < 4 || h < 4 {
		return img
	}
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range s.values {
		low, high = math.Min(low, v), math.Max(high, v)
	}
	half := 0.75 * float32(w) / max(1, s.Size().Width)
	edge := float64(2*half) + 1
	xs := Scale{Low: 0, High: float64(len(s.values) - 1), From: edge, To: float64(w) - edge}
	ys := Scale{Low: low, High: high, From: float64(h) - edge, To: edge}
	var path [][2]float32
	for _, v := range Downsample(s.values, w/2) {
		path = append(path, [2]float32{float32(xs.Pixel(v.X)), float32(ys.Pixel(v.Y))})
	}
	accent := color.NRGBAModel.Convert(theme.Color(style.Accent)).(color.NRGBA)
	fill(img, accent, func(z *vector.Rasterizer) { stroke(z, path, half) })
	end := path[len(path)-1]
	if s.open {
		circle(img, accent, color.NRGBAModel.Convert(theme.Color(style.Surface)), end[0], end[1], 3*half, 2*half)
		return img
	}
	fill(img, accent, func(z *vector.Rasterizer) { stroke(z, [][2]float32{end}, 2.6*half) })
	return img
}
