package fabricapi

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"fabricportal/internal/sandbox/standin/faults"
	"fabricportal/internal/sandbox/standin/jobs"
)

// maxBody bounds what is read of a request.
const maxBody = 1 << 20

// start accepts a job, in both forms of the URL: ?jobType=Pipeline and /jobs/Pipeline/instances.
func (a *API) start(w http.ResponseWriter, r *http.Request) {
	if !a.inWorkspace(w, r) {
		return
	}
	jobType := r.PathValue("jobtype")
	if jobType == "" {
		jobType = r.URL.Query().Get("jobType")
	}
	itemID := r.PathValue("item")
	if a.o.Engine.Pipeline(itemID) == nil {
		a.noItem(w, itemID)
		return
	}
	switch {
	case strings.EqualFold(jobType, "Pipeline"):
		jobType = "Pipeline"
	case strings.EqualFold(jobType, "Execute"):
		jobType = "Execute"
	default:
		refuse(w, http.StatusBadRequest, "InvalidJobType", fmt.Sprintf("The job type '%s' is not supported for this item type", jobType))
		return
	}
	var body struct {
		ExecutionData struct {
			Parameters         map[string]any `json:"parameters"`
			OwnerPrincipalName string         `json:"OwnerUserPrincipalName"`
			OwnerObjectID      string         `json:"OwnerUserObjectId"`
		} `json:"executionData"`
		Parameters json.RawMessage `json:"parameters"`
	}
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err == nil && len(text) > 0 {
		err = json.Unmarshal(text, &body)
	}
	data := body.ExecutionData
	switch {
	case err != nil:
		refuse(w, http.StatusBadRequest, "InvalidInput", "The request has an invalid input: the body can't be read")
		return
	case body.Parameters != nil:
		refuse(w, http.StatusBadRequest, "FeatureNotAvailable", "Parameter is not allowed for this item type or this item job type")
		return
	case data.OwnerPrincipalName == "" || data.OwnerObjectID == "":
		refuse(w, http.StatusBadRequest, "InvalidInput", "The request has an invalid input: executionData must hold OwnerUserPrincipalName and OwnerUserObjectId")
		return
	case uuid.Validate(data.OwnerObjectID) != nil:
		refuse(w, http.StatusBadRequest, "InvalidInput", "The request has an invalid input: OwnerUserObjectId is not a valid GUID")
		return
	case len(data.Parameters) > 50:
		refuse(w, http.StatusBadRequest, "InvalidInput", "The request has an invalid input: a pipeline has at most 50 parameters")
		return
	}
	job, err := a.o.Engine.Start(itemID, jobs.Request{
		JobType: jobType, Parameters: data.Parameters, OwnerPrincipalName: data.OwnerPrincipalName, OwnerObjectID: data.OwnerObjectID,
		Deduped: faults.Of(r).Deduped,
	})
	if err != nil {
		refuse(w, http.StatusServiceUnavailable, "ServiceUnavailable", "The service is temporarily unavailable")
		return
	}
	w.Header().Set("x-ms-job-id", job.ID)
	a.accepted(w, job)
}

// accepted answers 202 with where the job is found.
func (a *API) accepted(w http.ResponseWriter, job jobs.Job) {
	w.Header().Set("Location", fmt.Sprintf("%s/v1/workspaces/%s/items/%s/jobs/instances/%s", a.o.BaseURL, a.o.WorkspaceID, job.ItemID, job.ID))
	w.Header().Set("Retry-After", a.retryAfter())
	answer(w, http.StatusAccepted, nil)
}

