package main

import (
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
	largeHeap        = 16 << 20 // bytes in use
)

// collector sets the percentage after each collection.
type collector struct {
	percent int
	inUse   []metrics.Sample
}

// tuneCollector does so from now on, unless the environment has set another percentage.
func tuneCollector() {
	if os.Getenv("GOGC") != "" {
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
	percent := smallHeapPercent
	if c.inUse[0].Value.Uint64() >= largeHeap {
		percent = largeHeapPercent
	}
	if percent != c.percent {
		c.percent = percent
		debug.SetGCPercent(percent)
	}
}
