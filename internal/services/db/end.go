package db

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"fabricportal/internal/services/db/rows"
	"fabricportal/internal/services/runs"
)

// rank orders the states; both terminal states are the highest.
var rank = map[runs.Status]int{runs.Submitted: 0, runs.Queued: 1, runs.Running: 2, runs.Succeeded: 3, runs.Failed: 3}

// Move moves the run up to a state that is not terminal; false when it was there or further already.
func (d *DB) Move(ctx context.Context, m runs.Move) (moved bool, err error) {
	if m.To.Terminal() {
		return false, errors.New("a run ends by End, which releases the lock with it")
	}
	err = d.write(ctx, "recording the run's state", func(ctx context.Context, tx pgx.Tx) error {
		from, err := lockRun(ctx, tx, m.RunID)
		if err != nil {
			return err
		}
		if rank[from] >= rank[m.To] {
			return errUndo
		}
		_, err = tx.Exec(ctx, "update pipeline_runs set status = $2, status_last_updated_at = "+T+" where run_id = $1", m.RunID, string(m.To))
		if err != nil {
			return err
		}
		if err := d.addEvents(ctx, tx, []runs.Event{changeEvent(m.RunID, from, m.To, m.Reason)}); err != nil {
			return err
		}
		moved = true
		return d.at("in_move_tx")
	})
	return moved && err == nil, undone(err)
}

// lockRun locks the run's row and returns its state.
func lockRun(ctx context.Context, tx pgx.Tx, run uuid.UUID) (runs.Status, error) {
	var status string
	err := tx.QueryRow(ctx, "select "+rows.Cut("status", runs.MaxWord)+" from pipeline_runs where run_id = $1 for update", run).Scan(rows.Exact{Text: &status, Limit: runs.MaxWord})
	if errors.Is(err, pgx.ErrNoRows) {
		return "", &runs.UnknownRunError{ID: run}
	}
	return runs.Status(status), err
}

// End ends the run with all that belongs to its end, and releases the lock if the run holds it, in one transaction;
// false when the run had ended already or the guard did not hold.
func (d *DB) End(ctx context.Context, e runs.Ending) (ended bool, err error) {
	if !e.To.Terminal() {
		return false, errors.New("a run ends as SUCCEEDED or FAILED")
	}
	err = d.write(ctx, "recording the run's end", func(ctx context.Context, tx pgx.Tx) error {
		// The lock's row first, as everywhere: Intend does the same, so that either it or this sees the other's work.
		if _, err := tx.Exec(ctx, "select from run_lock where "+lockKey+" for update"); err != nil {
			return err
		}
		from, err := lockRun(ctx, tx, e.RunID)
		if err != nil {
			return err
		}
		if from.Terminal() {
			return errUndo
		}
		ok, err := guardHolds(ctx, tx, e)
		if err != nil {
			return err
		}
		if !ok {
			return errUndo
		}
		if err := d.writeEnd(ctx, tx, e, from); err != nil {
			return err
		}
		if _, err := release(ctx, tx, e.RunID); err != nil {
			return err
		}
		ended = true
		switch e.Guard {
		case runs.FromAny:
			return d.at("in_finish_tx")
		case runs.ByHand:
			return d.at("force_unlock_mid")
		default:
			return d.at("in_abandon_tx")
		}
	})
	return ended && err == nil, undone(err)
}

// guardHolds checks the guard under the locks.
func guardHolds(ctx context.Context, tx pgx.Tx, e runs.Ending) (ok bool, err error) {
	const withoutJob = "select exists (select from pipeline_runs where run_id = $1 and status = 'SUBMITTED' and fabric_job_id is null)"
	const lastIntent = "(select id from run_events where run_id = $1 and event_type = 'LOG' and message like $2 order by event_time desc, id desc limit 1)"
	switch e.Guard {
	case runs.FromAny, runs.ByHand:
		return true, nil
	case runs.WithoutJob:
		err = tx.QueryRow(ctx, withoutJob, e.RunID).Scan(&ok)
	case runs.WithoutIntent:
		err = tx.QueryRow(ctx, withoutJob+" and "+lastIntent+" is null", e.RunID, runs.IntentPattern).Scan(&ok)
	case runs.OnIntentBefore:
		err = tx.QueryRow(ctx, withoutJob+" and "+lastIntent+" = $3", e.RunID, runs.IntentPattern, e.Intent).Scan(&ok)
	default:
		err = errors.New("unknown guard")
	}
	return ok, err
}

