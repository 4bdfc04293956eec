package db_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/postgres"
	"fabricportal/internal/services/runs"
)

// Whatever zone the server is in, and whichever of the two types the columns have, the stored instants are right: for
// timestamp the text that a UTC clock shows, for timestamptz the instant itself.
func TestTimesAreRightInEveryZoneAndColumnType(t *testing.T) {
	for _, kind := range []struct {
		name   string
		server *postgres.Server
		// utc is SQL that gives a column's instant as a text in UTC.
		utc string
	}{
		{"timestamp", plain, "to_char(%s, 'YYYY-MM-DD HH24:MI:SS.US')"},
		{"timestamptz", zoned, "to_char(%s at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"},
	} {
		for _, zone := range []string{"UTC", "America/New_York", "Asia/Kolkata"} {
			t.Run(kind.name+" "+zone, func(t *testing.T) {
				require.NoError(t, kind.server.Reset(t.Context()))
				root := admin(t, kind.server)
				_, err := root.Exec(t.Context(), fmt.Sprintf("alter database %s set timezone = '%s'", postgres.DatabaseName, zone))
				require.NoError(t, err)
				var effective, columnType string
				require.NoError(t, admin(t, kind.server).QueryRow(t.Context(), "select current_setting('timezone'), data_type from information_schema.columns where table_name = 'run_lock' and column_name = 'locked_at'").Scan(&effective, &columnType))
				require.Equal(t, zone, effective, "otherwise nothing is tried")
				require.Equal(t, kind.name == "timestamptz", columnType == "timestamp with time zone")

				d := open(t, kind.server)
				source, _ := queued(t, d)
				_, err = d.End(t.Context(), runs.Ending{RunID: source, To: runs.Succeeded})
				require.NoError(t, err)
				id, _ := queued(t, d)
				card, err := d.LockCard(t.Context())
				require.NoError(t, err)
				mine, err := d.ClaimPoll(t.Context(), id, time.Minute)
				require.NoError(t, err)
				require.False(t, mine, "the age of a fresh row is near zero, not hours")
				_, err = root.Exec(t.Context(), "update pipeline_runs set status_last_updated_at = status_last_updated_at - interval '61 seconds' where run_id = $1", id)
				require.NoError(t, err)
				mine, err = d.ClaimPoll(t.Context(), id, time.Minute)
				require.NoError(t, err)
				require.True(t, mine, "and one minute is one minute")
				ended, err := d.End(t.Context(), ending(id, source))
				require.NoError(t, err)
				require.True(t, ended)

				run, err := d.Run(t.Context(), id)
				require.NoError(t, err)
				events, err := d.Events(t.Context(), id)
				require.NoError(t, err)
				arts, err := d.Artifacts(t.Context(), id)
				require.NoError(t, err)
				restore, err := d.LatestRestore(t.Context())
				require.NoError(t, err)
				for name, c := range map[string]struct {
					column, from string
					got          time.Time
				}{
					"created_at":             {"created_at", "pipeline_runs where run_id = $1", run.CreatedAt},
					"started_at":             {"started_at", "pipeline_runs where run_id = $1", *run.StartedAt},
					"finished_at":            {"finished_at", "pipeline_runs where run_id = $1", *run.FinishedAt},
					"status_last_updated_at": {"status_last_updated_at", "pipeline_runs where run_id = $1", run.StatusUpdatedAt},
					"event_time":             {"event_time", "run_events where run_id = $1 order by event_time, id limit 1", events.Rows[0].Time},
					"artifact":               {"created_at", "run_artifacts where run_id = $1 order by file_path limit 1", arts.Rows[0].CreatedAt},
					"restored_at":            {"restored_at", "run_restores where target_run_id = $1", restore.RestoredAt},
				} {
					var stored string
					require.NoError(t, root.QueryRow(t.Context(), "select "+fmt.Sprintf(kind.utc, c.column)+" from "+c.from, id).Scan(&stored))
					require.Equal(t, stored, c.got.Format("2006-01-02 15:04:05.000000"), "%s: what was read is what is stored", name)
					require.WithinDuration(t, time.Now(), c.got, 20*time.Second, "%s: and that is now", name)
					require.Equal(t, time.UTC, c.got.Location(), name)
				}
				require.WithinDuration(t, time.Now(), card.LockedAt, 20*time.Second)
				require.WithinDuration(t, card.AsOf, card.LockedAt, 20*time.Second)

				// The archive's pages do not skip or repeat a run.
				page, err := d.ListRuns(t.Context(), nil, 1)
				require.NoError(t, err)
				require.Equal(t, id, page[0].ID)
				page, err = d.ListRuns(t.Context(), &page[0], 5)
				require.NoError(t, err)
				require.Len(t, page, 1)
				require.Equal(t, source, page[0].ID)
			})
		}
	}
}

