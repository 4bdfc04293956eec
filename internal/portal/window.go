package portal

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"fabricportal/contract"
	"fabricportal/internal/services/artifacts"
	"fabricportal/internal/services/drift"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/kpis"
	"fabricportal/internal/services/rules"
	"fabricportal/internal/services/runs"
)

// Analysis is all that is known of a file before it is run.
type Analysis struct {
	*kpis.Analysis
	Rules rules.Report    // what came of the rules for the sales file
	Drift []drift.Finding // what moved since the file whose results are published
	// Published tells whether there is one to compare with.
	Published bool
}

// AnalyzeLocal profiles a file of this machine, computes the KPIs it will give with the configured funnel figures, checks
// it by the rules, and compares it with the file whose results are published, where the lakehouse can be reached.
func (p *Portal) AnalyzeLocal(ctx context.Context, path string, progress func(done, total int64)) (Analysis, error) {
	return p.analyze(ctx, path, progress)
}

// compareTime bounds the look at the published profile: a file of this machine is looked at offline, too.
const compareTime = 3 * time.Second

func (p *Portal) analyze(ctx context.Context, path string, progress func(done, total int64)) (Analysis, error) {
	// What is published is asked for meanwhile, as it may have to be waited for.
	before := make(chan *contract.ImportProfile, 1)
	go func() {
		ctx, cancel := context.WithTimeout(ctx, compareTime)
		defer cancel()
		doc, err := feeds.ReadDocument[contract.ImportProfile](ctx, p.files, artifacts.CurrentFolder, artifacts.ProfileFile)
		if err != nil {
			before <- nil
			return
		}
		before <- &doc
	}()
	found, err := p.Analyze(ctx, path, p.funnel(), half(progress, 0))
	published := <-before // the goroutine above has come to its end
	if err != nil {
		return Analysis{}, err
	}
	a := Analysis{Analysis: found, Published: published != nil}
	if published != nil {
		a.Drift = drift.Compare(published, found.Profile)
	}
	size := found.Profile.File.SizeBytes
	a.Rules, err = rules.Check(ctx, path, rules.Default(), rules.Options{Progress: func(share float64) {
		if progress != nil {
			half(progress, 1)(int64(share*float64(size)), size)
		}
	}})
	return a, err
}

// AnalyzeRemote is AnalyzeLocal for a file in Files/import, which is fetched to a temporary folder and removed again.
func (p *Portal) AnalyzeRemote(ctx context.Context, file artifacts.File, progress func(done, total int64)) (Analysis, error) {
	dir, err := os.MkdirTemp("", "portal-profile-")
	if err != nil {
		return Analysis{}, fmt.Errorf("making a folder to fetch %s to: %w", file.Name, err)
	}
	defer os.RemoveAll(dir)
	name, err := artifacts.CheckName(file.Name)
	if err != nil {
		return Analysis{}, err
	}
	saved, err := artifacts.Save(ctx, p.files, file.Path, filepath.Join(dir, name), half(progress, 0))
	if err != nil {
		return Analysis{}, err
	}
	a, err := p.analyze(ctx, saved.Path, half(progress, 1))
	if err != nil {
		return Analysis{}, err
	}
	p.contents.remember(file, a.Profile.File.SHA256)
	// The copy's time says nothing; the lakehouse's does.
	a.Profile.File.LastModified = nil
	if !file.Modified.IsZero() {
		t := contract.NewTime(file.Modified)
		a.Profile.File.LastModified = &t
	}
	return a, nil
}

// half reports one of two stages of the same length as a part of the whole.
func half(progress func(done, total int64), stage int64) func(done, total int64) {
	if progress == nil {
		return nil
	}
	return func(done, total int64) { progress(stage*total+done, 2*total) }
}

func (p *Portal) funnel() *contract.Funnel { return funnelOf(p.cfg.Funnel) }

// RunDetail is a run with its artifacts and its events, oldest first.
func (p *Portal) RunDetail(ctx context.Context, id uuid.UUID) (runs.Run, []runs.Artifact, []runs.Event, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	run, err := p.db.Run(ctx, id)
	if err != nil {
		return run, nil, nil, err
	}
	list, err := p.db.Artifacts(ctx, id)
	if err != nil {
		return run, nil, nil, err
	}
	events, err := p.db.Events(ctx, id)
	return run, list, events, err
}

// Save downloads a file of the lakehouse.
func (p *Portal) Save(ctx context.Context, path, localPath string, progress func(done, total int64)) (artifacts.Saved, error) {
	return artifacts.Save(ctx, p.files, path, localPath, progress)
}
