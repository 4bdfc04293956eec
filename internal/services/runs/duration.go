package runs

import "time"

// Begun is from when on a run's duration is counted: its start in Fabric, else its submission. Database clock, UTC.
func (r Run) Begun() time.Time {
	if r.StartedAt != nil {
		return *r.StartedAt
	}
	return r.CreatedAt
}

// Took is how long an ended run took, counted from Begun, at least 0; false for a run that has not ended.
func (r Run) Took() (time.Duration, bool) {
	if r.FinishedAt == nil {
		return 0, false
	}
	return max(0, r.FinishedAt.Sub(r.Begun())), true
}

// Elapsed is how long a run has lasted at now by the database's clock, counted from Begun, at least 0.
func (r Run) Elapsed(now time.Time) time.Duration { return max(0, now.Sub(r.Begun())) }
