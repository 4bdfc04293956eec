package standin_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/standin"
	"fabricportal/internal/sandbox/standin/faults"
	"fabricportal/internal/sandbox/standin/jobs"
)

func (w *world) item() string {
	return w.APIURL + "/v1/workspaces/" + w.WorkspaceID + "/items/" + w.PipelineIDs["echo"]
}

// startBody is a body that is accepted.
func startBody(parameters map[string]any) map[string]any {
	return map[string]any{"executionData": map[string]any{
		"OwnerUserPrincipalName": "owner@example.org", "OwnerUserObjectId": uuid.NewString(), "parameters": parameters,
	}}
}

func (w *world) start(token, runID string) answer {
	w.t.Helper()
	return w.must("POST", w.item()+"/jobs/instances?jobType=Pipeline", token, startBody(map[string]any{"run_id": runID}), nil)
}

func (w *world) wait(until func([]jobs.Job) bool) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 20*time.Second)
	defer cancel()
	require.NoError(w.t, w.Jobs.Wait(ctx, until))
}

func allEnded(all []jobs.Job) bool {
	return !slices.ContainsFunc(all, jobs.Job.Unfinished)
}

// gate is a runner that holds every notebook until it is opened.
type gate struct {
	open    chan struct{}
	entered chan jobs.Execution
}

func newGate() *gate { return &gate{make(chan struct{}), make(chan jobs.Execution, 100)} }

func (g *gate) Run(ctx context.Context, x jobs.Execution) (jobs.Outcome, error) {
	g.entered <- x
	select {
	case <-g.open:
		return jobs.Outcome{ExitValue: "done"}, nil
	case <-ctx.Done():
		return jobs.Outcome{}, ctx.Err()
	}
}

func TestJobFromStartToEnd(t *testing.T) {
	g := newGate()
	w := start(t, func(o *standin.Options) { o.Runner = g })
	token := w.fabricToken()
	for _, form := range []string{"/jobs/instances?jobType=Pipeline", "/jobs/Pipeline/instances"} {
		t.Run(form, func(t *testing.T) {
			a := w.must("POST", w.item()+form, token, startBody(map[string]any{"run_id": "r-1", "unknown": 1}), nil)
			require.Equal(t, 202, a.status)
			require.Empty(t, a.body)
			require.Equal(t, "3", a.header.Get("Retry-After"))
			id := a.header.Get("x-ms-job-id")
			require.NoError(t, uuid.Validate(id))
			require.Equal(t, w.item()+"/jobs/instances/"+id, a.header.Get("Location"))
			require.NotEmpty(t, a.header.Get("RequestId"))
			for _, name := range acceptedHeaders {
				require.NotEmpty(t, a.header.Get(name), name)
			}

			x := <-g.entered
			require.Equal(t, map[string]any{"run_id": "r-1", "visitors": int64(7), "lakehouse_root": w.dir}, x.Parameters)
			running := w.must("GET", a.header.Get("Location"), token, nil, nil).json(t)
			require.Equal(t, "InProgress", running["status"])
			require.Nil(t, running["endTimeUtc"])
			rows := w.activityRuns(token, id)
			require.Len(t, rows, 1)
			require.Equal(t, "InProgress", rows[0]["status"])
			require.Equal(t, map[string]any{"run_id": map[string]any{"value": "r-1", "type": "string"}, "visitors": map[string]any{"value": 7.0, "type": "int"}},
				rows[0]["input"].(map[string]any)["parameters"])

			g.open <- struct{}{}
			w.wait(allEnded)
			got := w.must("GET", a.header.Get("Location"), token, nil, nil)
			require.Equal(t, "3", got.header.Get("Retry-After"))
			done := got.json(t)
			require.Equal(t, jobFields, slices.Sorted(maps.Keys(done)))
			require.Equal(t, "Completed", done["status"])
			require.Equal(t, "Manual", done["invokeType"])
			require.Regexp(t, jobTime, done["startTimeUtc"])
			require.Regexp(t, jobTime, done["endTimeUtc"])
			row := w.activityRuns(token, id)[0]
			require.Equal(t, "TridentNotebook", row["activityType"])
			require.Equal(t, "done", row["output"].(map[string]any)["result"].(map[string]any)["exitValue"])
			require.Contains(t, row["output"].(map[string]any)["SparkMonitoringURL"], "workloads/de-ds/sparkmonitor/")
		})
	}
}

func (w *world) activityRuns(token, job string) (rows []map[string]any) {
	w.t.Helper()
	now := time.Now().UTC()
	a := w.must("POST", w.APIURL+"/v1/workspaces/"+w.WorkspaceID+"/datapipelines/pipelineruns/"+job+"/queryactivityruns", token, map[string]any{
		"filters": []any{}, "orderBy": []any{map[string]any{"orderBy": "ActivityRunStart", "order": "DESC"}},
		"lastUpdatedAfter": now.Add(-24 * time.Hour), "lastUpdatedBefore": now.Add(24 * time.Hour),
	}, nil)
	require.Equal(w.t, 200, a.status)
	for _, row := range a.json(w.t)["value"].([]any) {
		rows = append(rows, row.(map[string]any))
	}
	return rows
}

