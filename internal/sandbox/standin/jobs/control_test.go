package jobs_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/standin/jobs"
)

// listed are a job's activities and its status, in a line.
func listed(job jobs.Job) string {
	var got []string
	for _, a := range job.Activities {
		got = append(got, a.Name+" "+a.Status)
	}
	return strings.Join(got, ", ") + ": " + job.Status
}

// choosing is a pipeline that looks at a file or folder and calls one of two notebooks.
const choosing = `{"name": "look", "type": "GetMetadata", "typeProperties": {"fieldList": ["exists", "itemType"], "datasetSettings": %[1]s}},
	{"name": "size", "type": "IfCondition", "dependsOn": [{"activity": "look", "dependencyConditions": ["Succeeded"]}], "typeProperties": {
		"expression": {"value": "@and(activity('look').output.exists, equals(activity('look').output.itemType, 'File'))", "type": "Expression"},
		"ifTrueActivities": [
			{"name": "weigh", "type": "GetMetadata", "typeProperties": {"fieldList": ["size", "itemName"], "datasetSettings": %[1]s}},
			{"name": "tell", "type": "TridentNotebook", "dependsOn": [{"activity": "weigh", "dependencyConditions": ["Succeeded"]}],
				"typeProperties": {"notebookId": "0198c5a2-7c3e-4bb2-a111-0000000000ec", "parameters": {
					"size": {"value": {"value": "@activity('weigh').output.size", "type": "Expression"}, "type": "int"},
					"said": {"value": "@{activity('weigh').output.itemName}: @{activity('weigh').output.size} bytes", "type": "string"}}}}],
		"ifFalseActivities": [
			{"name": "fold", "type": "TridentNotebook", "typeProperties": {"notebookId": "0198c5a2-7c3e-4bb2-a111-0000000000ec"}}]}}`

func lakeAt(workspace, item string) string {
	return `{"linkedService": {"name": "lake", "properties": {"type": "Lakehouse", "typeProperties": {"workspaceId": "` + workspace + `", "artifactId": "` + item + `", "rootFolder": "Files"}}},
		"type": "Binary", "typeProperties": {"location": {"type": "LakehouseLocation", "folderPath": "import",
			"fileName": {"value": "@pipeline().parameters.p", "type": "Expression"}}}}`
}

// choose runs a pipeline that has the parameter p, on a lakehouse with the file a.csv and the folder many.
func choose(t *testing.T, activities, p string) (jobs.Job, []jobs.Execution) {
	t.Helper()
	return chooseWith(t, activities, p, "")
}

func chooseWith(t *testing.T, activities, p, variables string) (jobs.Job, []jobs.Execution) {
	t.Helper()
	root := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(root, "Files", "import", "many"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(root, "Files", "import", "a.csv"), []byte("12345"), 0o600))
	source := fstest.MapFS{
		"n.Notebook/.platform":                 {Data: []byte(`{"config": {"logicalId": "0198c5a2-7c3e-4bb2-a111-0000000000ec"}}`)},
		"n.Notebook/notebook-content.ipynb":    {Data: []byte(`{}`)},
		"p.DataPipeline/.platform":             {Data: []byte(`{}`)},
		"p.DataPipeline/pipeline-content.json": {Data: []byte(`{"properties": {"activities": [` + activities + `], "parameters": {"p": {"type": "string"}}, "variables": {` + variables + `}}}`)},
	}
	pipelines, notebooks, err := jobs.Deploy(source, place, func(kind, name string) string { return kind + "-" + name })
	require.NoError(t, err)
	var ran []jobs.Execution
	e := jobs.New(t.Context(), jobs.Options{Pipelines: pipelines, Notebooks: notebooks, LakehouseRoot: root, Place: place, Runner: jobs.RunnerFunc(
		func(_ context.Context, x jobs.Execution) (jobs.Outcome, error) {
			ran = append(ran, x)
			return jobs.Outcome{}, nil
		})})
	t.Cleanup(e.Close)
	_, err = e.Start(pipelines[0].ID, jobs.Request{Parameters: map[string]any{"p": p}})
	require.NoError(t, err)
	job := finished(t, e)
	return job, ran
}

