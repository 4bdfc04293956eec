package licences

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// CompleteSBOM puts the licences of the parts into a list of parts in CycloneDX's form, and takes out what depends on the machine
// that made it: the sums of the tool itself. A part of one that the other does not know is an error: then one of the two is wrong.
func CompleteSBOM(document []byte, parts []Part) ([]byte, error) {
	var bom map[string]any
	if err := json.Unmarshal(document, &bom); err != nil {
		return nil, fmt.Errorf("the list of parts: %w", err)
	}
	known := map[string]Part{}
	for _, part := range parts {
		known[part.Path] = part
	}
	components, _ := bom["components"].([]any)
	if len(components) == 0 {
		return nil, fmt.Errorf("the list of parts is empty")
	}
	for _, c := range components {
		component, _ := c.(map[string]any)
		name, _ := component["name"].(string)
		version, _ := component["version"].(string)
		part, found := known[name]
		if !found || part.Version != version {
			return nil, fmt.Errorf("the list of parts has %s %s, of which no licence was looked for", name, version)
		}
		var licences []any
		for _, id := range part.Licences() {
			licences = append(licences, map[string]any{"license": map[string]any{"id": id}})
		}
		component["licenses"] = licences
		delete(component, "evidence")
	}
	metadata, _ := bom["metadata"].(map[string]any)
	tools, _ := metadata["tools"].([]any)
	for _, t := range tools {
		if tool, ok := t.(map[string]any); ok {
			delete(tool, "hashes")
		}
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(bom); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
