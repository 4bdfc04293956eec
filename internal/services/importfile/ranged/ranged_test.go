package ranged_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/importfile/ranged"
	"fabricportal/internal/services/importfile/spreadsheet"
)

// elsewhere is a file that counts what is fetched of it.
type elsewhere struct {
	data    []byte
	fetched atomic.Int64 // bytes
	fails   atomic.Bool
}

var errAway = errors.New("away")

func newElsewhere(size int) *elsewhere {
	e := &elsewhere{data: make([]byte, size)}
	random := rand.New(rand.NewPCG(1, uint64(size)))
	for i := range e.data {
		e.data[i] = byte(random.Uint32())
	}
	return e
}

func (e *elsewhere) fetch(ctx context.Context, at int64, p []byte) error {
	if e.fails.Load() {
		return errAway
	}
	if copy(p, e.data[at:]) != len(p) {
		return errors.New("more was asked for than there is")
	}
	e.fetched.Add(int64(len(p)))
	return ctx.Err()
}

func (e *elsewhere) file(t *testing.T) *ranged.File {
	f := ranged.New("a.csv", int64(len(e.data)), time.Time{}, e.fetch)
	t.Cleanup(func() { require.NoError(t, f.Close()) })
	return f
}

// Whoever reads what, and however many at once, beside a filler and beyond what is held in memory: the bytes are those of the file, each
// fetched once.
func TestEachByteIsReadAsItIsAndFetchedOnce(t *testing.T) {
	for _, size := range []int{0, 1, 16 << 10, 16<<10 + 1, 300_001, 12<<20 + 5} {
		e := newElsewhere(size)
		f := e.file(t)
		var all sync.WaitGroup
		all.Go(func() { assert.NoError(t, f.Fill(t.Context(), nil)) })
		for seed := range uint64(4) {
			look := f.Look(t.Context())
			all.Go(func() {
				random := rand.New(rand.NewPCG(seed, 2))
				for range 40 {
					at, n := random.IntN(size+1), random.IntN(200_000)
					p := make([]byte, n)
					got, err := look.ReadAt(p, int64(at))
					want := e.data[at:min(size, at+n)]
					if got < n {
						assert.ErrorIs(t, err, io.EOF)
					} else {
						assert.NoError(t, err)
					}
					assert.True(t, bytes.Equal(want, p[:got]), "%d bytes from %d on of %d", n, at, size)
				}
				assert.NoError(t, look.Failed())
			})
		}
		all.Wait()
		require.EqualValues(t, size, f.Fetched())
		require.EqualValues(t, size, e.fetched.Load(), "all is here, so that nothing was fetched twice")
		require.LessOrEqual(t, f.OnDisk(), int64(size))
	}
}

func TestAHeadFetchesNoMoreThanItMay(t *testing.T) {
	e := newElsewhere(1 << 20)
	f := e.file(t)
	look := f.Head(t.Context(), 100_000)
	p := make([]byte, 1<<20)
	n, err := look.ReadAt(p, 0)
	require.ErrorIs(t, err, spreadsheet.ErrFurther)
	require.True(t, bytes.Equal(e.data[:n], p[:n]))
	require.Greater(t, n, 50_000)
	require.LessOrEqual(t, f.Fetched(), int64(100_000))
	require.True(t, look.Cut())
	require.NoError(t, look.Failed(), "what may not be fetched is no failure")
}

func TestWhatCanNotBeFetchedIsRemembered(t *testing.T) {
	e := newElsewhere(100_000)
	f := e.file(t)
	look, p := f.Look(t.Context()), make([]byte, 10)
	e.fails.Store(true)
	_, err := look.ReadAt(p, 50_000)
	require.ErrorIs(t, err, errAway)
	require.ErrorIs(t, f.Fill(t.Context(), nil), errAway)
	e.fails.Store(false)
	_, err = look.ReadAt(p, 50_000)
	require.NoError(t, err, "the next try may go well")
	require.Equal(t, e.data[50_000:50_010], p)
	require.ErrorIs(t, look.Failed(), errAway, "what was read meanwhile may be wrong")
	require.NoError(t, f.Look(t.Context()).Failed())

	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = f.Look(ended).ReadAt(p, 0)
	require.ErrorIs(t, err, context.Canceled)
	require.NoError(t, f.Close())
	_, err = f.Look(t.Context()).ReadAt(p, 90_000)
	require.ErrorIs(t, err, io.ErrClosedPipe)
}
