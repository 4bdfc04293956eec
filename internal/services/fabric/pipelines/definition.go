package pipelines

import (
	"context"
	"errors"
	"net/http"
	"time"

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
	content, err := d.Pipeline()
	if err != nil {
		return nil, amiss(troubles.ReadingContent, http.StatusOK, troubles.NoDefinition)
	}
	return content.Parameters, nil
}
