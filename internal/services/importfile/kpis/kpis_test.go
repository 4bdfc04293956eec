package kpis_test

import (
	"math/big"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"fabricportal/contract"
	"fabricportal/internal/sandbox/sampledata"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/importfile/kpis"
	"fabricportal/internal/services/importfile/scan"
	"fabricportal/internal/services/importfile/spreadsheet"
)

func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

// sample is a workbook of the sandbox's kind.
func sample(t *testing.T, spec sampledata.Spec) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "orders.xlsx")
	f, err := os.Create(path)
	require.NoError(t, err)
	require.NoError(t, sampledata.WriteOrders(f, spec))
	require.NoError(t, f.Close())
	return path
}

// figures are the KPIs that a file will give.
func figures(t *testing.T, path string) (*contract.KPIs, error) {
	t.Helper()
	found, err := analysis.File(t.Context(), path, analysis.Options{Parts: analysis.KPIs})
	if err != nil {
		return nil, err
	}
	return found.KPIs, found.KPIError
}

func TestAFileThatFailsValidationGivesItsProfileAndNoKPIs(t *testing.T) {
	path := sample(t, sampledata.Broken())
	a, err := analysis.File(t.Context(), path, analysis.Options{Parts: analysis.KPIs})
	require.NoError(t, err)
	require.Nil(t, a.KPIs)
	require.Equal(t, contract.ValidationFailed, a.Profile.Validation.Status)
	var refused *kpis.ValidationError
	require.ErrorAs(t, a.KPIError, &refused)
	require.Equal(t, []string{"required_columns", "The required column revenue is missing."}, []string{refused.Check, refused.Message})
	_, err = figures(t, path)
	require.EqualError(t, err, "The required column revenue is missing.")
}

func TestAFileThatCanNotBeReadToItsEndGivesNoKPIs(t *testing.T) {
	k, err := figures(t, write(t, "a.csv", "order_id,order_date,revenue\n1,2026-01-01,5\n2,\"x"))
	require.Nil(t, k)
	require.ErrorAs(t, err, new(*scan.IncompleteError))
	require.Contains(t, err.Error(), "row 3")

	_, err = figures(t, filepath.Join(t.TempDir(), "missing.csv"))
	require.ErrorAs(t, err, new(*spreadsheet.UnreadableError))
}

func TestSampleFileWithTheFunnel(t *testing.T) {
	spec := sampledata.Fact()
	path := sample(t, spec)
	converting := int64(49_080)
	a, err := analysis.File(t.Context(), path, analysis.Options{Parts: analysis.KPIs, Funnel: &contract.Funnel{TotalVisitors: 1_428_571, ConvertingVisitors: &converting}})
	require.NoError(t, err)
	require.NoError(t, a.KPIError)
	require.EqualValues(t, 50_000, a.KPIs.Orders)
	rate, ok := a.KPIs.Conversion.Rate()
	require.True(t, ok)
	require.Equal(t, 0.034356, rate)
	require.Equal(t, contract.ConvertingPerTotal, a.KPIs.Conversion.Definition)
	require.EqualValues(t, spec.BadDates, a.KPIs.UndatedOrders)
	require.Equal(t, contract.RowCounts{Read: int64(spec.Rows()), WithoutOrderID: int64(spec.WithoutID), DuplicateOrderID: int64(spec.Duplicates),
		Written: 50_000, InvalidDates: int64(spec.BadDates)}, a.Rows)
	require.Equal(t, a.KPIs.SourceSHA256, a.Profile.File.SHA256)
}

func TestTotalsEqualASecondSum(t *testing.T) {
	path := sample(t, sampledata.Next())
	k, err := figures(t, path)
	require.NoError(t, err)
	requireTotals(t, path, k)
}

// requireTotals sums the workbook up a second time, from what excelize reads and with rational numbers.
func requireTotals(t *testing.T, path string, k *contract.KPIs) {
	book, err := excelize.OpenFile(path)
	require.NoError(t, err)
	defer book.Close()
	rows, err := book.GetRows(book.GetSheetName(0), excelize.Options{RawCellValue: true})
	require.NoError(t, err)
	at := map[string]int{}
	for i, name := range rows[0] {
		at[strings.ToLower(strings.TrimSpace(name))] = i
	}
	cell := func(row []string, name string) string {
		i, ok := at[name]
		require.True(t, ok, "no column %s in %v", name, rows[0])
		if i >= len(row) {
			return ""
		}
		return strings.TrimSpace(row[i])
	}
	seen, total, channels := map[string]bool{}, new(big.Rat), map[string]*big.Rat{}
	for _, row := range rows[1:] {
		id := cell(row, "order id")
		if id == "" || seen[id] {
			continue
		}
		seen[id] = true
		// Revenues have cents, so that the decimal text is exact.
		value, err := strconv.ParseFloat(cell(row, "revenue"), 64)
		require.NoError(t, err)
		revenue, ok := new(big.Rat).SetString(strconv.FormatFloat(value, 'f', 2, 64))
		require.True(t, ok)
		channel := cell(row, "channel")
		if channel == "" {
			channel = "(none)"
		}
		if channels[channel] == nil {
			channels[channel] = new(big.Rat)
		}
		total.Add(total, revenue)
		channels[channel].Add(channels[channel], revenue)
	}
	want, _ := total.Float64()
	require.Equal(t, want, k.TotalRevenue)
	require.EqualValues(t, len(seen), k.Orders)
	require.Len(t, k.RevenueByChannel, len(channels))
	for _, share := range k.RevenueByChannel {
		require.Contains(t, channels, share.Key)
		want, _ := channels[share.Key].Float64()
		require.Equal(t, want, share.Revenue, share.Key)
	}
}

// TestWhatIsNoGroupIsNotBrokenDown: a column with a different value in nearly every row is refused as that of channels.
func TestWhatIsNoGroupIsNotBrokenDown(t *testing.T) {
	rows := func(n int, channel string) string {
		var b strings.Builder
		b.WriteString("order_id,order_date,revenue,channel\n")
		for i := range n {
			b.WriteString("A" + strconv.Itoa(i) + ",2025-01-01,5," + channel + strconv.Itoa(i) + "\n")
		}
		return write(t, "orders.csv", b.String())
	}
	for _, path := range []string{rows(100_010, "c"), rows(900, strings.Repeat("x", 10_000))} {
		found, err := analysis.File(t.Context(), path, analysis.Options{Parts: analysis.KPIs})
		require.NoError(t, err)
		require.Nil(t, found.KPIs)
		require.ErrorAs(t, found.KPIError, new(*kpis.GroupsError))
		require.ErrorContains(t, found.KPIError, "orders.csv has more than 100,000 different values, or too long ones, in channel")
		require.NotNil(t, found.Profile)
	}
	k, err := figures(t, rows(2000, "c"))
	require.NoError(t, err)
	require.Len(t, k.RevenueByChannel, 2000)
}
