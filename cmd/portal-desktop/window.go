//go:build !nowindow

package main

import (
	"context"
	"image"
	"os"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"github.com/google/uuid"

	"fabricportal/assets"
	"fabricportal/internal/gui"
	"fabricportal/internal/portal"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/runs"
)

// appID names the program's settings folder; it is FyneApp.toml's and never changes.
const appID = "fabric.data.portal.desktop"

// openWindow shows the window and returns when it was closed, or when ctx ended. Where the configuration is missing or
// incomplete, it is asked for first.
var openWindow = func(ctx context.Context, configPath string) error {
	a := app.NewWithID(appID)
	a.SetIcon(assets.Icon)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	d, err := newDesk(ctx, a)
	if err != nil {
		gui.ShowFailure(ctx, a, portal.Sentence(err))
		return err
	}
	defer d.end()
	path := d.profiles.ConfigPath(configPath)
	p, err := portal.Open(ctx, portal.Options{ConfigPath: path, Version: version})
	switch {
	case err == nil:
		d.show(p)
	case portal.NeedsSetup(err):
		setup, failed := portal.NewSetup(path, version)
		if failed != nil {
			err = failed
			break
		}
		first := portal.EditProfile(d.profiles, setup.Path, version)
		d.setUp(first, first.Kept(ctx), first.Values(), portal.NothingThere(err), portal.Sentence(err))
		err = nil
	}
	if err != nil {
		// A program that was started by a double click has no terminal to say it in.
		gui.ShowFailure(ctx, a, portal.Sentence(err))
		return err
	}
	// An interrupt from outside closes the windows as their own buttons do.
	stop := context.AfterFunc(ctx, func() { fyne.Do(a.Quit) })
	defer stop()
	a.Run() // until the last window is closed
	return nil
}

// background is what the window asks of what goes on behind it.
type background interface {
	Refresh()
	MoreRuns()
	RunWhenFree(ctx context.Context, inputFile string) error
	DropWaiting()
}

// actions hands the window's requests to the services.
type actions struct {
	*portal.Portal
	background
}

func (a actions) AnalyzeLocal(ctx context.Context, path string, o analysis.Options) (gui.Analysis, error) {
	found, known, err := a.Portal.AnalyzeLocal(ctx, path, o)
	return gui.Analysis{Result: found, History: known}, err
}

func (a actions) AnalyzeRemote(ctx context.Context, file artifacts.File, o analysis.Options) (gui.Analysis, error) {
	found, known, err := a.Portal.AnalyzeRemote(ctx, file, o)
	return gui.Analysis{Result: found, History: known}, err
}

func (a actions) SaveOffendingLocal(ctx context.Context, path string, o analysis.Options) (string, error) {
	return a.Portal.SaveOffendingLocal(ctx, downloads(), path, o)
}

func (a actions) SaveOffendingRemote(ctx context.Context, file artifacts.File, o analysis.Options) (string, error) {
	return a.Portal.SaveOffendingRemote(ctx, downloads(), file, o)
}

func (a actions) Upload(ctx context.Context, path string, overwrite bool, p gui.Progress) (artifacts.File, error) {
	return a.Portal.Upload(ctx, path, overwrite, p)
}

func (a actions) Detail(ctx context.Context, id uuid.UUID) (gui.Detail, error) {
	run, list, events, err := a.RunDetail(ctx, id)
	return gui.Detail{Run: run, Artifacts: list, Events: events}, err
}

func (a actions) Download(ctx context.Context, path, localPath string, p gui.Progress) (string, error) {
	if localPath == "" {
		localPath = downloads()
	}
	saved, err := a.Save(ctx, path, localPath, p)
	return saved.Path, err
}

func (a actions) Table(ctx context.Context, r feeds.Results, p gui.Progress) (gui.Table, error) {
	t, err := a.Rows(ctx, r, p)
	if err != nil {
		return nil, err
	}
	return gui.TableOf(t), nil
}

func (a actions) Before(ctx context.Context, r feeds.Results) (gui.Before, error) {
	b, err := a.Portal.Before(ctx, r)
	return gui.Before(b), err
}

func (a actions) ExportExcel(ctx context.Context, r feeds.Results, view gui.View, columns []int, p gui.Progress) (string, error) {
	return a.Portal.ExportExcel(ctx, downloads(), r, view, columns, gui.Word, p)
}

func (a actions) ExportCSV(ctx context.Context, r feeds.Results, view gui.View, columns []int, p gui.Progress) (string, error) {
	return a.Portal.ExportCSV(ctx, downloads(), r, view, columns, p)
}

func (a actions) FindRuns(ctx context.Context, f gui.RunFilter, limit int) ([]runs.Run, bool, error) {
	return a.Portal.FindRuns(ctx, portal.RunFilter(f), limit)
}

func (a actions) Evidence(ctx context.Context, run uuid.UUID, p gui.Progress) (string, error) {
	return a.Portal.Evidence(ctx, run, downloads(), gui.Word, p)
}

func (a actions) SavePicture(ctx context.Context, title string, picture image.Image) (string, error) {
	return a.Portal.SavePicture(ctx, downloads(), title, picture)
}

func (actions) Sentence(err error) string { return portal.Sentence(err) }

// downloads is the user's folder for downloads, else the one for temporary files.
func downloads() string {
	if home, err := os.UserHomeDir(); err == nil {
		dir := filepath.Join(home, "Downloads")
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			return dir
		}
	}
	return os.TempDir()
}
