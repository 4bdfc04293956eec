package columns

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSerialsTellTextsApart takes texts near a series: two have one number only where they are equal.
func TestSerialsTellTextsApart(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 9))
	for _, first := range []string{"ORD-000017", "17", "0", "0017", "", "A", "-5", "+5", "1.5", "99999999", "4500012345", "X123456789012345678901234", "ä7"} {
		var s serials
		numbers := map[uint32]string{}
		numbered := 0
		s.number([]byte(first))
		for range 20_000 {
			text := fmt.Sprintf([]string{"%d", "ORD-%06d", "ORD-%d", "00%d", "A%d", "-%d", "1.%d", "45000%05d", "ord-%06d", "+%d", "ä%d"}[r.IntN(11)], r.IntN(3000))
			n := s.number([]byte(text))
			require.Equal(t, n, s.number([]byte(text)), text)
			if n == 0 {
				continue
			}
			numbered++
			require.LessOrEqual(t, n, uint32(mostSerials))
			if other, ok := numbers[n]; ok {
				require.Equal(t, other, text, "series of %q", first)
			}
			numbers[n] = text
		}
		if first == "ORD-000017" || first == "17" {
			require.Greater(t, numbered, 1000, first)
		}
	}
}

func TestNumbersFarFromASeriesHaveNone(t *testing.T) {
	var s serials
	require.NotZero(t, s.number([]byte("R900000000000")))
	require.NotZero(t, s.number([]byte("R900000000001")))
	require.Zero(t, s.number([]byte("R000000000001")))
	require.Zero(t, s.number([]byte("R999999999999")))
	require.Zero(t, s.number([]byte("R90000000000")))
	require.Zero(t, s.number([]byte("R90000000000x")))
	require.Zero(t, s.number(nil))
}