func (d *DB) writeEnd(ctx context.Context, tx pgx.Tx, e runs.Ending, from runs.Status) error {
	_, err := tx.Exec(ctx, "update pipeline_runs set status = $2, status_last_updated_at = "+T+", finished_at = "+T+`,
 error_message = $3, kpis = coalesce($4::jsonb, kpis), notebook_version = coalesce($5, notebook_version) where run_id = $1`,
		e.RunID, string(e.To), orNull(d.redact(e.ErrorMessage)), orNull(string(e.KPIs)), orNull(e.NotebookVersion))
	if err != nil {
		return err
	}
	if err := d.addEvents(ctx, tx, append([]runs.Event{changeEvent(e.RunID, from, e.To, e.Reason)}, e.Events...)); err != nil {
		return err
	}
	if err := addArtifacts(ctx, tx, e.Artifacts); err != nil {
		return err
	}
	if r := e.Restore; r != nil {
		_, err = tx.Exec(ctx, "insert into run_restores (id, restored_at, restored_by, source_run_id, target_run_id) values ($1, "+T+", $2, $3, $4) on conflict (id) do nothing",
			r.ID, r.RestoredBy, r.SourceRun, r.TargetRun)
	}
	return err
}

func addArtifacts(ctx context.Context, tx pgx.Tx, artifacts []runs.Artifact) error {
	for _, a := range artifacts {
		_, err := tx.Exec(ctx, "insert into run_artifacts (id, run_id, artifact_type, file_path, file_size, created_at) values ($1, $2, $3, $4, $5, "+T+") on conflict (id) do nothing",
			a.ID, a.RunID, a.Type, a.Path, a.Size)
		if err != nil {
			return err
		}
	}
	return nil
}

// release clears the lock if this run holds it: never a newer run's.
func release(ctx context.Context, tx pgx.Tx, run uuid.UUID) (bool, error) {
	tag, err := tx.Exec(ctx, "update run_lock set run_id = null, locked_at = null, locked_by = null where "+lockKey+" and run_id = $1", run)
	return err == nil && tag.RowsAffected() == 1, err
}

// ReleaseEnded releases the lock if the run holds it and has ended.
func (d *DB) ReleaseEnded(ctx context.Context, run uuid.UUID, e runs.Event) (released bool, err error) {
	err = d.write(ctx, "releasing the lock", func(ctx context.Context, tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "select from run_lock where "+lockKey+" for update"); err != nil {
			return err
		}
		status, err := lockRun(ctx, tx, run)
		if err != nil {
			return err
		}
		if !status.Terminal() {
			return errUndo
		}
		if released, err = release(ctx, tx, run); err != nil {
			return err
		}
		if !released {
			return errUndo
		}
		return d.addEvents(ctx, tx, []runs.Event{e})
	})
	return released && err == nil, undone(err)
}

// ReleaseUnknown releases the lock if it names this run and there is no such run. No event can tell of it, as an event
// belongs to a run.
func (d *DB) ReleaseUnknown(ctx context.Context, run uuid.UUID) (released bool, err error) {
	err = d.write(ctx, "releasing the lock", func(ctx context.Context, tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, "update run_lock set run_id = null, locked_at = null, locked_by = null where "+lockKey+
			" and run_id = $1 and not exists (select from pipeline_runs where run_id = $1)", run)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return errUndo
		}
		released = true
		return d.at("force_unlock_mid")
	})
	return released && err == nil, undone(err)
}

// FillResults adds what the run's end did not have; what is there already stays.
func (d *DB) FillResults(ctx context.Context, r runs.Results) (filled bool, err error) {
	err = d.write(ctx, "adding a run's results", func(ctx context.Context, tx pgx.Tx) error {
		status, err := lockRun(ctx, tx, r.RunID)
		if err != nil {
			return err
		}
		if status != runs.Succeeded {
			return errUndo
		}
		tag, err := tx.Exec(ctx, "update pipeline_runs set kpis = coalesce(kpis, $2::jsonb), notebook_version = coalesce(notebook_version, $3::text)"+
			" where run_id = $1 and ((kpis is null and $2::jsonb is not null) or (notebook_version is null and $3::text is not null))",
			r.RunID, orNull(string(r.KPIs)), orNull(r.NotebookVersion))
		if err != nil {
			return err
		}
		var had bool
		if err := tx.QueryRow(ctx, "select exists (select from run_artifacts where run_id = $1)", r.RunID).Scan(&had); err != nil {
			return err
		}
		if tag.RowsAffected() == 0 && (had || len(r.Artifacts) == 0) {
			return errUndo
		}
		if err := addArtifacts(ctx, tx, r.Artifacts); err != nil {
			return err
		}
		filled = true
		return d.addEvents(ctx, tx, r.Events)
	})
	return filled && err == nil, undone(err)
}
