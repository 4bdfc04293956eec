//go:build !nowindow

package main

import (
	"context"

	"fyne.io/fyne/v2"

	"fabricportal/internal/gui"
	"fabricportal/internal/gui/probe"
	"fabricportal/internal/portal"
	"fabricportal/internal/services/settings"
)

// setUp asks for the configuration, and opens the portal when it is there.
type setUp struct {
	*portal.Setup
	app     fyne.App
	ctx     context.Context
	window  *gui.Setup
	why     string
	session *session
}

// newSetUp is the set-up for an error of opening the portal; false where entering something does not mend it.
func newSetUp(a fyne.App, configPath string, err error) (*setUp, bool) {
	if !portal.NeedsSetup(err) || len(settings.Fields()) == 0 {
		return nil, false
	}
	s, failed := portal.NewSetup(configPath, version)
	if failed != nil {
		return nil, false
	}
	return &setUp{Setup: s, app: a, why: portal.Sentence(err)}, true
}

func (s *setUp) run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s.ctx = ctx
	s.window = gui.NewSetup(ctx, s.app, gui.SetupOptions{Groups: gui.SetupGroups(), Fields: gui.SetupFields(s.Fields(), s.Kept(ctx)), Values: s.Values(), Why: s.why, Actions: s, Probe: probe.FromEnvironment()})
	stop := context.AfterFunc(ctx, func() { fyne.Do(s.app.Quit) })
	defer stop()
	s.window.Show()
	s.app.Run() // until the last window is closed
	s.window.Stop()
	if s.session != nil {
		s.session.end()
	}
	return nil
}

// Import is part of setup.Actions.
func (s *setUp) Import(ctx context.Context, path string) (gui.SetupTaken, error) {
	values, sentence, err := s.Setup.Import(ctx, path)
	return gui.SetupTaken{Values: values, Sentence: sentence}, err
}

// Test is part of setup.Actions.
func (s *setUp) Test(ctx context.Context) ([]gui.SetupCheck, error) {
	var out []gui.SetupCheck
	for _, c := range s.Setup.Test(ctx) {
		out = append(out, gui.SetupCheck{Name: c.Name, Message: c.Message, OK: c.OK})
	}
	return out, ctx.Err()
}

// Finish is part of setup.Actions: the portal's window takes the place of this one.
func (s *setUp) Finish(ctx context.Context) error {
	p, err := portal.Open(ctx, portal.Options{ConfigPath: s.Path, Version: version})
	if err != nil {
		return err
	}
	fyne.Do(func() {
		s.session = openSession(s.ctx, s.app, p)
		s.session.window.Show()
		s.window.Close()
	})
	return nil
}

// Sentence is part of setup.Actions.
func (s *setUp) Sentence(err error) string { return portal.Sentence(err) }
