//go:build linux

package soak

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	"github.com/google/uuid"
	"go.uber.org/goleak"

	"fabricportal/internal/services/db"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/fabric/auth"
	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/fabric/transport"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/runs/locking"
	"fabricportal/internal/services/runs/outbox"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

// desktop is what a portal consists of, without its window.
type desktop struct {
	spec  Spec
	trap  *trap
	db    *db.DB
	files artifacts.Store
	runs  *runs.Runs
	rand  *rand.Rand
	loop  *runs.Loop
	close func()
}

// work is the main program of a desktop process.
func work(spec Spec) int {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	d, err := compose(ctx, spec)
	if err != nil {
		fmt.Fprintln(os.Stderr, "composing:", err)
		return 1
	}
	done := make(chan struct{})
	go func() { // the orchestrator's orders; their end is the end
		defer cancel()
		d.obey()
	}()
	go func() {
		defer close(done)
		d.act(ctx)
	}()
	if spec.Role != healerRole {
		d.loop.Start(ctx)
	}
	say("ready")
	<-ctx.Done()
	<-done
	d.loop.Stop()
	d.close()
	if err := goleak.Find(); err != nil && !raceyLeak(err) {
		fmt.Fprintln(os.Stderr, err)
		return 3
	}
	return 0
}

// raceyLeak tells whether what is left is only connections that are kept for the next request.
func raceyLeak(err error) bool {
	text := err.Error()
	return !strings.Contains(text, "fabricportal/") || strings.Contains(text, "persistConn")
}

// compose does what package portal does, with the failpoints in.
func compose(ctx context.Context, spec Spec) (*desktop, error) {
	d := &desktop{spec: spec, trap: &trap{fail: spec.Fail}, rand: rand.New(rand.NewPCG(spec.Seed, 1))}
	network, err := transport.New(spec.CAFile)
	if err != nil {
		return nil, err
	}
	network.Failpoint = d.trap.at
	credential, err := auth.New(spec.Fabric, secrets.New(spec.Secret), network, "")
	if err != nil {
		return nil, err
	}
	box := outbox.Open(spec.StateDir, "soak")
	if d.db, err = db.Open(ctx, spec.Database, secrets.New(spec.Password), spec.CAFile); err != nil {
		return nil, err
	}
	d.db.Failpoint = d.trap.at
	cfg := config.Config{Fabric: spec.Fabric, Artifacts: config.Artifacts{Source: config.SourceOneLake}}
	if d.files, err = artifacts.NewStore(cfg, credential, network, "1.0.0", nil); err != nil {
		return nil, err
	}
	owner := locking.ThisProcess(spec.Name, "1.0.0")
	owner.Host = "PC-" + spec.Name
	database, undo, err := breakDatabase(spec, d.db, spec.dsn())
	if err != nil {
		return nil, err
	}
	d.close = func() { undo(); d.db.Close() }
	if database, err = record(database, spec); err != nil {
		return nil, err
	}
	fabric := breakFabric(spec, &wrongClock{Client: pipelines.New(spec.Fabric, credential, network, "1.0.0"), ahead: spec.Clock, asleep: spec.Asleep})
	d.runs = runs.New(
		runs.Parts{Database: database, Fabric: fabric, Files: d.files, Outbox: box, Clock: clock{spec.Clock}},
		runs.Settings{
			WorkspaceID: spec.Fabric.WorkspaceID, PipelineID: spec.Fabric.PipelineID, RestorePipelineID: spec.Fabric.RestorePipelineID,
			AppVersion: "1.0.0", Owner: owner, TotalVisitors: 100, ConvertingVisitors: 10,
		}, timing(spec.Scale))
	d.runs.Failpoint = d.trap.at
	d.loop = runs.NewLoop(d.runs, nil)
	return d, nil
}

// clock is a computer's clock that is wrong.
type clock struct{ ahead time.Duration }

func (c clock) Now() time.Time { return time.Now().Add(c.ahead) }

// wrongClock has the socket look at the same wrong clock as the rest of the desktop, as it would on a computer whose clock
// is wrong: its deadline is moved instead. While a computer sleeps its timers stand still, unlike those of a process that
// was stopped: asleep leaves it to the wall clock alone to notice.
type wrongClock struct {
	*pipelines.Client
	ahead  time.Duration
	asleep bool
}

