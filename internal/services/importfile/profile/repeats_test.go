package profile

import (
	"context"
	"math/bits"
	"os"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/importfile/scratch"
)

// rowsThatRepeat adds so many rows, of which every seventh has the values of row i/2, and gives how many repeat one. Of the
// others known is the share that is known to be new.
func rowsThatRepeat(r *repeats, rows, known int) (repeated int64) {
	seen := make([]bool, rows)
	for i := range rows {
		value := i
		if i%7 == 0 {
			value = i / 2
		}
		if seen[value] {
			repeated++
		}
		hi, lo := bits.Mul64(uint64(value)+1, 0x9E3779B97F4A7C15)
		hash := (hi ^ lo) * 0xD6E8FEB86659FD93
		r.add(hash^hash>>32, !seen[value] && i%10 < known)
		seen[value] = true
	}
	return repeated
}

func TestRowsThatRepeatAnEarlierOne(t *testing.T) {
	for name, rows := range map[string]int{"none": 0, "one": 1, "some": 5000, "a sheet": 1 << 20, "on disk": mostInMemory + 3*repeatsPiece + 17} {
		t.Run(name, func(t *testing.T) {
			for _, known := range []int{0, 9} {
				var r repeats
				want := rowsThatRepeat(&r, rows, known)
				got, err := r.count(t.Context())
				require.NoError(t, err)
				require.Equal(t, want, got)
				require.Equal(t, rows > mostInMemory, r.disk != nil)
				r.close()
			}
		})
	}
}

func TestRowsOnDiskCostLittleMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("it counts millions of rows")
	}
	var r repeats
	defer r.close()
	rowsThatRepeat(&r, mostInMemory+1, 0)
	bytes := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			for i := range 10 * repeatsPiece {
				r.add(uint64(i)*0x9E3779B97F4A7C15, false)
			}
		}
	}).AllocedBytesPerOp()
	require.Less(t, bytes, int64(4<<20), "of 640,000 rows, whose hashes are 5 MB")
}

// TestEqualRowsByTheMillionTakeNoMemory: they are all in one bucket, which is larger than what the counting may take.
func TestEqualRowsByTheMillionTakeNoMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("it counts millions of rows")
	}
	const rows = mostInMemory + 2*repeatsPiece
	var r repeats
	defer r.close()
	for i := range rows {
		r.add(0xABCDEF0123456789, i == 0)
	}
	require.NotNil(t, r.disk)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got, err := r.count(t.Context())
	runtime.ReadMemStats(&after)
	require.NoError(t, err)
	require.EqualValues(t, rows-1, got)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(8*rows/2), "of all that was allocated, which is no less than what was held; half of the bucket")
}

func TestTheCountingOfRepeatsEnds(t *testing.T) {
	for _, rows := range []int{1000, mostInMemory + 1} {
		var r repeats
		rowsThatRepeat(&r, rows, 0)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := r.count(ctx)
		require.ErrorIs(t, err, context.Canceled)
		r.close()
	}
}

func TestWithoutAFolderForTemporaryFilesManyRowsAreRefused(t *testing.T) {
	missing := t.TempDir() + string(os.PathSeparator) + "gone"
	t.Setenv("TMPDIR", missing)
	t.Setenv("TMP", missing)
	var r repeats
	rowsThatRepeat(&r, mostInMemory+repeatsPiece+1, 0)
	_, err := r.count(t.Context())
	require.ErrorAs(t, err, new(*scratch.Error))
	r.close()
}
