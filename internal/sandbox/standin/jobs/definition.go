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
	ID      string
	Name    string
	Content []byte
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

// Deploy reads notebooks/NAME.ipynb and pipelines/NAME.DataPipeline/ from source, as somebody would who imports them into a
// workspace: placeholders such as {{WORKSPACE_ID}} are replaced by ids, notebooks' ids among them as {{NAME_NOTEBOOK_ID}}.
// newID gives each item its id.
func Deploy(source fs.FS, ids map[string]string, newID func(kind, name string) string) ([]*Pipeline, []*Notebook, error) {
	replace := func(text []byte) ([]byte, error) {
		for name, id := range ids {
			text = []byte(strings.ReplaceAll(string(text), "{{"+name+"}}", id))
		}
		if left := placeholder.Find(text); left != nil {
			return nil, fmt.Errorf("nothing is known to put in the place of %s", left)
		}
		return text, nil
	}
	files, err := fs.Glob(source, "notebooks/*.ipynb")
	if err != nil || len(files) == 0 {
		return nil, nil, fmt.Errorf("reading the notebooks: %w", errors.Join(err, errNothingFound))
	}
	var notebooks []*Notebook
	for _, file := range files {
		name := strings.TrimSuffix(path.Base(file), ".ipynb")
		n := &Notebook{ID: newID("Notebook", name), Name: name}
		ids[strings.ToUpper(name)+"_NOTEBOOK_ID"] = n.ID
		notebooks = append(notebooks, n)
	}
	for i, file := range files {
		text, err := fs.ReadFile(source, file)
		if err == nil {
			notebooks[i].Content, err = replace(text)
		}
		if err != nil {
			return nil, nil, fmt.Errorf("deploying %s: %w", file, err)
		}
	}
	files, err = fs.Glob(source, "pipelines/*.DataPipeline/pipeline-content.json")
	if err != nil || len(files) == 0 {
		return nil, nil, fmt.Errorf("reading the pipelines: %w", errors.Join(err, errNothingFound))
	}
	var pipelines []*Pipeline
	for _, file := range files {
		name := strings.TrimSuffix(path.Base(path.Dir(file)), ".DataPipeline")
		text, err := fs.ReadFile(source, file)
		if err == nil {
			text, err = replace(text)
		}
		if err != nil {
			return nil, nil, fmt.Errorf("deploying %s: %w", file, err)
		}
		p, err := parse(newID("DataPipeline", name), name, text)
		if err != nil {
			return nil, nil, fmt.Errorf("deploying %s: %w", file, err)
		}
		if platform, err := fs.ReadFile(source, path.Dir(file)+"/.platform"); err == nil {
			p.Platform = platform
		}
		pipelines = append(pipelines, p)
	}
	return pipelines, notebooks, nil
}

var (
	placeholder     = regexp.MustCompile(`\{\{[A-Z_]+\}\}`)
	errNothingFound = errors.New("none is there")
)

func parse(id, name string, text []byte) (*Pipeline, error) {
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
	known := map[string]bool{}
	for _, a := range content.Properties.Activities {
		switch a.Type {
		case "TridentNotebook", "Wait", "Fail":
		default:
			return nil, fmt.Errorf("activity %s is a %s, which this stand-in can't carry out", a.Name, a.Type)
		}
		for _, d := range a.DependsOn {
			if !known[d.Activity] {
				return nil, fmt.Errorf("activity %s depends on %s, which does not stand before it", a.Name, d.Activity)
			}
		}
		known[a.Name] = true
	}
	return &Pipeline{
		ID: id, Name: name, Content: text, concurrency: content.Properties.Concurrency,
		parameters: content.Properties.Parameters, activities: content.Properties.Activities,
	}, nil
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
