package comparison

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"fabricportal/contract"
	"fabricportal/contract/contracttest"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/runs"
)

// team is a database and a lakehouse in memory; runs stand latest first.
type team struct {
	runs      []runs.Run
	artifacts map[uuid.UUID][]runs.Artifact
	current   []artifacts.File
	kpis      map[string]*contract.KPIs
	profiles  map[string]*contract.ImportProfile
	metadata  map[string]*contract.RunMetadata
	raw       map[string]string // by path, in place of a document
	fail      map[string]error  // by the question
}

func newTeam() *team {
	return &team{
		artifacts: map[uuid.UUID][]runs.Artifact{}, kpis: map[string]*contract.KPIs{}, profiles: map[string]*contract.ImportProfile{},
		metadata: map[string]*contract.RunMetadata{}, fail: map[string]error{},
	}
}

func (w *team) reader() *Reader { return NewReader(w, w) }

func (w *team) Run(_ context.Context, id uuid.UUID) (runs.Run, error) {
	for _, r := range w.runs {
		if r.ID == id {
			return r, w.fail["run"]
		}
	}
	return runs.Run{}, &runs.UnknownRunError{ID: id}
}

func (w *team) Artifacts(_ context.Context, run uuid.UUID) (runs.Artifacts, error) {
	return runs.Artifacts{Rows: w.artifacts[run]}, w.fail["artifacts"]
}

func (w *team) ListRuns(_ context.Context, before *runs.Run, limit int) ([]runs.Run, error) {
	list := w.runs
	if before != nil {
		list = list[slices.IndexFunc(list, func(r runs.Run) bool { return r.ID == before.ID })+1:]
	}
	return slices.Clone(list[:min(limit, len(list))]), w.fail["list"]
}

func (w *team) List(_ context.Context, folder string) ([]artifacts.File, error) {
	if w.current == nil && w.fail["files"] == nil {
		return nil, &artifacts.NotFoundError{Path: folder}
	}
	return w.current, w.fail["files"]
}

// Open is a document of the lakehouse.
func (w *team) Open(_ context.Context, path string) (io.ReadCloser, artifacts.File, error) {
	folder, name := filepath.Split(path)
	folder = strings.TrimSuffix(folder, "/")
	var kind string
	var doc any
	switch name {
	case artifacts.KPIsFile:
		kind, doc = "kpis ", orNone(w.kpis[folder])
	case artifacts.ProfileFile:
		kind, doc = "profile ", orNone(w.profiles[folder])
	case artifacts.MetadataFile:
		kind, doc = "metadata ", orNone(w.metadata[folder])
	}
	if text, ok := w.raw[path]; ok {
		return io.NopCloser(strings.NewReader(text)), artifacts.File{Path: path, Size: int64(len(text))}, nil
	}
	if err := w.fail[kind+folder]; err != nil {
		return nil, artifacts.File{}, err
	}
	if doc == nil {
		return nil, artifacts.File{}, &artifacts.NotFoundError{Path: path}
	}
	data, err := json.Marshal(doc)
	return io.NopCloser(bytes.NewReader(data)), artifacts.File{Path: path, Size: int64(len(data))}, err
}

// orNone is a document, nil where there is none.
func orNone[T any](doc *T) any {
	if doc == nil {
		return nil
	}
	return doc
}

var clock = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// add makes a run the latest; figures are those of the run of, its own where that is uuid.Nil.
func (w *team) add(t *testing.T, status runs.Status, revenue float64, of uuid.UUID) runs.Run {
	t.Helper()
	clock = clock.Add(time.Hour)
	r := runs.Run{ID: uuid.New(), Status: status, CreatedAt: clock}
	if revenue > 0 {
		if of == uuid.Nil {
			of = r.ID
		}
		id := of.String()
		r.KPIs = contracttest.KPIs(func(k *contract.KPIs) { k.RunID, k.TotalRevenue, k.Orders = &id, revenue, 1 })
	}
	w.runs = slices.Insert(w.runs, 0, r)
	return r
}
