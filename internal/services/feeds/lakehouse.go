package feeds

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"fabricportal/contract"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/results/firstrows"
)

// previewRows is the number of rows of the cleaned data that the results show.
const previewRows = 200

// readFiles lists Files/import.
func (s *Service) readFiles(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, s.iv.Call)
	defer cancel()
	files, err := s.src.Files.ListImport(ctx)
	if errors.Is(err, context.Canceled) {
		return
	}
	said := ""
	if out, some := errors.AsType[*artifacts.LeftOutError](err); some {
		said, err = s.src.Sentence(out), nil // the others are there
	}
	s.publishFrame(func(f *Frame) { s.reach(&f.Files, err) })
	if err != nil {
		last, _ := s.Import.Latest()
		last.Sentence = s.src.Sentence(err)
		s.Import.Publish(last)
		return
	}
	s.Import.Publish(Import{Files: files, Loaded: true, AsOf: s.now(), Sentence: said})
}

// readResults reads what is published. Where that is as it was at the last pass, nothing but its manifest is looked at.
func (s *Service) readResults(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, s.iv.Call)
	defer cancel()
	if s.publishedAsBefore(ctx) {
		r, _ := s.Results.Latest()
		r.Sentence, r.AsOf, r.Run, r.Restored = "", s.now(), nil, nil
		s.addRun(ctx, &r)
		s.Results.Publish(r)
		s.publishedIs(r, nil)
		return
	}
	var manifest *contract.Manifest // names the run, also where its documents can't be read
	r, err := artifacts.ReadPublished(ctx, s.src.Files, func(p *artifacts.Published) (Results, error) {
		manifest = p.Manifest
		return s.publishedResults(ctx, p)
	})
	if errors.Is(err, context.Canceled) {
		return
	}
	if err != nil && manifest != nil {
		s.publishedIs(Results{manifest: manifest}, nil)
	} else {
		s.publishedIs(r, err)
	}
	if err != nil {
		last, _ := s.Results.Latest()
		last.Updating, last.Sentence = false, s.src.Sentence(err)
		if _, under := errors.AsType[*artifacts.PublishingError](err); under {
			last.Updating, last.tag = true, "" // what was published last is shown until the next is whole
			if last.KPIs != nil {
				last.Sentence = ""
			}
		}
		s.Results.Publish(last)
		return
	}
	s.Results.Publish(r)
}

// publishedAsBefore tells whether the manifest is the one whose files were read whole at the last pass.
func (s *Service) publishedAsBefore(ctx context.Context) bool {
	last, _ := s.Results.Latest()
	if last.tag == "" {
		return false
	}
	f, err := s.src.Files.Stat(ctx, artifacts.CurrentFolder+"/"+artifacts.ManifestFile)
	return err == nil && f.ETag == last.tag
}

func (s *Service) publishedResults(ctx context.Context, p *artifacts.Published) (Results, error) {
	r := Results{Source: artifacts.CurrentFolder, Loaded: true, AsOf: s.now(), manifest: p.Manifest}
	kpis, err := artifacts.PublishedDocument[contract.KPIs](ctx, p, artifacts.KPIsFile)
	var missing *artifacts.NotFoundError
	if errors.As(err, &missing) {
		r.Empty = true
		return r, nil
	}
	if err != nil {
		return r, err
	}
	r.KPIs = &kpis
	prof, err := artifacts.PublishedDocument[contract.ImportProfile](ctx, p, artifacts.ProfileFile)
	switch {
	case errors.As(err, &missing):
	case err != nil:
		return r, err
	default:
		r.Profile = &prof
	}
	if r.Preview, err = preview(ctx, p); err != nil && !errors.As(err, &missing) {
		return r, err
	}
	r.Preview.Total = kpis.Orders
	if r.Updating = p.Replaced; !r.Updating {
		r.tag = p.ETag
	}
	if p.Manifest == nil {
		r.tag = ""
		// A promotion copies the data first and kpis.json last, so two run ids mean that one is under way (docs/run-protocol.md §3 step 9).
		r.Mixed = r.Profile == nil || r.Profile.RunID == nil || kpis.RunID == nil || *r.Profile.RunID != *kpis.RunID
		r.Updating = r.Mixed
	}
	s.addRun(ctx, &r)
	return r, nil
}

// addRun fills in what the database knows about where current/ comes from. The figures are shown without it, too.
func (s *Service) addRun(ctx context.Context, r *Results) {
	if r.KPIs == nil || r.KPIs.RunID == nil {
		return
	}
	id, err := uuid.Parse(*r.KPIs.RunID)
	if err != nil {
		return
	}
	if run, err := s.src.Database.Run(ctx, id); err == nil {
		r.Run = &run
	}
	if r.manifest != nil && r.manifest.SourceRunID == nil {
		return // the run itself has published
	}
	restore, err := s.src.Database.LatestRestore(ctx)
	if err != nil || restore == nil || restore.SourceRun != id {
		return
	}
	if r.manifest != nil {
		if restore.TargetRun != nil && restore.TargetRun.String() == r.manifest.RunID {
			r.Restored = restore
		}
		return
	}
	// A later ordinary run of the same id can't be: a run's id is new each time. So the restore is what put it there,
	// unless the run itself ended after the restore.
	if r.Run != nil && r.Run.FinishedAt != nil && r.Run.FinishedAt.After(restore.RestoredAt) {
		return
	}
	r.Restored = restore
}

// preview reads the first rows of the cleaned CSV, and of a large file no more than they need.
func preview(ctx context.Context, p *artifacts.Published) (Preview, error) {
	body, err := p.First(ctx, artifacts.CSVFile)
	if err != nil {
		return Preview{}, err
	}
	defer body.Close()
	first, err := firstrows.Read(ctx, body, previewRows)
	if err != nil && ctx.Err() == nil {
		err = &artifacts.UnreachableError{Doing: "reading " + artifacts.CSVFile, Err: err}
	}
	return Preview{Columns: first.Columns, Rows: first.Rows}, err
}
