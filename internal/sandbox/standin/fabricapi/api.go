// Package fabricapi plays Fabric's REST API, as far as its public specification and documentation say how it behaves: jobs
// of pipelines, their activity runs, and the workspace's items.
package fabricapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"fabricportal/internal/sandbox/standin/entra"
	"fabricportal/internal/sandbox/standin/faults"
	"fabricportal/internal/sandbox/standin/jobs"
)

// Options describe the workspace.
type Options struct {
	BaseURL       string // https://host:port, for Location headers
	OneLakeURL    string // of the lakehouse's files
	WorkspaceID   string
	WorkspaceName string
	LakehouseID   string
	LakehouseName string
	Engine        *jobs.Engine
	Pipelines     []*jobs.Pipeline // what is deployed from the start
	Notebooks     []*jobs.Notebook
	Tokens        *entra.Tokens
	Faults        *faults.Set
	RetryAfter    time.Duration // what answers ask clients to wait, in whole seconds
	PageSize      int           // job instances on a page, 100 where 0
}

// API is the handler.
type API struct {
	o Options

	mu         sync.Mutex
	contents   []*item // of the workspace, in the order in which they were made
	operations map[string]*operation
}

// pageSize is how many job instances Fabric puts on a page.
const pageSize = 100

// New returns the API of one workspace.
func New(o Options) *API {
	if o.PageSize == 0 {
		o.PageSize = pageSize
	}
	a := &API{o: o, operations: map[string]*operation{}}
	a.contents = append(a.contents, &item{id: o.LakehouseID, kind: kindLakehouse, name: o.LakehouseName})
	for _, p := range o.Pipelines {
		a.contents = append(a.contents, &item{id: p.ID, kind: kindPipeline, name: p.Name, parts: partsOf(pipelinePart, p.Content, p.Platform)})
	}
	for _, n := range o.Notebooks {
		a.contents = append(a.contents, &item{id: n.ID, kind: kindNotebook, name: n.Name, parts: partsOf(notebookPart, n.Content, n.Platform)})
	}
	return a
}

// Handler answers the API's requests.
func (a *API) Handler() http.Handler {
	mux := http.NewServeMux()
	const workspace = "/v1/workspaces/{workspace}"
	for pattern, handle := range map[string]http.HandlerFunc{
		workspace + "/items/{item}/jobs/{rest...}": a.jobs,
		"GET /v1/workspaces":                       a.workspaces,
		"GET " + workspace:                         a.workspace,
		"GET " + workspace + "/folders":            a.folders,
		"POST " + workspace + "/datapipelines/pipelineruns/{job}/queryactivityruns": a.activityRuns,
		"GET /v1/operations/{operation}":                                            a.operation,
		"GET /v1/operations/{operation}/result":                                     a.operationResult,
	} {
		mux.HandleFunc(pattern, handle)
	}
	for plural, kind := range map[string]string{"items": "", "notebooks": kindNotebook, "datapipelines": kindPipeline, "lakehouses": kindLakehouse} {
		all, one := workspace+"/"+plural, workspace+"/"+plural+"/{item}"
		for pattern, handle := range map[string]func(w http.ResponseWriter, r *http.Request, kind string){
			"GET " + all: a.listItems, "POST " + all: a.create,
			"GET " + one: a.read, "PATCH " + one: a.rename, "DELETE " + one: a.remove,
			"POST " + one + "/getdefinition": a.definition, "POST " + one + "/updatedefinition": a.redefine,
		} {
			mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { handle(w, r, kind) })
		}
	}
	mux.HandleFunc("/", noEndpoint)
	checked := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !a.allowed(w, r) {
			return
		}
		// Paths are case-insensitive, and all ids in them are GUIDs.
		r.URL.Path, r.URL.RawPath = strings.ToLower(r.URL.Path), ""
		mux.ServeHTTP(w, r)
	})
	return a.o.Faults.Wrap(classify, refused, checked)
}

// classify names a request's class for the faults.
func classify(r *http.Request) faults.Class {
	path := strings.ToLower(r.URL.Path)
	last := path[strings.LastIndex(path, "/")+1:]
	switch {
	case last == "queryactivityruns":
		return faults.ActivityRuns
	case last == "getdefinition":
		return faults.Definition
	case strings.Contains(path, "/operations/"):
		return faults.Operations
	case last == "cancel":
		return faults.Cancel
	case last == "instances" && r.Method == http.MethodPost:
		return faults.Start
	case last == "instances":
		return faults.List
	case strings.Contains(path, "/instances/"):
		return faults.Get
	case r.Method != http.MethodGet:
		return faults.Change
	default:
		return faults.Items
	}
}

