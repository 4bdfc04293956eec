package jobs_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/standin/jobs"
)

func TestTheNodeThatIsAskedFor(t *testing.T) {
	cells := func(sources ...string) []byte {
		var list []any
		for _, s := range sources {
			list = append(list, map[string]any{"cell_type": "code", "source": strings.SplitAfter(s, "\n")})
		}
		content, err := json.Marshal(map[string]any{"cells": list})
		require.NoError(t, err)
		return content
	}
	const byParameter = "%%configure\n" + `{"vCores": {"parameterName": "vcores", "defaultValue": 4}}`
	for name, c := range map[string]struct {
		notebook   []byte
		parameters map[string]any
		cores      int
		refused    string
	}{
		"nothing asked":      {notebook: cells("x = 1"), cores: 2},
		"a number":           {notebook: cells("%%configure\n{\"vCores\": 8}", "x = 1"), cores: 8},
		"the default":        {notebook: cells(byParameter, "x = 1"), cores: 4},
		"the parameter":      {notebook: cells(byParameter, "x = 1"), parameters: map[string]any{"vcores": int64(64)}, cores: 64},
		"not the first cell": {notebook: cells("x = 1", byParameter), refused: "must be the first code cell"},
		"no such node":       {notebook: cells(byParameter), parameters: map[string]any{"vcores": int64(3)}, refused: "there is no node with 3 cores"},
		"no number":          {notebook: cells(byParameter), parameters: map[string]any{"vcores": "many"}, refused: "which is no number of cores"},
		"no JSON":            {notebook: cells("%%configure\nvCores = 4"), refused: "%%configure"},
		"another form":       {notebook: cells("%%configure\n{\"vCores\": []}"), refused: "neither a number nor a parameter"},
	} {
		t.Run(name, func(t *testing.T) {
			rest, cores, refused := jobs.Configured(c.notebook, c.parameters)
			if c.refused != "" {
				require.NotNil(t, refused)
				require.Contains(t, refused.Value, c.refused)
				return
			}
			require.Nil(t, refused)
			require.Equal(t, c.cores, cores)
			require.JSONEq(t, string(cells("x = 1")), string(rest))
		})
	}
}

func TestThePipelineSizesTheNode(t *testing.T) {
	content, err := os.ReadFile("../../../../fabric/notebooks/sales_ingest.Notebook/notebook-content.ipynb")
	require.NoError(t, err)
	for given, cores := range map[any]int{nil: 2, int64(16): 16} {
		parameters := map[string]any{}
		if given != nil {
			parameters["vcores"] = given
		}
		rest, found, refused := jobs.Configured(content, parameters)
		require.Nil(t, refused)
		require.Equal(t, cores, found)
		require.NotContains(t, string(rest), "%%configure\\n")
	}
}
