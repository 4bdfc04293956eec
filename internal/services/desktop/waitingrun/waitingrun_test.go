package waitingrun

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"fabricportal/contract"
	"fabricportal/internal/lifecycle/lifecycletest"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/runs/locking"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bench is a lakehouse with one file, and a portal that can be busy.
type bench struct {
	*Service
	mu    sync.Mutex
	file  artifacts.File
	err   error
	busy  int // starts that find the lock taken
	fails error
	how   *contract.ReadOptions // of the last start
	tried chan string
	told  chan *Request
	ended chan Outcome
}

func (b *bench) Stat(context.Context, string) (artifacts.File, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.file, b.err
}

func (b *bench) run(_ context.Context, file string, how *contract.ReadOptions) (runs.Run, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.how = how
	b.tried <- file
	if b.busy > 0 {
		b.busy--
		return runs.Run{}, &locking.BusyError{}
	}
	return runs.Run{ID: uuid.New()}, b.fails
}

// german is how the waiting file is read.
var german = &contract.ReadOptions{SchemaVersion: 1, DecimalMark: ","}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := stopped()
	b.Start(t.Context())
	t.Cleanup(b.Stop)
	return b
}

func stopped() *bench {
	b := &bench{
		file:  artifacts.File{ETag: "1", Size: 10, Modified: time.Unix(1, 0)},
		tried: make(chan string, 10), told: make(chan *Request, 10), ended: make(chan Outcome, 10),
	}
	b.Service = New(b, b.run, func(w *Request) { b.told <- w }, func(o Outcome) { b.ended <- o })
	return b
}

func TestStartAndStopInAnyOrder(t *testing.T) { lifecycletest.Check(t, stopped(), nil) }

func next[T any](t *testing.T, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(10 * time.Second):
		require.FailNow(t, "it never came")
		panic("unreachable")
	}
}

func TestAWaitingRunIsCarriedOutWhenTheLockIsFree(t *testing.T) {
	b := newBench(t)
	b.LockFree() // without a request nothing happens
	require.NoError(t, b.Make(t.Context(), "sales.xlsx", german))
	require.Equal(t, "sales.xlsx", next(t, b.told).InputFile)
	b.busy = 2
	for range 3 { // twice somebody else is faster
		b.LockFree()
		require.Equal(t, "sales.xlsx", next(t, b.tried))
	}
	out := next(t, b.ended)
	require.NoError(t, out.Err)
	require.NotEqual(t, uuid.Nil, out.Run.ID)
	require.Nil(t, next(t, b.told))
	b.LockFree()
	require.Empty(t, b.tried, "once")
}

func TestAFileThatChangedIsNotRun(t *testing.T) {
	b := newBench(t)
	require.NoError(t, b.Make(t.Context(), "sales.xlsx", german))
	b.mu.Lock()
	b.file.ETag = "2"
	b.mu.Unlock()
	b.LockFree()
	var changed *ChangedError
	require.ErrorAs(t, next(t, b.ended).Err, &changed)
	require.Contains(t, changed.Error(), "sales.xlsx was changed in the lakehouse while the run waited")
	require.Empty(t, b.tried)
}

func TestAFileThatIsGoneIsNotRun(t *testing.T) {
	b := newBench(t)
	require.NoError(t, b.Make(t.Context(), "sales.xlsx", german))
	b.mu.Lock()
	b.err = &artifacts.NotFoundError{Path: "x"}
	b.mu.Unlock()
	b.LockFree()
	require.Error(t, next(t, b.ended).Err)
	require.Empty(t, b.tried)
	require.Error(t, b.Make(t.Context(), "sales.xlsx", german), "and can't be asked for")
}

func TestAWaitingRunOutlivesAnOutageAndCanBeDropped(t *testing.T) {
	b := newBench(t)
	require.NoError(t, b.Make(t.Context(), "sales.xlsx", german))
	require.NotNil(t, next(t, b.told))
	b.mu.Lock()
	b.err = errors.New("away")
	b.mu.Unlock()
	b.try(t.Context())
	require.NotNil(t, b.current())
	b.Drop()
	require.Nil(t, next(t, b.told))
	b.mu.Lock()
	b.err = nil
	b.mu.Unlock()
	b.try(t.Context())
	require.Empty(t, b.tried)
	require.Empty(t, b.ended)
}
