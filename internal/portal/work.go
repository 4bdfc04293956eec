package portal

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"

	"fabricportal/contract"
	"fabricportal/internal/services/db"
	"fabricportal/internal/services/desktop/imports"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/runs"
)

// Files lists Files/import, newest first.
func (p *Portal) Files(ctx context.Context) ([]artifacts.File, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	return p.files.ListImport(ctx)
}

// Upload puts a file of this machine into Files/import under its own name.
func (p *Portal) Upload(ctx context.Context, path string, overwrite bool, progress func(sent, total int64)) (artifacts.File, error) {
	f, err := os.Open(path)
	if err != nil {
		return artifacts.File{}, cannotRead(path, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return artifacts.File{}, cannotRead(path, err)
	}
	if info.IsDir() {
		return artifacts.File{}, fmt.Errorf("%s is a folder: name a file in it", path)
	}
	size := info.Size()
	opts := artifacts.UploadOptions{Overwrite: overwrite}
	if progress != nil {
		opts.Progress = func(sent int64) { progress(sent, size) }
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, io.NewSectionReader(f, 0, size)); err != nil {
		return artifacts.File{}, cannotRead(path, err)
	}
	uploaded, err := p.files.Upload(ctx, filepath.Base(path), f, size, opts)
	if err == nil {
		hash := hex.EncodeToString(sum.Sum(nil))
		p.contents.remember(uploaded, hash)
		p.remember(ctx, imports.Record{Kind: imports.Uploaded, SHA256: hash, File: uploaded.Name, Size: size, By: p.User(), At: time.Now()})
	}
	return uploaded, err
}

// cannotRead words why a file of this machine can't be uploaded.
func cannotRead(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s was not found: check the name and the folder", path)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s may not be read by this user: ask its owner for the right to read it", path)
	}
	return fmt.Errorf("%s can't be read: close it in other programs and try again (%w)", path, err)
}

// Run starts a run of the pipeline on a file in Files/import.
func (p *Portal) Run(ctx context.Context, inputFile string) (runs.Run, error) {
	return p.runs.Submit(ctx, runs.Request{InputFile: inputFile, SHA256: p.knownHash(ctx, inputFile), RequestedBy: p.User()})
}

