package analysis_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/importfile/analysis"
)

// TestGapsChangeNoFigure: whatever stands behind blank rows, however many, is in every figure, as if they were not there.
func TestGapsChangeNoFigure(t *testing.T) {
	path := filepath.Join(t.TempDir(), "orders.csv")
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	figures := func(gap string) *analysis.Result {
		text := "order_id,order_date,revenue,channel\nA1,2025-01-01,100.00,web\n" + gap + "B0,2025-02-01,200.00,shop\n" + gap + "B1,2025-02-02,201.00,shop\n"
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		require.NoError(t, os.Chtimes(path, at, at))
		r, err := analysis.File(t.Context(), path, analysis.Options{Now: func() time.Time { return at }})
		require.NoError(t, err)
		require.NoError(t, r.Incomplete)
		r.Profile.File.SizeBytes, r.Profile.File.SHA256 = 0, "" // the gap is in these
		if r.KPIs != nil {
			r.KPIs.SourceSHA256 = ""
		}
		return r
	}
	want := figures("")
	require.Equal(t, 501.0, want.KPIs.TotalRevenue)
	for _, line := range []string{"\n", ",,,\n", "\r\n", "\"\"\n", " , ,\n"} {
		for _, n := range []int{1, 1023, 1024, 1025, 3000, 5000, 10_000} {
			got := figures(strings.Repeat(line, n))
			name := fmt.Sprintf("%d lines of %q", n, line)
			require.Equal(t, want.Profile, got.Profile, name)
			require.Equal(t, want.KPIs, got.KPIs, name)
			require.Equal(t, want.Rows, got.Rows, name)
			require.Equal(t, want.Rules, got.Rules, name)
			require.Equal(t, want.Cleaning, got.Cleaning, name)
			require.Equal(t, want.Preview.Rows, got.Preview.Rows, name)
		}
	}
}
