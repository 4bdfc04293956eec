package style

import (
	"math"
	"sync/atomic"
)

// Large letters need room. Sizes that hold a line of letters grow with them (Grown), sizes that were made with something to spare grow
// from where that is used up (Roomy), and in a window that is too narrow for the letters what stands beside each other
// goes below each other (Narrow), as on the web.

// spared is the text size up to which lengths have room as they are.
const spared = 1.2

// Grown is a size that holds one line of letters: it grows with them, and does not shrink below what hands can hit.
func Grown(size float32) float32 { return max(size, Scaled(size)) }

// Roomy is a size that has room for letters of up to 120 %, and grows for larger ones.
func Roomy(size float32) float32 { return size * max(1, Scaled(1)/spared) }

// windowWidth is the width of the window, as its bits; 0 while it is not known.
var windowWidth atomic.Uint32

// SetWindowWidth notes how wide the window is. It tells whether Narrow has changed, so that all has to take its place anew.
func SetWindowWidth(width float32) bool {
	was := Narrow()
	windowWidth.Store(math.Float32bits(width))
	return was != Narrow()
}

// WithinWindow is a width that leaves something of the window in sight beside it.
func WithinWindow(width float32) float32 {
	const beside = 144
	if w := WindowWidth(); w > beside {
		return min(width, w-beside)
	}
	return width
}

// WindowWidth is the width of the window; 0 while it is not known.
func WindowWidth() float32 { return math.Float32frombits(windowWidth.Load()) }

// narrowest is the width, in normal letters, from which on panels stand beside each other: that of the least window in letters of 120 %.
const narrowest = 850

// Narrow tells whether the window is too narrow for panels beside each other in the letters that were chosen.
func Narrow() bool {
	w := WindowWidth()
	return w > 0 && w/Scaled(1) < narrowest
}
