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

// over is a colour that lies on another one, as transparent as it is.
func over(top, back color.Color) color.Color {
	r, g, b, a := top.RGBA()
	br, bg, bb, _ := back.RGBA()
	mix := func(t, u uint32) uint8 { return uint8((t + u*(0xffff-a)/0xffff) >> 8) }
	return color.NRGBA{mix(r, br), mix(g, bg), mix(b, bb), 0xff}
}

var variants = map[string]fyne.ThemeVariant{"light": theme.VariantLight, "dark": theme.VariantDark}

// TestEachTextIsReadOnEachBackgroundItMayStandOn: 4.5 to 1, as WCAG 2.2 asks for on level AA (1.4.3), also below the mouse, pressed and
// selected, and in Fyne's own dialogs, menus and fields. What is disabled is exempt there; here a field that is locked by a policy is read
// like any other, and a button that can't be pressed keeps 3.5 to 1.
func TestEachTextIsReadOnEachBackgroundItMayStandOn(t *testing.T) {
	th := style.New()
	plain := []fyne.ThemeColorName{style.Text, style.Muted}
	states := []fyne.ThemeColorName{style.Good, style.Warn, style.Bad, style.Busy, style.Accent}
	backs := map[fyne.ThemeColorName][]fyne.ThemeColorName{
		style.Surface: append(append([]fyne.ThemeColorName{}, plain...), states...), style.Stripe: append(append([]fyne.ThemeColorName{}, plain...), states...),
		theme.ColorNameBackground: plain, theme.ColorNameHeaderBackground: plain, theme.ColorNameOverlayBackground: append(append([]fyne.ThemeColorName{}, plain...), states...),
		theme.ColorNameMenuBackground: plain, theme.ColorNameInputBackground: {style.Text, theme.ColorNamePlaceHolder}, theme.ColorNameButton: {style.Text},
		style.GoodBack: {style.Good, style.Text}, style.WarnBack: {style.Warn, style.Text}, style.BadBack: {style.Bad, style.Text}, style.BusyBack: {style.Busy, style.Text}, style.NeutralBk: {style.Muted, style.Text, style.Accent}, // the accent: a filter's chip
	}
	for name, v := range variants {
		for back, texts := range backs {
			for _, text := range texts {
				ground := th.Color(back, v)
				require.GreaterOrEqual(t, contrast(th.Color(text, v), ground), 4.5, "%s on %s, %s", text, back, name)
				if text != style.Text { // what lies below the mouse, or is selected, is read in the main colour at least
					continue
				}
				for _, lies := range []fyne.ThemeColorName{theme.ColorNameHover, theme.ColorNamePressed, theme.ColorNameSelection, theme.ColorNameFocus} {
					require.GreaterOrEqual(t, contrast(th.Color(text, v), over(th.Color(lies, v), ground)), 4.5, "%s on %s below %s, %s", text, back, lies, name)
				}
			}
		}
		for _, on := range [][2]fyne.ThemeColorName{
			{theme.ColorNameForegroundOnPrimary, theme.ColorNamePrimary}, {theme.ColorNameForegroundOnError, theme.ColorNameError}, {theme.ColorNameForegroundOnSuccess, theme.ColorNameSuccess},
			{theme.ColorNameForegroundOnWarning, theme.ColorNameWarning}, {theme.ColorNameHyperlink, style.Surface},
		} {
			require.GreaterOrEqual(t, contrast(th.Color(on[0], v), th.Color(on[1], v)), 4.5, "%s on %s, %s", on[0], on[1], name)
		}
		for back, least := range map[fyne.ThemeColorName]float64{theme.ColorNameInputBackground: 4.5, style.Surface: 4.5, theme.ColorNameBackground: 4.3, theme.ColorNameDisabledButton: 3.5} {
			require.GreaterOrEqual(t, contrast(th.Color(theme.ColorNameDisabled, v), th.Color(back, v)), least, "disabled on %s, %s", back, name)
		}
		for _, row := range []fyne.ThemeColorName{style.Surface, style.Stripe, theme.ColorNameOverlayBackground} { // a chosen row, with its notes and states
			for _, text := range []fyne.ThemeColorName{style.Muted, style.Good, style.Warn, style.Bad, style.Busy} {
				for _, lies := range []fyne.ThemeColorName{theme.ColorNameHover, theme.ColorNameSelection} {
					require.GreaterOrEqual(t, contrast(th.Color(text, v), over(th.Color(lies, v), th.Color(row, v))), 4.5, "%s on %s below %s, %s", text, row, lies, name)
				}
			}
		}
	}
}

// TestWhatIsNoTextStandsOut: 3 to 1, as WCAG 2.2 asks for of marks, of the edge of fields and of the ring of the keys (1.4.11).
func TestWhatIsNoTextStandsOut(t *testing.T) {
	th := style.New()
	for name, v := range variants {
		for _, back := range []fyne.ThemeColorName{style.Surface, theme.ColorNameBackground, theme.ColorNameOverlayBackground} {
			for _, mark := range []fyne.ThemeColorName{style.Good, style.Warn, style.Bad, style.Busy, style.Accent, style.Muted, theme.ColorNameInputBorder} {
				require.GreaterOrEqual(t, contrast(th.Color(mark, v), th.Color(back, v)), 3.0, "%s on %s, %s", mark, back, name)
			}
		}
	}
}

// TestChartsAndRingsStandOut: 3 to 1 for the columns, lines and marks of charts on their panel, for the ring of the keys on whatever a
// control may stand on, and for a state's mark on its own background.
func TestChartsAndRingsStandOut(t *testing.T) {
	th := style.New()
	for name, v := range variants {
		stands := func(mark, back fyne.ThemeColorName) {
			require.GreaterOrEqual(t, contrast(th.Color(mark, v), th.Color(back, v)), 3.0, "%s on %s, %s", mark, back, name)
		}
		for _, part := range []fyne.ThemeColorName{style.Accent, style.Green, style.Red, style.Amber, style.Grey} {
			stands(part, style.Surface)
		}
		for _, back := range []fyne.ThemeColorName{style.Surface, style.Stripe, style.NeutralBk, style.GoodBack, style.WarnBack, style.BadBack, style.BusyBack, theme.ColorNameBackground,
			theme.ColorNameHeaderBackground, theme.ColorNameOverlayBackground, theme.ColorNameInputBackground} {
			stands(style.Accent, back)
		}
		for mark, back := range map[fyne.ThemeColorName]fyne.ThemeColorName{style.Good: style.GoodBack, style.Warn: style.WarnBack, style.Bad: style.BadBack, style.Busy: style.BusyBack, style.Muted: style.NeutralBk} {
			stands(mark, back)
		}
	}
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
