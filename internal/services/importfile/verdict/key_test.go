package verdict

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAKeyNamesOneFindingOfAFile(t *testing.T) {
	l := found(t, header+"O-1,2025-01-01,Web,North,Toys,1,10,0,n/k\nO-2,soon,Web,North,Toys,1,10,0,10\nO-2,2025-01-02,Web,North,Toys,1,10,0,10\n")
	seen := map[string]bool{}
	for _, f := range l {
		require.False(t, seen[f.Key().String()], f.Key())
		seen[f.Key().String()] = true
		again, ok := l.Find(f.Key())
		require.True(t, ok)
		require.Equal(t, f, again)
	}
	require.True(t, seen["check/revenue/revenue_valid"], seen)
	_, ok := l.Find(Key{Kind: Rule, Code: "none"})
	require.False(t, ok)
}
