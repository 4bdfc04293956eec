package pipelines

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/fabric/auth"
)

func TestGet(t *testing.T) {
	answer := `{"id":"` + strings.ToUpper(job) + `","itemId":"` + item + `","jobType":"Pipeline","invokeType":"Manual","status":"Completed","rootActivityId":"x",
		"startTimeUtc":"2024-06-22T06:35:00.7812154","endTimeUtc":"2024-06-22T06:36:00","failureReason":null}`
	f, c := newFabric(t, func(w http.ResponseWriter, _ *http.Request, _ string) {
		w.Header().Set("Retry-After", "12")
		_, _ = io.WriteString(w, answer)
	})
	got, err := c.Get(t.Context(), item, job)
	require.NoError(t, err)
	start, end := time.Date(2024, 6, 22, 6, 35, 0, 781215400, time.UTC), time.Date(2024, 6, 22, 6, 36, 0, 0, time.UTC)
	assert.Equal(t, JobInstance{ID: job, ItemID: item, JobType: "Pipeline", InvokeType: "Manual", Status: Completed, Start: &start, End: &end, RetryAfter: 12 * time.Second}, got)
	assert.Equal(t, "GET", f.seen()[0].method)
	assert.Equal(t, "/v1/workspaces/"+ws+"/items/"+item+"/jobs/instances/"+job, f.seen()[0].uri)

	for name, tc := range map[string]struct {
		answer string
		check  func(JobInstance)
	}{
		"unknown status, no times": {`{"id":"` + job + `","status":"Dehydrated","startTimeUtc":null,"endTimeUtc":""}`, func(j JobInstance) {
			assert.Equal(t, JobStatus("Dehydrated"), j.Status)
			assert.Nil(t, j.Start)
		}},
		"failed": {`{"id":"` + job + `","status":"Failed","startTimeUtc":"2024-06-22T06:35:00Z","endTimeUtc":"0001-01-01T00:00:00","failureReason":{"requestId":"x","errorCode":"JobInstanceStatusFailed","message":"Job instance failed\nwithout detail error"}}`, func(j JobInstance) {
			assert.Equal(t, "JobInstanceStatusFailed", j.FailureCode)
			assert.Equal(t, "Job instance failed without detail error", j.FailureReason)
			assert.Nil(t, j.End)
			assert.Equal(t, 6, j.Start.Hour())
		}},
		"reason as text": {`{"id":"` + job + `","status":"Failed","failureReason":"boom"}`, func(j JobInstance) { assert.Equal(t, "boom", j.FailureReason) }},
	} {
		t.Run(name, func(t *testing.T) {
			answer = tc.answer
			got, err := c.Get(t.Context(), item, job)
			require.NoError(t, err)
			tc.check(got)
		})
	}
	for _, wrong := range []string{`{"id":"` + job2 + `","status":"Completed"}`, `{"id":"` + job + `"}`, `[]`, `<html>`, ``, `{"id":5}`} {
		answer = wrong
		_, err := c.Get(t.Context(), item, job)
		var service *ServiceError
		require.ErrorAs(t, err, &service, wrong)
	}
	_, err = c.Get(t.Context(), item, "../x")
	require.Error(t, err)
}

