package shapes

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"fabricportal/contract"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/runs"
)

// Past is the runs of before, with what was said of each.
type Past interface {
	// ListRuns lists runs, latest first; before is nil for the newest.
	ListRuns(ctx context.Context, before *runs.Run, limit int) ([]runs.Run, error)
	Events(ctx context.Context, run uuid.UUID) (runs.Events, error)
}

// earlierRuns is how many runs are looked through for one of the same shape; each costs one small document.
const (
	earlierRuns = 30
	documents   = 8
)

// FromRuns is how the last successful run of a file of this shape read it, so that a colleague need not answer again: its
// run_metadata.json says which shape it had, and its events what of all that was decided by a person. What the notebook found in
// that file is found in this one, too, or is another thing. False where none is known. Errors are those of the database and the
// files, or the context's; a document that can't be read tells nothing.
func FromRuns(ctx context.Context, list Past, files artifacts.Opener, headers []string) (Record, bool, error) {
	past, err := list.ListRuns(ctx, nil, earlierRuns)
	if err != nil {
		return Record{}, false, err
	}
	read := 0
	for _, run := range past {
		if run.Status != runs.Succeeded || read == documents {
			continue
		}
		read++
		id := run.ID.String()
		doc, err := artifacts.Document[contract.RunMetadata](ctx, files, artifacts.RunsFolder+"/"+id, artifacts.MetadataFile)
		if ctx.Err() != nil {
			return Record{}, false, ctx.Err()
		}
		if err != nil || doc.ReadOptions == nil || !slices.Equal(doc.Headers, headers) {
			continue
		}
		events, err := list.Events(ctx, run.ID)
		if err != nil {
			return Record{}, false, err
		}
		given := runs.ReadOptions(events.Rows)
		if given == nil || given.Lasting().Plain() {
			continue
		}
		at := doc.StartedAt.Time
		if run.FinishedAt != nil {
			at = *run.FinishedAt
		}
		return Record{Headers: headers, Options: given.Lasting(), By: run.TriggeredBy, At: at, Run: id}, true, nil
	}
	return Record{}, false, nil
}
