package deployment

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"reflect"
	"strings"

	"fabricportal/internal/services/fabric/items"
)

// essence is what of a content says what it does, as plain JSON values: Fabric gives back other bytes than it was sent, with notes of
// its own in them.
type essence any

// noted are properties of a pipeline that Fabric writes itself.
var noted = map[string]bool{"lastModifiedByObjectId": true, "lastPublishTime": true}

// essenceOf takes the essence out of a content. A content of another form has an empty one, as it is not this program's.
func essenceOf(kind string, d document) essence {
	// Numbers and nested types become those of encoding/json, wherever the content comes from.
	text, err := json.Marshal(d)
	if err != nil {
		return map[string]any{}
	}
	if kind == items.Notebook {
		return notebookEssence(text)
	}
	var p struct {
		Properties map[string]any `json:"properties"`
	}
	if json.Unmarshal(text, &p) != nil || p.Properties == nil {
		return map[string]any{}
	}
	for name := range noted {
		delete(p.Properties, name)
	}
	return p.Properties
}

func notebookEssence(text []byte) essence {
	var n struct {
		Cells []struct {
			Kind     string          `json:"cell_type"`
			Source   json.RawMessage `json:"source"`
			Metadata struct {
				Tags []string `json:"tags"`
			} `json:"metadata"`
		} `json:"cells"`
		Metadata struct {
			Kernel struct {
				Name string `json:"name"`
			} `json:"kernel_info"`
			Dependencies struct {
				Lakehouse struct {
					ID        string `json:"default_lakehouse"`
					Name      string `json:"default_lakehouse_name"`
					Workspace string `json:"default_lakehouse_workspace_id"`
				} `json:"lakehouse"`
			} `json:"dependencies"`
		} `json:"metadata"`
	}
	if json.Unmarshal(text, &n) != nil {
		return map[string]any{}
	}
	cells := []any{}
	for _, c := range n.Cells {
		cell := map[string]any{"kind": c.Kind, "source": sourceText(c.Source)}
		for _, tag := range c.Metadata.Tags {
			if tag == "parameters" {
				cell["parameters"] = true
			}
		}
		cells = append(cells, cell)
	}
	l := n.Metadata.Dependencies.Lakehouse
	return map[string]any{
		"cells": cells, "kernel": n.Metadata.Kernel.Name,
		"lakehouse": map[string]any{"id": strings.ToLower(l.ID), "name": l.Name, "workspace": strings.ToLower(l.Workspace)},
	}
}

// sourceText is a cell's source, which may come as lines or as one text.
func sourceText(raw json.RawMessage) string {
	var text string
	var lines []string
	if json.Unmarshal(raw, &lines) == nil {
		text = strings.Join(lines, "")
	} else {
		_ = json.Unmarshal(raw, &text) // what is neither has no text
	}
	return strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
}

// digest names an essence.
func digest(e essence) string {
	text, err := json.Marshal(e) // the keys of objects come sorted
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// contains tells whether found has all of wanted: it may have further properties, such as ones that Fabric has added.
func contains(found, wanted any) bool {
	switch w := wanted.(type) {
	case map[string]any:
		f, ok := found.(map[string]any)
		if !ok {
			return false
		}
		for key, value := range w {
			if inner, ok := f[key]; !ok || !contains(inner, value) {
				return false
			}
		}
		return true
	case []any:
		f, ok := found.([]any)
		if !ok || len(f) != len(w) {
			return false
		}
		for i := range w {
			if !contains(f[i], w[i]) {
				return false
			}
		}
		return true
	}
	return reflect.DeepEqual(found, wanted)
}
