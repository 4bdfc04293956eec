package db

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"fabricportal/internal/format"
	"fabricportal/internal/services/db/rows"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/runs/locking"
)

// errUndo ends a transaction that found nothing to do.
var errUndo = errors.New("nothing to do")

// Create takes the lock and inserts the run with its events. *locking.BusyError when another run holds the lock. It may
// be repeated with the same run. When the answer to COMMIT is lost it finds out what happened.
func (d *DB) Create(ctx context.Context, c runs.Creation) error {
	const doing = "taking the lock"
	err := d.write(ctx, doing, func(ctx context.Context, tx pgx.Tx) error { return d.create(ctx, tx, c) })
	if errors.Is(err, errUndo) {
		return d.whoHolds(ctx, c)
	}
	if _, ok := errors.AsType[*commitError](err); !ok {
		return err
	}
	got := false
	// Locking the row waits for the transaction in question to end, so that the answer is final.
	again := d.write(ctx, doing, func(ctx context.Context, tx pgx.Tx) error {
		return tx.QueryRow(ctx, "select coalesce(run_id = $1, false) from run_lock where "+lockKey+" for update", c.Run.ID).Scan(&got)
	})
	switch {
	case again != nil:
		return errors.Join(err, again)
	case got:
		return nil
	}
	return err
}

func (d *DB) create(ctx context.Context, tx pgx.Tx, c runs.Creation) error {
	r := c.Run
	// The run comes before the lock, in case run_lock.run_id has a foreign key.
	tag, err := tx.Exec(ctx, `insert into pipeline_runs (run_id, created_at, triggered_by, input_file, workspace_id, pipeline_item_id,
 fabric_job_location_url, app_version, status, status_last_updated_at)
 values ($1, `+T+`, $2, $3, $4, $5, '', $6, 'SUBMITTED', `+T+`) on conflict (run_id) do nothing`,
		r.ID, r.TriggeredBy, r.InputFile, r.WorkspaceID, r.PipelineItemID, orNull(r.AppVersion))
	if err != nil {
		return err
	}
	if tag.RowsAffected() == 0 {
		return errUndo // a repetition
	}
	tag, err = tx.Exec(ctx, "update run_lock set run_id = $1, locked_at = "+T+", locked_by = $2 where "+lockKey+" and run_id is null", r.ID, c.LockedBy)
	if err != nil {
		return err
	}
	if tag.RowsAffected() == 0 {
		return errUndo // taken
	}
	if err := d.addEvents(ctx, tx, c.Events); err != nil {
		return err
	}
	return d.at("in_acquire_tx")
}

// whoHolds says why Create did not get the lock: nil when the run has it already.
func (d *DB) whoHolds(ctx context.Context, c runs.Creation) error {
	a, err := d.Active(ctx)
	switch {
	case err != nil:
		return err
	case a.Card.RunID == c.Run.ID:
		return nil
	case a.Card.Held():
		busy := &locking.BusyError{Card: a.Card}
		if a.Run != nil {
			busy.InputFile = a.Run.InputFile
		}
		return busy
	}
	return d.lockFree(ctx, c)
}

// lockFree handles a lock that was not to be had and now is free: it was released in between, or has no row.
func (d *DB) lockFree(ctx context.Context, c runs.Creation) error {
	exists := false
	err := d.read(ctx, "reading the lock", func(ctx context.Context) error {
		return d.pool.QueryRow(ctx, "select exists (select from run_lock where "+lockKey+")").Scan(&exists)
	})
	switch {
	case err != nil:
		return err
	case !exists:
		return badSchema(format.Say("the table run_lock lacks its row {{.Row}}: ask the database's administrator to insert it", "Row", locking.Key), nil)
	}
	if _, err := d.Run(ctx, c.Run.ID); err == nil {
		return &runs.LostError{ID: c.Run.ID} // a repetition, of a run that has ended since
	}
	return unreachable(format.Say("another run ended just now: try again"), nil)
}

// Intend records the intent to send. *runs.LostError when the run no longer holds the lock or has moved on.
func (d *DB) Intend(ctx context.Context, run uuid.UUID, intent runs.Event) error {
	return d.write(ctx, "recording the intent to start", func(ctx context.Context, tx pgx.Tx) error {
		var lock, mine bool
		err := tx.QueryRow(ctx, "select coalesce(run_id = $1, false) from run_lock where "+lockKey+" for update", run).Scan(&lock)
		if err == nil {
			err = tx.QueryRow(ctx, "select status = 'SUBMITTED' and fabric_job_id is null from pipeline_runs where run_id = $1 for update", run).Scan(&mine)
		}
		if errors.Is(err, pgx.ErrNoRows) || (err == nil && (!lock || !mine)) {
			return &runs.LostError{ID: run}
		}
		if err != nil {
			return err
		}
		if err := d.addEvents(ctx, tx, []runs.Event{intent}); err != nil {
			return err
		}
		return d.at("in_intent_tx")
	})
}

