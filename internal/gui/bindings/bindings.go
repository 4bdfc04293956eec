// Package bindings binds a screen to the feed of its snapshots.
package bindings

import (
	"fyne.io/fyne/v2/data/binding"

	"fabricportal/internal/gui/tasks"
)

// Feed is a source of snapshots of one kind: fn gets the newest, and each later one, from any goroutine.
type Feed[T any] interface {
	Subscribe(fn func(T)) (unsubscribe func())
}

// Screen shows the newest snapshot of a feed while it is in sight; out of sight it only keeps it.
type Screen[T any] struct {
	item    binding.Item[T]
	show    func(T)
	inSight bool
	waiting bool
	stop    func()
}

// Bind subscribes to the feed. Each snapshot is set in the screen's one binding on the window's goroutine, and the
// binding's one listener calls show there.
func Bind[T any](runner *tasks.Runner, feed Feed[T], show func(T)) *Screen[T] {
	s := &Screen[T]{show: show}
	// Two snapshots are never called equal here: the screens compare what they would draw, which is less.
	s.item = binding.NewItem[T](func(T, T) bool { return false })
	first := true
	s.item.AddListener(binding.NewDataListener(func() {
		if first { // a listener is called once when it is added, before there is a snapshot
			first = false
			return
		}
		s.waiting = true
		s.draw()
	}))
	s.stop = feed.Subscribe(func(snapshot T) {
		runner.UI(func() { _ = s.item.Set(snapshot) })
	})
	return s
}

// InSight says whether the screen can be seen; what came meanwhile is drawn when it comes into sight.
func (s *Screen[T]) InSight(yes bool) {
	s.inSight = yes
	s.draw()
}

// Stop ends the subscription.
func (s *Screen[T]) Stop() { s.stop() }

func (s *Screen[T]) draw() {
	if !s.inSight || !s.waiting {
		return
	}
	snapshot, err := s.item.Get()
	if err != nil {
		return
	}
	s.waiting = false
	s.show(snapshot)
}
