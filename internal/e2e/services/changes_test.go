package services

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/services/results/changes"
	"fabricportal/internal/services/results/dataset"
	"fabricportal/internal/services/results/export"
	"fabricportal/internal/services/runs"
)

// linesFile is a text file of order lines, with fractions of a cent, blanks around order_ids, and dates and amounts that are missing.
func linesFile(t *testing.T, path string, later bool) {
	t.Helper()
	var b strings.Builder
	b.WriteString("order_id,order_date,revenue,region,channel,quantity\n")
	for i := range 300 {
		id, amount, region := fmt.Sprintf("SO-%04d", i/3), fmt.Sprintf("%d.%04d", 10+i%50, i*7%10000), []string{"North", "South", ""}[i%3]
		date := fmt.Sprintf("2025-%02d-%02d", 1+i%9, 1+i%28)
		switch {
		case later && i%60 == 5:
			continue
		case later && i%75 == 7:
			amount = fmt.Sprintf("%d.5", 100+i)
		case later && i == 90:
			region = "East"
		case i == 200:
			date = ""
		case i == 201:
			amount = ""
		case i == 202:
			id = " " + id + " "
		}
		fmt.Fprintf(&b, "%s,%s,%s,%s,Web,%d\n", id, date, amount, region, i%5+1)
	}
	if later {
		for i := range 20 {
			fmt.Fprintf(&b, "NEW-%02d,2025-09-30,%d.25,North,Store,1\n", i, i)
		}
		b.WriteString("so-0010,2025-09-30,1.10,North,Store,1\n")
	}
	require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o600))
}

// TestWhatChangedBetweenTwoRuns compares what two real runs left: the rows are those that their figures were computed of, and all adds up.
func TestWhatChangedBetweenTwoRuns(t *testing.T) {
	w := open(t)
	run := func(name string, later bool) runs.Run {
		linesFile(t, filepath.Join(w.samples, name), later)
		w.upload(t, name)
		r, err := w.portal.Run(t.Context(), name, nil)
		require.NoError(t, err)
		r = w.follow(t, r)
		require.Equal(t, runs.Succeeded, r.Status, r.ErrorMessage)
		return r
	}
	first, second := run("october.csv", false), run("november.csv", true)

	pair, err := w.portal.WhatChanged(t.Context(), uuid.Nil, uuid.Nil)
	require.NoError(t, err)
	require.Equal(t, [2]uuid.UUID{first.ID, second.ID}, [2]uuid.UUID{pair.Runs[changes.Before].ID, pair.Runs[changes.After].ID})
	require.Equal(t, contract.RowIsOrderLine, pair.KPIs[changes.After].RowIs)
	size, known := pair.Fetch()
	require.True(t, known)
	require.Positive(t, size)
	for _, b := range pair.Parts {
		sum := b.Rounding
		for _, g := range b.Groups {
			sum += g.Change()
		}
		require.Equal(t, changes.Of(pair.KPIs[changes.After].TotalRevenue, pair.KPIs[changes.Before].TotalRevenue), sum, b.Column)
	}

	var fetched int64
	r, err := w.portal.ChangedRows(t.Context(), pair, dataset.Ask, func(stage changes.Stage, done, _ int64) {
		if stage == changes.Fetching {
			fetched = done
		}
	})
	require.NoError(t, err)
	defer r.Close()
	require.Equal(t, size, fetched)
	require.Empty(t, r.Mismatches(pair.KPIs), "the rows are those of the figures")
	bridge := r.Bridge()
	var sum changes.Cents
	for _, s := range bridge[:len(bridge)-1] {
		sum += s.Money
	}
	require.Equal(t, changes.Of(pair.KPIs[changes.After].TotalRevenue, 0), sum)
	require.EqualValues(t, 21, r.Parts[changes.Added].Orders)
	require.EqualValues(t, 0, r.Parts[changes.Removed].Orders, "an order of three lines that lost one has changed")
	require.NotZero(t, r.Parts[changes.Changed].Orders)

	// By the same groups, rows and figures say the same.
	for _, b := range pair.Parts {
		for _, of := range r.Breakdowns {
			if of.Column != b.Column {
				continue
			}
			require.Len(t, of.Groups, len(b.Groups), b.Column)
			groups := map[string]changes.Group{}
			for _, g := range of.Groups {
				groups[g.Key] = g
			}
			for _, g := range b.Groups {
				require.Equal(t, groups[g.Key].Orders, g.Orders, "%s %s", b.Column, g.Key)
				for side := range 2 { // months of figures are days that were rounded
					require.InDelta(t, int64(groups[g.Key].Revenue[side]), int64(g.Revenue[side]), map[bool]float64{true: 16}[b.Column == changes.ByMonth], "%s %s", b.Column, g.Key)
				}
			}
		}
	}

	pair, err = w.portal.WhatChanged(t.Context(), second.ID, first.ID)
	require.NoError(t, err)
	size, _ = pair.Fetch()
	require.Zero(t, size, "the rows are on this computer by now")
	path, err := export.Exporter{}.Changes(t.Context(), t.TempDir(), pair, nil, nil, nil)
	require.NoError(t, err)
	require.FileExists(t, path)
}
