package gui

import (
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/probe"
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
			opened := newBenchWith(t, func(*Options) { fyne.CurrentApp().Preferences().SetString(textKey, string(style.TextOf(120))) })
			make(opened)
			want := shot(opened, name)

			b := newBench(t)
			make(b)
			before := shot(b, name)
			b.w.app.Preferences().SetString(textKey, string(style.TextOf(120)))
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

// TestATextSizeOfAnEarlierProgramIsKept: the sizes had names once, and are chosen by these still.
func TestATextSizeOfAnEarlierProgramIsKept(t *testing.T) {
	for kept, want := range map[string]string{"small": "90", "large": "120", "": "", "150": "150", "175": "175", "huge": "", "1000": "", "100": ""} {
		b := newBenchWith(t, func(*Options) { fyne.CurrentApp().Preferences().SetString(textKey, kept) })
		require.Equal(t, want, b.w.app.Preferences().String(textKey), "kept as %q", kept)
		require.InDelta(t, float64(style.TextSize(want).Percent())/100, float64(style.Scaled(1)), 1e-6)
	}
	style.SetTextSize(style.NormalText)
}

// TestLargeLettersTurnAScreenAround: in a window that is too narrow for them the file stands below the list, is scrolled to when it is chosen,
// and stands beside it again in normal letters.
func TestLargeLettersTurnAScreenAround(t *testing.T) {
	b := newBenchWith(t, func(*Options) { fyne.CurrentApp().Preferences().SetString(textKey, "200") })
	b.size = fyne.NewSize(1366, 690)
	b.free()
	b.importFiles("sales_orders_fact.xlsx")
	row := b.control("import.file.0")
	v := b.look()
	require.False(t, slices.ContainsFunc(v.Controls, func(c probe.Control) bool { return c.Name == "import.run" && c.Visible }), "it is below")
	b.click("import.file.0")
	moved := b.look()
	at := slices.IndexFunc(moved.Controls, func(c probe.Control) bool { return c.Name == "import.file.0" && c.Visible })
	require.True(t, at < 0 || moved.Controls[at].Y < row.Y, "the list was scrolled away for the file")
	for _, o := range test.LaidOutObjects(b.w.win.Content()) {
		if n, ok := o.(*controls.Button); ok && n.ProbeName() == "import.run" {
			n.FocusGained()
		}
	}
	require.True(t, b.control("import.run").Visible, "what has the keys is scrolled into sight")

	b.w.app.Preferences().SetString(textKey, "")
	b.w.resizeText()
	b.w.shell.Dialogs.CloseTop()
	b.look()
	run, row := b.control("import.run"), b.control("import.file.0")
	require.Greater(t, run.X, row.X+row.W, "beside each other again")
}
