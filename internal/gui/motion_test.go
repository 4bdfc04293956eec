package gui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/gui/controls"
)

// movingApp is an app that lets controls move, as Fyne's does.
type movingApp struct{ fyne.App }

func (m movingApp) Settings() fyne.Settings { return movingSettings{m.App.Settings()} }

type movingSettings struct{ fyne.Settings }

func (movingSettings) ShowAnimations() bool { return true }

func TestNothingMovesWherePersonOrSystemSaysSo(t *testing.T) {
	plain := test.NewTempApp(t)
	defer fyne.SetCurrentApp(plain)
	system := false
	app := Still(movingApp{plain}, func() bool { return system })
	moves := func() bool { return fyne.CurrentApp().Settings().ShowAnimations() }
	require.True(t, moves())
	system = true
	require.False(t, moves(), "the system says so")
	app.Preferences().SetString(motionKey, "full")
	require.True(t, moves(), "a person may say otherwise")
	system = false
	app.Preferences().SetString(motionKey, "reduced")
	require.False(t, moves())
}

func TestMotionIsAPreference(t *testing.T) {
	b := newBench(t)
	b.w.showPreferences()
	found := false
	for _, o := range test.LaidOutObjects(b.w.shell.Dialogs.Contents()[0]) {
		if s, ok := o.(*controls.Select); ok && s.ProbeName() == "preferences.motion" {
			s.SetSelectedIndex(1)
			found = true
		}
	}
	require.True(t, found)
	require.Equal(t, "reduced", b.w.shell.Prefs.String(motionKey))
}
