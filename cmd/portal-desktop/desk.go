//go:build !nowindow

package main

import (
	"context"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"

	"fyne.io/fyne/v2"

	"fabricportal/internal/gui"
	"fabricportal/internal/gui/frame"
	"fabricportal/internal/gui/probe"
	"fabricportal/internal/portal"
	"fabricportal/internal/services/desktop/handover"
	"fabricportal/internal/services/desktop/waitingrun"
	"fabricportal/internal/services/diagnostics"
	"fabricportal/internal/services/setup/settings"
)

// desk is what there is around the windows: one open portal at a time, which another connection's may take the place of.
// Its methods are for the window's goroutine, but for those that say otherwise.
type desk struct {
	app         fyne.App
	ctx         context.Context
	connections *settings.Connections
	session     *session // the one in sight; nil while the first start asks for the configuration
	open        atomic.Pointer[portal.Portal]
	setups      int // windows of settings that are open
	ending      sync.WaitGroup
	claims      claims
	pending     []string // files to be opened in the next window
	remark      string   // to be said there
}

func newDesk(ctx context.Context, a fyne.App) (*desk, error) {
	folder, err := settings.DefaultFolder()
	return &desk{app: a, ctx: ctx, connections: settings.OpenConnections(folder)}, err
}

// sentence is what the user reads of an error, in the window's language and without secrets: a service may have repeated one.
func sentence(err error) string { return redactor.Redact(gui.Writer().Sentence(err)) }

// diagnose writes the diagnostics of a configuration, to be mailed.
func diagnose(path string) func(context.Context, []diagnostics.Fact) (string, error) {
	return func(ctx context.Context, facts []diagnostics.Fact) (string, error) {
		text := portal.Diagnostics(ctx, opening(path), build.String(), true, facts)
		return text, ctx.Err()
	}
}

// session is an open portal with its window and what goes on behind it. portal and live are nil where no connection is set up.
type session struct {
	portal *portal.Portal
	live   *portal.Live
	window *gui.Window
}

// show opens the window of a portal in the place of the one in sight.
func (d *desk) show(p *portal.Portal) {
	slog.SetDefault(p.Log()) // where a fault of the program leaves its stack
	s := &session{portal: p}
	p.Words = gui.Writer().Sentence
	s.live = p.Live(func(o waitingrun.Outcome) { s.window.WaitingRunEnded(o.Request.InputFile, o.Run, o.Err) }) // not before Start, and it is there by then
	named := frame.Connection{Name: p.Name()}
	if kept, ok := d.connections.Of(p.Path()); ok {
		named.Colour = string(kept.Colour)
	}
	var signIn gui.SignIn
	if p.ByPerson() {
		signIn = p
	}
	s.window = gui.New(d.ctx, d.app, gui.Options{
		SignIn: signIn, SignedIn: p.SignedIn(),
		Build: build, Software: drawnBySoftware(), Connection: named, ManagedBy: managedBy(), Newer: newer(p), Desk: d, User: p.User(), Probe: probe.FromEnvironment(), Pulse: probe.PulseFromEnvironment(), Journal: journal, OpenFolder: os.Getenv("PORTAL_OPEN_FOLDER"),
		Feeds:   gui.Feeds{Frame: &s.live.Frame, Import: &s.live.Import, Monitor: &s.live.Monitor, Results: &s.live.Results, Archive: &s.live.Archive},
		Actions: actions{p, s.live}, RestorePipelineID: p.RestorePipelineID(), Tour: true,
		Diagnostics: diagnose(p.Path()),
	})
	d.open.Store(p)
	s.live.Start(d.ctx)
	d.replace(s)
}

// replace shows a session's window in the place of the one in sight.
func (d *desk) replace(s *session) {
	before := d.session
	d.session = s
	s.window.Show(func() { d.closed(s) })
	if before != nil {
		before.window.Close()
	}
	pending, remark := append(d.pending, d.claims.begun()...), d.remark
	d.pending, d.remark = nil, ""
	if remark != "" {
		s.window.Say(remark)
	}
	s.window.Open(pending)
}

// showSample opens a window without any connection, on made-up data.
func (d *desk) showSample() {
	s := d.unconnected()
	d.replace(s)
	s.window.OpenSample()
}

// unconnected makes the window of a computer on which no connection is set up.
func (d *desk) unconnected() *session {
	return &session{window: gui.New(d.ctx, d.app, gui.Options{
		Build: build, Software: drawnBySoftware(), Connection: gui.NoConnection(), ManagedBy: managedBy(), Desk: d, Probe: probe.FromEnvironment(), Pulse: probe.PulseFromEnvironment(), Journal: journal,
		OpenFolder: os.Getenv("PORTAL_OPEN_FOLDER"), Diagnostics: diagnose(""), Feeds: unconnectedFeeds(), Actions: unconnected{portal.Local{Version: version}}, Tour: true,
	})}
}

