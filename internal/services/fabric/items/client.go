// Package items reads and changes the items of a workspace through Fabric's definition API (docs/fabric.md §8): what is deployed,
// in difference to what runs.
package items

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/google/uuid"

	"fabricportal/internal/services/fabric/auth"
	"fabricportal/internal/services/fabric/transport"
	"fabricportal/internal/services/fabric/troubles"
	"fabricportal/internal/services/setup/config"
)

const (
	listTimeout      = 60 * time.Second
	operationTimeout = 5 * time.Minute // of a change with its long-running operation
	operationMost    = 30 * time.Second
	maxBody          = 32 << 20 // bytes of an answer; a definition may carry a notebook with its outputs
)

// Client speaks to Fabric for one workspace. It is safe for use by several goroutines.
type Client struct {
	Pause time.Duration // between two questions about an operation where Fabric names none; two seconds where 0. Set it before use.

	api       string
	workspace string
	http      *http.Client
	pipe      runtime.Pipeline
}

// retryDelay is before the first repetition of a question; each further one takes twice as long. Tests shorten it.
var retryDelay = 500 * time.Millisecond

// New makes a client for the configured workspace, which must be a UUID; version is this program's.
func New(cfg config.Fabric, cred azcore.TokenCredential, network *transport.Network, version string) *Client {
	c := &Client{api: cfg.APIURL, workspace: cfg.APIURL + "/v1/workspaces/" + strings.ToLower(cfg.WorkspaceID)}
	c.http = network.Client(transport.ClientOptions{Hosts: []string{cfg.APIURL}, MaxBody: maxBody})
	c.pipe = runtime.NewPipeline("fabricportal", version,
		runtime.PipelineOptions{PerRetry: []policy.Policy{runtime.NewBearerTokenPolicy(cred, []string{cfg.APIScope}, nil)}},
		&policy.ClientOptions{Transport: c.http, Retry: policy.RetryOptions{MaxRetries: 2, RetryDelay: retryDelay, MaxRetryDelay: 5 * time.Second}})
	return c
}

// CloseIdleConnections closes kept connections.
func (c *Client) CloseIdleConnections() { c.http.CloseIdleConnections() }

// UnreachableError says that no answer came. Of a change nothing is known then.
type UnreachableError struct {
	Doing troubles.Doing
	Err   error
}

func (e *UnreachableError) Error() string {
	return "Fabric could not be reached while " + string(e.Doing) + ": " + e.Err.Error()
}

func (e *UnreachableError) Unwrap() error { return e.Err }

// errTimeout is the cause of a call's own deadline, to tell it from the caller's.
var errTimeout = errors.New("it was not finished in time: try again in a few minutes")

func (c *Client) within(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, d, errTimeout)
}

// answer is one that is no error.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// read asks a question, which may be repeated, and decodes the answer into out (nil for not).
func (c *Client) read(ctx context.Context, doing troubles.Doing, method, address string, out any) (answer, error) {
	a, err := c.send(ctx, doing, method, address, nil)
	if err == nil && out != nil && json.Unmarshal(a.body, out) != nil {
		err = amiss(doing)
	}
	return a, err
}

// change asks for a change once. Only where Fabric has refused to look at it (429) it is sent again.
func (c *Client) change(ctx context.Context, doing troubles.Doing, method, address string, in any) (answer, error) {
	ctx = policy.WithRetryOptions(ctx, policy.RetryOptions{
		MaxRetries: 3, RetryDelay: retryDelay, MaxRetryDelay: 5 * time.Second,
		ShouldRetry: func(resp *http.Response, err error) bool {
			return err == nil && resp.StatusCode == http.StatusTooManyRequests
		},
	})
	return c.send(ctx, doing, method, address, in)
}

