package archive

import (
	"context"
	"errors"
	"time"

	"fyne.io/fyne/v2"
	"github.com/google/uuid"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/dialogs"
	"fabricportal/internal/gui/frame"
	"fabricportal/internal/gui/kpiview"
	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/readoptions"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/results/comparison"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/runs/locking"
)

func seconds(v float64) time.Duration { return time.Duration(v * float64(time.Second)) }

// askRestore shows what restoring would change, figure by figure and file by file, and asks once. The preview is read
// while the question stands; it can be answered before.
func (s *Screen) askRestore() {
	if s.side.detail == nil || s.restore.Busy() {
		return
	}
	r := s.side.detail.Run
	now := s.shell.Now()
	none := kpiview.Comparing()
	changes, note := kpiview.NewChanges("restore.change", none), controls.NewBanner()
	table := controls.Tall(250, changes.Container)
	facts := []frame.Fact{{Name: words.T("File"), Value: r.InputFile}, {Name: words.T("By"), Value: r.TriggeredBy + ", " + words.When(r.CreatedAt, now)}}
	if said := s.side.told.missing; said != "" {
		facts = append(facts, frame.Fact{Name: words.T("Missing"), Value: said})
	}
	details := frame.NewDetails("restore.details", s.shell.Copy, s.shell.Dialogs.Grow)
	details.Set([]frame.Fact{{Name: words.T("Run"), Value: r.ID.String()}})
	s.shell.Dialogs.Ask(dialogs.Question{
		Title: words.T("Restore this run?"), Broad: true,
		Extra: []fyne.CanvasObject{
			frame.Facts(facts), details.Container, note.Container, table,
			controls.NewCaption(words.T("A job in Fabric copies this run's files to Files/results/current. They replace what Results shows now. You can undo this on Results.")).Fitted(controls.Wrap),
		},
		Yes: words.T("Restore the run of {{.When}}", "When", words.When(r.CreatedAt, now)),
		Do:  func() { s.startRestore(r.ID) },
	})
	tasks.Start(s.previewing, func(ctx context.Context, _ func(int64, int64)) (comparison.Preview, error) {
		return s.actions.RestorePreview(ctx, r.ID)
	}, nil, func(p comparison.Preview, err error) {
		switch {
		case err != nil:
			kpiview.NotCompared(none)
			note.Set(controls.StateWarn, words.T("The changes could not be read. {{.Why}}", "Why", s.shell.Error(err)))
		case p.Nothing:
			note.Set(controls.StateDone, words.T("This run is already published. Restoring it changes nothing."))
		case len(p.Problems) > 0:
			note.Set(controls.StateWarn, s.shell.Error(p.Problems[0]))
		default:
			note.Set(controls.StateNeutral, "")
		}
		if err == nil {
			changes.Set(append(figureRows(comparison.KPIChange{Figures: p.KPIs.Figures}), fileChangeRows(p.Files)...))
		}
	})
}

func (s *Screen) startRestore(id uuid.UUID) {
	s.start(words.T("The restore was not started"), func(ctx context.Context) (runs.Run, error) { return s.actions.Restore(ctx, id) })
}

// start begins a run and goes to where it is followed.
func (s *Screen) start(failed string, begin func(context.Context) (runs.Run, error)) {
	tasks.Start(s.restore, func(ctx context.Context, _ func(int64, int64)) (runs.Run, error) { return begin(ctx) }, nil, func(r runs.Run, err error) {
		s.actions.Refresh()
		s.update()
		var busy *locking.BusyError
		switch {
		case errors.As(err, &busy):
			s.shell.Dialogs.Tell(words.T("Another run is active"), s.shell.Error(err))
		case err != nil:
			s.shell.Dialogs.Tell(failed, s.shell.Error(err))
		default:
			s.shell.Started(r)
		}
	})
	s.update()
}

// more offers what else can be done with the chosen run.
func (s *Screen) moreCard() {
	if s.side.detail == nil {
		return
	}
	item := func(name, text string, on bool, do func()) *controls.Button {
		b := controls.NewQuiet(name, text, func() {
			s.shell.Dialogs.CloseCards()
			do()
		})
		b.Enabled(on)
		return b
	}
	r := s.side.detail.Run
	busy, _ := frame.Busy(s.frame, s.shell.Now())
	s.shell.Dialogs.Card(s.side.moreBtn, controls.Column(style.Tight,
		item("archive.compare", words.T("Compare with another run…"), r.Published(), s.chooseOther),
		item("archive.again", words.T("Run again with the same file…"), r.Status.Terminal() && !s.listed.restore(r) && !busy && !s.restore.Busy() && !s.reading.Busy(), s.askAgain),
		item("archive.evidence", words.T("Save an evidence bundle"), r.Status.Terminal() && !s.saving.Busy(), s.saveEvidence),
		item("archive.copyid", words.T("Copy the run's id"), true, func() { s.shell.Copy(lettering.Copy(r.ID.String())) })))
}

// askAgain asks once before the pipeline is run on the file of an older run.
func (s *Screen) askAgain() {
	r := s.side.detail.Run
	facts := []frame.Fact{{Name: words.T("File"), Value: r.InputFile}, {Name: words.T("Last run"), Value: r.TriggeredBy + ", " + words.When(r.CreatedAt, s.shell.Now())}}
	body := []string{words.T("The run uses the file as it is in Files/import now. If it succeeds, its results replace what Results shows.")}
	if how := runs.ReadOptions(s.side.detail.Events.Rows); how != nil && !how.Plain() {
		facts = append(facts, frame.Fact{Name: words.T("How it is read"), Value: readoptions.Said(how)})
		if how.EndRows > 0 || how.AcceptMissing {
			body = append(body, words.T("If the file was changed since, what was decided for its last rows, and for what is missing from its sums, does not count."))
		}
	}
	compared := r.Published()
	changes := kpiview.NewReplacing()
	extra := []fyne.CanvasObject{frame.Facts(facts)}
	if compared {
		extra = append(extra, changes.Content...)
	}
	d := s.shell.Dialogs.Ask(dialogs.Question{
		Title: words.T("Run the pipeline again?"),
		Extra: extra,
		Body:  body,
		Yes:   words.T("Run pipeline"),
		Held:  compared, Broad: compared,
		Do: func() {
			s.start(words.T("The run was not started"), func(ctx context.Context) (runs.Run, error) { return s.actions.RunAgain(ctx, r.ID) })
		},
	})
	if !compared {
		return
	}
	tasks.Start(s.previewing, func(ctx context.Context, _ func(int64, int64)) (comparison.Replacement, error) {
		return s.actions.RunAgainPreview(ctx, r.ID)
	}, nil, func(p comparison.Replacement, err error) { changes.Show(d, nil, p, err, s.shell.Error) })
}

// saveEvidence writes the run's bundle into the folder for downloads.
func (s *Screen) saveEvidence() {
	if s.side.detail == nil || s.saving.Busy() {
		return
	}
	id := s.side.detail.Run.ID
	s.side.saved.Going(words.T("Packing the evidence bundle"))
	tasks.Start(s.saving, func(ctx context.Context, report func(done, total int64)) (string, error) {
		return s.actions.Evidence(ctx, id, report)
	}, func(done, total int64) {
		if total > 0 {
			s.side.saved.Going(words.T("Packing the evidence bundle: {{.Part}}", "Part", words.Percent(float64(done)/float64(total), 0)))
		}
	}, func(path string, err error) {
		if err != nil {
			s.side.saved.Failed(err)
			return
		}
		s.side.saved.At(path)
	})
}
