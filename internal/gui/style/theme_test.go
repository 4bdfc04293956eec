package style_test

import (
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/gui/style"
)

// luminance is the relative luminance of WCAG 2.
func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	part := func(v uint32) float64 {
		f := float64(v) / 0xffff
		if f <= 0.03928 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*part(r) + 0.7152*part(g) + 0.0722*part(b)
}

func contrast(a, b color.Color) float64 {
	l1, l2 := luminance(a), luminance(b)
	if l1 < l2 {
		l1, l2 = l2, l1
	}
	return (l1 + 0.05) / (l2 + 0.05)
}

func TestTextsCanBeReadOnTheirBackgrounds(t *testing.T) {
	th := style.New()
	on := map[fyne.ThemeColorName][]fyne.ThemeColorName{
		style.Surface:             {style.Text, style.Muted, style.Good, style.Warn, style.Bad, style.Busy, style.Accent, style.Red, style.Amber, style.Green, style.Blue, style.Purple, style.Grey},
		theme.ColorNameBackground: {style.Text, style.Muted},
		style.GoodBack:            {style.Good, style.Text},
		style.WarnBack:            {style.Warn, style.Text},
		style.BadBack:             {style.Bad, style.Text},
		style.BusyBack:            {style.Busy, style.Text},
		style.NeutralBk:           {style.Muted, style.Text},
		theme.ColorNamePrimary:    {theme.ColorNameForegroundOnPrimary},
	}
	for _, variant := range []fyne.ThemeVariant{theme.VariantLight, theme.VariantDark} {
		for back, texts := range on {
			for _, text := range texts {
				got := contrast(th.Color(text, variant), th.Color(back, variant))
				require.GreaterOrEqual(t, got, 4.5, "%s on %s, variant %d", text, back, variant)
			}
		}
	}
}