func TestFailureIsToldInTheActivityRun(t *testing.T) {
	w := start(t, func(o *standin.Options) {
		o.Runner = jobs.RunnerFunc(func(context.Context, jobs.Execution) (jobs.Outcome, error) {
			return jobs.Outcome{Error: &jobs.NotebookError{Name: "RunFailed", Value: "The column revenue is missing.", Traceback: []string{"line 1"}}}, nil
		})
	})
	token := w.fabricToken()
	a := w.start(token, "r-1")
	w.wait(allEnded)
	job := w.must("GET", a.header.Get("Location"), token, nil, nil).json(t)
	require.Equal(t, "Failed", job["status"])
	require.Equal(t, "JobInstanceStatusFailed", job["failureReason"].(map[string]any)["errorCode"])
	row := w.activityRuns(token, a.header.Get("x-ms-job-id"))[0]
	require.Equal(t, "Failed", row["status"])
	require.Equal(t, map[string]any{"ename": "RunFailed", "evalue": "The column revenue is missing.", "traceback": []any{"line 1"}},
		row["output"].(map[string]any)["result"].(map[string]any)["error"])
	require.Contains(t, row["error"].(map[string]any)["message"], "The column revenue is missing.")
}

func TestStartIsRefused(t *testing.T) {
	w := start(t, nil)
	token := w.fabricToken()
	noOwner := startBody(nil)
	delete(noOwner["executionData"].(map[string]any), "OwnerUserObjectId")
	badOwner := startBody(nil)
	badOwner["executionData"].(map[string]any)["OwnerUserObjectId"] = "me"
	instances := "/jobs/instances?jobType="
	workspace := w.APIURL + "/v1/workspaces/" + w.WorkspaceID
	for name, c := range map[string]struct {
		url    string
		body   any
		status int
		code   string
	}{
		"no body":           {w.item() + instances + "Pipeline", nil, 400, "InvalidInput"},
		"no JSON":           {w.item() + instances + "Pipeline", []byte("{"), 400, "InvalidInput"},
		"no owner":          {w.item() + instances + "Pipeline", noOwner, 400, "InvalidInput"},
		"owner is no GUID":  {w.item() + instances + "Pipeline", badOwner, 400, "InvalidInput"},
		"typed parameters":  {w.item() + instances + "Pipeline", map[string]any{"parameters": []any{}}, 400, "FeatureNotAvailable"},
		"job type":          {w.item() + instances + "RunNotebook", startBody(nil), 400, "InvalidJobType"},
		"unknown item":      {workspace + "/items/" + uuid.NewString() + instances + "Pipeline", startBody(nil), 404, "ItemNotFound"},
		"no GUID":           {workspace + "/items/echo" + instances + "Pipeline", startBody(nil), 400, "InvalidInput"},
		"unknown workspace": {strings.Replace(w.item(), w.WorkspaceID, uuid.NewString(), 1) + instances + "Pipeline", startBody(nil), 404, "WorkspaceNotFound"},
		"unknown endpoint":  {w.item() + "/jobs/instances/a/b/c", nil, 404, "EndpointNotFound"},
	} {
		t.Run(name, func(t *testing.T) {
			a := w.must("POST", c.url, token, c.body, nil)
			require.Equal(t, c.status, a.status)
			require.Equal(t, c.code, a.json(t)["errorCode"])
			require.Equal(t, a.header.Get("RequestId"), a.json(t)["requestId"])
			require.Equal(t, false, a.json(t)["isRetriable"])
		})
	}
	require.Empty(t, w.Jobs.Jobs(), "a refused start must not leave a job")
}

func TestListingPages(t *testing.T) {
	w := start(t, func(o *standin.Options) { o.PageSize = 2 })
	token := w.fabricToken()
	var want []string
	for i := range 5 {
		want = append(want, w.start(token, fmt.Sprint(i)).header.Get("x-ms-job-id"))
	}
	slices.Reverse(want)
	w.wait(allEnded)
	var got []string
	next := w.item() + "/jobs/instances"
	for pages := 1; next != ""; pages++ {
		page := w.must("GET", next, token, nil, nil).json(t)
		for _, v := range page["value"].([]any) {
			got = append(got, v.(map[string]any)["id"].(string))
		}
		next, _ = page["continuationUri"].(string)
		if next != "" {
			require.Equal(t, pageFields, slices.Sorted(maps.Keys(page)))
			require.True(t, strings.HasSuffix(next, "?continuationToken="+page["continuationToken"].(string)))
			// Both the token as it stands and the unescaped one, escaped anew, lead on.
			plain, err := url.QueryUnescape(page["continuationToken"].(string))
			require.NoError(t, err)
			require.Equal(t, 200, w.must("GET", w.item()+"/jobs/instances?"+url.Values{"continuationToken": {plain}}.Encode(), token, nil, nil).status)
		} else {
			require.Equal(t, 3, pages)
			require.NotContains(t, page, "continuationToken")
		}
	}
	require.Equal(t, want, got)
	require.Equal(t, 400, w.must("GET", w.item()+"/jobs/instances?continuationToken=x", token, nil, nil).status)
}

