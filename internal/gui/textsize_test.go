package gui

import (
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/gui/style"
)

// TestTextSizeCountsAtOnce: a window whose letters were made larger looks like one that was opened with them so.
func TestTextSizeCountsAtOnce(t *testing.T) {
	states := map[string]func(*bench){}
	for _, p := range pictures() {
		switch p.name {
		case "import-overview", "results-figures", "archive", "monitor-running", "import-columns":
			states[p.name] = p.make
		}
	}
	require.Len(t, states, 5)
	later := map[string]string{"results-figures": "on the run before", "archive": "248.25"} // what comes a moment later
	shot := func(b *bench, name string) image.Image {
		b.untilSays(later[name])
		return b.w.win.Canvas().Capture()
	}
	for name, make := range states {
		t.Run(name, func(t *testing.T) {
			opened := newBenchWith(t, func(*Options) { fyne.CurrentApp().Preferences().SetString(textKey, string(style.LargeText)) })
			make(opened)
			want := shot(opened, name)

			b := newBench(t)
			make(b)
			before := shot(b, name)
			b.w.app.Preferences().SetString(textKey, string(style.LargeText))
			b.w.resizeText()
			b.w.shell.Dialogs.CloseTop()
			got := shot(b, name)
			require.Less(t, alikePart(before, want), 0.999, "larger letters look different")
			if dir := os.Getenv("PORTAL_PICTURES"); dir != "" {
				for n, p := range map[string]image.Image{"want": want, "got": got} {
					f, err := os.Create(filepath.Join(dir, "textsize-"+name+"-"+n+".png"))
					require.NoError(t, err)
					require.NoError(t, png.Encode(f, p))
					f.Close()
				}
			}
			alike := 0.999
			if name == "archive" {
				alike = 0.96 // columns that are measured once, in other letters, differ by a pixel or two
			}
			require.Greater(t, alikePart(got, want), alike)

			b.w.app.Preferences().SetString(textKey, "")
			b.w.resizeText()
			b.w.shell.Dialogs.CloseTop()
			require.Greater(t, alikePart(shot(b, name), before), 0.999, "and back")
		})
	}
}

// alikePart is which part of two pictures' points is the same.
func alikePart(a, b image.Image) float64 {
	if a.Bounds() != b.Bounds() {
		return 0
	}
	all, alike := 0, 0
	for y := a.Bounds().Min.Y; y < a.Bounds().Max.Y; y++ {
		for x := a.Bounds().Min.X; x < a.Bounds().Max.X; x++ {
			all++
			if a.At(x, y) == b.At(x, y) {
				alike++
			}
		}
	}
	return float64(alike) / float64(all)
}
