package reading

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTotalWordsAreToldByTheirStarts: none is passed over, and most order_ids are not read as a whole.
func TestTotalWordsAreToldByTheirStarts(t *testing.T) {
	s := totalStarts()
	for word := range totalWords() {
		for _, text := range []string{word, strings.ToUpper(word), strings.ToUpper(word[:1]) + word[1:], word + ":", word + " 2025", "2025 " + word} {
			require.Equal(t, isTotalText([]byte(text)), s.mayBeTotal([]byte(text)), text)
		}
	}
	for _, id := range []string{"SO-00000001", "ORD-1", "1", "A1", "4711", "#1001", "so_1", "3f2a9c1e-0c4b"} {
		n := startOf([]byte(id))
		require.Zero(t, s[n/64]&(1<<(n%64)), id)
		require.False(t, s.mayBeTotal([]byte(id)), id)
	}
}
