package items

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func pipelineOf(content string) Definition {
	return Definition{Parts: []Part{{pipelineFile, []byte(content)}}}
}

func TestAPipelineIsReadToItsInnermostNotebook(t *testing.T) {
	call := func(name string) string {
		return `{"name": "` + name + `", "type": "TridentNotebook", "typeProperties": {"notebookId": "n", "workspaceId": "w", "parameters": {"b": {}, "a": {}}}}`
	}
	found, err := pipelineOf(`{"properties": {"parameters": {"y": {}, "x": {}}, "concurrency": 1, "activities": [
		{"name": "off", "type": "TridentNotebook", "state": "Inactive"},
		{"name": "loop", "type": "ForEach", "typeProperties": {"activities": [` + call("inner") + `]}},
		{"name": "look", "type": "GetMetadata", "typeProperties": {"fieldList": ["size"], "datasetSettings": {"linkedService": {"properties": {"typeProperties": {"artifactId": "l"}}}}}},
		{"name": "look elsewhere", "type": "GetMetadata", "typeProperties": {"datasetSettings": 1}},
		{"name": "either", "type": "IfCondition", "typeProperties": {"ifFalseActivities": [` + call("other") + `]}},
		{"name": "chosen", "type": "TridentNotebook", "typeProperties": {"notebookId": {"value": "@x", "type": "Expression"}}}]}}`).Pipeline()
	require.NoError(t, err)
	require.Equal(t, PipelineContent{Parameters: []string{"x", "y"}, Concurrency: 1, Notebooks: []NotebookCall{
		{"inner", "n", "w", []string{"a", "b"}}, {"other", "n", "w", []string{"a", "b"}}, {Activity: "chosen"},
	}, Looks: []Look{{"look", "l"}, {Activity: "look elsewhere"}}}, found)
}

func TestAContentOfAnotherFormIsNoPanic(t *testing.T) {
	for _, content := range []string{`{}`, `{"properties": {"activities": {"type": 3}, "concurrency": "1"}}`, `{"properties": {"activities": [1, null, {"typeProperties": []}], "concurrency": 1e300}}`} {
		found, err := pipelineOf(content).Pipeline()
		require.NoError(t, err, content)
		require.Zero(t, found.Concurrency)
		require.Empty(t, found.Notebooks)
	}
	for _, content := range []string{``, `[]`, `{"properties": 1}`} {
		_, err := pipelineOf(content).Pipeline()
		require.Error(t, err, content)
	}
	_, err := Definition{}.Pipeline()
	require.ErrorContains(t, err, "pipeline-content.json")
}

func TestANotebookSaysWhereItWorks(t *testing.T) {
	notebookOf := func(content string) Definition { return Definition{Parts: []Part{{notebookFile, []byte(content)}}} }
	found, err := notebookOf(`{"metadata": {"dependencies": {"lakehouse": {"default_lakehouse": "l", "default_lakehouse_workspace_id": "w"}}}, "cells": [
		{"cell_type": "markdown", "source": ["NOTEBOOK_VERSION = \"9.9.9\""]}, {"cell_type": "code", "source": "x = 1\nNOTEBOOK_VERSION = '1.2.3'"}, {"cell_type": "code", "source": [3]}]}`).Notebook()
	require.NoError(t, err)
	require.Equal(t, NotebookContent{LakehouseID: "l", LakehouseWorkspace: "w", Version: "1.2.3"}, found)
	found, err = notebookOf(`{"metadata": {"kernel_info": {"name": "synapse_pyspark"}}}`).Notebook()
	require.NoError(t, err)
	require.True(t, found.Spark)
	for _, content := range []string{``, `{"cells": 1}`, `{"metadata": {"dependencies": []}}`} {
		_, err := notebookOf(content).Notebook()
		require.Error(t, err, content)
	}
	_, err = Definition{}.Notebook()
	require.Error(t, err)
}

func TestAnIDIsInLowerCase(t *testing.T) {
	id, ok := ID("0198C5A2-7C3E-4BB2-A111-0000000000EC")
	require.True(t, ok)
	require.Equal(t, "0198c5a2-7c3e-4bb2-a111-0000000000ec", id)
	_, ok = ID("../x")
	require.False(t, ok)
}
