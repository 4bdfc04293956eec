package profile_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/importfile/profile"
)

// BenchmarkProfileOfFile profiles the file that PROFILE_FILE names.
func BenchmarkProfileOfFile(b *testing.B) {
	path := os.Getenv("PROFILE_FILE")
	info, err := os.Stat(path)
	if err != nil {
		b.Skip("PROFILE_FILE names no file to profile")
	}
	b.SetBytes(info.Size())
	b.ReportAllocs()
	rows := 0
	for b.Loop() {
		p, err := profile.File(b.Context(), path, profile.Options{})
		require.NoError(b, err)
		require.True(b, p.Complete)
		rows += int(p.RowCount)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(rows), "ns/row")
}