func TestGetFailures(t *testing.T) {
	f, c := newFabric(t, nil)
	status := func(code int, fabricCode string) {
		f.calls = nil
		f.handle = func(w http.ResponseWriter, _ *http.Request, _ string) {
			w.Header().Set("Retry-After", "900")
			fail(w, code, fabricCode, "words")
		}
	}
	get := func() error { _, err := c.Get(t.Context(), item, job); return err }
	var (
		missing      *NotFoundError
		unauthorized *UnauthorizedError
		service      *ServiceError
		unreachable  *UnreachableError
	)
	status(404, "ItemNotFound")
	require.ErrorAs(t, get(), &missing)
	status(401, "TokenExpired")
	require.ErrorAs(t, get(), &unauthorized)
	assert.Contains(t, unauthorized.Sentence, "sign-in")
	status(403, "InsufficientPrivileges")
	require.ErrorAs(t, get(), &unauthorized)
	assert.Contains(t, unauthorized.Sentence, "words")
	status(429, "RequestBlocked")
	require.ErrorAs(t, get(), &service)
	assert.Equal(t, 15*time.Minute, service.RetryAfter)
	assert.Len(t, f.seen(), 1, "a long Retry-After is left to the caller")
	status(500, "CapacityNotActive")
	require.ErrorAs(t, get(), &service)
	assert.Contains(t, service.Sentence, "capacity")

	// A passing fault is bridged.
	f.calls = nil
	f.handle = func(w http.ResponseWriter, _ *http.Request, _ string) {
		if len(f.seen()) < 3 {
			w.WriteHeader(503)
			return
		}
		_, _ = io.WriteString(w, `{"id":"`+job+`","status":"InProgress"}`)
	}
	require.NoError(t, get())
	assert.Len(t, f.seen(), 3)

	// A redirect is not followed, and no token goes there.
	canary := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Error("called with " + r.Header.Get("Authorization")) }))
	defer canary.Close()
	f.handle = func(w http.ResponseWriter, _ *http.Request, _ string) {
		w.Header().Set("Location", canary.URL)
		w.WriteHeader(302)
	}
	require.ErrorAs(t, get(), &service)
	assert.Contains(t, service.Sentence, "redirect")

	f.cred.err = &auth.Error{Kind: auth.Unreachable, Sentence: "the sign-in service is away"}
	c2 := newClient(t, f)
	_, err := c2.Get(t.Context(), item, job)
	require.ErrorAs(t, err, &unreachable)
	assert.Contains(t, err.Error(), "the sign-in service is away")
	f.cred.err = &auth.Error{Kind: auth.WrongSecret, Sentence: "wrong secret"}
	_, err = c2.Get(t.Context(), item, job)
	require.ErrorAs(t, err, &unauthorized)
	assert.Equal(t, "wrong secret", err.Error())

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = c.Get(ctx, item, job)
	require.ErrorIs(t, err, context.Canceled)
	require.False(t, errors.As(err, &unreachable))
	f.Close()
	require.ErrorAs(t, get(), &unreachable)
	assert.Contains(t, get().Error(), "refused the connection")
	assert.NotContains(t, get().Error(), "https://")
}

func TestList(t *testing.T) {
	f, c := newFabric(t, nil)
	since := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	row := func(n int, start string) string {
		return fmt.Sprintf(`{"id":"0198c5a2-7c3e-4bb2-a111-%012d","status":"Completed","startTimeUtc":%s}`, n, start)
	}
	f.handle = func(w http.ResponseWriter, r *http.Request, _ string) {
		switch r.URL.Query().Get("continuationToken") {
		case "":
			_, _ = io.WriteString(w, `{"value":[`+row(1, `"2026-01-02T00:00:00"`)+`,`+row(2, `"2026-01-01T23:59:59.9999999"`)+`,{"id":"no guid"}],
				"continuationToken":"a%2Bb%3D","continuationUri":"https://evil.invalid/?continuationToken=zzz"}`)
		case "a+b=":
			_, _ = io.WriteString(w, `{"value":[`+row(3, "null")+`,`+row(1, `"2026-01-02T00:00:00"`)+`],"continuationUri":"https://evil.invalid/x?continuationToken=p3"}`)
		case "p3":
			_, _ = io.WriteString(w, `{"value":[`+row(4, `"2026-01-03T00:00:00"`)+`],"continuationToken":null}`)
		default:
			w.WriteHeader(400)
		}
	}
	jobs, err := c.List(t.Context(), item, since)
	require.NoError(t, err)
	var ids []string
	for _, j := range jobs {
		ids = append(ids, j.ID[len(j.ID)-1:])
	}
	assert.Equal(t, []string{"3", "4", "1"}, ids)
	assert.Len(t, f.seen(), 3)

	f.handle = func(w http.ResponseWriter, _ *http.Request, _ string) {
		_, _ = io.WriteString(w, `{"value":[],"continuationToken":"same"}`)
	}
	_, err = c.List(t.Context(), item, since)
	require.ErrorContains(t, err, "did not come to an end")
	f.calls = nil
	f.handle = func(w http.ResponseWriter, _ *http.Request, _ string) {
		fmt.Fprintf(w, `{"value":[],"continuationToken":"t%d"}`, len(f.seen()))
	}
	_, err = c.List(t.Context(), item, since)
	require.ErrorContains(t, err, "did not come to an end")
	assert.Len(t, f.seen(), maxPages)
	f.handle = func(w http.ResponseWriter, _ *http.Request, _ string) { fail(w, 404, "ItemNotFound", "x") }
	_, err = c.List(t.Context(), item, since)
	require.ErrorContains(t, err, "fabric.pipeline_id")
}

