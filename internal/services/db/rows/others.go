package rows

import (
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/runs/locking"
)

// LockColumns are those of the lock's row, as l, and the moment. They are scanned into a LockRow.
var LockColumns = "l.run_id, l.locked_at, " + Cut("l.locked_by", 2*runs.MaxName) + ", clock_timestamp()"

// LockRow is where LockColumns are scanned into.
type LockRow struct {
	run        *uuid.UUID
	at, asOf   time.Time
	lockedByIs string
}

// Targets are what the columns are scanned into.
func (l *LockRow) Targets() []any {
	return []any{&l.run, Instant{&l.at}, Shown{&l.lockedByIs, 2 * runs.MaxName}, Instant{&l.asOf}}
}

// Card is the lock, when it has been scanned.
func (l *LockRow) Card() locking.Card {
	c := locking.Card{AsOf: l.asOf}
	if l.run != nil {
		c.RunID, c.LockedAt, c.LockedBy = *l.run, l.at, locking.ParseOwner(l.lockedByIs)
	}
	return c
}

// Event scans id, run, time, type, the beginning of the message, how much of it that may be, and how many events there are.
func Event(row pgx.CollectableRow, total *int) (e runs.Event, err error) {
	var kind, message string
	var most int
	err = row.Scan(&e.ID, &e.RunID, Instant{&e.Time}, Exact{&kind, runs.MaxWord}, &message, &most, total)
	e.Type, e.Message = runs.EventType(kind), runs.Message(message, most)
	return e, err
}

// Artifact scans id, run, type, path, size, time, and how many artifacts there are.
func Artifact(row pgx.CollectableRow, total *int) (a runs.Artifact, err error) {
	err = row.Scan(&a.ID, &a.RunID, Exact{&a.Type, runs.MaxWord}, Exact{&a.Path, runs.MaxPath}, &a.Size, Instant{&a.CreatedAt}, total)
	return a, err
}

// Restore scans id, time, person, source and target.
func Restore(row pgx.CollectableRow) (r runs.Restore, err error) {
	err = row.Scan(&r.ID, Instant{&r.RestoredAt}, Shown{&r.RestoredBy, runs.MaxName}, &r.SourceRun, &r.TargetRun)
	return r, err
}

// Stray scans RunColumns, the moment, and whether the run has an intent.
func Stray(row pgx.CollectableRow) (s runs.Stray, err error) {
	var r RunRow
	err = row.Scan(append(r.Targets(), Instant{&s.AsOf}, &s.Sent)...)
	s.Run = r.Value()
	return s, err
}
