// Package theme is the portal's look: Fyne's theme with spacing in steps of four, three text sizes, one accent, and
// colours for states and charts.
package theme

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Colours of our own, beside Fyne's.
const (
	Surface fyne.ThemeColorName = "portalSurface" // cards
	Line    fyne.ThemeColorName = "portalLine"    // their edges, and grid lines
	Muted   fyne.ThemeColorName = "portalMuted"   // captions
	Good    fyne.ThemeColorName = "portalGood"
	Caution fyne.ThemeColorName = "portalCaution"
	Bad     fyne.ThemeColorName = "portalBad"
	Chart   fyne.ThemeColorName = "portalChart" // a chart's one series
	Live    fyne.ThemeColorName = "portalLive"  // the line of a production profile
)

// The three text sizes.
const (
	SizeNumber  = theme.SizeNameHeadingText
	SizeText    = theme.SizeNameText
	SizeCaption = theme.SizeNameCaptionText
)

// Of is a colour as the theme in force has it.
func Of(name fyne.ThemeColorName) color.Color { return theme.Color(name) }

// Theme implements fyne.Theme.
type Theme struct{}

func rgb(hex uint32) color.Color {
	return color.NRGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xff}
}

// Two columns: light, dark.
var colours = map[fyne.ThemeColorName][2]color.Color{
	Surface: {rgb(0xffffff), rgb(0x25282d)},
	Line:    {rgb(0xdfe3e8), rgb(0x3a3f47)},
	Muted:   {rgb(0x5c6670), rgb(0xa3abb5)},
	Good:    {rgb(0x0a7a4b), rgb(0x3fc28c)},
	Caution: {rgb(0x9a5b00), rgb(0xe6a13a)},
	Bad:     {rgb(0xb3261e), rgb(0xf0817a)},
	Chart:   {rgb(0x0072b2), rgb(0x56b4e9)}, // of the Okabe–Ito palette
	Live:    {rgb(0x9c4221), rgb(0xc05b35)},

	theme.ColorNameBackground:          {rgb(0xf5f6f8), rgb(0x1b1d21)},
	theme.ColorNameForeground:          {rgb(0x1c2127), rgb(0xe8eaed)},
	theme.ColorNamePrimary:             {rgb(0x0f5ea8), rgb(0x5aa9e6)},
	theme.ColorNameForegroundOnPrimary: {rgb(0xffffff), rgb(0x10151b)},
	theme.ColorNameHyperlink:           {rgb(0x0f5ea8), rgb(0x5aa9e6)},
	theme.ColorNameButton:              {rgb(0xe7eaee), rgb(0x33373e)},
	theme.ColorNameInputBackground:     {rgb(0xffffff), rgb(0x25282d)},
	theme.ColorNameInputBorder:         {rgb(0xc9cfd6), rgb(0x4a505a)},
	theme.ColorNameSeparator:           {rgb(0xe6e9ed), rgb(0x343940)},
	theme.ColorNameHeaderBackground:    {rgb(0xeef0f3), rgb(0x2b2f35)},
	theme.ColorNameOverlayBackground:   {rgb(0xffffff), rgb(0x25282d)},
	theme.ColorNameMenuBackground:      {rgb(0xffffff), rgb(0x25282d)},
	theme.ColorNameSelection:           {color.NRGBA{0x0f, 0x5e, 0xa8, 0x2e}, color.NRGBA{0x5a, 0xa9, 0xe6, 0x3c}},
	theme.ColorNameHover:               {color.NRGBA{0, 0, 0, 0x0d}, color.NRGBA{0xff, 0xff, 0xff, 0x10}},
	theme.ColorNameDisabled:            {rgb(0x6b747e), rgb(0x98a1ab)},
	theme.ColorNameDisabledButton:      {rgb(0xeceef1), rgb(0x2c3036)},
	theme.ColorNamePlaceHolder:         {rgb(0x6b747e), rgb(0x98a1ab)},
	theme.ColorNameShadow:              {color.NRGBA{0, 0, 0, 0x1c}, color.NRGBA{0, 0, 0, 0x50}},
	theme.ColorNameSuccess:             {rgb(0x0a7a4b), rgb(0x3fc28c)},
	theme.ColorNameWarning:             {rgb(0x9a5b00), rgb(0xe6a13a)},
	theme.ColorNameError:               {rgb(0xb3261e), rgb(0xf0817a)},
}

// Color returns our colour for a name, else Fyne's.
func (Theme) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	pair, ok := colours[name]
	if !ok {
		return theme.DefaultTheme().Color(name, variant)
	}
	if variant == theme.VariantDark {
		return pair[1]
	}
	return pair[0]
}

// Font is Fyne's.
func (Theme) Font(style fyne.TextStyle) fyne.Resource { return theme.DefaultTheme().Font(style) }

// Icon is Fyne's.
func (Theme) Icon(name fyne.ThemeIconName) fyne.Resource { return theme.DefaultTheme().Icon(name) }

// Size returns our size for a name, else Fyne's.
func (Theme) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case theme.SizeNamePadding:
		return 4
	case theme.SizeNameInnerPadding:
		return 8
	case theme.SizeNameText, theme.SizeNameSubHeadingText:
		return 14
	case theme.SizeNameHeadingText:
		return 24
	case theme.SizeNameCaptionText:
		return 12
	case theme.SizeNameInputRadius, theme.SizeNameSelectionRadius:
		return 6
	case theme.SizeNameScrollBar:
		return 10
	}
	return theme.DefaultTheme().Size(name)
}
