package scan

import (
	"runtime"
	"sync"

	"fabricportal/internal/panics"
)

const (
	// MostWorkers is how many goroutines look at columns at once.
	MostWorkers = 8
	mostGroups  = 32
	// spareJobs is how many batches are under way at once, beside one for each worker: what the workers choose from.
	spareJobs = 2
	// MostUnderWay is more than the batches that are under way at once, on any machine.
	MostUnderWay = MostWorkers + spareJobs + 1
)

// workers count the columns of batches on several processors. The columns are cut into groups; of each group's batches one
// is counted after the other, so that every column sees its cells in the file's order, whoever counts them. The owner
// puts batches in and works with the workers while it waits for the first of them to be counted. A panic of any of them is
// raised again by the owner's first.
type workers struct {
	count   func(b *Batch, worker, from, to int, first bool) // the columns [from, to) of a job
	workers int                                              // the owner is the first
	groups  []group
	stopped sync.WaitGroup

	mu     sync.Mutex
	wake   sync.Cond
	jobs   []*Batch // in the file's order
	done   int      // jobs before those
	closed bool
	failed *panics.Error // what the counting of a group met
}

// group is some columns that lie side by side.
type group struct {
	from, to int
	next     int // the job that it takes next
	busy     bool
}

// newWorkers starts as many workers as help with so many columns.
func newWorkers(width int, count func(b *Batch, worker, from, to int, first bool)) *workers {
	c := &workers{count: count, groups: make([]group, min(width, mostGroups))}
	c.wake.L = &c.mu
	for i := range c.groups {
		c.groups[i].from, c.groups[i].to = i*width/len(c.groups), (i+1)*width/len(c.groups)
	}
	c.workers = max(1, min(runtime.GOMAXPROCS(0), len(c.groups), MostWorkers))
	for w := 1; w < c.workers; w++ {
		c.stopped.Go(func() {
			c.mu.Lock()
			defer c.mu.Unlock()
			for !c.closed {
				if !c.work(w) {
					c.wake.Wait()
				}
			}
		})
	}
	return c
}

// stop ends the workers and waits for them.
func (c *workers) stop() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.wake.Broadcast()
	c.stopped.Wait()
}

// full says that the first job is to be waited for before another one is put in.
func (c *workers) full() bool { return len(c.jobs) >= c.workers+spareJobs }

// put hands a job over.
func (c *workers) put(b *Batch) {
	b.left = len(c.groups)
	if len(b.used) < c.workers {
		b.used = make([]bool, c.workers)
	}
	clear(b.used)
	c.mu.Lock()
	c.jobs = append(c.jobs, b)
	c.mu.Unlock()
	c.wake.Broadcast()
}

// first waits until the first job is counted, with the owner's help, and takes it out; nil where there is none.
func (c *workers) first() *Batch {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.jobs) == 0 {
		return nil
	}
	b := c.jobs[0]
	for b.left > 0 {
		if !c.work(0) {
			c.wake.Wait()
		}
	}
	if c.failed != nil {
		panic(c.failed) // here, where it is the owner's to recover
	}
	c.jobs = c.jobs[:copy(c.jobs, c.jobs[1:])]
	c.done++
	return b
}

// counted counts one group's columns; a panic in it must not keep others waiting for the group.
func (c *workers) counted(b *Batch, worker int, g *group) (failed *panics.Error) {
	defer func() { failed = panics.Of(recover()) }()
	first := !b.used[worker]
	b.used[worker] = true
	c.count(b, worker, g.from, g.to, first)
	return nil
}

// work counts one group's columns of the earliest job that can be counted, and says whether there was one. The lock is
// held when it is called and when it returns.
func (c *workers) work(worker int) bool {
	var g *group
	for i := range c.groups {
		// Each worker begins elsewhere, so that it mostly finds its columns' tables in its own cache.
		one := &c.groups[(i+worker*len(c.groups)/c.workers)%len(c.groups)]
		if !one.busy && one.next < c.done+len(c.jobs) && (g == nil || one.next < g.next) {
			g = one
		}
	}
	if g == nil {
		return false
	}
	b := c.jobs[g.next-c.done]
	g.busy = true
	c.mu.Unlock()
	failed := c.counted(b, worker, g)
	c.mu.Lock()
	if c.failed == nil {
		c.failed = failed
	}
	g.busy = false
	g.next++
	b.left--
	c.wake.Signal()
	if b.left == 0 {
		c.wake.Broadcast()
	}
	return true
}