func TestAPipelineChoosesByWhatTheInputIs(t *testing.T) {
	activities := fmt.Sprintf(choosing, lakeAt("w", "l"))
	job, ran := choose(t, activities, "a.csv")
	require.Equal(t, "look Succeeded, size Succeeded, weigh Succeeded, tell Succeeded: Completed", listed(job), "the other branch is not listed")
	require.Equal(t, map[string]any{"size": int64(5), "said": "a.csv: 5 bytes"}, without(ran[0].Parameters, "lakehouse_root"))
	require.Equal(t, map[string]any{"exists": true, "itemType": "File"}, job.Activities[0].Output)

	job, ran = choose(t, activities, "many")
	require.Equal(t, "look Succeeded, size Succeeded, fold Succeeded: Completed", listed(job))
	require.Len(t, ran, 1)

	// Both values of “and” are evaluated: a file that is not there has no type.
	job, ran = choose(t, activities, "gone.csv")
	require.Equal(t, "look Succeeded, size Failed: Failed", listed(job))
	require.Contains(t, job.Activities[1].Error.Message, "itemType does not exist, available are exists")
	require.Empty(t, ran)
}

func without(m map[string]any, key string) map[string]any {
	delete(m, key)
	return m
}

func TestFilterAndSetVariable(t *testing.T) {
	look := fmt.Sprintf(`{"name": "look", "type": "GetMetadata", "typeProperties": {"fieldList": ["childItems"], "datasetSettings": %s}}`,
		strings.Replace(lakeAt("w", "l"), `, "folderPath": "import"`, "", 1))
	after := func(of, rest string) string {
		return fmt.Sprintf(`, {"dependsOn": [{"activity": %q, "dependencyConditions": ["Succeeded"]}], %s}`, of, rest)
	}
	activities := look + after("look", `"name": "folders", "type": "Filter", "typeProperties": {"items": {"value": "@activity('look').output.childItems", "type": "Expression"},
		"condition": {"value": "@equals(item().type, 'Folder')", "type": "Expression"}}`) +
		after("folders", `"name": "set", "type": "SetVariable", "typeProperties": {"variableName": "v", "value": {"value": "@greater(activity('folders').output.FilteredItemsCount, 0)", "type": "Expression"}}`) +
		after("set", `"name": "if", "type": "IfCondition", "typeProperties": {"expression": {"value": "@variables('v')", "type": "Expression"}, "ifTrueActivities": [{"name": "yes", "type": "Wait"}]}`)
	for p, want := range map[string]string{"import": "Succeeded, if Succeeded, yes Succeeded: Completed", "import/many": "Succeeded, if Succeeded: Completed"} {
		job, _ := chooseWith(t, activities, p, `"v": {"type": "Boolean"}`)
		require.Equal(t, "look Succeeded, folders Succeeded, set "+want, listed(job))
	}
	job, _ := chooseWith(t, activities, "import", `"other": {"type": "Boolean", "defaultValue": false}`)
	require.Equal(t, "look Succeeded, folders Succeeded, set Failed, if Skipped: Failed", listed(job))
	require.Contains(t, job.Activities[2].Error.Message, "no variable v")
}

