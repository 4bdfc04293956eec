package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/runs"
)

// silent is a database that does not answer.
type silent struct{}

func (silent) Error() string     { return "the database does not answer" }
func (silent) Unreachable() bool { return true }

// Each command that shows or needs the state looks first, says what it found on standard error, and goes on where it may.
func TestCommandsLookFirst(t *testing.T) {
	id := someRun.String()
	for _, args := range [][]string{
		{"run", "a.xlsx"}, {"status"}, {"status", id}, {"runs"}, {"examine", id}, {"cancel", id}, {"unlock", id, "--why", "x"}, {"restore", id},
	} {
		f := &lookingPortal{fakePortal: succeeded()}
		f.said = "Run 018f4e6e-0000 (a.xlsx) has succeeded; the lock is free."
		p := Program{Open: func(context.Context, string) (Portal, error) { return f, nil }}
		got := execute(t, p, args...)
		require.Equal(t, ExitDone, got.code, "%v: %s", args, got.err)
		require.Equal(t, 1, f.looks, "%v", args)
		require.Equal(t, 1, strings.Count(got.err, f.said), "%v: %s", args, got.err)
		require.NotContains(t, got.out, f.said, "%v", args)

		f.said, f.lookErr = "", errors.New("permission denied")
		got = execute(t, p, args...)
		require.Equal(t, ExitDone, got.code, "%v: %s", args, got.err)
		require.Contains(t, got.err, "the runs could not be looked after, so what is shown may be older: permission denied")

		f.lookErr = nil
		require.NotContains(t, execute(t, p, args...).err, "look", "nothing is said of nothing: %v", args)

		f.lookErr, f.asked = silent{}, nil
		got = execute(t, p, args...)
		require.Equal(t, ExitFailed, got.code, "%v", args)
		require.Equal(t, "portal-desktop: the database does not answer\n", got.err, "said once, and not waited for twice")
		require.Empty(t, f.asked)
	}
}

// lookingPortal answers the commands that succeeded has no answer to.
type lookingPortal struct{ *fakePortal }

func (l *lookingPortal) Runs(context.Context, int) ([]runs.Run, error) { return []runs.Run{l.run}, nil }
func (l *lookingPortal) Restore(context.Context, uuid.UUID) (runs.Run, error) {
	return l.run, nil
}
func (l *lookingPortal) Cancel(context.Context, uuid.UUID) error { return nil }

func TestExamineOfARunThatTheLookEnded(t *testing.T) {
	f := succeeded()
	f.found, f.said = runs.Outcome{Run: someRun, Action: runs.Ended, Status: runs.Succeeded}, "Run 018f4e6e-0000 has succeeded; the lock is free."
	f.runErr = errors.New("not to be asked")
	got := execute(t, with(f), "examine", someRun.String())
	require.Equal(t, ExitDone, got.code, got.err)
	require.Contains(t, got.err, "nothing needs to be decided")
}

func TestWatchOnceSaysByItsExitCodeWhatCameOfIt(t *testing.T) {
	for name, c := range map[string]struct {
		found runs.Outcome
		said  string
		err   error
		phase runs.PhaseKind
		code  int
		says  string
	}{
		"nothing":        {},
		"done":           {found: runs.Outcome{Run: someRun, Action: runs.Ended, Status: runs.Failed}, said: "Run x has failed; the lock is free: why."},
		"running":        {found: runs.Outcome{Run: someRun, Action: runs.Waited, Status: runs.Running}},
		"no Fabric":      {found: runs.Outcome{Run: someRun, Action: runs.Polled, FabricErr: errors.New("no route")}, said: "Run x: no route; what is shown may be older.", code: ExitFailed, says: "no route"},
		"no database":    {err: silent{}, code: ExitFailed, says: "the database does not answer"},
		"not finished":   {found: runs.Outcome{Unfinished: true}, code: ExitFailed, says: "was not finished in time"},
		"undecided":      {found: runs.Outcome{Run: someRun, Action: runs.Undecided}, code: ExitUndecided, says: "“examine " + someRun.String() + "”"},
		"needs a person": {found: runs.Outcome{Run: someRun, Action: runs.Polled}, phase: runs.PhaseNeedsYou, code: ExitUndecided, says: "“examine " + someRun.String() + "”"},
	} {
		t.Run(name, func(t *testing.T) {
			f := &phasePortal{succeeded(), c.phase}
			f.found, f.said, f.lookErr = c.found, c.said, c.err
			p := Program{Open: func(context.Context, string) (Portal, error) { return f, nil }}
			got := execute(t, p, "watch", "--once")
			require.Equal(t, c.code, got.code, got.err)
			require.Contains(t, got.err, c.says)
			require.Equal(t, c.said, strings.TrimSuffix(got.out, "\n"))
			got = execute(t, p, "watch", "--once", "--json")
			require.Equal(t, c.code, got.code, got.err)
			var doc watchJSON
			require.NoError(t, json.Unmarshal([]byte(got.out), &doc))
			require.Equal(t, c.err != nil, doc.LockHeld == nil)
			require.Equal(t, c.err != nil || c.found.FabricErr != nil, doc.Error != nil)
			require.NotEmpty(t, doc.Action)
		})
	}
}

