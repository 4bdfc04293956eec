package pipelines

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"fabricportal/internal/services/fabric/troubles"
)

// The definition of an item may come by a long-running operation (docs/fabric.md §3.4).
const (
	definitionTimeout = 60 * time.Second
	operationPause    = 2 * time.Second // between two questions where Fabric names none
	operationMost     = 30 * time.Second
)

// definitionJSON is the answer to getDefinition, and the result of its operation.
type definitionJSON struct {
	Definition struct {
		Parts []struct {
			Path    string `json:"path"`
			Payload string `json:"payload"`
			Type    string `json:"payloadType"`
		} `json:"parts"`
	} `json:"definition"`
}

// Parameters names the parameters that a pipeline declares, sorted. Fabric ignores a parameter that a pipeline does not declare
// without a word (docs/fabric.md §2.1), so whoever must be heard asks first. Errors: *UnauthorizedError (reading a definition needs more
// rights than starting a job), *ServiceError, *UnreachableError, or the context's.
func (c *Client) Parameters(ctx context.Context, itemID string) ([]string, error) {
	if !isGUID(itemID) {
		return nil, badID("pipeline", itemID)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, definitionTimeout, errCallTimeout)
	defer cancel()
	const doing = troubles.ReadingContent
	var body json.RawMessage
	header, err := c.ask(ctx, doing, http.MethodPost, c.itemURL(itemID)+"/getDefinition", nil, &body)
	if id := operationID(header); id != "" && accepted(err, body) {
		body, err = c.operationResult(ctx, doing, id, troubles.RetryAfter(header, time.Now()))
	}
	if err != nil {
		return nil, err
	}
	names, err := declaredParameters(body)
	if err != nil {
		return nil, amiss(doing, http.StatusOK, troubles.NoDefinition)
	}
	return names, nil
}

// operationID is the id of the operation that an answer names; "" where it names none. The address in Location is never followed.
func operationID(header http.Header) string {
	if id := header.Get("x-ms-operation-id"); isGUID(id) {
		return strings.ToLower(id)
	}
	return ""
}

// accepted tells an answer without a body, as 202 has, from one that has failed.
func accepted(err error, body json.RawMessage) bool {
	if service, ok := errors.AsType[*ServiceError](err); ok {
		return service.HTTPStatus == http.StatusAccepted
	}
	trimmed := bytes.TrimSpace(body)
	return err == nil && (len(trimmed) == 0 || string(trimmed) == "null")
}

// operationResult waits for an operation's end and reads what it led to.
func (c *Client) operationResult(ctx context.Context, doing troubles.Doing, id string, wait time.Duration) (json.RawMessage, error) {
	address := strings.TrimRight(c.cfg.APIURL, "/") + "/v1/operations/" + id
	for {
		if wait <= 0 {
			wait = operationPause
		}
		timer := time.NewTimer(min(wait, operationMost))
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil, c.failed(ctx, doing, ctx.Err())
		case <-timer.C:
		}
		var state struct {
			Status string          `json:"status"`
			Error  json.RawMessage `json:"error"`
		}
		header, err := c.ask(ctx, doing, http.MethodGet, address, nil, &state)
		if err != nil {
			return nil, err
		}
		switch state.Status {
		case "Succeeded":
			var body json.RawMessage
			_, err := c.ask(ctx, doing, http.MethodGet, address+"/result", nil, &body)
			return body, err
		case "Failed":
			return nil, refused(troubles.FromHTTP(troubles.Fabric, doing, http.StatusInternalServerError, header, state.Error, time.Now()))
		}
		wait = troubles.RetryAfter(header, time.Now())
	}
}

// declaredParameters reads the names from the part that holds a pipeline's content.
func declaredParameters(body []byte) ([]string, error) {
	var d definitionJSON
	if err := json.Unmarshal(body, &d); err != nil {
		return nil, err
	}
	for _, part := range d.Definition.Parts {
		if part.Path != "pipeline-content.json" || part.Type != "InlineBase64" {
			continue
		}
		content, err := base64.StdEncoding.DecodeString(part.Payload)
		if err != nil {
			return nil, err
		}
		var pipeline struct {
			Properties struct {
				Parameters map[string]json.RawMessage `json:"parameters"`
			} `json:"properties"`
		}
		if err := json.Unmarshal(content, &pipeline); err != nil {
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
