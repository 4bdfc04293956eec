package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"fabricportal/internal/collector"
	"fabricportal/internal/portal"
	"fabricportal/internal/services/desktop/waitingrun"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/results/dataset"
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
	if err := rows(ctx, p); err != nil {
		return err
	}
	goOn := time.NewTimer(looks)
	defer goOn.Stop()
	select {
	case <-goOn.C:
	case <-ctx.Done():
	}
	return nil
}

// rows fetches the published rows, sorts them and reads the first, as a person does who opens them. That they are refused is
// as good as any answer.
func rows(ctx context.Context, p *portal.Portal) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	folder, err := os.MkdirTemp("", "portal-bench-rows-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	saved, err := p.Save(ctx, "Files/results/current/sales_cleaned.parquet", filepath.Join(folder, "rows.parquet"), nil)
	if err != nil {
		return nil //nolint:nilerr // there are none, or they do not come
	}
	table, err := dataset.Open(ctx, saved.Path)
	if err != nil {
		fmt.Println("rows refused:", err)
		return nil
	}
	defer func() { _ = table.Close() }()
	if _, _, err := table.Distinct(ctx, 0, 100); err != nil {
		fmt.Println("rows not counted:", err)
	}
	view, err := table.View(ctx, dataset.Query{Sort: []dataset.Order{{Column: 0, Descending: true}}}, nil)
	if err == nil {
		_, err = view.Window(ctx, 0, 50, nil)
	}
	if err != nil {
		fmt.Println("rows not sorted:", err)
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
