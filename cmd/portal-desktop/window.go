//go:build !nowindow

package main

import (
	"context"
	"os"
	"path/filepath"

	"fyne.io/fyne/v2/app"
	"github.com/google/uuid"

	"fabricportal/assets"
	"fabricportal/internal/gui"
	"fabricportal/internal/gui/probe"
	"fabricportal/internal/portal"
	"fabricportal/internal/services/artifacts"
	"fabricportal/internal/services/wishes"
)

// appID names the program's settings folder; it is FyneApp.toml's and never changes.
const appID = "fabric.data.portal.desktop"

// openWindow shows the window and returns when it was closed, or when ctx ended.
var openWindow = func(ctx context.Context, configPath string) error {
	a := app.NewWithID(appID)
	a.SetIcon(assets.Icon)
	p, err := portal.Open(ctx, portal.Options{ConfigPath: configPath, Version: version})
	if err != nil {
		// A program that was started by a double click has no terminal to say it in.
		gui.ShowFailure(ctx, a, portal.Sentence(err))
		return err
	}
	defer p.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var w *gui.Window
	live := p.Live(func(o wishes.Outcome) { w.Wished(o.Wish.InputFile, o.Run, o.Err) }) // not before Start, and w is there by then
	w = gui.New(ctx, a, gui.Options{
		Version: version, Profile: p.Name(), User: p.User(), Probe: probe.FromEnvironment(), OpenFolder: os.Getenv("PORTAL_OPEN_FOLDER"),
		Feeds:   gui.Feeds{Frame: &live.Frame, Import: &live.Import, Monitor: &live.Monitor, Results: &live.Results, Archive: &live.Archive},
		Actions: actions{p, live},
	})
	live.Start(ctx)
	defer live.Stop()
	// An interrupt from outside closes the window as its own button does.
	stop := context.AfterFunc(ctx, w.Close)
	defer stop()
	w.ShowAndRun()
	return nil
}

// background is what the window asks of what goes on behind it.
type background interface {
	Refresh()
	MoreRuns()
	RunWhenFree(ctx context.Context, inputFile string) error
	DropWish()
}

// actions hands the window's wishes to the services.
type actions struct {
	*portal.Portal
	background
}

func (a actions) AnalyzeLocal(ctx context.Context, path string, p gui.Progress) (gui.Analysis, error) {
	return analysis(a.Portal.AnalyzeLocal(ctx, path, p))
}

func (a actions) AnalyzeRemote(ctx context.Context, file artifacts.File, p gui.Progress) (gui.Analysis, error) {
	return analysis(a.Portal.AnalyzeRemote(ctx, file, p))
}

func analysis(found portal.Analysis, err error) (gui.Analysis, error) {
	if err != nil {
		return gui.Analysis{}, err
	}
	out := gui.Analysis{Profile: found.Profile, KPIs: found.KPIs, Rules: found.Rules, Drift: found.Drift, Published: found.Published}
	if found.KPIError != nil {
		out.Reason = portal.Sentence(found.KPIError)
	}
	return out, nil
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
