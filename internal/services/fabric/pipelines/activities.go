package pipelines

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"fabricportal/internal/services/fabric/troubles"
)

const (
	activityPages = 20
	activityRows  = 2000
	// The run's own times are bracketed, since its activities' may lie outside and clocks differ (docs/fabric.md §4).
	windowMargin = 24 * time.Hour
	maxWindow    = 30 * 24 * time.Hour // Fabric keeps no more
)

type activityQuery struct {
	Filters      []string            `json:"filters"`
	OrderBy      []map[string]string `json:"orderBy"`
	After        string              `json:"lastUpdatedAfter"`
	Before       string              `json:"lastUpdatedBefore"`
	Continuation string              `json:"continuationToken,omitempty"`
}

// ActivityRuns reads the activities of a pipeline run, oldest first. from and to are the run's own times. The endpoint is described in
// Microsoft's documentation but not in its API reference, so whatever can't be read is left out, and an unknown run has no
// activities yet. Errors: *UnauthorizedError, *ServiceError, *UnreachableError, or the context's.
func (c *Client) ActivityRuns(ctx context.Context, jobID string, from, to time.Time) ([]ActivityRun, error) {
	if !isGUID(jobID) {
		return nil, badID("job", jobID)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, listTimeout, errCallTimeout)
	defer cancel()
	from, to = from.Add(-windowMargin), to.Add(windowMargin)
	if to.Sub(from) > maxWindow {
		to = from.Add(maxWindow)
	}
	q := activityQuery{
		Filters: []string{}, OrderBy: []map[string]string{{"orderBy": "ActivityRunStart", "order": "DESC"}},
		After: from.UTC().Format(time.RFC3339Nano), Before: to.UTC().Format(time.RFC3339Nano),
	}
	address := c.cfg.APIURL + "/v1/workspaces/" + c.cfg.WorkspaceID + "/datapipelines/pipelineruns/" + strings.ToLower(jobID) + "/queryactivityruns"
	var out []ActivityRun
	seen := map[string]bool{}
	for range activityPages {
		var raw json.RawMessage
		_, err := c.ask(ctx, troubles.AskingSteps, http.MethodPost, address, q, &raw)
		if unknown(err) {
			break
		}
		if err != nil {
			return nil, err
		}
		rows, token := activityPage(raw)
		for _, row := range rows {
			a, ok := c.activity(row)
			key := a.ID + "/" + fmt.Sprint(a.RetryAttempt) + "/" + a.IterationIndex
			if !ok || (a.ID != "" && seen[key]) || len(out) >= activityRows {
				continue
			}
			seen[key] = true
			out = append(out, a)
		}
		if token == "" || token == q.Continuation {
			break
		}
		q.Continuation = token
	}
	slices.SortStableFunc(out, func(a, b ActivityRun) int { return atOf(a).Compare(atOf(b)) })
	return out, nil
}

// atOf puts an activity that has not started after all others.
func atOf(a ActivityRun) time.Time {
	if a.Start == nil {
		return time.Unix(1<<40, 0)
	}
	return *a.Start
}

// activityPage accepts both shapes that are documented or seen: an object with value and continuationToken, and a bare array.
func activityPage(raw json.RawMessage) (rows []json.RawMessage, token string) {
	if bytes.HasPrefix(bytes.TrimSpace(raw), []byte("[")) {
		_ = json.Unmarshal(raw, &rows)
		return rows, ""
	}
	var page struct {
		Value []json.RawMessage `json:"value"`
		Token json.RawMessage   `json:"continuationToken"`
	}
	_ = json.Unmarshal(raw, &page) // what has neither form holds no activities
	_ = json.Unmarshal(page.Token, &token)
	return page.Value, token
}

// activity reads one row. Each field stands alone: one of an unexpected type does not cost the others.
func (c *Client) activity(raw json.RawMessage) (ActivityRun, bool) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		return ActivityRun{}, false
	}
	a := ActivityRun{
		ID: field[string](fields, "activityRunId"), Name: clean(field[string](fields, "activityName"), 260),
		Type: clean(field[string](fields, "activityType"), 100), Status: clean(field[string](fields, "status"), 100),
		Start: parseTime(field[string](fields, "activityRunStart")), End: parseTime(field[string](fields, "activityRunEnd")),
		Duration: time.Duration(field[float64](fields, "durationInMs") * float64(time.Millisecond)),
		Input:    fields["input"], Output: fields["output"],
		RetryAttempt: int(field[float64](fields, "retryAttempt")), IterationIndex: clean(field[string](fields, "iterationHash"), 100),
	}
	failure := field[map[string]json.RawMessage](fields, "error")
	code, message := field[string](failure, "errorCode"), field[string](failure, "message")

	output := field[map[string]json.RawMessage](fields, "output")
	result := field[map[string]json.RawMessage](output, "result")
	thrown := field[map[string]json.RawMessage](result, "error")
	// The notebook's own error says more than the activity's, which only reports that the notebook failed.
	name, value := field[string](thrown, "ename"), field[string](thrown, "evalue")
	if name+value != "" {
		message = troubles.Thrown(name, value)
		if code == "" {
			code = name
		}
	}
	a.ErrorCode = clean(code, 200)
	switch {
	case troubles.OwnSentence(name):
		a.ErrorMessage = clean(message, maxMessage) // nothing is looked for in what is said to the analyst
	case message != "":
		a.Trouble = troubles.Of(troubles.Answer{Service: troubles.Step, Code: code, Message: message})
		a.ErrorMessage = a.Trouble.Error()
	}
	// workloads/de-ds/sparkmonitor/{notebookId}/{livyId}
	if m := sparkForm.FindStringSubmatch(strings.ToLower(field[string](output, "SparkMonitoringURL"))); m != nil {
		a.SnapshotURL, a.SparkURL = c.snapshotURL(m[1], field[string](result, "runId")), c.sparkURL(m[1], m[2])
	}
	return a, a.Name != "" || a.ID != ""
}

// field reads one value of an object; the zero value where it is absent or of another type.
func field[T any](fields map[string]json.RawMessage, name string) T {
	var v, zero T
	if json.Unmarshal(fields[name], &v) != nil {
		return zero
	}
	return v
}

// CarriesRun tells whether the activity was given this run's id as its parameter run_id, which proves that the job is the run's
// (docs/run-protocol.md §1). The id under another name, such as source_run_id, proves nothing.
func (a ActivityRun) CarriesRun(runID string) bool {
	if !isGUID(runID) {
		return false
	}
	var input any
	if json.Unmarshal(a.Input, &input) != nil {
		return false
	}
	return carries(input, runID, 0)
}

func carries(v any, runID string, depth int) bool {
	if depth > 8 {
		return false
	}
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			if carries(e, runID, depth+1) {
				return true
			}
		}
	case map[string]any:
		// Two shapes: {"run_id": …} and {"name": "run_id", "value": …}.
		if name, _ := v["name"].(string); strings.EqualFold(name, "run_id") && isRun(v["value"], runID) {
			return true
		}
		for key, e := range v {
			if strings.EqualFold(key, "run_id") && isRun(e, runID) || carries(e, runID, depth+1) {
				return true
			}
		}
	}
	return false
}

// isRun accepts the plain value, and the one with its type beside it: {"value": …, "type": "string"}.
func isRun(v any, runID string) bool {
	if typed, ok := v.(map[string]any); ok {
		v = typed["value"]
	}
	text, ok := v.(string)
	return ok && strings.EqualFold(strings.TrimSpace(text), runID)
}
