package fabricapi

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"fabricportal/internal/sandbox/standin/faults"
	"fabricportal/internal/sandbox/standin/jobs"
)

// The parts of definitions.
const (
	pipelinePart = "pipeline-content.json"
	notebookPart = "notebook-content.ipynb"
	platformPart = ".platform"
)

// part is one file of a definition.
type part struct {
	path    string
	content []byte
}

func partsOf(path string, content, platform []byte) []part {
	parts := []part{{path, content}}
	if platform != nil {
		parts = append(parts, part{platformPart, platform})
	}
	return parts
}

// definitionJSON is a definition as requests and answers carry it.
type definitionJSON struct {
	Format string     `json:"format,omitempty"`
	Parts  []partJSON `json:"parts"`
}

type partJSON struct {
	Path    string `json:"path"`
	Payload string `json:"payload"`
	Type    string `json:"payloadType"`
}

// define gives an item a definition, and what runs its jobs with it; it answers where the definition can't be one. The caller
// holds the lock.
func (a *API) define(w http.ResponseWriter, i *item, d definitionJSON) bool {
	corrupted := func(why string) bool {
		refuse(w, http.StatusBadRequest, "CorruptedPayload", "The provided payload is corrupted: "+why)
		return false
	}
	var parts []part
	var main []byte
	for _, p := range d.Parts {
		content, err := base64.StdEncoding.DecodeString(p.Payload)
		if err != nil || p.Type != "InlineBase64" {
			return corrupted(p.Path)
		}
		if p.Path != platformPart {
			main = content
		}
		parts = append(parts, part{p.Path, content})
	}
	has := func(path string) bool { return slices.ContainsFunc(parts, func(p part) bool { return p.path == path }) }
	switch i.kind {
	case kindPipeline:
		pipeline, err := jobs.ReadPipeline(i.id, i.name, main)
		if !has(pipelinePart) || err != nil {
			return corrupted(pipelinePart)
		}
		a.o.Engine.PutPipeline(pipeline)
	case kindNotebook:
		// The format says what the content is; without one it is taken for Fabric's own form, as this stand-in can't run it.
		if d.Format != "ipynb" || !has(notebookPart) || !isNotebook(main) {
			return corrupted("this stand-in takes notebooks as ipynb only")
		}
		a.o.Engine.PutNotebook(&jobs.Notebook{ID: i.id, Name: i.name, Content: main})
	}
	i.parts = parts
	return true
}

// isNotebook tells whether a content is one that Fabric opens: each code cell has its outputs and its source as lines.
func isNotebook(content []byte) bool {
	var notebook struct {
		Cells []struct {
			Type    string    `json:"cell_type"`
			Source  []string  `json:"source"`
			Outputs *[]any    `json:"outputs"`
			Count   *struct{} `json:"execution_count"`
		} `json:"cells"`
		Format int `json:"nbformat"`
	}
	if json.Unmarshal(content, &notebook) != nil || notebook.Format != 4 {
		return false
	}
	for _, cell := range notebook.Cells {
		if cell.Type == "code" && cell.Outputs == nil {
			return false
		}
	}
	return true
}

// definition answers at once, or, where a fault asks for it, as a long-running operation.
func (a *API) definition(w http.ResponseWriter, r *http.Request, kind string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	i := a.find(w, r, kind)
	if i == nil {
		return
	}
	if i.parts == nil || i.kind == kindNotebook && !strings.EqualFold(r.URL.Query().Get("format"), "ipynb") {
		refuse(w, http.StatusBadRequest, "OperationNotSupportedForItem", "Operation not supported for requested item (this stand-in gives notebooks as ipynb only)")
		return
	}
	found := definitionJSON{}
	for _, p := range i.parts {
		if p.path != platformPart {
			found.Parts = append(found.Parts, partJSON{p.path, base64.StdEncoding.EncodeToString(a.asKept(i, p.content)), "InlineBase64"})
		}
	}
	platform := base64.StdEncoding.EncodeToString(i.platform())
	found.Parts = append(found.Parts, partJSON{platformPart, platform, "InlineBase64"})
	body := map[string]any{"definition": found}
	if f := faults.Of(r); f.Operation || f.Fails != "" {
		a.begin(w, r, body, 0)
		return
	}
	answer(w, http.StatusOK, body)
}

