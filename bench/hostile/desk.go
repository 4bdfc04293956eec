package main

import (
	"context"
	"sync/atomic"
	"time"

	"fabricportal/internal/collector"
	"fabricportal/internal/portal"
	"fabricportal/internal/services/desktop/waitingrun"
	"fabricportal/internal/services/feeds"
)

// looks is for how long the services behind a window go on after the first look at everything.
const looks = 3 * time.Second

// desk does what goes on behind a window, without one: it follows the database and the lakehouse until each screen has
// something to show, and opens the rows.
func desk(ctx context.Context) error {
	collector.Tune()
	p, err := portal.Open(ctx, portal.Options{Version: "bench"})
	if err != nil {
		return err
	}
	defer p.Close()
	live := p.Live(func(waitingrun.Outcome) {})
	var screens atomic.Int32
	all := make(chan struct{}, 4)
	first(&live.Import, &screens, all)
	first(&live.Monitor, &screens, all)
	first(&live.Results, &screens, all)
	first(&live.Archive, &screens, all)
	live.Start(ctx)
	defer live.Stop()
	limit := time.NewTimer(time.Minute)
	defer limit.Stop()
	for screens.Load() < 4 {
		select {
		case <-all:
			continue
		case <-limit.C:
		case <-ctx.Done():
		}
		break
	}
	// The rows may be refused, which is as good as any answer.
	opening, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if rows, err := p.Rows.Open(opening, nil, nil); err == nil {
		if err := rows.Close(); err != nil {
			return err
		}
	}
	goOn := time.NewTimer(looks)
	defer goOn.Stop()
	select {
	case <-goOn.C:
	case <-ctx.Done():
	}
	return nil
}

// first counts a screen when it has its first snapshot.
func first[T any](f *feeds.Feed[T], screens *atomic.Int32, all chan<- struct{}) {
	var once atomic.Bool
	f.Subscribe(func(T) {
		if once.CompareAndSwap(false, true) {
			screens.Add(1)
			all <- struct{}{}
		}
	})
}
