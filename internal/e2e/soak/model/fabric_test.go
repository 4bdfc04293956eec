package model

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"time"

	"github.com/google/uuid"

	"fabricportal/contract"
	"fabricportal/contract/contracttest"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/runs/outbox"
)

// outcome is what becomes of a start request.
type outcome string

const (
	accepted     outcome = "accepted"
	answerLost   outcome = "accepted, and the answer lost"
	withoutID    outcome = "accepted without a job's id"
	sits         outcome = "accepted later, and the answer lost" // a gateway sits on it
	lost         outcome = "lost before it arrived"
	refused      outcome = "refused"
	notSent      outcome = "not sent"
	skipsDoubles outcome = "accepted and skipped as a double"
)

var outcomes = []outcome{accepted, accepted, accepted, answerLost, withoutID, sits, lost, refused, notSent, skipsDoubles}

// fabric is one side's Fabric and lakehouse, and its book of what was accepted.
type fabric struct {
	jobs     []*job
	waiting  []*job // sat on by a gateway
	next     outcome
	overlaps []string
	broken   bool // questions get no answer
	posts    int
}

type job struct {
	id, item, run string
	status, shown pipelines.JobStatus // shown is what Fabric says instead, if anything
	start         time.Time
	gone          bool
}

func (j *job) unfinished() bool {
	return j.status == pipelines.NotStarted || j.status == pipelines.InProgress
}

var errLost = errors.New("unexpected EOF")

func (f *fabric) accept(j *job) {
	for _, o := range f.jobs {
		if o.unfinished() && j.status != pipelines.Deduped {
			f.overlaps = append(f.overlaps, fmt.Sprintf("the job of run %s while that of run %s is unfinished", j.run, o.run))
		}
	}
	j.start = time.Now().UTC()
	f.jobs = append(f.jobs, j)
}

func (f *fabric) Start(_ context.Context, r pipelines.StartRequest) (pipelines.Started, error) {
	f.posts++
	// The same ids on both sides, so that they can be compared.
	id := uuid.NewSHA1(uuid.Nil, fmt.Appendf(nil, "job %d", f.posts)).String()
	j := &job{id: id, item: r.ItemID, run: fmt.Sprint(r.Parameters["run_id"]), status: pipelines.NotStarted}
	switch f.next {
	case refused:
		return pipelines.Started{}, &pipelines.RefusedError{HTTPStatus: 429, Sentence: "too many requests"}
	case notSent:
		return pipelines.Started{}, &pipelines.NotSentError{Err: errLost}
	case lost:
		return pipelines.Started{}, &pipelines.InDoubtError{Err: errLost}
	case sits:
		f.waiting = append(f.waiting, j)
		return pipelines.Started{}, &pipelines.InDoubtError{Err: errLost}
	case skipsDoubles:
		j.status = pipelines.Deduped
	}
	f.accept(j)
	switch f.next {
	case answerLost:
		return pipelines.Started{}, &pipelines.InDoubtError{Err: errLost}
	case withoutID:
		return pipelines.Started{}, &pipelines.InDoubtError{Accepted: true, Err: errLost}
	}
	return pipelines.Started{JobID: id, JobURL: f.JobURL(r.ItemID, id)}, nil
}

// retrier sends again what got no good answer.
type retrier struct{ *fabric }

func (r retrier) Start(ctx context.Context, req pipelines.StartRequest) (pipelines.Started, error) {
	started, err := r.fabric.Start(ctx, req)
	if err != nil {
		return r.fabric.Start(ctx, req)
	}
	return started, nil
}

func (f *fabric) PrepareToken(context.Context) error { return nil }

func (f *fabric) Ready(context.Context, string) (pipelines.Readiness, error) {
	return pipelines.Readiness{}, nil
}

func (f *fabric) Parameters(context.Context, string) ([]string, error) { return nil, nil }

func (f *fabric) find(id string) *job {
	for _, j := range f.jobs {
		if j.id == id {
			return j
		}
	}
	return nil
}

