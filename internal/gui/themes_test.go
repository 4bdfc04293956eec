package gui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/gui/style"
)

// TestANewWindowLeavesTheThemeAlone: on Windows a theme that is set while a window is not shown yet, or is closing, ends the program.
func TestANewWindowLeavesTheThemeAlone(t *testing.T) {
	b := newBench(t)
	settings := b.w.app.Settings()
	settings.SetTheme(style.Fixed(theme.VariantDark))
	b.w.app.Preferences().SetString(themeKey, "dark")
	opts := b.w.opts
	opts.Theme = nil
	set, shownThen := 0, 0
	settings.AddListener(func(fyne.Settings) { set, shownThen = set+1, len(b.w.app.Driver().AllWindows()) })
	before := len(b.w.app.Driver().AllWindows())
	open := func() {
		w := New(t.Context(), b.w.app, opts)
		w.Stop()
		w.win.Close()
	}
	open()
	require.Zero(t, set, "it is the theme of the window before")
	b.w.app.Preferences().SetString(themeKey, "light")
	open()
	require.Equal(t, 1, set)
	require.Equal(t, before, shownThen, "before there is the window that is not shown yet")
	settings.SetTheme(style.New())
	b.w.app.Preferences().SetString(themeKey, "")
}
