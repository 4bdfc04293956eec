package dataset

import (
	"context"
	"sync"
)

// cacheBytes is the memory up to which whole columns are kept after they were used. The columns of one call stay
// together, even where they take more.
const cacheBytes = 256 << 20

// cache keeps the columns that were read whole. Two that ask for one column at the same time read it once.
type cache struct {
	load func(ctx context.Context, columns []int) ([]*vector, error)

	reading chan struct{} // holds one token; who has it reads
	mu      sync.Mutex
	turn    int64
	columns map[int]*kept
}

type kept struct {
	v    *vector
	used int64 // turn of the last use
}

func newCache(load func(ctx context.Context, columns []int) ([]*vector, error)) *cache {
	return &cache{load: load, reading: make(chan struct{}, 1), columns: map[int]*kept{}}
}

// get returns whole columns, reading those that are not there.
func (c *cache) get(ctx context.Context, columns []int) ([]*vector, error) {
	if found, missing := c.look(columns); missing == nil {
		return found, nil
	}
	select {
	case c.reading <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-c.reading }()
	found, missing := c.look(columns)
	if missing == nil {
		return found, nil
	}
	read, err := c.load(ctx, missing)
	if err != nil {
		return nil, err
	}
	c.keep(missing, read)
	for i, column := range columns {
		for j, m := range missing {
			if m == column {
				found[i] = read[j]
			}
		}
	}
	return found, nil
}

// look returns the columns that are there, and which are not, each once.
func (c *cache) look(columns []int) (found []*vector, missing []int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.turn++
	found = make([]*vector, len(columns))
	asked := map[int]bool{}
	for i, column := range columns {
		if k := c.columns[column]; k != nil {
			found[i], k.used = k.v, c.turn
		} else if !asked[column] {
			asked[column] = true
			missing = append(missing, column)
		}
	}
	return found, missing
}

// keep remembers columns, and lets go of those that were not used for longest.
func (c *cache) keep(columns []int, read []*vector) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, column := range columns {
		c.columns[column] = &kept{read[i], c.turn}
	}
	for {
		total, oldest := int64(0), -1
		for column, k := range c.columns {
			total += k.v.size()
			if k.used < c.turn && (oldest < 0 || k.used < c.columns[oldest].used) {
				oldest = column
			}
		}
		if total <= cacheBytes || oldest < 0 {
			return
		}
		delete(c.columns, oldest)
	}
}

func (c *cache) has(columns []int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, column := range columns {
		if c.columns[column] == nil {
			return false
		}
	}
	return true
}

func (c *cache) release() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.columns)
}
