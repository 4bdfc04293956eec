// Package theme is the look of the window: spacing in steps of four, one accent for what can be done next, green, amber
// and red for states only, and the Okabe–Ito colours for charts.
package theme

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"
)

// Colour names beyond Fyne's own.
const (
	ColorGood  fyne.ThemeColorName = "portalGood"
	ColorWarn  fyne.ThemeColorName = "portalWarn"
	ColorBad   fyne.ThemeColorName = "portalBad"
	ColorMuted fyne.ThemeColorName = "portalMuted"
	ColorCard  fyne.ThemeColorName = "portalCard"
	ColorLine  fyne.ThemeColorName = "portalLine"
)

// Sizes of text beyond Fyne's own.
const (
	SizeFigure  fyne.ThemeSizeName = "portalFigure"
	SizeCaption fyne.ThemeSizeName = "portalCaption"
)

// Okabe–Ito, safe for colour-blind readers; the first is the accent's neighbour.
var series = []color.NRGBA{
	{0x00, 0x72, 0xB2, 0xff}, {0xE6, 0x9F, 0x00, 0xff}, {0x00, 0x9E, 0x73, 0xff}, {0xCC, 0x79, 0xA7, 0xff},
	{0x56, 0xB4, 0xE9, 0xff}, {0xD5, 0x5E, 0x00, 0xff}, {0xF0, 0xE4, 0x42, 0xff},
}

// Series is the colour of the i-th series of a chart.
func Series(i int) color.Color { return series[i%len(series)] }

// Theme wraps Fyne's own theme.
type Theme struct{ fyne.Theme }

// New is the look of the window.
func New() *Theme { return &Theme{fynetheme.DefaultTheme()} }

type pair struct{ light, dark color.NRGBA }

func hex(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xff}
}

func faint(v uint32, alpha uint8) color.NRGBA {
	c := hex(v)
	c.A = alpha
	return c
}

var colors = map[fyne.ThemeColorName]pair{
	fynetheme.ColorNameBackground:          {hex(0xF4F5F7), hex(0x1B1E23)},
	fynetheme.ColorNameForeground:          {hex(0x1F2328), hex(0xE6E8EB)},
	fynetheme.ColorNamePrimary:             {hex(0x0B62A8), hex(0x4FA3E0)},
	fynetheme.ColorNameForegroundOnPrimary: {hex(0xFFFFFF), hex(0x10161C)},
	fynetheme.ColorNameHyperlink:           {hex(0x0B62A8), hex(0x4FA3E0)},
	fynetheme.ColorNameButton:              {hex(0xE4E7EB), hex(0x31363D)},
	fynetheme.ColorNameDisabledButton:      {hex(0xECEEF1), hex(0x282C32)},
	fynetheme.ColorNameDisabled:            {hex(0x8A929C), hex(0x767E88)},
	fynetheme.ColorNamePlaceHolder:         {hex(0x6B7480), hex(0x8D96A1)},
	fynetheme.ColorNameInputBackground:     {hex(0xFFFFFF), hex(0x262A30)},
	fynetheme.ColorNameInputBorder:         {hex(0xC9CED6), hex(0x454B54)},
	fynetheme.ColorNameSeparator:           {hex(0xDDE1E6), hex(0x373C44)},
	fynetheme.ColorNameHeaderBackground:    {hex(0xEEF0F3), hex(0x2C3138)},
	fynetheme.ColorNameOverlayBackground:   {hex(0xFFFFFF), hex(0x262A30)},
	fynetheme.ColorNameSelection:           {faint(0x0B62A8, 0x33), faint(0x4FA3E0, 0x44)},
	fynetheme.ColorNameFocus:               {faint(0x0B62A8, 0x40), faint(0x4FA3E0, 0x50)},
	fynetheme.ColorNameHover:               {faint(0x000000, 0x0D), faint(0xFFFFFF, 0x12)},
	ColorGood:                              {hex(0x1A7F4B), hex(0x4CC38A)},
	ColorWarn:                              {hex(0x9A6700), hex(0xE3B341)},
	ColorBad:                               {hex(0xB3261E), hex(0xF2837B)},
	ColorMuted:                             {hex(0x5C6670), hex(0x9BA4AF)},
	ColorCard:                              {hex(0xFFFFFF), hex(0x24282E)},
	ColorLine:                              {hex(0xDDE1E6), hex(0x373C44)},
}

// Color gives the colours of the product, else Fyne's.
func (t *Theme) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	switch name {
	case fynetheme.ColorNameSuccess:
		name = ColorGood
	case fynetheme.ColorNameWarning:
		name = ColorWarn
	case fynetheme.ColorNameError:
		name = ColorBad
	}
	if p, ok := colors[name]; ok {
		if variant == fynetheme.VariantDark {
			return p.dark
		}
		return p.light
	}
	return t.Theme.Color(name, variant)
}

// Size gives the sizes of the product, else Fyne's.
func (t *Theme) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case fynetheme.SizeNamePadding:
		return 4
	case fynetheme.SizeNameInnerPadding:
		return 6
	case fynetheme.SizeNameText:
		return 13
	case SizeCaption, fynetheme.SizeNameCaptionText:
		return 12
	case SizeFigure:
		return 24
	case fynetheme.SizeNameSubHeadingText:
		return 16
	case fynetheme.SizeNameInputRadius, fynetheme.SizeNameSelectionRadius:
		return 4
	}
	return t.Theme.Size(name)
}

// Of is a colour of the current theme and variant.
func Of(name fyne.ThemeColorName) color.Color {
	app := fyne.CurrentApp()
	return app.Settings().Theme().Color(name, app.Settings().ThemeVariant())
}

// Profile is the colour of the line below the header: green where nothing serious can happen, red-brown otherwise.
func Profile(name string) color.Color {
	lower := strings.ToLower(name)
	for _, harmless := range []string{"sandbox", "test", "dev"} {
		if strings.Contains(lower, harmless) {
			return hex(0x2E8B57)
		}
	}
	return hex(0x9C4A2F)
}
