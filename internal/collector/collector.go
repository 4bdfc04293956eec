// Package collector keeps memory low while large files are read. Small files are read as fast as without it.
package collector

import (
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// How much garbage the heap may hold, in percent of what is in use. A small heap is hardly ever collected, so that the
// start and a small file cost nothing for it; a large one is kept smaller than Go does by itself, since the program runs
// beside Excel, and what it keeps of a large file holds hardly any pointers.
const (
	smallHeapPercent = 400
	largeHeapPercent = 50
	hugeHeapPercent  = 20
	largeHeap        = 16 << 20 // bytes in use
	hugeHeap         = 40 << 20
	// What the profile of a file takes fits into calmHeap, however large the file is, with its garbage into memoryLimit; what
	// was freed is given back to the system before that is exceeded. Where more is in use there is no limit: to keep one
	// would take the collector all of its time.
	calmHeap    = 84 << 20
	memoryLimit = 104 << 20
)

// collector sets the percentage and the limit after each collection.
type collector struct {
	percent int
	limit   int64
	inUse   []metrics.Sample
}

// Tune sets the collector after each collection by what is in use, from now on, unless the environment has set how much memory
// there may be. It is called once, by main.
func Tune() {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	c := &collector{percent: smallHeapPercent, inUse: []metrics.Sample{{Name: "/gc/heap/live:bytes"}}}
	debug.SetGCPercent(c.percent)
	c.watch()
}

// watch has the runtime call after the next collection, which finds what nothing refers to.
func (c *collector) watch() {
	type unused struct{ _ [64]byte }
	runtime.SetFinalizer(&unused{}, func(*unused) {
		c.collected()
		c.watch()
	})
}

func (c *collector) collected() {
	metrics.Read(c.inUse)
	percent, limit := smallHeapPercent, int64(memoryLimit)
	inUse := c.inUse[0].Value.Uint64()
	switch {
	case inUse >= hugeHeap:
		percent = hugeHeapPercent
	case inUse >= largeHeap:
		percent = largeHeapPercent
	}
	if inUse >= calmHeap {
		limit = math.MaxInt64
	}
	if percent != c.percent {
		c.percent = percent
		debug.SetGCPercent(percent)
	}
	if limit != c.limit {
		c.limit = limit
		debug.SetMemoryLimit(limit)
	}
}
