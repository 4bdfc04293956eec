package pipelines

import (
	"context"
	"net/http"
	"time"

	"fabricportal/internal/services/fabric/troubles"
)

// Skew is how far this computer's clock is ahead of Fabric's, by the Date of an answer, to about a second; ok is false where the answer
// named no time. Errors as of Item.
func (c *Client) Skew(ctx context.Context) (skew time.Duration, ok bool, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, getTimeout, errCallTimeout)
	defer cancel()
	asked := time.Now()
	header, err := c.ask(once(ctx), troubles.LookingUp, http.MethodGet, c.cfg.APIURL+"/v1/workspaces/"+c.cfg.WorkspaceID, nil, nil)
	answered := time.Now()
	said, wrong := http.ParseTime(header.Get("Date"))
	if header == nil || wrong != nil {
		return 0, false, err
	}
	// The header leaves out the fraction of a second, which is half of one on average.
	return asked.Add(answered.Sub(asked) / 2).Sub(said.Add(500 * time.Millisecond)), true, nil
}
