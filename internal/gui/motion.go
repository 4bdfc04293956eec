package gui

import (
	"fyne.io/fyne/v2"
)

// motionKey says whether anything moves by itself: reduced or full; "" is as the system says.
const motionKey = "motion"

// stillApp is an app in which Fyne's own controls ask whether they may be animated, and are told what the person or the system wants. Fyne
// reads it from a file of its own only, which all its programs share.
type stillApp struct {
	fyne.App
	system func() bool
}

// Still makes the app ask for no animations where the person chose so, or the system says so; system is asked each time, and must not block.
func Still(app fyne.App, system func() bool) fyne.App {
	still := &stillApp{app, system}
	fyne.SetCurrentApp(still)
	return still
}

// Settings is part of fyne.App.
func (s *stillApp) Settings() fyne.Settings {
	return stillSettings{s.App.Settings(), s.reduced()}
}

func (s *stillApp) reduced() bool {
	switch s.Preferences().String(motionKey) {
	case "reduced":
		return true
	case "full":
		return false
	}
	return s.system()
}

type stillSettings struct {
	fyne.Settings
	reduced bool
}

// ShowAnimations is part of fyne.Settings.
func (s stillSettings) ShowAnimations() bool { return !s.reduced && s.Settings.ShowAnimations() }