// knownHash is the SHA-256 of the file as this program uploaded or profiled it, if that is still what lies there. The
// run's notebook states what it read, and a difference becomes a warning.
func (p *Portal) knownHash(ctx context.Context, name string) string {
	if !p.contents.knows(name) {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	now, err := p.files.Stat(ctx, artifacts.ImportFolder+"/"+name)
	if err != nil {
		return "" // submitting looks for the file itself, and says what is wrong
	}
	return p.contents.hash(now)
}

// Restore starts a run that promotes an older run's outputs.
func (p *Portal) Restore(ctx context.Context, source uuid.UUID) (runs.Run, error) {
	return p.runs.Restore(ctx, source, p.User())
}

// Cancel asks Fabric to cancel a run.
func (p *Portal) Cancel(ctx context.Context, run uuid.UUID) error {
	return p.runs.Cancel(ctx, run, p.User())
}

// Runs lists past runs, latest first.
func (p *Portal) Runs(ctx context.Context, limit int) ([]runs.Run, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	return p.db.ListRuns(ctx, nil, limit)
}

// FindRun reads a run's id, or the beginning of one.
func (p *Portal) FindRun(ctx context.Context, text string) (uuid.UUID, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	if id, err := uuid.Parse(text); err == nil {
		run, err := p.db.Run(ctx, id)
		return run.ID, err
	}
	prefix := strings.ToLower(strings.TrimSpace(text))
	if len(prefix) < 4 {
		return uuid.Nil, fmt.Errorf("“%s” is no run id: give at least its first four characters, as “runs” shows them", text)
	}
	found, err := p.db.FindRuns(ctx, prefix, 2)
	if err != nil {
		return uuid.Nil, err
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return uuid.Nil, fmt.Errorf("no run's id begins with “%s”: “runs” lists them", text)
	}
	return uuid.Nil, fmt.Errorf("more than one run's id begins with “%s”: give more of it", text)
}

// State is the given run, or with uuid.Nil the active one, else the last.
func (p *Portal) State(ctx context.Context, id uuid.UUID) (RunState, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	var s RunState
	var err error
	if s.Lock, err = p.db.LockCard(ctx); err != nil {
		return s, err
	}
	if id == uuid.Nil {
		id = s.Lock.RunID
	}
	if id == uuid.Nil {
		list, err := p.db.ListRuns(ctx, nil, 1)
		if err != nil {
			return s, err
		}
		if len(list) == 0 {
			return s, ErrNoRun
		}
		id = list[0].ID
	}
	if s.Run, err = p.db.Run(ctx, id); err != nil {
		return s, err
	}
	if s.Events, err = p.db.Events(ctx, id); err != nil {
		return s, err
	}
	if s.Lock.RunID == id {
		s.Phase = p.runs.Phase(s.Run, s.Events, s.Lock.AsOf)
	}
	return s, nil
}

// Follow reconciles as any desktop does until the run has ended, and calls seen after each change.
func (p *Portal) Follow(ctx context.Context, id uuid.UUID, seen func(RunState)) (runs.Run, error) {
	woken := make(chan struct{}, 1)
	loop := runs.NewLoop(p.runs, func(out runs.Outcome, _ error) {
		if out.Changed {
			select {
			case woken <- struct{}{}:
			default:
			}
		}
	})
	loop.Start(ctx)
	defer loop.Stop()
	timer := time.NewTimer(0)
	defer timer.Stop()
	events := -1
	for {
		select {
		case <-ctx.Done():
			return runs.Run{ID: id}, ctx.Err()
		case <-timer.C:
		case <-woken:
		}
		s, err := p.State(ctx, id)
		var gone *db.UnreachableError
		switch {
		case ctx.Err() != nil:
			return s.Run, ctx.Err()
		case errors.As(err, &gone): // the database comes back, or the user gives up
			p.log.Warn("following a run", "error", err)
		case err != nil:
			return s.Run, err
		case len(s.Events) != events || s.Run.Status.Terminal():
			events = len(s.Events)
			seen(s)
			if s.Run.Status.Terminal() {
				return s.Run, nil
			}
		}
		timer.Reset(time.Second)
	}
}

// KPIs is the snapshot of the given run, or with uuid.Nil of current/.
func (p *Portal) KPIs(ctx context.Context, id uuid.UUID) (contract.KPIs, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	if id == uuid.Nil {
		k, err := artifacts.Document[contract.KPIs](ctx, p.files, artifacts.CurrentFolder, artifacts.KPIsFile)
		var missing *artifacts.NotFoundError
		if errors.As(err, &missing) {
			return k, errors.New("nothing has been published yet: run the pipeline first")
		}
		return k, err
	}
	run, err := p.db.Run(ctx, id)
	if err != nil {
		return contract.KPIs{}, err
	}
	if run.KPIs == nil && run.Status == runs.Succeeded {
		return contract.KPIs{}, fmt.Errorf("the database does not hold the KPIs of run %s: “status %s” says why", id, id)
	}
	if run.KPIs == nil {
		return contract.KPIs{}, fmt.Errorf("run %s has no KPIs: it is %s", id, run.Status)
	}
	return contract.Decode[contract.KPIs]("the KPIs of run "+id.String(), run.KPIs)
}

// Artifacts lists what a run left in the lakehouse.
func (p *Portal) Artifacts(ctx context.Context, run uuid.UUID) ([]runs.Artifact, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	return p.db.Artifacts(ctx, run)
}

// Download saves a file of a run's folder, or with uuid.Nil of current/, at toPath or under its own name here.
func (p *Portal) Download(ctx context.Context, run uuid.UUID, name, toPath string, progress func(done, total int64)) (artifacts.Saved, error) {
	if name == "" || strings.ContainsAny(name, `/\`) || !filepath.IsLocal(name) {
		return artifacts.Saved{}, fmt.Errorf("“%s” is no file name: “artifacts RUN_ID” lists them", name)
	}
	folder := artifacts.CurrentFolder
	if run != uuid.Nil {
		folder = artifacts.RunsFolder + "/" + run.String()
	}
	if toPath == "" {
		toPath = name
	}
	return artifacts.Save(ctx, p.files, folder+"/"+name, toPath, progress)
}
