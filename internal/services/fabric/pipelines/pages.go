package pipelines

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"fabricportal/internal/services/fabric/troubles"
)

// Page is a page in Fabric's portal. Every one is made from ids that were looked at, on the configured portal_url.
type Page struct {
	URL string // "" where there is none
	Own bool   // it is the run's own; else the item's, as the run's own can't be made
}

// How long the name of a pipeline, which is a part of its runs' pages, is waited for, and not asked for again after it did not come.
const (
	nameTimeout = 3 * time.Second
	namePause   = 5 * time.Minute
)

// name is what is known of an item's name.
type name struct {
	text  string
	tried time.Time // when it was asked for in vain
}

// JobPage is where a run of a pipeline can be watched: its own page where the pipeline's name can be learnt, else the pipeline's.
func (c *Client) JobPage(ctx context.Context, pipelineItemID, jobID string) Page {
	if !isGUID(pipelineItemID) || !isGUID(jobID) {
		return Page{}
	}
	item := strings.ToLower(pipelineItemID)
	if text := c.nameOf(ctx, item); text != "" {
		return Page{Own: true, URL: c.cfg.PortalURL + "/workloads/data-pipeline/monitoring/workspaces/" + c.cfg.WorkspaceID + "/pipelines/" + url.PathEscape(text) + "/" + strings.ToLower(jobID)}
	}
	return Page{URL: c.cfg.PortalURL + "/groups/" + c.cfg.WorkspaceID + "/pipelines/" + item}
}

// nameOf asks for an item's name, once, and after a failure not again for some time.
func (c *Client) nameOf(ctx context.Context, itemID string) string {
	c.mu.Lock()
	known := c.names[itemID]
	c.mu.Unlock()
	if known.text != "" || time.Since(known.tried) < namePause {
		return known.text
	}
	ctx, cancel := context.WithTimeoutCause(ctx, nameTimeout, errCallTimeout)
	defer cancel()
	var item Item
	_, err := c.ask(once(ctx), troubles.LookingUp, http.MethodGet, c.itemURL(itemID), nil, &item)
	if err != nil {
		item.Name = ""
	}
	return c.named(itemID, item.Name)
}

// named remembers an item's name, "" for none, and gives it back as it is remembered.
func (c *Client) named(itemID, text string) string {
	// A name that is no segment of a path would lead elsewhere, and one that can't be shown is not the pipeline's any more.
	if text == "." || text == ".." || text != clean(text, 256) {
		text = ""
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.names[strings.ToLower(itemID)] = name{text: text, tried: time.Now()}
	return text
}

// snapshotURL is the page of a notebook's run.
func (c *Client) snapshotURL(notebookID, runID string) string {
	if !isGUID(notebookID) || !isGUID(runID) {
		return ""
	}
	return c.cfg.PortalURL + "/groups/" + c.cfg.WorkspaceID + "/synapsenotebooks/" + strings.ToLower(notebookID) + "/snapshots/" + strings.ToLower(runID) + "?experience=power-bi"
}

// sparkURL is the page of a Spark application; livyID is its session's.
func (c *Client) sparkURL(notebookID, livyID string) string {
	if !isGUID(notebookID) || !isGUID(livyID) {
		return ""
	}
	return c.cfg.PortalURL + "/workloads/de-ds/sparkmonitor/" + strings.ToLower(notebookID) + "/" + strings.ToLower(livyID) + "?experience=power-bi"
}

const guidForm = `([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})`

var (
	snapshotForm = regexp.MustCompile(`/synapsenotebooks/` + guidForm + `/snapshots/` + guidForm + `(?:\?|$)`)
	sparkForm    = regexp.MustCompile(`(?:^|/)sparkmonitor/` + guidForm + `/` + guidForm + `(?:\?|$)`)
)

// Checked makes the address of a notebook's run or a Spark application anew from the ids in one that was kept, such as in an event:
// whoever may write there could have written any address. "" where it is neither.
func (c *Client) Checked(kept string) string {
	kept = strings.ToLower(kept)
	if m := snapshotForm.FindStringSubmatch(kept); m != nil {
		return c.snapshotURL(m[1], m[2])
	}
	if m := sparkForm.FindStringSubmatch(kept); m != nil {
		return c.sparkURL(m[1], m[2])
	}
	return ""
}
