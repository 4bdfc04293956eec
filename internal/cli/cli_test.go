package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/services/desktop/logfile"
	"fabricportal/internal/services/desktop/shapes"
	"fabricportal/internal/services/doctor"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/importfile/scan"
	"fabricportal/internal/services/results/comparison"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/runs/locking"
	"fabricportal/internal/services/setup/secrets"
)

var (
	someRun = uuid.MustParse("018f4e6e-0000-7000-8000-000000000001")
	noon    = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
)

// fakePortal answers what the test set, and fails where it set an error. Only the real services can show that the
// work is right; here it is the commands' arguments, output and exit codes that are tried.
type fakePortal struct {
	folder *artifacts.File // what is looked at is this folder
	Portal
	run     runs.Run
	runErr  error
	events  []runs.Event
	closed  int
	tag     string
	tagStep string
	asked   []string
	looks   int
	found   runs.Outcome // by a look
	said    string
	lookErr error
	noteErr error
	beside  runs.Beside
	reading contract.Reading // of every file in the lakehouse
	before  *shapes.Record
	how     *contract.ReadOptions // of the last run

	figures      *contract.KPIs // of every file in the lakehouse
	profile      *contract.ImportProfile
	published    comparison.Current
	publishedErr error
}

func (f *fakePortal) Close() { f.closed++ }

func (f *fakePortal) Evidence(_ context.Context, run uuid.UUID, dir string, _ format.Writer, _ func(done, total int64)) (string, error) {
	return dir + "/run-" + run.String() + ".zip", nil
}

func (f *fakePortal) Run(_ context.Context, input string, how *contract.ReadOptions) (runs.Run, error) {
	f.asked = append(f.asked, "run "+input)
	f.how = how
	return f.run, f.runErr
}

func (f *fakePortal) LookInput(_ context.Context, name string, o analysis.Options) (*analysis.Result, shapes.Recalled, error) {
	f.asked = append(f.asked, "look "+name)
	if f.folder != nil {
		return nil, shapes.Recalled{}, &artifacts.FolderError{Folder: *f.folder}
	}
	as := shapes.Recalled{Given: o.Read, Record: f.before}
	if f.before != nil {
		as.Given = f.before.Options.Merged(o.Read)
	}
	return &analysis.Result{Reading: &f.reading, KPIs: f.figures, Profile: f.profile}, as, nil
}

func (f *fakePortal) RunPreview(_ context.Context, now *contract.KPIs, profile *contract.ImportProfile) (comparison.Replacement, error) {
	return comparison.PreviewRun(f.published, now, profile), f.publishedErr
}

func (f *fakePortal) Follow(_ context.Context, _ uuid.UUID, seen func(runs.State)) (runs.Run, error) {
	seen(runs.State{Run: f.run, Events: runs.Events{Rows: f.events[:1]}})
	seen(runs.State{Run: f.run, Events: runs.Events{Rows: f.events}})
	return f.run, nil
}

func (f *fakePortal) Look(context.Context) (runs.Outcome, string, error) {
	f.looks++
	return f.found, f.said, f.lookErr
}

func (f *fakePortal) Beside(context.Context, []runs.Run) (runs.Beside, error) { return f.beside, nil }

func (f *fakePortal) Note(_ context.Context, run, draft uuid.UUID, text string) (runs.Note, error) {
	f.asked = append(f.asked, "note "+text)
	return runs.Note{ID: draft, RunID: run, By: "ana", Text: text}, f.noteErr
}

func (f *fakePortal) FindRun(_ context.Context, id string) (uuid.UUID, error) { return uuid.Parse(id) }

func (f *fakePortal) State(context.Context, uuid.UUID) (runs.State, error) {
	return runs.State{Run: f.run, Events: runs.Events{Rows: f.events}, Lock: locking.Card{RunID: someRun, LockedAt: noon, LockedBy: locking.Owner{User: "ana", Host: "PC-7"}}}, nil
}

func (f *fakePortal) Files(context.Context) ([]artifacts.File, error) {
	return []artifacts.File{{Name: "a.xlsx", Path: "Files/import/a.xlsx", Size: 1234, Modified: noon}}, nil
}

type fakeLocal struct {
	Local
	doc *contract.ImportProfile
}

func (f fakeLocal) Analyze(context.Context, string, analysis.Options) (*analysis.Result, error) {
	aov := 2.5
	found := &analysis.Result{Profile: f.doc, KPIs: &contract.KPIs{SchemaVersion: 1, TotalRevenue: 1234567.5, Orders: 2, AOV: &aov}}
	if f.doc != nil && !f.doc.Complete {
		found.Incomplete = &scan.IncompleteError{Reason: *f.doc.IncompleteReason}
	}
	return found, nil
}

type outcome struct {
	code     int
	out, err string
}

func execute(t *testing.T, p Program, args ...string) outcome {
	t.Helper()
	var out, errs bytes.Buffer
	p.Out, p.Err, p.In, p.Version = &out, &errs, strings.NewReader(""), "1.2.3"
	code := Execute(t.Context(), p, args)
	return outcome{code, out.String(), errs.String()}
}

