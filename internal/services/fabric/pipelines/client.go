package pipelines

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"fabricportal/internal/services/fabric/items"
	"fabricportal/internal/services/fabric/transport"
	"fabricportal/internal/services/fabric/troubles"
	"fabricportal/internal/services/setup/config"
)

// Time limits of one call with its retries.
const (
	getTimeout    = 30 * time.Second
	listTimeout   = 60 * time.Second
	cancelTimeout = 30 * time.Second
	startTimeout  = 2 * time.Minute // gateways were seen to sit on a request for minutes; the answer is worth waiting for
)

const (
	maxBody  = 8 << 20 // bytes of one answer
	maxPages = 50      // of one list; Fabric keeps about a hundred ended jobs of an item
)

// Client speaks to Fabric for one workspace. It is safe for use by several goroutines.
type Client struct {
	cfg     config.Fabric
	cred    azcore.TokenCredential
	network *transport.Network
	version string
	http    *http.Client
	pipe    runtime.Pipeline // with retries: for questions only
	items   *items.Client    // for definitions

	mu    sync.Mutex
	names map[string]name // of items, for pages
}

// retryDelay is before the first repetition of a question; each further one takes twice as long. Tests shorten it.
var retryDelay = 500 * time.Millisecond

// New makes a client; version is this program's.
func New(cfg config.Fabric, cred azcore.TokenCredential, network *transport.Network, version string) *Client {
	c := &Client{cfg: cfg, cred: cred, network: network, version: version, names: map[string]name{}}
	c.http = network.Client(transport.ClientOptions{Hosts: []string{cfg.APIURL}, MaxBody: maxBody})
	c.pipe = runtime.NewPipeline("fabricportal", version,
		runtime.PipelineOptions{PerRetry: []policy.Policy{runtime.NewBearerTokenPolicy(cred, []string{cfg.APIScope}, nil)}},
		&policy.ClientOptions{
			Transport: c.http,
			Retry:     policy.RetryOptions{MaxRetries: 2, RetryDelay: retryDelay, MaxRetryDelay: 5 * time.Second},
		})
	c.items = items.New(cfg, cred, network, version)
	return c
}

// CloseIdleConnections closes kept connections, as after the computer slept.
func (c *Client) CloseIdleConnections() {
	c.http.CloseIdleConnections()
	c.items.CloseIdleConnections()
}

// PrepareToken signs in, so that a start that follows within minutes does not have to.
func (c *Client) PrepareToken(ctx context.Context) error {
	_, err := c.token(ctx)
	return err
}

func (c *Client) token(ctx context.Context) (string, error) {
	t, err := c.cred.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{c.cfg.APIScope}, EnableCAE: true})
	if err != nil {
		return "", c.failed(ctx, troubles.SigningIn, err)
	}
	return t.Token, nil
}

// ask sends one question and decodes the answer into out (nil for none). The answer's header is returned, also with an error where there was one.
func (c *Client) ask(ctx context.Context, doing troubles.Doing, method, address string, in, out any) (http.Header, error) {
	req, err := runtime.NewRequest(ctx, method, address)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	req.Raw().Header.Set("Accept", "application/json")
	if in != nil {
		if err := runtime.MarshalAsJSON(req, in); err != nil {
			return nil, fmt.Errorf("%s: %w", doing, err)
		}
	}
	resp, err := c.pipe.Do(req)
	if err != nil {
		return nil, c.failed(ctx, doing, err)
	}
	defer resp.Body.Close()
	body, err := runtime.Payload(resp)
	if err != nil {
		return resp.Header, c.failed(ctx, doing, err)
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return resp.Header, refused(troubles.FromHTTP(troubles.Fabric, doing, resp.StatusCode, resp.Header, body, time.Now()))
	}
	if out != nil {
		if err := json.Unmarshal(body, out); err != nil {
			return resp.Header, amiss(doing, resp.StatusCode, "")
		}
	}
	return resp.Header, nil
}

// once has a question not be repeated.
func once(ctx context.Context) context.Context {
	return policy.WithRetryOptions(ctx, policy.RetryOptions{MaxRetries: -1})
}

// jobJSON is an ItemJobInstance (docs/fabric.md §3.1). What is not needed is not decoded.
type jobJSON struct {
	ID            string          `json:"id"`
	ItemID        string          `json:"itemId"`
	JobType       string          `json:"jobType"`
	InvokeType    string          `json:"invokeType"`
	Status        string          `json:"status"`
	Start         string          `json:"startTimeUtc"`
	End           string          `json:"endTimeUtc"`
	FailureReason json.RawMessage `json:"failureReason"`
}

func (j jobJSON) instance() JobInstance {
	out := JobInstance{
		ID: strings.ToLower(j.ID), ItemID: strings.ToLower(j.ItemID), JobType: j.JobType, InvokeType: j.InvokeType,
		Status: JobStatus(clean(j.Status, 100)), Start: parseTime(j.Start), End: parseTime(j.End),
	}
	if reason, ok := troubles.StepError(j.FailureReason); ok {
		out.FailureCode, out.FailureReason = reason.Code, reason.Error()
	}
	return out
}

