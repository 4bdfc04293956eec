package standin_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/standin"
	"fabricportal/internal/sandbox/standin/faults"
	"fabricportal/internal/sandbox/standin/jobs"
)

func TestATenantsStates(t *testing.T) {
	w := start(t, func(o *standin.Options) {
		o.Tenant = faults.Tenant{Region: "https://wabi-test-redirect.analysis.windows.net", NoJobID: true, Wait: time.Minute}
	})
	token, storage := w.fabricToken(), w.storageToken()
	post := func() answer {
		return w.must("POST", w.item()+"/jobs/instances?jobType=Pipeline", token, startBody(nil), nil)
	}
	item := func() answer { return w.must("GET", w.item(), token, nil, nil) }
	lake := func() answer {
		return w.must("GET", w.OneLakeURL+"/"+w.WorkspaceID+"?resource=filesystem&recursive=false&directory="+w.LakehouseID+"/Files", storage, nil, map[string]string{"x-ms-version": "2021-06-08"})
	}
	refused := func(a answer, status int, code string, retriable bool) {
		t.Helper()
		require.Equal(t, status, a.status)
		require.Equal(t, code, a.json(t)["errorCode"])
		require.Equal(t, retriable, a.json(t)["isRetriable"])
	}

	a := post()
	require.Equal(t, 202, a.status)
	require.Contains(t, a.header.Get("Location"), "https://wabi-test-redirect.analysis.windows.net/v1/workspaces/"+w.WorkspaceID)
	require.Empty(t, a.header.Get("x-ms-job-id"))
	require.Equal(t, "60", a.header.Get("Retry-After"))

	w.Faults.SetTenant(faults.Tenant{Capacity: faults.Paused})
	refused(post(), 500, "InternalServerError", false)
	refused(item(), 500, "InternalServerError", false)
	require.Equal(t, 403, lake().status)
	w.Faults.SetTenant(faults.Tenant{Capacity: faults.Full})
	refused(post(), 430, "TooManyRequestsForCapacity", true)
	require.Equal(t, 200, item().status)
	w.Faults.SetTenant(faults.Tenant{Closed: true})
	refused(item(), 403, "RequestDeniedByInboundPolicy", false)
	require.Equal(t, 403, lake().status)
	w.Faults.SetTenant(faults.Tenant{NoOneLake: true})
	require.Equal(t, 403, lake().status)
	require.Equal(t, 200, item().status)
	w.Faults.SetTenant(faults.Tenant{Viewer: true})
	refused(post(), 403, "InsufficientPrivileges", false)
	require.Empty(t, w.must("GET", w.APIURL+"/v1/workspaces?roles=Admin,Member,Contributor", token, nil, nil).json(t)["value"])
	require.Len(t, w.must("GET", w.APIURL+"/v1/workspaces", token, nil, nil).json(t)["value"], 1)
	w.Faults.SetTenant(faults.Tenant{})
	require.Equal(t, 202, post().status)

	w.Faults.Next(faults.Items, 1, faults.Fault{Status: 403, Nested: true})
	a = item()
	var inner struct{ Error struct{ Code string } }
	message := a.json(t)["message"].(string)
	require.NoError(t, json.Unmarshal([]byte(message[len("The service answered: "):]), &inner))
	require.Equal(t, "InsufficientPrivileges", inner.Error.Code)
	w.Faults.Next(faults.Items, 1, faults.Fault{Status: 407, Page: true})
	require.Contains(t, string(item().body), "<html>")
}

// TestNotebooksThatAreLateHollowOrHang shows that what a notebook does, and not only whether Fabric says Completed, is in question.
func TestNotebooksThatAreLateHollowOrHang(t *testing.T) {
	ran := make(chan struct{}, 10)
	w := start(t, func(o *standin.Options) {
		o.Tenant = faults.Tenant{Hollow: true}
		o.IgnoreConcurrency = true
		run := o.Runner
		o.Runner = runnerThat(run, ran)
	})
	token := w.fabricToken()
	post := func() string {
		return w.must("POST", w.item()+"/jobs/instances?jobType=Pipeline", token, startBody(nil), nil).header.Get("x-ms-job-id")
	}
	post()
	w.wait(func(all []jobs.Job) bool { return all[0].Status == jobs.Completed })
	require.Empty(t, ran, "completed, and nothing was done")

	w.Faults.SetTenant(faults.Tenant{NotebookStart: time.Hour})
	late := post()
	w.wait(func(all []jobs.Job) bool { return all[1].Status == jobs.InProgress && len(all[1].Activities) == 1 })
	w.Faults.SetTenant(faults.Tenant{Hanging: true})
	post()
	w.wait(func(all []jobs.Job) bool { return all[2].Status == jobs.InProgress && len(all[2].Activities) == 1 })
	require.Empty(t, ran)
	require.NoError(t, w.Jobs.Cancel(late))
	w.wait(func(all []jobs.Job) bool { return all[1].Status == jobs.Cancelled })
	require.Equal(t, jobs.InProgress, w.Jobs.Jobs()[2].Status)
	w.Faults.SetTenant(faults.Tenant{})
	post()
	w.wait(func(all []jobs.Job) bool { return all[3].Status == jobs.Completed })
	require.Len(t, ran, 1)
}

