package portal

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/importfile/sample"
)

// TestAnOlderSampleIsReplaced, also where its folder is still to be made; a folder that can't be made is told.
func TestAnOlderSampleIsReplaced(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not there yet")
	path, err := sampleIn(t.Context(), dir, time.Now())
	require.NoError(t, err)
	require.True(t, sample.Is(path))
	require.NoError(t, os.WriteFile(path, []byte("of last year"), 0o600))
	_, err = sampleIn(t.Context(), dir, time.Now())
	require.NoError(t, err)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Greater(t, info.Size(), int64(10_000))
	_, err = sampleIn(t.Context(), filepath.Join(path, "below a file"), time.Now())
	require.ErrorContains(t, err, "can't be made")
}
