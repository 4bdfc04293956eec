package gui

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/frame"
	"fabricportal/internal/gui/probe"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/runs/locking"
)

// desk plays what is around the window.
type desk struct {
	mu    sync.Mutex
	asked []string
	fail  error
}

func (d *desk) note(s string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked = append(d.asked, s)
}

func (d *desk) was(s string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Contains(d.asked, s)
}

func (d *desk) Connections(context.Context) ([]Connection, error) {
	return []Connection{
		{Connection: frame.Connection{Name: "Production", Colour: "red"}, ID: "production", Current: true},
		{Connection: frame.Connection{Name: "Test", Colour: "green"}, ID: "test"},
		{Connection: frame.Connection{Name: "Old"}, ID: "old", Problem: "The file can't be read."},
	}, nil
}

func (d *desk) Switch(_ context.Context, id string) error { d.note("switch " + id); return d.fail }
func (d *desk) Remove(_ context.Context, id string) error { d.note("remove " + id); return nil }
func (d *desk) Edit(id string)                            { d.note("edit " + id) }
func (d *desk) Reopen()                                   { d.note("reopen") }

func TestConnectionsAreChangedBehindTheName(t *testing.T) {
	b := newBench(t)
	d := &desk{}
	b.w.opts.Desk = d
	b.click("header.connection")
	b.untilSays("The file can't be read.")
	b.clickDialog("connection.old") // nothing comes of it
	b.clickDialog("connection.test")
	b.until("the other connection", func(probe.View) bool { return d.was("switch test") })
	require.False(t, d.was("switch old"))

	d.fail = errors.New("The database does not answer")
	b.click("header.connection")
	b.untilSays("in use")
	b.clickDialog("connection.test")
	b.untilSays("Test can't be opened")
	b.untilSays("The database does not answer.")
	b.clickDialog("dialog.copy")
	require.Equal(t, "Test can't be opened\nThe database does not answer.", fyne.CurrentApp().Clipboard().Content())
	b.clickDialog("dialog.close")

	b.click("header.connection")
	b.untilSays("in use")
	b.clickDialog("connection.edit.production")
	require.True(t, d.was("edit production"))
	b.click("header.connection")
	b.untilSays("in use")
	b.clickDialog("connection.add")
	require.True(t, d.was("edit "))

	b.click("header.connection")
	b.untilSays("in use")
	b.clickDialog("connection.remove.test")
	b.untilSays("Remove the connection Test?")
	require.False(t, d.was("remove test"))
	b.clickDialog("dialog.confirm")
	b.until("its removal", func(probe.View) bool { return d.was("remove test") })
	b.untilSays("Test was removed")
}

func TestAboutSaysWhichBuildThisIs(t *testing.T) {
	b := newBench(t)
	b.w.opts.Software = true
	b.click("header.connection")
	b.clickDialog("connection.about")
	for _, text := range []string{"1.2.3", "1a2b3c4d5e6f", "go1.26.8, linux/amd64", "Mesa's software renderer"} {
		b.untilSays(text)
	}
	b.clickDialog("about.copy")
	require.Equal(t, "Fabric Data Portal "+b.w.opts.Build.String(), fyne.CurrentApp().Clipboard().Content())
	b.clickDialog("dialog.close")
}

// TestAboutSaysWhoDecidesAndWhatIsNewer: a newer version is told there, and nothing opens by itself.
func TestAboutSaysWhoDecidesAndWhatIsNewer(t *testing.T) {
	b := newBenchWith(t, func(o *Options) {
		o.ManagedBy = "Contoso"
		o.Newer = func(context.Context) (string, string) { return "1.4.0", "In the software\u202e centre." }
	})
	b.until("it was asked", func(probe.View) bool { return b.w.newer != "" })
	require.False(t, b.w.shell.Dialogs.Open())
	b.click("header.connection")
	b.clickDialog("connection.about")
	for _, text := range []string{"Contoso", "1.4.0: In the software� centre.", "none: nothing is sent but to the services of the configuration"} {
		b.untilSays(text)
	}
	b.clickDialog("dialog.close")
}

func TestPreferencesAreKeptAtOnce(t *testing.T) {
	b := newBench(t)
	d := &desk{}
	b.w.opts.Desk, b.w.opts.Theme = d, nil
	p := fyne.CurrentApp().Preferences()
	t.Cleanup(func() {
		for _, key := range []string{themeKey, languageKey, notifyKey, textKey} {
			p.RemoveValue(key)
		}
		b.w.applyTheme()
	})
	b.click("header.connection")
	b.untilSays("in use")
	b.clickDialog("connection.preferences")
	b.untilSays("Appearance")
	choose := func(name, value string) {
		for _, o := range b.w.shell.Dialogs.Contents() {
			for _, x := range test.LaidOutObjects(o) {
				if c, ok := x.(*controls.Select); ok && c.ProbeName() == name {
					c.SetSelected(value)
					return
				}
			}
		}
		t.Fatalf("the dialog has no %s", name)
	}
	choose("preferences.theme", "Dark")
	require.Equal(t, "dark", p.String(themeKey))
	require.Equal(t, style.New().Color(style.Surface, theme.VariantDark), fyne.CurrentApp().Settings().Theme().Color(style.Surface, theme.VariantLight))
	choose("preferences.theme", "Same as the system")
	require.Equal(t, style.New().Color(style.Surface, theme.VariantLight), fyne.CurrentApp().Settings().Theme().Color(style.Surface, theme.VariantLight))
	on := notifies(p)
	b.clickDialog("preferences.notify")
	require.NotEqual(t, on, notifies(p))
	b.clickDialog("preferences.notify")
	choose("preferences.language", "Deutsch")
	require.Equal(t, "de", p.String(languageKey))
	require.True(t, d.was("reopen"))
}

// trayApp is an app of a system with a tray.
type trayApp struct {
	fyne.App
	menu *fyne.Menu
}

func (a *trayApp) SetSystemTrayMenu(m *fyne.Menu) { a.menu = m }

func TestTheTraySaysHowTheLockStands(t *testing.T) {
	a := &trayApp{App: test.NewTempApp(t)}
	require.Nil(t, newTray(a.App, true, "", nil, nil), "a system without a tray")
	require.Nil(t, newTray(a, false, "", nil, nil))
	var shown []string
	quit := 0
	tr := newTray(a, true, "Portal", func(s string) { shown = append(shown, s) }, func() { quit++ })
	tr.say(frame.LockOf(feeds.Frame{LockKnown: true, Lock: locking.Card{}}, false).Words)
	require.Equal(t, "Free to run", a.menu.Items[0].Label)
	for _, i := range a.menu.Items {
		if i.Action != nil {
			i.Action()
		}
	}
	require.Equal(t, []string{shell.Monitor, ""}, shown)
	require.Equal(t, 1, quit)
	require.True(t, a.menu.Items[len(a.menu.Items)-1].IsQuit)
	(*tray)(nil).say("nothing")
}
