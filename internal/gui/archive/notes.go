package archive

import (
	"context"
	"time"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"github.com/google/uuid"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/dialogs"
	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/runs"
)

// noted are the first words of the latest note on a run, for the list; "" without one.
func noted(notes runs.Notes) string {
	if len(notes.Rows) == 0 {
		return ""
	}
	last := notes.Rows[len(notes.Rows)-1]
	text := lettering.Line(last.By + ": " + last.Text)
	if more := notes.Total() - 1; more > 0 {
		text += " (+" + words.Count(int64(more)) + ")"
	}
	return text
}

// notesBox is the notes in the card of a run.
type notesBox struct {
	content *fyne.Container
	write   *controls.Button
	list    *fyne.Container
	drawn   []runs.Note
	hidden  int
	day     int
}

func newNotesBox(write func()) *notesBox {
	b := &notesBox{list: controls.Column(style.Small), write: controls.NewQuiet("archive.note", words.T("Write a note…"), write)}
	b.content = controls.Column(style.Tight, controls.Line(style.Small, controls.NewHeading(words.T("Notes")), controls.Fill(), b.write), b.list)
	return b
}

// set shows notes, the oldest first, and how many older ones there are.
func (b *notesBox) set(notes []runs.Note, hidden int, now time.Time) {
	same := hidden == b.hidden && now.YearDay() == b.day && len(notes) == len(b.drawn)
	for i := range b.drawn {
		same = same && notes[i].ID == b.drawn[i].ID
	}
	if same && b.list.Objects != nil {
		return
	}
	b.drawn, b.hidden, b.day = notes, hidden, now.YearDay()
	b.list.Objects = nil
	if hidden > 0 {
		b.list.Add(controls.NewCaption(words.N(int64(hidden), "{{.N}} older note is not shown.", "{{.N}} older notes are not shown.")))
	}
	for _, n := range notes {
		b.list.Add(controls.Column(0, controls.NewCaption(lettering.Label(n.By)+" · "+words.When(n.Time, now)).Fitted(controls.Cut), controls.NewText(lettering.Text(n.Text)).Fitted(controls.Wrap)))
	}
	if len(notes) == 0 {
		b.list.Add(controls.NewCaption(words.T("Nobody has written a note on this run.")).Fitted(controls.Wrap))
	}
	b.list.Refresh()
}

// draft is a note that is not kept yet. Its id stays while it is tried again, so that a note whose confirmation was lost is there once.
type draft struct {
	id   uuid.UUID
	text string
}

// askNote asks for a note on the chosen run. What is typed stays until it is kept, also when the dialog is closed.
func (s *Screen) askNote() {
	if s.side.detail != nil {
		s.writeNote(s.side.detail.Run, "")
	}
}

func (s *Screen) writeNote(r runs.Run, problem string) {
	if s.noting.Busy() {
		return
	}
	d := s.drafts[r.ID]
	left := controls.NewCaption("")
	var asked *dialogs.Dialog
	var text *controls.Entry
	save := func() {
		if noteLength(text.Text) == 0 || noteLength(text.Text) > runs.MaxNoteText {
			return
		}
		asked.Close()
		s.keepNote(r)
	}
	text = controls.NewEntry("archive.note.text", words.T("What colleagues should know of this run"), func(string) { save() }).Paragraph(4).With(d.text)
	count := func() {
		n := noteLength(text.Text)
		say := words.T("{{.N}} of {{.Most}} characters", "N", words.Count(int64(n)), "Most", words.Count(runs.MaxNoteText))
		if n > runs.MaxNoteText {
			say = words.T("{{.N}} of {{.Most}} characters: shorten it", "N", words.Count(int64(n)), "Most", words.Count(runs.MaxNoteText))
		}
		left.Set(say)
	}
	text.OnChanged = func(typed string) {
		if typed != d.text { // another text is another note
			d = draft{uuid.Must(uuid.NewV7()), typed}
			s.drafts[r.ID] = d
		}
		count()
	}
	count()
	asked = s.shell.Dialogs.Ask(dialogs.Question{
		Title: words.T("Write a note on this run"),
		Extra: []fyne.CanvasObject{
			controls.NewCaption(namedRun(r, s.shell.Now())).Fitted(controls.Cut), controls.Pad(0, 0, 6, 6, text), left,
			controls.NewCaption(words.T("Everybody who sees the run sees the note, with your name and the time. It can't be changed later: a correction is another note.")).Fitted(controls.Wrap),
		},
		Warning: problem,
		Yes:     words.T("Keep the note"),
		Do: func() {
			if noteLength(text.Text) > 0 {
				s.keepNote(r)
			}
		},
	})
	s.shell.Window.Canvas().Focus(text)
	for _, to := range []fyne.KeyName{fyne.KeyPageDown, fyne.KeyEnd} { // behind what was typed before
		text.TypedKey(&fyne.KeyEvent{Name: to})
	}
}

// noteLength is the characters of a note as they are counted.
func noteLength(text string) int { return utf8.RuneCountInString(lettering.Line(text)) }

// keepNote writes what was typed. Where that fails, it is asked for again with what was typed and why.
func (s *Screen) keepNote(r runs.Run) {
	d := s.drafts[r.ID]
	tasks.Start(s.noting, func(ctx context.Context, _ func(int64, int64)) (runs.Note, error) {
		return s.actions.Note(ctx, r.ID, d.id, d.text)
	}, nil, func(_ runs.Note, err error) {
		if err != nil {
			s.writeNote(r, words.T("The note is not kept yet. {{.Why}}", "Why", s.shell.Error(err)))
			return
		}
		if s.drafts[r.ID] == d {
			delete(s.drafts, r.ID)
		}
		s.actions.Refresh()
		if s.filter.filter != (Filter{}) {
			s.find(0)
		}
		if at := s.side.detail; at != nil && at.Run.ID == r.ID {
			s.read(r.ID)
		}
	})
}