// TestFaultsAreOrderedFromOutside goes through the control endpoint.
func TestFaultsAreOrderedFromOutside(t *testing.T) {
	w := start(t, nil)
	token := w.fabricToken()
	control := func(method, path, body string) answer {
		return w.must(method, w.ControlURL+path, w.ControlKey, []byte(body), nil)
	}
	require.Equal(t, 401, w.must("GET", w.ControlURL+"/tenant", "", nil, nil).status)
	require.Equal(t, 401, w.must("DELETE", w.ControlURL+"/faults", token, nil, nil).status)

	require.Equal(t, 204, control("POST", "/faults", `{"class":"items and workspaces","status":429,"retry_after":"55"}`).status)
	a := w.must("GET", w.item(), token, nil, nil)
	require.Equal(t, 429, a.status)
	require.Equal(t, "55", a.header.Get("Retry-After"))
	require.Equal(t, 200, w.must("GET", w.item(), token, nil, nil).status, "once")

	require.Equal(t, "paused", control("PUT", "/tenant", `{"capacity":"paused","latency":"1ms"}`).json(t)["capacity"])
	require.Equal(t, faults.Tenant{Capacity: faults.Paused, Latency: time.Millisecond}, w.Faults.Tenant())
	require.Equal(t, 500, w.must("GET", w.item(), token, nil, nil).status)
	require.Equal(t, 204, control("POST", "/faults", `{"class":"items and workspaces","times":-1,"status":503}`).status)
	require.Equal(t, 503, w.must("GET", w.item(), token, nil, nil).status)
	require.Equal(t, 204, control("DELETE", "/faults", "").status)
	require.Equal(t, 200, w.must("GET", w.item(), token, nil, nil).status)
	require.Equal(t, "1ms", control("PUT", "/tenant", `{"latency":"1ms"}`).json(t)["latency"])
	require.Equal(t, "1ms", control("GET", "/tenant", "").json(t)["latency"])

	for _, wrong := range []string{`{"class":"x"}`, `{"classs":"start job"}`, `{`, `{"class":"start job","delay":"soon"}`} {
		require.Equal(t, 400, control("POST", "/faults", wrong).status, wrong)
	}
	require.Equal(t, 400, control("PUT", "/tenant", `{"latency":5}`).status)
	require.Equal(t, 204, control("DELETE", "/faults", "").status)

	require.Equal(t, "1h0m0s", control("PUT", "/tenant", `{"list_lag":"1h"}`).json(t)["list_lag"])
	job := w.must("POST", w.item()+"/jobs/instances?jobType=Pipeline", token, startBody(nil), nil).header.Get("x-ms-job-id")
	require.Empty(t, w.must("GET", w.item()+"/jobs/instances", token, nil, nil).json(t)["value"], "it is not listed yet")
	require.Equal(t, 200, w.must("GET", w.item()+"/jobs/instances/"+job, token, nil, nil).status)
	require.Equal(t, 204, control("DELETE", "/faults", "").status)
	require.Len(t, w.must("GET", w.item()+"/jobs/instances", token, nil, nil).json(t)["value"], 1)

	l := lake{w, w.storageToken()}
	require.Equal(t, "201 ", l.code(l.call("PUT", "Files/import/a.csv", "resource=file", nil)))
	require.Equal(t, true, control("PUT", "/tenant", `{"full_disk":true}`).json(t)["full_disk"])
	require.Equal(t, "500 InternalError", l.code(l.call("PATCH", "Files/import/a.csv", "action=append&position=0", []byte("x"))))
	require.Equal(t, "200 ", l.code(l.call("DELETE", "Files/import/a.csv", "", nil)), "what makes room is done")
	require.Equal(t, 204, control("DELETE", "/faults", "").status)

	require.Equal(t, 204, control("DELETE", "/tokens", "").status)
	require.Equal(t, "TokenExpired", w.must("GET", w.item(), token, nil, nil).json(t)["errorCode"])
}
