package comparison

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/importfile/drift"
	"fabricportal/internal/services/runs"
)

func snapshot(run string, revenue float64, orders int64) *contract.KPIs {
	return &contract.KPIs{RunID: &run, TotalRevenue: revenue, Orders: orders, AOV: new(revenue / float64(orders))}
}

func TestKPIsSideBySide(t *testing.T) {
	a, b := snapshot("a", 1000, 10), snapshot("b", 1500, 12)
	a.RevenueByChannel = []contract.Share{{Key: "Web", Revenue: 700, Orders: 7}, {Key: "Fax", Revenue: 300, Orders: 3}}
	b.RevenueByChannel = []contract.Share{{Key: "Store", Revenue: 800, Orders: 6}, {Key: "Web", Revenue: 700, Orders: 6}}
	a.Conversion = &contract.Conversion{Definition: contract.ConvertingPerTotal, RateConvertingVisitorsPerTotalVisitors: new(0.03)}
	b.Conversion = &contract.Conversion{Definition: contract.OrdersPerTotal, RateOrdersPerTotalVisitors: new(0.04)}
	a.TimeSeries = contract.TimeSeries{Granularity: "daily", Points: []contract.Point{{Period: "2025-01-01", Revenue: 400, Orders: 4}, {Period: "2025-01-31", Revenue: 600, Orders: 6}}}
	b.TimeSeries = contract.TimeSeries{Granularity: "monthly", Points: []contract.Point{{Period: "2025-01", Revenue: 1100, Orders: 8}, {Period: "2025-02", Revenue: 400, Orders: 4}}}

	c := KPIs(a, b)
	require.Len(t, c.Figures, 4)
	assert.Equal(t, Change{Before: new(1000.0), After: new(1500.0), Absolute: new(500.0), Relative: new(0.5)}, c.Figures[0].Change)
	assert.Equal(t, TotalRevenue, c.Figures[0].Name)
	assert.InDelta(t, 0.2, *c.Figures[1].Relative, 1e-12)
	assert.InDelta(t, 25, *c.Figures[2].Absolute, 1e-9)
	assert.Nil(t, c.Figures[3].Relative, "two definitions are not compared")
	assert.Contains(t, c.Figures[3].Note, contract.OrdersPerTotal)
	assert.Equal(t, 0.04, *c.Figures[3].After)

	a.Conversion, b.Conversion.Source = &contract.Conversion{Definition: contract.OrdersPerTotal, RateOrdersPerTotalVisitors: new(0.03), Source: contract.ConversionConfigured}, contract.ConversionOfFile
	other := KPIs(a, b).Figures[3]
	assert.Nil(t, other.Relative, "visitors of two kinds are not compared")
	assert.Equal(t, "The visitors of one rate are configured, those of the other one stand in the file.", other.Note)

	require.Len(t, c.Channels, 3)
	assert.Equal(t, []string{"Store", "Web", "Fax"}, []string{c.Channels[0].Key, c.Channels[1].Key, c.Channels[2].Key})
	assert.Equal(t, Change{Before: new(0.0), After: new(800.0), Absolute: new(800.0)}, c.Channels[0].Revenue, "nothing can be related to zero")
	assert.True(t, c.Channels[1].Revenue.Same())
	assert.Equal(t, -1.0, *c.Channels[2].Orders.Relative)

	assert.Equal(t, "monthly", c.Granularity)
	require.Len(t, c.Periods, 2)
	assert.Equal(t, 100.0, *c.Periods[0].Revenue.Absolute)
	assert.Nil(t, c.Periods[1].Revenue.Before)

	none := KPIs(nil, b)
	assert.Nil(t, none.Figures[0].Before)
	assert.Equal(t, 1500.0, *none.Figures[0].After)
	assert.Nil(t, none.Channels[0].Revenue.Before, "of a run without KPIs nothing is known, which is not zero")
	assert.Empty(t, none.Granularity)

	// A loss that shrinks is a gain.
	loss := change(new(-100.0), new(-50.0))
	assert.Equal(t, 0.5, *loss.Relative)
}

