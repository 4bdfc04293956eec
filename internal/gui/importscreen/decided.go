package importscreen

import (
	"context"

	"fabricportal/contract"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/readoptions"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
)

// Read reads the chosen file as a person has decided, which is remembered for files with the same headers.
func (s *Screen) Read(o contract.ReadOptions) {
	c := &s.chosen
	if c.none() || optionsText(o) == optionsText(c.options) {
		return
	}
	// Another sheet has headers of its own, of which something may be known; else it is this decision that counts.
	c.recall = c.recall && o.Sheet != "" && o.Sheet != c.options.Sheet
	if o.Plain() {
		c.recalled = nil
	}
	c.options, c.decided = o, true
	c.analysis, c.failed = nil, ""
	s.analyze()
}

// analyzed takes what was found in the chosen file, and with it what was decided before.
func (s *Screen) analyzed(a *shell.Analysis) {
	c := &s.chosen
	c.analysis = a
	if c.shape == nil {
		c.shape = a.Recalled.Shape
	}
	if a.Recalled.Record != nil {
		c.options, c.recalled, c.recall = a.Recalled.Given, a.Recalled.Record, false
		s.keep(c.key(), a)
	}
	if c.decided {
		c.decided = false
		s.remember(*c)
	}
}

// remember keeps how a file is read, once it was seen that it can be.
func (s *Screen) remember(c choice) {
	tasks.Start(s.keeping, func(ctx context.Context, _ func(int64, int64)) (struct{}, error) {
		return struct{}{}, s.actions.KeepReading(ctx, c.shape, c.analysis.Profile, c.options)
	}, nil, func(_ struct{}, err error) {
		s.forget() // other files may have the same headers
		if err != nil {
			s.shell.Transfer(words.T("how {{.Name}} is read can't be remembered: {{.Why}}", "Name", c.row.name, "Why", s.shell.Error(err)))
		}
	})
}

// how is what a run has to be told of how the file is read.
func (c choice) how() *contract.ReadOptions {
	if c.analysis == nil {
		return c.options.ForRun(nil)
	}
	return c.options.ForRun(c.analysis.Reading)
}

// undecided tells whether a person has to decide how a file is read.
func undecided(a *shell.Analysis) bool {
	return a != nil && a.Reading != nil && len(a.Reading.Questions) > 0
}

// recalledNote says what was decided before, and takes it back.
type recalledNote struct{ *controls.Banner }

func newRecalledNote(read func(contract.ReadOptions)) recalledNote {
	return recalledNote{controls.NewBanner(controls.NewQuiet("import.read.anew", words.T("Read it as found"), func() { read(contract.ReadOptions{}) }))}
}

func (n recalledNote) show(d *detail, c choice) {
	text := ""
	if r := c.recalled; r != nil && c.analysis != nil {
		text = words.T("Read as {{.Who}} decided for files with these headers ({{.When}}). {{.What}}", "Who", r.By, "When", words.When(r.At, d.now), "What", readoptions.Said(&r.Options))
	}
	n.Set(controls.StateNeutral, text)
}
