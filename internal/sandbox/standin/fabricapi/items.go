package fabricapi

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"fabricportal/internal/sandbox/standin/faults"
)

func (a *API) noItem(w http.ResponseWriter, id string) {
	if uuid.Validate(id) != nil {
		refuse(w, http.StatusBadRequest, "InvalidInput", "The request has an invalid input: itemId is not a valid GUID")
		return
	}
	refuse(w, http.StatusNotFound, "ItemNotFound", "The requested item was not found")
}

func (a *API) describeWorkspace() map[string]any {
	return map[string]any{"id": a.o.WorkspaceID, "displayName": a.o.WorkspaceName, "description": "", "type": "Workspace"}
}

// workspaces lists those in which the caller has one of the roles that are asked for; all without any.
func (a *API) workspaces(w http.ResponseWriter, r *http.Request) {
	role := "contributor"
	if a.o.Faults.Tenant().Viewer {
		role = "viewer"
	}
	asked := strings.ToLower(r.URL.Query().Get("roles"))
	found := []any{}
	if asked == "" || slices.Contains(strings.Split(asked, ","), role) {
		found = append(found, a.describeWorkspace())
	}
	answer(w, http.StatusOK, map[string]any{"value": found})
}

func (a *API) workspace(w http.ResponseWriter, r *http.Request) {
	if a.inWorkspace(w, r) {
		answer(w, http.StatusOK, a.describeWorkspace())
	}
}

// all is everything in the workspace.
func (a *API) all() []map[string]any {
	item := func(kind, id, name string) map[string]any {
		return map[string]any{"id": id, "type": kind, "displayName": name, "description": "", "workspaceId": a.o.WorkspaceID}
	}
	items := []map[string]any{item("Lakehouse", a.o.LakehouseID, a.o.LakehouseName)}
	for _, p := range a.o.Engine.Pipelines() {
		items = append(items, item("DataPipeline", p.ID, p.Name))
	}
	for _, n := range a.o.Engine.Notebooks() {
		items = append(items, item("Notebook", n.ID, n.Name))
	}
	return items
}

// ofType answers with the workspace's items of a type, of all types for "".
func (a *API) ofType(w http.ResponseWriter, r *http.Request, kind string) {
	if !a.inWorkspace(w, r) {
		return
	}
	found := []any{}
	for _, item := range a.all() {
		if kind == "" || strings.EqualFold(kind, item["type"].(string)) {
			found = append(found, item)
		}
	}
	answer(w, http.StatusOK, map[string]any{"value": found})
}

func (a *API) items(w http.ResponseWriter, r *http.Request) {
	a.ofType(w, r, r.URL.Query().Get("type"))
}

func (a *API) pipelines(w http.ResponseWriter, r *http.Request)  { a.ofType(w, r, "DataPipeline") }
func (a *API) lakehouses(w http.ResponseWriter, r *http.Request) { a.ofType(w, r, "Lakehouse") }

func (a *API) item(w http.ResponseWriter, r *http.Request) {
	if !a.inWorkspace(w, r) {
		return
	}
	for _, item := range a.all() {
		if item["id"] == r.PathValue("item") {
			answer(w, http.StatusOK, item)
			return
		}
	}
	a.noItem(w, r.PathValue("item"))
}

func (a *API) lakehouse(w http.ResponseWriter, r *http.Request) {
	if !a.inWorkspace(w, r) {
		return
	}
	if r.PathValue("item") != a.o.LakehouseID {
		a.noItem(w, r.PathValue("item"))
		return
	}
	root := fmt.Sprintf("%s/%s/%s/", a.o.OneLakeURL, a.o.WorkspaceID, a.o.LakehouseID)
	item := a.all()[0]
	item["properties"] = map[string]any{"oneLakeTablesPath": root + "Tables", "oneLakeFilesPath": root + "Files", "sqlEndpointProperties": nil}
	answer(w, http.StatusOK, item)
}

// definition answers at once, or, where a fault asks for it, as a long-running operation.
func (a *API) definition(w http.ResponseWriter, r *http.Request) {
	if !a.inWorkspace(w, r) {
		return
	}
	p := a.o.Engine.Pipeline(r.PathValue("item"))
	if p == nil {
		a.noItem(w, r.PathValue("item"))
		return
	}
	part := func(path string, content []byte) map[string]any {
		return map[string]any{"path": path, "payload": base64.StdEncoding.EncodeToString(content), "payloadType": "InlineBase64"}
	}
	parts := []any{part("pipeline-content.json", p.Content)}
	if p.Platform != nil {
		parts = append(parts, part(".platform", p.Platform))
	}
	body := map[string]any{"definition": map[string]any{"parts": parts}}
	if !faults.Of(r).Operation {
		answer(w, http.StatusOK, body)
		return
	}
	id := uuid.NewString()
	a.mu.Lock()
	a.operations[id] = body
	a.mu.Unlock()
	w.Header().Set("Location", a.o.BaseURL+"/v1/operations/"+id)
	w.Header().Set("x-ms-operation-id", id)
	w.Header().Set("Retry-After", a.retryAfter())
	answer(w, http.StatusAccepted, nil)
}

// result is what a long-running operation led to.
func (a *API) result(w http.ResponseWriter, r *http.Request) (body any, ok bool) {
	a.mu.Lock()
	body, ok = a.operations[r.PathValue("operation")]
	a.mu.Unlock()
	if !ok {
		refuse(w, http.StatusNotFound, "OperationNotFound", "The requested operation was not found")
	}
	return body, ok
}

func (a *API) operation(w http.ResponseWriter, r *http.Request) {
	if _, ok := a.result(w, r); ok {
		w.Header().Set("Location", a.o.BaseURL+r.URL.Path+"/result")
		answer(w, http.StatusOK, map[string]any{"status": "Succeeded", "percentComplete": 100, "error": nil})
	}
}

func (a *API) operationResult(w http.ResponseWriter, r *http.Request) {
	if body, ok := a.result(w, r); ok {
		answer(w, http.StatusOK, body)
	}
}
