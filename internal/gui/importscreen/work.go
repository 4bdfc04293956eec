package importscreen

import (
	"context"
	"errors"
	"sync/atomic"

	"fyne.io/fyne/v2"

	"fabricportal/internal/format"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/dialogs"
	"fabricportal/internal/gui/frame"
	"fabricportal/internal/gui/kpiview"
	"fabricportal/internal/gui/readoptions"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/desktop/imports"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/importfile/profile"
	"fabricportal/internal/services/results/comparison"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/runs/locking"
)

// keepMost bounds how many profiles are kept, so that going back to a file costs nothing.
const keepMost = 8

func (s *Screen) keep(key string, a *shell.Analysis) {
	if _, ok := s.cache[key]; !ok {
		s.kept = append(s.kept, key)
	}
	s.cache[key] = a
	for len(s.kept) > keepMost {
		delete(s.cache, s.kept[0])
		s.kept = s.kept[1:]
	}
}

// known is what was found in a file that was read before in this way. Where nothing was recalled, it is the same with and without.
func (s *Screen) known(c choice) (*shell.Analysis, bool) {
	if c.row.version == "" {
		return nil, false
	}
	if a, ok := s.cache[c.key()]; ok || c.recall {
		return a, ok
	}
	c.recall = true
	a, ok := s.cache[c.key()]
	return a, ok && a.Recalled.Record == nil
}

// forget drops what was found, as it would be found otherwise now.
func (s *Screen) forget() {
	clear(s.cache)
	s.kept = nil
}

// analyze reads the chosen file. A file that is chosen meanwhile takes its place: what comes late is dropped.
func (s *Screen) analyze() {
	s.profile.Cancel()
	c := s.chosen
	if a, ok := s.known(c); ok {
		s.analyzed(a)
		s.update()
		return
	}
	var rows atomic.Int64
	started := s.shell.Now()
	tasks.Start(s.profile, func(ctx context.Context, report func(done, total int64)) (looked, error) {
		if p := s.remembered(ctx, c); p != nil {
			return looked{profiled: p}, nil
		}
		if c.headOnly() {
			head, err := s.actions.HeadRemote(ctx, c.remote, s.options(c, nil))
			return looked{head: &head}, err
		}
		o := s.options(c, func(p analysis.Progress) {
			rows.Store(p.Rows)
			report(p.Bytes, p.Total)
		})
		o.Seen = func(first *profile.Preview) {
			s.shell.Runner.UI(func() {
				if s.chosen.key() == c.key() && s.chosen.analysis == nil && s.profile.Busy() {
					s.right.seen(first)
				}
			})
		}
		if c.source == thisPC {
			a, err := s.actions.AnalyzeLocal(ctx, c.row.path, o, c.recall)
			return looked{Analysis: a}, err
		}
		a, err := s.actions.AnalyzeRemote(ctx, c.remote, o, c.recall)
		return looked{Analysis: a}, err
	}, func(done, total int64) {
		s.right.reading(done, total, rows.Load(), s.shell.Now().Sub(started))
	}, func(found looked, err error) {
		a := &found.Analysis
		if err != nil {
			s.chosen.failed = s.shell.Error(err)
		} else if found.profiled != nil {
			s.chosen.profiled = found.profiled
		} else if found.head != nil {
			s.chosen.head = found.head
		} else {
			s.keep(c.key(), a)
			s.analyzed(a)
		}
		s.update()
	})
	s.right.reading(0, c.remote.Size, 0, 0)
	s.right.seen(nil)
	s.update()
}

// options says how the chosen file is read.
func (s *Screen) options(c choice, progress func(analysis.Progress)) analysis.Options {
	return analysis.Options{Read: c.options, RulesFile: s.rules.path(), Progress: progress, Words: words.Writer()}
}