func TestCancel(t *testing.T) {
	f, c := newFabric(t, func(w http.ResponseWriter, _ *http.Request, _ string) { w.WriteHeader(202) })
	require.NoError(t, c.Cancel(t.Context(), item, job))
	assert.Equal(t, "POST /v1/workspaces/"+ws+"/items/"+item+"/jobs/instances/"+job+"/cancel", f.seen()[0].method+" "+f.seen()[0].uri)
	assert.Empty(t, f.seen()[0].body)

	f.handle = func(w http.ResponseWriter, _ *http.Request, _ string) { fail(w, 400, "JobAlreadyCompleted", "x") }
	var ended *AlreadyEndedError
	require.ErrorAs(t, c.Cancel(t.Context(), item, job), &ended)
	f.handle = func(w http.ResponseWriter, _ *http.Request, _ string) { fail(w, 404, "ItemNotFound", "x") }
	var missing *NotFoundError
	require.ErrorAs(t, c.Cancel(t.Context(), item, job), &missing)
	f.calls = nil
	f.handle = func(w http.ResponseWriter, _ *http.Request, _ string) { w.WriteHeader(503) }
	require.Error(t, c.Cancel(t.Context(), item, job))
	assert.Len(t, f.seen(), 1, "not sent again")
}

const notebook = "88888888-8888-4888-8888-888888888888"

func activityRow(name, start string) string {
	return `{"pipelineName":"` + item + `","pipelineRunId":"` + job + `","activityName":"` + name + `","activityType":"TridentNotebook","activityRunId":"` + name + `","status":"Failed",
	"activityRunStart":"` + start + `","activityRunEnd":"2026-01-02T03:05:00.5Z","durationInMs":27750,
	"input":{"parameters":{"run_id":{"value":"` + job2 + `","type":"string"},"source_run_id":{"value":"` + job + `","type":"string"}}},
	"output":{"status":"Failed","SparkMonitoringURL":"workloads/de-ds/sparkmonitor/` + notebook + `/99999999-9999-4999-8999-999999999999",
	"result":{"runId":"` + job + `","sessionId":"x","exitValue":"","error":{"ename":"ValueError","evalue":"no order_id\n\u202e here","traceback":["t"]}}},
	"error":{"errorCode":"6002","message":"Notebook execution failed","failureType":"UserError","target":"x","details":""},"retryAttempt":null,"iterationHash":"","userProperties":{}}`
}