// closed ends what was behind a window, and the program with the last one.
func (d *desk) closed(s *session) {
	if d.session == s {
		d.session = nil
		if d.setups == 0 {
			d.app.Quit()
		}
	}
	d.ending.Go(func() {
		if s.live != nil {
			s.live.Stop()
		}
		s.window.Stop()
		if s.portal != nil {
			s.portal.Close()
		}
	})
}

// end waits until all is ended, after the program's loop.
func (d *desk) end() {
	d.claims.end()        // first, as what comes now finds no window
	if d.session != nil { // the loop was ended without closing the window
		d.closed(d.session)
	}
	d.ending.Wait()
}

// abandon closes what the window can't close, as it hangs; from any goroutine. All that was begun is on the disk or in the
// database, as after a crash.
func (d *desk) abandon() {
	if d == nil {
		return
	}
	if p := d.open.Load(); p != nil {
		p.Log().Error("the window did not end when the program was asked to, and was left behind")
		p.Close()
	}
}

// Connections is part of gui.Desk; from any goroutine.
func (d *desk) Connections(context.Context) ([]gui.Connection, error) {
	list, err := d.connections.List()
	if err != nil {
		return nil, err
	}
	open := d.open.Load()
	var inUse settings.Connection
	var out []gui.Connection
	kept := open == nil // without a connection none is in use
	if open != nil {
		inUse, kept = d.connections.Of(open.Path())
	}
	if !kept { // a file that was named, or what the environment says
		out = append(out, gui.Connection{Connection: frame.Connection{Name: open.Name()}, ID: thisFile, Current: true})
	}
	for _, c := range list {
		out = append(out, gui.Connection{
			Connection: frame.Connection{Name: c.Name, Colour: string(c.Colour)}, ID: c.ID, Problem: sentence(c.Problem), Managed: c.Managed, Current: kept && open != nil && c.ID == inUse.ID,
		})
	}
	return out, nil
}

// thisFile is the id of a configuration that is none of the kept connections.
const thisFile = "."

// Switch is part of gui.Desk; from any goroutine.
func (d *desk) Switch(ctx context.Context, id string) error {
	path, err := d.connections.Path(id)
	if err != nil {
		return err
	}
	p, err := portal.Open(ctx, opening(path))
	if settings.NeedsSetup(err) {
		d.editFile(path, sentence(err))
		return nil
	}
	if settings.NeedsSecrets(err) {
		d.askSecrets(path, sentence(err))
		return nil
	}
	if err != nil {
		return err
	}
	if d.elsewhere(ctx, path, nil) {
		p.Close()
		return &handover.ElsewhereError{Name: p.Name()}
	}
	err = d.connections.Select(ctx, id) // what is seen last is what the next start opens
	fyne.Do(func() { d.show(p) })
	return err
}

// Remove is part of gui.Desk; from any goroutine.
func (d *desk) Remove(_ context.Context, id string) error {
	_, err := d.connections.Remove(id)
	return err
}

// Edit is part of gui.Desk.
func (d *desk) Edit(id string) {
	switch id {
	case "":
		d.edit(settings.NewConnection(d.connections), "")
		return
	case thisFile:
		d.editFile(d.open.Load().Path(), "")
		return
	}
	path, err := d.connections.Path(id)
	if err != nil { // it was removed meanwhile; the settings begin anew
		d.edit(settings.NewConnection(d.connections), sentence(err))
		return
	}
	d.editFile(path, "")
}

// editFile opens the settings of the configuration at path; "" is the one that is used without a name.
func (d *desk) editFile(path, why string) {
	w, err := settings.EditConnection(d.connections, path)
	if err != nil { // this user has no folder for configurations: there is nothing to begin with
		w, why = settings.NewConnection(d.connections), sentence(err)
	}
	d.edit(w, why)
}

// Reopen is part of gui.Desk: the same portal's window, drawn anew.
func (d *desk) Reopen() {
	before := d.open.Load()
	if before == nil {
		d.replace(d.unconnected())
		return
	}
	d.ending.Go(func() {
		p, err := portal.Open(d.ctx, opening(before.Path()))
		if err != nil {
			before.Log().Warn("opening the portal anew", "error", err) // the window in sight stays as it is until the next start
			return
		}
		fyne.Do(func() { d.show(p) })
	})
}
