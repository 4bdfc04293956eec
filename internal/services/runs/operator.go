package runs

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"fabricportal/contract"
)

// Hashes knows the contents of import files that this program has seen.
type Hashes interface {
	// KnownHash is the SHA-256 of a file in Files/import, if what lies there is what was seen; else "".
	KnownHash(ctx context.Context, name string) string
}

// Operator starts, cancels and decides about runs in the name of one person.
type Operator struct {
	runs   *Runs
	person string
	hashes Hashes
}

// NewOperator acts for a person, whose name goes into the runs and their events.
func NewOperator(r *Runs, person string, h Hashes) *Operator { return &Operator{r, person, h} }

// Run starts a run of the pipeline on a file in Files/import, which is read as how says (Request.ReadOptions). Outcomes as
// Runs.Submit. Where the content is known here, the notebook refuses another one; one that is too old for that states what it read, and a
// difference becomes a warning.
func (o *Operator) Run(ctx context.Context, inputFile string, how *contract.ReadOptions) (Run, error) {
	return o.runs.Submit(ctx, Request{InputFile: inputFile, SHA256: o.hashes.KnownHash(ctx, inputFile), RequestedBy: o.person, ReadOptions: how})
}

// RunAgain starts a run on the file of an earlier one as it is now, which is read as it was then. What was decided for that
// file's content alone, as what is missing from its sums, counts only where the content is known to be the same. Outcomes as
// Runs.Submit.
func (o *Operator) RunAgain(ctx context.Context, earlier uuid.UUID) (Run, error) {
	run, err := o.runs.run(ctx, earlier)
	if err != nil {
		return Run{}, err
	}
	events, err := o.runs.events(ctx, earlier)
	if err != nil {
		return Run{}, err
	}
	now, how := o.hashes.KnownHash(ctx, run.InputFile), ReadOptions(events)
	if how != nil && (now == "" || !strings.EqualFold(now, inputHash(events))) {
		lasting := how.Lasting()
		how = &lasting
	}
	return o.runs.Submit(ctx, Request{InputFile: run.InputFile, SHA256: now, RequestedBy: o.person, ReadOptions: how})
}

// inputHash is the SHA-256 of a run's file, from its events; "" where it was not known.
func inputHash(events []Event) string {
	n, _, _ := lastNote(events, evInput)
	return n.SHA256
}

// Restore starts a run that promotes an older run's outputs. Outcomes as Runs.Submit.
func (o *Operator) Restore(ctx context.Context, source uuid.UUID) (Run, error) {
	return o.runs.Restore(ctx, source, o.person)
}

// Cancel asks Fabric to cancel a run.
func (o *Operator) Cancel(ctx context.Context, run uuid.UUID) error {
	return o.runs.Cancel(ctx, run, o.person)
}

// Examine asks Fabric about the run that holds the lock and says what a person can decide.
func (o *Operator) Examine(ctx context.Context, run uuid.UUID) (Doubt, error) {
	return o.runs.Examine(ctx, run)
}

// Adopt gives the run the job that the person names.
func (o *Operator) Adopt(ctx context.Context, run uuid.UUID, jobID string) error {
	return o.runs.Adopt(ctx, run, jobID, o.person)
}

// Dismiss records that jobs are not the run's, as the person says.
func (o *Operator) Dismiss(ctx context.Context, run uuid.UUID, jobIDs []string, why string) error {
	return o.runs.Dismiss(ctx, run, jobIDs, o.person, why)
}

// Unlock closes the run that holds the lock without an answer from Fabric. confirm is its short id, typed by the person.
func (o *Operator) Unlock(ctx context.Context, run uuid.UUID, confirm, why string) error {
	return o.runs.Close(ctx, run, confirm, o.person, why)
}