// asKept is a content as Fabric gives it back: the same to who runs it, and not the same bytes.
func (a *API) asKept(i *item, content []byte) []byte {
	var document map[string]any
	if json.Unmarshal(content, &document) != nil {
		return content
	}
	switch inner := document["properties"].(type) {
	case map[string]any:
		inner["lastModifiedByObjectId"] = uuid.NewSHA1(uuid.Nil, []byte(i.id)).String()
		inner["lastPublishTime"] = time.Now().UTC().Format(time.RFC3339)
		if inner["annotations"] == nil {
			inner["annotations"] = []any{}
		}
	default:
		metadata, _ := document["metadata"].(map[string]any)
		if metadata != nil {
			metadata["a365ComputeOptions"], metadata["sessionKeepAliveTimeout"] = nil, 0
		}
	}
	text, err := json.MarshalIndent(document, "", "    ")
	if err != nil {
		return content
	}
	return text
}

// platform is the item's .platform: the one that was given, with the name and description of now.
func (i *item) platform() []byte {
	document := map[string]any{
		"$schema": "https://developer.microsoft.com/json-schemas/fabric/gitIntegration/platformProperties/2.0.0/schema.json",
		"config":  map[string]any{"version": "2.0", "logicalId": "00000000-0000-0000-0000-000000000000"},
	}
	for _, p := range i.parts {
		if p.path == platformPart {
			_ = json.Unmarshal(p.content, &document)
		}
	}
	document["metadata"] = map[string]any{"type": i.kind, "displayName": i.name, "description": i.about}
	text, _ := json.MarshalIndent(document, "", "  ")
	return text
}

// redefine gives an item another definition, and with updateMetadata=true the name and description of its .platform.
func (a *API) redefine(w http.ResponseWriter, r *http.Request, kind string) {
	var in struct {
		Definition definitionJSON `json:"definition"`
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
	if faults.Of(r).Fails == "" {
		if !a.define(w, i, in.Definition) {
			return
		}
		if strings.EqualFold(r.URL.Query().Get("updateMetadata"), "true") {
			i.takeMetadata()
		}
	}
	a.begin(w, r, nil, 1)
}

func (i *item) takeMetadata() {
	for _, p := range i.parts {
		var platform struct {
			Metadata struct {
				Name  string `json:"displayName"`
				About string `json:"description"`
			} `json:"metadata"`
		}
		if p.path == platformPart && json.Unmarshal(p.content, &platform) == nil && platform.Metadata.Name != "" {
			i.name, i.about = platform.Metadata.Name, platform.Metadata.About
		}
	}
}

// operation is a long-running one.
type operation struct {
	polls   int // that still find it running
	result  any // nil where it has none
	failure map[string]any
}

// begin answers with an operation that is still running for so many questions. The caller holds the lock.
func (a *API) begin(w http.ResponseWriter, r *http.Request, result any, polls int) {
	o := &operation{polls: polls, result: result}
	if f := faults.Of(r); f.Fails != "" {
		o.failure = map[string]any{"errorCode": f.Fails, "message": f.Message}
	}
	id := uuid.NewString()
	a.operations[id] = o
	w.Header().Set("Location", a.o.BaseURL+"/v1/operations/"+id)
	w.Header().Set("x-ms-operation-id", id)
	w.Header().Set("Retry-After", a.retryAfter())
	answer(w, http.StatusAccepted, nil)
}

// running is the operation of the path; it answers where there is none. The caller holds the lock.
func (a *API) running(w http.ResponseWriter, r *http.Request) *operation {
	o := a.operations[r.PathValue("operation")]
	if o == nil {
		refuse(w, http.StatusNotFound, "OperationNotFound", "The requested operation was not found")
	}
	return o
}

func (a *API) operation(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	o := a.running(w, r)
	switch {
	case o == nil:
	case o.polls > 0:
		o.polls--
		w.Header().Set("Location", a.o.BaseURL+r.URL.Path)
		w.Header().Set("Retry-After", a.retryAfter())
		answer(w, http.StatusOK, map[string]any{"status": "Running", "percentComplete": 50, "error": nil})
	case o.failure != nil:
		answer(w, http.StatusOK, map[string]any{"status": "Failed", "percentComplete": 100, "error": o.failure})
	default:
		if o.result != nil {
			w.Header().Set("Location", a.o.BaseURL+r.URL.Path+"/result")
		}
		answer(w, http.StatusOK, map[string]any{"status": "Succeeded", "percentComplete": 100, "error": nil})
	}
}

func (a *API) operationResult(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	o := a.running(w, r)
	switch {
	case o == nil:
	case o.result == nil || o.polls > 0 || o.failure != nil:
		refuse(w, http.StatusBadRequest, "OperationHasNoResult", "The operation has no result")
	default:
		answer(w, http.StatusOK, o.result)
	}
}
