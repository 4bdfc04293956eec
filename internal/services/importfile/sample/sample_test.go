package sample

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/importfile/verdict"
)

var today = time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)

// TestEachFeatureHasSomethingToShow reads the sample as any file is read.
func TestEachFeatureHasSomethingToShow(t *testing.T) {
	path := filepath.Join(t.TempDir(), Name)
	f, err := os.Create(path)
	require.NoError(t, err)
	require.NoError(t, Write(f, today))
	require.NoError(t, f.Close())
	a, err := analysis.File(t.Context(), path, analysis.Options{Now: func() time.Time { return today }})
	require.NoError(t, err)
	require.NoError(t, a.KPIError, "there are figures")
	require.NoError(t, a.RulesError)
	require.Empty(t, a.Reading.Questions, "nothing has to be decided before the first look")

	failed := map[string]int64{}
	for _, c := range a.Profile.Validation.Checks {
		if !c.Passed {
			failed[c.ID] = c.Count
		}
	}
	require.EqualValues(t, 1, failed["order_id_unique"], failed)
	require.EqualValues(t, 1, failed["order_date_valid"], failed)
	require.EqualValues(t, 2, failed["revenue_valid"], failed)
	_, warnings, errors := verdict.Of(a).Tally()
	require.GreaterOrEqual(t, warnings, 4, "the rules have found the slip, too")
	require.Zero(t, errors, "a run would not fail")

	require.Equal(t, "2025-11-27", a.Profile.DateRange.Min)
	require.Equal(t, "2026-11-26", a.Profile.DateRange.Max, "up to yesterday")
	require.Greater(t, a.KPIs.Orders, int64(3000))
	require.Len(t, a.KPIs.RevenueByChannel, len(channels), "blanks beside a name make no other channel")
	require.Positive(t, a.KPIs.Missing.RepeatedOrderID.Rows)
	require.Positive(t, a.KPIs.Missing.RepeatedOrderID.Revenue)
	require.NotEmpty(t, a.Cleaning.Changes)
}

// TestTheSampleIsTheSameOnEachComputer of one day, and has the days of another one later.
func TestTheSampleIsTheSameOnEachComputer(t *testing.T) {
	evening := time.Date(2026, 11, 27, 23, 59, 0, 0, time.FixedZone("", -5*3600))
	require.Equal(t, Rows(Seed, today), Rows(Seed, evening))
	require.NotEqual(t, Rows(Seed, today), Rows(Seed+1, today))
	later := Rows(Seed, today.AddDate(0, 3, 0))
	require.Equal(t, time.Date(2027, 2, 26, 0, 0, 0, 0, time.UTC), later[len(later)-1][dateColumn])
	for day := 0; day < 366; day += 13 { // whatever day it is, each fault has its row
		require.NotPanics(t, func() { Rows(Seed, today.AddDate(0, 0, day)) })
	}
}

func TestASampleIsKnownByItsName(t *testing.T) {
	for path, want := range map[string]bool{
		filepath.Join("a", Name):                                 true,
		`C:\Users\ana\Downloads\` + Name:                         true,
		"sample MADE-UP sales orders (2).xlsx":                   true,
		"/home/ana/SAMPLE made-up sales orders offending rows 1": true,
		"sales_orders_fact.xlsx":                                 false,
		"sample.csv":                                             false,
		filepath.Join(Name, "sales.xlsx"):                        false,
		"":                                                       false,
	} {
		require.Equal(t, want, Is(path), path)
	}
}