type phasePortal struct {
	*fakePortal
	phase runs.PhaseKind
}

func (p *phasePortal) State(context.Context, uuid.UUID) (runs.State, error) {
	return runs.State{Run: p.run, Phase: runs.Phase{Kind: p.phase}}, nil
}

// watched is a portal that has passes, and is told to end after them.
type watched struct {
	*fakePortal
	passes []pass
	ended  bool
}

type pass struct {
	out runs.Outcome
	err error
}

func (w *watched) Watch(ctx context.Context, seen func(runs.Outcome, error)) {
	for _, p := range w.passes {
		if w.ended = ctx.Err() != nil; w.ended {
			return
		}
		seen(p.out, p.err)
	}
}

var somePasses = []pass{
	{},
	{out: runs.Outcome{Run: someRun, Action: runs.Moved, Status: runs.Running, InputFile: "a\nb.xlsx", AskedFabric: true}},
	{out: runs.Outcome{Run: someRun, Action: runs.Waited, Status: runs.Running}},
	{err: silent{}}, {err: silent{}},
	{out: runs.Outcome{Run: someRun, Action: runs.Polled, AskedFabric: true, FabricErr: errors.New("paused (request 1)")}},
	{out: runs.Outcome{Run: someRun, Action: runs.Waited}},
	{out: runs.Outcome{Run: someRun, Action: runs.Polled, AskedFabric: true, FabricErr: errors.New("paused (request 2)")}},
	{out: runs.Outcome{Run: someRun, Action: runs.Undecided, AskedFabric: true}}, {out: runs.Outcome{Run: someRun, Action: runs.Waited}},
	{out: runs.Outcome{Run: someRun, Action: runs.Undecided, AskedFabric: true}},
	{out: runs.Outcome{Run: someRun, Action: runs.Ended, Status: runs.Failed, Why: "no orders", AskedFabric: true}},
}

func TestWatchTellsEachChangeOnce(t *testing.T) {
	w := &watched{fakePortal: succeeded(), passes: somePasses}
	p := Program{Open: func(context.Context, string) (Portal, error) { return w, nil }}
	got := execute(t, p, "watch")
	require.Equal(t, ExitDone, got.code, got.err)
	require.Contains(t, got.err, "stopped watching")
	require.Equal(t, 1, w.closed)
	var said []string
	for line := range strings.Lines(got.out) {
		require.Regexp(t, `^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  \S`, line)
		said = append(said, strings.TrimSpace(line[21:]))
	}
	require.Len(t, said, 5, got.out)
	require.Contains(t, said[0], "is running in Fabric.")
	require.Equal(t, "The runs can't be looked after: the database does not answer.", said[1])
	require.Contains(t, said[2], "The runs are looked after again. Run 018f4e6e-0000: Fabric could not be reached")
	require.Contains(t, said[3], "Fabric answers again. Run 018f4e6e-0000 needs a person")
	require.Equal(t, "Run 018f4e6e-0000 has failed; the lock is free: no orders.", said[4])

	got = execute(t, p, "watch", "--json")
	require.Equal(t, ExitDone, got.code, got.err)
	var actions []string
	for line := range strings.Lines(got.out) {
		var doc watchJSON
		require.NoError(t, json.Unmarshal([]byte(line), &doc), "one document on each line")
		actions = append(actions, doc.Action)
	}
	require.Equal(t, []string{"moved", "nothing", "polled", "undecided", "ended"}, actions)
}

func TestWatchEndsWithItsReader(t *testing.T) {
	w := &watched{fakePortal: succeeded(), passes: append(somePasses, pass{})}
	p := Program{Open: func(context.Context, string) (Portal, error) { return w, nil }, Out: broken{}, Err: &bytes.Buffer{}}
	require.Equal(t, ExitFailed, Execute(t.Context(), p, []string{"watch"}))
	require.True(t, w.ended)
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }
