package cli

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/results/comparison"
)

func TestARunSaysWhatItReplacesAndStopsOnlyWhereAScriptAsksForIt(t *testing.T) {
	of := func(revenue float64, orders int64, from, to string) *contract.KPIs {
		return &contract.KPIs{TotalRevenue: revenue, Orders: orders, TimeSeries: contract.TimeSeries{Granularity: "daily", Points: []contract.Point{{Period: from}, {Period: to}}}}
	}
	f := succeeded()
	f.figures = of(602_000, 4_300, "2025-12-01", "2025-12-31")
	f.published = comparison.Current{KPIs: of(6_699_399.27, 50_000, "2025-01-01", "2025-12-31")}

	got := execute(t, with(f), "run", "a.xlsx")
	require.Equal(t, ExitDone, got.code, "a script that knows no flag goes on as before")
	require.Contains(t, f.asked, "run a.xlsx")
	require.Contains(t, got.err, "replaces what is published: revenue 6,699,399.27 → 602,000.00 (-91.0 %), orders 50,000 → 4,300 (-91.4 %), days 2025-01-01 to 2025-12-31 → 2025-12-01 to 2025-12-31\n")
	require.Contains(t, got.err, "a large change: the file is of 31 days, what is published of 365; revenue falls by 91 %; orders fall by 91 %\n")
	require.Equal(t, someRun.String()+"\n", got.out)

	f.asked = nil
	got = execute(t, with(f), "run", "a.xlsx", "--stop-at-large-change")
	require.Equal(t, ExitUndecided, got.code)
	require.NotContains(t, f.asked, "run a.xlsx")
	require.Contains(t, got.err, "no run was started, as it would change much of what is published: the file is of 31 days")

	f.figures = of(6_800_000, 50_100, "2025-01-01", "2026-01-03")
	got = execute(t, with(f), "run", "a.xlsx", "--stop-at-large-change")
	require.Equal(t, ExitDone, got.code)
	require.NotContains(t, got.err, "a large change")

	f.publishedErr = errors.New("the lakehouse does not answer")
	got = execute(t, with(f), "run", "a.xlsx")
	require.Equal(t, ExitDone, got.code)
	require.Contains(t, got.err, "what is published could not be read")
	require.Equal(t, ExitFailed, execute(t, with(f), "run", "a.xlsx", "--stop-at-large-change").code)
	f.publishedErr = nil

	f.published = comparison.Current{}
	require.Equal(t, ExitDone, execute(t, with(f), "run", "a.xlsx", "--stop-at-large-change").code, "the first results take nothing away")
	require.Equal(t, ExitUsage, execute(t, with(f), "run", "a.xlsx", "--stop-at-large-change", "--unseen").code)

	f.profile = &contract.ImportProfile{Validation: contract.Validation{Checks: []contract.Check{{ID: "rows_present", Severity: "error", Message: "The file has no rows."}}}}
	f.figures = nil
	got = execute(t, with(f), "run", "a.xlsx")
	require.Equal(t, ExitDone, got.code)
	require.Contains(t, got.err, "this run will fail and publish nothing: The file has no rows.")
}

// TestAFolderIsRunWithoutALook, and says so; what it will change can't be asked for.
func TestAFolderIsRunWithoutALook(t *testing.T) {
	f := succeeded()
	f.folder = &artifacts.File{Name: "orders", Folder: true, Files: 12, Size: 34_000_000}
	got := execute(t, with(f), "run", "orders")
	require.Equal(t, ExitDone, got.code, got.err)
	require.Contains(t, got.err, "“orders” is a folder with 12 files (34.0 MB): it can be run")
	got = execute(t, with(f), "run", "orders", "--stop-at-large-change")
	require.Equal(t, ExitFailed, got.code)
	require.Contains(t, got.err, "leave out --stop-at-large-change")
}
