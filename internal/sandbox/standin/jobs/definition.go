package jobs

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
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
	activities  []activity
}

// Place is where items are deployed, and to which lakehouse notebooks are bound.
type Place struct{ WorkspaceID, LakehouseID, LakehouseName string }

type declared struct {
	Type    string          `json:"type"`
	Default json.RawMessage `json:"defaultValue"`
}

type activity struct {
	Name      string `json:"name"`
	Type      string `json:"type"`
	DependsOn []struct {
		Activity   string   `json:"activity"`
		Conditions []string `json:"dependencyConditions"`
	} `json:"dependsOn"`
	Policy struct {
		Timeout string `json:"timeout"`
	} `json:"policy"`
	Properties struct {
		NotebookID  string `json:"notebookId"`
		WorkspaceID string `json:"workspaceId"`
		Parameters  map[string]struct {
			Value json.RawMessage `json:"value"`
			Type  string          `json:"type"`
		} `json:"parameters"`
		WaitSeconds json.RawMessage `json:"waitTimeInSeconds"`
		Message     json.RawMessage `json:"message"`
		ErrorCode   json.RawMessage `json:"errorCode"`
	} `json:"typeProperties"`
}

// zeroGUID stands for the workspace in item folders.
const zeroGUID = "00000000-0000-0000-0000-000000000000"

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
	ids := []string{zeroGUID, at.WorkspaceID}
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

// ReadPipeline reads a pipeline's definition. Activities that this stand-in can't carry out fail when a job comes to them.
func ReadPipeline(id, name string, text []byte) (*Pipeline, error) {
	var content struct {
		Properties struct {
			Activities  []activity          `json:"activities"`
			Parameters  map[string]declared `json:"parameters"`
			Concurrency int                 `json:"concurrency"`
		} `json:"properties"`
	}
	if err := json.Unmarshal(text, &content); err != nil {
		return nil, fmt.Errorf("reading the definition: %w", err)
	}
	return &Pipeline{
		ID: id, Name: name, Content: text, concurrency: content.Properties.Concurrency,
		parameters: content.Properties.Parameters, activities: content.Properties.Activities,
	}, nil
}

// runnable says what of a pipeline this stand-in can't carry out.
func (p *Pipeline) runnable() error {
	known := map[string]bool{}
	for _, a := range p.activities {
		switch a.Type {
		case "TridentNotebook", "Wait", "Fail":
		default:
			return fmt.Errorf("activity %s is a %s, which this stand-in can't carry out", a.Name, a.Type)
		}
		for _, d := range a.DependsOn {
			if !known[d.Activity] {
				return fmt.Errorf("activity %s depends on %s, which does not stand before it", a.Name, d.Activity)
			}
		}
		known[a.Name] = true
	}
	return nil
}

// bind gives each declared parameter its value: the one that was passed, in the declared type, else its default. Names that
// are not declared are ignored, as Fabric does.
func (p *Pipeline) bind(passed map[string]any) (map[string]any, error) {
	bound := map[string]any{}
	for name, d := range p.parameters {
		value, ok := passed[name]
		if !ok {
			if err := json.Unmarshal(d.Default, &value); len(d.Default) > 0 && err != nil {
				return nil, fmt.Errorf("the default of parameter %s can't be read: %w", name, err)
			}
		}
		value, err := coerce(value, d.Type)
		if err != nil {
			return nil, fmt.Errorf("the value of parameter %s is not of type %s", name, d.Type)
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

var parameterExpression = regexp.MustCompile(`^@(?:\{)?pipeline\(\)\.parameters\.(\w+)\}?$`)

// evaluate is the value of a property: a constant, or a reference to one of the pipeline's parameters, written as an
// expression object or as a bare string.
func evaluate(raw json.RawMessage, parameters map[string]any, jobID string) (any, error) {
	var value any
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &value); err != nil {
			return nil, err
		}
	}
	if object, ok := value.(map[string]any); ok && object["type"] == "Expression" {
		value = object["value"]
	}
	text, ok := value.(string)
	if !ok || !strings.HasPrefix(text, "@") || strings.HasPrefix(text, "@@") {
		return value, nil
	}
	if text == "@pipeline().RunId" {
		return jobID, nil
	}
	if m := parameterExpression.FindStringSubmatch(text); m != nil {
		if value, ok := parameters[m[1]]; ok {
			return value, nil
		}
		return nil, fmt.Errorf("the expression %s names a parameter that the pipeline does not declare", text)
	}
	return nil, fmt.Errorf("the expression %s is more than this stand-in can evaluate", text)
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
