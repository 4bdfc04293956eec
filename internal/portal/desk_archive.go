package portal

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"

	"fabricportal/contract"
	"fabricportal/internal/services/db"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/results/comparison"
	"fabricportal/internal/services/results/evidence"
	"fabricportal/internal/services/runs"
)

// RunFilter says which runs are found; the zero value is all.
type RunFilter struct {
	Mine     bool
	Status   string    // succeeded, failed or active; "" for all
	Text     string    // in the file's name, who started it, the run's id or its error
	From, To time.Time // days of the submission, both included, in this computer's zone; zero leaves that end open
}

// FindRuns returns at most limit runs that a filter lets through, the latest first, and whether there are more.
func (p *Portal) FindRuns(ctx context.Context, f RunFilter, limit int) ([]runs.Run, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	in := db.RunFilter{Text: f.Text, Statuses: statuses[f.Status], From: startOfDay(f.From)}
	if f.Mine {
		in.By = p.User()
	}
	if !f.To.IsZero() {
		in.To = startOfDay(f.To.AddDate(0, 0, 1))
	}
	found, err := p.db.SearchRuns(ctx, in, limit+1)
	if err != nil || len(found) <= limit {
		return found, false, err
	}
	return found[:limit], true, nil
}

// statuses are what a RunFilter.Status stands for.
var statuses = map[string][]runs.Status{
	"succeeded": {runs.Succeeded}, "failed": {runs.Failed}, "active": {runs.Submitted, runs.Queued, runs.Running},
}

func startOfDay(d time.Time) time.Time {
	if d.IsZero() {
		return d
	}
	return time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, time.Local)
}

// side reads what is known of a run. What the lakehouse does not hold any more is left out.
func (p *Portal) side(ctx context.Context, id uuid.UUID) (comparison.Side, error) {
	var s comparison.Side
	var err error
	if s.Run, err = p.db.Run(ctx, id); err != nil {
		return s, err
	}
	if s.Artifacts, err = p.db.Artifacts(ctx, id); err != nil {
		return s, err
	}
	if s.Run.KPIs != nil {
		if k, err := contract.Decode[contract.KPIs](artifacts.KPIsFile, s.Run.KPIs); err == nil {
			s.KPIs = &k
		}
	}
	folder := artifacts.RunsFolder + "/" + id.String()
	if s.Profile, err = document[contract.ImportProfile](ctx, p.files, folder, artifacts.ProfileFile); err != nil {
		return s, err
	}
	s.Metadata, err = document[contract.RunMetadata](ctx, p.files, folder, artifacts.MetadataFile)
	return s, err
}

// document reads one of the contract's documents; nil where there is none.
func document[T contract.ImportProfile | contract.KPIs | contract.RunMetadata](ctx context.Context, from artifacts.Opener, folder, name string) (*T, error) {
	doc, err := artifacts.Document[T](ctx, from, folder, name)
	var missing *artifacts.NotFoundError
	if errors.As(err, &missing) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &doc, nil
}

// Compare puts two runs side by side.
func (p *Portal) Compare(ctx context.Context, before, after uuid.UUID) (comparison.Comparison, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	a, err := p.side(ctx, before)
	if err != nil {
		return comparison.Comparison{}, err
	}
	b, err := p.side(ctx, after)
	if err != nil {
		return comparison.Comparison{}, err
	}
	return comparison.Compare(a, b), nil
}

// RestorePreview says what restoring a run would change of what is published.
func (p *Portal) RestorePreview(ctx context.Context, source uuid.UUID) (comparison.Preview, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	s, err := p.side(ctx, source)
	if err != nil {
		return comparison.Preview{}, err
	}
	var now comparison.Current
	now.Files, err = p.files.List(ctx, artifacts.CurrentFolder)
	var missing *artifacts.NotFoundError
	if err != nil && !errors.As(err, &missing) {
		return comparison.Preview{}, err
	}
	if now.KPIs, err = document[contract.KPIs](ctx, p.files, artifacts.CurrentFolder, artifacts.KPIsFile); err != nil {
		return comparison.Preview{}, err
	}
	if now.Profile, err = document[contract.ImportProfile](ctx, p.files, artifacts.CurrentFolder, artifacts.ProfileFile); err != nil {
		return comparison.Preview{}, err
	}
	if now.KPIs != nil && now.KPIs.RunID != nil {
		// The hashes of what is published stand in the folder of the run that wrote it.
		if now.Metadata, err = document[contract.RunMetadata](ctx, p.files, artifacts.RunsFolder+"/"+*now.KPIs.RunID, artifacts.MetadataFile); err != nil {
			return comparison.Preview{}, err
		}
	}
	return comparison.PreviewRestore(now, s), nil
}

// Evidence packs what is known of a run into a zip in the folder, and returns its path. progress is in bytes and may be nil.
func (p *Portal) Evidence(ctx context.Context, id uuid.UUID, dir string, word func(string) string, progress func(done, total int64)) (string, error) {
	run, list, events, err := p.RunDetail(ctx, id)
	if err != nil {
		return "", err
	}
	in := evidence.Input{
		Run: run, Events: events, Artifacts: list, Files: p.files, Embed: true, Redact: p.db.Redact,
		Portal: p.cfg.Name, Version: p.Version, Word: word,
	}
	folder := artifacts.RunsFolder + "/" + id.String()
	for name, to := range map[string]*[]byte{artifacts.KPIsFile: &in.KPIs, artifacts.ProfileFile: &in.Profile, artifacts.MetadataFile: &in.Metadata} {
		var large *artifacts.TooLargeError
		switch *to, err = p.small(ctx, folder+"/"+name); {
		case errors.As(err, &large):
			in.Unread = append(in.Unread, large) // it is packed as a file all the same
		case err != nil:
			return "", err
		}
	}
	name := evidence.Name(run)
	ending := filepath.Ext(name)
	path := freeName(dir, strings.TrimSuffix(name, ending), ending)
	_, err = evidence.Save(ctx, path, in, progress)
	return path, err
}

// small reads a document of the lakehouse; nil where there is none.
func (p *Portal) small(ctx context.Context, path string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	data, err := artifacts.ReadDocument(ctx, p.files, path)
	var missing *artifacts.NotFoundError
	if errors.As(err, &missing) {
		return nil, nil
	}
	return data, err
}
