package pipelines

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"fabricportal/internal/services/fabric/troubles"
)

// readyTimeout bounds what is asked before a run takes the lock.
const readyTimeout = 10 * time.Second

// Right is what is known of this program's right to run a pipeline.
type Right int

// The rights. Only a start itself proves one: an item may be shared with somebody who has no role in its workspace.
const (
	RightUnknown Right = iota
	RightByRole        // the workspace is among those in which this program has a role that runs pipelines
	RightNotSeen       // it is not
)

// Readiness is what Fabric said of a pipeline before it was to be run.
type Readiness struct {
	Name  string // the pipeline's
	Right Right
}

// Ready asks, without starting anything, whether a pipeline can be run: whether this network is let in, the capacity runs, and the item
// exists and is a pipeline; and, as far as it shows, whether this program may run it. It is asked once, with no repetition, and takes at
// most 10 s. Errors: *RefusedError where a start would be refused for a reason that stays; *UnauthorizedError, *ServiceError (such as
// that Fabric is busy) and *UnreachableError say that nothing is known of the pipeline; or the context's.
func (c *Client) Ready(ctx context.Context, itemID string) (Readiness, error) {
	if !isGUID(itemID) {
		return Readiness{}, badID("pipeline", itemID)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, readyTimeout, errCallTimeout)
	defer cancel()
	var item Item
	if _, err := c.ask(once(ctx), troubles.LookingUp, http.MethodGet, c.itemURL(itemID), nil, &item); err != nil {
		return Readiness{}, refusedBefore(err)
	}
	if !strings.EqualFold(item.ID, itemID) {
		return Readiness{}, amiss(troubles.LookingUp, http.StatusOK, "")
	}
	c.named(itemID, item.Name)
	if !strings.EqualFold(item.Type, "DataPipeline") {
		return Readiness{}, refusedStart(troubles.Of(troubles.Answer{
			Service: troubles.Fabric, Doing: troubles.LookingUp, Status: http.StatusOK, Code: "InvalidJobType", Message: item.Type + " “" + item.Name + "”",
		}))
	}
	return Readiness{Name: clean(item.Name, 256), Right: c.right(ctx)}, nil
}

// refusedBefore is the error of a question as a start's would be, where it stays the same.
func refusedBefore(err error) error {
	if service, ok := err.(*ServiceError); ok && service.Trouble != nil && MeaningOf(err) == Refused { //nolint:errorlint // it was made just now, and nothing is around it
		return refusedStart(service.Trouble)
	}
	return err
}

// workerRoles are the roles of a workspace that run pipelines.
const workerRoles = "Admin,Member,Contributor"

// right looks for the workspace among those in which this program has such a role. What can't be read leaves it open.
func (c *Client) right(ctx context.Context) Right {
	base := c.cfg.APIURL + "/v1/workspaces?roles=" + workerRoles
	address := base
	for range maxPages {
		var page struct {
			Value []struct {
				ID string `json:"id"`
			} `json:"value"`
			Token string `json:"continuationToken"`
			URI   string `json:"continuationUri"`
		}
		if _, err := c.ask(once(ctx), troubles.LookingUp, http.MethodGet, address, nil, &page); err != nil {
			return RightUnknown
		}
		if page.Value == nil {
			return RightUnknown
		}
		for _, w := range page.Value {
			if strings.EqualFold(w.ID, c.cfg.WorkspaceID) {
				return RightByRole
			}
		}
		token := jobPage{Token: page.Token, URI: page.URI}.token()
		if token == "" {
			return RightNotSeen
		}
		address = base + "&continuationToken=" + url.QueryEscape(token)
	}
	return RightUnknown
}
