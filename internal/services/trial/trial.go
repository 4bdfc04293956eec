// Package trial makes a real run of a tiny file, to prove that runs work, and takes back what that changed.
package trial

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/services/doctor"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/runs"
)

// Runner starts and follows runs as all parts of the program do; *portal.Portal is one.
type Runner interface {
	Run(ctx context.Context, inputFile string, how *contract.ReadOptions) (runs.Run, error)
	Restore(ctx context.Context, source uuid.UUID) (runs.Run, error)
	// Follow calls seen after each change until the run has ended.
	Follow(ctx context.Context, run uuid.UUID, seen func(runs.State)) (runs.Run, error)
	State(ctx context.Context, run uuid.UUID) (runs.State, error)
	Artifacts(ctx context.Context, run uuid.UUID) (runs.Artifacts, error)
}

// Trial is a real run of a tiny file under a name of its own. A run publishes what it computes, so what is published before is put back
// by the restore pipeline afterwards; where nothing was, the trial's own figures are taken away again. Where somebody else's run has published
// meanwhile, that stays.
type Trial struct {
	Runs    Runner
	Files   artifacts.Store // a file is removed where it can: Remove(context.Context, artifacts.File) error
	Replace bool            // what is published may be replaced while the trial lasts
	Said    func(string)    // is told what happens

	checks []doctor.Check
	name   string     // of the file
	was    *uuid.UUID // the run whose figures were published; nil for none
}

// note records one check and tells whether it passed.
func (t *Trial) note(name, found string, err error) bool {
	c := doctor.Check{Name: name, OK: err == nil, Message: found}
	if err != nil {
		c.Message = format.Sentence(err)
	}
	t.checks = append(t.checks, c)
	return c.OK
}

// The trial's file and what comes out of it.
const (
	trialContent = "order_id,order_date,revenue\nTRIAL-1,2026-01-15,10.50\nTRIAL-2,2026-01-16,20.25\n"
	trialOrders  = 2
	trialRevenue = 30.75
)

// Do makes the trial. It ends with the run, or with the context: then the run goes on.
func (t Trial) Do(ctx context.Context) []doctor.Check {
	t.name = "portal-trial-" + time.Now().UTC().Format("20060102-150405") + "-" + uuid.NewString()[:8] + ".csv"
	if !t.note("trial", "A tiny file "+t.name+" is run as any other.", t.allowed(ctx)) {
		return t.checks
	}
	t.Said("uploading " + t.name)
	file, err := t.Files.Upload(ctx, t.name, strings.NewReader(trialContent), int64(len(trialContent)), artifacts.UploadOptions{})
	if !t.note("trial's upload", "It arrived in "+artifacts.ImportFolder+".", err) {
		return t.checks
	}
	run, ended := t.run(ctx)
	if !ended {
		return t.checks
	}
	if run.ID != uuid.Nil {
		t.note("trial's figures", "They are published, and what they should be.", t.figures(ctx, run))
		t.putBack(ctx, run.ID)
	}
	t.note("trial's file", "It was removed again. What the run left in its own folder, and its line in the list of runs, stay.", t.remove(ctx, file))
	return t.checks
}

// allowed tells whether a trial would harm nobody.
func (t *Trial) allowed(ctx context.Context) error {
	published, err := t.publishedKPIs(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("what is published now can't be read, so it could not be put back after a trial: %w", err)
	case published == nil:
		return nil
	}
	id, ok := runOf(*published)
	if !ok {
		return errors.New("the published figures name no run, so they could not be put back after a trial: nothing was done")
	}
	if !t.Replace {
		return fmt.Errorf("figures are published (of run %s), and a trial's run replaces them for some minutes: nothing was done; “doctor --trial --replace” makes the trial, and restores that run after it", id)
	}
	state, err := t.Runs.State(ctx, id)
	if err != nil {
		return fmt.Errorf("run %s, whose figures are published, can't be looked at, so it could not be put back after a trial: %w", id, err)
	}
	if !state.Run.Published() {
		return fmt.Errorf("run %s, whose figures are published, is %s, so it could not be put back after a trial: nothing was done", id, state.Run.Status)
	}
	t.was = &id
	return nil
}

// runOf is the run that a document says it is of.
func runOf(k contract.KPIs) (uuid.UUID, bool) {
	if k.RunID == nil {
		return uuid.Nil, false
	}
	id, err := uuid.Parse(*k.RunID)
	return id, err == nil
}

// run starts the run and waits for its end. Without one in Fabric the run's id is nil; ended is false where it goes on.
func (t *Trial) run(ctx context.Context) (run runs.Run, ended bool) {
	run, err := t.Runs.Run(ctx, t.name, nil)
	if err != nil {
		t.note("trial's run", "", err)
		return runs.Run{}, true
	}
	t.Said("run " + run.ID.String() + " was started")
	id := run.ID
	run, err = t.follow(ctx, id)
	if err != nil {
		back := "“portal-desktop doctor” shows then what is published"
		if t.was != nil {
			back = "“portal-desktop restore " + t.was.String() + "” then puts back what was published"
		}
		t.note("trial's run", "", fmt.Errorf("it was not waited for to its end (%w): run %s goes on, and its file %s stays in %s; %s", err, id, t.name, artifacts.ImportFolder, back))
		return runs.Run{}, false
	}
	took := ""
	if d, ok := run.Took(); ok {
		took = " after " + format.Duration(d)
	}
	t.note("trial's run", "Run "+id.String()+" has succeeded"+took+".", failed(run))
	return run, true
}

func failed(run runs.Run) error {
	if run.Status == runs.Succeeded {
		return nil
	}
	return fmt.Errorf("run %s failed: %s", run.ID, run.ErrorMessage)
}