func TestActivityRuns(t *testing.T) {
	f, c := newFabric(t, nil)
	from := time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)
	to := from.Add(time.Hour)
	ask := func(t *testing.T) []ActivityRun {
		t.Helper()
		got, err := c.ActivityRuns(t.Context(), job, from, to)
		require.NoError(t, err)
		return got
	}
	array := `[` + activityRow("late", "2026-01-02T03:04:00Z") + `,` + activityRow("early", "2026-01-02T03:01:00Z") + `]`
	for name, answer := range map[string]string{"array": array, "object": `{"value":` + array + `}`, "object with null": `{"value":` + array + `,"continuationToken":null}`} {
		t.Run(name, func(t *testing.T) {
			f.calls = nil
			f.handle = func(w http.ResponseWriter, _ *http.Request, _ string) { _, _ = io.WriteString(w, answer) }
			got := ask(t)
			require.Len(t, got, 2)
			a := got[0]
			assert.Equal(t, "early", a.Name)
			assert.Equal(t, "TridentNotebook", a.Type)
			assert.Equal(t, 27750*time.Millisecond, a.Duration)
			assert.Equal(t, "ValueError: no order_id � here", a.ErrorMessage)
			assert.Equal(t, "6002", a.ErrorCode)
			assert.Equal(t, "https://app.fabric.microsoft.com/groups/"+ws+"/synapsenotebooks/"+notebook+"/snapshots/"+job+"?experience=power-bi", a.SnapshotURL)
			assert.Equal(t, "https://app.fabric.microsoft.com/workloads/de-ds/sparkmonitor/"+notebook+"/99999999-9999-4999-8999-999999999999?experience=power-bi", a.SparkURL)
			assert.True(t, a.CarriesRun(strings.ToUpper(job2)))
			assert.False(t, a.CarriesRun(job), "source_run_id is another parameter")
			require.Len(t, f.seen(), 1)
			assert.Equal(t, "/v1/workspaces/"+ws+"/datapipelines/pipelineruns/"+job+"/queryactivityruns", f.seen()[0].uri)
			assert.JSONEq(t, `{"filters":[],"orderBy":[{"orderBy":"ActivityRunStart","order":"DESC"}],"lastUpdatedAfter":"2026-01-01T03:00:00Z","lastUpdatedBefore":"2026-01-03T04:00:00Z"}`, f.seen()[0].body)
		})
	}
	t.Run("a sentence of our own notebooks stands alone", func(t *testing.T) {
		f.handle = func(w http.ResponseWriter, _ *http.Request, _ string) {
			_, _ = io.WriteString(w, strings.Replace(array, "ValueError", "RunFailed", 2))
		}
		assert.Equal(t, "no order_id � here", ask(t)[0].ErrorMessage)
	})
	t.Run("pages", func(t *testing.T) {
		f.calls = nil
		f.handle = func(w http.ResponseWriter, _ *http.Request, body string) {
			var q struct {
				Token string `json:"continuationToken"`
			}
			_ = json.Unmarshal([]byte(body), &q)
			if q.Token == "" {
				_, _ = io.WriteString(w, `{"value":[`+activityRow("a", "2026-01-02T03:01:00Z")+`],"continuationToken":"p2+/="}`)
				return
			}
			assert.Equal(t, "p2+/=", q.Token)
			_, _ = io.WriteString(w, `{"value":[`+activityRow("a", "2026-01-02T03:01:00Z")+`,`+activityRow("b", "2026-01-02T03:02:00Z")+`]}`)
		}
		assert.Len(t, ask(t), 2, "a row that comes twice counts once")
	})
	t.Run("odd answers", func(t *testing.T) {
		for answer, n := range map[string]int{
			`null`: 0, `{}`: 0, `[]`: 0, `"x"`: 0, `{"value":{}}`: 0, `[null,5,{},{"activityName":"a","durationInMs":"x","error":"boom","output":[],"retryAttempt":"1","input":null}]`: 1,
			`[{"activityName":"a","output":{"SparkMonitoringURL":"https://evil.invalid/sparkmonitor/../../x","result":{"runId":"../.."}}}]`: 1,
		} {
			f.handle = func(w http.ResponseWriter, _ *http.Request, _ string) { _, _ = io.WriteString(w, answer) }
			got := ask(t)
			require.Len(t, got, n, answer)
			for _, a := range got {
				assert.Empty(t, a.SnapshotURL)
				assert.False(t, a.CarriesRun(job))
			}
		}
		f.handle = func(w http.ResponseWriter, _ *http.Request, _ string) { fail(w, 404, "NotFound", "x") }
		assert.Empty(t, ask(t))
		f.handle = func(w http.ResponseWriter, _ *http.Request, _ string) {
			fmt.Fprintf(w, `{"value":[],"continuationToken":"t%d"}`, len(f.seen()))
		}
		f.calls = nil
		assert.Empty(t, ask(t))
		assert.Len(t, f.seen(), activityPages)
	})
	f.handle = func(w http.ResponseWriter, _ *http.Request, _ string) { fail(w, 403, "InsufficientPrivileges", "x") }
	_, err := c.ActivityRuns(t.Context(), job, from, to)
	var unauthorized *UnauthorizedError
	require.ErrorAs(t, err, &unauthorized)
	_, err = c.ActivityRuns(t.Context(), "x", from, to)
	require.Error(t, err)
}

func TestCarriesRun(t *testing.T) {
	for input, want := range map[string]bool{
		`{"parameters":{"run_id":"` + job + `"}}`:                                  true,
		`{"parameters":{"RUN_ID":{"value":"` + strings.ToUpper(job) + `"}}}`:       true,
		`{"parameters":[{"name":"run_id","value":"` + job + `","type":"string"}]}`: true,
		`{"parameters":{"source_run_id":"` + job + `","run_id":"` + job2 + `"}}`:   false,
		`{"parameters":[{"name":"source_run_id","value":"` + job + `"}]}`:          false,
		`{"note":"` + job + `"}`: false, `{}`: false, ``: false, `{"run_id":5}`: false,
		strings.Repeat("[", 100) + `{"run_id":"` + job + `"}` + strings.Repeat("]", 100): false,
	} {
		assert.Equal(t, want, ActivityRun{Input: json.RawMessage(input)}.CarriesRun(job), input)
	}
	assert.False(t, ActivityRun{Input: json.RawMessage(`{"run_id":""}`)}.CarriesRun(""))
}
