// Package style is the window's appearance: colours by meaning, three text sizes, spacing in steps of four.
package style

import (
	"image/color"
	"math"
	"slices"
	"strconv"
	"sync/atomic"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Text sizes, in Fyne's units: figures that matter, all else, captions.
const (
	Figure  float32 = 24
	Body    float32 = 14
	Caption float32 = 12
)

// TextSize is how large all letters are, in per cent of the sizes above; "" is 100.
type TextSize string

// NormalText is the size at which nothing is larger or smaller than it was designed.
const NormalText TextSize = ""

// The sizes that the program knew first have names, under which they are still remembered.
const (
	smallText TextSize = "small"
	largeText TextSize = "large"
)

// TextSizes are the sizes to choose from, in per cent.
var TextSizes = []int{80, 90, 100, 110, 120, 150, 175, 200}

// TextOf is a size by its per cent.
func TextOf(percent int) TextSize {
	if percent == 100 {
		return NormalText
	}
	return TextSize(strconv.Itoa(percent))
}

// Percent is a size's per cent; 100 where there is no such size.
func (s TextSize) Percent() int {
	switch s {
	case smallText:
		return 90
	case largeText:
		return 120
	}
	if n, err := strconv.Atoi(string(s)); err == nil && slices.Contains(TextSizes, n) {
		return n
	}
	return 100
}

// factor is what sizes are multiplied by, as its bits; 0 stands for 1.
var factor atomic.Uint32

// SetTextSize makes all letters larger or smaller. What is drawn already has to be laid out again.
func SetTextSize(s TextSize) {
	factor.Store(math.Float32bits(float32(s.Percent()) / 100))
}

// Scaled is a size of letters, or of what holds one line of them, in the text size that was chosen.
func Scaled(size float32) float32 {
	if bits := factor.Load(); bits != 0 {
		return size * math.Float32frombits(bits)
	}
	return size
}

// Spacing, in Fyne's units.
const (
	Tight  float32 = 4
	Small  float32 = 8
	Medium float32 = 16
	Large  float32 = 24
	// Row is the height of a table's row.
	Row float32 = 28
	// Radius is the corner radius of panels and buttons.
	Radius float32 = 6
)

// Colours beyond Fyne's own, by what they mean.
const (
	Surface   fyne.ThemeColorName = "portalSurface"  // what panels are drawn on
	Border    fyne.ThemeColorName = "portalBorder"   // around panels
	Muted     fyne.ThemeColorName = "portalMuted"    // captions and what is less important
	Good      fyne.ThemeColorName = "portalGood"     // state: all is well
	Warn      fyne.ThemeColorName = "portalWarn"     // state: to be looked at
	Bad       fyne.ThemeColorName = "portalBad"      // state: failed
	Busy      fyne.ThemeColorName = "portalBusy"     // state: at work
	GoodBack  fyne.ThemeColorName = "portalGoodBack" // behind text in the colours above
	WarnBack  fyne.ThemeColorName = "portalWarnBack" //
	BadBack   fyne.ThemeColorName = "portalBadBack"  //
	BusyBack  fyne.ThemeColorName = "portalBusyBack" //
	NeutralBk fyne.ThemeColorName = "portalNeutral"  //
	Stripe    fyne.ThemeColorName = "portalStripe"   // behind every other row of a table
	None      fyne.ThemeColorName = "portalNone"     // nothing at all
	Accent                        = theme.ColorNamePrimary
	Text                          = theme.ColorNameForeground
)

// The colours that tell connections apart, in the name and the line of the header.
const (
	Red    fyne.ThemeColorName = "portalRed"
	Amber  fyne.ThemeColorName = "portalAmber"
	Green  fyne.ThemeColorName = "portalGreen"
	Blue   fyne.ThemeColorName = "portalBlue"
	Purple fyne.ThemeColorName = "portalPurple"
	Grey   fyne.ThemeColorName = "portalGrey"
)

// Theme is the window's theme, in light and dark.
type Theme struct {
	base  fyne.Theme
	fixed *fyne.ThemeVariant
}

// New is the theme in the variant that the system asks for.
func New() *Theme { return &Theme{base: theme.DefaultTheme()} }

// Fixed is the theme in one variant, whatever the system asks for.
func Fixed(v fyne.ThemeVariant) *Theme { return &Theme{base: theme.DefaultTheme(), fixed: &v} }

// Same tells whether another theme looks like this one.
func (t *Theme) Same(other fyne.Theme) bool {
	o, ok := other.(*Theme)
	return ok && (t.fixed == nil) == (o.fixed == nil) && (t.fixed == nil || *t.fixed == *o.fixed)
}

type pair struct{ light, dark color.NRGBA }

func rgb(hex uint32) color.NRGBA {
	return color.NRGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xff} // #nosec G115 -- each takes its eight bits
}

func rgba(hex uint32, alpha uint8) color.NRGBA {
	c := rgb(hex)
	c.A = alpha
	return c
}

