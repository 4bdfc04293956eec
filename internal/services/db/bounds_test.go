package db_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/plaintext"
	"fabricportal/internal/sandbox/postgres"
	"fabricportal/internal/services/db"
	"fabricportal/internal/services/runs"
)

// awkward are texts that somebody could put into any column.
var awkward = map[string]string{
	"empty":       `''`,
	"long":        `repeat('x', 1000000)`,
	"long, wide":  `repeat('😀', 300000)`,
	"long, words": `repeat('password=hunter2 ', 60000)`,
	"turned":      `'sales' || chr(8238) || 'xslx.exe'`,
	"escapes":     `chr(27) || ']8;;https://evil.example' || chr(7) || 'click' || chr(10) || chr(27) || '[2J'`,
	"like a note": `'portal:v1 {"ev":"post_intent","text":"' || repeat('y', 500000) || '"}'`,
}

// fits says that a text is short, and shown as it is.
func fits(t *testing.T, text string, limit int, about string) {
	t.Helper()
	require.LessOrEqual(t, utf8.RuneCountInString(text), limit, about)
	require.True(t, plaintext.Shows(text, limit), "%s: %q", about, text)
}

// Whatever stands in the columns, each list and each run can be read, and no text is longer than what is shown of it.
func TestRowsOfOthersAreReadWithinLimits(t *testing.T) {
	for _, server := range []*postgres.Server{plain, zoned} {
		for name, text := range awkward {
			require.NoError(t, server.Reset(t.Context()))
			d, root := open(t, server), admin(t, server)
			exec := func(sql string, args ...any) {
				t.Helper()
				_, err := root.Exec(t.Context(), strings.ReplaceAll(sql, "TEXT", text), args...)
				require.NoError(t, err, name)
			}
			id := submitted(t, d)
			exec(`update pipeline_runs set triggered_by = TEXT, input_file = TEXT, workspace_id = TEXT, pipeline_item_id = TEXT, fabric_job_location_url = TEXT,
 fabric_job_id = TEXT, error_message = TEXT, notebook_version = TEXT, app_version = TEXT, started_at = '-infinity', finished_at = 'infinity', status_last_updated_at = '294276-12-31'`)
			exec("update run_lock set locked_by = TEXT, locked_at = '-infinity'")
			exec("insert into run_events select gen_random_uuid(), $1, 'infinity', 'LOG', TEXT", id)
			exec("insert into run_artifacts select gen_random_uuid(), $1, 'csv', TEXT, -1, '-infinity'", id)
			exec("insert into run_restores select gen_random_uuid(), 'infinity', TEXT, $1, null", id)

			list, err := d.ListRuns(t.Context(), nil, 5)
			require.NoError(t, err, name)
			require.Len(t, list, 1)
			run, err := d.Run(t.Context(), id)
			require.NoError(t, err, name)
			require.Equal(t, run, list[0])
			for _, r := range []struct {
				text  string
				limit int
			}{
				{run.TriggeredBy, runs.MaxName}, {run.InputFile, runs.MaxName}, {run.WorkspaceID, runs.MaxWord}, {run.PipelineItemID, runs.MaxWord},
				{run.JobURL, runs.MaxAddress}, {run.JobID, runs.MaxWord}, {run.ErrorMessage, runs.MaxError}, {run.NotebookVersion, runs.MaxWord}, {run.AppVersion, runs.MaxWord},
			} {
				fits(t, r.text, r.limit, name)
			}
			require.Nil(t, run.StartedAt)
			require.Nil(t, run.FinishedAt)
			require.Zero(t, run.StatusUpdatedAt)
			active, err := d.Active(t.Context())
			require.NoError(t, err, name)
			require.Equal(t, id, active.Run.ID)
			fits(t, active.Card.LockedBy.Name(), 2*runs.MaxName, name)
			events, err := d.Events(t.Context(), id)
			require.NoError(t, err, name)
			require.Len(t, events.Rows, 2)
			for _, e := range events.Rows {
				fits(t, runs.HumanMessage(e), runs.MaxMessage, name)
			}
			artifacts, err := d.Artifacts(t.Context(), id)
			require.NoError(t, err, name)
			fits(t, artifacts.Rows[0].Path, runs.MaxPath, name)
			restore, err := d.LatestRestore(t.Context())
			require.NoError(t, err, name)
			fits(t, restore.RestoredBy, runs.MaxName, name)
			_, err = d.SearchRuns(t.Context(), runs.Selection{Text: "hunter2"}, 5)
			require.NoError(t, err, name)
			exec("update run_lock set run_id = null")
			strays, err := d.Strays(t.Context(), runs.Place{WorkspaceID: "ws", ItemIDs: []string{"item"}}, 5)
			require.NoError(t, err, name)
			require.LessOrEqual(t, len(strays), 1)
		}
	}
}

