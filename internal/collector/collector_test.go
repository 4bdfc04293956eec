package collector

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func percent() int {
	sample := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	metrics.Read(sample)
	return int(sample[0].Value.Uint64())
}

func TestALargeHeapIsCollectedEarlier(t *testing.T) {
	t.Setenv("GOGC", "")
	defer debug.SetGCPercent(100)
	Tune()
	require.Equal(t, smallHeapPercent, percent())
	becomes := func(want int, what string) {
		t.Helper()
		require.Eventually(t, func() bool {
			runtime.GC()
			return percent() == want
		}, time.Minute, time.Millisecond, what)
	}
	large := make([]byte, 2*largeHeap)
	becomes(largeHeapPercent, "a large heap")
	runtime.KeepAlive(large)
	becomes(smallHeapPercent, "it is small again")
}

func TestTheEnvironmentDecidesOnTheHeap(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(77))
	t.Setenv("GOGC", "77")
	Tune()
	require.Equal(t, 77, percent())
}
