package jobs

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Notebook is a deployed notebook.
type Notebook struct {
	ID       string
	Name     string
	Content  []byte // .ipynb
	Platform []byte // .platform; nil where there is none
}

// Pipeline is a deployed pipeline.
type Pipeline struct {
	ID       string
	Name     string
	Content  []byte // pipeline-content.json, with the workspace's ids in it
	Platform []byte // .platform; nil where there is none

	concurrency int // jobs at a time; 0 = no limit
	parameters  map[string]declared
	variables   map[string]declared
	activities  []activity
}

// Place is where items are deployed, and to which lakehouse notebooks are bound.
type Place struct{ WorkspaceID, LakehouseID, LakehouseName string }

type declared struct {
	Type    string          `json:"type"`
	Default json.RawMessage `json:"defaultValue"`
}

type activity struct {
	Name      string       `json:"name"`
	Type      string       `json:"type"`
	State     string       `json:"state"`            // Inactive for one that is switched off
	Marked    string       `json:"onInactiveMarkAs"` // as what such a one counts
	DependsOn []dependency `json:"dependsOn"`
	Policy    struct {
		Timeout string `json:"timeout"`
	} `json:"policy"`
	Properties struct {
		NotebookID  string `json:"notebookId"`
		WorkspaceID string `json:"workspaceId"`
		Parameters  map[string]struct {
			Value json.RawMessage `json:"value"`
			Type  string          `json:"type"`
		} `json:"parameters"`
		WaitSeconds json.RawMessage   `json:"waitTimeInSeconds"`
		Message     json.RawMessage   `json:"message"`
		ErrorCode   json.RawMessage   `json:"errorCode"`
		Expression  json.RawMessage   `json:"expression"` // of an If Condition
		IfTrue      []activity        `json:"ifTrueActivities"`
		IfFalse     []activity        `json:"ifFalseActivities"`
		Items       json.RawMessage   `json:"items"` // of a Filter
		Condition   json.RawMessage   `json:"condition"`
		Variable    string            `json:"variableName"` // that is set
		Value       json.RawMessage   `json:"value"`
		Fields      []json.RawMessage `json:"fieldList"` // that Get Metadata is asked for
		Dataset     dataset           `json:"datasetSettings"`
	} `json:"typeProperties"`
}

type dependency struct {
	Activity   string   `json:"activity"`
	Conditions []string `json:"dependencyConditions"`
}

// What stands in item folders for the workspace and for its lakehouse, which no item folder brings.
const (
	zeroGUID         = "00000000-0000-0000-0000-000000000000"
	lakehouseLogical = "2f7a60d1-4f0b-4c58-9d1e-8b3c5a6e7f10"
)

// Deploy reads item folders, NAME.Notebook/ and NAME.DataPipeline/, from source, as somebody would who deploys them: logical ids
// become the ids of the items and the zero GUID the workspace's, and notebooks get the lakehouse as their default. newID gives
// each item its id. Without a source nothing is deployed.
func Deploy(source fs.FS, at Place, newID func(kind, name string) string) ([]*Pipeline, []*Notebook, error) {
	if source == nil {
		return nil, nil, nil
	}
	folders, err := fs.Glob(source, "*/.platform")
	if err != nil || len(folders) == 0 {
		return nil, nil, fmt.Errorf("looking for item folders: %w", errors.Join(err, errNothingFound))
	}
	ids := []string{zeroGUID, at.WorkspaceID, lakehouseLogical, at.LakehouseID}
	var notebooks []*Notebook
	var pipelines []*Pipeline
	for _, file := range folders {
		folder := path.Dir(file)
		name, kind, _ := strings.Cut(folder, ".")
		platform, err := fs.ReadFile(source, file)
		if err != nil {
			return nil, nil, fmt.Errorf("deploying %s: %w", folder, err)
		}
		id := newID(kind, name)
		if logical := logicalID(platform); logical != "" {
			ids = append(ids, logical, id)
		}
		switch kind {
		case "Notebook":
			n := &Notebook{ID: id, Name: name, Platform: platform}
			if n.Content, err = fs.ReadFile(source, folder+"/notebook-content.ipynb"); err == nil {
				n.Content, err = bound(n.Content, at)
			}
			notebooks = append(notebooks, n)
		case "DataPipeline":
			p := &Pipeline{ID: id, Name: name, Platform: platform}
			p.Content, err = fs.ReadFile(source, folder+"/pipeline-content.json")
			pipelines = append(pipelines, p)
		default:
			err = fmt.Errorf("%q is no kind of item that this stand-in knows", kind)
		}
		if err != nil {
			return nil, nil, fmt.Errorf("deploying %s: %w", folder, err)
		}
	}
	inPlace := strings.NewReplacer(ids...)
	for i, p := range pipelines {
		pipelines[i], err = ReadPipeline(p.ID, p.Name, []byte(inPlace.Replace(string(p.Content))))
		if err == nil {
			err = pipelines[i].runnable()
		}
		if err != nil {
			return nil, nil, fmt.Errorf("deploying %s.DataPipeline: %w", p.Name, err)
		}
		pipelines[i].Platform = p.Platform
	}
	return pipelines, notebooks, nil
}

