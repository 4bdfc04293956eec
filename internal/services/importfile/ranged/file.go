// Package ranged reads a file that stands elsewhere by parts of it: what was read once is kept, at first in memory and then on disk,
// encrypted (package scratch), so that no part is fetched twice and never more is kept than the file has. Who fetches is handed in: this package knows no network.
package ranged

import (
	"context"
	"io"
	"sync"
	"time"

	"fabricportal/internal/services/importfile/scratch"
)

// Fetch fills p with what stands in the file from an offset on: of one state of the file, or it is an error. It is called by several goroutines.
type Fetch func(ctx context.Context, offset int64, p []byte) error

const (
	// unit is the least that is fetched: what a header of a page or a directory needs is often less.
	unit = 16 << 10
	// mostAhead is how much is fetched at once for who reads on and on.
	mostAhead = 256 << 10
	// heldBytes is what is kept in memory; what is fetched behind that goes to the disk.
	heldBytes = 8 << 20
)

// File is what is known of a file elsewhere. It is safe for use by several goroutines.
type File struct {
	path     string
	size     int64
	modified time.Time
	fetch    Fetch
	most     int64 // mostAhead
	held     int64 // heldBytes

	mu     sync.Mutex
	units  []uint32              // by unit: 1 + where it is kept; 0 where it is not here
	coming map[int]chan struct{} // by unit: closed when the fetch that brings it has ended
	memory [][]byte              // the units that came first
	disk   *scratch.File         // those behind them, one after the other; nil while there are none
	last   []byte                // the file's last unit, which may be short
	bytes  int64                 // that were fetched
	ahead  int                   // the unit behind the last fetch: who goes on there gets more
	next   int64                 // how much it gets then
	closed bool
}

// New is a file of so many bytes of which nothing was read yet. Close it.
func New(path string, size int64, modified time.Time, fetch Fetch) *File {
	return &File{path: path, size: size, modified: modified, fetch: fetch, most: mostAhead, held: heldBytes,
		units: make([]uint32, (size+unit-1)/unit), coming: map[int]chan struct{}{}}
}

// Size is the file's size in bytes.
func (f *File) Size() int64 { return f.size }

// Fetched is how many bytes were fetched so far.
func (f *File) Fetched() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.bytes
}

// Close gives the space back. Who reads then gets io.ErrClosedPipe.
func (f *File) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed, f.memory, f.last = true, nil, nil
	if f.disk == nil {
		return nil
	}
	err := f.disk.Close()
	f.disk = nil
	return err
}

// readAt is io.ReaderAt with a context. spend is asked before so many bytes are fetched for this reader; nil for any.
func (f *File) readAt(ctx context.Context, p []byte, offset int64, spend func(int64) (int64, error)) (n int, err error) {
	for n < len(p) && offset < f.size {
		at := int(offset / unit)
		piece, err := f.unit(ctx, at, min(int64(len(p)-n)+offset%unit, f.size-int64(at)*unit), spend)
		if err != nil {
			return n, err
		}
		got := copy(p[n:], piece[offset%unit:])
		n += got
		offset += int64(got)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, ctx.Err()
}

// unit gives a unit of the file; wanted is how many bytes from its beginning on are asked for.
func (f *File) unit(ctx context.Context, at int, wanted int64, spend func(int64) (int64, error)) ([]byte, error) {
	for {
		f.mu.Lock()
		if f.closed {
			f.mu.Unlock()
			return nil, io.ErrClosedPipe
		}
		if f.units[at] > 0 {
			defer f.mu.Unlock()
			return f.kept(at)
		}
		under, ok := f.coming[at]
		if !ok {
			break
		}
		f.mu.Unlock()
		select {
		case <-under:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	from, to := f.reserve(at, f.window(at, wanted))
	f.mu.Unlock()
	return f.bring(ctx, from, to, spend)
}

// window is how many bytes are fetched from a unit on: twice as many as before for who reads on.
func (f *File) window(at int, wanted int64) int64 {
	if at != f.ahead || at == 0 {
		f.next = unit
	} else {
		f.next = min(2*f.next, f.most)
	}
	return max(f.next, min(wanted, max(f.most, unit)))
}

// reserve takes the units from one on, up to the next that is here or that somebody brings.
func (f *File) reserve(at int, bytes int64) (from, to int) {
	done := make(chan struct{})
	for to = at; to < len(f.units) && int64(to-at)*unit < bytes && f.units[to] == 0 && f.coming[to] == nil; to++ {
		f.coming[to] = done
	}
	f.ahead = to
	return at, to
}

// bring fetches units that were reserved, and gives the first of them.
func (f *File) bring(ctx context.Context, from, to int, spend func(int64) (int64, error)) (first []byte, err error) {
	begin, end := int64(from)*unit, min(int64(to)*unit, f.size)
	data := []byte(nil)
	if spend != nil {
		var allowed int64
		if allowed, err = spend(end - begin); err == nil {
			end = min(end, begin+allowed)
		}
	}
	if err == nil {
		data = make([]byte, end-begin)
		err = f.fetch(ctx, begin, data)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	done := f.coming[from]
	for i := from; i < to; i++ {
		delete(f.coming, i)
	}
	close(done)
	if err != nil {
		return nil, err
	}
	if f.closed {
		return nil, io.ErrClosedPipe
	}
	f.bytes += int64(len(data))
	for i, rest := from, data; len(rest) > 0; i++ {
		n := min(len(rest), unit)
		if int64(i)*unit+int64(n) < f.size && n < unit { // what was allowed ended within it
			break
		}
		if err := f.keep(i, rest[:n]); err != nil {
			return nil, err
		}
		rest = rest[n:]
	}
	return data[:min(len(data), unit)], nil
}

// keep takes a unit.
func (f *File) keep(at int, data []byte) error {
	if at == len(f.units)-1 {
		f.last, f.units[at] = data, 1
		return nil
	}
	if int64(len(f.memory)+1)*unit <= f.held {
		f.memory = append(f.memory, data)
		f.units[at] = uint32(len(f.memory))
		return nil
	}
	if f.disk == nil {
		var err error
		if f.disk, err = scratch.Create(); err != nil {
			return err
		}
	}
	place := uint32(len(f.memory)) + uint32(f.disk.Size()/unit)
	if _, err := f.disk.Write(data); err != nil {
		return err
	}
	f.units[at] = place + 1
	return nil
}

// kept gives a unit that is here.
func (f *File) kept(at int) ([]byte, error) {
	if at == len(f.units)-1 {
		return f.last, nil
	}
	place := int64(f.units[at]) - 1
	if place < int64(len(f.memory)) {
		return f.memory[place], nil
	}
	out := make([]byte, unit)
	_, err := f.disk.ReadAt(out, (place-int64(len(f.memory)))*unit)
	return out, err
}

// OnDisk is how many bytes of the file are on disk, encrypted.
func (f *File) OnDisk() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.disk == nil {
		return 0
	}
	return f.disk.Size()
}