func side(id string, hash string, sizes ...int64) Side {
	run := uuid.MustParse(id)
	s := Side{
		Run:      runs.Run{ID: run, Status: runs.Succeeded},
		KPIs:     snapshot(id, 100, 1),
		Profile:  &contract.ImportProfile{RunID: &id, RowCount: 10, File: contract.File{Name: "f" + hash + ".xlsx", SHA256: hash, SizeBytes: 7}},
		Metadata: &contract.RunMetadata{RunID: id, Kind: "ingest", Status: "succeeded", Rows: &contract.RowCounts{Read: 10, Written: 9}},
	}
	for i, name := range restored {
		s.Metadata.Outputs = append(s.Metadata.Outputs, contract.Output{Name: name, SizeBytes: sizes[i], SHA256: strings.Repeat(hash, 64)})
		s.Artifacts = append(s.Artifacts, runs.Artifact{Path: artifacts.RunsFolder + "/" + id + "/" + name, Size: &sizes[i]})
	}
	return s
}

const idA, idB = "aaaaaaaa-1111-4111-8111-111111111111", "bbbbbbbb-1111-4111-8111-111111111111"

func TestSchemaAndArtifacts(t *testing.T) {
	a, b := side(idA, "a", 1, 2, 3, 4), side(idB, "b", 1, 2, 3, 4)
	a.Profile.Columns = []contract.Column{{Name: "Order ID", NormalizedName: "order_id", Type: "text"}, {Name: "Revenue", NormalizedName: "revenue", Type: "decimal"}, {Name: "Old", NormalizedName: "old", Type: "text"}}
	b.Profile.Columns = []contract.Column{{Name: "Order ID", NormalizedName: "order_id", Type: "text"}, {Name: "New", NormalizedName: "new", Type: "date"}, {Name: "Revenue", NormalizedName: "revenue", Type: "mixed"}}
	b.Profile.RowCount = 15
	b.Metadata.Outputs[1].SHA256 = a.Metadata.Outputs[1].SHA256
	*b.Artifacts[2].Size = 33 // not the file that the metadata speaks of
	a.Artifacts = append(a.Artifacts, runs.Artifact{Path: "Files/results/runs/" + idA + "/sample.csv"})

	c := Compare(a, b)
	assert.True(t, c.Schema.Known)
	var got []string
	for _, col := range c.Schema.Columns {
		got = append(got, fmt.Sprint(col.Name, " ", col.State, " ", col.PositionBefore, col.PositionAfter))
	}
	assert.Equal(t, []string{"new added 0 2", "revenue changed 2 3", "old removed 3 0", "order_id same 1 1"}, got)
	assert.Equal(t, 5.0, *c.Schema.Rows.Absolute)
	assert.True(t, c.Schema.Written.Same())
	assert.Equal(t, Changed, c.Schema.Input.State)

	states := map[string]string{}
	for _, f := range c.Artifacts {
		states[f.Name] = fmt.Sprint(f.State, f.ByHash)
	}
	assert.Equal(t, map[string]string{
		artifacts.ParquetFile: "changedtrue", artifacts.CSVFile: "sametrue", artifacts.ProfileFile: "changedfalse", artifacts.KPIsFile: "changedtrue", "sample.csv": "removedtrue",
	}, states)

	// Without metadata, equal sizes prove nothing.
	a.Metadata, b.Metadata = nil, nil
	for _, f := range Compare(a, b).Artifacts {
		if f.Name == artifacts.KPIsFile {
			assert.Equal(t, Unknown, f.State)
		}
	}
}