var errNothingFound = errors.New("none is there")

func logicalID(platform []byte) string {
	var p struct {
		Config struct {
			LogicalID string `json:"logicalId"`
		} `json:"config"`
	}
	_ = json.Unmarshal(platform, &p)
	return p.Config.LogicalID
}

// bound is a notebook with a default lakehouse.
func bound(content []byte, at Place) ([]byte, error) {
	var notebook map[string]any
	if err := json.Unmarshal(content, &notebook); err != nil {
		return nil, err
	}
	metadata, _ := notebook["metadata"].(map[string]any)
	if metadata == nil {
		metadata = map[string]any{}
	}
	metadata["dependencies"] = map[string]any{"lakehouse": map[string]any{
		"default_lakehouse": at.LakehouseID, "default_lakehouse_name": at.LakehouseName, "default_lakehouse_workspace_id": at.WorkspaceID,
	}}
	notebook["metadata"] = metadata
	return json.Marshal(notebook)
}

// boundTo tells whether the lakehouse of a place is the notebook's default one.
func (n *Notebook) boundTo(at Place) bool {
	var content struct {
		Metadata struct {
			Dependencies struct {
				Lakehouse struct {
					ID        string `json:"default_lakehouse"`
					Workspace string `json:"default_lakehouse_workspace_id"`
				} `json:"lakehouse"`
			} `json:"dependencies"`
		} `json:"metadata"`
	}
	_ = json.Unmarshal(n.Content, &content)
	l := content.Metadata.Dependencies.Lakehouse
	return strings.EqualFold(l.ID, at.LakehouseID) && strings.EqualFold(l.Workspace, at.WorkspaceID)
}

// forSpark tells whether the notebook is one for Spark and not a Python notebook.
func (n *Notebook) forSpark() bool {
	var content struct {
		Metadata struct {
			Kernel struct {
				Name string `json:"name"`
			} `json:"kernel_info"`
		} `json:"metadata"`
	}
	_ = json.Unmarshal(n.Content, &content)
	return content.Metadata.Kernel.Name == "synapse_pyspark"
}

// ReadPipeline reads a pipeline's definition. Activities that this stand-in can't carry out fail when a job comes to them.
func ReadPipeline(id, name string, text []byte) (*Pipeline, error) {
	var content struct {
		Properties struct {
			Activities  []activity          `json:"activities"`
			Parameters  map[string]declared `json:"parameters"`
			Variables   map[string]declared `json:"variables"`
			Concurrency int                 `json:"concurrency"`
		} `json:"properties"`
	}
	if err := json.Unmarshal(text, &content); err != nil {
		return nil, fmt.Errorf("reading the definition: %w", err)
	}
	return &Pipeline{
		ID: id, Name: name, Content: text, concurrency: content.Properties.Concurrency,
		parameters: content.Properties.Parameters, variables: content.Properties.Variables, activities: content.Properties.Activities,
	}, nil
}

// runnable says what of a pipeline this stand-in can't carry out, and what Fabric would not take.
func (p *Pipeline) runnable() error { return runnable(p.activities, false, map[string]bool{}) }

