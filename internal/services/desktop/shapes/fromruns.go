package shapes

import (
	"context"
	"slices"

	"fabricportal/contract"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/runs"
)

// Lister lists past runs, latest first; before is nil for the newest.
type Lister interface {
	ListRuns(ctx context.Context, before *runs.Run, limit int) ([]runs.Run, error)
}

// earlierRuns is how many runs are looked through for one of the same shape; each costs one small document.
const (
	earlierRuns = 30
	documents   = 8
)

// FromRuns is how the last successful run of a file of this shape read it, by its run_metadata.json, so that a colleague need not
// answer again; false where none is known. Errors are those of the database and the files, or the context's; a document that can't
// be read tells nothing.
func FromRuns(ctx context.Context, list Lister, files artifacts.Opener, headers []string) (Record, bool, error) {
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
		at := doc.StartedAt.Time
		if run.FinishedAt != nil {
			at = *run.FinishedAt
		}
		return Record{Headers: headers, Options: Lasting(*doc.ReadOptions), By: run.TriggeredBy, At: at, Run: id}, true, nil
	}
	return Record{}, false, nil
}
