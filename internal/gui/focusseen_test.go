package gui

import (
	"image"
	"image/color"
	"math"
	"strconv"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/gui/chart"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/datatable"
	"fabricportal/internal/gui/probe"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/timeline"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/runs"
)

// TestTheFocusIsSeen draws each kind of control with the keys and without: what is drawn otherwise stands out from what was there, light
// and dark, as WCAG asks for (three to one).
func TestTheFocusIsSeen(t *testing.T) {
	for name, variant := range map[string]fyne.ThemeVariant{"light": theme.VariantLight, "dark": theme.VariantDark} {
		t.Run(name, func(t *testing.T) {
			app := test.NewTempApp(t)
			app.Settings().SetTheme(style.Fixed(variant))
			w := app.NewWindow("")
			objects := kindsOfControls()
			for _, o := range objects {
				w.SetContent(container.NewWithoutLayout(o))
				w.Resize(fyne.NewSize(500, 300))
				o.Move(fyne.NewPos(40, 40))
				o.Resize(fyne.NewSize(max(240, o.MinSize().Width), max(40, o.MinSize().Height)))
				if _, high := o.(*controls.Scroll); high {
					o.Resize(fyne.NewSize(240, 60))
				}
				without := w.Canvas().Capture()
				w.Canvas().Focus(o.(fyne.Focusable))
				require.Equal(t, o, w.Canvas().Focused(), "%T takes the keys", o)
				n := standsOut(without, w.Canvas().Capture())
				require.Greater(t, n, 100, "%T %s: pixels that stand out", o, o.(probe.Named).ProbeName())
			}
		})
	}
}

// kindsOfControls are those at which the Tab key stops.
func kindsOfControls() []fyne.CanvasObject {
	chip := controls.NewChip("chip", nil)
	chip.Set(controls.StateGood, "Free to run")
	bars := chart.NewBars()
	bars.OnChosen = func(string, bool) {}
	bars.Set([]chart.Bar{{Label: "Web", Value: 2, Text: "2"}, {Label: "Store", Value: 1, Text: "1"}}, chart.Rest{})
	line := chart.NewLine(words.Short)
	line.OnChosen = func(int, bool) {}
	line.Set(chart.Series{Values: []float64{1, 3, 2}, Label: strconv.Itoa, Readout: strconv.Itoa})
	rows := datatable.NewRows("rows", []datatable.Column{{Width: 80, Grow: 1}}, func(s string) []datatable.Cell { return []datatable.Cell{{Text: s}} }, func(s string) string { return s }, nil, nil)
	rows.Set([]string{"a", "b"})
	events := timeline.New("events")
	events.Set([]runs.Event{{ID: uuid.New(), Time: now, Type: runs.Log, Message: "Fabric accepted the job."}}, now)
	return []fyne.CanvasObject{
		controls.NewButton("button", "Refresh", nil), controls.NewPrimary("primary", "Run pipeline", nil), controls.NewQuiet("quiet", "Copy", nil), chip,
		controls.NewTouch("touch", controls.NewText("Import"), nil, nil), controls.NewCheckBox("tick", "Mine", false, nil),
		controls.NewSelect("choice", []string{"a", "b"}, "a", nil), controls.NewEntry("entry", "Search", nil),
		controls.NewVScroll("scroll", container.NewVBox(controls.Tall(400, controls.NewText("much")))), bars, line, rows.Objects[0], events,
	}
}

// standsOut is how many pixels of a picture stand out from those of another one.
func standsOut(before, after image.Image) (n int) {
	b := after.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if contrast(before.At(x, y), after.At(x, y)) >= 3 {
				n++
			}
		}
	}
	return n
}

func contrast(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// luminance is WCAG's relative luminance.
func luminance(c color.Color) float64 {
	part := func(v uint32) float64 {
		f := float64(v) / 0xffff
		if f <= 0.04045 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	r, g, b, _ := c.RGBA()
	return 0.2126*part(r) + 0.7152*part(g) + 0.0722*part(b)
}