// colours holds every colour that differs from Fyne's; contrast of texts is at least 4.5 to 1, of marks and edges 3 to 1 (theme_test.go).
var colours = map[fyne.ThemeColorName]pair{
	theme.ColorNameBackground:          {rgb(0xF5F6F8), rgb(0x14171C)},
	None:                               {rgba(0, 0), rgba(0, 0)},
	Surface:                            {rgb(0xFFFFFF), rgb(0x1C2027)},
	Stripe:                             {rgb(0xF7F8FA), rgb(0x21262E)},
	Border:                             {rgb(0xDFE3E8), rgb(0x2E343E)},
	theme.ColorNameForeground:          {rgb(0x1A1F27), rgb(0xE7EAEF)},
	Muted:                              {rgb(0x5A6472), rgb(0x9CA6B4)},
	theme.ColorNamePlaceHolder:         {rgb(0x5A6472), rgb(0x9CA6B4)},
	theme.ColorNameDisabled:            {rgb(0x6C7582), rgb(0x808A98)},
	theme.ColorNamePrimary:             {rgb(0x0B5FBF), rgb(0x6AAEFF)},
	theme.ColorNameForegroundOnPrimary: {rgb(0xFFFFFF), rgb(0x0A1626)},
	theme.ColorNameForegroundOnError:   {rgb(0xFFFFFF), rgb(0x2B0B08)},
	theme.ColorNameForegroundOnSuccess: {rgb(0xFFFFFF), rgb(0x06210F)},
	theme.ColorNameForegroundOnWarning: {rgb(0xFFFFFF), rgb(0x2A1C00)},
	theme.ColorNameHyperlink:           {rgb(0x0B5FBF), rgb(0x6AAEFF)},
	theme.ColorNameButton:              {rgb(0xE9ECF0), rgb(0x2A303A)},
	theme.ColorNameDisabledButton:      {rgb(0xEEF0F3), rgb(0x22272F)},
	theme.ColorNameHover:               {rgba(0x1A1F27, 0x12), rgba(0xFFFFFF, 0x14)},
	theme.ColorNamePressed:             {rgba(0x1A1F27, 0x26), rgba(0xFFFFFF, 0x2A)},
	theme.ColorNameSelection:           {rgba(0x0B5FBF, 0x24), rgba(0x6AAEFF, 0x26)},
	theme.ColorNameFocus:               {rgba(0x0B5FBF, 0x50), rgba(0x6AAEFF, 0x60)},
	theme.ColorNameInputBackground:     {rgb(0xFFFFFF), rgb(0x14171C)},
	theme.ColorNameInputBorder:         {rgb(0x7F8896), rgb(0x6B7686)},
	theme.ColorNameSeparator:           {rgb(0xE6E9ED), rgb(0x2A303A)},
	theme.ColorNameHeaderBackground:    {rgb(0xFFFFFF), rgb(0x1C2027)},
	theme.ColorNameOverlayBackground:   {rgb(0xFFFFFF), rgb(0x232830)},
	theme.ColorNameMenuBackground:      {rgb(0xFFFFFF), rgb(0x232830)},
	theme.ColorNameShadow:              {rgba(0x0D1117, 0x2C), rgba(0x000000, 0x70)},
	theme.ColorNameScrollBar:           {rgba(0x1A1F27, 0x60), rgba(0xFFFFFF, 0x60)},
	Good:                               {rgb(0x17713F), rgb(0x4CC585)},
	Warn:                               {rgb(0x8A5A00), rgb(0xE5B548)},
	Bad:                                {rgb(0xB3261E), rgb(0xFF8A80)},
	Busy:                               {rgb(0x0B5FBF), rgb(0x6AAEFF)},
	GoodBack:                           {rgb(0xE3F4EA), rgb(0x173326)},
	WarnBack:                           {rgb(0xFBF0D6), rgb(0x382C12)},
	BadBack:                            {rgb(0xFCE8E6), rgb(0x401D1B)},
	BusyBack:                           {rgb(0xE4EFFB), rgb(0x182C45)},
	NeutralBk:                          {rgb(0xEEF0F3), rgb(0x262C35)},
	Red:                                {rgb(0x9C3B22), rgb(0xE27A5E)},
	Amber:                              {rgb(0x8A5A00), rgb(0xE5B548)},
	Green:                              {rgb(0x17713F), rgb(0x4CC585)},
	Blue:                               {rgb(0x0B5FBF), rgb(0x6AAEFF)},
	Purple:                             {rgb(0x6B3FA0), rgb(0xBE97F0)},
	Grey:                               {rgb(0x5A6472), rgb(0x9CA6B4)},
}

func init() {
	for fynes, ours := range map[fyne.ThemeColorName]fyne.ThemeColorName{
		theme.ColorNameSuccess: Good, theme.ColorNameWarning: Warn, theme.ColorNameError: Bad,
	} {
		colours[fynes] = colours[ours]
	}
}

// Color is part of fyne.Theme.
func (t *Theme) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	if t.fixed != nil {
		variant = *t.fixed
	}
	c, ok := colours[name]
	switch {
	case name == None:
		return color.Transparent // Fyne draws nothing at all in this one; any other without opacity is drawn, pixel by pixel
	case !ok:
		return t.base.Color(name, variant)
	case variant == theme.VariantDark:
		return c.dark
	}
	return c.light
}

// Size is part of fyne.Theme.
func (t *Theme) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case theme.SizeNameText:
		return Scaled(Body)
	case theme.SizeNameCaptionText:
		return Scaled(Caption)
	case theme.SizeNameHeadingText:
		return Scaled(Figure)
	case theme.SizeNameSubHeadingText:
		return Scaled(Body)
	case theme.SizeNamePadding:
		return Tight
	case theme.SizeNameInnerPadding:
		return Small
	case theme.SizeNameInputRadius, theme.SizeNameSelectionRadius:
		return Radius
	case theme.SizeNameModalBlurRadius:
		return 0 // blurring what lies behind a dialog costs a lot without a graphics card
	case theme.SizeNameScrollBar:
		return 12
	case theme.SizeNameScrollBarSmall:
		return 4
	}
	return t.base.Size(name)
}

// Font is part of fyne.Theme.
func (t *Theme) Font(style fyne.TextStyle) fyne.Resource { return t.base.Font(style) }

// Icon is part of fyne.Theme.
func (t *Theme) Icon(name fyne.ThemeIconName) fyne.Resource { return t.base.Icon(name) }
