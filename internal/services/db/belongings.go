package db

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"fabricportal/internal/services/db/rows"
	"fabricportal/internal/services/runs"
)

// eventsQuery reads of each event at first no more than what tells which are wanted: the latest, and of each kind that
// decisions rest on the last. Then it reads those. A run may have a hundred thousand, and the table no index by run.
var eventsQuery = fmt.Sprintf(`with e as materialized (
  select id, event_time, case when left(message, %[1]d) = $2 then substring(left(message, %[2]d) from $3) end as kind from run_events where run_id = $1),
 notes as (
  select id, kind, row_number() over (partition by kind order by event_time desc, id desc) as n from e where kind = any($4::text[])),
 latest as (
  select id, kind from e order by event_time desc, id desc limit %[3]d),
 p as (
  select id, max(most) as most from (
   select id, case when n = 1 then %[4]d else %[5]d end as most from notes where n <= case kind when $5 then %[6]d when $6 then %[9]d else 1 end
   union all select id, case when kind = any($4::text[]) then %[5]d else %[7]d end from latest) wanted group by id)
 select v.id, v.run_id, v.event_time, %[8]s, left(coalesce(v.message, ''), p.most + 1), p.most, (select count(*) from e)
 from p join run_events v on v.id = p.id and v.run_id = $1 order by v.event_time, v.id`,
	len(runs.NotePrefix), runs.MaxWord, runs.MaxEvents, runs.MaxLastNote, runs.MaxNote, runs.MaxDismissals, runs.MaxMessage, rows.Cut("v.event_type", runs.MaxWord), runs.MaxNotes)

// Events returns a run's events, oldest first: the latest, and those that decisions rest on.
func (d *DB) Events(ctx context.Context, run uuid.UUID) (runs.Events, error) {
	total := 0
	found, err := list(ctx, d, "reading a run's events", eventsQuery, []any{run, runs.NotePrefix, runs.NoteForm, runs.NoteKinds(), runs.DismissedKind, runs.NoteKind},
		func(row pgx.CollectableRow) (runs.Event, error) { return rows.Event(row, &total) })
	return runs.Events{Rows: found, Hidden: max(0, total-len(found))}, err
}

// Artifacts returns the rows of run_artifacts of a run, by path: the first, where there are very many.
func (d *DB) Artifacts(ctx context.Context, run uuid.UUID) (runs.Artifacts, error) {
	total := 0
	found, err := list(ctx, d, "reading a run's artifacts", "select id, run_id, "+rows.Cut("artifact_type", runs.MaxWord)+", "+rows.Cut("file_path", runs.MaxPath)+
		", file_size, created_at, count(*) over () from run_artifacts where run_id = $1 order by file_path, id limit $2",
		[]any{run, runs.MaxArtifacts}, func(row pgx.CollectableRow) (runs.Artifact, error) { return rows.Artifact(row, &total) })
	return runs.Artifacts{Rows: found, Hidden: max(0, total-len(found))}, err
}

// LatestRestore is the last restore recorded; nil when there is none.
func (d *DB) LatestRestore(ctx context.Context) (*runs.Restore, error) {
	found, err := list(ctx, d, "reading the restores", "select id, restored_at, "+rows.Cut("restored_by", runs.MaxName)+", source_run_id, target_run_id from run_restores order by restored_at desc, id desc limit 1",
		nil, rows.Restore)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// LinkedJobs returns those of the given Fabric job ids that a run carries.
func (d *DB) LinkedJobs(ctx context.Context, jobIDs []string) ([]string, error) {
	return list(ctx, d, "looking for jobs", "select distinct lower(fabric_job_id) from pipeline_runs where lower(fabric_job_id) = any($1::text[])",
		[]any{jobIDs}, pgx.RowTo[string])
}

// Strays returns runs that have not ended though they do not hold the lock, oldest first: of the given place those with a
// job or an intent, and of any the others.
func (d *DB) Strays(ctx context.Context, of runs.Place, limit int) ([]runs.Stray, error) {
	return list(ctx, d, "looking for runs without the lock", "select "+rows.RunColumns+`, clock_timestamp(), sent
 from pipeline_runs r cross join lateral (select exists (select from run_events e where e.run_id = r.run_id and e.event_type = 'LOG' and e.message like $2) as sent) i
 where r.status in ('SUBMITTED', 'QUEUED', 'RUNNING')
   and not exists (select from run_lock l where l.`+lockKey+` and l.run_id = r.run_id)
   and (coalesce(r.fabric_job_id, '') = '' and r.status = 'SUBMITTED' and not sent or lower(r.workspace_id) = lower($3) and lower(r.pipeline_item_id) = any($4::text[]))
 order by r.created_at limit $1`, []any{limit, runs.IntentPattern, of.WorkspaceID, lowered(of.ItemIDs)}, rows.Stray)
}

func lowered(ids []string) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = strings.ToLower(id)
	}
	return out
}

// WithoutResults returns succeeded runs that ended within the given time and lack KPIs or artifacts, latest first.
func (d *DB) WithoutResults(ctx context.Context, within time.Duration, limit int) ([]runs.Run, error) {
	// The session's zone is UTC from the start of the connection, and no state is changed by this query, so that a proxy
	// which forgot the zone could at worst shift the window by hours.
	return list(ctx, d, "looking for runs without results", "select "+rows.RunColumns+` from pipeline_runs r
 where r.status = 'SUCCEEDED' and r.finished_at > `+T+` - make_interval(secs => $1)
   and (r.kpis is null or not exists (select from run_artifacts a where a.run_id = r.run_id))
 order by r.created_at desc limit $2`, []any{seconds(within), limit}, rows.Run)
}
