package keys

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPiecesOfBucketsAreTheBuckets(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	b, err := NewBuckets()
	require.NoError(t, err)
	defer b.Close()
	for i := range uint64(200_000) {
		hash := r.Uint64() >> (i % 3) // some buckets have more
		require.NoError(t, b.Add(hash, hash, i))
	}
	var whole [][]uint64
	require.NoError(t, b.Each(func(numbers []uint64) error {
		whole = append(whole, append([]uint64(nil), numbers...))
		return nil
	}))
	var pieces [][]uint64
	require.NoError(t, b.EachPiece(func(numbers []uint64, first bool) error {
		require.Zero(t, len(numbers)%2, "no piece ends within what was added at once")
		if first {
			pieces = append(pieces, nil)
		}
		last := len(pieces) - 1
		pieces[last] = append(pieces[last], numbers...)
		return nil
	}))
	require.Equal(t, len(whole), len(pieces))
	for i := range whole {
		require.True(t, slices.Equal(whole[i], pieces[i]), i)
	}
}
