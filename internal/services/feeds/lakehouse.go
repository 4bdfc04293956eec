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
	s.publishFrame(func(f *Frame) { s.reach(&f.Files, err) })
	if err != nil {
		last, _ := s.Import.Latest()
		last.Sentence = s.src.Sentence(err)
		s.Import.Publish(last)
		return
	}
	s.Import.Publish(Import{Files: files, Loaded: true, AsOf: s.now()})
}

// readResults reads what current/ holds.
func (s *Service) readResults(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, s.iv.Call)
	defer cancel()
	r, err := s.currentResults(ctx)
	if errors.Is(err, context.Canceled) {
		return
	}
	if err != nil {
		last, _ := s.Results.Latest()
		last.Sentence = s.src.Sentence(err)
		s.Results.Publish(last)
		return
	}
	s.Results.Publish(r)
}

func (s *Service) currentResults(ctx context.Context) (Results, error) {
	r := Results{Source: artifacts.CurrentFolder, Loaded: true, AsOf: s.now()}
	kpis, err := artifacts.Document[contract.KPIs](ctx, s.src.Files, artifacts.CurrentFolder, artifacts.KPIsFile)
	var missing *artifacts.NotFoundError
	if errors.As(err, &missing) {
		r.Empty = true
		return r, nil
	}
	if err != nil {
		return r, err
	}
	r.KPIs = &kpis
	prof, err := artifacts.Document[contract.ImportProfile](ctx, s.src.Files, artifacts.CurrentFolder, artifacts.ProfileFile)
	switch {
	case errors.As(err, &missing):
	case err != nil:
		return r, err
	default:
		r.Profile = &prof
	}
	// A promotion copies the data first and kpis.json last, so two run ids mean that one is under way (docs/run-protocol.md §3 step 9).
	if r.Profile == nil || r.Profile.RunID == nil || kpis.RunID == nil || *r.Profile.RunID != *kpis.RunID {
		r.Updating = true
	}
	if r.Preview, err = s.preview(ctx); err != nil && !errors.As(err, &missing) {
		return r, err
	}
	r.Preview.Total = kpis.Orders
	s.addRun(ctx, &r)
	return r, nil
}

// addRun fills in what the database knows about where current/ comes from. The figures are shown without it, too.
func (s *Service) addRun(ctx context.Context, r *Results) {
	if r.KPIs.RunID == nil {
		return
	}
	id, err := uuid.Parse(*r.KPIs.RunID)
	if err != nil {
		return
	}
	if run, err := s.src.Database.Run(ctx, id); err == nil {
		r.Run = &run
	}
	restore, err := s.src.Database.LatestRestore(ctx)
	if err != nil || restore == nil || restore.SourceRun != id {
		return
	}
	// A later ordinary run of the same id can't be: a run's id is new each time. So the restore is what put it there,
	// unless the run itself ended after the restore.
	if r.Run != nil && r.Run.FinishedAt != nil && r.Run.FinishedAt.After(restore.RestoredAt) {
		return
	}
	r.Restored = restore
}

// preview reads the first rows of the cleaned CSV, and no more of the file than they need.
func (s *Service) preview(ctx context.Context) (Preview, error) {
	body, _, err := s.src.Files.Open(ctx, artifacts.CurrentFolder+"/"+artifacts.CSVFile)
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
