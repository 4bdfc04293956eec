package scratch

import (
	"bytes"
	"math/rand/v2"
	"os"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestWhatIsWrittenIsReadAnywhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, err := Create()
		require.NoError(t, err)
		defer f.Close()
		var all []byte
		for _, piece := range rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 0, 100), 1, 20).Draw(t, "pieces") {
			n, err := f.Write(piece)
			require.NoError(t, err)
			require.Equal(t, len(piece), n)
			all = append(all, piece...)
			require.EqualValues(t, len(all), f.Size())
		}
		from := rapid.IntRange(0, len(all)).Draw(t, "from")
		part := make([]byte, rapid.IntRange(0, len(all)-from).Draw(t, "length"))
		n, err := f.ReadAt(part, int64(from))
		require.NoError(t, err)
		require.Equal(t, len(part), n)
		require.Equal(t, string(all[from:from+len(part)]), string(part))
	})
}

func TestSeveralReadAtOnce(t *testing.T) {
	f, err := Create()
	require.NoError(t, err)
	defer f.Close()
	all := make([]byte, 1<<20)
	for i := range all {
		all[i] = byte(i * i >> 7)
	}
	_, err = f.Write(all)
	require.NoError(t, err)
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for range 200 {
				from := rand.IntN(len(all) - 1000)
				part := make([]byte, 1000)
				if _, err := f.ReadAt(part, int64(from)); err != nil || !bytes.Equal(part, all[from:from+1000]) {
					t.Errorf("at %d something else was read (%v)", from, err)
				}
			}
		})
	}
	readers.Wait()
}

func TestNothingOfItCanBeReadByOthers(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Setenv("TMP", dir)
	f, err := Create()
	require.NoError(t, err)
	text := bytes.Repeat([]byte("Müller, Kundennummer 4711; "), 1000)
	_, err = f.Write(text)
	require.NoError(t, err)

	raw := make([]byte, len(text))
	_, err = f.f.ReadAt(raw, 0)
	require.NoError(t, err)
	require.NotContains(t, string(raw), "4711", "what is on the disk is encrypted")
	require.NotEqual(t, raw[:16*27], raw[16*27:2*16*27], "and what repeats in it does not repeat on the disk")

	require.NoError(t, f.Close())
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestAFolderThatIsMissingIsNamed(t *testing.T) {
	missing := t.TempDir() + string(os.PathSeparator) + "gone"
	t.Setenv("TMPDIR", missing)
	t.Setenv("TMP", missing)
	_, err := Create()
	var failure *Error
	require.ErrorAs(t, err, &failure)
	require.Contains(t, failure.Error(), missing)
	require.ErrorIs(t, err, os.ErrNotExist)
	require.NotContains(t, failure.Error(), "portal-", "the name of a temporary file says nothing to anyone")
}