func with(f *fakePortal) Program {
	return Program{Open: func(context.Context, string) (Portal, error) { return f, nil }}
}

func succeeded() *fakePortal {
	return &fakePortal{
		run: runs.Run{ID: someRun, Status: runs.Succeeded, InputFile: "a.xlsx", CreatedAt: noon},
		events: []runs.Event{
			{ID: uuid.New(), RunID: someRun, Time: noon, Type: runs.StatusChange, Message: "->SUBMITTED"},
			{ID: uuid.New(), RunID: someRun, Time: noon.Add(time.Minute), Type: runs.Log, Message: "something a person reads"},
		},
	}
}

func TestRunFollowPrintsTheRunOnStdoutAndEventsOnStderr(t *testing.T) {
	f := succeeded()
	got := execute(t, with(f), "run", "a.xlsx", "--follow", "--json")
	require.Equal(t, ExitDone, got.code, got.err)
	var run map[string]any
	require.NoError(t, json.Unmarshal([]byte(got.out), &run), "stdout must be the JSON alone: %s", got.out)
	require.Equal(t, someRun.String(), run["run_id"])
	require.Equal(t, "SUCCEEDED", run["status"])
	require.Nil(t, run["fabric_job_id"], "what is not known is null")
	require.Equal(t, 1, strings.Count(got.err, "something a person reads"), "each event once: %s", got.err)
	require.Equal(t, []string{"look a.xlsx", "run a.xlsx"}, f.asked)
	require.Equal(t, 1, f.closed)
}

func TestHeldLockIsExitCode3(t *testing.T) {
	f := succeeded()
	f.runErr = &locking.BusyError{Card: locking.Card{RunID: someRun, LockedAt: noon, LockedBy: locking.Owner{User: "ben", Host: "PC-12"}}}
	p := with(f)
	p.Journal = logfile.Open(t.TempDir(), &secrets.Redactor{})
	got := execute(t, p, "run", "a.xlsx")
	require.Equal(t, ExitLocked, got.code)
	require.Empty(t, got.out)
	logged, err := p.Journal.LogTail(1)
	require.NoError(t, err)
	for _, want := range []string{"ben", someRun.String()[:8]} {
		require.Contains(t, got.err, want)
		require.Contains(t, logged[0], want, "a subcommand that failed stands in the log")
	}
}

func TestAFaultOfTheProgramEndsWithASentence(t *testing.T) {
	p := Program{Open: func(context.Context, string) (Portal, error) { panic("no such row: " + planted) }}
	p.Redactor = secrets.NewRedactor(secrets.New(planted))
	p.Journal = logfile.Open(t.TempDir(), p.Redactor)
	require.NoError(t, p.Journal.Watch("portal-desktop 1.2.3"))
	got := execute(t, p, "runs")
	require.Equal(t, ExitFailed, got.code)
	require.Equal(t, "portal-desktop: this program has met a fault of its own (no such row: ***): try again, and report it if it comes back; “portal-desktop log --crash” shows what to send\n", got.err)
	p.Journal.End()

	next := logfile.Open(filepath.Dir(p.Journal.LogPath()), &secrets.Redactor{})
	text, _, found := next.Crash()
	require.True(t, found)
	require.Contains(t, text, "panic: no such row: ***")
	require.Contains(t, text, "cli_test.go:")
	require.NotContains(t, text, planted)
}

func TestFailedRunIsExitCode1WithItsReason(t *testing.T) {
	f := succeeded()
	f.run.Status, f.run.ErrorMessage = runs.Failed, "the column revenue is missing"
	got := execute(t, with(f), "run", "a.xlsx", "--follow")
	require.Equal(t, ExitFailed, got.code)
	require.Contains(t, got.err, "the column revenue is missing")
	require.Equal(t, someRun.String()+"\n", got.out)
}

func TestWrongUsageIsExitCode2(t *testing.T) {
	for _, args := range [][]string{
		{"run"}, {"run", "a", "b"}, {"nonsense"}, {"runs", "--limit", "many"}, {"status", "--nonsense"}, {"kpis", "x", "--local", "y"}, {"secret"}, {},
	} {
		got := execute(t, with(succeeded()), args...)
		require.Equal(t, ExitUsage, got.code, "%v: %s", args, got.err)
		require.Empty(t, got.out, "%v", args)
		require.Equal(t, 1, strings.Count(strings.TrimSpace(got.err), "\n")+1, "one line: %v: %s", args, got.err)
	}
}

func TestOpenFailureIsExitCode1(t *testing.T) {
	p := Program{Open: func(context.Context, string) (Portal, error) { return nil, errors.New("the database does not answer") }}
	got := execute(t, p, "files")
	require.Equal(t, ExitFailed, got.code)
	require.Equal(t, "portal-desktop: the database does not answer\n", got.err)
}

