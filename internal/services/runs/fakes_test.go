package runs_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"path"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/fabric/pipelines"
)

var errLost = errors.New("unexpected EOF")

// fakeFabric is a Fabric that can fail in each way, and the oracle of what really was started.
type fakeFabric struct {
	mu         sync.Mutex
	jobs       []*fakeJob
	answer     func(accept func() *fakeJob) (pipelines.Started, error) // nil: accept and answer
	listErr    error
	getErr     error
	cancelErr  error
	tokenErr   error
	preparing  func() // called when a token is asked for
	ready      pipelines.Readiness
	readyErr   error
	asked      []string      // items of which it was asked whether they are ready
	listLag    time.Duration // a job shows in the list only after it
	noMarker   bool          // activity runs show no parameters
	retry      time.Duration // Retry-After of the start's answer
	posts      int
	gets       int
	lists      int
	activities int
	cancels    []string
	starting   func() // called when a start request comes

	declared    []string // parameters of the pipeline
	declaredErr error
}

type fakeJob struct {
	looking  bool // only what the pipeline looks at before it starts a notebook has run
	id, item string
	params   map[string]any
	status   pipelines.JobStatus
	reason   string
	code     string
	started  time.Time
	invoke   string
	failures []pipelines.ActivityRun
	gone     bool
	noStart  bool
}

func newFabric() *fakeFabric { return &fakeFabric{} }

// accept begins a job, as Fabric does with or without anybody hearing its answer.
func (f *fakeFabric) accept(item string, params map[string]any) *fakeJob {
	j := &fakeJob{id: uuid.NewString(), item: item, params: params, status: pipelines.NotStarted, started: time.Now().UTC(), invoke: "Manual"}
	f.jobs = append(f.jobs, j)
	return j
}

func (f *fakeFabric) set(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

func (f *fakeFabric) Start(_ context.Context, r pipelines.StartRequest) (pipelines.Started, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.posts++
	if f.starting != nil {
		f.starting()
	}
	if time.Now().After(r.SendBy) {
		return pipelines.Started{}, &pipelines.NotSentError{TooLate: true}
	}
	accept := func() *fakeJob { return f.accept(r.ItemID, r.Parameters) }
	if f.answer != nil {
		return f.answer(accept)
	}
	return f.ok(accept()), nil
}

func (f *fakeFabric) ok(j *fakeJob) pipelines.Started {
	return pipelines.Started{JobID: j.id, JobURL: f.JobURL(j.item, j.id), RetryAfter: f.retry}
}

func (f *fakeFabric) JobURL(item, job string) string {
	return "https://fabric.test/" + item + "/" + job
}

func (f *fakeFabric) find(id string) *fakeJob {
	for _, j := range f.jobs {
		if j.id == id && !j.gone {
			return j
		}
	}
	return nil
}

func (j *fakeJob) instance() pipelines.JobInstance {
	i := pipelines.JobInstance{ID: j.id, ItemID: j.item, JobType: "Pipeline", InvokeType: j.invoke, Status: j.status, FailureReason: j.reason, FailureCode: j.code}
	if !j.noStart {
		at := j.started
		i.Start = &at
	}
	return i
}

func (f *fakeFabric) PrepareToken(context.Context) error {
	if f.preparing != nil {
		f.preparing()
	}
	return f.tokenErr
}

func (f *fakeFabric) Ready(_ context.Context, item string) (pipelines.Readiness, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, item)
	return f.ready, f.readyErr
}

func (f *fakeFabric) Parameters(context.Context, string) ([]string, error) {
	return f.declared, f.declaredErr
}

// calls is how often Fabric was called about a job.
func (f *fakeFabric) calls() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.gets + f.lists + f.activities + len(f.cancels)
}

func (f *fakeFabric) Get(_ context.Context, _, id string) (pipelines.JobInstance, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.gets++
	if f.getErr != nil {
		return pipelines.JobInstance{}, f.getErr
	}
	if j := f.find(id); j != nil {
		return j.instance(), nil
	}
	return pipelines.JobInstance{}, &pipelines.NotFoundError{JobID: id}
}

func (f *fakeFabric) List(_ context.Context, item string, since time.Time) ([]pipelines.JobInstance, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lists++
	if f.listErr != nil {
		return nil, f.listErr
	}
	var list []pipelines.JobInstance
	for _, j := range f.jobs {
		if j.item == item && !j.gone && time.Since(j.started) >= f.listLag && (j.noStart || !j.started.Before(since)) {
			list = append(list, j.instance())
		}
	}
	return list, nil
}

func (f *fakeFabric) Cancel(_ context.Context, _, id string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.cancels = append(f.cancels, id)
	if f.cancelErr != nil {
		return f.cancelErr
	}
	if j := f.find(id); j != nil {
		j.status = pipelines.Cancelled
		return nil
	}
	return &pipelines.NotFoundError{JobID: id}
}

func (f *fakeFabric) ActivityRuns(_ context.Context, id string, _, _ time.Time) ([]pipelines.ActivityRun, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.activities++
	j := f.find(id)
	if j == nil || (j.status == pipelines.NotStarted && len(j.failures) == 0) {
		return nil, nil // nothing has run yet
	}
	if j.looking {
		return []pipelines.ActivityRun{{Name: "look", Type: "GetMetadata", Status: "InProgress", Start: &j.started, Input: json.RawMessage(`{"fieldList": ["childItems"]}`)}}, nil
	}
	input := map[string]any{"parameters": map[string]any{}}
	if !f.noMarker {
		values := map[string]any{}
		for k, v := range j.params {
			values[k] = map[string]any{"value": v, "type": "string"}
		}
		input["parameters"] = values
	}
	data, err := json.Marshal(input)
	if err != nil {
		return nil, err
	}
	list := []pipelines.ActivityRun{{Name: "Run notebook", Type: "TridentNotebook", Status: "InProgress", Start: &j.started, Input: data}}
	return append(list, j.failures...), nil
}

// fakeFiles is a lakehouse in memory.
type fakeFiles struct {
	mu    sync.Mutex
	files map[string]string
	err   error
}

func newFiles() *fakeFiles { return &fakeFiles{files: map[string]string{}} }

func (f *fakeFiles) put(p, text string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.files[p] = text
}

func (f *fakeFiles) fail(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err = err
}

func (f *fakeFiles) get(p string) (artifacts.File, string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return artifacts.File{}, "", f.err
	}
	text, ok := f.files[p]
	if !ok {
		return artifacts.File{}, "", &artifacts.NotFoundError{Path: p}
	}
	return artifacts.File{Name: path.Base(p), Path: p, Size: int64(len(text))}, text, nil
}

func (f *fakeFiles) Stat(_ context.Context, p string) (artifacts.File, error) {
	file, _, err := f.get(p)
	return file, err
}

func (f *fakeFiles) Open(_ context.Context, p string) (io.ReadCloser, artifacts.File, error) {
	file, text, err := f.get(p)
	return io.NopCloser(strings.NewReader(text)), file, err
}

func (f *fakeFiles) List(_ context.Context, folder string) ([]artifacts.File, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return nil, f.err
	}
	var list []artifacts.File
	for p, text := range f.files {
		if path.Dir(p) == folder {
			list = append(list, artifacts.File{Name: path.Base(p), Path: p, Size: int64(len(text))})
		}
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Name < list[j].Name })
	return list, nil
}
