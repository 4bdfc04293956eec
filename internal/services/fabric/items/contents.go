package items

import (
	"encoding/json"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// The files of definitions in which the content stands.
const (
	pipelineFile = "pipeline-content.json"
	notebookFile = "notebook-content.ipynb"
)

// PipelineContent is what decides how a pipeline runs. All texts are as Fabric tells them.
type PipelineContent struct {
	Parameters  []string // that it declares, sorted
	Concurrency int      // runs at once; 0 where the definition sets no bound
	Notebooks   []NotebookCall
	Looks       []Look
}

// Look is an activity that looks at a lakehouse's files, to choose by them what runs.
type Look struct {
	Activity    string
	LakehouseID string // "" where an expression chooses it
}

// NotebookCall is an activity that runs a notebook.
type NotebookCall struct {
	Activity    string
	NotebookID  string   // "" where an expression chooses it
	WorkspaceID string   // of the notebook
	Passes      []string // the parameters that it is given, sorted
}

// NotebookContent is what decides where a notebook works.
type NotebookContent struct {
	LakehouseID        string // the default one; "" for none
	LakehouseWorkspace string
	Version            string // that it states of itself; "" where it states none
	Spark              bool   // it is one for Spark and not a Python notebook
}

// sparkKernel is what Fabric calls the kernel of a notebook for Spark.
const sparkKernel = "synapse_pyspark"

// part is one file of the definition.
func (d Definition) part(path string) ([]byte, error) {
	for _, p := range d.Parts {
		if p.Path == path {
			return p.Content, nil
		}
	}
	return nil, errors.New("the definition has no " + path)
}

// Pipeline reads the definition as a pipeline's.
func (d Definition) Pipeline() (PipelineContent, error) {
	content, err := d.part(pipelineFile)
	if err != nil {
		return PipelineContent{}, err
	}
	var in struct {
		Properties struct {
			Parameters  map[string]json.RawMessage `json:"parameters"`
			Concurrency any                        `json:"concurrency"`
			Activities  any                        `json:"activities"`
		} `json:"properties"`
	}
	if err := json.Unmarshal(content, &in); err != nil {
		return PipelineContent{}, err
	}
	out := PipelineContent{Parameters: slices.Sorted(maps.Keys(in.Properties.Parameters))}
	if most, ok := in.Properties.Concurrency.(float64); ok && most >= 1 && most <= 1000 {
		out.Concurrency = int(most)
	}
	out.collect(in.Properties.Activities)
	return out, nil
}

// collect finds the calls of notebooks, also those within loops and branches. What is switched off does not run.
func (c *PipelineContent) collect(v any) {
	switch v := v.(type) {
	case []any:
		for _, inner := range v {
			c.collect(inner)
		}
	case map[string]any:
		if v["state"] == "Inactive" {
			return
		}
		properties, _ := v["typeProperties"].(map[string]any)
		if v["type"] == "TridentNotebook" {
			call := NotebookCall{}
			call.Activity, _ = v["name"].(string)
			call.NotebookID, _ = properties["notebookId"].(string)
			call.WorkspaceID, _ = properties["workspaceId"].(string)
			passed, _ := properties["parameters"].(map[string]any)
			call.Passes = slices.Sorted(maps.Keys(passed))
			c.Notebooks = append(c.Notebooks, call)
			return
		}
		if v["type"] == "GetMetadata" {
			look := Look{}
			look.Activity, _ = v["name"].(string)
			look.LakehouseID, _ = within(properties, "datasetSettings", "linkedService", "properties", "typeProperties")["artifactId"].(string)
			c.Looks = append(c.Looks, look)
			return
		}
		for _, key := range slices.Sorted(maps.Keys(properties)) {
			c.collect(properties[key])
		}
		for _, inner := range []string{"activities", "ifTrueActivities", "ifFalseActivities", "cases", "defaultActivities"} {
			c.collect(v[inner])
		}
	}
}

// within is the object at a path of keys; nil where there is none.
func within(object map[string]any, path ...string) map[string]any {
	for _, key := range path {
		object, _ = object[key].(map[string]any)
	}
	return object
}

// statedVersion is how the notebooks of this program name their version (fabric/src/runs/version.py).
var statedVersion = regexp.MustCompile(`(?m)^NOTEBOOK_VERSION = ["']([^"'\n]{1,40})["']`)

// Notebook reads the definition as a notebook's in the format ipynb.
func (d Definition) Notebook() (NotebookContent, error) {
	content, err := d.part(notebookFile)
	if err != nil {
		return NotebookContent{}, err
	}
	var in struct {
		Metadata struct {
			Kernel struct {
				Name string `json:"name"`
			} `json:"kernel_info"`
			Dependencies struct {
				Lakehouse struct {
					ID        string `json:"default_lakehouse"`
					Workspace string `json:"default_lakehouse_workspace_id"`
				} `json:"lakehouse"`
			} `json:"dependencies"`
		} `json:"metadata"`
		Cells []struct {
			Type   string `json:"cell_type"`
			Source any    `json:"source"`
		} `json:"cells"`
	}
	if err := json.Unmarshal(content, &in); err != nil {
		return NotebookContent{}, err
	}
	out := NotebookContent{LakehouseID: in.Metadata.Dependencies.Lakehouse.ID, LakehouseWorkspace: in.Metadata.Dependencies.Lakehouse.Workspace}
	out.Spark = in.Metadata.Kernel.Name == sparkKernel
	for _, cell := range in.Cells {
		if found := statedVersion.FindStringSubmatch(joined(cell.Source)); found != nil && cell.Type == "code" {
			out.Version = found[1]
		}
	}
	return out, nil
}

// joined is a cell's source, which may be one text or its lines.
func joined(source any) string {
	if text, ok := source.(string); ok {
		return text
	}
	lines, _ := source.([]any)
	var b strings.Builder
	for _, l := range lines {
		text, _ := l.(string)
		b.WriteString(text)
	}
	return b.String()
}

// ID is a text as an item's id, in lower case; ok is false for what is none.
func ID(text string) (id string, ok bool) { return strings.ToLower(text), isGUID(text) }