// runnable looks at one level of activities. names are those of the whole pipeline: each stands there once.
func runnable(all []activity, within bool, names map[string]bool) error {
	here := map[string]bool{}
	for _, a := range all {
		if names[a.Name] {
			return fmt.Errorf("two activities are called %s", a.Name)
		}
		names[a.Name], here[a.Name] = true, true
	}
	for _, a := range all {
		switch {
		case a.Type == "IfCondition" && within:
			return fmt.Errorf("activity %s is an If Condition within another one, which Fabric does not take", a.Name)
		case a.Type == "IfCondition":
			if err := errors.Join(runnable(a.Properties.IfTrue, true, names), runnable(a.Properties.IfFalse, true, names)); err != nil {
				return err
			}
		case !carriedOut[a.Type]:
			return fmt.Errorf("activity %s is a %s, which this stand-in can't carry out", a.Name, a.Type)
		}
		for _, d := range a.DependsOn {
			if !here[d.Activity] {
				return fmt.Errorf("activity %s depends on %s, which does not stand beside it", a.Name, d.Activity)
			}
		}
	}
	if left := inTurn(all, func(activity) {}); left != "" {
		return fmt.Errorf("activity %s waits for one that waits for it", left)
	}
	return nil
}

// carriedOut are the kinds of activities that this stand-in can carry out, beside If Condition.
var carriedOut = map[string]bool{"TridentNotebook": true, "GetMetadata": true, "Filter": true, "SetVariable": true, "Wait": true, "Fail": true}

// inTurn goes through the activities of a level so that each comes after those that it depends on, else as they stand. It returns the name of
// one that never comes, as it waits for itself.
func inTurn(all []activity, do func(activity)) (left string) {
	ended := map[string]bool{}
	for len(ended) < len(all) {
		before := len(ended)
		for _, a := range all {
			waits := slices.ContainsFunc(a.DependsOn, func(d dependency) bool { return !ended[d.Activity] })
			if ended[a.Name] {
				continue
			}
			left = a.Name
			if !waits {
				do(a)
				ended[a.Name] = true
			}
		}
		if len(ended) == before {
			return left
		}
	}
	return ""
}

// bind gives each declared parameter its value: the one that was passed, in the declared type, else its default. Names that
// are not declared are ignored, as Fabric does.
func (p *Pipeline) bind(passed map[string]any) (map[string]any, error) {
	return bind("parameter", p.parameters, passed)
}

func bind(what string, all map[string]declared, passed map[string]any) (map[string]any, error) {
	bound := map[string]any{}
	for name, d := range all {
		value, ok := passed[name]
		if !ok {
			if err := json.Unmarshal(d.Default, &value); len(d.Default) > 0 && err != nil {
				return nil, fmt.Errorf("the default of %s %s can't be read: %w", what, name, err)
			}
		}
		if what == "variable" && value == nil {
			bound[name] = nil // until it is set
			continue
		}
		value, err := coerce(value, d.Type)
		if err != nil {
			return nil, fmt.Errorf("the value of %s %s is not of type %s", what, name, d.Type)
		}
		bound[name] = value
	}
	return bound, nil
}

// coerce turns a JSON value into a declared type (pipelines': string, int, float, bool, array, object, secureString).
func coerce(value any, to string) (any, error) {
	text := fmt.Sprint(value)
	if f, ok := value.(float64); ok {
		text = strconv.FormatFloat(f, 'f', -1, 64)
	}
	switch strings.ToLower(to) {
	case "string", "securestring":
		if value == nil {
			return "", nil
		}
		return text, nil
	case "int", "integer":
		return strconv.ParseInt(text, 10, 64)
	case "float", "double", "number":
		return strconv.ParseFloat(text, 64)
	case "bool", "boolean":
		return strconv.ParseBool(text)
	default:
		return value, nil
	}
}

var timeoutText = regexp.MustCompile(`^(?:(\d+)\.)?(\d+):(\d+):(\d+)$`)

// timeout reads d.hh:mm:ss; the default is Fabric's 12 hours.
func (a activity) timeout() time.Duration {
	m := timeoutText.FindStringSubmatch(a.Policy.Timeout)
	if m == nil {
		return 12 * time.Hour
	}
	var n [4]time.Duration
	for i := range n {
		v, _ := strconv.Atoi("0" + m[i+1])
		n[i] = time.Duration(v)
	}
	return n[0]*24*time.Hour + n[1]*time.Hour + n[2]*time.Minute + n[3]*time.Second
}
