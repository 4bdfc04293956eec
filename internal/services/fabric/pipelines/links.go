package pipelines

import (
	"errors"
	"fmt"
	"regexp"
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
var errJobURL = errors.New("the job's address is not one of this workspace's pipeline")

// maxLocation is how many characters are read of an address that came from outside.
const maxLocation = 2000

var (
	// jobPlace is where an address of a job begins: Fabric has been seen to name a regional host, which differs from the one that was
	// asked. So any host may stand here, as none is ever called (docs/fabric.md §7).
	jobPlace = regexp.MustCompile(`^https://(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?/`)
	// jobRest is what may stand between the item and the job's id: the job's type, in the newer form of the address.
	jobRest = regexp.MustCompile(`^/jobs(?:/[a-z]{1,50})?/instances(?:/([^/]*))?$`)
)

// jobOf takes the job's id out of an address that came from outside, such as a Location header: its path must name this workspace and
// this item, and its host may be any. The id is "" where it names the item's jobs and none of them, as two of Microsoft's examples do
// (docs/fabric.md §2.2). The address is never called: who needs one makes it with JobURL.
func (c *Client) jobOf(itemID, raw string) (jobID string, err error) {
	// Everything beyond plain characters is refused before anything parses it, so that no two parsers can differ.
	if !isGUID(itemID) || len(raw) > maxLocation || strings.ContainsFunc(raw, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`\@%#;`, r) }) {
		return "", errJobURL
	}
	address, query, _ := strings.Cut(strings.ToLower(raw), "?")
	place := jobPlace.FindString(address)
	if place == "" || strings.Contains(query, "?") {
		return "", errJobURL
	}
	item := "v1/workspaces/" + strings.ToLower(c.cfg.WorkspaceID) + "/items/" + strings.ToLower(itemID)
	rest, ok := strings.CutPrefix(address[len(place):], item)
	if !ok {
		return "", errJobURL
	}
	found := jobRest.FindStringSubmatch(rest)
	if found == nil || found[1] != "" && !isGUID(found[1]) {
		return "", errJobURL
	}
	return found[1], nil
}