func TestRestorePreview(t *testing.T) {
	now, source := side(idA, "a", 1, 2, 3, 4), side(idB, "b", 1, 2, 3, 44)
	source.KPIs.TotalRevenue = 80
	current := Current{KPIs: now.KPIs, Profile: now.Profile, Metadata: now.Metadata}
	for i, name := range restored {
		current.Files = append(current.Files, artifacts.File{Name: name, Path: artifacts.CurrentFolder + "/" + name, Size: int64(i + 1)})
	}
	current.Files = append(current.Files, artifacts.File{Name: "sample.csv", Size: 5})
	p := PreviewRestore(current, source)
	assert.True(t, p.CanRun)
	assert.Empty(t, p.Problems)
	assert.False(t, p.Nothing)
	require.Len(t, p.Files, 5)
	for _, f := range p.Files[:4] {
		assert.Equal(t, Changed, f.State)
		assert.True(t, f.ByHash)
	}
	assert.Equal(t, Same, p.Files[4].State, "a restore takes no file away")
	assert.Equal(t, -0.2, *p.KPIs.Figures[0].Relative)

	// A file in current/ of another size than its run wrote has no known hash.
	current.Files[0].Size = 99
	for _, f := range PreviewRestore(current, source).Files {
		if f.Name == artifacts.ParquetFile {
			assert.Empty(t, f.Before.SHA256)
			assert.Equal(t, Changed, f.State)
			assert.False(t, f.ByHash)
		}
	}
	current.Files[0].Size = 1

	// The same run again, and one that was restored: its metadata names the source.
	assert.True(t, PreviewRestore(current, now).Nothing)
	current.Metadata = &contract.RunMetadata{RunID: idB, SourceRunID: new(idA), Outputs: now.Metadata.Outputs}
	assert.True(t, PreviewRestore(current, now).Nothing)
	current.Metadata.SourceRunID = nil
	assert.False(t, PreviewRestore(current, now).Nothing, "metadata of another run says nothing of these files")
	current.Metadata = now.Metadata

	current.Profile = &contract.ImportProfile{RunID: new(idB)}
	p = PreviewRestore(current, source)
	assert.Contains(t, errors.Join(p.Problems...).Error(), "being replaced")

	for name, spoil := range map[string]func(*Side){
		"did not succeed":      func(s *Side) { s.Run.Status = runs.Failed },
		"itself a restore":     func(s *Side) { s.Metadata.Kind, s.Metadata.SourceRunID = "restore", new(idA) },
		"write all":            func(s *Side) { s.Metadata.Status = "started" },
		"no sales_cleaned.csv": func(s *Side) { s.Metadata.Outputs, s.Artifacts = s.Metadata.Outputs[:1], s.Artifacts[:1] },
	} {
		bad := side(idB, "b", 1, 2, 3, 4)
		spoil(&bad)
		p := PreviewRestore(current, bad)
		assert.False(t, p.CanRun, name)
		assert.Contains(t, errors.Join(p.Problems...).Error(), name)
	}
}

func days(from string, n int, revenue float64) *contract.KPIs {
	k := &contract.KPIs{TimeSeries: contract.TimeSeries{Granularity: "daily"}}
	day, _ := time.Parse(time.DateOnly, from)
	for i := range n {
		k.TimeSeries.Points = append(k.TimeSeries.Points, contract.Point{Period: day.AddDate(0, 0, i).Format(time.DateOnly), Revenue: revenue, Orders: 2})
	}
	return k
}

