package cleaning

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTextSetIsExact(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, padding := range []string{"", strings.Repeat("x", 100)} {
		var s TextSet
		reference := map[string]bool{}
		for range 30_000 {
			text := padding + strconv.Itoa(r.IntN(20_000))
			require.Equal(t, !reference[text], s.Add([]byte(text)), text)
			reference[text] = true
			require.Equal(t, len(reference), s.Len())
		}
	}
	var s TextSet
	require.True(t, s.Add(nil))
	require.False(t, s.Add([]byte("")))
}

// TestTextSetSurvivesEqualHashes puts every text in one chain: only the comparison of the texts tells them apart.
func TestTextSetSurvivesEqualHashes(t *testing.T) {
	var s TextSet
	for i := range 40 {
		require.True(t, s.Add([]byte(strconv.Itoa(i))))
	}
	for i := range s.table {
		if s.table[i].index != 0 {
			s.table[i].hash = 7
		}
	}
	s.grow()
	require.Equal(t, 40, s.Len())
	require.False(t, s.Add(s.at(39)))
}
