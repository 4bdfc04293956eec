package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
)

// run takes a job from NotStarted to its end.
func (e *Engine) run(ctx context.Context, p *Pipeline, j *running) {
	status := e.work(ctx, p, j)
	e.change(j, func(job *Job) { job.Status, job.Ended = status, time.Now() })
}

func (e *Engine) work(ctx context.Context, p *Pipeline, j *running) string {
	if !pause(ctx, e.options.QueueTime) {
		return Cancelled
	}
	if slots := e.slot(p.ID); slots != nil {
		select {
		case slots <- struct{}{}:
			defer func() { <-slots }()
		case <-ctx.Done():
			return Cancelled
		}
	}
	e.change(j, func(job *Job) { job.Status, job.Started = InProgress, time.Now() })
	parameters, err := p.bind(j.Parameters)
	variables, badly := bind("variable", p.variables, nil)
	err = errors.Join(err, badly)
	scope := scope{jobID: j.ID, pipelineID: p.ID, parameters: parameters, variables: variables, types: p.variables, outputs: map[string]map[string]any{}}
	return map[string]string{"Succeeded": Completed, "Failed": Failed, "Cancelled": Cancelled}[e.level(ctx, j, p.activities, scope, err)]
}

// level carries out the activities of a pipeline or of a branch, one after the other: Succeeded, Failed or Cancelled. What a level has come to
// is what its last activities have come to, those on which no other depends; where one of them was skipped, what it depended on counts.
func (e *Engine) level(ctx context.Context, j *running, all []activity, scope scope, broken error) string {
	results := map[string]string{}
	inTurn(all, func(a activity) {
		if slices.Contains(slices.Collect(maps.Values(results)), "Cancelled") {
			return
		}
		if a.State == "Inactive" { // it does not run, is not listed, and counts as it is said
			results[a.Name] = cmp.Or(a.Marked, "Succeeded")
			return
		}
		index := e.begin(j, a)
		var run ActivityRun
		switch {
		case broken != nil:
			run = failed("InvalidTemplate", broken.Error())
		case !a.due(results):
			run = ActivityRun{Status: "Skipped"}
		default:
			run = e.activity(ctx, j, a, index, scope.of(a, all))
		}
		results[a.Name], scope.outputs[a.Name] = run.Status, run.Output
		e.change(j, func(job *Job) {
			done := &job.Activities[index]
			done.Status, done.Output, done.Error, done.End = run.Status, run.Output, run.Error, time.Now()
		})
	})
	return outcomeOf(all, results)
}

// of is the scope of an activity: of those beside it, it can name those that it depends on, also by others.
func (s scope) of(a activity, beside []activity) scope {
	byName := map[string]activity{}
	for _, b := range beside {
		byName[b.Name] = b
	}
	outputs := maps.Clone(s.outputs)
	maps.DeleteFunc(outputs, func(name string, _ map[string]any) bool { _, is := byName[name]; return is })
	var reach func(activity)
	reach = func(from activity) {
		for _, d := range from.DependsOn {
			if output, ok := s.outputs[d.Activity]; ok {
				outputs[d.Activity] = output
			}
			reach(byName[d.Activity])
		}
	}
	reach(a)
	s.outputs = outputs
	return s
}

func outcomeOf(all []activity, results map[string]string) string {
	waited := map[string]bool{}
	byName := map[string]activity{}
	for _, a := range all {
		byName[a.Name] = a
		for _, d := range a.DependsOn {
			waited[d.Activity] = true
		}
	}
	out := "Succeeded"
	var judge func(name string)
	judge = func(name string) {
		switch results[name] {
		case "Failed":
			out = "Failed"
		case "Skipped":
			for _, d := range byName[name].DependsOn {
				judge(d.Activity)
			}
		}
	}
	for _, a := range all {
		if results[a.Name] == "Cancelled" {
			return "Cancelled"
		}
		if !waited[a.Name] {
			judge(a.Name)
		}
	}
	return out
}

// due tells whether what an activity depends on has ended as it asks.
func (a activity) due(results map[string]string) bool {
	for _, d := range a.DependsOn {
		result := results[d.Activity]
		if !slices.Contains(d.Conditions, result) && !(slices.Contains(d.Conditions, "Completed") && result != "Skipped") {
			return false
		}
	}
	return true
}

