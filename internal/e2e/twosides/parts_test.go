package twosides

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/services/results/dataset"
	"fabricportal/internal/services/results/parts"
)

// TestPartsOfWhatTheNotebookWrites: the desktop computes parts from the notebook's cleaned rows. What all rows come to is the notebook's kpis.json
// to the cent, each group alone is its entry there, and each chosen part has the rows that its figures are of.
func TestPartsOfWhatTheNotebookWrites(t *testing.T) {
	n := openNotebook(t)
	folder := t.TempDir()
	whole, groups := 0, 0
	for round, files := 0, append(exampleFiles(t), caseFiles(t)...); len(files) > 0 && round <= mostRounds; round++ {
		var next []*file
		for i, f := range files {
			options := ""
			if !f.read.Plain() {
				options = optionsText(f.read)
			}
			path := filepath.Join(folder, fmt.Sprintf("%d-%d.parquet", round, i))
			require.NoError(t, n.ask(request{Path: f.path, Options: options, Funnel: f.funnel, Parquet: path}))
			a, err := n.receive()
			require.NoError(t, err, f)
			_, questions, err := desktop(t.Context(), f)
			require.NoError(t, err, f)
			next = append(next, answers(f, questions)...)
			if a.KPIs == nil {
				continue
			}
			text, err := json.Marshal(a.KPIs)
			require.NoError(t, err)
			k, err := contract.Decode[contract.KPIs]("kpis.json", text)
			require.NoError(t, err)
			groups += requireParts(t, f.String(), path, &k)
			whole++
		}
		files = next
	}
	t.Logf("%d files with KPIs, %d parts", whole, groups)
	require.Greater(t, whole, 100)
	require.Greater(t, groups, 300)
}

// requireParts looks at the parts of one file, and says how many there were.
func requireParts(t *testing.T, name, path string, k *contract.KPIs) (looked int) {
	table, err := dataset.Open(t.Context(), path)
	require.NoError(t, err, name)
	defer func() { require.NoError(t, table.Close()) }()
	s, err := parts.Open(t.Context(), table, k, nil)
	require.NoError(t, err, name)
	require.Empty(t, s.Faults, name)
	require.EqualValues(t, table.Rows(), s.Whole.Rows)
	const most = 30 // of a dimension
	try := func(d parts.Dimension, key string, revenue float64, orders int64) {
		f := parts.Filter{}
		f[d] = []string{key}
		p, err := s.Part(t.Context(), f, nil)
		require.NoError(t, err, name)
		require.Equal(t, revenue, p.KPIs.TotalRevenue, "%s %q", name, key)
		require.Equal(t, orders, p.KPIs.Orders, "%s %q", name, key)
		v, err := table.View(t.Context(), dataset.Query{Filters: s.Conditions(f)}, nil)
		require.NoError(t, err, name)
		require.EqualValues(t, v.Rows(), p.Rows, "%s %q", name, key)
		if d < parts.Period {
			require.Equal(t, s.Whole.Around[d], p.Around[d], "the others can be chosen still")
		}
		looked++
	}
	for d, shares := range [][]contract.Share{k.RevenueByChannel, k.RevenueByRegion, k.RevenueByProductCategory} {
		for _, share := range shares[:min(most, len(shares))] {
			try(parts.Dimension(d), share.Key, share.Revenue, share.Orders)
		}
	}
	for _, p := range k.TimeSeries.Points[:min(most, len(k.TimeSeries.Points))] {
		try(parts.Period, p.Period, p.Revenue, p.Orders)
	}
	return looked
}
