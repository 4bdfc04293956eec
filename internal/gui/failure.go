package gui

import (
	"context"

	"fyne.io/fyne/v2"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
)

// ShowFailure shows why the program can't start, in a window of its own, and returns when it was closed or ctx ended.
func ShowFailure(ctx context.Context, app fyne.App, sentence string) {
	win := failureWindow(app, sentence)
	stop := context.AfterFunc(ctx, func() { fyne.Do(win.Close) })
	defer stop()
	win.ShowAndRun()
}

func failureWindow(app fyne.App, sentence string) fyne.Window {
	loadWords(app)
	setLetters(app.Preferences())
	app.Settings().SetTheme(themeOf(app.Preferences()))
	win := app.NewWindow(words.T("Fabric Data Portal"))
	said := controls.NewBanner()
	said.Set(controls.StateBad, sentence)
	closing := controls.NewPrimary("failure.close", words.T("Close"), win.Close).OnEscape(win.Close)
	body := controls.Border(
		controls.Column(12, controls.NewHeading(words.T("The portal can't be opened")), said.Container,
			controls.NewText(words.T("“portal-desktop doctor” in a terminal checks each part of the set-up. “portal-desktop profile FILE” needs no set-up.")).Colored(style.Muted).Fitted(controls.Wrap)),
		controls.Line(style.Small, controls.Fill(), controls.NewButton("failure.copy", words.T("Copy"), func() { lettering.Copy(sentence).To(app.Clipboard()) }), closing), nil, nil)
	win.SetContent(controls.Pad(style.Large, style.Medium, style.Large, style.Large, body))
	win.SetPadded(false)
	win.Resize(fyne.NewSize(640, 280))
	win.CenterOnScreen()
	return win
}
