package runs

import (
	"context"

	"github.com/google/uuid"
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

// Run starts a run of the pipeline on a file in Files/import. Outcomes as Runs.Submit. The notebook states what it read,
// and a difference to the hash that is known here becomes a warning.
func (o *Operator) Run(ctx context.Context, inputFile string) (Run, error) {
	return o.runs.Submit(ctx, Request{InputFile: inputFile, SHA256: o.hashes.KnownHash(ctx, inputFile), RequestedBy: o.person})
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
