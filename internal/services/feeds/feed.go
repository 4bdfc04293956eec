// Package feeds keeps what the screens show up to date: goroutines that read the database, Fabric and the lakehouse and
// publish immutable snapshots. It knows nothing of any window.
package feeds

import "sync"

// Feed holds the newest snapshot of one kind and hands each new one to its subscribers. The zero value is ready.
// A published snapshot is never changed again, by anybody.
type Feed[T any] struct {
	mu     sync.Mutex
	latest *T
	next   int
	subs   map[int]func(T)
}

// Publish makes s the newest snapshot. Subscribers are called one after the other on the caller's goroutine, so they
// must not block; calls are in the order of the publications.
func (f *Feed[T]) Publish(s T) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.latest = &s
	for _, fn := range f.subs {
		fn(s)
	}
}

// Latest is the newest snapshot, and whether there is one.
func (f *Feed[T]) Latest() (T, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.latest == nil {
		var zero T
		return zero, false
	}
	return *f.latest, true
}

// Subscribe calls fn with the newest snapshot, if there is one, and with each later one until the returned function is
// called. fn must not call back into the feed.
func (f *Feed[T]) Subscribe(fn func(T)) (unsubscribe func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.subs == nil {
		f.subs = make(map[int]func(T))
	}
	id := f.next
	f.next++
	f.subs[id] = fn
	if f.latest != nil {
		fn(*f.latest)
	}
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.subs, id)
	}
}