func (t *Trial) follow(ctx context.Context, id uuid.UUID) (runs.Run, error) {
	last := runs.Status("")
	return t.Runs.Follow(ctx, id, func(s runs.State) {
		if s.Run.Status != last {
			last = s.Run.Status
			t.Said("run " + id.String() + ": " + string(last))
		}
	})
}

// trialOutputs are what a run leaves in its folder.
var trialOutputs = []string{artifacts.KPIsFile, artifacts.ProfileFile, artifacts.MetadataFile, artifacts.CSVFile, artifacts.ParquetFile}

// figures tells what is wrong with what the run left.
func (t *Trial) figures(ctx context.Context, run runs.Run) error {
	if run.Status != runs.Succeeded {
		return errors.New("there are none, as the run failed")
	}
	left, err := t.Runs.Artifacts(ctx, run.ID)
	if err != nil {
		return err
	}
	var lacks []string
	for _, name := range trialOutputs {
		if !slices.ContainsFunc(left.Rows, func(a runs.Artifact) bool { return path.Base(a.Path) == name }) {
			lacks = append(lacks, name)
		}
	}
	if len(lacks) > 0 {
		return fmt.Errorf("the run left no %s: look at the notebook's run in Fabric", strings.Join(lacks, ", "))
	}
	for _, folder := range []string{artifacts.RunsFolder + "/" + run.ID.String(), artifacts.CurrentFolder} {
		var k contract.KPIs
		if folder == artifacts.CurrentFolder {
			k, err = t.kpis(ctx)
		} else {
			k, err = artifacts.Document[contract.KPIs](ctx, t.Files, folder, artifacts.KPIsFile)
		}
		if err != nil {
			return err
		}
		if id, _ := runOf(k); id != run.ID && folder == artifacts.CurrentFolder {
			return nil // somebody has published since
		}
		if k.Orders != trialOrders || math.Abs(k.TotalRevenue-trialRevenue) > 0.001 {
			return fmt.Errorf("%s in %s has other figures than the trial's file gives (orders %s, revenue %s; right is %s, %s): ask the notebook's owner to deploy it anew with “portal-desktop deploy”",
				artifacts.KPIsFile, folder, format.Count(k.Orders), format.Money(k.TotalRevenue), format.Count(trialOrders), format.Money(trialRevenue))
		}
	}
	return nil
}

// putBack makes the published figures what they were, where they are the trial's.
func (t *Trial) putBack(ctx context.Context, trial uuid.UUID) {
	const name = "published before"
	seen, err := t.look(ctx) // before it is asked whose they are, so that nothing newer is taken for the trial's
	now, unread := t.published(ctx)
	if err = errors.Join(err, unread); err != nil || now != trial {
		t.note(name, "What is published is not the trial's, and was left as it is.", err)
		return
	}
	if t.was == nil {
		t.note(name, "Nothing was, and the trial's figures were taken away again.", t.unpublish(ctx, seen))
		return
	}
	t.Said("putting run " + t.was.String() + " back")
	restore, err := t.Runs.Restore(ctx, *t.was)
	if err == nil {
		restore, err = t.follow(ctx, restore.ID)
	}
	if err == nil {
		err = failed(restore)
	}
	now, unread = t.published(ctx)
	if err = errors.Join(err, unread); err == nil && now == trial {
		err = errors.New("the restore has ended")
	}
	if err != nil {
		err = fmt.Errorf("the trial's figures are still published: restore what was with “portal-desktop restore %s” (%w)", t.was, err)
	}
	t.note(name, "Run "+t.was.String()+" is published again, by the restore pipeline.", err)
}

// published is the run whose figures are; uuid.Nil for none.
func (t *Trial) published(ctx context.Context) (uuid.UUID, error) {
	k, err := t.publishedKPIs(ctx)
	if err != nil || k == nil {
		return uuid.Nil, err
	}
	id, _ := runOf(*k)
	return id, nil
}

// publishedKPIs are the published figures; nil where there are none.
func (t *Trial) publishedKPIs(ctx context.Context) (*contract.KPIs, error) {
	k, err := t.kpis(ctx)
	if _, none := errors.AsType[*artifacts.NotFoundError](err); none {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &k, nil
}

func (t *Trial) kpis(ctx context.Context) (contract.KPIs, error) {
	return artifacts.ReadPublished(ctx, t.Files, func(p *artifacts.Published) (contract.KPIs, error) {
		return artifacts.PublishedDocument[contract.KPIs](ctx, p, artifacts.KPIsFile)
	})
}

// look tells about the published files. The manifest is the last, since as long as it stands the trial's figures are published: to those
// who read them meanwhile they are whole, and then gone.
func (t *Trial) look(ctx context.Context) ([]artifacts.File, error) {
	var seen []artifacts.File
	for _, name := range append(slices.Clone(trialOutputs), artifacts.ManifestFile) {
		f, err := t.Files.Stat(ctx, artifacts.CurrentFolder+"/"+name)
		if _, none := errors.AsType[*artifacts.NotFoundError](err); none {
			continue
		}
		if err != nil {
			return nil, err
		}
		seen = append(seen, f)
	}
	return seen, nil
}

// unpublish removes the trial's figures as they were seen: what somebody has replaced since stays.
func (t *Trial) unpublish(ctx context.Context, seen []artifacts.File) error {
	for _, f := range seen {
		if err := t.remove(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

func (t *Trial) remove(ctx context.Context, f artifacts.File) error {
	lake, ok := t.Files.(interface {
		Remove(ctx context.Context, seen artifacts.File) error
	})
	if !ok {
		return errors.New("this program can't remove " + f.Path + ": delete it in Fabric")
	}
	return lake.Remove(ctx, f)
}
