package db

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/runs/locking"
)

const runColumns = `r.run_id, r.created_at, r.started_at, r.finished_at, r.triggered_by, r.input_file, r.workspace_id,
 r.pipeline_item_id, r.fabric_job_location_url, coalesce(r.fabric_job_id, ''), r.status, r.status_last_updated_at,
 coalesce(r.error_message, ''), r.kpis, coalesce(r.notebook_version, ''), coalesce(r.app_version, '')`

// runRow is where runColumns are scanned into.
type runRow struct {
	run               runs.Run
	started, finished time.Time
	status            string
	kpis              []byte
}

func (r *runRow) targets() []any {
	return []any{
		&r.run.ID, instant{&r.run.CreatedAt}, instant{&r.started}, instant{&r.finished}, &r.run.TriggeredBy, &r.run.InputFile, &r.run.WorkspaceID,
		&r.run.PipelineItemID, &r.run.JobURL, &r.run.JobID, &r.status, instant{&r.run.StatusUpdatedAt},
		&r.run.ErrorMessage, &r.kpis, &r.run.NotebookVersion, &r.run.AppVersion,
	}
}

func (r *runRow) value() runs.Run {
	r.run.StartedAt, r.run.FinishedAt, r.run.Status = maybe(r.started), maybe(r.finished), runs.Status(r.status)
	if r.kpis != nil {
		r.run.KPIs = json.RawMessage(r.kpis)
	}
	return r.run
}

// read runs one query outside a transaction.
func (d *DB) read(ctx context.Context, doing string, work func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	return d.explain(doing, work(ctx))
}

// list reads all rows of a query; scan reads one.
func list[V any](ctx context.Context, d *DB, doing, sql string, args []any, scan func(row pgx.CollectableRow) (V, error)) ([]V, error) {
	var out []V
	err := d.read(ctx, doing, func(ctx context.Context) error {
		rows, err := d.pool.Query(ctx, sql, args...)
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, scan)
		return err
	})
	return out, err
}

func scanRun(row pgx.CollectableRow) (runs.Run, error) {
	var r runRow
	err := row.Scan(r.targets()...)
	return r.value(), err
}

// LockCard reads who holds the lock. A database without the lock's row says that it is free; Create looks after it.
func (d *DB) LockCard(ctx context.Context) (locking.Card, error) {
	var row lockRow
	err := d.read(ctx, "reading the lock", func(ctx context.Context) error {
		return d.pool.QueryRow(ctx, "select "+lockColumns+" from (values (1)) one left join run_lock l on l."+lockKey).Scan(row.targets()...)
	})
	return row.card(), err
}

const lockColumns = "l.run_id, l.locked_at, coalesce(l.locked_by, ''), clock_timestamp()"

type lockRow struct {
	run        *uuid.UUID
	at, asOf   time.Time
	lockedByIs string
}

func (l *lockRow) targets() []any {
	return []any{&l.run, instant{&l.at}, &l.lockedByIs, instant{&l.asOf}}
}

func (l *lockRow) card() locking.Card {
	c := locking.Card{AsOf: l.asOf}
	if l.run != nil {
		c.RunID, c.LockedAt, c.LockedBy = *l.run, l.at, locking.ParseOwner(l.lockedByIs)
	}
	return c
}

// Active reads the lock, the run that holds it and the run's last intent in one query, so that they belong together.
func (d *DB) Active(ctx context.Context) (runs.Active, error) {
	var a runs.Active
	err := d.read(ctx, "reading the lock", func(ctx context.Context) error {
		var l lockRow
		var intent *uuid.UUID
		var intentAt time.Time
		var message string
		err := d.pool.QueryRow(ctx, "select "+lockColumns+`, e.id, e.event_time, coalesce(e.message, '')
 from (values (1)) one left join run_lock l on l.`+lockKey+`
 left join lateral (select id, event_time, message from run_events
   where run_id = l.run_id and event_type = 'LOG' and message like $1 order by event_time desc, id desc limit 1) e on true`,
			runs.IntentPattern).Scan(append(l.targets(), &intent, instant{&intentAt}, &message)...)
		if err != nil {
			return err
		}
		a.Card = l.card()
		if intent != nil {
			a.Intent = &runs.Event{ID: *intent, RunID: a.Card.RunID, Time: intentAt, Type: runs.Log, Message: message}
		}
		if !a.Card.Held() {
			return nil
		}
		// The run is read after the lock: a run only ever moves on, and each step taken checks again under row locks.
		run, err := d.run(ctx, a.Card.RunID)
		if _, ok := errors.AsType[*runs.UnknownRunError](err); ok {
			return nil
		}
		a.Run = &run
		return err
	})
	return a, err
}

