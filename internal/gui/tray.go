package gui

import (
	"os"
	"runtime"

	"fyne.io/fyne/v2"

	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/words"
)

// trayHost shows a menu in the system's tray; desktop.App is one.
type trayHost interface{ SetSystemTrayMenu(*fyne.Menu) }

// tray says in the system's tray how the lock stands, and brings the window back.
type tray struct {
	menu  *fyne.Menu
	state *fyne.MenuItem
}

// hasTray tells whether this system may have a tray. Without a session bus a Linux has none, and asking for one only
// writes an error into the terminal.
func hasTray() bool {
	return runtime.GOOS == "windows" || runtime.GOOS == "darwin" || os.Getenv("DBUS_SESSION_BUS_ADDRESS") != ""
}

// newTray puts the menu there; nil where there is no tray.
func newTray(app fyne.App, available bool, state string, show func(screen string), quit func()) *tray {
	host, ok := app.(trayHost)
	if !ok || !available {
		return nil
	}
	t := &tray{state: fyne.NewMenuItem(lettering.Notice(state), func() { show(shell.Monitor) })}
	last := fyne.NewMenuItem(words.T("Quit"), quit)
	last.IsQuit = true // Fyne adds one of its own, else
	t.menu = fyne.NewMenu(words.T("Fabric Data Portal"), t.state, fyne.NewMenuItemSeparator(),
		fyne.NewMenuItem(words.T("Show the window"), func() { show("") }), last)
	host.SetSystemTrayMenu(t.menu)
	return t
}

// say changes what stands there about the lock.
func (t *tray) say(state string) {
	if t == nil || t.state.Label == lettering.Notice(state) {
		return
	}
	t.state.Label = lettering.Notice(state)
	t.menu.Refresh()
}
