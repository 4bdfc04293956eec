package pipelines

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/google/uuid"
)

func isGUID(s string) bool {
	u, err := uuid.Parse(s)
	return err == nil && len(s) == 36 && u != uuid.Nil
}

func badID(what, id string) error {
	return fmt.Errorf("%q is no %s id", clean(id, 60), what)
}

func (c *Client) itemURL(itemID string) string {
	return c.cfg.APIURL + "/v1/workspaces/" + c.cfg.WorkspaceID + "/items/" + strings.ToLower(itemID)
}

func (c *Client) instancesURL(itemID string) (string, error) {
	if !isGUID(itemID) {
		return "", badID("pipeline", itemID)
	}
	return c.itemURL(itemID) + "/jobs/instances", nil
}

func (c *Client) jobURL(itemID, jobID string) (string, error) {
	base, err := c.instancesURL(itemID)
	if err != nil {
		return "", err
	}
	if !isGUID(jobID) {
		return "", badID("job", jobID)
	}
	return base + "/" + strings.ToLower(jobID), nil
}

// JobURL is the address of a job instance, made from the configuration; "" when an id is not a GUID.
func (c *Client) JobURL(itemID, jobID string) string {
	address, err := c.jobURL(itemID, jobID)
	if err != nil {
		return ""
	}
	return address
}

// errJobURL is deliberately silent about what it was given, which may be hostile.
var errJobURL = errors.New("the job's address is not one of this workspace's pipeline at the configured Fabric")

// ParseJobURL takes the job's id out of an address that came from outside: a Location header, or the database. The address must be
// exactly the one that JobURL would make; it is never used itself (docs/fabric.md §7).
func (c *Client) ParseJobURL(itemID, raw string) (jobID string, err error) {
	path, err := c.jobPath(itemID, raw)
	if err != nil {
		return "", err
	}
	id, ok := strings.CutPrefix(path, "/")
	if !ok || !isGUID(id) {
		return "", errJobURL
	}
	return id, nil
}

// jobPath is what follows …/jobs/instances in an address of the item, in lower case.
func (c *Client) jobPath(itemID, raw string) (string, error) {
	base, err := c.instancesURL(itemID)
	if err != nil {
		return "", err
	}
	// Everything beyond plain characters is refused before anything parses it, so that no two parsers can differ.
	if len(raw) > 2000 || strings.ContainsFunc(raw, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`\@%#;`, r) }) {
		return "", errJobURL
	}
	raw, query, _ := strings.Cut(strings.ToLower(raw), "?")
	if strings.Contains(query, "?") {
		return "", errJobURL
	}
	rest, ok := strings.CutPrefix(raw, strings.ToLower(base))
	if !ok {
		return "", errJobURL
	}
	return rest, nil
}

// JobLink is the page in Fabric's portal on which a run of a pipeline can be watched: the run's own page where the pipeline's name
// is known (see Item), else the pipeline's.
func (c *Client) JobLink(pipelineItemID, jobID string) string {
	if !isGUID(pipelineItemID) || !isGUID(jobID) {
		return ""
	}
	id := strings.ToLower(pipelineItemID)
	c.mu.Lock()
	name := c.names[id]
	c.mu.Unlock()
	if name == "" {
		return c.cfg.PortalURL + "/groups/" + c.cfg.WorkspaceID + "/datapipelines/" + id
	}
	return c.cfg.PortalURL + "/workloads/data-pipeline/monitoring/workspaces/" + c.cfg.WorkspaceID + "/pipelines/" + url.PathEscape(name) + "/" + strings.ToLower(jobID)
}

// IsPage tells whether an address, whoever wrote it down, is a page of the configured workspace.
func (c *Client) IsPage(address string) bool {
	return strings.HasPrefix(address, c.cfg.PortalURL+"/groups/"+c.cfg.WorkspaceID+"/")
}

// snapshotURL is the page of a notebook's run.
func (c *Client) snapshotURL(notebookID, runID string) string {
	if !isGUID(notebookID) || !isGUID(runID) {
		return ""
	}
	return c.cfg.PortalURL + "/groups/" + c.cfg.WorkspaceID + "/synapsenotebooks/" + strings.ToLower(notebookID) + "/snapshots/" + strings.ToLower(runID) + "?experience=power-bi"
}
