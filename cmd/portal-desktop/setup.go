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
	"fabricportal/internal/services/setup/secrets"
	"fabricportal/internal/services/setup/settings"
)

// setUp is a window of settings: of the first start, of a connection, or of a new one.
type setUp struct {
	*settings.Wizard
	desk   *desk
	window *gui.Setup
}

// edit opens a window of settings beside the one in sight. The keyring may take its time, so it is asked elsewhere.
func (d *desk) edit(s *settings.Wizard, why string) {
	d.ending.Go(func() {
		kept, values := s.Kept(d.ctx), s.Values()
		fyne.Do(func() { d.setUp(s, kept, values, false, why) })
	})
}

// setUp opens a window of settings. why says what is wrong with what is there; "" where nothing is.
func (d *desk) setUp(s *settings.Wizard, kept map[secrets.Name]bool, values map[string]string, first bool, why string) {
	w := &setUp{Wizard: s, desk: d}
	var sample func()
	if first && d.session == nil {
		sample = func() {
			d.showSample()
			w.window.Close()
		}
	}
	w.window = gui.NewSetup(d.ctx, d.app, gui.SetupOptions{
		Groups: gui.SetupGroups(), Fields: gui.SetupFields(s.Fields(), kept), Values: values, Why: why, First: first, New: s.New, Sample: sample,
		Actions: w, Probe: d.setUpProbe(),
	})
	d.setups++
	d.pending = append(d.pending, d.claims.begun()...)
	w.window.Show(func() {
		d.setups--
		d.ending.Go(w.window.Stop)
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
	values, sentence, err := s.Wizard.Import(ctx, path)
	return gui.SetupTaken{Values: values, Sentence: sentence}, err
}

// Test is part of setup.Actions.
func (s *setUp) Test(ctx context.Context) ([]gui.SetupCheck, error) {
	var out []gui.SetupCheck
	for _, c := range portal.Doctor(ctx, opening(s.Path), doctor.Manner{Writer: words.Writer()}) {
		out = append(out, gui.SetupCheck{Name: c.Name, Message: c.Message, OK: c.OK, Warning: c.Warning})
	}
	return out, ctx.Err()
}

// Finish is part of setup.Actions: the portal's window takes the place of this one and of the one in sight.
func (s *setUp) Finish(ctx context.Context) error {
	p, err := portal.Open(ctx, opening(s.Path))
	if err != nil {
		return err
	}
	if s.desk.elsewhere(ctx, s.Path, nil) {
		p.Close()
		return &handover.ElsewhereError{Name: p.Name()}
	}
	if kept, ok := s.desk.connections.Of(s.Path); ok {
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