// Run reads one run; *runs.UnknownRunError when there is none of this id.
func (d *DB) Run(ctx context.Context, id uuid.UUID) (run runs.Run, err error) {
	err = d.read(ctx, "reading a run", func(ctx context.Context) error { run, err = d.run(ctx, id); return err })
	return run, err
}

func (d *DB) run(ctx context.Context, id uuid.UUID) (runs.Run, error) {
	var r runRow
	err := d.pool.QueryRow(ctx, "select "+runColumns+" from pipeline_runs r where r.run_id = $1", id).Scan(r.targets()...)
	if errors.Is(err, pgx.ErrNoRows) {
		return runs.Run{}, &runs.UnknownRunError{ID: id}
	}
	return r.value(), err
}

// listColumns are runColumns with of the KPIs only the totals: a list is read often and by many, and the series and the
// breakdowns are a hundred times as long as all the rest.
var listColumns = strings.Replace(runColumns, "r.kpis", `case when jsonb_typeof(r.kpis) = 'object'
 then r.kpis - '{time_series,revenue_by_channel,revenue_by_region,revenue_by_product_category}'::text[] else r.kpis end`, 1)

// ListRuns returns at most limit runs, latest first: those older than before, or from the latest when it is nil. Their
// KPIs are the totals only; Run has them whole.
func (d *DB) ListRuns(ctx context.Context, before *runs.Run, limit int) ([]runs.Run, error) {
	sql, args := "select "+listColumns+" from pipeline_runs r", []any{limit}
	if before != nil {
		sql += " where (r.created_at, r.run_id) < ($2, $3::uuid)"
		args = append(args, stamp(before.CreatedAt), before.ID)
	}
	return list(ctx, d, "listing the runs", sql+" order by r.created_at desc, r.run_id desc limit $1", args, scanRun)
}

// stamp is a time as text that the server reads as the same instant, for columns with and without time zone.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05.999999+00") }

// SearchRuns is ListRuns for the runs of a selection.
func (d *DB) SearchRuns(ctx context.Context, f runs.Selection, limit int) ([]runs.Run, error) {
	args := []any{limit}
	var where []string
	only := func(condition string, arg any) {
		args = append(args, arg)
		where = append(where, strings.ReplaceAll(condition, "$n", "$"+strconv.Itoa(len(args))))
	}
	if f.By != "" {
		only("r.triggered_by = $n", f.By)
	}
	if f.Statuses != nil {
		statuses := make([]string, len(f.Statuses))
		for i, s := range f.Statuses {
			statuses[i] = string(s)
		}
		only("r.status = any($n::text[])", statuses)
	}
	if f.Text != "" {
		only("position(lower($n) in lower(concat_ws(chr(10), r.input_file, r.triggered_by, r.run_id::text, r.error_message))) > 0", f.Text)
	}
	if !f.From.IsZero() {
		only("r.created_at >= $n", stamp(f.From))
	}
	if !f.To.IsZero() {
		only("r.created_at < $n", stamp(f.To))
	}
	sql := "select " + listColumns + " from pipeline_runs r"
	if where != nil {
		sql += " where " + strings.Join(where, " and ")
	}
	return list(ctx, d, "searching the runs", sql+" order by r.created_at desc, r.run_id desc limit $1", args, scanRun)
}

