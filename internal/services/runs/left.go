package runs

import (
	"context"
	"errors"
	"strings"

	"github.com/google/uuid"

	"fabricportal/contract"
	"fabricportal/internal/services/fabric/artifacts"
)

// left is what a run left in its folder.
type left struct {
	Results
	source      uuid.UUID // of a restore: the run it promoted
	absent      string    // the document that each success leaves, where the lakehouse says that it is not there
	unpublished bool      // its notebook did not come to say that it ended, and no manifest names it
	own         bool      // a document of the run is there, so that the lakehouse is the one in which the run worked
	failure     string    // why the run's notebook says that it failed
	missing     error     // what could not be read yet
	refused     error     // what was there, and won't be taken the next time either
}

// lacks notes why something is not among the results.
func (l *left) lacks(err error) {
	var large *artifacts.TooLargeError
	var other *artifacts.DocumentError
	to := &l.missing
	if errors.As(err, &large) || errors.As(err, &other) {
		to = &l.refused
	}
	if *to != nil {
		err = tell("act_and", "First", *to, "Next", err)
	}
	*to = err
}

// results reads run_metadata.json, kpis.json and the list of a run's outputs.
func (r *Runs) results(ctx context.Context, run Run, events []Event) left {
	l, folder := left{Results: Results{RunID: run.ID}}, r.folder(run)
	if n, _, ok := lastNote(events, evRestore); ok {
		l.source, _ = uuid.Parse(n.SourceRunID)
	}
	meta, err := folder.metadata(ctx)
	if err != nil {
		l.lacks(err)
		if r.isRestore(run) {
			l.notes(artifacts.MetadataFile, err)
		}
		if _, cut := errors.AsType[*contract.FormError](err); cut { // as left by a notebook that was stopped while it wrote it
			l.unpublished, _ = r.unpublished(ctx, run.ID, true)
		}
	} else {
		l.own = true
		if meta.Status == "failed" {
			l.failure = failure(tell("notebook_silent"))
			if meta.Error != nil {
				l.failure = oneOf(meta.Error.Message, l.failure)
			}
		}
		if meta.Status == "started" {
			if l.unpublished, err = r.unpublished(ctx, run.ID, false); err != nil {
				l.lacks(err)
			}
		}
		l.NotebookVersion = Clean(meta.NotebookVersion, 100)
		l.Events = append(l.Events, compareInput(run, meta, events)...)
		l.Events = append(l.Events, tableBehind(run, meta)...)
		if l.source == uuid.Nil && meta.SourceRunID != nil {
			l.source, _ = uuid.Parse(*meta.SourceRunID)
		}
	}
	if r.isRestore(run) {
		// A restore computes nothing: its figures are those of the run it promoted.
		if source, err := r.run(ctx, l.source); err == nil {
			l.KPIs = source.KPIs
			if source.KPIsUnread != "" {
				l.lacks(&artifacts.DocumentError{Path: source.ID.String(), Err: tell("figures_unread", "Run", ShortID(source.ID), "Why", source.KPIsUnread)})
			}
		}
	} else if l.KPIs, err = folder.kpis(ctx); err != nil {
		l.lacks(err)
		l.notes(artifacts.KPIsFile, err)
	}
	if l.Artifacts, err = folder.outputs(ctx, meta); err != nil {
		l.lacks(err)
	}
	return l
}

// compareInput warns when the notebook read other bytes than were looked at when the run was submitted.
func compareInput(run Run, meta contract.RunMetadata, events []Event) []Event {
	n, _, ok := lastNote(events, evInput)
	if !ok || n.SHA256 == "" || meta.InputSHA256 == nil || strings.EqualFold(n.SHA256, *meta.InputSHA256) {
		return nil
	}
	return []Event{onceEvent(run.ID, Warning, "other input", tell("other_input", "File", run.InputFile, "Had", n.SHA256, "Read", *meta.InputSHA256))}
}

// tableBehind warns when the table for Power BI does not show the run, so that reports show other figures than this program.
func tableBehind(run Run, meta contract.RunMetadata) []Event {
	if meta.DeltaTable == nil || meta.DeltaTable.Error == nil {
		return nil
	}
	return []Event{onceEvent(run.ID, Warning, "table behind", tell("table_behind", "Why", *meta.DeltaTable.Error))}
}