// begin notes that an activity runs.
func (e *Engine) begin(j *running, a activity) (index int) {
	e.change(j, func(job *Job) {
		index = len(job.Activities)
		job.Activities = append(job.Activities, ActivityRun{
			ID: uuid.NewString(), Name: a.Name, Type: a.Type, Status: "InProgress", Start: time.Now(),
			Input: map[string]any{}, Output: map[string]any{},
		})
	})
	return index
}

func (e *Engine) activity(ctx context.Context, j *running, a activity, index int, scope scope) ActivityRun {
	if a.Type != "IfCondition" { // which has no time of its own
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, a.timeout())
		defer cancel()
	}
	switch a.Type {
	case "Wait":
		seconds, err := scope.evaluate(a.Properties.WaitSeconds)
		if err != nil {
			return failed("InvalidTemplate", err.Error())
		}
		n, _ := coerce(seconds, "float")
		duration, _ := n.(float64)
		if !pause(ctx, time.Duration(duration*float64(time.Second))) {
			return ended(ctx, ctx.Err())
		}
		return ActivityRun{Status: "Succeeded"}
	case "Fail":
		code, _ := scope.evaluate(a.Properties.ErrorCode)
		message, _ := scope.evaluate(a.Properties.Message)
		return failed(fmt.Sprint(code), fmt.Sprint(message))
	case "IfCondition":
		return e.branch(ctx, j, a, scope)
	case "GetMetadata":
		return e.metadata(j, a, index, scope)
	case "Filter":
		return filter(a, scope)
	case "SetVariable":
		return set(a, scope)
	case "TridentNotebook":
	default:
		return failed("InvalidTemplate", "This stand-in can't carry out a "+a.Type)
	}
	notebook := e.notebook(a.Properties.NotebookID)
	if notebook == nil {
		return failed("6002", "The notebook "+a.Properties.NotebookID+" was not found")
	}
	values := map[string]any{}
	passed := map[string]any{}
	for name, p := range a.Properties.Parameters {
		value, err := scope.evaluate(p.Value)
		if err == nil {
			value, err = coerce(value, p.Type)
		}
		if err != nil {
			return failed("InvalidTemplate", fmt.Sprintf("parameter %s of the notebook: %v", name, err))
		}
		values[name] = value
		passed[name] = map[string]any{"value": value, "type": p.Type}
	}
	id := uuid.NewString()
	e.change(j, func(job *Job) {
		job.Activities[index].Input = map[string]any{"notebookId": notebook.ID, "workspaceId": a.Properties.WorkspaceID, "parameters": passed}
	})
	if notebook.boundTo(e.options.Place) {
		values["lakehouse_root"] = e.options.LakehouseRoot
	}
	outcome, err := e.options.Runner.Run(ctx, Execution{ID: id, JobID: j.ID, Notebook: *notebook, Parameters: values})
	run := ended(ctx, err)
	result := map[string]any{"runId": id, "sessionId": uuid.NewString(), "exitValue": outcome.ExitValue}
	run.Output = map[string]any{
		"status": run.Status, "result": result,
		"SparkMonitoringURL": fmt.Sprintf("workloads/de-ds/sparkmonitor/%s/%s", notebook.ID, result["sessionId"]),
	}
	if outcome.Error != nil && run.Status != "Cancelled" {
		run.Status, run.Output["status"] = "Failed", "Failed"
		result["error"] = map[string]any{"ename": outcome.Error.Name, "evalue": outcome.Error.Value, "traceback": outcome.Error.Traceback}
		run.Error = ActivityError{"6002", fmt.Sprintf("Notebook execution failed at Notebook service with http status code - '200', please check the Run logs on "+
			"Notebook, additional details - 'Error name - %s, Error value - %s' : ", outcome.Error.Name, outcome.Error.Value), "UserError"}
	}
	return run
}

// ended is how an activity is said to have ended when its work returned err.
func ended(ctx context.Context, err error) ActivityRun {
	switch {
	case err == nil: // also when it was cancelled too late
		return ActivityRun{Status: "Succeeded"}
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return failed("2108", "The activity did not end within its timeout")
	case ctx.Err() != nil:
		return ActivityRun{Status: "Cancelled"}
	default:
		return failed("6002", "The notebook could not be run: "+err.Error())
	}
}

func failed(code, message string) ActivityRun {
	return ActivityRun{Status: "Failed", Error: ActivityError{code, message, "UserError"}}
}

// pause waits; false when ctx was done first.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
