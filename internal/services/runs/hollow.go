package runs

import (
	"context"
	"errors"
	"time"

	"fabricportal/internal/format"
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
func (r *Runs) lack(run Run, l left) *format.Said {
	if l.absent != "" {
		return tell("lacks_document", "Document", r.folder(run).path+"/"+l.absent)
	}
	return tell("lacks_end", "Document", r.folder(run).path+"/"+artifacts.MetadataFile)
}

// hollowing is what is known of a run whose job completed without its outputs.
type hollowing struct {
	events []Event
	said   *format.Said // what Fabric said of the job, and who asked
	now    time.Time
}

// hollow deals with a job that Fabric completed and whose outputs are not there. They are looked for for a while; then the run has
// failed. Where nothing shows that this is the lakehouse in which the job worked, a person decides.
func (r *Runs) hollow(ctx context.Context, out Outcome, run Run, l left, h hollowing) (Outcome, error) {
	lack := r.lack(run, l)
	_, first, ok := lastNote(h.events, evNoOutputs)
	if !ok {
		return out, r.addEvent(ctx, noteEvent(run.ID, Warning, "no outputs", note{Ev: evNoOutputs, JobID: run.JobID, Text: stored(
			tell("no_outputs", "Said", h.said, "Lack", lack, "Wait", r.timing.Outputs))}))
	}
	if h.now.Sub(first.Time) < r.timing.Outputs {
		return out, nil
	}
	if !l.own && !r.worksHere(ctx, run, l) {
		out.Action = Undecided
		return out, r.addEvent(ctx, noteEvent(run.ID, Warning, "unsure", note{Ev: evUnsure, JobID: run.JobID, Text: stored(
			tell("unsure", "Said", h.said, "Document", r.folder(run).path+"/"+l.absent, "Me", r.me()))}))
	}
	return r.end(ctx, out, Ending{
		RunID: run.ID, To: Failed, NotebookVersion: l.NotebookVersion, Reason: stored(tell("but_hollow", "Said", h.said)),
		ErrorMessage: failure(tell("hollow", "Lack", lack)),
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