// rulesChanged reads the chosen file again; what was found by other rules counts no longer.
func (s *Screen) rulesChanged() {
	s.forget()
	s.bad.forget()
	if !s.chosen.none() {
		s.chosen.analysis, s.chosen.profiled, s.chosen.head, s.chosen.here = nil, nil, nil, true // a notebook knows no rules of this computer
		s.analyze()
	}
}

// Cancel ends the profiling under way.
func (s *Screen) Cancel() {
	s.profile.Cancel()
	s.chosen.failed = words.T("Reading was cancelled. Choose the file again to read it.")
	s.left.rows.Choose("")
	s.update()
}

// update draws the right side and the buttons.
func (s *Screen) update() {
	c := s.chosen
	s.right.show(c, s.profile.Busy(), s.shell.Now())
	s.rows.show(c)
	s.compare()
	s.bad.show(c)
	s.upBtn.Hidden = c.none() || c.source == lakehouse || c.madeUp()
	s.upBtn.Refresh()
	// What is sure to fail is not recommended: it can be done all the same.
	fails := c.analysis != nil && refused(c.analysis.Profile)
	s.upBtn.Primary(!fails)
	s.upBtn.Enabled(!s.uploads.busy() && c.failed == "")
	s.runBtn.Primary(!fails && (c.none() || c.source == lakehouse) && !c.begun())

	busy, why := frame.BusyWith(s.frame, s.frame.Active != nil && s.shell.Restore(*s.frame.Active), s.shell.Now())
	state := controls.StateNeutral
	if s.frame.Lock.Held() {
		state = frame.LockOf(s.frame, false).State
	}
	switch {
	case s.run.Busy():
		why, state = words.T("The run is being recorded and sent to Fabric."), controls.StateBusy
	case busy && !c.madeUp():
	case c.none():
		why = words.T("Choose a file in the lakehouse to run the pipeline on it.")
		state = controls.StateNeutral
	case c.madeUp():
		why, state = words.T("A sample is never uploaded or run: it would replace real figures."), controls.StateNeutral
	case c.source == thisPC:
		why = words.T("The pipeline runs on files in the lakehouse: upload this one first.")
		state = controls.StateNeutral
	case s.profile.Busy() && !c.options.Plain():
		why, state = words.T("The file is being read as it was decided."), controls.StateBusy
	case undecided(c.analysis):
		why, state = words.T("Answer the question above, then this file can be run."), controls.StateWarn
	}
	s.runBtn.Enabled(why == "")
	held := s.frame.Lock.Held() && !s.run.Busy()
	if waiting := s.waiting.waiting(); waiting != "" {
		why += " " + waiting
	}
	s.waiting.show(held, !c.none() && c.source == lakehouse && !c.madeUp() && !undecided(c.analysis))
	controls.Toggle(s.watch, held)
	s.reason.Set(state, why)
}

// startUpload sends the chosen file to the lakehouse, as it was looked at.
func (s *Screen) startUpload() {
	c := s.chosen
	if c.none() || c.source != thisPC || c.madeUp() {
		return
	}
	var how imports.How
	if c.analysis != nil && c.analysis.Profile != nil && c.analysis.Profile.File.SHA256 != "" {
		how.Seen = &imports.Seen{Size: c.analysis.Profile.File.SizeBytes, SHA256: c.analysis.Profile.File.SHA256}
	}
	s.uploads.start(c, how)
}

// uploaded chooses the file that has just arrived in the lakehouse; what was read of it here, and how, need not be asked again.
func (s *Screen) uploaded(f artifacts.File, c choice) {
	s.actions.Refresh()
	s.shell.Transfer(words.T("{{.Name}} was uploaded", "Name", f.Name))
	row := lakehouseRows([]artifacts.File{f}, s.shell.Now())[0]
	known := false
	for i := range s.files.Files {
		if s.files.Files[i].Path == f.Path {
			s.files.Files = append([]artifacts.File(nil), s.files.Files...)
			s.files.Files[i], known = f, true
			break
		}
	}
	if !known {
		s.files.Files = append([]artifacts.File{f}, s.files.Files...)
	}
	s.source = lakehouse
	s.which.Choose(int(lakehouse))
	c.source, c.row, c.remote, c.failed = lakehouse, row, f, ""
	s.chosen = c
	if c.analysis == nil {
		s.analyze()
	} else {
		s.keep(s.chosen.key(), c.analysis)
	}
	s.list()
	s.update()
}

