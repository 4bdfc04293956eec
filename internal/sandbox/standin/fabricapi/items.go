package fabricapi

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"fabricportal/internal/sandbox/standin/faults"
)

// The kinds of items of which this stand-in knows more than their names.
const (
	kindLakehouse = "Lakehouse"
	kindNotebook  = "Notebook"
	kindPipeline  = "DataPipeline"
)

// item is one item of the workspace.
type item struct {
	id, kind, name, about string
	parts                 []part // of its definition; none where it has none
}

func (a *API) noItem(w http.ResponseWriter, id string) {
	if uuid.Validate(id) != nil {
		refuse(w, http.StatusBadRequest, "InvalidInput", "The request has an invalid input: itemId is not a valid GUID")
		return
	}
	refuse(w, http.StatusNotFound, "ItemNotFound", "The requested item was not found")
}

func (a *API) describeWorkspace() map[string]any {
	return map[string]any{
		"id": a.o.WorkspaceID, "displayName": a.o.WorkspaceName, "description": "", "type": "Workspace",
		"capacityId": uuid.NewSHA1(uuid.Nil, []byte(a.o.WorkspaceID)).String(),
	}
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
		body := a.describeWorkspace()
		body["capacityAssignmentProgress"] = "Completed" // which the list has not
		answer(w, http.StatusOK, body)
	}
}

// folders are those of the workspace, which has none.
func (a *API) folders(w http.ResponseWriter, r *http.Request) {
	if a.inWorkspace(w, r) {
		answer(w, http.StatusOK, map[string]any{"value": []any{}})
	}
}

// describe is an item in Fabric's form, with what only the addresses of its own kind tell where they were asked.
func (a *API) describe(i *item, typed bool) map[string]any {
	body := map[string]any{"id": i.id, "type": i.kind, "displayName": i.name, "description": i.about, "workspaceId": a.o.WorkspaceID}
	if typed && i.kind == kindLakehouse {
		root := fmt.Sprintf("%s/%s/%s/", a.o.OneLakeURL, a.o.WorkspaceID, i.id)
		body["properties"] = map[string]any{"oneLakeTablesPath": root + "Tables", "oneLakeFilesPath": root + "Files", "sqlEndpointProperties": nil}
	}
	return body
}

// listItems answers with the workspace's items of a kind, of all kinds for "".
func (a *API) listItems(w http.ResponseWriter, r *http.Request, kind string) {
	if !a.inWorkspace(w, r) {
		return
	}
	typed := kind != ""
	if !typed {
		kind = r.URL.Query().Get("type")
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	found := []any{}
	for _, i := range a.contents {
		if kind == "" || strings.EqualFold(kind, i.kind) {
			found = append(found, a.describe(i, typed))
		}
	}
	answer(w, http.StatusOK, map[string]any{"value": found})
}

// find is the item of the path, and of the kind; it answers where there is none. The caller holds the lock.
func (a *API) find(w http.ResponseWriter, r *http.Request, kind string) *item {
	if !a.inWorkspace(w, r) {
		return nil
	}
	for _, i := range a.contents {
		if i.id == r.PathValue("item") && (kind == "" || kind == i.kind) {
			return i
		}
	}
	a.noItem(w, r.PathValue("item"))
	return nil
}

func (a *API) read(w http.ResponseWriter, r *http.Request, kind string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if i := a.find(w, r, kind); i != nil {
		answer(w, http.StatusOK, a.describe(i, kind != ""))
	}
}

// maxDefinition bounds what is read of a request that carries a definition.
const maxDefinition = 16 << 20

// body reads a request's JSON; it answers where that is none.
func body(w http.ResponseWriter, r *http.Request, into any) bool {
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxDefinition))
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, "InvalidInput", "The request has an invalid input: the body can't be read")
	}
	return err == nil
}

// maxAbout is how many characters a description may have.
const maxAbout = 256

// named refuses a name that can't be, or that another item of the kind has. The caller holds the lock.
func (a *API) named(w http.ResponseWriter, i *item, kind, name, about string) bool {
	switch {
	case name == "" || len(name) > 256:
		refuse(w, http.StatusBadRequest, "InvalidInput", "The request has an invalid input: displayName")
		return false
	case len([]rune(about)) > maxAbout:
		refuse(w, http.StatusBadRequest, "InvalidInput", "The request has an invalid input: description has more than 256 characters")
		return false
	}
	for _, other := range a.contents {
		if other != i && other.kind == kind && strings.EqualFold(other.name, name) {
			refuse(w, http.StatusConflict, "ItemDisplayNameAlreadyInUse", "Requested '"+name+"' is already in use")
			return false
		}
	}
	return true
}

// create makes an item: at once without a definition, else as a long-running operation.
func (a *API) create(w http.ResponseWriter, r *http.Request, kind string) {
	var in struct {
		Name       string          `json:"displayName"`
		About      string          `json:"description"`
		Kind       string          `json:"type"`
		Definition *definitionJSON `json:"definition"`
	}
	if !a.inWorkspace(w, r) || !body(w, r, &in) {
		return
	}
	if kind == "" {
		kind = in.Kind
	}
	if kind == "" {
		refuse(w, http.StatusBadRequest, "InvalidItemType", "Invalid item type")
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	made := &item{id: uuid.NewString(), kind: kind, name: in.Name, about: in.About}
	if !a.named(w, made, kind, in.Name, in.About) {
		return
	}
	if in.Definition == nil {
		a.contents = append(a.contents, made)
		answer(w, http.StatusCreated, a.describe(made, false))
		return
	}
	if faults.Of(r).Fails == "" {
		if !a.define(w, made, *in.Definition) {
			return
		}
		a.contents = append(a.contents, made)
	}
	a.begin(w, r, a.describe(made, false), 1)
}

// rename changes an item's name and description.
func (a *API) rename(w http.ResponseWriter, r *http.Request, kind string) {
	var in struct {
		Name  *string `json:"displayName"`
		About *string `json:"description"`
	}
	if !body(w, r, &in) {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	i := a.find(w, r, kind)
	if i == nil {
		return
	}
	name, about := i.name, i.about
	if in.Name != nil {
		name = *in.Name
	}
	if in.About != nil {
		about = *in.About
	}
	if a.named(w, i, i.kind, name, about) {
		i.name, i.about = name, about
		answer(w, http.StatusOK, a.describe(i, false))
	}
}

func (a *API) remove(w http.ResponseWriter, r *http.Request, kind string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	i := a.find(w, r, kind)
	if i == nil {
		return
	}
	a.contents = slices.DeleteFunc(a.contents, func(other *item) bool { return other == i })
	a.o.Engine.Remove(i.id)
	answer(w, http.StatusOK, nil)
}
