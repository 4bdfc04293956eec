// Package jobs plays Fabric's job scheduler and what stands behind it: pipelines whose activities really run notebooks.
package jobs

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
)

// Fabric's words for a job's state.
const (
	NotStarted = "NotStarted"
	InProgress = "InProgress"
	Completed  = "Completed"
	Failed     = "Failed"
	Cancelled  = "Cancelled"
	Deduped    = "Deduped"
)

// Job is one accepted job instance, as it was when it was asked for.
type Job struct {
	ID                 string
	ItemID             string
	JobType            string
	Status             string // the true one
	RootActivityID     string
	Parameters         map[string]any // as they were passed
	OwnerPrincipalName string
	OwnerObjectID      string
	Accepted           time.Time
	Started            time.Time // zero while it is queued
	Ended              time.Time // zero while it is not
	CancelRequested    bool
	Activities         []ActivityRun
}

// Unfinished tells whether the job has not ended yet.
func (j Job) Unfinished() bool { return j.Ended.IsZero() }

// ActivityRun is one activity of a job.
type ActivityRun struct {
	ID     string
	Name   string
	Type   string
	Status string // InProgress, Succeeded, Failed, Cancelled or Skipped
	Start  time.Time
	End    time.Time // zero while it runs
	Input  map[string]any
	Output map[string]any
	Error  ActivityError
}

// ActivityError is why an activity failed; empty where it did not.
type ActivityError struct {
	Code, Message, FailureType string
}

// Request asks for a job.
type Request struct {
	JobType            string
	Parameters         map[string]any
	OwnerPrincipalName string
	OwnerObjectID      string
	Deduped            bool // the job is skipped as a double
}

// Options are how the engine is to work.
type Options struct {
	QueueTime         time.Duration // how long a job is NotStarted
	IgnoreConcurrency bool          // jobs overlap even where their pipeline's definition says one at a time
	LakehouseRoot     string        // what notebooks are told as lakehouse_root, where this lakehouse is their default one
	Place             Place         // of the lakehouse
	Pipelines         []*Pipeline
	Notebooks         []*Notebook
	Runner            Runner
}

// Errors of the engine.
var (
	ErrNoItem    = errors.New("no such item")
	ErrNoJob     = errors.New("no such job")
	ErrCompleted = errors.New("the job has already ended")
)

// Engine runs jobs. Its record of them is the oracle for tests: it knows what was accepted, whoever forgot it.
type Engine struct {
	options Options

	ctx    context.Context
	cancel context.CancelFunc
	group  sync.WaitGroup

	mu        sync.Mutex
	pipelines map[string]*Pipeline
	notebooks map[string]*Notebook
	slots     map[string]chan struct{} // per pipeline with a limit, one place for each job at a time
	jobs      []*running               // in the order in which they were accepted
	changed   chan struct{}
}

type running struct {
	Job
	cancel context.CancelFunc
}

// New returns an engine. It works until Close, or until ctx is done.
func New(ctx context.Context, o Options) *Engine {
	e := &Engine{options: o, pipelines: map[string]*Pipeline{}, notebooks: map[string]*Notebook{}, slots: map[string]chan struct{}{}, changed: make(chan struct{})}
	e.ctx, e.cancel = context.WithCancel(ctx)
	for _, p := range o.Pipelines {
		e.PutPipeline(p)
	}
	for _, n := range o.Notebooks {
		e.PutNotebook(n)
	}
	return e
}

// PutPipeline deploys a pipeline, or another definition of it. Jobs that run keep theirs.
func (e *Engine) PutPipeline(p *Pipeline) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.pipelines[p.ID] = p
	switch {
	case p.concurrency == 0 || e.options.IgnoreConcurrency:
		delete(e.slots, p.ID)
	case cap(e.slots[p.ID]) != p.concurrency:
		e.slots[p.ID] = make(chan struct{}, p.concurrency)
	}
}

// PutNotebook deploys a notebook, or another definition of it.
func (e *Engine) PutNotebook(n *Notebook) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.notebooks[n.ID] = n
}

