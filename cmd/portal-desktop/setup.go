//go:build !nowindow

package main

import (
	"context"

	"fyne.io/fyne/v2"

	"fabricportal/internal/gui"
	"fabricportal/internal/gui/probe"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/portal"
	"fabricportal/internal/services/desktop/handover"
	"fabricportal/internal/services/doctor"
	"fabricportal/internal/services/setup/settings"
)

// setUp is a window of settings: of the first start, of a connection, or of a new one.
type setUp struct {
	keeper
	path   func() string // of the configuration, which a new connection has only when it was saved
	desk   *desk
	window *gui.Setup
}

// keeper keeps what was entered; *settings.Wizard all of it, settings.Unlock the secrets.
type keeper interface {
	Save(ctx context.Context, values map[string]string) (problems map[string]error, err error)
}

// edit opens a window of settings beside the one in sight. The keyring may take its time, so it is asked elsewhere.
func (d *desk) edit(s *settings.Wizard, why string) {
	s.Session = entered
	d.ending.Go(func() {
		kept, values := s.Kept(d.ctx), s.Values()
		fyne.Do(func() { d.setUp(s, kept, values, false, why) })
	})
}

// setUp opens a window of settings. why says what is wrong with what is there; "" where nothing is.
func (d *desk) setUp(s *settings.Wizard, kept settings.Kept, values map[string]string, first bool, why string) {
	w := &setUp{keeper: s, path: func() string { return s.Path }, desk: d}
	var sample func()
	if first && d.session == nil {
		sample = func() {
			d.showSample()
			w.window.Close()
		}
	}
	w.show(gui.SetupOptions{
		Groups: gui.SetupGroups(kept.NoKeyring), Fields: gui.SetupFields(s.Fields(), kept.Places), Values: values, Why: why, First: first, New: s.New, Sample: sample, Memory: kept.NoKeyring,
	})
}

// askSecrets asks for the secrets of a configuration that nothing on this computer keeps, beside the window in sight. The keyring may take
// its time, so it is asked elsewhere.
func (d *desk) askSecrets(path, why string) {
	u := settings.Unlock{ConfigPath: path, Session: entered}
	d.ending.Go(func() {
		kept, err := u.Kept(d.ctx)
		fyne.Do(func() {
			if err != nil { // the configuration was changed meanwhile
				d.editFile(path, sentence(err))
				return
			}
			d.unlock(u, kept, why)
		})
	})
}

// unlock opens a window that asks for secrets only.
func (d *desk) unlock(u settings.Unlock, kept settings.Kept, why string) {
	w := &setUp{keeper: u, path: func() string { return u.ConfigPath }, desk: d}
	w.show(gui.SetupOptions{
		Groups: []gui.SetupGroup{gui.SecretsGroup(true)}, Fields: gui.MissingSecrets(kept.Places), Why: why, Memory: true,
		Brief: func() {
			d.editFile(u.ConfigPath, "")
			w.window.Close()
		},
	})
}

// show opens the window.
func (s *setUp) show(opts gui.SetupOptions) {
	d := s.desk
	opts.Actions, opts.Probe = s, d.setUpProbe()
	s.window = gui.NewSetup(d.ctx, d.app, opts)
	d.setups++
	d.pending = append(d.pending, d.claims.begun()...)
	s.window.Show(func() {
		d.setups--
		d.ending.Go(s.window.Stop)
		if d.session == nil && d.setups == 0 {
			d.app.Quit()
		}
	})
}

// setUpProbe is the probe where no other window has it.
func (d *desk) setUpProbe() *probe.Probe {
	if d.session != nil {
		return nil
	}
	return probe.FromEnvironment()
}

// Import is part of setup.Actions.
func (s *setUp) Import(ctx context.Context, path string) (gui.SetupTaken, error) {
	values, left, err := settings.ImportValues(path)
	return gui.SetupTaken{Values: values, Sentence: left.Say(words.Writer())}, err
}

// Save is part of setup.Actions.
func (s *setUp) Save(ctx context.Context, values map[string]string) (map[string]string, error) {
	problems, err := s.keeper.Save(ctx, values)
	said := map[string]string{}
	for key, problem := range problems {
		said[key] = sentence(problem)
	}
	return said, err
}

// Test is part of setup.Actions.
func (s *setUp) Test(ctx context.Context) ([]gui.SetupCheck, error) {
	var out []gui.SetupCheck
	for _, c := range portal.Doctor(ctx, opening(s.path()), doctor.Manner{Writer: words.Writer()}) {
		out = append(out, gui.SetupCheck{Name: c.Name, Message: c.Message, OK: c.OK, Warning: c.Warning})
	}
	return out, ctx.Err()
}

// Finish is part of setup.Actions: the portal's window takes the place of this one and of the one in sight.
func (s *setUp) Finish(ctx context.Context) error {
	p, err := portal.Open(ctx, opening(s.path()))
	if err != nil {
		return err
	}
	if s.desk.elsewhere(ctx, s.path(), nil) {
		p.Close()
		return &handover.ElsewhereError{Name: p.Name()}
	}
	if kept, ok := s.desk.connections.Of(s.path()); ok {
		err = s.desk.connections.Select(ctx, kept.ID)
	}
	fyne.Do(func() {
		s.desk.show(p)
		s.window.Close()
	})
	return err
}

// Sentence is part of setup.Actions.
func (s *setUp) Sentence(err error) string { return sentence(err) }
