package comparison

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"fabricportal/contract"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/runs"
)

// Database is what a Reader reads of the runs.
type Database interface {
	// Run is one run, its KPIs whole; *runs.UnknownRunError when there is none of this id.
	Run(ctx context.Context, id uuid.UUID) (runs.Run, error)
	Artifacts(ctx context.Context, run uuid.UUID) ([]runs.Artifact, error)
	// ListRuns returns at most limit runs that are older than before (nil: from the latest), latest first. Their KPIs may
	// be the totals only.
	ListRuns(ctx context.Context, before *runs.Run, limit int) ([]runs.Run, error)
}

// Files lists folders of the lakehouse.
type Files interface {
	List(ctx context.Context, folder string) ([]artifacts.File, error)
}

// Documents reads the documents of a folder of the lakehouse; nil without an error where there is none.
type Documents interface {
	KPIs(ctx context.Context, folder string) (*contract.KPIs, error)
	Profile(ctx context.Context, folder string) (*contract.ImportProfile, error)
	Metadata(ctx context.Context, folder string) (*contract.RunMetadata, error)
}

// Reader reads what is compared, from the database and the lakehouse. Each question has a deadline of its own.
type Reader struct {
	db        Database
	files     Files
	documents Documents
}

// NewReader reads from the given sources.
func NewReader(db Database, files Files, documents Documents) *Reader {
	return &Reader{db, files, documents}
}

// askTime bounds one question of a person: it reads several rows and documents.
const askTime = 30 * time.Second

// KPIs is the snapshot of the given run, or with uuid.Nil of what is published.
func (r *Reader) KPIs(ctx context.Context, id uuid.UUID) (contract.KPIs, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	if id == uuid.Nil {
		k, err := r.documents.KPIs(ctx, artifacts.CurrentFolder)
		if err == nil && k == nil {
			err = errors.New("nothing has been published yet: run the pipeline first")
		}
		if err != nil {
			return contract.KPIs{}, err
		}
		return *k, nil
	}
	run, err := r.db.Run(ctx, id)
	if err != nil {
		return contract.KPIs{}, err
	}
	if run.KPIs == nil {
		if run.Status == runs.Succeeded {
			return contract.KPIs{}, fmt.Errorf("the database does not hold the KPIs of run %s: “status %s” says why", id, id)
		}
		return contract.KPIs{}, fmt.Errorf("run %s has no KPIs: it is %s", id, run.Status)
	}
	return contract.Decode[contract.KPIs]("the KPIs of run "+id.String(), run.KPIs)
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

// side reads what is known of a run. What the lakehouse does not hold any more is left out.
func (r *Reader) side(ctx context.Context, id uuid.UUID) (Side, error) {
	var s Side
	var err error
	if s.Run, err = r.db.Run(ctx, id); err != nil {
		return s, err
	}
	if s.Artifacts, err = r.db.Artifacts(ctx, id); err != nil {
		return s, err
	}
	s.KPIs = kpisOf(s.Run)
	folder := artifacts.RunsFolder + "/" + id.String()
	if s.Profile, err = r.documents.Profile(ctx, folder); err != nil {
		return s, err
	}
	s.Metadata, err = r.documents.Metadata(ctx, folder)
	return s, err
}

// current reads what is published.
func (r *Reader) current(ctx context.Context) (Current, error) {
	var now Current
	var err error
	now.Files, err = r.files.List(ctx, artifacts.CurrentFolder)
	var missing *artifacts.NotFoundError
	if err != nil && !errors.As(err, &missing) {
		return now, err
	}
	if now.KPIs, err = r.documents.KPIs(ctx, artifacts.CurrentFolder); err != nil {
		return now, err
	}
	if now.Profile, err = r.documents.Profile(ctx, artifacts.CurrentFolder); err != nil {
		return now, err
	}
	if now.KPIs != nil && now.KPIs.RunID != nil {
		// The hashes of what is published stand in the folder of the run that wrote it.
		now.Metadata, err = r.documents.Metadata(ctx, artifacts.RunsFolder+"/"+*now.KPIs.RunID)
	}
	return now, err
}

// kpisOf are a run's figures; nil where it has none, or some in a form that this program does not know.
func kpisOf(run runs.Run) *contract.KPIs {
	if run.KPIs == nil {
		return nil
	}
	k, err := contract.Decode[contract.KPIs]("the KPIs of run "+run.ID.String(), run.KPIs)
	if err != nil {
		return nil
	}
	return &k
}
