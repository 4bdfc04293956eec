package jobs_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/standin/jobs"
)

var place = jobs.Place{WorkspaceID: "w", LakehouseID: "l", LakehouseName: `Sales & "Orders"`}

// engine runs a pipeline of the given activities and parameters, whose only notebook is called n.
func engine(t *testing.T, activities, parameters string, runner jobs.Runner) (*jobs.Engine, string) {
	t.Helper()
	source := fstest.MapFS{
		"n.Notebook/.platform":                 {Data: []byte(`{"config": {"logicalId": "0198c5a2-7c3e-4bb2-a111-0000000000ec"}}`)},
		"n.Notebook/notebook-content.ipynb":    {Data: []byte(`{}`)},
		"p.DataPipeline/.platform":             {Data: []byte(`{}`)},
		"p.DataPipeline/pipeline-content.json": {Data: fmt.Appendf(nil, `{"properties": {"activities": [%s], "parameters": {%s}}}`, activities, parameters)},
	}
	pipelines, notebooks, err := jobs.Deploy(source, place, func(kind, name string) string { return kind + "-" + name })
	require.NoError(t, err)
	e := jobs.New(t.Context(), jobs.Options{Pipelines: pipelines, Notebooks: notebooks, Runner: runner, LakehouseRoot: "/root", Place: place})
	t.Cleanup(e.Close)
	return e, pipelines[0].ID
}

func finished(t *testing.T, e *jobs.Engine) jobs.Job {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	require.NoError(t, e.Wait(ctx, func(all []jobs.Job) bool { return len(all) > 0 && !all[len(all)-1].Unfinished() }))
	all := e.Jobs()
	return all[len(all)-1]
}

func succeeding(context.Context, jobs.Execution) (jobs.Outcome, error) { return jobs.Outcome{}, nil }

const call = `{"name": "call", "type": "TridentNotebook", "typeProperties": {"notebookId": "0198c5a2-7c3e-4bb2-a111-0000000000ec", "parameters": {"x": {"value": %s, "type": "%s"}}}}`

func TestExpressionsAndTypes(t *testing.T) {
	for name, c := range map[string]struct {
		expression, as, declared string
		passed                   map[string]any
		want                     any
	}{
		"passed text":      {`{"value": "@pipeline().parameters.p", "type": "Expression"}`, "string", `"p": {"type": "string"}`, map[string]any{"p": "v"}, "v"},
		"bare text":        {`"@pipeline().parameters.p"`, "string", `"p": {"type": "string"}`, map[string]any{"p": "v"}, "v"},
		"in braces":        {`"@{pipeline().parameters.p}"`, "string", `"p": {"type": "string"}`, map[string]any{"p": "v"}, "v"},
		"default":          {`"@pipeline().parameters.p"`, "int", `"p": {"type": "int", "defaultValue": 5}`, nil, int64(5)},
		"no default":       {`"@pipeline().parameters.p"`, "string", `"p": {"type": "string"}`, nil, ""},
		"large number":     {`"@pipeline().parameters.p"`, "int", `"p": {"type": "int"}`, map[string]any{"p": 1428571.0}, int64(1428571)},
		"number as text":   {`"@pipeline().parameters.p"`, "int", `"p": {"type": "string"}`, map[string]any{"p": "12"}, int64(12)},
		"text from number": {`"@pipeline().parameters.p"`, "string", `"p": {"type": "int"}`, map[string]any{"p": 12.0}, "12"},
		"boolean":          {`"@pipeline().parameters.p"`, "bool", `"p": {"type": "bool"}`, map[string]any{"p": true}, true},
		"constant":         {`"plain"`, "string", ``, map[string]any{"p": "ignored"}, "plain"},
	} {
		t.Run(name, func(t *testing.T) {
			var got jobs.Execution
			e, id := engine(t, fmt.Sprintf(call, c.expression, c.as), c.declared, jobs.RunnerFunc(func(_ context.Context, x jobs.Execution) (jobs.Outcome, error) {
				got = x
				return jobs.Outcome{}, nil
			}))
			_, err := e.Start(id, jobs.Request{Parameters: c.passed})
			require.NoError(t, err)
			require.Equal(t, jobs.Completed, finished(t, e).Status)
			require.Equal(t, map[string]any{"x": c.want, "lakehouse_root": "/root"}, got.Parameters)
		})
	}
	for name, activities := range map[string]string{
		"undeclared":  fmt.Sprintf(call, `"@pipeline().parameters.other"`, "string"),
		"function":    fmt.Sprintf(call, `"@formatDateTime(utcNow())"`, "string"),
		"not a whole": fmt.Sprintf(call, `"@pipeline().parameters.p"`, "int"),
	} {
		t.Run(name, func(t *testing.T) {
			e, id := engine(t, activities, `"p": {"type": "string", "defaultValue": "x"}`, jobs.RunnerFunc(succeeding))
			_, err := e.Start(id, jobs.Request{})
			require.NoError(t, err)
			job := finished(t, e)
			require.Equal(t, jobs.Failed, job.Status)
			require.Equal(t, "InvalidTemplate", job.Activities[0].Error.Code)
		})
	}
}