func (f *fabric) noAnswer() error {
	if f.broken {
		return &pipelines.ServiceError{HTTPStatus: 503, Sentence: "no answer"}
	}
	return nil
}

func (j *job) instance() pipelines.JobInstance {
	status := j.status
	if j.shown != "" {
		status = j.shown
	}
	start := j.start
	return pipelines.JobInstance{ID: j.id, ItemID: j.item, JobType: "Pipeline", InvokeType: "Manual", Status: status, Start: &start}
}

func (f *fabric) Get(_ context.Context, _, id string) (pipelines.JobInstance, error) {
	if err := f.noAnswer(); err != nil {
		return pipelines.JobInstance{}, err
	}
	if j := f.find(id); j != nil && !j.gone {
		return j.instance(), nil
	}
	return pipelines.JobInstance{}, &pipelines.NotFoundError{JobID: id}
}

func (f *fabric) List(_ context.Context, item string, since time.Time) (list []pipelines.JobInstance, _ error) {
	for _, j := range f.jobs {
		if j.item == item && !j.gone && !j.start.Before(since) {
			list = append(list, j.instance())
		}
	}
	return list, f.noAnswer()
}

func (f *fabric) Cancel(_ context.Context, _, id string) error {
	if err := f.noAnswer(); err != nil {
		return err
	}
	j := f.find(id)
	switch {
	case j == nil || j.gone:
		return &pipelines.NotFoundError{JobID: id}
	case !j.unfinished():
		return &pipelines.AlreadyEndedError{JobID: id}
	}
	j.status = pipelines.Cancelled
	return nil
}

func (f *fabric) ActivityRuns(_ context.Context, id string, _, _ time.Time) ([]pipelines.ActivityRun, error) {
	j := f.find(id)
	if err := f.noAnswer(); err != nil || j == nil || j.status == pipelines.NotStarted || j.status == pipelines.Deduped {
		return nil, err
	}
	input, err := json.Marshal(map[string]any{"parameters": map[string]any{"run_id": map[string]any{"value": j.run}}})
	return []pipelines.ActivityRun{{ID: "a", Name: "sales_ingest", Status: "InProgress", Input: input}}, err
}

func (f *fabric) JobURL(item, id string) string { return "https://fabric/" + item + "/" + id }

// The lakehouse: each run leaves the same documents.
type lake struct{}

var documents = []string{artifacts.KPIsFile, artifacts.MetadataFile, artifacts.CSVFile}

func (lake) Stat(_ context.Context, p string) (artifacts.File, error) {
	return artifacts.File{Name: path.Base(p), Path: p, Size: 5}, nil
}

func (lake) List(_ context.Context, folder string) (list []artifacts.File, _ error) {
	for _, name := range documents {
		list = append(list, artifacts.File{Name: name, Path: folder + "/" + name, Size: 5})
	}
	return list, nil
}

func (lake) Open(_ context.Context, p string) (io.ReadCloser, artifacts.File, error) {
	if path.Base(p) == artifacts.ManifestFile {
		return nil, artifacts.File{}, &artifacts.NotFoundError{Path: p}
	}
	run := path.Base(path.Dir(p))
	text := contracttest.KPIs(func(k *contract.KPIs) { k.RunID, k.Orders, k.TotalRevenue = &run, 1, 2.5 })
	if path.Base(p) == artifacts.MetadataFile {
		text = contracttest.Metadata(func(m *contract.RunMetadata) { m.RunID, m.Status = run, "succeeded" })
	}
	return io.NopCloser(bytes.NewReader(text)), artifacts.File{Name: path.Base(p), Path: p}, nil
}

// box is a computer's outbox, which outlives its program.
type box struct{ entries map[uuid.UUID]outbox.Entry }

func (b *box) Ready() error { return nil }

func (b *box) Put(e outbox.Entry) error { b.entries[e.RunID] = e; return nil }

func (b *box) All() (list []outbox.Entry, _ error) {
	for _, e := range b.entries {
		list = append(list, e)
	}
	return list, nil
}

func (b *box) Remove(run uuid.UUID) error { delete(b.entries, run); return nil }