func TestSamePeriodBefore(t *testing.T) {
	year := days("2025-01-01", 365, 10)
	january := days("2026-01-02", 30, 12) // no orders on New Year's Day

	got := SamePeriod(january, nil, year)
	require.Len(t, got, 2)
	assert.Equal(t, YearBefore, got[0].Kind)
	assert.Equal(t, []string{"2026-01-02", "2026-01-31", "2025-01-02", "2025-01-31"}, []string{got[0].From, got[0].To, got[0].EarlierFrom, got[0].EarlierTo}, "thirty days are compared with thirty")
	assert.True(t, got[0].All)
	assert.False(t, got[0].WholeMonths())
	assert.Equal(t, 300.0, *got[0].Revenue.Before)
	assert.Equal(t, 360.0, *got[0].Revenue.After)
	assert.Equal(t, 1.0, *got[0].AOV.Absolute)
	assert.Equal(t, PeriodBefore, got[1].Kind)
	assert.Equal(t, "2025-12-02", got[1].EarlierFrom)
	assert.Equal(t, "2025-12-31", got[1].EarlierTo)

	// A year alone: its December with its November.
	got = SamePeriod(year, nil)
	require.Len(t, got, 1)
	assert.Equal(t, MonthBefore, got[0].Kind)
	assert.Equal(t, []string{"2025-12-01", "2025-11-01", "2025-11-30"}, []string{got[0].From, got[0].EarlierFrom, got[0].EarlierTo})
	assert.Equal(t, 310.0, *got[0].Revenue.After)
	assert.Equal(t, 300.0, *got[0].Revenue.Before)

	// Ten days in the middle of a month, with the ten before; a leap day a year before does no harm.
	got = SamePeriod(days("2026-03-11", 10, 1), nil, days("2026-03-01", 10, 2))
	require.Len(t, got, 1)
	assert.Equal(t, PeriodBefore, got[0].Kind)
	assert.Equal(t, 20.0, *got[0].Revenue.Before)
	got = SamePeriod(days("2025-02-01", 28, 1), nil, days("2024-01-01", 366, 1))
	require.NotEmpty(t, got)
	assert.Equal(t, "2024-02-29", got[0].EarlierTo)

	// A monthly series can't tell of parts of months.
	months := &contract.KPIs{TimeSeries: contract.TimeSeries{Granularity: "monthly", Points: []contract.Point{{Period: "2026-02"}, {Period: "2026-03", Revenue: 5}}}}
	assert.Empty(t, SamePeriod(days("2026-03-11", 10, 1), nil, months))
	assert.Empty(t, SamePeriod(nil, nil, year))
	assert.Empty(t, SamePeriod(&contract.KPIs{}, nil, year))
	assert.Empty(t, SamePeriod(days("2026-03-11", 10, 1), nil))
	bad := &contract.KPIs{TimeSeries: contract.TimeSeries{Granularity: "daily", Points: []contract.Point{{Period: "soon"}}}}
	assert.Empty(t, SamePeriod(bad, nil, year))
}

// monthlyOf are the days of a snapshot added up to months, as a long series is kept.
func monthlyOf(k *contract.KPIs) *contract.KPIs {
	out := &contract.KPIs{TimeSeries: contract.TimeSeries{Granularity: "monthly"}}
	for _, p := range k.TimeSeries.Points {
		if n := len(out.TimeSeries.Points); n == 0 || out.TimeSeries.Points[n-1].Period != p.Period[:7] {
			out.TimeSeries.Points = append(out.TimeSeries.Points, contract.Point{Period: p.Period[:7]})
		}
		last := &out.TimeSeries.Points[len(out.TimeSeries.Points)-1]
		last.Revenue, last.Orders = last.Revenue+p.Revenue, last.Orders+p.Orders
	}
	return out
}

// Data in which nothing changes may be shown as nothing else, whatever days it ends and begins on: but for the lengths of
// whole months that are compared as such.
func TestFlatDataIsNeverShownToFallOrRise(t *testing.T) {
	for begin := range 40 {
		for _, n := range []int{5, 20, 28, 45, 61, 100, 269, 365, 395} {
			from := time.Date(2024, 12, 10+begin, 0, 0, 0, 0, time.UTC)
			flat := days(from.Format(time.DateOnly), n, 10)
			profile := &contract.ImportProfile{DateRange: &contract.DateRange{Min: flat.TimeSeries.Points[0].Period, Max: flat.TimeSeries.Points[n-1].Period}}
			earlier := days(from.AddDate(0, 0, -n+1).Format(time.DateOnly), n, 10) // the two share a day
			year := days(from.AddDate(-1, 0, 2).Format(time.DateOnly), n, 10)      // and two are missing here
			for _, now := range []*contract.KPIs{flat, monthlyOf(flat)} {
				for _, p := range []*contract.ImportProfile{nil, profile} {
					for _, before := range []*contract.KPIs{earlier, year, monthlyOf(year), monthlyOf(earlier)} {
						for _, c := range SamePeriod(now, p, before) {
							a, _ := time.Parse(time.DateOnly, c.From)
							b, _ := time.Parse(time.DateOnly, c.To)
							x, _ := time.Parse(time.DateOnly, c.EarlierFrom)
							y, _ := time.Parse(time.DateOnly, c.EarlierTo)
							assert.Equal(t, 10*float64(daysBetween(a, b)+1), *c.Revenue.After, "%+v", c)
							assert.Equal(t, 10*float64(daysBetween(x, y)+1), *c.Revenue.Before, "%+v", c)
							if !c.WholeMonths() {
								assert.Equal(t, daysBetween(a, b), daysBetween(x, y), "%+v", c)
								assert.True(t, c.Revenue.Same(), "%+v", c)
							}
						}
					}
				}
			}
		}
	}
}