// job is the job of the path, known to the item of the path; it answers where there is none.
func (a *API) job(w http.ResponseWriter, r *http.Request) (jobs.Job, bool) {
	if !a.inWorkspace(w, r) {
		return jobs.Job{}, false
	}
	if a.o.Engine.Pipeline(r.PathValue("item")) == nil {
		a.noItem(w, r.PathValue("item"))
		return jobs.Job{}, false
	}
	job, err := a.o.Engine.Job(r.PathValue("job"))
	if err == nil && job.ItemID == r.PathValue("item") {
		var known bool
		if job.Status, known = a.o.Faults.Shown(job.ID, job.Status); known {
			return job, true
		}
	}
	refuse(w, http.StatusNotFound, "EntityNotFound", "The requested job instance was not found")
	return jobs.Job{}, false
}

func (a *API) get(w http.ResponseWriter, r *http.Request) {
	job, ok := a.job(w, r)
	if !ok {
		return
	}
	w.Header().Set("Retry-After", a.retryAfter())
	answer(w, http.StatusOK, instance(job))
}

// instance is a job in Fabric's form (ItemJobInstance).
func instance(job jobs.Job) map[string]any {
	body := map[string]any{
		"id": job.ID, "itemId": job.ItemID, "jobType": job.JobType, "invokeType": "Manual", "status": job.Status,
		"rootActivityId": job.RootActivityID, "startTimeUtc": utc(job.Accepted), "endTimeUtc": nil, "failureReason": nil,
	}
	if !job.Unfinished() {
		body["endTimeUtc"] = utc(job.Ended)
	}
	if job.Status == jobs.Failed {
		// All that the job itself tells; the reason is in its activity runs.
		body["failureReason"] = map[string]any{
			"requestId": job.RootActivityID, "errorCode": "JobInstanceStatusFailed", "message": "Job instance failed without detail error",
		}
	}
	return body
}

// utc is a time as the job scheduler writes it: seven decimals, and no zone.
func utc(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.0000000") }

// listJobs pages through an item's jobs, latest first.
func (a *API) listJobs(w http.ResponseWriter, r *http.Request) {
	if !a.inWorkspace(w, r) {
		return
	}
	itemID := r.PathValue("item")
	if a.o.Engine.Pipeline(itemID) == nil {
		a.noItem(w, itemID)
		return
	}
	skip, ok := fromToken(r.URL.Query().Get("continuationToken"))
	if !ok {
		refuse(w, http.StatusBadRequest, "InvalidInput", "The request has an invalid input: continuationToken is not valid")
		return
	}
	all := a.o.Engine.Jobs()
	slices.Reverse(all)
	value := []any{}
	for _, job := range all {
		status, known := a.o.Faults.Shown(job.ID, job.Status)
		if job.ItemID == itemID && known && a.o.Faults.Listed(job.Accepted) {
			job.Status = status
			value = append(value, instance(job))
		}
	}
	value = value[min(skip, len(value)):]
	body := map[string]any{}
	if len(value) > a.o.PageSize {
		value = value[:a.o.PageSize]
		// In the body the token stands as it stands in a URL.
		token := url.QueryEscape(toToken(skip + a.o.PageSize))
		body["continuationToken"] = token
		body["continuationUri"] = fmt.Sprintf("%s/v1/workspaces/%s/items/%s/jobs/instances?continuationToken=%s", a.o.BaseURL, a.o.WorkspaceID, itemID, token)
	}
	body["value"] = value
	answer(w, http.StatusOK, body)
}

// A token is ",1,N,0" in Base64, as the official sample's is.
func toToken(skip int) string {
	return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, ",1,%d,0", skip))
}

func fromToken(token string) (skip int, ok bool) {
	if token == "" {
		return 0, true
	}
	if unescaped, err := url.QueryUnescape(token); err == nil {
		token = unescaped
	}
	text, err := base64.StdEncoding.DecodeString(token)
	parts := strings.Split(string(text), ",")
	if err != nil || len(parts) != 4 {
		return 0, false
	}
	skip, err = strconv.Atoi(parts[2])
	return skip, err == nil && skip >= 0
}

