package datatable

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// tightTheme is the window's theme without the gap that Fyne leaves between the rows of a list.
type tightTheme struct{}

func (tightTheme) outer() fyne.Theme { return fyne.CurrentApp().Settings().Theme() }

func (t *tightTheme) Size(n fyne.ThemeSizeName) float32 {
	if n == theme.SizeNamePadding {
		return 0
	}
	return t.outer().Size(n)
}

// Color, Font and Icon are those of the window.
func (t *tightTheme) Color(n fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	return t.outer().Color(n, v)
}
func (t *tightTheme) Font(s fyne.TextStyle) fyne.Resource     { return t.outer().Font(s) }
func (t *tightTheme) Icon(n fyne.ThemeIconName) fyne.Resource { return t.outer().Icon(n) }
