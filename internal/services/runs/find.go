package runs

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"fabricportal/internal/format"
)

// Filter says which runs a person wants to see; the zero value is all.
type Filter struct {
	Mine     bool
	Status   string    // succeeded, failed, active, or published (what of it did is told by Run.Published); "" for all
	Text     string    // in the file's name, who started it, the run's id, its error or a note on it
	From, To time.Time // days of the submission, both included, in this computer's zone; zero leaves that end open
}

// All tells whether nothing is left out.
func (f Filter) All() bool { return f == Filter{} }

// Selection is a Filter as the database is asked; the zero value is all runs.
type Selection struct {
	By       string    // who started it
	Statuses []Status  // nil for all
	Text     string    // in the file's name, who started it, the run's id, its error or a note on it, in any case
	From, To time.Time // of the submission, To excluded; zero leaves that end open
}

// statuses are what a Filter.Status stands for.
var statuses = map[string][]Status{
	"succeeded": {Succeeded}, "failed": {Failed}, "active": {Submitted, Queued, Running}, "published": {Succeeded, Failed},
}

func (f Filter) selection(user string) Selection {
	s := Selection{Text: f.Text, Statuses: statuses[f.Status], From: startOfDay(f.From)}
	if f.Mine {
		s.By = user
	}
	if !f.To.IsZero() {
		s.To = startOfDay(f.To.AddDate(0, 0, 1))
	}
	return s
}

func startOfDay(d time.Time) time.Time {
	if d.IsZero() {
		return d
	}
	return time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, time.Local)
}

// Runs lists past runs, latest first.
func (o *Observer) Runs(ctx context.Context, limit int) ([]Run, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	return o.history.ListRuns(ctx, nil, limit)
}

// FindRuns returns at most limit runs that a filter lets through, the latest first, and whether there are more.
func (o *Observer) FindRuns(ctx context.Context, f Filter, limit int) ([]Run, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	found, err := o.history.SearchRuns(ctx, f.selection(o.user), limit+1)
	if err != nil || len(found) <= limit {
		return found, false, err
	}
	return found[:limit], true, nil
}

// leastPrefix is how much of a run's id is needed to look for it.
const leastPrefix = 4

// FindRun reads a run's id, or the beginning of one that no other run's id has.
func (o *Observer) FindRun(ctx context.Context, text string) (uuid.UUID, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	if id, err := uuid.Parse(text); err == nil {
		run, err := o.history.Run(ctx, id)
		return run.ID, err
	}
	prefix := strings.ToLower(strings.TrimSpace(text))
	if len(prefix) < leastPrefix {
		return uuid.Nil, format.Say("“{{.Text}}” is no run id: give at least its first four characters, as “runs” shows them", "Text", text)
	}
	found, err := o.history.FindRuns(ctx, prefix, 2)
	if err != nil {
		return uuid.Nil, err
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return uuid.Nil, format.Say("no run's id begins with “{{.Text}}”: “runs” lists them", "Text", text)
	}
	return uuid.Nil, format.Say("more than one run's id begins with “{{.Text}}”: give more of it", "Text", text)
}
