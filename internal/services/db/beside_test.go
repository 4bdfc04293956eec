package db_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/postgres"
	"fabricportal/internal/services/runs"
)

// Restores are told by what is recorded with their success, else by what was asked for; notes are the latest of each run, whatever stands in
// the rows of others.
func TestWhatStandsBesideRuns(t *testing.T) {
	for _, server := range []*postgres.Server{plain, zoned} {
		require.NoError(t, server.Reset(t.Context()))
		d, root := open(t, server), admin(t, server)
		exec := func(sql string, args ...any) {
			t.Helper()
			_, err := root.Exec(t.Context(), sql, args...)
			require.NoError(t, err)
		}
		id := func(n int) uuid.UUID { return uuid.NewSHA1(uuid.Nil, []byte{byte(n)}) }
		for n := range 6 {
			exec(`insert into pipeline_runs (run_id, created_at, triggered_by, input_file, workspace_id, pipeline_item_id, fabric_job_location_url, status, status_last_updated_at)
 values ($1, now(), $2, 'sales.xlsx', 'ws', 'item', '', 'SUCCEEDED', now())`, id(n), fmt.Sprint("person ", n))
		}
		// 1 is a restore of 0 and 4 one of 3, both recorded; 2 has been asked to restore 0, and has not ended.
		exec("insert into run_restores (id, restored_at, restored_by, source_run_id, target_run_id) values (gen_random_uuid(), now(), 'ben', $1, $2), (gen_random_uuid(), now(), 'ben', $3, $4)", id(0), id(1), id(3), id(4))
		event := func(run uuid.UUID, kind, message string) {
			exec("insert into run_events (id, run_id, event_time, event_type, message) values (gen_random_uuid(), $1, clock_timestamp(), $2, $3)", run, kind, message)
		}
		event(id(2), "LOG", `portal:v1 {"ev":"restore","text":"Restore","source_run_id":"`+id(0).String()+`"}`)
		event(id(1), "LOG", `portal:v1 {"ev":"restore","text":"Restore","source_run_id":"`+id(5).String()+`"}`)
		for n := range 2 * runs.MaxListNotes {
			event(id(0), "LOG", fmt.Sprintf(`portal:v1 {"ev":"note","text":"Note by ana: %[1]d","by":"ana","note":"%[1]d"}`, n))
		}
		event(id(5), "LOG", `portal:v1 {"ev":"note","text":"`+strings.Repeat("x", 100_000)+`","by":"eve","note":"y"}`)
		event(id(5), "WARNING", `portal:v1 {"ev":"note","by":"eve","note":"no note, as it warns"}`)
		event(id(5), "LOG", `portal:v1 {"ev":"note","by":`)

		b, err := d.Beside(t.Context(), []uuid.UUID{id(0), id(1), id(2), id(5)})
		require.NoError(t, err)
		require.Equal(t, map[uuid.UUID]uuid.UUID{id(1): id(0), id(2): id(0)}, b.Sources)
		require.Empty(t, b.Others)
		require.Len(t, b.Notes[id(0)].Rows, runs.MaxListNotes)
		require.Equal(t, runs.MaxListNotes, b.Notes[id(0)].Hidden)
		last := b.Notes[id(0)].Rows[runs.MaxListNotes-1]
		require.Equal(t, []string{"ana", fmt.Sprint(2*runs.MaxListNotes - 1)}, []string{last.By, last.Text})
		for _, n := range b.Notes[id(5)].Rows {
			fits(t, n.Text, runs.MaxNoteText, "a note of others")
		}

		// What is not in the list is named: the run that a listed restore is of, and the restores of a listed run.
		b, err = d.Beside(t.Context(), []uuid.UUID{id(0), id(4)})
		require.NoError(t, err)
		require.Equal(t, map[uuid.UUID]uuid.UUID{id(1): id(0), id(4): id(3)}, b.Sources)
		require.Len(t, b.Others, 2)
		require.Equal(t, "person 1", b.Others[id(1)].TriggeredBy)
		require.Equal(t, "person 3", b.Others[id(3)].TriggeredBy)
		b, err = d.Beside(t.Context(), nil)
		require.NoError(t, err)
		require.Empty(t, b.Notes)
	}
}

// A run is found by what stands in a note on it, and not by how the note is kept.
func TestRunsAreFoundByTheirNotes(t *testing.T) {
	d := fresh(t)
	id := submitted(t, d)
	root := admin(t, plain)
	found := func(text string) bool {
		t.Helper()
		list, err := d.SearchRuns(t.Context(), runs.Selection{Text: text}, 5)
		require.NoError(t, err)
		return len(list) == 1
	}
	require.False(t, found("Umsätze"))
	_, err := root.Exec(t.Context(), `insert into run_events select gen_random_uuid(), $1, now(), 'LOG', 'portal:v1 {"ev":"note","text":"Note by ben: x","by":"ben","note":"Die Umsätze \"Süd\" \u003c 5 %, geprüft"}'`, id)
	require.NoError(t, err)
	for _, text := range []string{"umsätze", `"süd" < 5`, "5 %", "geprüft"} {
		require.True(t, found(text), text)
	}
	for _, text := range []string{"portal:v1", `"note"`, "Note by", `"}`, "_msätze", "ben"} {
		require.False(t, found(text), text)
	}
	_, err = root.Exec(t.Context(), `insert into run_events select gen_random_uuid(), $1, now(), 'LOG', 'portal:v1 {"ev":"note",' || repeat('x', 100000)`, id)
	require.NoError(t, err)
	require.True(t, found("umsätze"), "whatever others wrote")
}
