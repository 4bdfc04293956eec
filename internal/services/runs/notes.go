package runs

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"fabricportal/internal/format"
)

// MaxNoteText is the characters of a note on a run. A longer one is refused, as nobody's words are cut in silence.
const MaxNoteText = 500

// Note is what a person wrote on a run for colleagues. It is an event and says nothing of the run's state; it is never changed, as what
// happened is only ever added to: a correction is another note.
type Note struct {
	ID    uuid.UUID // the event's
	RunID uuid.UUID
	Time  time.Time // the database's clock, UTC
	By    string    // at most 200 characters
	Text  string    // one line of at most MaxNoteText characters
}

// Notes is a run's notes, oldest first: the latest of them.
type Notes = Page[Note]

// Beside is what is known of listed runs besides their rows.
type Beside struct {
	Notes   map[uuid.UUID]Notes     // by run; at most MaxListNotes of each
	Sources map[uuid.UUID]uuid.UUID // by restore: the run whose outputs it publishes
	// Others are runs that are not in the list, without their figures: those that listed restores are of, and the finished restores of listed runs.
	Others map[uuid.UUID]Run
}

// Note writes a note on a run, whatever its state. draft is the note's id, so that the same one, tried again when the answer was lost, is there
// once. *UnknownRunError for a run that there is none of, *RefusedError for a text that is none or too long; other errors are the database's.
func (r *Runs) Note(ctx context.Context, id, draft uuid.UUID, text, by string) (Note, error) {
	n := Note{ID: draft, RunID: id, By: Clean(by, maxBy), Text: Clean(text, MaxMessage)}
	long := max(utf8.RuneCountInString(strings.Join(strings.Fields(text), " ")), utf8.RuneCountInString(n.Text))
	switch {
	case n.Text == "":
		return n, refusal(nil, nil, format.Say("a note needs a text"))
	case long > MaxNoteText:
		return n, refusal(nil, nil, format.Say("the note has {{.Length}} characters, and at most {{.Most}} are kept: shorten it", "Length", long, "Most", MaxNoteText))
	}
	n.Text = Clean(n.Text, MaxNoteText)
	if _, err := r.run(ctx, id); err != nil {
		return n, err
	}
	// The text that older programs show needs no tail: this one words the event from its parts.
	e := noteEvent(id, Log, "", note{Ev: evNote, By: n.By, Text: plain(stored(tell("noted", "Who", n.By, "Note", n.Text))), Note: n.Text})
	e.ID = draft
	return n, r.addEvent(ctx, e)
}

// Note writes a note in the person's name. Errors as Runs.Note.
func (o *Operator) Note(ctx context.Context, run, draft uuid.UUID, text string) (Note, error) {
	return o.runs.Note(ctx, run, draft, text, o.person)
}

// NoteOf reads the note that an event is; false for any other event.
func NoteOf(e Event) (Note, bool) {
	if e.Type != Log || kindOf(e.Message) != evNote {
		return Note{}, false
	}
	n, ok := readNote(e.Message)
	text := Clean(oneOf(n.Note, n.Text), MaxNoteText)
	return Note{ID: e.ID, RunID: e.RunID, Time: e.Time, By: Clean(n.By, maxBy), Text: text}, ok && n.Ev == evNote && text != ""
}

// NotesOf are the notes among a run's events, oldest first.
func NotesOf(events []Event) []Note {
	var out []Note
	for _, e := range events {
		if n, ok := NoteOf(e); ok {
			out = append(out, n)
		}
	}
	slices.SortStableFunc(out, func(a, b Note) int { return a.Time.Compare(b.Time) })
	return out
}

// SourceOf is the run that a restore is of, by its events; uuid.Nil where they don't say it.
func SourceOf(events []Event) uuid.UUID {
	if n, _, ok := lastNote(events, evRestore); ok {
		if id, err := uuid.Parse(n.SourceRunID); err == nil {
			return id
		}
	}
	return uuid.Nil
}

// Beside reads what is known of listed runs besides their rows.
func (o *Observer) Beside(ctx context.Context, list []Run) (Beside, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	return o.history.Beside(ctx, IDs(list))
}

// IDs are the ids of runs.
func IDs(list []Run) []uuid.UUID {
	out := make([]uuid.UUID, len(list))
	for i, r := range list {
		out[i] = r.ID
	}
	return out
}
