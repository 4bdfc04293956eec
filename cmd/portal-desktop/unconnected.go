//go:build !nowindow

package main

import (
	"context"
	"image"
	"log/slog"

	"github.com/google/uuid"

	"fabricportal/contract"
	"fabricportal/internal/gui"
	"fabricportal/internal/gui/picture"
	"fabricportal/internal/portal"
	"fabricportal/internal/services/desktop/imports"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/importfile/spreadsheet"
	"fabricportal/internal/services/results/changes"
	"fabricportal/internal/services/results/comparison"
	"fabricportal/internal/services/results/dataset"
	"fabricportal/internal/services/runs"
)

// notConnectedError is what comes of anything but looking at a file, where no connection is set up. The window offers none of it.
type notConnectedError struct{}

func (notConnectedError) Error() string {
	return "this computer is not connected to Fabric yet: set up a connection first"
}

// unconnected is the work of a window without a connection: files of this computer are looked at, and that is all.
type unconnected struct{ portal.Local }

// unconnectedFeeds are the snapshots of a window without a connection, which never change.
func unconnectedFeeds() gui.Feeds {
	var frame feeds.Feed[feeds.Frame]
	frame.Publish(feeds.Frame{Unset: true})
	return gui.Feeds{
		Frame: &frame, Import: &feeds.Feed[feeds.Import]{}, Monitor: &feeds.Feed[feeds.Monitor]{}, Results: &feeds.Feed[feeds.Results]{}, Archive: &feeds.Feed[feeds.Archive]{},
	}
}

func (u unconnected) AnalyzeLocal(ctx context.Context, path string, o analysis.Options, _ bool) (gui.Analysis, error) {
	found, err := u.Analyze(ctx, path, o)
	if err != nil {
		return gui.Analysis{}, err
	}
	return gui.Analysis{Result: *found}, nil
}

func (u unconnected) SaveOffendingLocal(ctx context.Context, path string, o analysis.Options) (string, error) {
	return u.Local.SaveOffendingLocal(ctx, downloads(), path, o)
}

func (unconnected) SavePicture(ctx context.Context, title string, shown image.Image) (string, error) {
	return picture.Save(ctx, downloads(), title, shown)
}

func (unconnected) CopyPicture(ctx context.Context, shown image.Image) error {
	return picture.Copy(ctx, shown)
}

func (unconnected) Sentence(err error) string {
	slog.Warn("shown in the window", "error", err)
	return sentence(err)
}

func (unconnected) Refresh()     {}
func (unconnected) MoreRuns()    {}
func (unconnected) DropWaiting() {}

// KeepReading keeps nothing: what was decided holds while the file is shown.
func (unconnected) KeepReading(context.Context, []string, *contract.ImportProfile, contract.ReadOptions) error {
	return nil
}

func (unconnected) AnalyzeRemote(context.Context, artifacts.File, analysis.Options, bool) (gui.Analysis, error) {
	return gui.Analysis{}, notConnectedError{}
}

func (unconnected) HeadRemote(context.Context, artifacts.File, analysis.Options) (gui.Head, error) {
	return gui.Head{}, notConnectedError{}
}

func (unconnected) SaveOffendingRemote(context.Context, artifacts.File, analysis.Options) (string, error) {
	return "", notConnectedError{}
}

func (unconnected) Upload(context.Context, string, imports.How, gui.Progress) (artifacts.File, error) {
	return artifacts.File{}, notConnectedError{}
}

func (unconnected) Unfinished() ([]imports.Unfinished, error) { return nil, nil }

func (unconnected) Discard(context.Context, imports.Unfinished) error { return notConnectedError{} }

func (unconnected) LeftStaging(context.Context) ([]artifacts.File, error) { return nil, nil }

func (unconnected) RemoveStaging(context.Context, artifacts.File) error { return notConnectedError{} }

func (unconnected) Run(context.Context, string, *contract.ReadOptions) (runs.Run, error) {
	return runs.Run{}, notConnectedError{}
}

func (unconnected) RunPreview(context.Context, *contract.KPIs, *contract.ImportProfile) (comparison.Replacement, error) {
	return comparison.Replacement{}, notConnectedError{}
}

func (unconnected) RunWhenFree(context.Context, string, *contract.ReadOptions) error {
	return notConnectedError{}
}