// FindRuns returns the ids of at most limit runs whose id begins with prefix.
func (d *DB) FindRuns(ctx context.Context, prefix string, limit int) ([]uuid.UUID, error) {
	return list(ctx, d, "looking for a run", "select run_id from pipeline_runs where starts_with(run_id::text, lower($1)) order by created_at desc limit $2",
		[]any{prefix, limit}, pgx.RowTo[uuid.UUID])
}

// Events returns a run's events, oldest first.
func (d *DB) Events(ctx context.Context, run uuid.UUID) ([]runs.Event, error) {
	return list(ctx, d, "reading a run's events", "select id, run_id, event_time, event_type, message from run_events where run_id = $1 order by event_time, id",
		[]any{run}, func(row pgx.CollectableRow) (e runs.Event, err error) {
			var kind string
			err = row.Scan(&e.ID, &e.RunID, instant{&e.Time}, &kind, &e.Message)
			e.Type = runs.EventType(kind)
			return e, err
		})
}

// Artifacts returns the rows of run_artifacts of a run, by path.
func (d *DB) Artifacts(ctx context.Context, run uuid.UUID) ([]runs.Artifact, error) {
	return list(ctx, d, "reading a run's artifacts", "select id, run_id, artifact_type, file_path, file_size, created_at from run_artifacts where run_id = $1 order by file_path, id",
		[]any{run}, func(row pgx.CollectableRow) (a runs.Artifact, err error) {
			err = row.Scan(&a.ID, &a.RunID, &a.Type, &a.Path, &a.Size, instant{&a.CreatedAt})
			return a, err
		})
}

// LatestRestore is the last restore recorded; nil when there is none.
func (d *DB) LatestRestore(ctx context.Context) (*runs.Restore, error) {
	found, err := list(ctx, d, "reading the restores", "select id, restored_at, restored_by, source_run_id, target_run_id from run_restores order by restored_at desc, id desc limit 1",
		nil, func(row pgx.CollectableRow) (r runs.Restore, err error) {
			err = row.Scan(&r.ID, instant{&r.RestoredAt}, &r.RestoredBy, &r.SourceRun, &r.TargetRun)
			return r, err
		})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// LinkedJobs returns those of the given Fabric job ids that a run carries.
func (d *DB) LinkedJobs(ctx context.Context, jobIDs []string) ([]string, error) {
	return list(ctx, d, "looking for jobs", "select lower(fabric_job_id) from pipeline_runs where lower(fabric_job_id) = any($1::text[])",
		[]any{jobIDs}, pgx.RowTo[string])
}

// Strays returns runs that have not ended though they do not hold the lock, oldest first.
func (d *DB) Strays(ctx context.Context, limit int) ([]runs.Stray, error) {
	return list(ctx, d, "looking for runs without the lock", "select "+runColumns+`, clock_timestamp(),
 exists (select from run_events e where e.run_id = r.run_id and e.event_type = 'LOG' and e.message like $2)
 from pipeline_runs r where r.status in ('SUBMITTED', 'QUEUED', 'RUNNING')
   and not exists (select from run_lock l where l.`+lockKey+` and l.run_id = r.run_id)
 order by r.created_at limit $1`, []any{limit, runs.IntentPattern}, func(row pgx.CollectableRow) (s runs.Stray, err error) {
		var r runRow
		err = row.Scan(append(r.targets(), instant{&s.AsOf}, &s.Sent)...)
		s.Run = r.value()
		return s, err
	})
}

// WithoutResults returns succeeded runs that ended within the given time and lack KPIs or artifacts, latest first.
func (d *DB) WithoutResults(ctx context.Context, within time.Duration, limit int) ([]runs.Run, error) {
	// The session's zone is UTC from the start of the connection, and no state is changed by this query, so that a proxy
	// which forgot the zone could at worst shift the window by hours.
	return list(ctx, d, "looking for runs without results", "select "+runColumns+` from pipeline_runs r
 where r.status = 'SUCCEEDED' and r.finished_at > `+T+` - make_interval(secs => $1)
   and (r.kpis is null or not exists (select from run_artifacts a where a.run_id = r.run_id))
 order by r.created_at desc limit $2`, []any{seconds(within), limit}, scanRun)
}
