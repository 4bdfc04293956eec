package standin_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/standin"
	"fabricportal/internal/sandbox/standin/faults"
	"fabricportal/internal/sandbox/standin/jobs"
)

// The forms of items and operations that the test below compares with what Microsoft publishes.
var (
	operationHeaders = []string{"Location", "Retry-After", "x-ms-operation-id"}
	itemFields       = []string{"description", "displayName", "id", "type", "workspaceId"}
)

func TestTheFormsOfItemsAreThoseThatMicrosoftPublishes(t *testing.T) {
	for _, name := range []string{"notebook/examples/CreateNotebookWithIpynb.json", "dataPipeline/examples/CreateDataPipeline.json", "notebook/examples/UpdateNotebookDefinition.json"} {
		headers, _ := published(t, name, "202")
		require.Equal(t, operationHeaders, slices.Sorted(maps.Keys(headers)), name)
	}
	_, item := published(t, "notebook/examples/CreateNotebook.json", "201")
	require.Equal(t, itemFields, slices.Sorted(maps.Keys(item)))
	_, definition := published(t, "notebook/examples/GetNotebookDefinitionWithIpynb.json", "200")
	parts := definition["definition"].(map[string]any)["parts"].([]any)
	require.Equal(t, "notebook-content.ipynb", parts[0].(map[string]any)["path"])
	require.Equal(t, ".platform", parts[1].(map[string]any)["path"])
}

// definitionOf is a definition of one part, as a request carries it.
func definitionOf(format, path, content string) map[string]any {
	d := map[string]any{"parts": []any{map[string]any{"path": path, "payload": base64.StdEncoding.EncodeToString([]byte(content)), "payloadType": "InlineBase64"}}}
	if format != "" {
		d["format"] = format
	}
	return d
}

// finished follows an operation to its end and returns the last answer.
func (w *world) finished(token string, a answer) map[string]any {
	w.t.Helper()
	require.Equal(w.t, http.StatusAccepted, a.status, "%s", a.body)
	for _, name := range operationHeaders {
		require.NotEmpty(w.t, a.header.Get(name), name)
	}
	require.True(w.t, strings.HasSuffix(a.header.Get("Location"), "/operations/"+a.header.Get("x-ms-operation-id")))
	address := a.header.Get("Location")
	require.Equal(w.t, 400, w.must("GET", address+"/result", token, nil, nil).status, "it has no result yet")
	require.Equal(w.t, "Running", w.must("GET", address, token, nil, nil).json(w.t)["status"])
	return w.must("GET", address, token, nil, nil).json(w.t)
}

const emptyNotebook = `{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}`

func TestItemsAreMadeChangedAndRemoved(t *testing.T) {
	w := start(t, func(o *standin.Options) { o.Definitions = nil })
	token := w.fabricToken()
	workspace := w.APIURL + "/v1/workspaces/" + w.WorkspaceID
	create := func(path string, body map[string]any) answer { return w.must("POST", workspace+path, token, body, nil) }

	made := create("/notebooks", map[string]any{"displayName": "n", "description": "about", "definition": definitionOf("ipynb", "notebook-content.ipynb", emptyNotebook)})
	require.Equal(t, "Succeeded", w.finished(token, made)["status"])
	notebook := w.must("GET", made.header.Get("Location")+"/result", token, nil, nil).json(t)
	require.Equal(t, itemFields, slices.Sorted(maps.Keys(notebook)))
	id := notebook["id"].(string)
	content := `{"properties": {"activities": [{"name": "a", "type": "TridentNotebook", "typeProperties": {"notebookId": "` + id + `"}}], "concurrency": 1}}`
	made = create("/items", map[string]any{"displayName": "p", "type": "DataPipeline", "definition": definitionOf("", "pipeline-content.json", content)})
	w.finished(token, made)
	pipeline := w.must("GET", made.header.Get("Location")+"/result", token, nil, nil).json(t)["id"].(string)

	// What was deployed runs.
	owner := map[string]any{"executionData": map[string]any{"OwnerUserPrincipalName": "o@x", "OwnerUserObjectId": uuid.NewString()}}
	address := workspace + "/items/" + pipeline + "/jobs/instances?jobType=Pipeline"
	require.Equal(t, 202, w.must("POST", address, token, owner, nil).status)
	w.wait(allEnded)
	require.Equal(t, jobs.Completed, w.Jobs.Jobs()[0].Status)

	// Another definition is what the next job goes by, also one that this stand-in can't carry out.
	update := w.must("POST", workspace+"/dataPipelines/"+pipeline+"/updateDefinition?updateMetadata=true", token, map[string]any{
		"definition": definitionOf("", "pipeline-content.json", strings.Replace(content, "TridentNotebook", "Lookup", 1)),
	}, nil)
	require.Equal(t, "Succeeded", w.finished(token, update)["status"])
	require.Equal(t, 400, w.must("GET", update.header.Get("Location")+"/result", token, nil, nil).status, "a change has no result")
	require.Equal(t, 202, w.must("POST", address, token, owner, nil).status)
	w.wait(allEnded)
	require.Equal(t, jobs.Failed, w.Jobs.Jobs()[1].Status)
	found := w.must("POST", workspace+"/items/"+pipeline+"/getDefinition", token, nil, nil).json(t)["definition"].(map[string]any)["parts"].([]any)
	text, err := base64.StdEncoding.DecodeString(found[0].(map[string]any)["payload"].(string))
	require.NoError(t, err)
	require.Contains(t, string(text), "Lookup")
	require.NotEqual(t, content, string(text), "Fabric does not give back the same bytes")

	renamed := w.must("PATCH", workspace+"/items/"+id, token, map[string]any{"description": "other"}, nil).json(t)
	require.Equal(t, "n", renamed["displayName"])
	require.Equal(t, "other", renamed["description"])
	require.Equal(t, 200, w.must("DELETE", workspace+"/items/"+id, token, nil, nil).status)
	require.Equal(t, 404, w.must("GET", workspace+"/items/"+id, token, nil, nil).status)
	require.Len(t, w.must("GET", workspace+"/items", token, nil, nil).json(t)["value"], 2)
}