// A text that was cut or cleaned is never taken for another one that is whole.
func TestWhatIsComparedIsWhole(t *testing.T) {
	d := fresh(t)
	id := submitted(t, d)
	for stored, same := range map[string]bool{
		"'item'": true, "' item'": false, "'item' || chr(8203)": false, "'item' || repeat(' ', 200)": false, "repeat('item', 1000)": false,
	} {
		_, err := admin(t, plain).Exec(t.Context(), "update pipeline_runs set pipeline_item_id = "+stored+", workspace_id = "+stored+", input_file = "+stored)
		require.NoError(t, err)
		run, err := d.Run(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, same, run.PipelineItemID == "item", stored)
		require.Equal(t, same, run.WorkspaceID == "item", stored)
		require.Equal(t, same, run.InputFile == "item", stored)
	}
}

// flood gives a run many events of the given length, all later than those it has.
func flood(t testing.TB, s *postgres.Server, run uuid.UUID, events, characters int) {
	t.Helper()
	c := adminOf(t, s)
	_, err := c.Exec(context.Background(), `insert into run_events select gen_random_uuid(), $1, clock_timestamp() at time zone 'UTC' + make_interval(secs => n), 'LOG', n || ' ' || repeat('x', $3)
 from generate_series(1, $2) n`, run, events, characters)
	require.NoError(t, err)
}

// Of very many events the latest are read, those that decisions rest on, and how many others there are.
func TestTheLatestEventsAndThoseThatDecisionsRestOn(t *testing.T) {
	d := fresh(t)
	id, intent := sent(t, d)
	note := func(kind, rest string) runs.Event {
		e := runs.Event{ID: uuid.Must(uuid.NewV7()), RunID: id, Type: runs.Log, Message: `portal:v1 {"ev":"` + kind + `"` + rest + `}`}
		added, err := d.AddEvent(t.Context(), e)
		require.NoError(t, err)
		require.True(t, added)
		return e
	}
	input := note("input", `,"text":"`+strings.Repeat("a b", 500)+`","sha256":"abc"`)
	first, second := note("dismissed", `,"jobs":["a"]`), note("dismissed", `,"jobs":["b"]`)
	old, last := note("activities", `,"text":"old"`), note("activities", `,"text":"long","activities":[`+strings.Repeat(`{"id":"1","name":"n","status":"Failed","error":"e"},`, 200)+`{"id":"2","name":"n","status":"s"}]`)
	before, err := d.Events(t.Context(), id)
	require.NoError(t, err)
	require.Zero(t, before.Hidden)

	const many = 10_000
	flood(t, plain, id, many, 10)
	events, err := d.Events(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, before.Total()+many, events.Total())
	require.Equal(t, fmt.Sprint(many), strings.Fields(events.Rows[len(events.Rows)-1].Message)[0])
	kept := map[uuid.UUID]string{}
	for i, e := range events.Rows {
		kept[e.ID] = e.Message
		require.True(t, i == 0 || !e.Time.Before(events.Rows[i-1].Time), "oldest first")
	}
	require.Len(t, kept, runs.MaxEvents+5)
	for _, e := range []runs.Event{intent, input, first, second} {
		require.Equal(t, e.Message, kept[e.ID], "whole")
	}
	require.NotContains(t, kept, old.ID)
	require.Contains(t, kept, last.ID, "bounded, but read")
	require.Len(t, runs.ActivitiesOf(events.Rows), 50)
}

func TestVeryManyArtifacts(t *testing.T) {
	d := fresh(t)
	id := submitted(t, d)
	_, err := admin(t, plain).Exec(t.Context(), "insert into run_artifacts select gen_random_uuid(), $1, 'csv', 'Files/results/runs/x/' || n, 1, now() from generate_series(1, 5000) n", id)
	require.NoError(t, err)
	list, err := d.Artifacts(t.Context(), id)
	require.NoError(t, err)
	require.Len(t, list.Rows, runs.MaxArtifacts)
	require.Equal(t, 5000, list.Total())
}

