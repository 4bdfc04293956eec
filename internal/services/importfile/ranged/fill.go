package ranged

import (
	"context"
	"errors"
	"io"
	"sync"
)

const (
	fillers   = 4       // that fetch at once
	fillBytes = 4 << 20 // each
)

func isEOF(err error) bool { return errors.Is(err, io.EOF) }

// Fill fetches all of the file that is not here, from its beginning on and several parts at a time, so that who reads it meanwhile rarely waits.
// told (may be nil) is called on any goroutine, with what is here. It returns when all is here, or with the first failure.
func (f *File) Fill(ctx context.Context, told func(done, total int64)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var all sync.WaitGroup
	at := 0 // by f.mu: units before it are here or coming
	for range fillers {
		all.Go(func() {
			for ctx.Err() == nil {
				more, err := f.fillNext(ctx, &at)
				if err != nil {
					cancel(err)
					return
				}
				if !more {
					return
				}
				if told != nil {
					told(f.Fetched(), f.size)
				}
			}
		})
	}
	all.Wait()
	return context.Cause(ctx)
}

// fillNext fetches the next units that nobody has.
func (f *File) fillNext(ctx context.Context, at *int) (more bool, err error) {
	f.mu.Lock()
	for *at < len(f.units) && (f.units[*at] > 0 || f.coming[*at] != nil) {
		*at++
	}
	if f.closed || *at == len(f.units) {
		f.mu.Unlock()
		return false, nil
	}
	ahead := f.ahead
	from, to := f.reserve(*at, fillBytes)
	*at, f.ahead = to, ahead
	f.mu.Unlock()
	_, err = f.bring(ctx, from, to, nil)
	return err == nil, err
}