type jobPage struct {
	Value []jobJSON `json:"value"`
	Token string    `json:"continuationToken"`
	URI   string    `json:"continuationUri"`
}

// token is what asks for the next page, unescaped; "" on the last one.
func (p jobPage) token() string {
	if p.Token != "" {
		// It comes escaped for use in an address.
		if t, err := url.QueryUnescape(strings.ReplaceAll(p.Token, "+", "%2B")); err == nil {
			return t
		}
		return p.Token
	}
	if u, err := url.Parse(p.URI); err == nil {
		return u.Query().Get("continuationToken")
	}
	return ""
}

// unknownID is what Fabric would say of an id that it never gave, such as one that somebody wrote into the database: it does not know
// the job. So a person may decide, and nothing is asked.
func unknownID(err error, jobID string) error {
	if !isGUID(jobID) {
		return &NotFoundError{JobID: clean(jobID, 60)}
	}
	return err
}

// Get reads one job instance. The ids may be from anywhere, as each is looked at anew. Errors: *NotFoundError, *UnauthorizedError, *ServiceError, *UnreachableError, or the context's.
func (c *Client) Get(ctx context.Context, itemID, jobID string) (JobInstance, error) {
	address, err := c.jobURL(itemID, jobID)
	if err != nil {
		return JobInstance{}, unknownID(err, jobID)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, getTimeout, errCallTimeout)
	defer cancel()
	var j jobJSON
	header, err := c.ask(ctx, troubles.AskingJob, http.MethodGet, address, nil, &j)
	if err != nil {
		return JobInstance{}, notFound(err, jobID)
	}
	out := j.instance()
	out.RetryAfter = troubles.RetryAfter(header, time.Now())
	if out.ID == "" {
		out.ID = strings.ToLower(jobID)
	}
	if out.ID != strings.ToLower(jobID) || out.Status == "" {
		return JobInstance{}, amiss(troubles.AskingJob, http.StatusOK, troubles.AnotherJob)
	}
	return out, nil
}

// List reads the job instances of an item that started at since or later, and those that have not started; the newest first. A list
// that can't be read to its end is an error, since callers conclude from what is not in it.
func (c *Client) List(ctx context.Context, itemID string, since time.Time) ([]JobInstance, error) {
	base, err := c.instancesURL(itemID)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, listTimeout, errCallTimeout)
	defer cancel()
	const doing = troubles.ListingJobs
	var out []JobInstance
	seen := map[string]bool{}
	tokens := map[string]bool{}
	address := base
	for range maxPages {
		var page jobPage
		if _, err := c.ask(ctx, doing, http.MethodGet, address, nil, &page); err != nil {
			return nil, err
		}
		for _, j := range page.Value {
			job := j.instance()
			if !isGUID(job.ID) || seen[job.ID] || (job.Start != nil && job.Start.Before(since)) {
				continue
			}
			seen[job.ID] = true
			out = append(out, job)
		}
		token := page.token()
		if token == "" {
			slices.SortStableFunc(out, func(a, b JobInstance) int { return startOf(b).Compare(startOf(a)) })
			return out, nil
		}
		if tokens[token] {
			break // the list runs in a circle
		}
		tokens[token] = true
		// The next page's address is made here: one that came from outside is not followed.
		address = base + "?continuationToken=" + url.QueryEscape(token)
	}
	return nil, amiss(doing, http.StatusOK, troubles.EndlessList)
}

// startOf puts a job that has not started before all others.
func startOf(j JobInstance) time.Time {
	if j.Start == nil {
		return time.Unix(1<<40, 0)
	}
	return *j.Start
}

// Cancel asks Fabric to cancel a job; it says later, as the job's status, whether it did. Errors: *AlreadyEndedError and those of Get.
// Like the start it is sent once.
func (c *Client) Cancel(ctx context.Context, itemID, jobID string) error {
	address, err := c.jobURL(itemID, jobID)
	if err != nil {
		return unknownID(err, jobID)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, cancelTimeout, errCallTimeout)
	defer cancel()
	_, err = c.ask(once(ctx), troubles.Cancelling, http.MethodPost, address+"/cancel", nil, nil)
	if s := (*ServiceError)(nil); errors.As(err, &s) && strings.EqualFold(s.Code, "JobAlreadyCompleted") {
		return &AlreadyEndedError{JobID: jobID}
	}
	return notFound(err, jobID)
}

// Item is an item of the workspace.
type Item struct {
	ID   string `json:"id"`
	Name string `json:"displayName"`
	Type string `json:"type"` // DataPipeline, Lakehouse, Notebook …
}

// Item reads an item of the workspace, and remembers its name for the pages.
func (c *Client) Item(ctx context.Context, itemID string) (Item, error) {
	if !isGUID(itemID) {
		return Item{}, badID("item", itemID)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, getTimeout, errCallTimeout)
	defer cancel()
	var item Item
	if _, err := c.ask(ctx, troubles.LookingUp, http.MethodGet, c.itemURL(itemID), nil, &item); err != nil {
		return Item{}, err
	}
	c.named(itemID, item.Name)
	item.Name, item.Type = clean(item.Name, 256), clean(item.Type, 100)
	return item, nil
}