func TestAMonthThatIsNotOverIsComparedWithTheSameDays(t *testing.T) {
	named := func(c PeriodChange) []string { return []string{c.From, c.To, c.EarlierFrom, c.EarlierTo} }
	for to, want := range map[string][]string{
		"2025-09-26": {"2025-09-01", "2025-09-26", "2025-08-01", "2025-08-26"},
		"2025-09-28": {"2025-09-01", "2025-09-28", "2025-08-01", "2025-08-28"},
		"2025-09-30": {"2025-09-01", "2025-09-30", "2025-08-01", "2025-08-31"}, // a whole month, with a whole one
		"2025-10-03": {"2025-09-01", "2025-09-30", "2025-08-01", "2025-08-31"}, // three days say nothing
		"2025-03-30": {"2025-03-01", "2025-03-28", "2025-02-01", "2025-02-28"},
	} {
		end, err := time.Parse(time.DateOnly, to)
		require.NoError(t, err)
		got := SamePeriod(days("2025-01-01", daysBetween(time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), end)+1, 10), nil)
		require.Len(t, got, 1, to)
		assert.Equal(t, want, named(got[0]), to)
	}

	// By month, only the profile knows how far the last one goes.
	long := days("2024-01-01", 635, 10) // to 2025-09-26
	months := monthlyOf(long)
	whole := &contract.ImportProfile{DateRange: &contract.DateRange{Min: "2024-01-01", Max: "2025-09-30"}}
	part := &contract.ImportProfile{DateRange: &contract.DateRange{Min: "2024-01-01", Max: "2025-09-26"}}
	for _, p := range []*contract.ImportProfile{nil, part} {
		got := SamePeriod(months, p)
		require.Len(t, got, 1)
		assert.Equal(t, []string{"2025-08-01", "2025-08-31", "2025-07-01", "2025-07-31"}, named(got[0]))
		assert.True(t, got[0].Revenue.Same())
	}
	assert.Equal(t, []string{"2025-09-01", "2025-09-30", "2025-08-01", "2025-08-31"}, named(SamePeriod(months, whole)[0]))

	// The day on which the figures were computed is not over.
	today := days("2025-01-01", 100, 10)
	today.ComputedAt = contract.Time{Time: time.Date(2025, 4, 10, 9, 0, 0, 0, time.UTC)}
	today.TimeSeries.Points[99].Revenue = 1
	got := SamePeriod(today, nil)
	require.Len(t, got, 1)
	assert.Equal(t, []string{"2025-04-01", "2025-04-09", "2025-03-01", "2025-03-09"}, named(got[0]))
	assert.True(t, got[0].Revenue.Same())
}

