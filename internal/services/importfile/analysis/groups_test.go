package analysis_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/analysis"
)

// csvFile writes a text file.
func csvFile(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "orders.csv")
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

func checkOf(t *testing.T, p *contract.ImportProfile, id string) contract.Check {
	t.Helper()
	for _, c := range p.Validation.Checks {
		if c.ID == id {
			return c
		}
	}
	require.Fail(t, "no check", id)
	return contract.Check{}
}

// TestGroupsAreShownWithTheSumsOfKeptRows, in the order in which their names first stand there, whatever is asked of the file.
func TestGroupsAreShownWithTheSumsOfKeptRows(t *testing.T) {
	path := csvFile(t, `order_id,order_date,revenue,channel,region,product_category
,2025-01-01,1,WEB,North,Toys
1,2025-01-01,10,Web,North,Toys
2,2025-01-01,5,web ,South,1e3
3,2025-01-01,2.5,Store,no rth,1E3
4,2025-01-01,7,w eb,North,toys
`)
	want := []contract.Example{{Cell: "D1", Value: "Web (10.00), web (5.00), w eb (7.00)"}, {Cell: "E1", Value: "North (17.00), no rth (2.50)"},
		{Cell: "F1", Value: "Toys (10.00), toys (7.00)"}, {Cell: "F1", Value: "1e3 (5.00), 1E3 (2.50)"}}
	for _, parts := range []analysis.Parts{analysis.Profile, analysis.KPIs, analysis.All} {
		a, err := analysis.File(t.Context(), path, analysis.Options{Parts: parts, Read: contract.ReadOptions{AcceptMissing: true}})
		require.NoError(t, err)
		c := checkOf(t, a.Profile, "group_names")
		require.Equal(t, want, c.Examples, parts)
		require.Equal(t, "4 groups are written in several ways that differ in case or blanks only.", c.Message)
		require.Equal(t, parts != analysis.Profile, a.KPIs != nil, "KPIs are there where they are asked for")
	}

	// While the columns of orders are not known there are no sums.
	path = csvFile(t, "Bestellnummer,order_date,revenue,region\nA,2025-01-01,5,North\nA,2025-01-01,5,NORTH\n")
	a, err := analysis.File(t.Context(), path, analysis.Options{Parts: analysis.Profile})
	require.NoError(t, err)
	require.Equal(t, []contract.Example{{Cell: "D1", Value: "North (0.00), NORTH (0.00)"}}, checkOf(t, a.Profile, "group_names").Examples)
}

// TestAProfileIsTheSameWithAndWithoutKPIs, of every case file and of one in plain form but for its groups.
func TestAProfileIsTheSameWithAndWithoutKPIs(t *testing.T) {
	paths := []string{csvFile(t, "order_id,order_date,revenue,region\n1,2025-01-01,5,North\n2,2025-01-01,5,NORTH\n3,2025-01-01,5,South\n")}
	if more, err := filepath.Glob(filepath.Join(caseFolder(t), "*.*")); err == nil {
		paths = append(paths, more...)
	}
	for _, path := range paths {
		profiles := []*contract.ImportProfile{}
		for _, parts := range []analysis.Parts{analysis.Profile, analysis.KPIs} {
			a, err := analysis.File(t.Context(), path, analysis.Options{Parts: parts, Now: func() time.Time { return time.Unix(0, 0) }})
			if err != nil {
				continue // the case files that are refused
			}
			profiles = append(profiles, a.Profile)
		}
		if len(profiles) == 2 {
			require.Equal(t, profiles[0], profiles[1], path)
		}
	}
}

// TestRowsThatWerePutRightStandInTheirPlaces for all that is told of the file.
func TestRowsThatWerePutRightStandInTheirPlaces(t *testing.T) {
	content := "order_id,order_date,customer,revenue,channel\n"
	for i := range 30 {
		content += fmt.Sprintf("%d,2025-01-%02d,Roe,10,Web\n", i, i+1)
	}
	path := csvFile(t, content+"30,2025-02-01,Smith, John,10,Store\n31,2025-02-01,Smith, John,10,store\n")
	a, err := analysis.File(t.Context(), path, analysis.Options{Parts: analysis.All, Read: contract.ReadOptions{ShiftedRows: contract.Realign}})
	require.NoError(t, err)
	require.NoError(t, a.KPIError)
	require.Equal(t, []contract.Share{{Key: "Web", Revenue: 300, Orders: 30}, {Key: "Store", Revenue: 10, Orders: 1}, {Key: "store", Revenue: 10, Orders: 1}}, a.KPIs.RevenueByChannel)
	require.Equal(t, []contract.Example{{Cell: "E1", Value: "Store (10.00), store (10.00)"}}, checkOf(t, a.Profile, "group_names").Examples)
	require.EqualValues(t, 2, a.Profile.Columns[2].DistinctCount)
	require.Empty(t, a.Cleaning.Changes, "nothing else is changed")
	require.EqualValues(t, 2, a.Profile.File.Text.Shifted.Count)
}

// TestLinesAreLinesWhileColumnsAreAsked: what a person has said of the rows holds.
func TestLinesAreLinesWhileColumnsAreAsked(t *testing.T) {
	path := csvFile(t, "order_id,Bestelldatum,revenue\nA,2025-01-01,5\nA,2025-01-01,5\n")
	a, err := analysis.File(t.Context(), path, analysis.Options{Parts: analysis.Profile, Read: contract.ReadOptions{RowIs: contract.RowIsOrderLine}})
	require.NoError(t, err)
	require.Equal(t, "columns", a.Reading.Questions[0].ID)
	require.True(t, checkOf(t, a.Profile, "order_id_unique").Passed)
	require.EqualValues(t, 1, a.Profile.DuplicateRows)
}
