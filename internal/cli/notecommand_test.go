package cli

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/runs"
)

// offline is a database that does not answer.
type offline struct{}

func (offline) Error() string { return "the database at db:5432 does not answer: check the network" }

func TestANoteIsWrittenAndShown(t *testing.T) {
	f := succeeded()
	got := execute(t, with(f), "note", someRun.String(), "Finance", "has checked it")
	require.Equal(t, ExitDone, got.code, got.err)
	require.Equal(t, []string{"note Finance has checked it"}, f.asked, "without quotation marks as well")
	require.Equal(t, "noted on run "+someRun.String()+" by ana: Finance has checked it\n", got.err)
	require.Empty(t, got.out)
	got = execute(t, with(f), "note", someRun.String(), "--json", "--", "-- 5 %")
	require.Equal(t, ExitDone, got.code, got.err)
	require.JSONEq(t, `{"run_id":"`+someRun.String()+`","note":{"id":"`+noteID(t, got.out)+`","time":null,"by":"ana","text":"-- 5 %"}}`, got.out)

	f.noteErr = offline{}
	got = execute(t, with(f), "note", someRun.String(), "x")
	require.Equal(t, ExitFailed, got.code)
	require.Contains(t, got.err, "does not answer: check the network")
	got = execute(t, with(f), "note", someRun.String())
	require.Equal(t, ExitUsage, got.code)
	require.Contains(t, got.err, "TEXT is missing")
}

func noteID(t *testing.T, out string) string {
	t.Helper()
	var doc struct{ Note noteJSON }
	require.NoError(t, json.Unmarshal([]byte(out), &doc))
	require.NoError(t, uuid.Validate(doc.Note.ID))
	return doc.Note.ID
}

// notedPortal has a run with notes, which is a restore.
type notedPortal struct{ *fakePortal }

func (n notedPortal) Runs(context.Context, int) ([]runs.Run, error) { return []runs.Run{n.run}, nil }

func TestRunsAndStatusShowNotes(t *testing.T) {
	f, source := succeeded(), uuid.New()
	notes := []runs.Note{{ID: uuid.New(), RunID: someRun, Time: noon, By: "ben", Text: "first"}, {ID: uuid.New(), RunID: someRun, Time: noon.Add(time.Hour), By: "ana", Text: "Finance has checked it, and the board has seen it"}}
	f.beside = runs.Beside{Notes: map[uuid.UUID]runs.Notes{someRun: {Rows: notes, Hidden: 3}}, Sources: map[uuid.UUID]uuid.UUID{someRun: source}}
	p := Program{Open: func(context.Context, string) (Portal, error) { return notedPortal{f}, nil }}
	got := execute(t, p, "runs")
	require.Equal(t, ExitDone, got.code, got.err)
	require.Contains(t, got.out, "ana: Finance has checked it, and the")
	require.NotContains(t, got.out, "seen it")
	got = execute(t, p, "runs", "--json")
	var list struct {
		Runs []runJSON `json:"runs"`
	}
	require.NoError(t, json.Unmarshal([]byte(got.out), &list))
	require.Equal(t, notes[1].Text, list.Runs[0].Notes[1].Text)
	require.Equal(t, 3, list.Runs[0].NotesHidden)
	require.Equal(t, source.String(), *list.Runs[0].SourceRunID)

	message := `portal:v1 {"ev":"note","text":"Note by ben: seen","by":"ben","note":"seen"}`
	f.events = append(f.events, runs.Event{ID: uuid.New(), RunID: someRun, Time: noon, Type: runs.Log, Message: message})
	got = execute(t, p, "status")
	require.Contains(t, got.out, " ben: seen\n")
	got = execute(t, p, "status", "--json")
	var state stateJSON
	require.NoError(t, json.Unmarshal([]byte(got.out), &state))
	require.Equal(t, "seen", state.Run.Notes[0].Text)
	require.Equal(t, "Note by ben: seen", state.Events[len(state.Events)-1].Message)
}
