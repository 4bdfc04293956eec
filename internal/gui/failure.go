package gui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"fabricportal/internal/gui/parts"
	"fabricportal/internal/gui/theme"
)

// ShowFailure shows why the program can't start, in a window of its own, and returns when it was closed or ctx ended.
func ShowFailure(ctx context.Context, app fyne.App, sentence string) {
	app.Settings().SetTheme(theme.Theme{})
	win := app.NewWindow("Fabric Data Portal")
	text := parts.Wrapped(sentence)
	text.Selectable = true
	hint := parts.Wrapped(lang.L("“portal-desktop doctor” in a terminal checks each part of the set-up. “portal-desktop profile FILE” works without any."))
	hint.Importance = widget.LowImportance
	closing := parts.Primary(lang.L("Close"), win.Close)
	win.SetContent(container.New(layout.NewCustomPaddedLayout(16, 16, 16, 16), container.NewBorder(
		parts.Bold(lang.L("The portal can't be opened")), container.NewHBox(layout.NewSpacer(), closing), nil, nil, container.NewVScroll(container.NewVBox(text, hint)))))
	win.Resize(fyne.NewSize(680, 320))
	win.CenterOnScreen()
	stop := context.AfterFunc(ctx, func() { fyne.Do(win.Close) })
	defer stop()
	win.ShowAndRun()
}