func (c *Client) send(ctx context.Context, doing troubles.Doing, method, address string, in any) (answer, error) {
	req, err := runtime.NewRequest(ctx, method, address)
	if err != nil {
		return answer{}, fmt.Errorf("%s: %w", doing, err)
	}
	req.Raw().Header.Set("Accept", "application/json")
	if in != nil {
		if err := runtime.MarshalAsJSON(req, in); err != nil {
			return answer{}, fmt.Errorf("%s: %w", doing, err)
		}
	}
	resp, err := c.pipe.Do(req)
	if err != nil {
		return answer{}, c.failed(ctx, doing, err)
	}
	defer resp.Body.Close()
	body, err := runtime.Payload(resp)
	if err != nil {
		return answer{}, c.failed(ctx, doing, err)
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return answer{}, troubles.FromHTTP(troubles.Fabric, doing, resp.StatusCode, resp.Header, body, time.Now())
	}
	return answer{resp.StatusCode, resp.Header, body}, nil
}

// failed words a call that got no usable answer.
func (c *Client) failed(ctx context.Context, doing troubles.Doing, err error) error {
	if ctx.Err() != nil && !errors.Is(context.Cause(ctx), errTimeout) {
		return context.Cause(ctx) // the caller's own end of waiting is no failure of Fabric's
	}
	if ae, ok := errors.AsType[*auth.Error](err); ok {
		return ae
	}
	if ctx.Err() != nil {
		return &UnreachableError{doing, errTimeout}
	}
	return &UnreachableError{doing, transport.Describe(c.api, err)}
}

// amiss is what this package itself finds wrong with an answer.
func amiss(doing troubles.Doing) error {
	return troubles.Of(troubles.Answer{Service: troubles.Fabric, Doing: doing, Status: http.StatusOK})
}

// finish waits for the end of the long-running operation that an answer names, and reads what it led to where that is wanted. The
// address in Location is never followed: the operation is known by its id.
func (c *Client) finish(ctx context.Context, doing troubles.Doing, a answer, result bool) (answer, error) {
	if a.status != http.StatusAccepted {
		return a, nil
	}
	id := operationID(a.header)
	if id == "" {
		return answer{}, amiss(doing)
	}
	address := c.api + "/v1/operations/" + id
	for {
		if err := c.pause(ctx, doing, troubles.RetryAfter(a.header, time.Now())); err != nil {
			return answer{}, err
		}
		var state struct {
			Status string          `json:"status"`
			Error  json.RawMessage `json:"error"`
		}
		var err error
		if a, err = c.read(ctx, doing, http.MethodGet, address, &state); err != nil {
			return answer{}, err
		}
		switch state.Status {
		case "Succeeded":
			if !result {
				return a, nil
			}
			return c.read(ctx, doing, http.MethodGet, address+"/result", nil)
		case "Failed":
			return answer{}, troubles.FromHTTP(troubles.Fabric, doing, http.StatusInternalServerError, a.header, state.Error, time.Now())
		}
	}
}

// operationID is the operation that an answer names, in a header of its own or at the end of its Location's path; "" for none.
func operationID(h http.Header) string {
	if id := h.Get("x-ms-operation-id"); isGUID(id) {
		return strings.ToLower(id)
	}
	path, _, _ := strings.Cut(h.Get("Location"), "?")
	if at := strings.LastIndex(path, "/operations/"); at >= 0 {
		if id := path[at+len("/operations/"):]; isGUID(id) {
			return strings.ToLower(id)
		}
	}
	return ""
}

func (c *Client) pause(ctx context.Context, doing troubles.Doing, named time.Duration) error {
	wait := named
	if wait <= 0 {
		wait = c.Pause
	}
	if wait <= 0 {
		wait = 2 * time.Second
	}
	timer := time.NewTimer(min(wait, operationMost))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return c.failed(ctx, doing, ctx.Err())
	}
}

// isGUID accepts the one form in which ids stand in addresses.
func isGUID(s string) bool {
	id, err := uuid.Parse(s)
	return err == nil && len(s) == 36 && id != uuid.Nil
}