func (unconnected) Cancel(context.Context, uuid.UUID) error { return notConnectedError{} }

func (unconnected) Examine(context.Context, uuid.UUID) (runs.Doubt, error) {
	return runs.Doubt{}, notConnectedError{}
}

func (unconnected) Adopt(context.Context, uuid.UUID, string) error { return notConnectedError{} }

func (unconnected) Dismiss(context.Context, uuid.UUID, []string, string) error {
	return notConnectedError{}
}

func (unconnected) Unlock(context.Context, uuid.UUID, string, string) error {
	return notConnectedError{}
}

func (unconnected) Download(context.Context, string, string, gui.Progress) (string, error) {
	return "", notConnectedError{}
}

func (unconnected) Table(context.Context, feeds.Results, dataset.How, gui.Progress) (gui.Table, error) {
	return nil, notConnectedError{}
}

func (unconnected) TableInPlace(context.Context, feeds.Results, dataset.How, gui.Progress) (gui.Table, error) {
	return nil, notConnectedError{}
}

func (unconnected) Before(context.Context, feeds.Results) (gui.Before, error) {
	return gui.Before{}, notConnectedError{}
}

func (unconnected) ExportExcel(context.Context, feeds.Results, gui.View, []int, gui.Population, gui.Progress) (string, error) {
	return "", notConnectedError{}
}

func (unconnected) ExportCSV(context.Context, feeds.Results, gui.View, []int, gui.Progress) (string, error) {
	return "", notConnectedError{}
}

func (unconnected) Restore(context.Context, uuid.UUID) (runs.Run, error) {
	return runs.Run{}, notConnectedError{}
}

func (unconnected) Detail(context.Context, uuid.UUID) (gui.Detail, error) {
	return gui.Detail{}, notConnectedError{}
}

func (unconnected) RunAgain(context.Context, uuid.UUID) (runs.Run, error) {
	return runs.Run{}, notConnectedError{}
}

func (unconnected) RunAgainPreview(context.Context, uuid.UUID) (comparison.Replacement, error) {
	return comparison.Replacement{}, notConnectedError{}
}

func (unconnected) FindRuns(context.Context, gui.RunFilter, int) ([]runs.Run, bool, error) {
	return nil, false, notConnectedError{}
}

func (unconnected) Compare(context.Context, uuid.UUID, uuid.UUID) (comparison.Comparison, error) {
	return comparison.Comparison{}, notConnectedError{}
}

func (unconnected) RestorePreview(context.Context, uuid.UUID) (comparison.Preview, error) {
	return comparison.Preview{}, notConnectedError{}
}

func (unconnected) Evidence(context.Context, uuid.UUID, gui.Progress) (string, error) {
	return "", notConnectedError{}
}

func (unconnected) Beside(context.Context, []runs.Run) (runs.Beside, error) {
	return runs.Beside{}, notConnectedError{}
}

func (unconnected) Note(context.Context, uuid.UUID, uuid.UUID, string) (runs.Note, error) {
	return runs.Note{}, notConnectedError{}
}

func (unconnected) RowsHere(context.Context, feeds.Results) (bool, int64) { return false, 0 }

// Profiled finds nothing: no notebook has looked at a file of this computer.
func (unconnected) Profiled(context.Context, artifacts.File) (*contract.ImportProfile, error) {
	return nil, nil
}

// RowsLocal reads all rows of a file of this computer.
func (u unconnected) RowsLocal(ctx context.Context, path string, o analysis.Options, how dataset.FileReading) (*dataset.FileRows, error) {
	o.Version = u.Version
	return dataset.ReadFileRows(ctx, spreadsheet.Disk(path), o, how)
}

func (unconnected) RowsRemote(context.Context, artifacts.File, analysis.Options, dataset.FileReading) (*dataset.FileRows, error) {
	return nil, notConnectedError{}
}

func (unconnected) WhatChanged(context.Context, uuid.UUID, uuid.UUID) (changes.Pair, error) {
	return changes.Pair{}, notConnectedError{}
}

func (unconnected) ChangedRows(context.Context, changes.Pair, dataset.How, func(changes.Stage, int64, int64)) (*changes.Result, error) {
	return nil, notConnectedError{}
}

func (unconnected) ExportChanges(context.Context, changes.Pair, *changes.Result, gui.Progress) (string, error) {
	return "", notConnectedError{}
}
