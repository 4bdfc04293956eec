package profile

import (
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/importfile/hits"
	"fabricportal/internal/services/importfile/keys"
)

func TestRowsThatRepeatAnotherAreFoundOnDiskToo(t *testing.T) {
	for _, disk := range []bool{false, true} {
		r := repeats{found: &hits.Cells{}}
		defer r.close()
		if disk {
			var err error
			r.disk, err = keys.NewBuckets()
			require.NoError(t, err)
		}
		number := 2
		for i := range 200_000 {
			number++
			if i%1000 == 0 {
				number += 3 // lines without a value
			}
			hash := uint64(i+1) * 0x9E3779B97F4A7C15
			if i >= 199_990 {
				hash = uint64(i-199_990+1) * 0x9E3779B97F4A7C15
			}
			r.at(number)
			if disk && len(r.last) == cap(r.last) && r.last != nil {
				require.NoError(t, r.spill(r.last))
				r.last = r.last[:0]
			}
			r.add(hash, i < 199_990)
		}
		n, err := r.count(t.Context())
		require.NoError(t, err)
		require.Equal(t, int64(10), n)
		require.Equal(t, int64(10), r.found.Len())
		for i := range int64(10) {
			at, ok := r.found.At(i)
			require.True(t, ok)
			require.Equal(t, number-9+int(i), at.Row)
		}
	}
}
