// Package gui is the window. It draws snapshots and asks for work through the interfaces below; it knows no SQL, HTTP or
// file format.
package gui

import (
	"context"
	"errors"
	"net/url"
	"reflect"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/data/binding"
	"github.com/google/uuid"

	"fabricportal/contract"
	"fabricportal/internal/gui/probe"
	"fabricportal/internal/services/artifacts"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/runs"
)

// Feed hands over the newest snapshot and each later one, on any goroutine, until the returned function is called.
type Feed[T any] interface {
	Subscribe(fn func(T)) (unsubscribe func())
}

// Feeds are what the screens show.
type Feeds struct {
	Frame   Feed[feeds.Frame]
	Import  Feed[feeds.Import]
	Monitor Feed[feeds.Monitor]
	Results Feed[feeds.Results]
	Archive Feed[feeds.Archive]
}

// Analysis is a file's profile and the KPIs it will give, or why it gives none.
type Analysis struct {
	Profile *contract.ImportProfile
	KPIs    *contract.KPIs
	Reason  string // why there are no KPIs
}

// Detail is a run with what it left.
type Detail struct {
	Run       runs.Run
	Artifacts []runs.Artifact
	Events    []runs.Event // oldest first
}

// Progress is called with what is done of how much; any goroutine.
type Progress func(done, total int64)

// Actions is the work that the window asks for. All but Refresh and MoreRuns may take long and are called on goroutines
// of their own. An error's text, through Sentence, is what the user reads.
type Actions interface {
	AnalyzeLocal(ctx context.Context, path string, p Progress) (Analysis, error)
	AnalyzeRemote(ctx context.Context, file artifacts.File, p Progress) (Analysis, error)
	Upload(ctx context.Context, path string, overwrite bool, p Progress) (artifacts.File, error)
	Run(ctx context.Context, inputFile string) (runs.Run, error)
	Restore(ctx context.Context, source uuid.UUID) (runs.Run, error)
	Cancel(ctx context.Context, run uuid.UUID) error
	Detail(ctx context.Context, run uuid.UUID) (Detail, error)
	// Download saves a lakehouse file on this machine and returns where.
	Download(ctx context.Context, path, localPath string, p Progress) (string, error)
	Refresh()
	MoreRuns()
	Sentence(err error) string
}

// Options are what a window is made of.
type Options struct {
	Version  string
	Profile  string // name of the configuration, such as Production
	User     string
	Feeds    Feeds
	Actions  Actions
	Dispatch func(func()) // runs a function on the window's goroutine; fyne.Do where nil
	Probe    *probe.Probe // nil: none
	OpenURL  func(*url.URL) error
	// OpenFolder is where the dialog for a file of this computer begins; "" for Fyne's own choice.
	OpenFolder string
}

// alreadyExists tells whether an upload failed because there is a file of that name.
func alreadyExists(err error) bool {
	var exists *artifacts.ExistsError
	return errors.As(err, &exists)
}

// bind connects a feed to a screen by a data binding: the feed's goroutine sets the snapshot, the one listener shows it
// on the window's goroutine. same tells whether two snapshots show alike, so that the second needs no drawing.
func bind[T any](f Feed[T], same func(a, b T) bool, show func(T)) (unsubscribe func()) {
	item := binding.NewItem(same)
	first := true
	item.AddListener(binding.NewDataListener(func() {
		if first { // the listener is called once for the empty item
			first = false
			return
		}
		if s, err := item.Get(); err == nil {
			show(s)
		}
	}))
	return f.Subscribe(func(s T) { _ = item.Set(s) })
}

// sameBut compares two snapshots after level has made alike what is not shown.
func sameBut[T any](level func(a, b *T)) func(a, b T) bool {
	return func(a, b T) bool {
		level(&a, &b)
		return reflect.DeepEqual(a, b)
	}
}

// task is a piece of work off the window's goroutine: work runs elsewhere, and what it returns is run on the window's.
func (w *Window) task(work func(ctx context.Context) func()) {
	w.tasks.Go(func() {
		then := work(w.ctx)
		if w.ctx.Err() != nil || then == nil {
			return
		}
		w.dispatch(then)
	})
}

// reporter hands progress to the window's goroutine, at most once for each percent.
func (w *Window) reporter(show func(share float64)) Progress {
	last := int64(-1)
	return func(done, total int64) {
		if total <= 0 {
			return
		}
		percent := done * 100 / total
		if percent == last {
			return
		}
		last = percent
		w.dispatch(func() { show(float64(percent) / 100) })
	}
}

// canvas is where the window draws.
func (w *Window) canvas() fyne.Canvas { return w.win.Canvas() }
