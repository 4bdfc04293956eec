package spreadsheet

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestATextFileGivesTextsInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		file, err := newTextFile()
		require.NoError(t, err)
		defer file.close()
		lengths := rapid.SliceOfN(rapid.OneOf(rapid.IntRange(0, 40), rapid.IntRange(0, 40_000)), 1, 200).Draw(t, "lengths")
		repeat := rapid.IntRange(1, 40).Draw(t, "repeat")
		text := func(i int) []byte {
			b := make([]byte, lengths[i%len(lengths)])
			for j := range b {
				b[j] = byte(i + j*j)
			}
			return b
		}
		n := len(lengths) * repeat
		for i := range n {
			require.NoError(t, file.add(text(i)))
		}
		require.NoError(t, file.end())
		at := 0
		for range 300 {
			switch rapid.IntRange(0, 3).Draw(t, "how") {
			case 0:
				at = rapid.IntRange(0, n-1).Draw(t, "at")
			case 1:
				at = min(at, 20)
			default:
				at = (at + 1) % n
			}
			require.Equal(t, string(text(at)), string(file.at(at)), "text %d", at)
		}
		require.NoError(t, file.failed)
	})
}

func TestATextFileWhoseDiskFailsSaysSo(t *testing.T) {
	file, err := newTextFile()
	require.NoError(t, err)
	for i := range 100_000 {
		require.NoError(t, file.add(fmt.Appendf(nil, "text %d", i)))
	}
	require.NoError(t, file.end())
	require.Equal(t, "text 4711", string(file.at(4711)))
	require.NoError(t, file.failed)
	require.NoError(t, file.close())
	require.Empty(t, file.at(90_000))
	require.ErrorContains(t, file.failed, "folder for temporary files")
}
