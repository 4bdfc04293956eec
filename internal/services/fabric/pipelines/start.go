package pipelines

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/streaming"

	"fabricportal/internal/services/fabric/transport"
	"fabricportal/internal/services/fabric/troubles"
)

// startBody is what Fabric gets (docs/fabric.md §2.1). The owner is told with every start, as even a service principal's needs it.
type startBody struct {
	ExecutionData struct {
		OwnerUserPrincipalName string         `json:"OwnerUserPrincipalName"`
		OwnerUserObjectID      string         `json:"OwnerUserObjectId"`
		Parameters             map[string]any `json:"parameters"`
	} `json:"executionData"`
}

// Start sends the one request that starts a job instance, at most once: no retry, no redirect, no kept connection, no byte after
// SendBy (docs/run-protocol.md §3 step 3). The token is got before the connection is made; see PrepareToken.
//
// Errors: *RefusedError and *NotSentError mean that no job was started; *InDoubtError that one may have been.
func (c *Client) Start(ctx context.Context, r StartRequest) (Started, error) {
	base, err := c.instancesURL(r.ItemID)
	if err != nil {
		return Started{}, &NotSentError{Err: err}
	}
	var in startBody
	in.ExecutionData.OwnerUserPrincipalName = c.cfg.OwnerPrincipalName
	in.ExecutionData.OwnerUserObjectID = c.cfg.OwnerObjectID
	in.ExecutionData.Parameters = r.Parameters
	if in.ExecutionData.Parameters == nil {
		in.ExecutionData.Parameters = map[string]any{}
	}
	body, err := json.Marshal(in)
	if err != nil {
		return Started{}, &NotSentError{Err: fmt.Errorf("the parameters can't be written as JSON: %w", err)}
	}
	ctx, cancel := context.WithTimeoutCause(ctx, startTimeout, errCallTimeout)
	defer cancel()
	token, err := c.token(ctx)
	if err != nil {
		return Started{}, &NotSentError{Err: err}
	}
	w := &startWire{once: c.network.Once(transport.ClientOptions{Hosts: []string{c.cfg.APIURL}, MaxBody: maxBody}, r.SendBy)}
	resp, err := c.post(ctx, w, base+"?jobType=Pipeline", token, body)
	if w.status == 0 { // no answer
		cause := error(transport.Describe(c.cfg.APIURL, err))
		if ctx.Err() != nil && !errors.Is(context.Cause(ctx), errCallTimeout) {
			cause = context.Cause(ctx)
		}
		if w.once.Left() {
			return Started{}, &InDoubtError{Err: cause}
		}
		return Started{}, &NotSentError{TooLate: w.once.TooLate(), Err: cause}
	}
	// From here on the status decides: an answer that breaks off in its body is still an answer.
	var answer []byte
	if err == nil {
		defer resp.Body.Close()
		answer, _ = io.ReadAll(resp.Body)
	}
	started, err := c.startOutcome(r.ItemID, w.status, w.header, answer)
	if doubt, ok := errors.AsType[*InDoubtError](err); ok && c.standsStill(ctx, r.ItemID, doubt.Trouble) {
		return Started{}, refusedStart(doubt.Trouble)
	}
	return started, err
}

func (c *Client) post(ctx context.Context, w *startWire, address, token string, body []byte) (*http.Response, error) {
	// No bearer policy: on a challenge it would send the request a second time.
	pipe := runtime.NewPipeline("fabricportal", c.version, runtime.PipelineOptions{}, &policy.ClientOptions{
		Transport: w, Retry: policy.RetryOptions{MaxRetries: -1},
	})
	req, err := runtime.NewRequest(ctx, http.MethodPost, address)
	if err != nil {
		return nil, err
	}
	runtime.SkipBodyDownload(req)
	req.Raw().Header.Set("Accept", "application/json")
	req.Raw().Header.Set("Authorization", "Bearer "+token)
	if err := req.SetBody(streaming.NopCloser(strings.NewReader(string(body))), "application/json"); err != nil {
		return nil, err
	}
	return pipe.Do(req)
}

// startWire keeps the answer's head, whatever becomes of its body further up.
type startWire struct {
	once   *transport.Once
	status int
	header http.Header
}

func (w *startWire) Do(req *http.Request) (*http.Response, error) {
	resp, err := w.once.Do(req)
	if err == nil {
		w.status, w.header = resp.StatusCode, resp.Header
	}
	return resp, err
}

func (c *Client) startOutcome(itemID string, status int, header http.Header, body []byte) (Started, error) {
	t := troubles.FromHTTP(troubles.Fabric, troubles.Starting, status, header, body, time.Now())
	switch {
	case status == http.StatusAccepted:
		s, err := c.started(itemID, header)
		if err != nil {
			return Started{}, &InDoubtError{Accepted: true, RequestID: t.RequestID, Err: err}
		}
		s.RetryAfter, s.RequestID = t.Wait, t.RequestID
		return s, nil
	case status == http.StatusTemporaryRedirect || status == http.StatusPermanentRedirect:
		// By their definition these have not done what was asked; other redirects may have.
	case t.ID == "capacity_paused":
		// Nothing runs on a paused capacity, whatever the status.
	case status < 400 || status >= 500 || status == http.StatusRequestTimeout:
		return Started{}, &InDoubtError{RequestID: t.RequestID, Err: t, Trouble: t}
	}
	return Started{}, refusedStart(t)
}

func refusedStart(t *troubles.Trouble) *RefusedError {
	return &RefusedError{
		HTTPStatus: t.Status, Code: t.Code, Message: t.Message, RequestID: t.RequestID, RetryAfter: t.Wait, Sentence: t.Error(), Trouble: t,
	}
}

// stillTimeout bounds the question that follows an answer that a paused capacity gives.
const stillTimeout = 10 * time.Second

// standsStill tells whether an error answer was that of a capacity that does no work: Fabric then says the same of a plain question
// about the item, and could not have started anything. The answer alone does not prove that, as any fault of Fabric's may look so.
func (c *Client) standsStill(ctx context.Context, itemID string, t *troubles.Trouble) bool {
	if t == nil || t.ID != "capacity_unknown" {
		return false
	}
	ctx, cancel := context.WithTimeoutCause(ctx, stillTimeout, errCallTimeout)
	defer cancel()
	_, err := c.ask(once(ctx), troubles.LookingUp, http.MethodGet, c.itemURL(itemID), nil, nil)
	service, ok := errors.AsType[*ServiceError](err)
	return ok && service.Trouble != nil && (service.Trouble.ID == t.ID || service.Trouble.ID == "capacity_paused")
}

// started reads which job the answer is about: from x-ms-job-id, else from the path of its Location. A Location that names no job of
// this item says nothing; only where the two name different jobs is the answer of no use (docs/fabric.md §2.2).
func (c *Client) started(itemID string, header http.Header) (Started, error) {
	named := strings.ToLower(header.Get("x-ms-job-id"))
	if !isGUID(named) {
		named = ""
	}
	location := header.Get("Location")
	located, err := c.jobOf(itemID, location)
	id := named
	switch {
	case id == "" && err != nil && location != "":
		return Started{}, err
	case id == "":
		id = located
	case located != "" && located != id:
		return Started{}, errors.New("the answer names two different jobs")
	}
	if id == "" {
		return Started{}, errors.New("the answer names no job")
	}
	s := Started{JobID: id, JobURL: c.JobURL(itemID, id)}
	if located == id {
		s.JobURL = clean(location, maxLocation) // what Fabric said is kept for people; nothing calls it
	}
	return s, nil
}
