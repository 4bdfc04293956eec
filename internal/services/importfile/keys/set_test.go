package keys

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fabricportal/internal/services/importfile/scratch"
)

// answers adds keys to a set and gives which of them repeat an earlier one, as far as it says at once and then at the end.
func answers(t require.TestingT, ctx context.Context, s *Set, keys []string) []bool {
	seen := make([]bool, len(keys))
	var open []int
	for i, key := range keys {
		switch s.Add(s.Hash([]byte(key))) {
		case Seen:
			seen[i] = true
		case Open:
			open = append(open, i)
			s.Keep(fmt.Appendf(nil, "row %d of %s", i, key))
		}
	}
	require.NoError(t, s.Settle(ctx, func(earlier bool, what []byte) error {
		require.Equal(t, fmt.Sprintf("row %d of %s", open[0], keys[open[0]]), string(what))
		seen[open[0]] = earlier
		open = open[1:]
		return nil
	}))
	require.Empty(t, open)
	return seen
}

func repeats(keys []string) []bool {
	seen, known := make([]bool, len(keys)), map[string]bool{}
	for i, key := range keys {
		seen[i] = known[key]
		known[key] = true
	}
	return seen
}

func TestASetKnowsWhatAMapKnows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		keys := rapid.SliceOfN(rapid.StringOfN(rapid.RuneFrom([]rune("abc")), 0, 4, -1), 0, 300).Draw(t, "keys")
		s := Set{Most: rapid.IntRange(-1, 50).Draw(t, "most")}
		defer s.Close()
		s.Expect(rapid.IntRange(0, 1000).Draw(t, "expected"))
		require.Equal(t, repeats(keys), answers(t, context.Background(), &s, keys))
	})
}

// TestManyKeys has more keys than memory holds: repeated ones of those that are in memory, of those on disk, and of both.
func TestManyKeys(t *testing.T) {
	if testing.Short() {
		t.Skip("it adds millions of keys")
	}
	const rows = mostInMemory + 600_000
	draw := rand.New(rand.NewPCG(7, 8))
	keys := make([]string, rows)
	for i := range keys {
		n := i
		if i > 1000 && i%5 == 0 {
			n = draw.IntN(i)
		}
		keys[i] = strconv.Itoa(n)
	}
	var s Set
	defer s.Close()
	require.Equal(t, repeats(keys), answers(t, t.Context(), &s, keys))
	require.NotNil(t, s.rest)
	require.Equal(t, mostInMemory-1, s.Len())
	require.LessOrEqual(t, len(s.table.slots), 1<<21, "of 8 bytes")
}

// TestTheFilterIsSeldomWrong: what it wrongly says costs a row on disk each.
func TestTheFilterIsSeldomWrong(t *testing.T) {
	f := newFilter()
	draw := rand.New(rand.NewPCG(9, 10))
	wrong := 0
	const n = 5_000_000
	for range n {
		if f.add(draw.Uint64()) {
			wrong++
		}
	}
	require.Less(t, wrong, n/1000)
	require.Positive(t, wrong, "the test asks more of it than it can hold without a fault")
}

func TestATableOfHashesAlike(t *testing.T) {
	var s Table
	draw := rand.New(rand.NewPCG(5, 6))
	seen := map[uint64]bool{}
	require.False(t, s.Has(1))
	for range 20_000 {
		h := 1 + draw.Uint64N(15_000)
		if draw.IntN(2) == 0 {
			h <<= 40 // the same low bits
		}
		require.Equal(t, seen[h], s.Has(h))
		require.Equal(t, !seen[h], s.Add(h))
		seen[h] = true
	}
	require.Equal(t, len(seen), s.Len())
	s.Reset()
	require.Zero(t, s.Len())
	require.False(t, s.Has(1))
}

func TestSettlingEnds(t *testing.T) {
	keys := make([]string, 5000)
	for i := range keys {
		keys[i] = strconv.Itoa(i / 2)
	}
	s := Set{Most: 10}
	defer s.Close()
	for _, key := range keys {
		if s.Add(s.Hash([]byte(key))) == Open {
			s.Keep([]byte(key))
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, s.Settle(ctx, nil), context.Canceled)

	enough := errors.New("enough")
	require.ErrorIs(t, s.Settle(t.Context(), func(bool, []byte) error { return enough }), enough)
}

func TestWithoutAFolderForTemporaryFilesNothingIsKnown(t *testing.T) {
	missing := t.TempDir() + string(os.PathSeparator) + "gone"
	t.Setenv("TMPDIR", missing)
	t.Setenv("TMP", missing)
	s := Set{Most: 10}
	defer s.Close()
	for i := range 100 {
		var key [8]byte
		binary.LittleEndian.PutUint64(key[:], uint64(i))
		require.NotEqual(t, Open, s.Add(s.Hash(key[:])))
	}
	require.ErrorAs(t, s.Settle(t.Context(), nil), new(*scratch.Error))
}
