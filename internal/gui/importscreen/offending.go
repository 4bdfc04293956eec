package importscreen

import (
	"context"
	"errors"
	"slices"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/saved"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/importfile/rules"
	"fabricportal/internal/services/importfile/scan"
)

// offending saves the rows in which a rule does not hold, and says where.
type offending struct {
	button *controls.Button
	saved  *saved.Banner
	slot   *tasks.Slot
	of     string // the choice that the banner is about, as choice.key
}

func newOffending(sh *shell.Shell, save func()) *offending {
	return &offending{
		slot: sh.Runner.NewSlot(), saved: saved.New(sh, "import.offending.open"),
		button: controls.NewQuiet("import.offending", words.T("Save rows with problems"), save),
	}
}

// show offers to save the rows of the chosen file where rules do not hold, and forgets what was saved of another one.
func (o *offending) show(c choice) {
	controls.Toggle(o.button, c.analysis != nil && broken(c.analysis.Rules))
	if o.of != c.key() {
		o.forget()
		o.of = c.key()
	}
	o.button.Enabled(!o.slot.Busy())
}

// forget takes away what is said of the last workbook.
func (o *offending) forget() {
	o.slot.Cancel()
	o.saved.Forget()
}

// broken says that a rule does not hold in some row.
func broken(r *rules.Report) bool {
	return r != nil && slices.ContainsFunc(r.Outcomes, func(o rules.Outcome) bool { return len(o.Examples) > 0 })
}

// saveOffending writes the rows of the chosen file into a workbook.
func (s *Screen) saveOffending() {
	c, o := s.chosen, s.bad
	if c.analysis == nil || o.slot.Busy() {
		return
	}
	name := c.row.name
	o.saved.Going(words.T("Collecting the rows with problems in {{.Name}}", "Name", name))
	tasks.Start(o.slot, func(ctx context.Context, report func(done, total int64)) (string, error) {
		o := s.options(c, func(p analysis.Progress) { report(p.Bytes, p.Total) })
		if c.source == thisPC {
			return s.actions.SaveOffendingLocal(ctx, c.row.path, o)
		}
		return s.actions.SaveOffendingRemote(ctx, c.remote, o)
	}, func(done, total int64) {
		if total > 0 {
			o.saved.Going(words.T("Collecting the rows with problems in {{.Name}}: {{.Part}}", "Name", name, "Part", words.Percent(float64(done)/float64(total), 0)))
		}
	}, func(path string, err error) {
		var incomplete *scan.IncompleteError
		switch {
		case err == nil:
			o.saved.At(path)
		case path != "" && errors.As(err, &incomplete):
			o.saved.Partly(path, words.T("Only part of the file was read: {{.Why}}", "Why", s.shell.Error(err)))
		default:
			o.saved.Failed(err)
		}
		s.update()
	})
	s.update()
}
