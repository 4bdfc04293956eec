//go:build !nowindow

package main

import (
	"context"
	"errors"
	"image"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"github.com/google/uuid"

	"fabricportal/assets"
	"fabricportal/contract"
	"fabricportal/internal/gui"
	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/picture"
	"fabricportal/internal/lifecycle"
	"fabricportal/internal/portal"
	"fabricportal/internal/services/desktop/imports"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/importfile/sample"
	"fabricportal/internal/services/results/changes"
	"fabricportal/internal/services/results/dataset"
	"fabricportal/internal/services/results/export"
	"fabricportal/internal/services/setup/policy"
	"fabricportal/internal/services/setup/settings"
)

// appID names the program's settings folder; it is FyneApp.toml's and never changes.
const appID = "fabric.data.portal.desktop"

// endingTime is how long the window may take to end when the program is asked to, before it is ended without its help: it may
// be drawing what it can't finish.
const endingTime = 5 * time.Second

// openWindow shows the window and returns when it was closed, or when ctx ended. Where the configuration is missing or
// incomplete, it is asked for first. Where the connection has a window already, that one comes forward and opens the files.
var openWindow = func(ctx context.Context, configPath string, files []string) error {
	if ended, err := softwareOpenGL(ctx); ended {
		return err
	}
	var open atomic.Pointer[desk]
	ended := lifecycle.EndBy(ctx, endingTime, func() { open.Load().abandon() }, os.Exit)
	defer ended()
	// Whoever asks twice does not wait: the first signal is answered as above, the second ends the program as any other.
	again := context.AfterFunc(ctx, func() { signal.Reset(os.Interrupt, syscall.SIGTERM) })
	defer again()
	lettering.HideBy(redactor.Hide)
	if p, err := policy.Machine(); err == nil { // what can't be read is told where the configuration is
		gui.PresetLanguage(p.Language)
	}
	var reduced atomic.Bool // until the system has answered, things move
	a := gui.Still(app.NewWithID(appID), reduced.Load)
	a.SetIcon(assets.Icon)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	d, err := newDesk(ctx, a)
	if err != nil {
		gui.ShowFailure(ctx, a, sentence(err))
		return err
	}
	open.Store(d)
	defer d.end()
	d.ending.Go(func() {
		ctx, cancel := context.WithTimeout(ctx, motionTime)
		defer cancel()
		reduced.Store(motionReduced(ctx))
	})
	path := d.connections.ConfigPath(configPath, os.LookupEnv)
	if d.elsewhere(ctx, path, files) {
		return nil
	}
	d.pending = files
	p, err := portal.Open(ctx, opening(path))
	switch {
	case err == nil:
		d.show(p)
	case settings.NeedsSetup(err):
		first, failed := settings.EditConnection(d.connections, path)
		if failed != nil {
			err = failed
			break
		}
		first.Session = entered
		d.setUp(first, first.Kept(ctx), first.Values(), settings.NothingThere(err), sentence(err))
		err = nil
	case settings.NeedsSecrets(err):
		u := settings.Unlock{ConfigPath: path, Session: entered}
		kept, failed := u.Kept(ctx)
		if failed != nil {
			err = failed
			break
		}
		d.unlock(u, kept, sentence(err))
		err = nil
	}
	if err != nil {
		d.claims.end() // a later start is to say itself what hinders it
		// A program that was started by a double click has no terminal to say it in.
		gui.ShowFailure(ctx, a, sentence(err))
		return err
	}
	// An interrupt from outside closes the windows as their own buttons do.
	stop := context.AfterFunc(ctx, func() { fyne.Do(a.Quit) })
	defer stop()
	a.Run() // until the last window is closed
	return nil
}

// motionTime is how long the system may take to say whether anything is to move.
const motionTime = 2 * time.Second

// background is what the window asks of what goes on behind it.
type background interface {
	Refresh()
	MoreRuns()
	RunWhenFree(ctx context.Context, inputFile string, how *contract.ReadOptions) error
	DropWaiting()
}

// actions hands the window's requests to the services.
type actions struct {
	*portal.Portal
	background
}

func (a actions) AnalyzeLocal(ctx context.Context, path string, o analysis.Options, recall bool) (gui.Analysis, error) {
	found, err := a.Portal.AnalyzeLocal(ctx, path, o, recall)
	return gui.Analysis(found), err
}

