package pipelines

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"time"

	"fabricportal/internal/services/fabric/items"
	"fabricportal/internal/services/fabric/troubles"
)

// definitionTimeout bounds the reading of a definition, which may come by a long-running operation (docs/fabric.md §8).
const definitionTimeout = 60 * time.Second

// Parameters names the parameters that a pipeline declares, sorted. Fabric ignores a parameter that a pipeline does not declare
// without a word (docs/fabric.md §2.1), so whoever must be heard asks first. Errors: *UnauthorizedError (reading a definition needs more
// rights than starting a job), *ServiceError, *UnreachableError, or the context's.
func (c *Client) Parameters(ctx context.Context, itemID string) ([]string, error) {
	if !isGUID(itemID) {
		return nil, badID("pipeline", itemID)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, definitionTimeout, errCallTimeout)
	defer cancel()
	d, err := c.items.Definition(ctx, itemID, "")
	if trouble, ok := errors.AsType[*troubles.Trouble](err); ok {
		return nil, refused(trouble)
	}
	if errors.Is(err, errCallTimeout) {
		err = context.DeadlineExceeded
	}
	if err != nil {
		return nil, c.failed(ctx, troubles.ReadingContent, err)
	}
	names, err := declaredParameters(d)
	if err != nil {
		return nil, amiss(troubles.ReadingContent, http.StatusOK, troubles.NoDefinition)
	}
	return names, nil
}

// declaredParameters reads the names from the part that holds a pipeline's content.
func declaredParameters(d items.Definition) ([]string, error) {
	for _, part := range d.Parts {
		if part.Path != "pipeline-content.json" {
			continue
		}
		var pipeline struct {
			Properties struct {
				Parameters map[string]json.RawMessage `json:"parameters"`
			} `json:"properties"`
		}
		if err := json.Unmarshal(part.Content, &pipeline); err != nil {
			return nil, err
		}
		names := make([]string, 0, len(pipeline.Properties.Parameters))
		for name := range pipeline.Properties.Parameters {
			names = append(names, name)
		}
		slices.Sort(names)
		return names, nil
	}
	return nil, errors.New("the definition has no pipeline-content.json")
}