// LinkJob records the run's Fabric job and moves the run to QUEUED. *runs.LateError when the run has moved on or has
// another job; *runs.LostError when an adoption finds that the run no longer holds the lock, or that another run has
// the job.
func (d *DB) LinkJob(ctx context.Context, l runs.Link) error {
	return undone(d.write(ctx, "saving the Fabric job", func(ctx context.Context, tx pgx.Tx) error { return d.linkJob(ctx, tx, l) }))
}

func (d *DB) linkJob(ctx context.Context, tx pgx.Tx, l runs.Link) error {
	var mine bool
	err := tx.QueryRow(ctx, "select coalesce(run_id = $1, false) from run_lock where "+lockKey+" for update", l.RunID).Scan(&mine)
	if err != nil {
		return err
	}
	var status, job string
	err = tx.QueryRow(ctx, "select "+rows.Cut("status", runs.MaxWord)+", lower("+rows.Cut("fabric_job_id", runs.MaxWord)+") from pipeline_runs where run_id = $1 for update", l.RunID).
		Scan(rows.Exact{Text: &status, Limit: runs.MaxWord}, rows.Exact{Text: &job, Limit: runs.MaxWord})
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return &runs.UnknownRunError{ID: l.RunID}
	case err != nil:
		return err
	case job == l.JobID:
		return errUndo
	case job != "" || runs.Status(status) != runs.Submitted:
		return &runs.LateError{ID: l.RunID, Status: runs.Status(status), JobID: job}
	}
	if l.Adopted {
		var taken bool
		if err := tx.QueryRow(ctx, "select exists (select from pipeline_runs where lower(fabric_job_id) = $1)", l.JobID).Scan(&taken); err != nil {
			return err
		}
		if taken || !mine {
			return &runs.LostError{ID: l.RunID}
		}
	}
	_, err = tx.Exec(ctx, "update pipeline_runs set fabric_job_id = $2, fabric_job_location_url = $3, started_at = coalesce(started_at, "+T+`),
 status = 'QUEUED', status_last_updated_at = `+T+" where run_id = $1", l.RunID, l.JobID, l.JobURL)
	if err != nil {
		return err
	}
	events := []runs.Event{changeEvent(l.RunID, runs.Submitted, runs.Queued, l.Reason)}
	if l.Event != nil {
		events = append(events, *l.Event)
	}
	if err := d.addEvents(ctx, tx, events); err != nil {
		return err
	}
	return d.at("in_save_tx")
}

// ClaimPoll is true for one desktop in every age; that one asks Fabric about the run now.
func (d *DB) ClaimPoll(ctx context.Context, run uuid.UUID, age time.Duration) (mine bool, err error) {
	err = d.write(ctx, "claiming a question to Fabric", func(ctx context.Context, tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, "update pipeline_runs set status_last_updated_at = "+T+` where run_id = $1 and status in ('SUBMITTED', 'QUEUED', 'RUNNING')
 and (status_last_updated_at < `+T+" - make_interval(secs => $2) or status_last_updated_at > "+T+" + make_interval(secs => $3))", run, seconds(age), seconds(runs.NotNow))
		mine = err == nil && tag.RowsAffected() == 1
		if err == nil && !mine {
			err = errUndo // nobody needs to be woken
		}
		return err
	})
	return mine && err == nil, undone(err)
}

// undone is nil when the transaction had nothing to do.
func undone(err error) error {
	if errors.Is(err, errUndo) {
		return nil
	}
	return err
}

// changeEvent is a STATUS_CHANGE; its id follows from run and state, so that there is one for each move.
func changeEvent(run uuid.UUID, from, to runs.Status, reason string) runs.Event {
	return runs.Event{ID: runs.DerivedID(run, "->"+string(to)), RunID: run, Type: runs.StatusChange, Message: runs.Change{From: from, To: to, Reason: reason}.Message()}
}

func (d *DB) redact(text string) string {
	if d.Redact == nil {
		return text
	}
	return d.Redact(text)
}

// addEvents appends events; those that are there already, by their ids, stay as they are.
func (d *DB) addEvents(ctx context.Context, tx pgx.Tx, events []runs.Event) error {
	for _, e := range events {
		if _, err := d.addEvent(ctx, tx, e); err != nil {
			return err
		}
	}
	return nil
}

func (d *DB) addEvent(ctx context.Context, tx pgx.Tx, e runs.Event) (bool, error) {
	tag, err := tx.Exec(ctx, "insert into run_events (id, run_id, event_time, event_type, message) values ($1, $2, "+T+", $3, $4) on conflict (id) do nothing",
		e.ID, e.RunID, string(e.Type), d.redact(e.Message))
	return err == nil && tag.RowsAffected() == 1, err
}

// AddEvent appends an event; false when one of this id is there already.
func (d *DB) AddEvent(ctx context.Context, e runs.Event) (added bool, err error) {
	err = d.write(ctx, "recording an event", func(ctx context.Context, tx pgx.Tx) error {
		var err error
		if added, err = d.addEvent(ctx, tx, e); err == nil && !added {
			err = errUndo
		}
		return err
	})
	return added && err == nil, undone(err)
}