// jobs dispatches below /jobs. The job's type may stand in the path, where the ids of jobs may stand, too.
func (a *API) jobs(w http.ResponseWriter, r *http.Request) {
	parts := strings.Split(r.PathValue("rest"), "/")
	if len(parts) >= 2 && parts[0] != "instances" && parts[1] == "instances" {
		r.SetPathValue("jobtype", parts[0])
		parts = parts[1:]
	}
	if len(parts) > 1 {
		r.SetPathValue("job", parts[1])
	}
	switch at := fmt.Sprint(r.Method, len(parts)); {
	case parts[0] != "instances" || len(parts) == 3 && parts[2] != "cancel":
		noEndpoint(w, r)
	case at == "POST1":
		a.start(w, r)
	case at == "GET1":
		a.listJobs(w, r)
	case at == "GET2":
		a.get(w, r)
	case at == "POST3":
		a.cancel(w, r)
	default:
		noEndpoint(w, r)
	}
}

func noEndpoint(w http.ResponseWriter, _ *http.Request) {
	refuse(w, http.StatusNotFound, "EndpointNotFound", "The requested endpoint was not found")
}

// allowed checks the token, and answers where it is refused.
func (a *API) allowed(w http.ResponseWriter, r *http.Request) bool {
	err := a.o.Tokens.Check(r, entra.FabricAudience)
	switch {
	case err == nil:
		return true
	case errors.Is(err, entra.ErrExpired):
		w.Header().Set("WWW-Authenticate", `Bearer realm="", error="invalid_token", error_description="The access token has expired"`)
		refuse(w, http.StatusUnauthorized, "TokenExpired", "Access token has expired, resubmit with a new access token")
	case errors.Is(err, entra.ErrMissing):
		w.Header().Set("WWW-Authenticate", `Bearer realm=""`)
		refuse(w, http.StatusUnauthorized, "Unauthorized", "Access token is missing")
	default:
		w.Header().Set("WWW-Authenticate", `Bearer realm="", error="invalid_token"`)
		refuse(w, http.StatusUnauthorized, "InvalidToken", "Access token is invalid")
	}
	return false
}

// inWorkspace checks the path's workspace, and answers where it is another one.
func (a *API) inWorkspace(w http.ResponseWriter, r *http.Request) bool {
	id := r.PathValue("workspace")
	if _, err := uuid.Parse(id); err != nil {
		refuse(w, http.StatusBadRequest, "InvalidInput", "The request has an invalid input: workspaceId is not a valid GUID")
		return false
	}
	if id != a.o.WorkspaceID {
		refuse(w, http.StatusNotFound, "WorkspaceNotFound", "Workspace not found")
		return false
	}
	return true
}

// refuse writes an error in Fabric's form.
func refuse(w http.ResponseWriter, status int, code, message string) {
	refused(w, faults.Refusal{Status: status, Code: code, Message: message})
}

func refused(w http.ResponseWriter, r faults.Refusal) {
	w.Header().Set("x-ms-public-api-error-code", r.Code)
	passes := r.Status == http.StatusTooManyRequests || r.Status == 430 || r.Status >= http.StatusInternalServerError
	answer(w, r.Status, map[string]any{"requestId": requestID(w), "errorCode": r.Code, "message": r.Message, "isRetriable": passes && !r.Final})
}

// requestID is the id by which Fabric's support finds a request.
func requestID(w http.ResponseWriter) string {
	if id := w.Header().Get("RequestId"); id != "" {
		return id
	}
	id := uuid.NewString()
	w.Header().Set("RequestId", id)
	return id
}

func answer(w http.ResponseWriter, status int, body any) {
	requestID(w)
	if body == nil {
		w.WriteHeader(status)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// retryAfter is the header's value.
func (a *API) retryAfter() string {
	wait := a.o.Faults.Tenant().Wait
	if wait == 0 {
		wait = a.o.RetryAfter
	}
	return fmt.Sprint(int64(wait / time.Second))
}
