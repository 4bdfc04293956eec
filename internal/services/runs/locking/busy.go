package locking

import (
	"fmt"
	"time"

	"fabricportal/internal/format"
)

// BusyError says that another run holds the lock, so that no new one may start.
type BusyError struct {
	Card      Card
	InputFile string // of the run that holds it; "" where not known
}

// Error is the sentence for the user: who, what, since when, which run.
func (e *BusyError) Error() string { return e.Sentence(time.Now()) }

// Sentence words the error as seen at now: the day is named when the lock was not taken today.
func (e *BusyError) Sentence(now time.Time) string {
	what := e.InputFile
	if what == "" {
		what = "the pipeline"
	}
	return fmt.Sprintf("%s has been running %s since %s (run %s…); a new run can start when it has ended",
		e.Card.LockedBy.computer(), what, clockTime(e.Card.LockedAt, now), e.Card.RunID.String()[:13])
}

// computer names whose program it is, such as “ana’s computer PC-7”.
func (o Owner) computer() string {
	switch {
	case o.User == "":
		return "Another computer"
	case o.Host == "":
		return o.User
	}
	return o.User + "’s computer " + o.Host
}

// clockTime is t in the zone of now, with the day when that is another.
func clockTime(t, now time.Time) string {
	if t.IsZero() {
		return "an unknown time"
	}
	return format.English.Clock(t, now)
}
