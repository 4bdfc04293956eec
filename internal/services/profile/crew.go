package profile

import (
	"runtime"
	"sync"

	"fabricportal/internal/services/panics"
	"fabricportal/internal/services/profile/columns"
	"fabricportal/internal/services/spreadsheet/cells"
)

const (
	mostWorkers = 8
	mostGroups  = 32
	// spareJobs is how many batches are counted at once, beside one for each worker: what the workers choose from.
	spareJobs = 2
)

// crew counts the columns of batches on several processors. The columns are cut into groups; of each group's batches one
// is counted after the other, so that every column sees its cells in the file's order, whoever counts them. The owner
// puts batches in and works with the crew while it waits for the first of them to be counted. A panic of any of them is
// raised again by the owner's first.
type crew struct {
	count   func(j *job, worker, from, to int) // the columns [from, to) of a job
	workers int                                // the owner is the first
	groups  []group
	stopped sync.WaitGroup

	mu     sync.Mutex
	wake   sync.Cond
	jobs   []*job // in the file's order
	done   int    // jobs before those
	closed bool
	failed *panics.Error // what the counting of a group met
}

// group is some columns that lie side by side.
type group struct {
	from, to int
	next     int // the job that it takes next
	busy     bool
}

// job is a batch on its way through the crew.
type job struct {
	batch    cells.Batch
	first    int            // the first row that counts
	rows     []columns.Rows // what each worker's columns say of the rows
	used     []bool         // by worker
	readings [][]columns.Reading
	held     []int  // bytes, by column, once it is counted
	estimate []bool // by column: its values are estimated from this batch on
	left     int    // groups that have not counted it yet
}

// newCrew starts as many workers as help with so many columns.
func newCrew(width int, count func(j *job, worker, from, to int)) *crew {
	c := &crew{count: count, groups: make([]group, min(width, mostGroups))}
	c.wake.L = &c.mu
	for i := range c.groups {
		c.groups[i].from, c.groups[i].to = i*width/len(c.groups), (i+1)*width/len(c.groups)
	}
	c.workers = max(1, min(runtime.GOMAXPROCS(0), len(c.groups), mostWorkers))
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
func (c *crew) stop() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.wake.Broadcast()
	c.stopped.Wait()
}

// full says that the first job is to be waited for before another one is put in.
func (c *crew) full() bool { return len(c.jobs) >= c.workers+spareJobs }

// put hands a job over.
func (c *crew) put(j *job) {
	j.left = len(c.groups)
	if len(j.used) < c.workers {
		j.rows, j.used = make([]columns.Rows, c.workers), make([]bool, c.workers)
	}
	clear(j.used)
	c.mu.Lock()
	c.jobs = append(c.jobs, j)
	c.mu.Unlock()
	c.wake.Broadcast()
}

// first waits until the first job is counted, with the owner's help, and takes it out; nil where there is none.
func (c *crew) first() *job {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.jobs) == 0 {
		return nil
	}
	j := c.jobs[0]
	for j.left > 0 {
		if !c.work(0) {
			c.wake.Wait()
		}
	}
	if c.failed != nil {
		panic(c.failed) // here, where it is the owner's to recover
	}
	c.jobs = c.jobs[:copy(c.jobs, c.jobs[1:])]
	c.done++
	return j
}

// work counts one group's columns of the earliest job that can be counted, and says whether there was one. The lock is
// held when it is called and when it returns.
func (c *crew) work(worker int) bool {
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
	j := c.jobs[g.next-c.done]
	g.busy = true
	c.mu.Unlock()
	failed := c.counted(j, worker, g)
	c.mu.Lock()
	if c.failed == nil {
		c.failed = failed
	}
	g.busy = false
	g.next++
	j.left--
	c.wake.Signal()
	if j.left == 0 {
		c.wake.Broadcast()
	}
	return true
}

// counted counts one group's columns; a panic in it must not keep others waiting for the group.
func (c *crew) counted(j *job, worker int, g *group) (failed *panics.Error) {
	defer func() { failed = panics.Of(recover()) }()
	if !j.used[worker] {
		j.used[worker] = true
		j.rows[worker].Reset(len(j.batch.Rows))
	}
	c.count(j, worker, g.from, g.to)
	return nil
}

// merged is what all columns say of the job's rows.
func (j *job) merged() *columns.Rows {
	var all *columns.Rows
	for w := range j.rows {
		switch {
		case !j.used[w]:
		case all == nil:
			all = &j.rows[w]
		default:
			all.Merge(&j.rows[w])
		}
	}
	return all
}
