package cli

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/services/results/changes"
	"fabricportal/internal/services/results/dataset"
	"fabricportal/internal/services/runs"
)

// cellTable is texts in memory as cleaned rows; "" is no value.
type cellTable [][]string

func (c cellTable) Columns() []dataset.Column {
	return []dataset.Column{{Name: "order_id"}, {Name: "revenue", Kind: dataset.Decimal}, {Name: "region"}}
}
func (c cellTable) Rows() int { return len(c) }
func (c cellTable) Window(_ context.Context, from, n int, _ []int) (dataset.Rows, error) {
	var out dataset.Rows
	for _, line := range c[from:min(from+n, len(c))] {
		var row []dataset.Cell
		for _, text := range line {
			row = append(row, dataset.Cell{Text: text, Null: text == ""})
		}
		out.Cells = append(out.Cells, row)
	}
	return out, nil
}

// differing is a portal with two runs.
type differing struct {
	*fakePortal
	ids  [2]uuid.UUID
	size *int64
}

var (
	octoberRows  = cellTable{{"A1", "1000", "North"}, {"A2", "150", "South"}, {"a3", "50", "South"}, {"", "1", "South"}}
	novemberRows = cellTable{{"A1", "1000", "North"}, {"A2", "162.34", "East"}, {"A3", "50", "South"}, {"A4", "250", "North"}, {"", "1", "South"}}
)

func (d *differing) WhatChanged(_ context.Context, before, after uuid.UUID) (changes.Pair, error) {
	d.ids = [2]uuid.UUID{before, after}
	share := func(pairs ...any) (out []contract.Share) {
		for i := 0; i < len(pairs); i += 2 {
			out = append(out, contract.Share{Key: pairs[i].(string), Revenue: pairs[i+1].(float64), Orders: 1})
		}
		return out
	}
	p := changes.Pair{
		Runs: [2]runs.Run{{ID: someRun, InputFile: "october.xlsx", CreatedAt: noon}, {ID: someRun, InputFile: "november.xlsx", CreatedAt: noon}},
		KPIs: [2]*contract.KPIs{
			{TotalRevenue: 1201, Orders: 3, RevenueByRegion: share("North", 1000.0, "South", 201.0)},
			{TotalRevenue: 1463.34, Orders: 4, RevenueByRegion: share("North", 1250.0, "East", 162.34, "South", 51.0), RevenueByChannel: share("Web", 1463.34)},
		},
		Rows: [2]changes.RowsOf{{Here: true}, {Size: d.size}},
	}
	p.Parts, p.Lacking = changes.Groups(p.KPIs[0], p.KPIs[1])
	return p, nil
}

func (d *differing) ChangedRows(ctx context.Context, _ changes.Pair, _ dataset.How, progress func(stage changes.Stage, done, total int64)) (*changes.Result, error) {
	progress(changes.Fetching, 1, 2)
	return changes.Rows(ctx, octoberRows, novemberRows, changes.Options{})
}

func withDiffering(d *differing) Program {
	return Program{Open: func(context.Context, string) (Portal, error) { return d, nil }}
}

func TestChangesByGroupNameWhatWasNotCompared(t *testing.T) {
	d := &differing{fakePortal: succeeded(), size: new(int64(12_400_000))}
	got := execute(t, withDiffering(d), "changes")
	require.Equal(t, ExitDone, got.code, got.err)
	require.Equal(t, [2]uuid.UUID{}, d.ids)
	require.Contains(t, got.err, "--rows fetches the rows (12.4 MB) and compares them")
	require.Contains(t, got.err, "only one of the two runs has channel: there is no change by it")
	require.Regexp(t, `(?m)^BY REGION +BEFORE +AFTER +CHANGE +OF THE CHANGE +ORDERS$`, got.out)
	require.Regexp(t, `(?m)^North +1,000\.00 +1,250\.00 +\+250\.00 +95\.3 % +1 → 1$`, got.out)
	require.Regexp(t, `(?m)^South +201\.00 +51\.00 +-150\.00 +-57\.2 % +1 → 1$`, got.out)

	got = execute(t, withDiffering(d), "changes", someRun.String(), someRun.String(), "--top", "1")
	require.Equal(t, [2]uuid.UUID{someRun, someRun}, d.ids)
	require.Regexp(t, `(?m)^2 others +201\.00 +213\.34 +\+12\.34 `, got.out)
	d.size = nil
	require.Contains(t, execute(t, withDiffering(d), "changes").err, "--rows fetches the rows and compares them")
}

func TestChangesByOrderAddUp(t *testing.T) {
	d := &differing{fakePortal: succeeded()}
	file := filepath.Join(t.TempDir(), "c.xlsx")
	got := execute(t, withDiffering(d), "changes", "--rows", "--excel", file)
	require.Equal(t, ExitDone, got.code, got.err)
	for _, line := range []string{
		`before +1,201\.00 +3 +4`, `added +\+300\.00 +2 +2`, `removed +-50\.00 +1 +1`, `changed +\+12\.34 +1 +1`, `rows without an order_id +0\.00 +2`, `after +1,463\.34 +4 +5`,
		`A4 +– +250\.00`, `a3 +50\.00 +–`, `A2 +150\.00 +162\.34 +revenue: 150 → 162\.34; region: South → East`,
	} {
		require.Regexp(t, `(?m)^`+line+` *$`, got.out)
	}
	require.Contains(t, got.err, "1 removed order was added again with an order_id in another case, such as a3 and A3")
	require.Contains(t, got.err, "1 row of the run before has no order_id and can't be matched: 1.00")
	_, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, ExitUsage, execute(t, withDiffering(d), "changes", "--excel", file).code, "an existing file is kept")

	got = execute(t, withDiffering(d), "changes", "--rows", "--json", "--by", "region")
	require.Equal(t, ExitDone, got.code, got.err)
	var doc changesJSON
	require.NoError(t, json.Unmarshal([]byte(got.out), &doc))
	require.Equal(t, figuresJSON{1201, 1463.34, 262.34}, *doc.Revenue)
	require.Len(t, doc.By, 1)
	require.Equal(t, stepJSON{"changed", 12.34, 1, 1}, doc.Rows.Bridge[3])
	require.Equal(t, []cellJSON{{"revenue", new("150"), new("162.34")}, {"region", new("South"), new("East")}}, doc.Rows.Changed.List[0].Cells)
	require.EqualValues(t, 1, doc.Rows.OtherCase)
	require.Empty(t, doc.Rows.Mismatches)

	got = execute(t, withDiffering(d), "changes", "--by", "shoe size")
	require.Equal(t, ExitUsage, got.code)
	require.Contains(t, got.err, "but by region")
	require.Empty(t, strings.TrimSpace(got.out))
}