func TestGetMetadataFails(t *testing.T) {
	const plain = `{"name": "look", "type": "GetMetadata", "typeProperties": {"fieldList": [%s], "datasetSettings": %s}}`
	for want, c := range map[string]struct{ fields, place, p string }{
		"missing: gone.csv":         {`"size"`, lakeAt("w", "l"), "gone.csv"},
		"lakehouse other of":        {`"size"`, lakeAt("w", "other"), "a.csv"},
		"no path in the lakehouse":  {`"exists"`, lakeAt("w", "l"), "../../../etc/passwd"},
		"asks for nothing":          {``, lakeAt("w", "l"), "a.csv"},
		"without a format":          {`"structure"`, lakeAt("w", "l"), "a.csv"},
		"no file or folder of a la": {`"size"`, `{}`, "a.csv"},
	} {
		job, _ := choose(t, fmt.Sprintf(plain, c.fields, c.place), c.p)
		require.Equal(t, "look Failed: Failed", listed(job), want)
		require.Contains(t, job.Activities[0].Error.Message, want)
	}
	job, _ := choose(t, fmt.Sprintf(plain, `"size", "childItems", "itemName"`, lakeAt("w", "l")), "many")
	require.Equal(t, map[string]any{"childItems": []any{}, "itemName": "many"}, job.Activities[0].Output, "a folder has no size")
}

// TestWhatALevelHasComeTo: the last activities count, and of a skipped one those before it; a failure that was handled is none.
func TestWhatALevelHasComeTo(t *testing.T) {
	const fail = `{"name": "bad", "type": "Fail", "typeProperties": {"errorCode": "1", "message": "m"}}`
	after := func(name, of, condition string) string {
		return fmt.Sprintf(`, {"name": %q, "type": "Wait", "dependsOn": [{"activity": %q, "dependencyConditions": [%q]}], "typeProperties": {"waitTimeInSeconds": 0}}`, name, of, condition)
	}
	within := func(inner string) string {
		return `{"name": "if", "type": "IfCondition", "typeProperties": {"expression": {"value": "@equals(1, 1)", "type": "Expression"}, "ifTrueActivities": [` + inner + `], "ifFalseActivities": []}}`
	}
	for want, activities := range map[string]string{
		"bad Failed, handled Succeeded: Completed":                         fail + after("handled", "bad", "Failed"),
		"bad Failed, next Skipped: Failed":                                 fail + after("next", "bad", "Succeeded"),
		"bad Failed, handled Succeeded, next Skipped: Failed":              fail + after("handled", "bad", "Failed") + after("next", "bad", "Succeeded"),
		"if Failed, bad Failed: Failed":                                    within(fail),
		"if Succeeded, bad Failed, handled Succeeded: Completed":           within(fail + after("handled", "bad", "Failed")),
		"if Failed, bad Failed, then Skipped, anyway Succeeded: Completed": within(fail) + after("then", "if", "Succeeded") + after("anyway", "then", "Skipped"),
		"first Succeeded, second Succeeded: Completed":                     strings.TrimPrefix(after("second", "first", "Succeeded"), ", ") + `, {"name": "first", "type": "Wait", "typeProperties": {"waitTimeInSeconds": 0}}`,
		"left Succeeded: Completed":                                        `{"name": "off", "type": "Wait", "state": "Inactive", "onInactiveMarkAs": "Succeeded"}` + after("left", "off", "Succeeded"),
		"if Failed: Failed":                                                `{"name": "if", "type": "IfCondition", "typeProperties": {"expression": {"value": "@string(1)", "type": "Expression"}}}`,
	} {
		job, _ := choose(t, activities, "")
		require.Equal(t, want, listed(job))
	}
}

