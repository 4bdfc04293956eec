package comparison

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/runs"
)

// Database is what a Reader reads of the runs.
type Database interface {
	// Run is one run, its KPIs whole; *runs.UnknownRunError when there is none of this id.
	Run(ctx context.Context, id uuid.UUID) (runs.Run, error)
	Artifacts(ctx context.Context, run uuid.UUID) (runs.Artifacts, error)
	// ListRuns returns at most limit runs that are older than before (nil: from the latest), latest first. Their KPIs may
	// be the totals only.
	ListRuns(ctx context.Context, before *runs.Run, limit int) ([]runs.Run, error)
}

// Files is what a Reader reads of the lakehouse; artifacts.Store is one.
type Files interface {
	artifacts.Opener
	List(ctx context.Context, folder string) ([]artifacts.File, error)
}

// Reader reads what is compared, from the database and the lakehouse. Each question has a deadline of its own.
type Reader struct {
	db    Database
	files Files
}

// NewReader reads from the given sources.
func NewReader(db Database, files Files) *Reader { return &Reader{db, files} }

// askTime bounds one question of a person: it reads several rows and documents.
const askTime = 30 * time.Second

// KPIs is the snapshot of the given run, or with uuid.Nil of what is published.
func (r *Reader) KPIs(ctx context.Context, id uuid.UUID) (contract.KPIs, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	if id == uuid.Nil {
		k, err := artifacts.ReadPublished(ctx, r.files, func(p *artifacts.Published) (contract.KPIs, error) {
			return artifacts.PublishedDocument[contract.KPIs](ctx, p, artifacts.KPIsFile)
		})
		if _, none := errors.AsType[*artifacts.NotFoundError](err); none {
			err = format.Say("nothing has been published yet: run the pipeline first")
		}
		return k, err
	}
	run, err := r.db.Run(ctx, id)
	if err != nil {
		return contract.KPIs{}, err
	}
	if run.KPIsUnread != "" {
		return contract.KPIs{}, unreadFigures(run)
	}
	if run.KPIs == nil {
		if run.Status == runs.Succeeded {
			return contract.KPIs{}, fmt.Errorf("the database does not hold the KPIs of run %s: “status %s” says why", id, id)
		}
		return contract.KPIs{}, fmt.Errorf("run %s has no KPIs: it is %s", id, run.Status)
	}
	k, err := kpisOf(run)
	if err != nil {
		return contract.KPIs{}, err
	}
	return *k, nil
}

// Compare puts two runs side by side.
func (r *Reader) Compare(ctx context.Context, before, after uuid.UUID) (Comparison, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	a, err := r.side(ctx, before)
	if err != nil {
		return Comparison{}, err
	}
	b, err := r.side(ctx, after)
	if err != nil {
		return Comparison{}, err
	}
	return Compare(a, b), nil
}

// RestorePreview says what restoring a run would change of what is published.
func (r *Reader) RestorePreview(ctx context.Context, source uuid.UUID) (Preview, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	s, err := r.side(ctx, source)
	if err != nil {
		return Preview{}, err
	}
	now, err := r.current(ctx)
	if err != nil {
		return Preview{}, err
	}
	return PreviewRestore(now, s), nil
}

// side reads what is known of a run. What the lakehouse does not hold any more is left out, and what can't be read is named.
func (r *Reader) side(ctx context.Context, id uuid.UUID) (Side, error) {
	var s Side
	var err error
	if s.Run, err = r.db.Run(ctx, id); err != nil {
		return s, err
	}
	list, err := r.db.Artifacts(ctx, id)
	if err != nil {
		return s, err
	}
	s.Artifacts = list.Rows
	if s.Run.KPIsUnread != "" {
		s.Unread = append(s.Unread, unreadFigures(s.Run))
	}
	s.KPIs, err = kpisOf(s.Run)
	if err := unread(&s.Unread, err); err != nil {
		return s, err
	}
	folder := artifacts.RunsFolder + "/" + id.String()
	s.Profile, err = artifacts.DocumentIfThere[contract.ImportProfile](ctx, r.files, folder, artifacts.ProfileFile)
	if err := unread(&s.Unread, err); err != nil {
		return s, err
	}
	s.Metadata, err = artifacts.DocumentIfThere[contract.RunMetadata](ctx, r.files, folder, artifacts.MetadataFile)
	return s, unread(&s.Unread, err)
}

// current reads what is published.
func (r *Reader) current(ctx context.Context) (Current, error) {
	now, err := artifacts.ReadPublished(ctx, r.files, func(p *artifacts.Published) (Current, error) { return r.published(ctx, p) })
	if _, under := errors.AsType[*artifacts.PublishingError](err); under {
		return Current{Publishing: true}, nil
	}
	return now, err
}

func (r *Reader) published(ctx context.Context, p *artifacts.Published) (Current, error) {
	now := Current{Manifest: p.Manifest}
	var err error
	var missing *artifacts.NotFoundError
	if p.Manifest == nil {
		now.Files, err = r.files.List(ctx, artifacts.CurrentFolder)
		if err != nil && !errors.As(err, &missing) {
			return now, err
		}
	}
	now.KPIs, err = publishedDocument[contract.KPIs](ctx, p, artifacts.KPIsFile)
	if err := unread(&now.Unread, err); err != nil {
		return now, err
	}
	now.Profile, err = publishedDocument[contract.ImportProfile](ctx, p, artifacts.ProfileFile)
	if err := unread(&now.Unread, err); err != nil {
		return now, err
	}
	now.Replaced = p.Replaced
	var run string
	switch {
	case p.Manifest != nil:
		run = p.Manifest.Home()
	case now.KPIs != nil && now.KPIs.RunID != nil:
		run = *now.KPIs.RunID
	default:
		return now, nil
	}
	// What the run wrote besides, and without a manifest the hashes of what is published, stand in the folder of the run that wrote it.
	now.Metadata, err = artifacts.DocumentIfThere[contract.RunMetadata](ctx, r.files, artifacts.RunsFolder+"/"+run, artifacts.MetadataFile)
	return now, unread(&now.Unread, err)
}

// publishedDocument is nil where there is none.
func publishedDocument[T contract.Document](ctx context.Context, p *artifacts.Published, name string) (*T, error) {
	doc, err := artifacts.PublishedDocument[T](ctx, p, name)
	if _, none := errors.AsType[*artifacts.NotFoundError](err); none {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &doc, nil
}

// unreadFigures is why the figures that the database has of a run are not known here.
func unreadFigures(run runs.Run) error {
	return format.Say("the figures of the run of {{.File}} can't be read from the database: {{.Why}}; its folder in the lakehouse has kpis.json", "File", run.InputFile, "Why", run.KPIsUnread)
}

// kpisOf are a run's figures; nil where the database has none.
func kpisOf(run runs.Run) (*contract.KPIs, error) {
	if run.KPIs == nil {
		return nil, nil
	}
	k, err := contract.Decode[contract.KPIs]("kpis.json of run "+run.ID.String(), run.KPIs)
	if err != nil {
		return nil, err
	}
	return &k, nil
}

// unread keeps why a document is not known, so that a look at two runs does not end with it; other errors are passed on.
func unread(problems *[]error, err error) error {
	var form *contract.FormError
	var newer *contract.ErrNewerVersion
	var large *artifacts.TooLargeError
	if !errors.As(err, &form) && !errors.As(err, &newer) && !errors.As(err, &large) {
		return err
	}
	*problems = append(*problems, err)
	return nil
}