func TestPagesOfRunsWithTheSameMoment(t *testing.T) {
	d := fresh(t)
	for range 7 {
		id := submitted(t, d)
		_, err := d.End(t.Context(), runs.Ending{RunID: id, To: runs.Failed})
		require.NoError(t, err)
	}
	_, err := admin(t, plain).Exec(t.Context(), "update pipeline_runs set created_at = '2026-01-02 03:04:05.678901'")
	require.NoError(t, err)
	seen := map[string]bool{}
	var last *runs.Run
	for {
		page, err := d.ListRuns(t.Context(), last, 3)
		require.NoError(t, err)
		for _, r := range page {
			require.False(t, seen[r.ID.String()], "a run on two pages")
			seen[r.ID.String()] = true
		}
		if len(page) == 0 {
			break
		}
		last = &page[len(page)-1]
	}
	require.Len(t, seen, 7)

	for id := range seen {
		found, err := d.FindRuns(t.Context(), id[:35], 2)
		require.NoError(t, err)
		require.Contains(t, fmt.Sprint(found), id)
	}
	found, err := d.FindRuns(t.Context(), "%", 2)
	require.NoError(t, err)
	require.Empty(t, found, "a prefix is no pattern")
}

func TestSearchingRuns(t *testing.T) {
	for zone, server := range map[string]*postgres.Server{"timestamp": plain, "timestamptz": zoned} {
		t.Run(zone, func(t *testing.T) {
			require.NoError(t, server.Reset(t.Context()))
			root := admin(t, server)
			_, err := root.Exec(t.Context(), "alter database "+postgres.DatabaseName+" set timezone = 'Asia/Kolkata'")
			require.NoError(t, err)
			d := open(t, server)
			var ids []string
			for i, c := range []struct{ by, file, state, message, at string }{
				{"ana", "sales_100%.xlsx", "SUCCEEDED", "", "2026-01-01 23:30:00"},
				{"ben", "sales.xlsx", "FAILED", "Column_A is missing", "2026-01-02 00:30:00"},
				{"ana", "returns.csv", "FAILED", "", "2026-01-03 12:00:00"},
			} {
				id := submitted(t, d)
				_, err := d.End(t.Context(), runs.Ending{RunID: id, To: runs.Failed})
				require.NoError(t, err)
				_, err = root.Exec(t.Context(), "update pipeline_runs set triggered_by = $2, input_file = $3, status = $4, error_message = nullif($5, ''), created_at = $6::text::"+zone+" where run_id = $1", id, c.by, c.file, c.state, c.message, c.at+"+00")
				require.NoError(t, err, i)
				ids = append(ids, id.String())
			}
			day := func(d int) time.Time { return time.Date(2026, 1, d, 0, 0, 0, 0, time.UTC) }
			for _, c := range []struct {
				filter runs.Selection
				want   []int // latest first
			}{
				{runs.Selection{}, []int{2, 1, 0}},
				{runs.Selection{By: "ana"}, []int{2, 0}},
				{runs.Selection{Statuses: []runs.Status{runs.Failed}}, []int{2, 1}},
				{runs.Selection{Statuses: []runs.Status{runs.Submitted}}, nil},
				{runs.Selection{Text: "SALES"}, []int{1, 0}},
				{runs.Selection{Text: "%"}, []int{0}},
				{runs.Selection{Text: "column_a"}, []int{1}},
				{runs.Selection{Text: ids[2]}, []int{2}},
				{runs.Selection{Text: "csv\nana"}, []int{2}},
				{runs.Selection{Text: "' or true --"}, nil},
				{runs.Selection{From: day(2)}, []int{2, 1}},
				{runs.Selection{To: day(2)}, []int{0}},
				{runs.Selection{From: day(2), To: day(3), By: "ben", Text: "sales"}, []int{1}},
				{runs.Selection{From: time.Date(2026, 1, 2, 0, 0, 0, 0, time.FixedZone("", 3600))}, []int{2, 1, 0}},
			} {
				found, err := d.SearchRuns(t.Context(), c.filter, 10)
				require.NoError(t, err)
				var got []int
				for _, r := range found {
					got = append(got, slices.Index(ids, r.ID.String()))
				}
				require.Equal(t, c.want, got, "%+v", c.filter)
			}
			found, err := d.SearchRuns(t.Context(), runs.Selection{}, 2)
			require.NoError(t, err)
			require.Len(t, found, 2)
		})
	}
}

func TestRowsOfOthersDoNotBreakAList(t *testing.T) {
	d := fresh(t)
	id := submitted(t, d)
	_, err := admin(t, plain).Exec(t.Context(), "update pipeline_runs set started_at = 'infinity', finished_at = '-infinity', status = 'FAILED'", pgx.QueryExecModeSimpleProtocol)
	require.NoError(t, err)
	list, err := d.ListRuns(t.Context(), nil, 5)
	require.NoError(t, err)
	require.Equal(t, id, list[0].ID)
	require.Nil(t, list[0].StartedAt)
	require.Nil(t, list[0].FinishedAt)
}

func TestAListHasTheTotalsOfTheKPIsOnly(t *testing.T) {
	d := fresh(t)
	for _, c := range []struct{ stored, listed string }{
		{`{"orders": 2, "time_series": {"points": [1, 2]}, "revenue_by_channel": []}`, `{"orders": 2}`},
		{`[1, "time_series"]`, `[1, "time_series"]`}, // another's row of another form
		{`5`, `5`},
	} {
		id := submitted(t, d)
		_, err := d.End(t.Context(), runs.Ending{RunID: id, To: runs.Succeeded, KPIs: []byte(c.stored)})
		require.NoError(t, err)
		list, err := d.ListRuns(t.Context(), nil, 1)
		require.NoError(t, err)
		require.JSONEq(t, c.listed, string(list[0].KPIs))
		run, err := d.Run(t.Context(), id)
		require.NoError(t, err)
		require.JSONEq(t, c.stored, string(run.KPIs))
	}
}
