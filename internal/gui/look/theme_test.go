package look_test

import (
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/gui/look"
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
	th := look.New()
	on := map[fyne.ThemeColorName][]fyne.ThemeColorName{
		look.Surface:              {look.Text, look.Muted, look.Good, look.Warn, look.Bad, look.Busy, look.Accent, look.Red, look.Amber, look.Green, look.Blue, look.Purple, look.Grey},
		theme.ColorNameBackground: {look.Text, look.Muted},
		look.GoodBack:             {look.Good, look.Text},
		look.WarnBack:             {look.Warn, look.Text},
		look.BadBack:              {look.Bad, look.Text},
		look.BusyBack:             {look.Busy, look.Text},
		look.NeutralBk:            {look.Muted, look.Text},
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
