package archive

import (
	"context"
	"time"

	"github.com/google/uuid"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/frame"
	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/runs"
)

// isPublished tells whether current/ holds a run's outputs, as far as it was read.
func (l listing) isPublished(r runs.Run) bool {
	return l.published.Known && r.ID != uuid.Nil && l.published.Run == r.ID
}

// publishes tells whether restoring a run would publish what is published already: it is that run, or a restore of it.
func (l listing) publishes(r runs.Run) bool {
	return l.published.Known && l.published.Sentence == "" && l.published.Run != uuid.Nil && (l.published.Run == r.ID || l.published.By == r.ID)
}

// unsureWords say that it is not known which run is published; "" where it is.
func unsureWords(p feeds.Published) string {
	switch {
	case p.Sentence == "":
		return ""
	case p.Known && p.Run != uuid.Nil:
		return words.T("Which run is published can't be read now. The mark shows what was read last. {{.Why}}", "Why", p.Sentence)
	}
	return words.T("Which run is published can't be read now, so that none is marked. {{.Why}}", "Why", p.Sentence)
}

// sinceWords say since when, and by whose restore, a run is published.
func (l listing) sinceWords(now time.Time) string {
	p := l.published
	if p.By != p.Run && p.By != uuid.Nil {
		if by, ok := l.run(p.By); ok {
			return words.T("restored {{.When}} by {{.Who}}", "When", words.When(by.CreatedAt, now), "Who", lettering.Label(by.TriggeredBy))
		}
		if !p.At.IsZero() {
			return words.T("restored {{.When}}", "When", words.When(p.At, now))
		}
		return words.T("restored")
	}
	if p.At.IsZero() {
		return words.T("now")
	}
	return words.T("since {{.When}}", "When", words.When(p.At, now))
}

// namedRun is a run in a few words: its file, its time, and its id where that is all that is known.
func namedRun(r runs.Run, now time.Time) string {
	if r.CreatedAt.IsZero() {
		return words.T("run {{.ID}}", "ID", words.ID(r.ID.String()))
	}
	return lettering.Label(r.InputFile) + ", " + words.When(r.CreatedAt, now)
}

// factsBeside are the facts of a run that do not stand in its row: that it is published, what it restores and who restored it.
func (l listing) factsBeside(r runs.Run, now time.Time) []frame.Fact {
	var facts []frame.Fact
	if l.isPublished(r) {
		facts = append(facts, frame.Fact{Name: words.T("Published"), Value: l.sinceWords(now)})
	}
	if from := l.source(r); from.ID != uuid.Nil {
		facts = append(facts, frame.Fact{Name: words.T("Restore of"), Value: namedRun(from, now)})
	}
	const most = 5
	for i, by := range l.restoresOf(r.ID) {
		if i == most {
			break
		}
		facts = append(facts, frame.Fact{Name: words.T("Restored"), Value: words.When(by.CreatedAt, now) + ", " + by.TriggeredBy})
	}
	return facts
}

// restorable tells whether a run can be restored now, and why not.
func (l listing) restorable(r *runs.Run, f feeds.Frame, now time.Time) (bool, string) {
	switch {
	case r == nil:
		return false, words.T("Choose a run to restore it.")
	case l.publishes(*r):
		return false, words.T("This run is published now ({{.Since}}), so there is nothing to restore.", "Since", l.sinceWords(now))
	case l.restore(*r):
		if from := l.source(*r); from.ID != uuid.Nil {
			return false, words.T("This is a restore. To publish the same again, restore its run: {{.Run}}.", "Run", namedRun(from, now))
		}
		return false, words.T("This is a restore. To publish the same again, restore its run.")
	case r.Published():
	case r.Status == runs.Failed:
		return false, words.T("This run failed, so there is nothing to restore.")
	default:
		return false, words.T("This run has not ended yet.")
	}
	if busy, why := frame.Busy(f, now); busy {
		return false, why
	}
	return true, ""
}

// nameFace is the face of the button that names the published run; longestName is its room.
var nameFace = lettering.Face{Size: style.Body}

const longestName float32 = 300

// drawPublished names the published run below the list, and leads to it.
func (s *Screen) drawPublished(now time.Time) {
	p := s.listed.published
	shown := p.Known && p.Run != uuid.Nil
	if shown {
		r, ok := s.listed.run(p.Run)
		if !ok {
			r = runs.Run{ID: p.Run}
		}
		s.published.SetText(nameFace.Cut(words.T("Published: {{.Run}}", "Run", namedRun(r, now)), longestName))
	}
	controls.Toggle(s.published, shown)
}

// showPublished shows the published run, which may be older than those that are listed.
func (s *Screen) showPublished() {
	id := s.listed.published.Run
	s.table.Choose(id.String())
	if r, ok := s.listed.run(id); ok {
		s.side.show(&shell.Detail{Run: r}, s.listed, s.shell.Now(), true)
		s.read(id)
		s.update()
		return
	}
	tasks.Start(s.reading, func(ctx context.Context, _ func(int64, int64)) (answer, error) {
		d, err := s.actions.Detail(ctx, id)
		return answer{d, toldOf(d.Run)}, err
	}, nil, func(d answer, err error) {
		if err != nil {
			s.shell.Dialogs.Tell(words.T("The published run can't be shown"), s.shell.Error(err))
			return
		}
		s.showAnswer(d)
	})
}
