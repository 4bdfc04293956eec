package comparison

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/services/fabric/artifacts"
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
	assert.Contains(t, strings.Join(p.Problems, " "), "being replaced")

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
		assert.Contains(t, strings.Join(p.Problems, " "), name)
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

	got := SamePeriod(january, year)
	require.Len(t, got, 2)
	assert.Equal(t, YearBefore, got[0].Kind)
	assert.Equal(t, []string{"2026-01-01", "2026-01-31", "2025-01-01", "2025-01-31"}, []string{got[0].From, got[0].To, got[0].EarlierFrom, got[0].EarlierTo})
	assert.Equal(t, 310.0, *got[0].Revenue.Before)
	assert.Equal(t, 360.0, *got[0].Revenue.After)
	assert.Equal(t, 1.0, *got[0].AOV.Absolute)
	assert.Equal(t, PeriodBefore, got[1].Kind)
	assert.Equal(t, "2025-12-01", got[1].EarlierFrom)
	assert.Equal(t, "2025-12-31", got[1].EarlierTo)

	// A year alone: its December with its November.
	got = SamePeriod(year)
	require.Len(t, got, 1)
	assert.Equal(t, MonthBefore, got[0].Kind)
	assert.Equal(t, []string{"2025-12-01", "2025-11-01", "2025-11-30"}, []string{got[0].From, got[0].EarlierFrom, got[0].EarlierTo})
	assert.Equal(t, 310.0, *got[0].Revenue.After)
	assert.Equal(t, 300.0, *got[0].Revenue.Before)

	// Ten days in the middle of a month, with the ten before; a leap day a year before does no harm.
	got = SamePeriod(days("2026-03-11", 10, 1), days("2026-03-01", 10, 2))
	require.Len(t, got, 1)
	assert.Equal(t, PeriodBefore, got[0].Kind)
	assert.Equal(t, 20.0, *got[0].Revenue.Before)
	got = SamePeriod(days("2025-02-01", 28, 1), days("2024-01-01", 366, 1))
	require.NotEmpty(t, got)
	assert.Equal(t, "2024-02-29", got[0].EarlierTo)

	// A monthly series can't tell of parts of months.
	months := &contract.KPIs{TimeSeries: contract.TimeSeries{Granularity: "monthly", Points: []contract.Point{{Period: "2026-02"}, {Period: "2026-03", Revenue: 5}}}}
	assert.Empty(t, SamePeriod(days("2026-03-11", 10, 1), months))
	assert.Empty(t, SamePeriod(nil, year))
	assert.Empty(t, SamePeriod(&contract.KPIs{}, year))
	assert.Empty(t, SamePeriod(days("2026-03-11", 10, 1)))
	bad := &contract.KPIs{TimeSeries: contract.TimeSeries{Granularity: "daily", Points: []contract.Point{{Period: "soon"}}}}
	assert.Empty(t, SamePeriod(bad, year))
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
