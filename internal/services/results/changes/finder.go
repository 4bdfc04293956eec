package changes

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/results/comparison"
	"fabricportal/internal/services/results/dataset"
	"fabricportal/internal/services/runs"
)

// Documents is where runs and their figures are read from; *comparison.Reader is one.
type Documents interface {
	Pair(ctx context.Context, before, after uuid.UUID) ([2]comparison.Side, error)
}

// Store is where the rows of runs are kept and fetched from; *dataset.Store is one.
type Store interface {
	Open(ctx context.Context, run *string, how dataset.How, progress func(done, total int64)) (*dataset.Table, error)
	Has(run *string) bool
}

// Finder finds out what changed between two runs.
type Finder struct {
	documents Documents
	rows      Store
}

// NewFinder reads from the given sources.
func NewFinder(documents Documents, rows Store) *Finder { return &Finder{documents, rows} }

// RowsOf says where the rows of a run are.
type RowsOf struct {
	Here bool   // on this computer
	Size *int64 // bytes; nil where not known
}

// Pair is two runs, and what is known of their difference without their rows.
type Pair struct {
	Runs  [2]runs.Run
	KPIs  [2]*contract.KPIs // nil where not known
	Rows  [2]RowsOf
	Parts []Breakdown
	// Lacking are columns that only one of the two can be broken down by.
	Lacking []string
	Unread  []error // why documents are not known, each a sentence
}

// Fetch is how many bytes are to be fetched before the rows can be compared; 0 where all are here. known is false where there are
// rows to fetch of which the size is not known.
func (p Pair) Fetch() (bytes int64, known bool) {
	known = true
	for _, r := range p.Rows {
		switch {
		case r.Here:
		case r.Size == nil:
			known = false
		default:
			bytes += *r.Size
		}
	}
	return bytes, known
}

// Pair reads two runs; uuid.Nil as of comparison.Reader. Errors are that's.
func (f *Finder) Pair(ctx context.Context, before, after uuid.UUID) (Pair, error) {
	sides, err := f.documents.Pair(ctx, before, after)
	if err != nil {
		return Pair{}, err
	}
	var p Pair
	for i, s := range sides {
		p.Runs[i], p.KPIs[i] = s.Run, s.KPIs
		p.Rows[i] = RowsOf{Here: f.rows.Has(p.rowsID(i)), Size: sizeOf(s)}
		p.Unread = append(p.Unread, s.Unread...)
	}
	p.Parts, p.Lacking = Groups(p.KPIs[Before], p.KPIs[After])
	return p, nil
}

// rowsID names the run whose rows a run has published: another one where it was a restore.
func (p Pair) rowsID(side int) *string {
	if k := p.KPIs[side]; k != nil && k.RunID != nil {
		return k.RunID
	}
	return new(p.Runs[side].ID.String())
}

func sizeOf(s comparison.Side) *int64 {
	for _, a := range s.Artifacts {
		if a.Size != nil && len(a.Path) > len(artifacts.ParquetFile) && a.Path[len(a.Path)-len(artifacts.ParquetFile)-1:] == "/"+artifacts.ParquetFile {
			return a.Size
		}
	}
	if s.Metadata != nil {
		for _, o := range s.Metadata.Outputs {
			if o.Name == artifacts.ParquetFile {
				return &o.SizeBytes
			}
		}
	}
	return nil
}

// Stage is what is done of a comparison of rows.
type Stage int

// The stages.
const (
	Fetching  Stage = iota // in bytes
	Comparing              // in steps of its own
)

// Rows compares the rows of two runs, after it has fetched what is not on this computer. progress may be nil. Errors are those of
// Store.Open and of the function Rows; *format.Said where a run has no rows any more.
func (f *Finder) Rows(ctx context.Context, p Pair, how dataset.How, progress func(stage Stage, done, total int64)) (*Result, error) {
	if progress == nil {
		progress = func(Stage, int64, int64) {}
	}
	all, known := p.Fetch()
	var tables [2]Table
	var fetched int64
	for side := range 2 {
		var last int64
		t, err := f.rows.Open(ctx, p.rowsID(side), how, func(done, total int64) {
			last = done
			if !known {
				all = fetched + total
			}
			progress(Fetching, fetched+done, max(all, fetched+done))
		})
		if err != nil {
			if _, gone := errors.AsType[*artifacts.NotFoundError](err); gone {
				return nil, format.Say("the lakehouse has no rows of run {{.Run}} any more, so that its orders can't be compared", "Run", runs.ShortID(p.Runs[side].ID)).Over(err)
			}
			return nil, err
		}
		defer func() { _ = t.Close() }()
		fetched += last
		tables[side] = t.All()
	}
	return Rows(ctx, tables[Before], tables[After], Options{Progress: func(done, total int64) { progress(Comparing, done, total) }})
}
