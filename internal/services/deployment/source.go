package deployment

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"fabricportal/internal/services/fabric/items"
)

// What stands in item folders for the workspace, and for the lakehouse at which a pipeline looks: no item folder brings that one.
const (
	zeroGUID         = "00000000-0000-0000-0000-000000000000"
	lakehouseLogical = "2f7a60d1-4f0b-4c58-9d1e-8b3c5a6e7f10"
)

// The file in which a kind's content stands, and the format in which it is asked for and sent.
var contents = map[string]struct{ path, format string }{
	items.Notebook: {"notebook-content.ipynb", "ipynb"},
	items.Pipeline: {"pipeline-content.json", ""},
}

// source is one item folder.
type source struct {
	kind, name, about, logicalID string
	content                      []byte
}

// document is an item's content as JSON.
type document map[string]any

func readDocument(content []byte) (document, error) {
	decode := json.NewDecoder(bytes.NewReader(content))
	decode.UseNumber()
	var d document
	if err := decode.Decode(&d); err != nil {
		return nil, err
	}
	if d == nil {
		return nil, errors.New("it is no JSON object")
	}
	return d, nil
}

// readSources reads all item folders, notebooks first and by name.
func readSources(from fs.FS) ([]source, error) {
	platforms, err := fs.Glob(from, "*/.platform")
	if err != nil || len(platforms) == 0 {
		return nil, fmt.Errorf("this program holds nothing to deploy: %w", errors.Join(err, fs.ErrNotExist))
	}
	var all []source
	for _, file := range platforms {
		s, err := readSource(from, path.Dir(file))
		if err != nil {
			return nil, fmt.Errorf("reading what is to be deployed, %s: %w", path.Dir(file), err)
		}
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b source) int {
		if a.kind != b.kind {
			return -strings.Compare(a.kind, b.kind) // Notebook before DataPipeline
		}
		return strings.Compare(a.name, b.name)
	})
	return all, nil
}

func readSource(from fs.FS, folder string) (source, error) {
	text, err := fs.ReadFile(from, folder+"/.platform")
	if err != nil {
		return source{}, err
	}
	var platform struct {
		Metadata struct {
			Kind  string `json:"type"`
			Name  string `json:"displayName"`
			About string `json:"description"`
		} `json:"metadata"`
		Config struct {
			LogicalID string `json:"logicalId"`
		} `json:"config"`
	}
	if err := json.Unmarshal(text, &platform); err != nil {
		return source{}, err
	}
	s := source{kind: platform.Metadata.Kind, name: platform.Metadata.Name, about: platform.Metadata.About, logicalID: platform.Config.LogicalID}
	form, ok := contents[s.kind]
	if !ok || s.name == "" || s.logicalID == "" {
		return source{}, errors.New("its .platform names no kind, name or logical id that can be used")
	}
	s.content, err = fs.ReadFile(from, folder+"/"+form.path)
	return s, err
}

// bound is the content for one workspace: ids in the place of logical ids, and the lakehouse as a notebook's default one. Values are put
// in as JSON, so that a name may hold anything.
func (s source) bound(ids map[string]string, lakehouse items.Item) (document, error) {
	d, err := readDocument(s.content)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", s.name, err)
	}
	if s.kind == items.Notebook {
		metadata, _ := d["metadata"].(map[string]any)
		if metadata == nil {
			return nil, fmt.Errorf("reading %s: the notebook has no metadata", s.name)
		}
		metadata["dependencies"] = map[string]any{"lakehouse": map[string]any{
			"default_lakehouse": lakehouse.ID, "default_lakehouse_name": lakehouse.Name, "default_lakehouse_workspace_id": ids[zeroGUID],
		}}
		return d, nil
	}
	replaceIDs(map[string]any(d), ids)
	return d, nil
}

// replaceIDs puts ids in the place of the texts that they stand for, and leaves all else as it is.
func replaceIDs(v any, ids map[string]string) any {
	switch v := v.(type) {
	case string:
		if id, ok := ids[v]; ok {
			return id
		}
	case map[string]any:
		for key, inner := range v {
			v[key] = replaceIDs(inner, ids)
		}
	case []any:
		for i, inner := range v {
			v[i] = replaceIDs(inner, ids)
		}
	}
	return v
}

// definition is a bound content as Fabric takes it.
func (s source) definition(d document) (items.Definition, error) {
	content, err := json.Marshal(d)
	if err != nil {
		return items.Definition{}, fmt.Errorf("writing %s: %w", s.name, err)
	}
	form := contents[s.kind]
	return items.Definition{Format: form.format, Parts: []items.Part{{Path: form.path, Content: content}}}, nil
}
