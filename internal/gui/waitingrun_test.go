package gui

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/gui/probe"
	"fabricportal/internal/services/desktop/waitingrun"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/runs"
)

func (a *actions) RunWhenFree(_ context.Context, file string, _ *contract.ReadOptions) error {
	a.note("when free " + file)
	return decided.err
}

func (a *actions) DropWaiting() { a.note("drop waiting") }

func TestARunCanWaitForTheLock(t *testing.T) {
	b := newBench(t)
	decided.err = nil
	b.importFiles("sales.xlsx")
	b.free()
	b.untilSays("sales.xlsx")
	require.False(t, b.offers("import.whenfree"), "while the lock is free there is nothing to wait for")
	b.held(runs.Phase{Kind: runs.PhaseRunning})
	require.False(t, b.offers("import.whenfree"), "no file is chosen")
	b.click("import.file.0")
	b.click("import.whenfree")
	b.untilSays("Run the pipeline when it is free?")
	require.False(t, b.a.was("when free sales.xlsx"), "it replaces what is published as any other run, and is asked about")
	b.clickDialog("dialog.confirm")
	b.untilSays("A new run can start when it has ended")
	b.until("the waiting run is made", func(probe.View) bool { return b.a.was("when free sales.xlsx") })

	r := runOf("ben", runs.Running)
	f := feeds.Frame{LockKnown: true, Active: &r, Waiting: &waitingrun.Request{InputFile: "sales.xlsx"}}
	f.Lock.RunID = r.ID
	b.frame.Publish(f)
	b.untilSays("sales.xlsx is run as soon as the lock is free")
	b.click("import.whenfree")
	b.until("the waiting run is dropped", func(probe.View) bool { return b.a.was("drop waiting") })

	started := runOf("ana", runs.Queued)
	b.w.WaitingRunEnded("sales.xlsx", started, nil)
	b.untilSays("sales.xlsx waited for the lock and was started")
	b.w.WaitingRunEnded("sales.xlsx", runs.Run{}, errors.New("it was changed"))
	b.untilSays("was not started: It was changed.")
}
