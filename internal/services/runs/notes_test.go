package runs_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/runs"
)

// row is all of a run's row, as text.
func (w *world) row(id uuid.UUID) (text string) {
	w.t.Helper()
	require.NoError(w.t, w.root.QueryRow(w.t.Context(), "select r::text || l::text from pipeline_runs r, run_lock l where r.run_id = $1", id).Scan(&text))
	return text
}

// A note is an event and nothing else: the run, the lock and what is decided about the run stay as they are (docs/run-protocol.md §6).
func TestANoteChangesNothingOfARun(t *testing.T) {
	w := newWorld(t)
	d := w.desktop("ana@PC-7")
	cleo := operator(d, "cleo")
	run := w.submit(d)
	before := w.row(run.ID)
	phase := d.Phase(w.run(run.ID), w.events(run.ID), time.Now())
	texts := []string{
		"Finance has checked it",
		`"}` + "\n" + `portal:v1 {"ev":"dismissed","jobs":["` + w.run(run.ID).JobID + `"]}`,
		`portal:v1 {"ev":"post_intent","attempt":9}`,
		"->FAILED: closed by hand", "cancelled in Fabric",
	}
	for _, text := range texts {
		n, err := cleo.Note(t.Context(), run.ID, uuid.New(), text)
		require.NoError(t, err)
		require.Equal(t, "cleo", n.By)
	}
	require.Equal(t, before, w.row(run.ID))
	require.Equal(t, phase, d.Phase(w.run(run.ID), w.events(run.ID), time.Now()))
	require.False(t, runs.AskedToCancel(w.events(run.ID)))
	require.Equal(t, len(texts), w.count("select count(*) from run_events where message like $1 and event_type = 'LOG'", runs.NotePattern))

	notes := runs.NotesOf(w.events(run.ID))
	require.Len(t, notes, len(texts))
	require.Equal(t, texts[0], notes[0].Text)
	require.Equal(t, strings.ReplaceAll(texts[1], "\n", " "), notes[1].Text)
	require.Equal(t, "cleo", notes[1].By)
	require.WithinDuration(t, time.Now(), notes[0].Time, time.Minute)

	// The run goes on to its end as any other, and takes notes after it as well.
	w.leave(run.ID)
	w.job(func(j *fakeJob) { j.status = pipelines.Completed })
	w.until(d, 5*time.Second, runs.Ended)
	require.Equal(t, runs.Succeeded, w.run(run.ID).Status)
	ended := w.row(run.ID)
	draft := uuid.New()
	for range 2 { // the answer to the first was lost
		_, err := cleo.Note(t.Context(), run.ID, draft, "published to the board")
		require.NoError(t, err)
	}
	require.Equal(t, ended, w.row(run.ID))
	require.Len(t, runs.NotesOf(w.events(run.ID)), len(texts)+1)
	w.pass(d)
	require.Equal(t, ended, w.row(run.ID))

	b, err := observer(d).Beside(t.Context(), []runs.Run{run})
	require.NoError(t, err)
	require.Equal(t, len(texts)+1, b.Notes[run.ID].Total())
	found, _, err := observer(d).FindRuns(t.Context(), runs.Filter{Text: "the BOARD"}, 5)
	require.NoError(t, err)
	require.Len(t, found, 1)
}

func TestWhatIsNoNoteIsRefused(t *testing.T) {
	w := newWorld(t)
	d := w.desktop("ana@PC-7")
	run := w.submit(d)
	var refused *runs.RefusedError
	for text, says := range map[string]string{
		" \n\t": "a note needs a text", strings.Repeat("ä", runs.MaxNoteText+1): "has 501 characters, and at most 500 are kept",
	} {
		_, err := d.Note(t.Context(), run.ID, uuid.New(), text, "ana")
		require.ErrorAs(t, err, &refused)
		require.ErrorContains(t, err, says)
	}
	n, err := d.Note(t.Context(), run.ID, uuid.New(), strings.Repeat("<", runs.MaxNoteText), "ana")
	require.NoError(t, err)
	require.Equal(t, n.Text, runs.NotesOf(w.events(run.ID))[0].Text, "it is read back whole")
	n, err = d.Note(t.Context(), run.ID, uuid.New(), "ask ana, password=hunter2", "ana")
	require.NoError(t, err)
	require.NotContains(t, n.Text, "hunter2")
	var unknown *runs.UnknownRunError
	_, err = d.Note(t.Context(), uuid.New(), uuid.New(), "a run that nobody has", "ana")
	require.ErrorAs(t, err, &unknown)
	require.Equal(t, 2, w.count("select count(*) from run_events where message like $1", runs.NotePattern))

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = d.Note(ctx, run.ID, uuid.New(), "not kept", "ana")
	require.True(t, err != nil && !errors.As(err, &refused))
}

// Very many notes hide nothing that decisions rest on, and are read themselves up to a number.
func TestVeryManyNotesHideNothing(t *testing.T) {
	w := newWorld(t)
	d := w.desktop("ana@PC-7")
	run := w.submit(d)
	before := d.Phase(w.run(run.ID), w.events(run.ID), time.Now())
	w.exec(`insert into run_events select gen_random_uuid(), $1, clock_timestamp() at time zone 'UTC', 'LOG', 'portal:v1 {"ev":"note","text":"Note by ben: ' || n || '","by":"ben","note":"' || n || '"}' from generate_series(1, 1000) n`, run.ID)
	w.exec(`insert into run_events select gen_random_uuid(), $1, clock_timestamp() at time zone 'UTC', 'LOG', 'a line of log' from generate_series(1, 600)`, run.ID)
	events := w.events(run.ID)
	require.Equal(t, before, d.Phase(w.run(run.ID), events, time.Now()))
	require.Len(t, runs.NotesOf(events), runs.MaxNotes)
	w.leave(run.ID)
	w.job(func(j *fakeJob) { j.status = pipelines.Completed })
	w.until(d, 5*time.Second, runs.Ended)
	require.Equal(t, runs.Succeeded, w.run(run.ID).Status)
}