// Remove forgets an item.
func (e *Engine) Remove(id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.pipelines, id)
	delete(e.notebooks, id)
}

// Close cancels all jobs and waits for them.
func (e *Engine) Close() {
	e.cancel()
	e.group.Wait()
}

// Pipeline is a deployed pipeline; nil where there is none of that id.
func (e *Engine) Pipeline(id string) *Pipeline {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.pipelines[id]
}

func (e *Engine) notebook(id string) *Notebook {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.notebooks[id]
}

func (e *Engine) slot(pipelineID string) chan struct{} {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.slots[pipelineID]
}

// Start accepts a job.
func (e *Engine) Start(itemID string, r Request) (Job, error) {
	p := e.Pipeline(itemID)
	if p == nil {
		return Job{}, ErrNoItem
	}
	ctx, cancel := context.WithCancel(e.ctx)
	j := &running{cancel: cancel, Job: Job{
		ID: uuid.NewString(), ItemID: itemID, JobType: r.JobType, Status: NotStarted, RootActivityID: uuid.NewString(),
		Parameters: maps.Clone(r.Parameters), OwnerPrincipalName: r.OwnerPrincipalName, OwnerObjectID: r.OwnerObjectID, Accepted: time.Now(),
	}}
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.ctx.Err(); err != nil {
		cancel()
		return Job{}, err
	}
	e.jobs = append(e.jobs, j)
	if r.Deduped {
		cancel()
		j.Status, j.Ended = Deduped, j.Accepted
	} else {
		e.group.Go(func() {
			defer cancel()
			e.run(ctx, p, j)
		})
	}
	e.announce()
	return j.copy(), nil
}

func (j *running) copy() Job {
	c := j.Job
	c.Parameters, c.Activities = maps.Clone(c.Parameters), slices.Clone(c.Activities)
	return c
}

// announce wakes those who wait for a change. The caller holds the lock.
func (e *Engine) announce() {
	close(e.changed)
	e.changed = make(chan struct{})
}

// change changes a job under the lock.
func (e *Engine) change(j *running, how func(*Job)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	how(&j.Job)
	e.announce()
}

// Jobs are all jobs ever accepted, oldest first.
func (e *Engine) Jobs() []Job {
	e.mu.Lock()
	defer e.mu.Unlock()
	all := make([]Job, len(e.jobs))
	for i, j := range e.jobs {
		all[i] = j.copy()
	}
	return all
}

// Job is one job.
func (e *Engine) Job(id string) (Job, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, j := range e.jobs {
		if j.ID == id {
			return j.copy(), nil
		}
	}
	return Job{}, ErrNoJob
}

// Wait waits until the jobs are as asked.
func (e *Engine) Wait(ctx context.Context, until func([]Job) bool) error {
	for {
		e.mu.Lock()
		changed := e.changed
		e.mu.Unlock()
		if until(e.Jobs()) {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Cancel asks for a job's end, which comes a little later.
func (e *Engine) Cancel(id string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, j := range e.jobs {
		if j.ID != id {
			continue
		}
		if !j.Unfinished() {
			return ErrCompleted
		}
		j.CancelRequested = true
		j.cancel()
		return nil
	}
	return ErrNoJob
}

// Overlaps are the pairs of jobs that were accepted and unfinished at the same time: none, where runs exclude each other.
func (e *Engine) Overlaps() [][2]Job {
	jobs := e.Jobs()
	var pairs [][2]Job
	for i, a := range jobs {
		for _, b := range jobs[i+1:] {
			if a.Status != Deduped && b.Status != Deduped && (a.Unfinished() || a.Ended.After(b.Accepted)) {
				pairs = append(pairs, [2]Job{a, b})
			}
		}
	}
	return pairs
}

// Doubles are the run ids, as passed in the parameter run_id, for which more than one job was accepted.
func (e *Engine) Doubles() []string {
	count := map[string]int{}
	for _, j := range e.Jobs() {
		if id, ok := j.Parameters["run_id"].(string); ok {
			count[id]++
		}
	}
	maps.DeleteFunc(count, func(_ string, n int) bool { return n < 2 })
	return slices.Sorted(maps.Keys(count))
}