func TestActivitiesDependOnEachOther(t *testing.T) {
	after := func(name, condition, rest string) string {
		return fmt.Sprintf(`, {"name": %q, "dependsOn": [{"activity": "call", "dependencyConditions": [%q]}], %s}`, name, condition, rest)
	}
	activities := fmt.Sprintf(call, `1`, "int") + after("good", "Succeeded", `"type": "Wait", "typeProperties": {"waitTimeInSeconds": 0}`) +
		after("bad", "Failed", `"type": "Fail", "typeProperties": {"errorCode": "500", "message": "handled"}`) +
		after("always", "Completed", `"type": "Wait", "typeProperties": {"waitTimeInSeconds": 0.01}`)
	for want, runner := range map[string]jobs.RunnerFunc{
		"call Succeeded, good Succeeded, bad Skipped, always Succeeded: Completed": succeeding,
		"call Failed, good Skipped, bad Failed, always Succeeded: Failed": func(context.Context, jobs.Execution) (jobs.Outcome, error) {
			return jobs.Outcome{Error: &jobs.NotebookError{Name: "E"}}, nil
		},
	} {
		e, id := engine(t, activities, "", runner)
		_, err := e.Start(id, jobs.Request{})
		require.NoError(t, err)
		job := finished(t, e)
		var got []string
		for _, a := range job.Activities {
			got = append(got, a.Name+" "+a.Status)
		}
		require.Equal(t, want, strings.Join(got, ", ")+": "+job.Status)
	}
}

func TestTimeoutOfAnActivity(t *testing.T) {
	activities := strings.Replace(fmt.Sprintf(call, `1`, "int"), `"typeProperties"`, `"policy": {"timeout": "0.00:00:01"}, "typeProperties"`, 1)
	e, id := engine(t, activities, "", jobs.RunnerFunc(func(ctx context.Context, _ jobs.Execution) (jobs.Outcome, error) {
		<-ctx.Done()
		return jobs.Outcome{}, ctx.Err()
	}))
	_, err := e.Start(id, jobs.Request{})
	require.NoError(t, err)
	job := finished(t, e)
	require.Equal(t, jobs.Failed, job.Status)
	require.Contains(t, job.Activities[0].Error.Message, "timeout")
}

func TestCloseCancelsWhatRuns(t *testing.T) {
	entered := make(chan struct{})
	e, id := engine(t, fmt.Sprintf(call, `1`, "int"), "", jobs.RunnerFunc(func(ctx context.Context, _ jobs.Execution) (jobs.Outcome, error) {
		close(entered)
		<-ctx.Done()
		return jobs.Outcome{}, ctx.Err()
	}))
	_, err := e.Start(id, jobs.Request{})
	require.NoError(t, err)
	<-entered
	e.Close()
	require.Equal(t, jobs.Cancelled, e.Jobs()[0].Status)
	_, err = e.Start(id, jobs.Request{})
	require.Error(t, err, "a closed engine accepts nothing")
}

func TestDefinitionsThatCannotBeDeployed(t *testing.T) {
	for name, content := range map[string]string{
		"activity":   `{"properties": {"activities": [{"name": "a", "type": "Copy"}]}}`,
		"dependency": `{"properties": {"activities": [{"name": "a", "type": "Wait", "dependsOn": [{"activity": "b"}]}]}}`,
		"JSON":       `{`,
	} {
		source := fstest.MapFS{"p.DataPipeline/.platform": {Data: []byte(`{}`)}, "p.DataPipeline/pipeline-content.json": {Data: []byte(content)}}
		_, _, err := jobs.Deploy(source, place, func(_, name string) string { return name })
		require.ErrorContains(t, err, "p.DataPipeline", name)
	}
	_, _, err := jobs.Deploy(fstest.MapFS{}, place, nil)
	require.Error(t, err)
}
