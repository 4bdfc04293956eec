package locking

import (
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
func (e *BusyError) Sentence(now time.Time) string { return e.in(format.English, now) }

// Say is part of format.Sayer.
func (e *BusyError) Say(w format.Writer) string { return e.in(w, time.Now()) }

func (e *BusyError) in(w format.Writer, now time.Time) string {
	what := e.InputFile
	if what == "" {
		what = w.T("the pipeline")
	}
	return w.T("{{.Who}} has been running {{.File}} since {{.Time}} (run {{.Run}}…); a new run can start when it has ended",
		"Who", e.Card.LockedBy.computer(w), "File", what, "Time", clockTime(w, e.Card.LockedAt, now), "Run", e.Card.RunID.String()[:13])
}

// computer names whose program it is, such as “ana’s computer PC-7”.
func (o Owner) computer(w format.Writer) string {
	switch {
	case o.User == "":
		return w.T("Another computer")
	case o.Host == "":
		return o.User
	}
	return w.T("{{.User}}’s computer {{.Host}}", "User", o.User, "Host", o.Host)
}

// clockTime is t in the zone of now, with the day when that is another.
func clockTime(w format.Writer, t, now time.Time) string {
	if t.IsZero() {
		return w.T("an unknown time")
	}
	return w.Clock(t, now)
}