func TestWhatFabricDoesNotTakeAsAnItem(t *testing.T) {
	w := start(t, nil)
	token := w.fabricToken()
	workspace := w.APIURL + "/v1/workspaces/" + w.WorkspaceID
	pipeline := `{"properties": {"activities": []}}`
	for name, c := range map[string]struct {
		body map[string]any
		code string
	}{
		"no kind":                    {map[string]any{"displayName": "x"}, "InvalidItemType"},
		"no name":                    {map[string]any{"type": "Notebook"}, "InvalidInput"},
		"a name that is taken":       {map[string]any{"displayName": "ECHO", "type": "Notebook"}, "ItemDisplayNameAlreadyInUse"},
		"a long description":         {map[string]any{"displayName": "x", "type": "Notebook", "description": strings.Repeat("ä", 257)}, "InvalidInput"},
		"no notebook":                {map[string]any{"displayName": "x", "type": "Notebook", "definition": definitionOf("ipynb", "notebook-content.ipynb", `{}`)}, "CorruptedPayload"},
		"a notebook of no format":    {map[string]any{"displayName": "x", "type": "Notebook", "definition": definitionOf("", "notebook-content.ipynb", emptyNotebook)}, "CorruptedPayload"},
		"a cell without its outputs": {map[string]any{"displayName": "x", "type": "Notebook", "definition": definitionOf("ipynb", "notebook-content.ipynb", `{"cells": [{"cell_type": "code", "source": []}], "nbformat": 4}`)}, "CorruptedPayload"},
		"source that is no list":     {map[string]any{"displayName": "x", "type": "Notebook", "definition": definitionOf("ipynb", "notebook-content.ipynb", `{"cells": [{"cell_type": "code", "source": "a", "outputs": []}], "nbformat": 4}`)}, "CorruptedPayload"},
		"no pipeline":                {map[string]any{"displayName": "x", "type": "DataPipeline", "definition": definitionOf("", "pipeline-content.json", `{`)}, "CorruptedPayload"},
		"another part":               {map[string]any{"displayName": "x", "type": "DataPipeline", "definition": definitionOf("", "content.json", pipeline)}, "CorruptedPayload"},
		"no base64":                  {map[string]any{"displayName": "x", "type": "DataPipeline", "definition": map[string]any{"parts": []any{map[string]any{"path": "pipeline-content.json", "payload": "%", "payloadType": "InlineBase64"}}}}, "CorruptedPayload"},
	} {
		a := w.must("POST", workspace+"/items", token, c.body, nil)
		require.GreaterOrEqual(t, a.status, 400, name)
		require.Equal(t, c.code, a.json(t)["errorCode"], name)
	}
	require.Len(t, w.must("GET", workspace+"/items", token, nil, nil).json(t)["value"], 3, "nothing was made")
	made := w.must("POST", workspace+"/items", token, map[string]any{"displayName": "echo", "type": "Report"}, nil)
	require.Equal(t, 201, made.status, "names are for each kind")

	w.Faults.SetTenant(faults.Tenant{Viewer: true})
	require.Equal(t, 403, w.must("DELETE", w.item(), token, nil, nil).status)
	w.Faults.SetTenant(faults.Tenant{})
	w.Faults.Next(faults.Change, 1, faults.Fault{Fails: "UnknownError", Message: "no"})
	failed := w.must("POST", workspace+"/items", token, map[string]any{"displayName": "x", "type": "DataPipeline", "definition": definitionOf("", "pipeline-content.json", pipeline)}, nil)
	end := w.finished(token, failed)
	require.Equal(t, "Failed", end["status"])
	text, err := json.Marshal(end["error"])
	require.NoError(t, err)
	require.JSONEq(t, `{"errorCode": "UnknownError", "message": "no"}`, string(text))
	require.Len(t, w.must("GET", workspace+"/items", token, nil, nil).json(t)["value"], 4, "what has failed made nothing")
}

// TestANotebookSeesTheLakehouseThatItIsBoundTo: as in Fabric there is none for a notebook that nobody has bound.
func TestANotebookSeesTheLakehouseThatItIsBoundTo(t *testing.T) {
	ran := make(chan jobs.Execution, 2)
	w := start(t, func(o *standin.Options) {
		o.Runner = jobs.RunnerFunc(func(_ context.Context, x jobs.Execution) (jobs.Outcome, error) {
			ran <- x
			return jobs.Outcome{}, nil
		})
	})
	token := w.fabricToken()
	w.start(token, "a")
	require.Equal(t, w.dir, (<-ran).Parameters["lakehouse_root"])
	for _, item := range w.must("GET", w.APIURL+"/v1/workspaces/"+w.WorkspaceID+"/notebooks", token, nil, nil).json(t)["value"].([]any) {
		id := item.(map[string]any)["id"].(string)
		w.finished(token, w.must("POST", w.APIURL+"/v1/workspaces/"+w.WorkspaceID+"/notebooks/"+id+"/updateDefinition", token, map[string]any{
			"definition": definitionOf("ipynb", "notebook-content.ipynb", emptyNotebook),
		}, nil))
	}
	w.start(token, "b")
	require.NotContains(t, (<-ran).Parameters, "lakehouse_root")
}