func (a actions) AnalyzeRemote(ctx context.Context, file artifacts.File, o analysis.Options, recall bool) (gui.Analysis, error) {
	found, err := a.Portal.AnalyzeRemote(ctx, file, o, recall)
	return gui.Analysis(found), err
}

func (a actions) HeadRemote(ctx context.Context, file artifacts.File, o analysis.Options) (gui.Head, error) {
	head, err := a.Portal.HeadRemote(ctx, file, o)
	return gui.Head(head), err
}

func (a actions) SaveOffendingLocal(ctx context.Context, path string, o analysis.Options) (string, error) {
	return a.Portal.SaveOffendingLocal(ctx, downloads(), path, o)
}

func (a actions) SaveOffendingRemote(ctx context.Context, file artifacts.File, o analysis.Options) (string, error) {
	return a.Portal.SaveOffendingRemote(ctx, downloads(), file, o)
}

func (a actions) Upload(ctx context.Context, path string, how imports.How, p gui.Progress) (artifacts.File, error) {
	if sample.Is(path) { // the window does not offer it
		return artifacts.File{}, errors.New("made-up data is not uploaded: choose a file with real orders")
	}
	return a.Uploader.Upload(ctx, path, how, p)
}

func (a actions) Download(ctx context.Context, path, localPath string, p gui.Progress) (string, error) {
	if localPath == "" {
		localPath = downloads()
	}
	saved, err := a.Save(ctx, path, localPath, p)
	return saved.Path, err
}

func (a actions) Table(ctx context.Context, r feeds.Results, how dataset.How, p gui.Progress) (gui.Table, error) {
	return table(a.Rows.Open(ctx, runOf(r), how, p))
}

func (a actions) TableInPlace(ctx context.Context, r feeds.Results, how dataset.How, p gui.Progress) (gui.Table, error) {
	return table(a.Rows.InPlace(ctx, runOf(r), how, p))
}

// runOf is the run that the figures are of; nil where they do not say so.
func runOf(r feeds.Results) *string {
	if r.KPIs == nil {
		return nil
	}
	return r.KPIs.RunID
}

func table(t *dataset.Table, err error) (gui.Table, error) {
	if err != nil {
		return nil, err
	}
	return gui.TableOf(t), nil
}

func (a actions) RowsHere(_ context.Context, r feeds.Results) (bool, int64) {
	return r.KPIs != nil && a.Rows.Has(r.KPIs.RunID), r.RowsBytes()
}

func (a actions) Before(ctx context.Context, r feeds.Results) (gui.Before, error) {
	return a.Reader.Before(ctx, r.Run, r.Restored)
}

func (a actions) ExportExcel(ctx context.Context, r feeds.Results, view gui.View, columns []int, rows gui.Population, p gui.Progress) (string, error) {
	of := published(r)
	of.Filter, of.Part, of.Notes = rows.Filter, rows.Part, rows.Notes
	return a.Exports.Excel(ctx, downloads(), of, view, columns, gui.Word, p)
}

func (a actions) ExportCSV(ctx context.Context, r feeds.Results, view gui.View, columns []int, p gui.Progress) (string, error) {
	return a.Exports.CSV(ctx, downloads(), published(r), view, columns, p)
}

func (a actions) ExportChanges(ctx context.Context, p changes.Pair, r *changes.Result, progress gui.Progress) (string, error) {
	return a.Exports.Changes(ctx, downloads(), p, r, gui.Word, progress)
}

func published(r feeds.Results) export.Published {
	return export.Published{Source: r.Source, KPIs: r.KPIs, Profile: r.Profile, Run: r.Run}
}

func (a actions) Evidence(ctx context.Context, run uuid.UUID, p gui.Progress) (string, error) {
	return a.Packer.Evidence(ctx, run, downloads(), gui.Writer(), p)
}

func (actions) SavePicture(ctx context.Context, title string, shown image.Image) (string, error) {
	return picture.Save(ctx, downloads(), title, shown)
}

func (actions) CopyPicture(ctx context.Context, shown image.Image) error {
	return picture.Copy(ctx, shown)
}

// Sentence is asked for where an error is shown, so that it stands in the log too, with its cause.
func (a actions) Sentence(err error) string {
	a.Log().Warn("shown in the window", "error", err)
	return sentence(err)
}
