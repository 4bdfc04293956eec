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

// TestPiecesInAnyOrder puts pieces of a file from several goroutines, and names it once all are there.
func TestPiecesInAnyOrder(t *testing.T) {
	s, lake, _, _, _ := overHTTPS(t)
	const piece, name = 64 << 10, "März 100%.csv"
	data := make([]byte, 10*piece+17)
	_, _ = rand.Read(data)
	staging, imports := artifacts.StagingPath(name), filepath.Join(s.dir, "Files", "import")
	require.NoError(t, artifacts.Begin(lake, t.Context(), staging))
	put := func(place int) (bool, error) {
		p := data[place*piece : min(len(data), (place+1)*piece)]
		return artifacts.Put(lake, t.Context(), staging, int64(place*piece), p, crc64nvme.Checksum(p))
	}
	var all sync.WaitGroup
	for _, i := range []int{4, 2, 0, 1, 6, 3, 5, 7, 8, 10} {
		all.Go(func() {
			checked, err := put(i)
			assert.NoError(t, err)
			assert.True(t, checked, "the other side has compared the check sum")
		})
	}
	all.Wait()
	_, err := artifacts.Flush(lake, t.Context(), staging, int64(len(data)), false)
	require.Error(t, err, "one piece is missing")
	_, err = put(9)
	require.NoError(t, err)
	_, err = artifacts.Flush(lake, t.Context(), staging, int64(len(data)), false)
	require.NoError(t, err)
	require.NoFileExists(t, filepath.Join(imports, name))
	require.NoError(t, artifacts.Name(lake, t.Context(), staging, name, false))
	got, err := os.ReadFile(filepath.Join(imports, name))
	require.NoError(t, err)
	require.True(t, bytes.Equal(data, got))

	second := artifacts.StagingPath(name)
	require.NoError(t, artifacts.Begin(lake, t.Context(), second))
	var exists *artifacts.ExistsError
	require.ErrorAs(t, artifacts.Name(lake, t.Context(), second, name, false), &exists)
	require.NoError(t, artifacts.Discard(lake, t.Context(), second))
	require.NoError(t, artifacts.Discard(lake, t.Context(), second), "it is gone already")
	entries, err := os.ReadDir(imports)
	require.NoError(t, err)
	require.Len(t, entries, 1)
}

// TestTheCheckSumIsAzures holds the library to the polynomial of Microsoft's own clients.
func TestTheCheckSumIsAzures(t *testing.T) {
	data := make([]byte, 100_003)
	_, _ = rand.Read(data)
	require.Equal(t, crc64.Checksum(data, crc64.MakeTable(0x9A6C9329AC4BC9B5)), crc64nvme.Checksum(data))
}
