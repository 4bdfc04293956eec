package db

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"fabricportal/internal/services/db/rows"
	"fabricportal/internal/services/runs"
)

// besideQuery reads, of runs, the latest notes of people and what restores are of. The table of events has no index by run: all runs are asked
// for at once.
var besideQuery = fmt.Sprintf(`select id, run_id, event_time, %[1]s, left(coalesce(message, ''), %[2]d + 1), %[2]d::int, total from (
  select *, count(*) over (partition by run_id, noted) as total, row_number() over (partition by run_id, noted order by event_time desc, id desc) as n from (
   select *, message like $2 as noted from run_events where run_id = any($1::text[]::uuid[]) and event_type = 'LOG' and (message like $2 or message like $3)) e) f
 where n <= case when noted then %[3]d else 1 end order by event_time, id`, rows.Cut("event_type", runs.MaxWord), runs.MaxNote, runs.MaxListNotes)

// Beside returns what is known of runs besides their rows.
func (d *DB) Beside(ctx context.Context, ids []uuid.UUID) (runs.Beside, error) {
	b := runs.Beside{Notes: map[uuid.UUID]runs.Notes{}, Sources: map[uuid.UUID]uuid.UUID{}, Others: map[uuid.UUID]runs.Run{}}
	if len(ids) == 0 {
		return b, nil
	}
	type counted struct {
		runs.Event
		total int
	}
	found, err := list(ctx, d, "reading the notes on runs", besideQuery, []any{texts(ids), runs.NotePattern, runs.RestorePattern}, func(row pgx.CollectableRow) (counted, error) {
		var c counted
		var err error
		c.Event, err = rows.Event(row, &c.total)
		return c, err
	})
	if err != nil {
		return b, err
	}
	listed := map[uuid.UUID]bool{}
	for _, id := range ids {
		listed[id] = true
	}
	for _, e := range found {
		if note, ok := runs.NoteOf(e.Event); ok {
			page := b.Notes[e.RunID]
			page.Rows = append(page.Rows, note)
			page.Hidden = max(0, e.total-len(page.Rows))
			b.Notes[e.RunID] = page
		} else if source := runs.SourceOf([]runs.Event{e.Event}); source != uuid.Nil {
			b.Sources[e.RunID] = source
		}
	}
	restores, err := list(ctx, d, "reading the restores", "select id, restored_at, "+rows.Cut("restored_by", runs.MaxName)+`, source_run_id, target_run_id from run_restores
 where target_run_id is not null and (target_run_id = any($1::text[]::uuid[]) or source_run_id = any($1::text[]::uuid[])) order by restored_at desc, id desc limit $2`,
		[]any{texts(ids), runs.MaxArtifacts}, rows.Restore)
	if err != nil {
		return b, err
	}
	for _, r := range restores { // what was recorded with its success counts more than what was asked for
		b.Sources[*r.TargetRun] = r.SourceRun
	}
	var others []uuid.UUID
	for restore, source := range b.Sources {
		for _, id := range []uuid.UUID{restore, source} {
			if !listed[id] {
				listed[id] = true
				others = append(others, id)
			}
		}
	}
	if len(others) == 0 {
		return b, nil
	}
	beside, err := list(ctx, d, "reading the runs of restores", "select "+rows.RunColumns+" from pipeline_runs r where r.run_id = any($1::text[]::uuid[])", []any{texts(others)}, rows.Run)
	for _, r := range beside {
		b.Others[r.ID] = r
	}
	return b, err
}

// texts are ids as a parameter can carry them.
func texts(ids []uuid.UUID) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = id.String()
	}
	return out
}
