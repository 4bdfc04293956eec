package artifacts_test

import (
	"bytes"
	"crypto/rand"
	"hash/crc64"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/minio/crc64nvme"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/fabric/artifacts"
)

// TestPiecesInAnyOrder puts pieces of a file from several goroutines, flushes in between what has come without a gap, and reads it back.
func TestPiecesInAnyOrder(t *testing.T) {
	s, lake, _, _, _ := overHTTPS(t)
	local := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(local, "Files", "import"), 0o700))
	for what, tc := range map[string]struct {
		to      artifacts.Staging
		dir     string
		checked bool
	}{"OneLake": {lake, s.dir, true}, "a folder": {artifacts.NewFolder(local), local, false}} {
		t.Run(what, func(t *testing.T) {
			const piece = 64 << 10
			data := make([]byte, 10*piece+17)
			_, _ = rand.Read(data)
			staging := artifacts.StagingPath("März 100%.csv")
			require.NoError(t, tc.to.Begin(t.Context(), staging))
			put := func(pieces ...int) {
				var all sync.WaitGroup
				for _, i := range pieces {
					all.Go(func() {
						checked, err := tc.to.Put(t.Context(), staging, int64(i*piece), data[i*piece:min(len(data), (i+1)*piece)])
						assert.NoError(t, err)
						assert.Equal(t, tc.checked, checked)
					})
				}
				all.Wait()
			}
			put(4, 2, 0, 1, 6)
			if !tc.to.Rewrites() {
				_, err := tc.to.Flush(t.Context(), staging, 5*piece)
				require.True(t, artifacts.Lost(err), "one is missing: %v", err)
			}
			tag, err := tc.to.Flush(t.Context(), staging, 3*piece)
			require.NoError(t, err)
			there, err := tc.to.Stat(t.Context(), staging)
			require.NoError(t, err)
			require.Equal(t, tag, there.ETag)
			back := make([]byte, 3*piece)
			require.NoError(t, tc.to.ReadRange(t.Context(), there, 0, back))
			require.True(t, bytes.Equal(data[:3*piece], back))

			put(3, 5, 7, 8, 9, 10) // 4 and 6 were kept
			_, err = tc.to.Flush(t.Context(), staging, int64(len(data)))
			require.NoError(t, err)
			require.NoFileExists(t, filepath.Join(tc.dir, "Files", "import", "März 100%.csv"))
			require.NoError(t, tc.to.Name(t.Context(), staging, "März 100%.csv", false))
			got, err := os.ReadFile(filepath.Join(tc.dir, "Files", "import", "März 100%.csv"))
			require.NoError(t, err)
			require.True(t, bytes.Equal(data, got))

			second := artifacts.StagingPath("März 100%.csv")
			require.NoError(t, tc.to.Begin(t.Context(), second))
			var exists *artifacts.ExistsError
			require.ErrorAs(t, tc.to.Name(t.Context(), second, "März 100%.csv", false), &exists)
			require.NoError(t, tc.to.Discard(t.Context(), second))
			require.NoError(t, tc.to.Discard(t.Context(), second), "it is gone already")
			entries, err := os.ReadDir(filepath.Join(tc.dir, "Files", "import"))
			require.NoError(t, err)
			require.Len(t, entries, 1)
		})
	}
}

func TestOnlyStagingFilesAreWrittenTo(t *testing.T) {
	dir := t.TempDir()
	f := artifacts.NewFolder(dir)
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "Files", "import"), 0o700))
	kept := filepath.Join(dir, "Files", "import", "sales.csv")
	require.NoError(t, os.WriteFile(kept, []byte("theirs"), 0o600))
	for _, path := range []string{"Files/import/sales.csv", "Files/import/../import/sales.csv", "Files/results/current/kpis.json", "sales.csv"} {
		var bad *artifacts.NameError
		require.ErrorAs(t, f.Begin(t.Context(), path), &bad, path)
		_, err := f.Put(t.Context(), path, 0, []byte("x"))
		require.ErrorAs(t, err, &bad, path)
		require.ErrorAs(t, f.Discard(t.Context(), path), &bad, path)
	}
	got, err := os.ReadFile(kept)
	require.NoError(t, err)
	require.Equal(t, "theirs", string(got))
}

// TestTheCheckSumIsAzures holds the library to the polynomial of Microsoft's own clients.
func TestTheCheckSumIsAzures(t *testing.T) {
	data := make([]byte, 100_003)
	_, _ = rand.Read(data)
	require.Equal(t, crc64.Checksum(data, crc64.MakeTable(0x9A6C9329AC4BC9B5)), crc64nvme.Checksum(data))
}
