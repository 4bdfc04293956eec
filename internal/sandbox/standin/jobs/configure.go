package jobs

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// DefaultCores is the node of a notebook that asks for none.
const DefaultCores = 2

// nodeSizes are the nodes of Python notebooks, in cores.
var nodeSizes = []int{2, 4, 8, 16, 32, 64}

// configured takes the cell %%configure out of a notebook, as Fabric's engine reads it before there is a session: it says how many cores
// the node has, by a number or by the name of a parameter of the pipeline's activity. It must be the first code cell. What is no notebook
// comes back as it is, with the default node.
func configured(content []byte, parameters map[string]any) (rest []byte, cores int, refused *NotebookError) {
	var notebook map[string]json.RawMessage
	var cells []json.RawMessage
	if json.Unmarshal(content, &notebook) != nil || json.Unmarshal(notebook["cells"], &cells) != nil {
		return content, DefaultCores, nil
	}
	first := -1
	for i, raw := range cells {
		source, code := codeOf(raw)
		if !code {
			continue
		}
		if first < 0 {
			first = i
		}
		settings, is := strings.CutPrefix(strings.TrimSpace(source), "%%configure")
		switch {
		case !is:
			continue
		case i != first:
			return nil, 0, &NotebookError{Name: "MagicUsageError", Value: "%%configure must be the first code cell of a notebook that a pipeline runs"}
		}
		cores, err := coresOf(settings, parameters)
		if err != nil {
			return nil, 0, &NotebookError{Name: "MagicUsageError", Value: "%%configure: " + err.Error()}
		}
		if notebook["cells"], err = json.Marshal(slices.Delete(cells, i, i+1)); err != nil {
			return content, DefaultCores, nil
		}
		if rest, err = json.Marshal(notebook); err != nil {
			return content, DefaultCores, nil
		}
		return rest, cores, nil
	}
	return content, DefaultCores, nil
}

// codeOf is a cell's code; false for another kind of cell.
func codeOf(raw json.RawMessage) (string, bool) {
	var cell struct {
		Kind   string          `json:"cell_type"`
		Source json.RawMessage `json:"source"`
	}
	if json.Unmarshal(raw, &cell) != nil || cell.Kind != "code" {
		return "", false
	}
	var lines []string
	var text string
	if json.Unmarshal(cell.Source, &lines) == nil {
		return strings.Join(lines, ""), true
	}
	return text, json.Unmarshal(cell.Source, &text) == nil && text != ""
}

func coresOf(settings string, parameters map[string]any) (int, error) {
	var asked struct {
		Cores json.RawMessage `json:"vCores"`
	}
	if err := json.Unmarshal([]byte(settings), &asked); err != nil {
		return 0, err
	}
	if asked.Cores == nil {
		return DefaultCores, nil
	}
	var cores int
	if json.Unmarshal(asked.Cores, &cores) != nil {
		var named struct {
			Parameter string `json:"parameterName"`
			Default   int    `json:"defaultValue"`
		}
		if err := json.Unmarshal(asked.Cores, &named); err != nil || named.Parameter == "" {
			return 0, fmt.Errorf("vCores is neither a number nor a parameter with its default")
		}
		cores = named.Default
		if given, is := parameters[named.Parameter]; is {
			if _, err := fmt.Sscan(fmt.Sprint(given), &cores); err != nil {
				return 0, fmt.Errorf("the parameter %s is %v, which is no number of cores", named.Parameter, given)
			}
		}
	}
	if !slices.Contains(nodeSizes, cores) {
		return 0, fmt.Errorf("there is no node with %d cores", cores)
	}
	return cores, nil
}