func TestProfileNeedsNoConfigurationAndIsTheDocument(t *testing.T) {
	doc := &contract.ImportProfile{SchemaVersion: 1, Complete: true, RowCount: 7}
	got := execute(t, Program{Local: fakeLocal{doc: doc}}, "profile", "x.xlsx")
	require.Equal(t, ExitDone, got.code, got.err)
	var read contract.ImportProfile
	require.NoError(t, json.Unmarshal([]byte(got.out), &read))
	require.Equal(t, int64(7), read.RowCount)

	reason := "the sheet ends after row 51"
	doc.Complete, doc.IncompleteReason = false, &reason
	got = execute(t, Program{Local: fakeLocal{doc: doc}}, "profile", "x.xlsx")
	require.Equal(t, ExitFailed, got.code)
	require.Contains(t, got.err, reason)
}

func TestHumanOutput(t *testing.T) {
	got := execute(t, with(succeeded()), "files")
	require.Contains(t, got.out, "1,234")
	got = execute(t, with(succeeded()), "status")
	require.Contains(t, got.out, "something a person reads")
	p := Program{Local: fakeLocal{}, Funnel: func(string) (*contract.Funnel, error) { return nil, nil }}
	got = execute(t, p, "kpis", "--local", "x.xlsx")
	require.Equal(t, ExitDone, got.code, got.err)
	require.Contains(t, got.out, "1,234,567.50")
}

func TestStatusJSONNamesTheHolderOfTheLock(t *testing.T) {
	got := execute(t, with(succeeded()), "status", someRun.String(), "--json")
	var s stateJSON
	require.NoError(t, json.Unmarshal([]byte(got.out), &s))
	require.True(t, s.Lock.Held)
	require.Equal(t, "ana@PC-7", *s.Lock.LockedBy)
	require.Len(t, s.Events, 2)
}

func TestDoctorFailsWhenACheckFails(t *testing.T) {
	p := Program{Doctor: func(context.Context, string, doctor.Manner) []doctor.Check {
		return []doctor.Check{{Name: "database", OK: false, Message: "It does not answer.", Action: "Check the VPN."}, {Name: "files", OK: true, Message: "fine"}}
	}}
	got := execute(t, p, "doctor", "--json")
	require.Equal(t, ExitFailed, got.code)
	require.Contains(t, got.err, "1 of 2 checks failed")
	require.JSONEq(t, `{"ok":false,"checks":[{"name":"database","ok":false,"message":"It does not answer.","action":"Check the VPN."},{"name":"files","ok":true,"message":"fine"}]}`, got.out)
}

func TestProgressTellsRowsSpeedAndTimeLeftOnceASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		tell := Program{Err: &out}.reading("profiling")
		tell(0, 0, 100_000_000)
		tell(10, 1_000_000, 100_000_000)
		require.Empty(t, out.String(), "nothing of what takes less than a second")
		time.Sleep(2 * time.Second)
		tell(123_456, 20_000_000, 100_000_000)
		tell(123_457, 20_000_001, 100_000_000)
		require.Equal(t, "profiling: 20 %, 123,456 rows, 10.0 MB/s, 8 s left\n", out.String())
		out.Reset()
		time.Sleep(2 * time.Second)
		Program{Err: &out}.progress("uploading")(1, 2)
		tell(900_000, 100_000_000, 100_000_000)
		require.Empty(t, out.String(), "nothing of what is done")

		tell = Program{Err: &out}.reading("downloading")
		tell(0, 90_000_000, 100_000_000)
		time.Sleep(2 * time.Second)
		tell(0, 92_000_000, 100_000_000)
		require.Equal(t, "downloading: 92 %, 1.0 MB/s, 8 s left\n", out.String(), "what an earlier try has left took no time")
	})
}

func TestATrialIsMadeOnlyWhereAllIsInOrder(t *testing.T) {
	good, tried := true, 0
	p := Program{
		Doctor: func(_ context.Context, _ string, how doctor.Manner) []doctor.Check {
			return []doctor.Check{{Name: "database", OK: good, Message: "It answers."}, {Name: "probe file", OK: true, Warning: how.ReadOnly, Message: "Written."}}
		},
		Trial: func(_ context.Context, _ string, replace bool, said func(string)) []doctor.Check {
			tried++
			said("a run was started")
			return []doctor.Check{{Name: "trial", OK: replace, Message: "Figures are published."}}
		},
	}
	got := execute(t, p, "doctor")
	require.Equal(t, ExitDone, got.code, got.err)
	require.Zero(t, tried, "only where it is asked for")
	got = execute(t, p, "doctor", "--read-only")
	require.Contains(t, got.out, "note")
	got = execute(t, p, "doctor", "--trial")
	require.Equal(t, ExitFailed, got.code)
	require.Contains(t, got.err, "a run was started")
	got = execute(t, p, "doctor", "--trial", "--replace")
	require.Equal(t, ExitDone, got.code, got.err)
	good = false
	got = execute(t, p, "doctor", "--trial", "--replace")
	require.Equal(t, ExitFailed, got.code)
	require.Contains(t, got.out, "No trial was made")
	require.Equal(t, 2, tried)
	for _, args := range [][]string{{"doctor", "--replace"}, {"doctor", "--trial", "--read-only"}} {
		require.Equal(t, ExitUsage, execute(t, p, args...).code)
	}
}
