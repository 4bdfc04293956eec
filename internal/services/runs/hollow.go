package runs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fabricportal/internal/services/fabric/artifacts"
)

// A pipeline can complete though its notebook did nothing, such as one whose activity is switched off, or whose failure another
// activity takes care of. Each success leaves a document: a run its kpis.json, a restore its run_metadata.json. Without it
// “succeeded” would be a wrong claim, and current/ would hold the outputs of another run under this one's name.

// notes records that the document which each success leaves is not there.
func (l *left) notes(document string, err error) {
	if _, gone := errors.AsType[*artifacts.NotFoundError](err); gone {
		l.absent = document
	}
}

// lack says what there should be; it goes on after “but”.
func (r *Runs) lack(run Run, l left) string {
	if l.absent != "" {
		return fmt.Sprintf("there is no %s/%s in the lakehouse", r.folder(run), l.absent)
	}
	return fmt.Sprintf("%s/%s does not say that the notebook has ended, and no %s names the run, so that nothing of it was published", r.folder(run), artifacts.MetadataFile, artifacts.ManifestFile)
}

// hollowing is what is known of a run whose job completed without its outputs.
type hollowing struct {
	events []Event
	said   string // what Fabric said of the job, and who asked
	now    time.Time
}

// hollow deals with a job that Fabric completed and whose outputs are not there. They are looked for for a while; then the run has
// failed. Where nothing shows that this is the lakehouse in which the job worked, a person decides.
func (r *Runs) hollow(ctx context.Context, out Outcome, run Run, l left, h hollowing) (Outcome, error) {
	lack := r.lack(run, l)
	_, first, ok := lastNote(h.events, evNoOutputs)
	if !ok {
		return out, r.addEvent(ctx, noteEvent(run.ID, Warning, "no outputs", note{Ev: evNoOutputs, JobID: run.JobID, Text: fmt.Sprintf(
			"%s, but %s; it is looked for for %s, then the run counts as failed", h.said, lack, r.timing.Outputs)}))
	}
	if h.now.Sub(first.Time) < r.timing.Outputs {
		return out, nil
	}
	if !l.own && !r.worksHere(ctx, run, l) {
		out.Action = Undecided
		return out, r.addEvent(ctx, noteEvent(run.ID, Warning, "unsure", note{Ev: evUnsure, JobID: run.JobID, Text: fmt.Sprintf(
			"%s, but there is no %s/%s in the lakehouse that %s is set up for, nor what the run was to work on, so that it may be another one; a person decides", h.said, r.folder(run), l.absent, r.me())}))
	}
	return r.end(ctx, out, Ending{
		RunID: run.ID, To: Failed, NotebookVersion: l.NotebookVersion, Reason: h.said + ", but the outputs are missing",
		ErrorMessage: fmt.Sprintf("Fabric completed the job, but it left no outputs: %s. Look in Fabric at what the job's notebook did, then start the run again", lack),
	})
}

// worksHere tells whether what the run was to work on lies in this lakehouse.
func (r *Runs) worksHere(ctx context.Context, run Run, l left) bool {
	path := artifacts.ImportFolder + "/" + run.InputFile
	if r.isRestore(run) {
		path = artifacts.RunsFolder + "/" + l.source.String() + "/" + artifacts.KPIsFile
	}
	_, err := r.stat(ctx, path)
	return err == nil
}
