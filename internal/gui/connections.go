package gui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/dialogs"
	"fabricportal/internal/gui/frame"
	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
)

// Connection is a configuration to choose from.
type Connection struct {
	frame.Connection
	ID      string
	Problem string // why it can't be used, a sentence; "" where it can
	Current bool   // this window's
	Managed bool   // it is the organisation's, and can't be removed here
}

// Desk is what there is around a window: the connections, and the windows that come in its place.
type Desk interface {
	// Connections lists the configurations; it may take long.
	Connections(ctx context.Context) ([]Connection, error)
	// Switch opens a connection's window in place of this one, also for the next start; it may take long.
	Switch(ctx context.Context, id string) error
	// Remove forgets a connection, but not its secrets; it may take long.
	Remove(ctx context.Context, id string) error
	// Edit opens the settings of a connection; "" is a new one. On the window's goroutine.
	Edit(id string)
	// Reopen opens this window anew. On the window's goroutine.
	Reopen()
}

func titleOf(connection string) string {
	return words.T("Fabric Data Portal") + " – " + lettering.Label(connection)
}

// showConnections opens the card behind the connection's name.
func (w *Window) showConnections(below fyne.CanvasObject) {
	if w.opts.Desk == nil {
		w.connectionCard(below, []Connection{{Connection: w.opts.Connection, Current: true}})
		return
	}
	tasks.Start(w.connections, func(ctx context.Context, _ func(int64, int64)) ([]Connection, error) {
		return w.opts.Desk.Connections(ctx)
	}, nil, func(list []Connection, err error) {
		if err != nil {
			w.shell.Dialogs.Tell(words.T("The connections can't be read"), w.shell.Error(err))
			return
		}
		w.connectionCard(below, list)
	})
}

func (w *Window) connectionCard(below fyne.CanvasObject, list []Connection) {
	var card *dialogs.Dialog
	then := func(do func()) func() {
		return func() {
			card.Close()
			do()
		}
	}
	rows := controls.Column(style.Tight, controls.Pad(0, style.Tight, 0, 0, controls.NewHeading(words.T("Connections"))))
	for _, p := range list {
		rows.Add(w.connectionRow(p, then))
	}
	buttons := controls.Column(style.Tight)
	if w.opts.Desk != nil {
		buttons.Add(controls.NewQuiet("connection.add", words.T("Add a connection…"), then(func() { w.opts.Desk.Edit("") })))
	}
	buttons.Add(controls.NewQuiet("connection.preferences", words.T("Preferences of this computer…"), then(w.showPreferences)))
	buttons.Add(controls.NewQuiet("connection.sample", words.T("Try with sample data"), then(w.OpenSample)))
	for _, log := range w.journal.logButton("connection.log", then) {
		buttons.Add(log)
	}
	buttons.Add(controls.NewQuiet("connection.about", words.T("About this program…"), then(w.showAbout)))
	for _, o := range buttons.Objects { // a menu below a list, which begins at the left
		if b, ok := o.(*controls.Button); ok {
			b.Alignment = widget.ButtonAlignLeading
		}
	}
	rows.Add(controls.Rule())
	rows.Add(controls.Pad(style.Tight, style.Tight, style.Small, style.Small, controls.NewCaption(w.whoWorks()).Fitted(controls.Wrap)))
	rows.Add(buttons)
	card = w.shell.Dialogs.Card(below, controls.Width(340, rows))
}

// whoWorks says under which name runs are recorded, and whether anybody has looked at who that is.
func (w *Window) whoWorks() string {
	if w.opts.SignedIn {
		return words.T("Runs are recorded for {{.User}}, who signed in.", "User", w.opts.User)
	}
	return words.T("Runs are recorded for {{.User}}, as this computer says; nobody has checked it.", "User", w.opts.User)
}

func (w *Window) connectionRow(p Connection, then func(func()) func()) fyne.CanvasObject {
	mark, note := controls.NewMark(controls.Ring, p.Color()), ""
	switch {
	case p.Current:
		mark, note = controls.NewMark(controls.Check, p.Color()), words.T("in use")
	case p.Problem != "":
		mark, note = controls.NewMark(controls.Triangle, style.Warn), p.Problem
	case p.Managed:
		note = words.T("from your organisation")
	}
	texts := controls.Column(0, controls.NewText(p.Name).Bold().Fitted(controls.Cut))
	if note != "" {
		texts.Add(controls.NewCaption(note).Fitted(controls.Wrap))
	}
	switchTo := then(func() { w.switchTo(p) })
	if p.Current || p.Problem != "" {
		switchTo = nil
	}
	open := controls.NewTouch("connection."+p.ID, controls.Pad(6, 6, style.Small, style.Small, controls.Border(nil, nil, controls.Pad(0, 0, 0, style.Small, mark), nil, texts)), func() string { return p.Name }, switchTo)
	if w.opts.Desk == nil {
		return open
	}
	actions := controls.Line(0, controls.NewQuiet("connection.edit."+p.ID, words.T("Settings…"), then(func() { w.opts.Desk.Edit(p.ID) })))
	if !p.Current && !p.Managed {
		actions.Add(controls.NewQuiet("connection.remove."+p.ID, words.T("Remove"), then(func() { w.askRemove(p) })))
	}
	return controls.Border(nil, nil, nil, actions, open)
}

// switchTo opens another connection's window. A run that this window follows goes on: it is recorded, and any desktop
// follows it.
func (w *Window) switchTo(p Connection) {
	if w.importing.Working() || w.archive.Working() {
		w.shell.Dialogs.Tell(words.T("Something is still running"), words.T("Wait until it has ended, or cancel it. Then change the connection."))
		return
	}
	w.frame.Transfer(words.T("opening {{.Name}}", "Name", p.Name))
	tasks.Start(w.connections, func(ctx context.Context, _ func(int64, int64)) (struct{}, error) {
		return struct{}{}, w.opts.Desk.Switch(ctx, p.ID)
	}, nil, func(_ struct{}, err error) {
		w.frame.Transfer("")
		if err != nil {
			w.shell.Dialogs.Tell(words.T("{{.Name}} can't be opened", "Name", p.Name), w.shell.Error(err))
		}
	})
}

func (w *Window) askRemove(p Connection) {
	w.shell.Dialogs.Ask(dialogs.Question{
		Title:  words.T("Remove the connection {{.Name}}?", "Name", p.Name),
		Body:   []string{words.T("This computer forgets the settings. Its secrets stay in the keyring. Nothing changes in Fabric or in the database.")},
		Yes:    words.T("Remove"),
		Danger: true,
		Do: func() {
			tasks.Start(w.connections, func(ctx context.Context, _ func(int64, int64)) (struct{}, error) {
				return struct{}{}, w.opts.Desk.Remove(ctx, p.ID)
			}, nil, func(_ struct{}, err error) {
				if err != nil {
					w.shell.Dialogs.Tell(words.T("{{.Name}} can't be removed", "Name", p.Name), w.shell.Error(err))
					return
				}
				w.frame.Transfer(words.T("{{.Name}} was removed", "Name", p.Name))
			})
		},
	})
}
