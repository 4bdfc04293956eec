package jobs

import "encoding/json"

// Evaluate is the value of a property in a pipeline that has these parameters.
func Evaluate(text string, parameters map[string]any) (any, error) {
	raw, err := json.Marshal(text)
	if err != nil {
		return nil, err
	}
	return scope{parameters: parameters}.evaluate(raw)
}

// Configured takes the cell %%configure out of a notebook and says how large a node it asks for.
var Configured = configured
