package analysis_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/importfile/analysis"
)

// BenchmarkAnalysisOfFile analyses the file that PROFILE_FILE names, part by part and as a whole.
func BenchmarkAnalysisOfFile(b *testing.B) {
	path := os.Getenv("PROFILE_FILE")
	if _, err := os.Stat(path); err != nil {
		b.Skip("PROFILE_FILE names no file to analyse")
	}
	for _, of := range []struct {
		name  string
		parts analysis.Parts
	}{{"profile", analysis.Profile}, {"kpis", analysis.KPIs}, {"rules", analysis.Rules}, {"cleaning", analysis.Cleaning}, {"all", analysis.All}} {
		b.Run(of.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				found, err := analysis.File(b.Context(), path, analysis.Options{Parts: of.parts})
				require.NoError(b, err)
				require.NoError(b, found.Incomplete)
			}
		})
	}
}
