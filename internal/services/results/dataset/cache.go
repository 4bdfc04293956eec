package dataset

import (
	"context"
	"errors"
	"sync"
)

// cache keeps columns that were read whole, as many as fit. Two that ask for one column at the same time read it once.
type cache struct {
	load func(ctx context.Context, column int, most int64) (*vector, error) // errNoRoom where it takes more bytes
	most int64                                                              // keptBytes

	reading chan struct{} // holds one token; who has it reads columns

	mu      sync.Mutex
	turn    int64
	columns map[int]*kept
	needs   map[int]int64 // bytes that a column needs at least, of those that had no room
}

type kept struct {
	v    *vector
	used int64 // turn of the last use
}

func newCache(load func(ctx context.Context, column int, most int64) (*vector, error)) *cache {
	return &cache{load: load, most: keptBytes, reading: make(chan struct{}, 1), columns: map[int]*kept{}, needs: map[int]int64{}}
}

// begin numbers a call: the columns that it has used stay until it has ended, or the next one begins.
func (c *cache) begin() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.turn++
	return c.turn
}

// hold takes the right to read columns, until the function that is returned is called.
func (c *cache) hold(ctx context.Context) (release func(), err error) {
	select {
	case c.reading <- struct{}{}:
		return func() { <-c.reading }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// get is a whole column; nil where it has no room beside the others that the call uses.
func (c *cache) get(ctx context.Context, turn int64, column int) (*vector, error) {
	if v, room := c.look(turn, column); v != nil || room == 0 {
		return v, nil
	}
	release, err := c.hold(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	for all := false; ; all = true {
		v, room := c.look(turn, column)
		if v != nil || room == 0 {
			return v, nil
		}
		if all {
			c.drop(turn, 0)
		}
		most := room - c.others(turn)
		v, err := c.load(ctx, column, most)
		switch {
		case errors.Is(err, errNoRoom) && most < room: // once more without the others
		case errors.Is(err, errNoRoom):
			c.mu.Lock()
			c.needs[column] = room + 1
			c.mu.Unlock()
			return nil, nil //nolint:nilnil // that it has no room is no error
		case err != nil:
			return nil, err
		default:
			c.mu.Lock()
			c.columns[column] = &kept{v, turn}
			c.mu.Unlock()
			c.drop(turn, c.most)
			return v, nil
		}
	}
}

// look is a column that is there, or the room that it could have; 0 where that is known to be too little.
func (c *cache) look(turn int64, column int) (*vector, int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if k := c.columns[column]; k != nil {
		k.used = max(k.used, turn)
		return k.v, 0
	}
	room := c.most
	for _, k := range c.columns {
		if k.used >= turn {
			room -= k.v.size()
		}
	}
	if room <= 0 || c.needs[column] > room {
		return nil, 0
	}
	return nil, room
}

// others is the memory of the columns that a call does not use.
func (c *cache) others(turn int64) (bytes int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, k := range c.columns {
		if k.used < turn {
			bytes += k.v.size()
		}
	}
	return bytes
}

// drop lets go of columns that a call does not use, those first that were not used for longest, until the rest takes so many
// bytes.
func (c *cache) drop(turn, most int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		total, oldest := int64(0), -1
		for column, k := range c.columns {
			total += k.v.size()
			if k.used < turn && (oldest < 0 || k.used < c.columns[oldest].used) {
				oldest = column
			}
		}
		if total <= most || oldest < 0 {
			return
		}
		delete(c.columns, oldest)
	}
}

// only lets go of all columns but one.
func (c *cache) only(column int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for other := range c.columns {
		if other != column {
			delete(c.columns, other)
		}
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
