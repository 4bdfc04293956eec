package changes

import (
	"context"
	"errors"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/results/comparison"
	"fabricportal/internal/services/results/dataset"
	"fabricportal/internal/services/runs"
)

var errSentence = errors.New("a sentence")

type world struct {
	sides  [2]comparison.Side
	tables map[string]*dataset.Table
	here   map[string]bool
	opened []string
	err    error
}

func (w *world) Pair(context.Context, uuid.UUID, uuid.UUID) ([2]comparison.Side, error) {
	return w.sides, nil
}

func (w *world) Has(run *string) bool { return w.here[*run] }

func (w *world) Open(_ context.Context, run *string, _ dataset.How, progress func(done, total int64)) (*dataset.Table, error) {
	w.opened = append(w.opened, *run)
	if w.err != nil {
		return nil, w.err
	}
	if !w.here[*run] {
		progress(50, 100)
		progress(100, 100)
	}
	return w.tables[*run], nil
}

func TestRowsAreFoundFetchedAndCompared(t *testing.T) {
	before, restore, source := uuid.New(), uuid.New(), uuid.New()
	few := parquetOf(t, 100, func(i int) (sold, bool) { return soldRow(i), true })
	other := parquetOf(t, 100, later)
	w := &world{
		here:   map[string]bool{},
		tables: map[string]*dataset.Table{before.String(): few, source.String(): other},
		sides: [2]comparison.Side{
			{Run: runs.Run{ID: before}, KPIs: &contract.KPIs{TotalRevenue: 1}, Artifacts: []runs.Artifact{{Path: "Files/results/runs/x/sales_cleaned.parquet", Size: new(int64(100))}, {Path: "x", Size: new(int64(7))}}},
			{Run: runs.Run{ID: restore}, KPIs: &contract.KPIs{TotalRevenue: 2, RunID: new(source.String())}, Unread: []error{errSentence},
				Metadata: &contract.RunMetadata{Outputs: []contract.Output{{Name: artifacts.ParquetFile, SizeBytes: 200}}}},
		},
	}
	f := NewFinder(w, w)
	p, err := f.Pair(t.Context(), before, restore)
	require.NoError(t, err)
	require.Equal(t, []error{errSentence}, p.Unread)
	size, known := p.Fetch()
	require.EqualValues(t, 300, size)
	require.True(t, known)

	var told [][3]int64
	r, err := f.Rows(t.Context(), p, dataset.Ask, func(stage Stage, done, total int64) { told = append(told, [3]int64{int64(stage), done, total}) })
	require.NoError(t, err)
	defer r.Close()
	require.Equal(t, []string{before.String(), source.String()}, w.opened, "the rows of a restore are those of the run that it restored")
	require.Equal(t, [][3]int64{{0, 50, 300}, {0, 100, 300}, {0, 150, 300}, {0, 200, 300}}, told[:4])
	require.Equal(t, int64(Comparing), told[4][0])
	last := told[len(told)-1]
	require.Equal(t, last[1], last[2])
	require.Len(t, r.Mismatches(p.KPIs), 2, "these KPIs are not of these rows")

	w.here[before.String()] = true
	w.sides[After].Metadata = nil
	p, err = f.Pair(t.Context(), before, restore)
	require.NoError(t, err)
	size, known = p.Fetch()
	require.Zero(t, size)
	require.False(t, known, "how large the other one is is not known")
	w.here[source.String()] = true
	p, err = f.Pair(t.Context(), before, restore)
	require.NoError(t, err)
	_, known = p.Fetch()
	require.True(t, known)

	w.err = &artifacts.NotFoundError{Path: "x"}
	_, err = f.Rows(t.Context(), p, dataset.Ask, nil)
	require.ErrorContains(t, err, "the lakehouse has no rows of run "+runs.ShortID(before)+" any more")
	w.err = &dataset.DiedError{Run: before}
	_, err = f.Rows(t.Context(), p, dataset.Ask, nil)
	var died *dataset.DiedError
	require.True(t, errors.As(err, &died))
}

func TestGroupsOfFiguresAddUp(t *testing.T) {
	before := &contract.KPIs{TotalRevenue: 100.01, RevenueByRegion: []contract.Share{{Key: "North", Revenue: 60, Orders: 2}, {Key: "(none)", Revenue: 40, Orders: 1}},
		TimeSeries: contract.TimeSeries{Granularity: "daily", Points: []contract.Point{{Period: "2025-01-31", Revenue: 60, Orders: 2}, {Period: "2025-02-01", Revenue: 30, Orders: 1}}}, UndatedOrders: 1, UndatedRevenue: 10.01}
	after := &contract.KPIs{TotalRevenue: 50, RevenueByRegion: []contract.Share{{Key: "South", Revenue: 50, Orders: 1}}, RevenueByChannel: []contract.Share{{Key: "Web", Revenue: 50, Orders: 1}},
		TimeSeries: contract.TimeSeries{Granularity: "monthly", Points: []contract.Point{{Period: "2025-01", Revenue: 50, Orders: 1}}}}
	list, lacking := Groups(before, after)
	require.Equal(t, []string{"channel"}, lacking)
	require.Len(t, list, 2, "by region and by month: one series has no days")
	require.Equal(t, Breakdown{Column: "region", Change: -5001, Rounding: -1, Groups: []Group{
		{"North", [2]Cents{6000, 0}, [2]int64{2, 0}}, {"South", [2]Cents{0, 5000}, [2]int64{0, 1}}, {"", [2]Cents{4000, 0}, [2]int64{1, 0}},
	}}, list[0])
	require.Equal(t, Breakdown{Column: ByMonth, Change: -5001, Groups: []Group{
		{"2025-02", [2]Cents{3000, 0}, [2]int64{1, 0}}, {"", [2]Cents{1001, 0}, [2]int64{1, 0}}, {"2025-01", [2]Cents{6000, 5000}, [2]int64{2, 1}},
	}}, list[1])
	list, lacking = Groups(nil, after)
	require.Empty(t, list)
	require.Empty(t, lacking)
}
