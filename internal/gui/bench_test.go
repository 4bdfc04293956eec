package gui

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/buildinfo"
	"fabricportal/internal/gui/archive"
	"fabricportal/internal/gui/datatable"
	"fabricportal/internal/gui/frame"
	"fabricportal/internal/gui/probe"
	"fabricportal/internal/gui/results"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/feeds"
	analyzing "fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/results/dataset"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/runs/locking"
)

// bench is a window on feeds and actions that the test plays, drawn in memory.
type bench struct {
	t       testing.TB
	w       *Window
	size    fyne.Size
	stalls  *time.Duration // the longest time that the window answered nothing; nil where nobody asks
	a       *actions
	q       chan func()
	opened  []string
	frame   feeds.Feed[feeds.Frame]
	files   feeds.Feed[feeds.Import]
	monitor feeds.Feed[feeds.Monitor]
	results feeds.Feed[feeds.Results]
	archive feeds.Feed[feeds.Archive]
}

func newBench(t testing.TB) *bench {
	t.Helper()
	return newBenchWith(t, func(*Options) {})
}

func newBenchWith(t testing.TB, change func(*Options)) *bench {
	t.Helper()
	app := test.NewTempApp(t)
	b := &bench{t: t, size: fyne.NewSize(1280, 800), q: make(chan func(), 10_000)}
	none := errors.New("not expected in this test")
	b.a = &actions{
		analyze: func(context.Context, string, Progress) (Analysis, error) { return analysis("sales.xlsx", nil), nil },
		upload: func(context.Context, string, bool, Progress) (artifacts.File, error) {
			return artifacts.File{}, none
		},
		run: func(string) error { return none }, restore: func(uuid.UUID) error { return none }, cancel: func(uuid.UUID) error { return none },
		table:  func(feeds.Results) (datatable.Table, error) { return nil, none },
		before: func(feeds.Results) (results.Before, error) { return results.Before{}, nil },
		find:   func(archive.Filter, int) ([]runs.Run, bool, error) { return nil, false, none },
		rows: func(context.Context, string, analyzing.Options, dataset.FileReading) (*dataset.FileRows, error) {
			return nil, none
		},
		export: func(datatable.View, []int) (string, error) { return "", none },
		detail: func(uuid.UUID) (Detail, error) { return Detail{}, none }, save: func(string) (string, error) { return "", none },
	}
	opts := Options{
		Build:      buildinfo.Info{Version: "1.2.3", Commit: "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d", Date: "2026-11-26", Go: "go1.26.8", Platform: "linux/amd64"},
		Connection: frame.Connection{Name: "Production"}, User: "ana", Now: func() time.Time { return now }, OpenFolder: t.TempDir(),
		Feeds:   Feeds{&b.frame, &b.files, &b.monitor, &b.results, &b.archive},
		Actions: b.a, Dispatch: func(f func()) { b.q <- f },
		OpenURL: func(u *url.URL) error { b.opened = append(b.opened, u.String()); return nil },
	}
	change(&opts)
	b.w = New(t.Context(), app, opts)
	b.w.win.Resize(b.size)
	b.w.win.Show()
	t.Cleanup(func() {
		b.w.Stop()
		b.drain()
	})
	return b
}

// drain runs what waits for the window's goroutine, which is the test's.
func (b *bench) drain() {
	for {
		select {
		case f := <-b.q:
			b.timed(f)
		default:
			return
		}
	}
}

// timed notes how long the window's goroutine is busy with something.
func (b *bench) timed(f func()) {
	began := time.Now()
	f()
	if b.stalls != nil {
		*b.stalls = max(*b.stalls, time.Since(began))
	}
}

func (b *bench) look() probe.View {
	b.drain()
	// The test driver does not lay out what has changed, as the real one does with each picture: another size makes it.
	b.timed(func() { b.w.win.Resize(b.size.AddWidthHeight(1, 0)) })
	b.w.win.Resize(b.size)
	return b.w.Look()
}

func (b *bench) until(what string, ok func(probe.View) bool) probe.View {
	b.t.Helper()
	deadline := time.After(time.Minute) // a slow machine under the race detector
	for {
		v := b.look()
		if ok(v) {
			return v
		}
		select {
		case f := <-b.q:
			f()
		case <-deadline:
			b.t.Fatalf("waited for: %s\nthe window shows: %s", what, strings.Join(v.Texts, " | "))
		}
	}
}

func says(v probe.View, text string) bool {
	return slices.ContainsFunc(v.Texts, func(s string) bool { return strings.Contains(s, text) })
}

func (b *bench) untilSays(text string) probe.View {
	b.t.Helper()
	return b.until("the text “"+text+"”", func(v probe.View) bool { return says(v, text) })
}

func (b *bench) control(name string) probe.Control {
	b.t.Helper()
	var found probe.Control
	b.until("the control "+name, func(v probe.View) bool { // what is worded elsewhere comes a moment later
		i := slices.IndexFunc(v.Controls, func(c probe.Control) bool { return c.Name == name && c.Visible })
		if i >= 0 {
			found = v.Controls[i]
		}
		return i >= 0
	})
	return found
}

// click presses the middle of a control, as a mouse would.
func (b *bench) click(name string) {
	b.t.Helper()
	c := b.control(name)
	require.True(b.t, c.Enabled, "%s can't be pressed", name)
	test.TapCanvas(b.w.win.Canvas(), fyne.NewPos(c.X+c.W/2, c.Y+c.H/2))
	b.drain()
}

// clickDialog presses a button of the open dialog. The test canvas finds only what lies in its content, so the button
// is pressed itself.
func (b *bench) clickDialog(name string) {
	b.t.Helper()
	b.until(name+" can be pressed", func(v probe.View) bool {
		return slices.ContainsFunc(v.Controls, func(c probe.Control) bool { return c.Name == name && c.Visible && c.Enabled })
	})
	for _, o := range b.w.shell.Dialogs.Contents() {
		for _, x := range test.LaidOutObjects(o) {
			if n, ok := x.(interface {
				ProbeName() string
				Tapped(*fyne.PointEvent)
			}); ok && n.ProbeName() == name {
				n.Tapped(&fyne.PointEvent{})
				b.drain()
				return
			}
		}
	}
	b.t.Fatalf("the dialog has no %s", name)
}

func (b *bench) free() {
	up := feeds.Reach{Known: true, OK: true, Since: now.Add(-time.Hour)}
	b.frame.Publish(feeds.Frame{LockKnown: true, Lock: locking.Card{AsOf: now}, Database: up, Fabric: up, Files: up, AsOf: now})
}

func (b *bench) held(p runs.Phase) {
	up := feeds.Reach{Known: true, OK: true, Since: now.Add(-time.Hour)}
	r := runOf("ben", runs.Running)
	b.frame.Publish(feeds.Frame{
		LockKnown: true, Active: &r, Phase: p, Database: up, Fabric: up, Files: up, AsOf: now,
		Lock: locking.Card{RunID: r.ID, LockedAt: now.Add(-192 * time.Second), LockedBy: locking.Owner{User: "ben", Host: "PC-12"}, AsOf: now},
	})
}

func (b *bench) importFiles(names ...string) {
	s := feeds.Import{Loaded: true, AsOf: now}
	for _, n := range names {
		s.Files = append(s.Files, artifacts.File{Name: n, Path: artifacts.ImportFolder + "/" + n, Size: 4_617_000, Modified: now.Add(-5 * time.Hour), ETag: "1"})
	}
	b.files.Publish(s)
}