func TestCancel(t *testing.T) {
	g := newGate()
	w := start(t, func(o *standin.Options) { o.Runner = g })
	token := w.fabricToken()
	location := w.start(token, "r").header.Get("Location")
	<-g.entered
	a := w.must("POST", location+"/cancel", token, nil, nil)
	require.Equal(t, 202, a.status)
	for _, name := range acceptedHeaders {
		require.NotEmpty(t, a.header.Get(name), name)
	}
	w.wait(allEnded)
	require.Equal(t, "Cancelled", w.must("GET", location, token, nil, nil).json(t)["status"])
	a = w.must("POST", location+"/cancel", token, nil, nil)
	require.Equal(t, 400, a.status)
	require.Equal(t, "JobAlreadyCompleted", a.json(t)["errorCode"])
	require.Equal(t, 404, w.must("POST", w.item()+"/jobs/instances/"+uuid.NewString()+"/cancel", token, nil, nil).status)
}

func TestItemsAndDefinition(t *testing.T) {
	w := start(t, nil)
	token := w.fabricToken()
	workspace := w.APIURL + "/v1/workspaces/" + w.WorkspaceID
	require.Len(t, w.must("GET", workspace+"/items", token, nil, nil).json(t)["value"], 3)
	require.Equal(t, w.WorkspaceID, w.must("GET", workspace, token, nil, nil).json(t)["id"])
	require.Len(t, w.must("GET", w.APIURL+"/v1/workspaces", token, nil, nil).json(t)["value"], 1)
	require.Equal(t, "echo", w.must("GET", w.item(), token, nil, nil).json(t)["displayName"])
	require.Equal(t, 404, w.must("GET", workspace+"/items/"+uuid.NewString(), token, nil, nil).status)

	lakehouse := w.must("GET", workspace+"/lakehouses/"+w.LakehouseID, token, nil, nil).json(t)
	for _, key := range lakehousePaths {
		require.Contains(t, lakehouse["properties"].(map[string]any)[key], w.OneLakeURL+"/"+w.WorkspaceID+"/"+w.LakehouseID+"/")
	}

	part := func(body map[string]any) string {
		first := body["definition"].(map[string]any)["parts"].([]any)[0].(map[string]any)
		require.Equal(t, "pipeline-content.json", first["path"])
		require.Equal(t, "InlineBase64", first["payloadType"])
		text, err := base64.StdEncoding.DecodeString(first["payload"].(string))
		require.NoError(t, err)
		return string(text)
	}
	for _, path := range []string{"/items/", "/dataPipelines/"} {
		text := part(w.must("POST", workspace+path+w.PipelineIDs["echo"]+"/getDefinition", token, nil, nil).json(t))
		require.Contains(t, text, w.WorkspaceID)
		require.NotContains(t, text, "00000000-0000-0000-0000-000000000000", "the zero GUID is the workspace's place")
	}
	w.Faults.Next(faults.Definition, 1, faults.Fault{Operation: true})
	a := w.must("POST", w.item()+"/getDefinition", token, nil, nil)
	require.Equal(t, 202, a.status)
	require.Equal(t, "Succeeded", w.must("GET", a.header.Get("Location"), token, nil, nil).json(t)["status"])
	require.Contains(t, part(w.must("GET", a.header.Get("Location")+"/result", token, nil, nil).json(t)), w.WorkspaceID)
}

func TestConcurrencyIsThePipelines(t *testing.T) {
	one := strings.Replace(string(definitions["echo.DataPipeline/pipeline-content.json"].Data), `"properties": {`, `"properties": {"concurrency": 1,`, 1)
	limited := maps.Clone(definitions)
	file := *definitions["echo.DataPipeline/pipeline-content.json"]
	file.Data = []byte(one)
	limited["echo.DataPipeline/pipeline-content.json"] = &file
	for _, ignore := range []bool{false, true} {
		t.Run(fmt.Sprint("ignored ", ignore), func(t *testing.T) {
			g := newGate()
			w := start(t, func(o *standin.Options) { o.Runner, o.Definitions, o.IgnoreConcurrency = g, limited, ignore })
			token := w.fabricToken()
			w.start(token, "a")
			<-g.entered
			w.start(token, "b")
			if ignore {
				<-g.entered
			} else {
				require.Equal(t, "NotStarted", w.Jobs.Jobs()[1].Status)
			}
			close(g.open)
			w.wait(allEnded)
			require.Len(t, w.Jobs.Overlaps(), 1, "both were accepted before the first had ended")
			require.Empty(t, w.Jobs.Doubles())
		})
	}
}