func TestExpressions(t *testing.T) {
	for expression, want := range map[string]any{
		`@concat('it''s ', 1, ' ', true)`:                                   "it's 1 True",
		`@if(greater(2, 1.5), 'more', 'less')`:                              "more",
		`@greaterOrEquals(add(1, 2), 3)`:                                    true,
		`@or(not(less(1, 2)), equals('a', 'A'))`:                            false,
		`@endswith(toLower(pipeline().parameters.p), '.csv')`:               true,
		`@last(split(pipeline().parameters.p, '.'))`:                        "CSV",
		`@coalesce(json('{"a": null}')?.a?.b, json('{"a": 1}')?['z'], 'x')`: "x",
		`@createArray(1, 'b')[1]`:                                           "b",
		`@contains(createArray('a', 'b'), 'b')`:                             true,
		`@empty('')`:                                                        true,
		`@int(substring('a12', 1, 2))`:                                      int64(12),
		`a @{pipeline().parameters.p} b @{1}`:                               "a X.CSV b 1",
		`@@plain`:                                                           "@plain",
		`@lastIndexOf('a/b/c', '/')`:                                        int64(3),
	} {
		value, err := jobs.Evaluate(expression, map[string]any{"p": "X.CSV"})
		require.NoError(t, err, expression)
		require.Equal(t, want, value, expression)
	}
	for _, expression := range []string{
		`@`, `@and(true)`, `@and(1, true)`, `@and(false, 1)`, `@greater('1', 0)`, `@greater(null, 0)`, `@unknown()`, `@pipeline().parameters.q`, `@activity('x').output`,
		`@'open`, `@equals(1, 1) more`, `@json('{}').a`, `a @{1`, `@createArray()[0]`, `@pipeline()?`, `@if(true, 1)`, `@concat(`,
	} {
		_, err := jobs.Evaluate(expression, map[string]any{"p": "X.CSV"})
		require.Error(t, err, expression)
	}
}

func TestAPipelineThatFabricWouldNotTakeIsNotDeployed(t *testing.T) {
	wait := func(name, after string) string {
		return `{"name": "` + name + `", "type": "Wait", "dependsOn": [` + after + `]}`
	}
	on := func(name string) string { return `{"activity": "` + name + `", "dependencyConditions": ["Succeeded"]}` }
	branch := func(name, inner string) string {
		return `{"name": "` + name + `", "type": "IfCondition", "typeProperties": {"ifTrueActivities": [` + inner + `]}}`
	}
	for want, activities := range map[string]string{
		"waits for one that waits for it":          wait("a", on("b")) + "," + wait("b", on("a")),
		"does not stand beside it":                 wait("a", "") + "," + branch("if", wait("b", on("a"))),
		"two activities are called a":              wait("a", "") + "," + branch("if", wait("a", "")),
		"an If Condition within another":           branch("if", branch("inner", wait("a", ""))),
		"a is a Lookup, which this stand-in can't": branch("if", `{"name": "a", "type": "Lookup"}`),
	} {
		source := fstest.MapFS{
			"p.DataPipeline/.platform":             {Data: []byte(`{}`)},
			"p.DataPipeline/pipeline-content.json": {Data: []byte(`{"properties": {"activities": [` + activities + `]}}`)},
		}
		_, _, err := jobs.Deploy(source, place, func(string, string) string { return "id" })
		require.ErrorContains(t, err, want)
	}
}

// TestANotebookForSpark is run by a Python that has it, and fails with a sentence where there is none.
func TestANotebookForSpark(t *testing.T) {
	p := papermill(t)
	n := notebook(t, `from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
import notebookutils
notebookutils.notebook.exit(str(spark.range(5).count()))`)
	var content map[string]any
	require.NoError(t, json.Unmarshal(n.Content, &content))
	content["metadata"].(map[string]any)["kernel_info"] = map[string]any{"name": "synapse_pyspark"}
	text, err := json.Marshal(content)
	require.NoError(t, err)
	n.Content, n.Name = text, "large"
	x := jobs.Execution{ID: "1", Notebook: n, Parameters: map[string]any{}}
	if _, err := jobs.FindSpark(t.Context(), ""); err == nil {
		outcome, err := p.Run(t.Context(), x)
		require.NoError(t, err)
		require.Equal(t, jobs.Outcome{ExitValue: "5", Cores: jobs.DefaultCores}, outcome)
	}
	t.Chdir(t.TempDir())
	t.Setenv("PORTAL_SANDBOX_SPARK", "")
	_, err = p.Run(t.Context(), x)
	require.ErrorIs(t, err, jobs.ErrNoSpark)
	require.ErrorContains(t, err, "large is a notebook for Spark: no Spark is installed here")
	p.Spark = p.Python
	_, err = p.Run(t.Context(), x)
	require.ErrorContains(t, err, "has no pyspark")
}
