package atomicfile

import (
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOneIsAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.lock")
	release, err := Alone(path)
	require.NoError(t, err)
	_, err = Alone(path)
	require.ErrorIs(t, err, ErrBusy)
	release()
	require.NoFileExists(t, path)
	_, err = Alone(filepath.Join(path, "below", "a file"))
	var failed *Error
	require.ErrorAs(t, err, &failed)

	// Many come and go: the file is taken away and made again meanwhile, and yet there is never more than one.
	var inside, most atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 200 {
				release, err := Alone(path)
				if err != nil {
					continue
				}
				if n := inside.Add(1); n > most.Load() {
					most.Store(n)
				}
				inside.Add(-1)
				release()
			}
		})
	}
	all.Wait()
	require.EqualValues(t, 1, most.Load())
}