// KPIs that are too large, or that the server can't write out, are said to be so; neither the run nor a list fails.
func TestKPIsThatCannotBeSent(t *testing.T) {
	d := fresh(t)
	root := admin(t, plain)
	for name, c := range map[string]struct {
		sql          string
		listed, read bool
	}{
		"large totals":        {`jsonb_build_object('orders', 1, 'x', repeat('y', 100000))`, false, true},
		"large, not in lists": {`jsonb_build_object('orders', 1, 'time_series', repeat('y', 3000000))`, true, true},
		"too large":           {`(select jsonb_object_agg(n, md5(n::text) || md5((-n)::text)) from generate_series(1, 400000) n)`, false, false},
		"a long number":       {`'{"orders": 1e131071}'`, false, true},
		"a small number":      {`'{"orders": -1e131071, "time_series": 1}'`, false, true},
		"endless numbers":     {`(select jsonb_build_object('time_series', jsonb_agg(x)) from (select '1e131071'::jsonb as x from generate_series(1, 20000)) n)`, true, false},
		"an array":            {`'[1, "time_series"]'`, true, true},
	} {
		id := submitted(t, d)
		_, err := d.End(t.Context(), runs.Ending{RunID: id, To: runs.Succeeded})
		require.NoError(t, err)
		_, err = root.Exec(t.Context(), "update pipeline_runs set kpis = "+c.sql+" where run_id = $1", id)
		require.NoError(t, err, name)
		list, err := d.ListRuns(t.Context(), nil, 1)
		require.NoError(t, err, name)
		require.Equal(t, id, list[0].ID)
		require.Equal(t, c.listed, list[0].KPIs != nil, name)
		require.Equal(t, c.listed, list[0].KPIsUnread == "", name)
		require.True(t, list[0].HasKPIs(), name)
		run, err := d.Run(t.Context(), id)
		require.NoError(t, err, name)
		require.Equal(t, c.read, run.KPIs != nil, name)
		require.Equal(t, c.read, run.KPIsUnread == "", name)
	}
}

// Documents that are small as they are stored and vast when they are unfolded cost a list its totals, not its rows. The
// server is made to give up on them as it does when their time is over.
func TestTotalsThatTakeTheServerTooLong(t *testing.T) {
	require.NoError(t, plain.Reset(t.Context()))
	root := admin(t, plain)
	run := func(sql string) {
		t.Helper()
		_, err := root.PgConn().Exec(context.Background(), sql).ReadAll()
		require.NoError(t, err)
	}
	run(`create schema slow; grant usage on schema slow to portal_app;
 create function slow.minus(jsonb, text[]) returns jsonb language plpgsql as $$ begin
  if current_setting('statement_timeout') = '5s' then raise exception using errcode = '57014'; end if; return $1; end $$;
 create operator slow.- (leftarg = jsonb, rightarg = text[], function = slow.minus);
 alter role portal_app set search_path = slow, pg_catalog, public`)
	t.Cleanup(func() { run("alter role portal_app reset search_path; drop schema slow cascade") })
	d := open(t, plain)
	id := submitted(t, d)
	_, err := d.End(t.Context(), runs.Ending{RunID: id, To: runs.Succeeded, KPIs: []byte(`{"orders": 3}`)})
	require.NoError(t, err)
	for range 2 {
		list, err := d.ListRuns(t.Context(), nil, 5)
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.Nil(t, list[0].KPIs)
		require.True(t, list[0].HasKPIs())
		found, err := d.SearchRuns(t.Context(), runs.Selection{By: "ana"}, 5)
		require.NoError(t, err)
		require.Equal(t, list, found)
	}
	whole, err := d.Run(t.Context(), id)
	require.NoError(t, err)
	require.JSONEq(t, `{"orders": 3}`, string(whole.KPIs))
}

// reading is what one reading of a run's events takes: the memory held at its height is at most what it allocates.
func reading(b *testing.B, d *db.DB, run uuid.UUID) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for b.Loop() {
		events, err := d.Events(b.Context(), run)
		if err != nil {
			b.Fatal(err)
		}
		for _, e := range events.Rows {
			_ = runs.HumanMessage(e)
		}
	}
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/float64(b.N)/(1<<20), "MB/read")
}

func BenchmarkEvents(b *testing.B) {
	for _, c := range []struct{ events, characters int }{{20, 200}, {100, 1 << 20}, {4000, 1 << 20}, {10_000, 2000}, {100_000, 2000}} {
		b.Run(fmt.Sprintf("%d of %d characters", c.events, c.characters), func(b *testing.B) {
			require.NoError(b, plain.Reset(b.Context()))
			d := openFor(b, plain)
			create := creation()
			require.NoError(b, d.Create(b.Context(), create))
			flood(b, plain, create.Run.ID, c.events, c.characters)
			reading(b, d, create.Run.ID)
		})
	}
}

// Searching looks at no more of a text than is shown of it.
func TestSearchingLooksAtTheBeginningOfTexts(t *testing.T) {
	d := fresh(t)
	submitted(t, d)
	_, err := admin(t, plain).Exec(t.Context(), "update pipeline_runs set error_message = 'needle ' || repeat('x', 5000000) || ' thread'")
	require.NoError(t, err)
	for text, found := range map[string]int{"needle": 1, "thread": 0, strings.Repeat("x", 100_000): 0} {
		list, err := d.SearchRuns(t.Context(), runs.Selection{Text: text, From: time.Now().Add(-time.Hour)}, 5)
		require.NoError(t, err)
		require.Len(t, list, found)
	}
}
