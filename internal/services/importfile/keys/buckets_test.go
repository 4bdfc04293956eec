package keys

import (
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBucketsGiveWhatWasAddedInItsOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	b, err := NewBuckets()
	require.NoError(t, err)
	defer b.Close()
	var want [buckets][]uint64
	for i := range uint64(200_000) {
		hash := r.Uint64() >> (i % 3) // some buckets have more
		require.NoError(t, b.Add(hash, hash, i))
		of := hash >> (64 - bucketBits)
		want[of] = append(want[of], hash, i)
	}
	var got [buckets][]uint64
	at := -1
	require.NoError(t, b.Each(func(numbers []uint64, first bool) error {
		require.Zero(t, len(numbers)%2, "no piece ends within what was added at once")
		require.LessOrEqual(t, len(numbers), chunkNumbers)
		if first {
			at++
		}
		got[at] = append(got[at], numbers...)
		return nil
	}))
	require.Equal(t, want, got)
}

// allocated is all the memory that something takes, which is no less than the most that it holds at a time.
func allocated(of func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	of()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestEqualKeysByTheMillionTakeNoMemory: they are all in one bucket, which is larger than what is settled may take.
func TestEqualKeysByTheMillionTakeNoMemory(t *testing.T) {
	const equal = 1_000_000
	s := Set{Most: 10}
	defer s.Close()
	for i := range byte(10) {
		require.Equal(t, New, s.Add(s.Hash([]byte{i})))
	}
	key := s.Hash([]byte("again"))
	require.Equal(t, New, s.Add(key))
	for range equal {
		require.Equal(t, Open, s.Add(key))
		s.Keep(nil)
	}
	seen := 0
	bytes := allocated(func() {
		require.NoError(t, s.Settle(t.Context(), func(earlier bool, _ []byte) error {
			if earlier {
				seen++
			}
			return nil
		}))
	})
	require.Equal(t, equal, seen)
	require.Less(t, bytes, uint64(16*equal/2), "half of what the bucket has")
}