func (w *wrongClock) Start(ctx context.Context, r pipelines.StartRequest) (pipelines.Started, error) {
	r.SendBy = r.SendBy.Add(-w.ahead)
	if w.asleep {
		ctx = context.WithoutCancel(ctx)
	}
	return w.Client.Start(ctx, r)
}

// obey follows the orchestrator's orders until they end.
func (d *desktop) obey() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		switch lines.Text() {
		case "go":
			d.loop.Start(context.Background())
			say("going")
		case "pause":
			d.loop.Stop()
			say("paused")
		case "exit":
			return
		}
	}
}

func (d *desktop) act(ctx context.Context) {
	switch d.spec.Role {
	case victimRole:
		d.beVictim(ctx)
	case desktopRole:
		for pause(ctx, d.some(d.spec.Pause)) {
			d.something(ctx)
		}
	}
	<-ctx.Done()
}

// beVictim does the whole job until the failpoint is hit: on a busy computer the first attempt may end before.
func (d *desktop) beVictim(ctx context.Context) {
	for !d.trap.wasHit() && ctx.Err() == nil {
		d.upload(ctx)
		run, err := d.runs.Submit(ctx, runs.Request{InputFile: d.file(), RequestedBy: d.spec.Name})
		say("submitted %s %v", run.ID, err)
		for !d.trap.wasHit() && pause(ctx, 20*time.Millisecond) {
			card, err := d.db.LockCard(ctx)
			if err == nil && !card.Held() {
				break
			}
			if d.spec.ByHand && err == nil {
				_ = d.runs.Close(ctx, card.RunID, runs.ShortID(card.RunID), d.spec.Name, "the job can't be told")
			}
		}
	}
}

// something is what a user might do next.
func (d *desktop) something(ctx context.Context) {
	switch n := d.rand.IntN(100); {
	case n < 3:
		card, err := d.db.LockCard(ctx)
		if err == nil && card.Held() {
			tell("cancel", d.runs.Cancel(ctx, card.RunID, d.spec.Name))
		}
	case n < 20:
		list, err := d.db.ListRuns(ctx, nil, 20)
		if err != nil {
			return
		}
		for _, r := range list {
			if r.Status == runs.Succeeded && r.PipelineItemID == d.spec.Fabric.PipelineID {
				_, err := d.runs.Restore(ctx, r.ID, d.spec.Name)
				tell("restore", err)
				return
			}
		}
	default:
		name := sharedFile
		if n < 35 && d.upload(ctx) == nil {
			name = d.file()
		}
		_, err := d.runs.Submit(ctx, runs.Request{InputFile: name, RequestedBy: d.spec.Name})
		tell("submit", err)
	}
}

// sharedFile lies in Files/import from the start.
const sharedFile = "sales.xlsx"

func (d *desktop) file() string { return "sales of " + d.spec.Name + ".xlsx" }

func (d *desktop) upload(ctx context.Context) error {
	content := strings.Repeat(uuid.NewString(), 10)
	_, err := d.files.Upload(ctx, d.file(), strings.NewReader(content), int64(len(content)), artifacts.UploadOptions{
		Overwrite: true, Progress: func(int64) { _ = d.trap.at("during_upload") },
	})
	return errors.Join(err, d.trap.at("after_upload"))
}

// tell names an outcome, for the orchestrator's count of what the desktops met.
func tell(what string, err error) {
	var busy *locking.BusyError
	switch {
	case err == nil:
		say("did %s", what)
	case errors.As(err, &busy):
		say("busy %s", what)
	default:
		say("failed %s with %s", what, kind(err))
	}
}

// kind is the type of the first error in the chain that has one of its own.
func kind(err error) string {
	for e := err; e != nil; e = errors.Unwrap(e) {
		if name := fmt.Sprintf("%T", e); name != "*fmt.wrapError" {
			return name
		}
	}
	return err.Error()
}

// some is a random time up to twice d.
func (d *desktop) some(mean time.Duration) time.Duration {
	return time.Duration(d.rand.Int64N(int64(2*mean) + 1))
}

// pause waits; false when ctx was done first.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