func (a *API) cancel(w http.ResponseWriter, r *http.Request) {
	job, ok := a.job(w, r)
	if !ok {
		return
	}
	err := a.o.Engine.Cancel(job.ID)
	if errors.Is(err, jobs.ErrCompleted) {
		refuse(w, http.StatusBadRequest, "JobAlreadyCompleted", "The job instance has already completed")
		return
	}
	a.accepted(w, job)
}

// activityRuns answers for one job. The path does not name the item, as in Fabric.
func (a *API) activityRuns(w http.ResponseWriter, r *http.Request) {
	if !a.inWorkspace(w, r) {
		return
	}
	job, err := a.o.Engine.Job(r.PathValue("job"))
	if _, known := a.o.Faults.Shown(job.ID, ""); err != nil || !known {
		refuse(w, http.StatusNotFound, "EntityNotFound", "The requested pipeline run was not found")
		return
	}
	var query struct {
		Filters []struct {
			Operand  string   `json:"operand"`
			Operator string   `json:"operator"`
			Values   []string `json:"values"`
		} `json:"filters"`
		OrderBy []struct {
			OrderBy string `json:"orderBy"`
			Order   string `json:"order"`
		} `json:"orderBy"`
		After        *time.Time `json:"lastUpdatedAfter"`
		Before       *time.Time `json:"lastUpdatedBefore"`
		Continuation string     `json:"continuationToken"`
	}
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err == nil && len(text) > 0 {
		err = json.Unmarshal(text, &query)
	}
	skip, ok := fromToken(query.Continuation)
	if err != nil || !ok {
		refuse(w, http.StatusBadRequest, "InvalidInput", "The request has an invalid input: the body can't be read")
		return
	}
	value := []any{}
	for _, run := range job.Activities {
		updated := run.End
		if updated.IsZero() {
			updated = time.Now()
		}
		keep := (query.After == nil || !updated.Before(*query.After)) && (query.Before == nil || !run.Start.After(*query.Before))
		for _, f := range query.Filters {
			is := map[string]string{"Status": run.Status, "ActivityName": run.Name}[f.Operand]
			keep = keep && slices.Contains(f.Values, is)
		}
		if keep {
			value = append(value, activityRow(job, run))
		}
	}
	if len(query.OrderBy) > 0 && strings.EqualFold(query.OrderBy[0].Order, "DESC") {
		slices.Reverse(value)
	}
	value = value[min(skip, len(value)):]
	body := map[string]any{}
	if len(value) > a.o.PageSize {
		value = value[:a.o.PageSize]
		body["continuationToken"] = toToken(skip + a.o.PageSize)
	}
	body["value"] = value
	answer(w, http.StatusOK, body)
}

func activityRow(job jobs.Job, run jobs.ActivityRun) map[string]any {
	end, duration := any(nil), any(nil)
	if !run.End.IsZero() {
		end, duration = run.End.UTC().Format("2006-01-02T15:04:05.0000000Z"), run.End.Sub(run.Start).Milliseconds()
	}
	return map[string]any{
		"pipelineName": job.ItemID, "pipelineRunId": job.ID, "activityName": run.Name, "activityType": run.Type, "activityRunId": run.ID,
		"linkedServiceName": "", "status": run.Status, "activityRunStart": run.Start.UTC().Format("2006-01-02T15:04:05.0000000Z"),
		"activityRunEnd": end, "durationInMs": duration, "input": run.Input, "output": orEmpty(run.Output),
		"error": map[string]any{
			"errorCode": run.Error.Code, "message": run.Error.Message, "failureType": run.Error.FailureType, "target": run.Name, "details": "",
		},
		"retryAttempt": nil, "iterationHash": "", "userProperties": map[string]any{}, "recoveryStatus": "None",
		"integrationRuntimeNames": nil, "executionDetails": nil, "id": "/SUBSCRIPTIONS/00000000-0000-0000-0000-000000000000/activityruns/" + run.ID,
	}
}

func orEmpty(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}