func TestPartsOfPeriods(t *testing.T) {
	year := days("2025-01-20", 250, 10) // to 2025-09-26
	months := monthlyOf(year)
	assert.Empty(t, Parts(year, nil, year.TimeSeries))
	assert.Equal(t, map[int]Part{0: {From: "2025-01-20"}, 8: {To: "2025-09-26"}}, Parts(year, nil, months.TimeSeries))
	assert.Empty(t, Parts(months, nil, months.TimeSeries), "not known")
	p := &contract.ImportProfile{DateRange: &contract.DateRange{Min: "2025-01-20", Max: "2025-09-26"}}
	assert.Equal(t, map[int]Part{0: {From: "2025-01-20"}, 8: {To: "2025-09-26"}}, Parts(months, p, months.TimeSeries))
	months.ComputedAt = contract.Time{Time: time.Date(2025, 9, 27, 9, 0, 0, 0, time.UTC)}
	assert.Equal(t, map[int]Part{8: {To: "2025-09-27"}}, Parts(months, nil, months.TimeSeries))
	assert.Empty(t, Parts(days("2025-01-01", 365, 1), nil, monthlyOf(days("2025-01-01", 365, 1)).TimeSeries))
	one := days("2025-02-03", 3, 1)
	assert.Equal(t, map[int]Part{0: {From: "2025-02-03", To: "2025-02-05"}}, Parts(one, nil, monthlyOf(one).TimeSeries))
	one.ComputedAt = contract.Time{Time: time.Date(2025, 2, 5, 9, 0, 0, 0, time.UTC)}
	assert.Equal(t, map[int]Part{2: {To: "2025-02-05"}}, Parts(one, nil, one.TimeSeries))
	assert.Empty(t, Parts(&contract.KPIs{}, nil, contract.TimeSeries{}))

	assert.True(t, SameDays(year, days("2025-01-20", 250, 1)))
	assert.False(t, SameDays(year, days("2025-01-20", 249, 1)))
	assert.True(t, SameDays(year, monthlyOf(year)))
	assert.True(t, SameDays(year, nil))
}

func TestOutliers(t *testing.T) {
	of := func(seconds ...int) Durations {
		var d Durations
		for _, s := range seconds {
			d.sorted = append(d.sorted, time.Duration(s)*time.Second)
		}
		return d
	}
	d := of(100, 200, 300, 400, 500)
	assert.Equal(t, Usual, d.Judge(700*time.Second))
	assert.Equal(t, Long, d.Judge(701*time.Second))
	assert.Equal(t, Usual, d.Judge(0))
	assert.Equal(t, Usual, of(1, 1, 1, 1).Judge(time.Hour), "four are too few")
	alike := of(60, 60, 60, 60, 60, 60)
	assert.Equal(t, Usual, alike.Judge(70*time.Second))
	assert.Equal(t, Long, alike.Judge(71*time.Second))
	assert.Equal(t, Short, alike.Judge(49*time.Second))
}

// A column is the same only where nothing that is looked at differs: not where it went from 1 to 12 % empty, nor from 0.1 to 0.4 %.
func TestAColumnThatLostItsValuesIsNotTheSame(t *testing.T) {
	column := func(empty, low, high float64) contract.Column {
		return contract.Column{Name: "Revenue", NormalizedName: "revenue", Type: "decimal", NullShare: empty, Min: low, Max: high}
	}
	for _, c := range []struct {
		before, after contract.Column
		state         State
		drifted       []drift.Kind
	}{
		{column(0.01, 1, 9), column(0.12, 1, 9), Changed, []drift.Kind{drift.NullShare}},
		{column(0.12, 1, 9), column(0.01, 1, 9), Changed, []drift.Kind{drift.NullShare}},
		{column(0.001, 1, 9), column(0.004, 1, 9), Changed, []drift.Kind{drift.NullShare}},
		{column(0, 1, 9), column(0, 1, 900), Changed, []drift.Kind{drift.RangeMoved}},
		{column(0.01, 1, 9), column(0.01, 1, 9), Same, nil},
		{column(0.01001, 1, 9), column(0.01002, 1, 9), Same, nil},
	} {
		a, b := side(idA, "a", 1, 2, 3, 4), side(idB, "b", 1, 2, 3, 4)
		a.Profile.RowCount, b.Profile.RowCount = 1000, 1000
		a.Profile.Columns, b.Profile.Columns = []contract.Column{c.before}, []contract.Column{c.after}
		got := Compare(a, b).Schema.Columns[0]
		assert.Equal(t, c.state, got.State, "%v", c)
		assert.Equal(t, c.drifted, got.Drifted)
		assert.Equal(t, c.before.NullShare, *got.EmptyBefore)
		assert.Equal(t, c.after.NullShare, *got.EmptyAfter)
	}
}
