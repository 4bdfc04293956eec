package parquetfile

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/klauspost/compress/snappy"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestTheBeginningOfWhatSnappyPacked is what the library unpacks; of what is damaged there is an error or a part of it, and
// never more.
func TestTheBeginningOfWhatSnappyPacked(t *testing.T) {
	words := rapid.SampledFrom([]string{"a", "Retail Store", "Online Shop", "0123456789", "\x00\x00\x00\x07", "x y z ", string(make([]byte, 70))})
	rapid.Check(t, func(t *rapid.T) {
		plain := []byte{}
		for _, w := range rapid.SliceOfN(words, 0, 400).Draw(t, "words") {
			plain = append(plain, w...)
		}
		plain = append(plain, rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "noise")...)
		packed := snappy.Encode(nil, plain)
		got := make([]byte, rapid.IntRange(0, len(plain)).Draw(t, "of them"))
		require.NoError(t, snappyBeginning(got, packed, len(plain)))
		require.True(t, bytes.Equal(plain[:len(got)], got))
		require.Error(t, snappyBeginning(got, packed, len(plain)+1), "another size")

		damaged := append([]byte(nil), packed...)
		for range rapid.IntRange(1, 5).Draw(t, "bytes changed") {
			damaged[rapid.IntRange(0, len(damaged)-1).Draw(t, "where")] = rapid.Byte().Draw(t, "what")
		}
		damaged = damaged[:rapid.IntRange(0, len(damaged)).Draw(t, "cut")]
		whole, err := snappy.Decode(nil, damaged)
		if err := snappyBeginning(got, damaged, len(plain)); err == nil && len(whole) == len(plain) {
			require.True(t, bytes.Equal(whole[:len(got)], got))
		}
		if err == nil && len(whole) == len(plain) {
			require.NoError(t, snappyBeginning(got, damaged, len(plain)), "the library unpacks it")
		}
	})
	// A copy of what was just written, byte by byte: a literal "ab", then 60 bytes from 2 back.
	got := make([]byte, 9)
	require.NoError(t, snappyBeginning(got, []byte{62, 1 << 2, 'a', 'b', 59<<2 | 2, 2, 0}, 62))
	require.Equal(t, "ababababa", string(got))
	require.Error(t, snappyBeginning(got, []byte{62, 59<<2 | 2, 2, 0}, 62), "nothing stands before it")
}

// TestPackedNumbers compares the quick way with one bit after the other, for every width and with no byte to spare.
func TestPackedNumbers(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	for width := range uint(33) {
		for range 50 {
			n := r.IntN(70)
			src := make([]byte, (n*int(width)+7)/8)
			for i := range src {
				src[i] = byte(r.UintN(256))
			}
			got := make([]uint32, n)
			unpack(got, src, width)
			for i := range got {
				require.EqualValues(t, bitsAt(src, i*int(width), width), got[i], "number %d of %d, %d bits", i, n, width)
			}
		}
	}
}
