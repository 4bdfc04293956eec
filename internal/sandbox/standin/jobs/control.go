package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// branch carries out an If Condition. The activities of the branch are listed as those of the pipeline are; those of the other are not.
func (e *Engine) branch(ctx context.Context, j *running, a activity, scope scope) ActivityRun {
	value, err := scope.evaluate(a.Properties.Expression)
	met, isBool := value.(bool)
	if err == nil && !isBool {
		err = fmt.Errorf("the expression of %s is neither true nor false: %s", a.Name, textOf(value))
	}
	if err != nil {
		return failed("InvalidTemplate", err.Error())
	}
	inner := a.Properties.IfFalse
	if met {
		inner = a.Properties.IfTrue
	}
	status := e.level(ctx, j, inner, scope, nil)
	run := ActivityRun{Status: status, Output: map[string]any{}}
	if status == "Failed" {
		run.Error = ActivityError{"ActionFailed", "Activity failed because an inner activity failed", "UserError"}
	}
	return run
}

// filter carries out a Filter: the elements of a list for which its condition is true.
func filter(a activity, scope scope) ActivityRun {
	value, err := scope.evaluate(a.Properties.Items)
	all, isList := value.([]any)
	if err == nil && !isList {
		err = fmt.Errorf("the items of %s are no list", a.Name)
	}
	kept := []any{}
	for i := 0; i < len(all) && err == nil; i++ {
		scope.item = &all[i]
		var keep any
		if keep, err = scope.evaluate(a.Properties.Condition); err == nil {
			yes, isBool := keep.(bool)
			if !isBool {
				err = fmt.Errorf("the condition of %s is neither true nor false: %s", a.Name, textOf(keep))
			} else if yes {
				kept = append(kept, all[i])
			}
		}
	}
	if err != nil {
		return failed("InvalidTemplate", err.Error())
	}
	return ActivityRun{Status: "Succeeded", Output: map[string]any{"ItemsCount": int64(len(all)), "FilteredItemsCount": int64(len(kept)), "Value": kept}}
}

// set carries out a Set Variable.
func set(a activity, scope scope) ActivityRun {
	name := a.Properties.Variable
	declared, ok := scope.types[name]
	value, err := scope.evaluate(a.Properties.Value)
	if err == nil && !ok {
		err = fmt.Errorf("the pipeline has no variable %s", name)
	}
	if err == nil {
		value, err = coerce(value, declared.Type)
	}
	if err != nil {
		return failed("InvalidTemplate", err.Error())
	}
	scope.variables[name] = value
	return ActivityRun{Status: "Succeeded", Output: map[string]any{"name": name, "value": value}}
}

// dataset is what Get Metadata looks at: a file or folder of a lakehouse's Files.
type dataset struct {
	Linked struct {
		Properties struct {
			Type       string `json:"type"`
			Properties struct {
				Workspace json.RawMessage `json:"workspaceId"`
				Item      json.RawMessage `json:"artifactId"`
				Root      string          `json:"rootFolder"`
			} `json:"typeProperties"`
		} `json:"properties"`
	} `json:"linkedService"`
	Type       string `json:"type"`
	Properties struct {
		Location struct {
			Type   string          `json:"type"`
			Folder json.RawMessage `json:"folderPath"`
			File   json.RawMessage `json:"fileName"`
		} `json:"location"`
	} `json:"typeProperties"`
}

// metadata carries out a Get Metadata on a file or folder of the lakehouse. A field that does not apply, such as the size of a folder, is not in
// the output, as in Microsoft's samples. What is not there fails the activity, but where it is asked whether it exists.
func (e *Engine) metadata(j *running, a activity, index int, scope scope) ActivityRun {
	fields, path, err := e.asked(a, scope)
	if err != nil {
		return failed("InvalidTemplate", err.Error())
	}
	e.change(j, func(job *Job) {
		job.Activities[index].Input = map[string]any{"fieldList": fields, "storeSettings": map[string]any{"type": "LakehouseReadSettings"}}
	})
	info, err := os.Stat(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return failed("2011", "The metadata could not be read")
	}
	output := map[string]any{}
	if slices.Contains(fields, "exists") {
		output["exists"] = err == nil
	}
	if err != nil {
		if !slices.Contains(fields, "exists") {
			return failed("2011", "ErrorCode=UserErrorFileNotFound: The required Blob is missing: "+filepath.Base(path))
		}
		return ActivityRun{Status: "Succeeded", Output: output}
	}
	for _, field := range fields {
		switch {
		case field == "itemName":
			output[field] = info.Name()
		case field == "itemType":
			output[field] = kindOf(info)
		case field == "lastModified":
			output[field] = info.ModTime().UTC().Format(time.RFC3339)
		case field == "size" && !info.IsDir():
			output[field] = info.Size()
		case field == "childItems" && info.IsDir():
			entries, err := os.ReadDir(path)
			if err != nil {
				return failed("2011", "The folder could not be listed")
			}
			items := []any{}
			for _, entry := range entries {
				if inner, err := entry.Info(); err == nil {
					items = append(items, map[string]any{"name": entry.Name(), "type": kindOf(inner)})
				}
			}
			output[field] = items
		}
	}
	return ActivityRun{Status: "Succeeded", Output: output}
}

func kindOf(info fs.FileInfo) string {
	if info.IsDir() {
		return "Folder"
	}
	return "File"
}

// metadataFields are those that Get Metadata can be asked for at a lakehouse's files without a format.
var metadataFields = []string{"exists", "itemName", "itemType", "size", "lastModified", "childItems", "contentMD5"}

// asked is what a Get Metadata asks for, and the path of what it looks at.
func (e *Engine) asked(a activity, scope scope) (fields []string, file string, err error) {
	for _, raw := range a.Properties.Fields {
		field, err := scope.evaluate(raw)
		if err != nil {
			return nil, "", err
		}
		name := textOf(field)
		if !slices.Contains(metadataFields, name) {
			return nil, "", fmt.Errorf("%s can't be asked of a file without a format", name)
		}
		fields = append(fields, name)
	}
	if len(fields) == 0 {
		return nil, "", fmt.Errorf("%s asks for nothing", a.Name)
	}
	d := a.Properties.Dataset
	linked := d.Linked.Properties
	texts := map[string]string{}
	for name, raw := range map[string]json.RawMessage{
		"workspace": linked.Properties.Workspace, "item": linked.Properties.Item, "folder": d.Properties.Location.Folder, "file": d.Properties.Location.File,
	} {
		value, err := scope.evaluate(raw)
		if err != nil {
			return nil, "", err
		}
		texts[name] = textOf(value)
	}
	at := e.options.Place
	switch {
	case linked.Type != "Lakehouse" || d.Properties.Location.Type != "LakehouseLocation" || linked.Properties.Root != "Files":
		return nil, "", fmt.Errorf("%s looks at something that is no file or folder of a lakehouse", a.Name)
	case !strings.EqualFold(texts["workspace"], at.WorkspaceID) || !strings.EqualFold(texts["item"], at.LakehouseID):
		return nil, "", fmt.Errorf("the lakehouse %s of the workspace %s was not found", texts["item"], texts["workspace"])
	}
	inside := path.Join(texts["folder"], texts["file"])
	if !filepath.IsLocal(filepath.FromSlash(inside)) && inside != "" {
		return nil, "", fmt.Errorf("%s is no path in the lakehouse", inside)
	}
	return fields, filepath.Join(e.options.LakehouseRoot, "Files", filepath.FromSlash(inside)), nil
}
