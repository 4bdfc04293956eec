package runs

import (
	"context"
	"errors"
	"strings"

	"github.com/google/uuid"

	"fabricportal/internal/services/fabric/artifacts"
)

// A notebook publishes with the last file that it puts in place, the manifest, and says “succeeded” after that. Stopped between the two, or
// by what a pipeline does behind it, its job fails although its results are what is published (docs/run-protocol.md §3 step 5).

// names tells whether the manifest names the run: exactly then it is what is published; any, whether there is a manifest. Errors as
// artifacts.LookPublished.
func (r *Runs) names(ctx context.Context, run uuid.UUID) (yes, any bool, err error) {
	err = r.within(ctx, func(ctx context.Context) error {
		p, err := artifacts.LookPublished(ctx, r.files)
		if err == nil && p.Manifest != nil {
			yes, any = strings.EqualFold(p.Manifest.RunID, run.String()), true
		}
		return err
	})
	return yes, any, err
}

// unpublished tells of a run whose notebook did not come to say how it ended whether nothing of it is published. unread says that its metadata
// can't be read: then the lakehouse of an older notebook, which has no manifest, is no evidence.
func (r *Runs) unpublished(ctx context.Context, run uuid.UUID, unread bool) (bool, error) {
	yes, any, err := r.names(ctx, run)
	if _, under := errors.AsType[*artifacts.PublishingError](err); under {
		return true, nil // what is being published is looked for until then
	}
	return err == nil && !yes && (any || !unread), err
}

// stillPublished adds to the end of a run that failed what it published nevertheless. The run's state follows Fabric; that its results are
// published is said with it, and they are recorded as those of a success, so that they can be looked at and restored.
func (r *Runs) stillPublished(ctx context.Context, e Ending) Ending {
	yes, _, err := r.names(ctx, e.RunID)
	if err != nil {
		e.Events = append(e.Events, onceEvent(e.RunID, Warning, "publication unseen",
			tell("unseen", "Why", err)))
		return e
	}
	if !yes {
		return e
	}
	e.ErrorMessage = failure(tell("all_the_same", "Why", again(e.ErrorMessage)))
	e.Reason = stored(tell("but_published", "Said", again(e.Reason)))
	e.Events = append(e.Events, onceEvent(e.RunID, Warning, "published", tell("published")))
	run, err := r.run(ctx, e.RunID)
	if err != nil {
		return e // the end itself is what counts
	}
	events, err := r.events(ctx, e.RunID)
	if err != nil {
		return e
	}
	l := r.results(ctx, run, events)
	e.KPIs, e.Artifacts = l.KPIs, l.Artifacts
	if l.NotebookVersion != "" {
		e.NotebookVersion = l.NotebookVersion
	}
	e.Events = append(e.Events, l.Events...)
	if err := errors.Join(l.missing, l.refused); err != nil {
		e.Events = append(e.Events, onceEvent(e.RunID, Warning, "results missing", tell("results_missing", "Why", err)))
	}
	if r.isRestore(run) {
		e.Restore = restoreOf(run, l.source)
	}
	return e
}

// restoreOf is the row of a restore's success; nil where its source is not known.
func restoreOf(run Run, source uuid.UUID) *Restore {
	if source == uuid.Nil {
		return nil
	}
	target := run.ID
	return &Restore{ID: DerivedID(run.ID, "restore"), RestoredBy: run.TriggeredBy, SourceRun: source, TargetRun: &target}
}