// askRun shows what will run and what it will change, and asks once.
func (s *Screen) askRun() {
	c := s.chosen
	if s.run.Busy() {
		return
	}
	s.ask(c, words.T("Run the pipeline?"), words.T("Run pipeline"), func() { s.startRun(c) })
}

// ask asks before a file is run, now or when the lock is free.
func (s *Screen) ask(c choice, title, yes string, do func()) {
	if c.none() || c.source != lakehouse || c.madeUp() || undecided(c.analysis) {
		return
	}
	q := dialogs.Question{Title: title, Yes: yes, Do: do}
	facts := []frame.Fact{{Name: words.T("File"), Value: c.row.name}}
	a := c.analysis
	fails := a != nil && refused(a.Profile)
	var compared *kpiview.Replacing
	switch {
	case a == nil:
		facts = append(facts, frame.Fact{Name: words.T("Size"), Value: words.Size(c.remote.Size)})
		q.Warning = words.T("The file has not been checked here yet.")
	case fails:
		q.Warning = format.Sentences(Verdict(a, s.shell.Error), words.T("Nothing would be published."))
		q.Doubtful = true
	case a.Incomplete != nil || a.RulesError != nil:
		q.Warning = Verdict(a, s.shell.Error)
	}
	if a != nil {
		facts = append(facts, foundFacts(a, s.shell.Error)...)
		if a.Reading != nil {
			if read := readoptions.Said(&a.Reading.Options); read != "" {
				facts = append(facts, frame.Fact{Name: words.T("How it is read"), Value: read})
			}
		}
		if a.KPIs != nil && !fails {
			compared = kpiview.NewReplacing()
			q.Held, q.Broad = true, true
		} else {
			facts = append(facts, frame.Fact{Name: words.T("Rows"), Value: words.Count(a.Profile.RowCount)})
			if a.Profile.DateRange != nil {
				facts = append(facts, frame.Fact{Name: words.T("Dates"), Value: words.Days(a.Profile.DateRange.Min, a.Profile.DateRange.Max)})
			}
		}
	}
	q.Extra = []fyne.CanvasObject{frame.Facts(facts)}
	if compared != nil {
		q.Extra = append(q.Extra, compared.Content...)
	}
	if !fails {
		q.Extra = append(q.Extra, controls.NewText(words.T("If it succeeds, its results replace what Results shows. The present ones stay in the Archive.")).Fitted(controls.Wrap))
	}
	d := s.shell.Dialogs.Ask(q)
	if compared == nil {
		return
	}
	tasks.Start(s.comparing, func(ctx context.Context, _ func(int64, int64)) (comparison.Replacement, error) {
		return s.actions.RunPreview(ctx, a.KPIs, a.Profile)
	}, nil, func(p comparison.Replacement, err error) { compared.Show(d, a.KPIs, p, err, s.shell.Error) })
}

func (s *Screen) startRun(c choice) {
	tasks.Start(s.run, func(ctx context.Context, _ func(int64, int64)) (runs.Run, error) {
		return s.actions.Run(ctx, c.row.name, c.how())
	}, nil, func(r runs.Run, err error) {
		s.actions.Refresh()
		var busy *locking.BusyError
		switch {
		case errors.As(err, &busy):
			s.shell.Dialogs.Tell(words.T("Another run is active"), s.shell.Error(err))
		case err != nil:
			s.shell.Dialogs.Tell(words.T("The run was not started"), s.shell.Error(err))
		default:
			s.shell.Started(r)
		}
		s.update()
	})
	s.update()
}
