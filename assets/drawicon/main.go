// Drawicon draws the program's icon: bars that grow out of a woven ground. Use: go run ./drawicon icon.png
package main

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"

	"golang.org/x/image/vector"
)

const side = 512

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "use: drawicon FILE")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "drawicon:", err)
		os.Exit(1)
	}
}

func write(path string) error {
	img := image.NewNRGBA(image.Rect(0, 0, side, side))
	rounded(img, 16, 16, 480, 480, 104, color.NRGBA{0x0B, 0x4F, 0x9E, 0xff})
	// Weft and warp, as a faint weave behind the bars.
	for i := range 4 {
		at := float32(76 + i*96)
		rounded(img, 16, at, 480, 24, 0, color.NRGBA{0xff, 0xff, 0xff, 0x10})
		rounded(img, at, 16, 24, 480, 0, color.NRGBA{0xff, 0xff, 0xff, 0x10})
	}
	for i, bar := range []struct {
		height float32
		fill   color.NRGBA
	}{{120, color.NRGBA{0x56, 0xB4, 0xE9, 0xff}}, {196, color.NRGBA{0xff, 0xff, 0xff, 0xff}}, {276, color.NRGBA{0xE6, 0x9F, 0x00, 0xff}}} {
		rounded(img, float32(112+i*104), 400-bar.height, 80, bar.height, 18, bar.fill)
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := png.Encode(f, img); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// rounded fills a rectangle with round corners.
func rounded(img *image.NRGBA, x, y, w, h, r float32, c color.NRGBA) {
	z := vector.NewRasterizer(side, side)
	const k = 0.4477 // where a quarter circle's control points lie, from its corner
	z.MoveTo(x+r, y)
	z.LineTo(x+w-r, y)
	z.CubeTo(x+w-r*k, y, x+w, y+r*k, x+w, y+r)
	z.LineTo(x+w, y+h-r)
	z.CubeTo(x+w, y+h-r*k, x+w-r*k, y+h, x+w-r, y+h)
	z.LineTo(x+r, y+h)
	z.CubeTo(x+r*k, y+h, x, y+h-r*k, x, y+h-r)
	z.LineTo(x, y+r)
	z.CubeTo(x, y+r*k, x+r*k, y, x+r, y)
	z.ClosePath()
	z.Draw(img, img.Bounds(), image.NewUniform(c), image.Point{})
}
