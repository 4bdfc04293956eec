package feeds

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"fabricportal/internal/lifecycle/lifecycletest"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/fabric/troubles"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/runs/locking"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// world is a database, a lakehouse and Fabric in memory; each can be made to fail.
type world struct {
	artifacts.Store
	mu       sync.Mutex
	frozen   atomic.Pointer[chan struct{}] // until it is closed, the database answers nothing
	dbErr    error
	filesErr error
	card     locking.Card
	runs     []runs.Run
	events   []runs.Event
	hidden   int // events that are not among them
	restore  *runs.Restore
	beside   runs.Beside
	files    map[string]string
	asked    int // activity questions to Fabric
	opened   int // files
	looked   int // at a file without opening it
}

func (w *world) set(change func(*world)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change(w)
}

func (w *world) LockCard(context.Context) (locking.Card, error) {
	if frozen := w.frozen.Load(); frozen != nil {
		<-*frozen
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.card, w.dbErr
}

func (w *world) Run(_ context.Context, id uuid.UUID) (runs.Run, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, r := range w.runs {
		if r.ID == id {
			return r, w.dbErr
		}
	}
	return runs.Run{}, &runs.UnknownRunError{ID: id}
}

func (w *world) ListRuns(_ context.Context, _ *runs.Run, limit int) ([]runs.Run, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.runs[:min(limit, len(w.runs))]), w.dbErr
}

func (w *world) Events(context.Context, uuid.UUID) (runs.Events, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return runs.Events{Rows: w.events, Hidden: w.hidden}, w.dbErr
}

func (w *world) LatestRestore(context.Context) (*runs.Restore, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.restore, w.dbErr
}

func (w *world) Beside(context.Context, []uuid.UUID) (runs.Beside, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.beside, w.dbErr
}

func (w *world) ListImport(context.Context) ([]artifacts.File, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return []artifacts.File{{Name: "a.xlsx"}}, w.filesErr
}

func (w *world) Open(_ context.Context, path string) (io.ReadCloser, artifacts.File, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.filesErr != nil {
		return nil, artifacts.File{}, w.filesErr
	}
	text, ok := w.files[path]
	if !ok {
		return nil, artifacts.File{}, &artifacts.NotFoundError{Path: path}
	}
	w.opened++
	return io.NopCloser(strings.NewReader(text)), artifacts.File{Path: path, Size: int64(len(text)), ETag: tagOf(text)}, nil
}

func (w *world) Stat(_ context.Context, path string) (artifacts.File, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	text, ok := w.files[path]
	if !ok {
		return artifacts.File{}, &artifacts.NotFoundError{Path: path}
	}
	w.looked++
	return artifacts.File{Path: path, Size: int64(len(text)), ETag: tagOf(text)}, w.filesErr
}

func tagOf(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) }

func (w *world) ActivityRuns(context.Context, string, time.Time, time.Time) ([]pipelines.ActivityRun, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked++
	return []pipelines.ActivityRun{{Name: "Clean", SnapshotURL: "https://app.example/snapshot"}}, nil
}

func (w *world) JobPage(_ context.Context, item, job string) pipelines.Page {
	return pipelines.Page{URL: "https://app.example/" + item + "/" + job, Own: true}
}

func (w *world) Checked(kept string) string {
	if strings.HasPrefix(kept, "https://app.example/") {
		return kept
	}
	return ""
}

// follows is true for runs of the configured pipelines.
func follows(r runs.Run) bool { return r.PipelineItemID == "item" }

func service(w *world) *Service {
	return New(Sources{
		Database: w, Files: w, Jobs: w, Links: w,
		Phase:    func(runs.Run, []runs.Event, time.Time) runs.Phase { return runs.Phase{Kind: runs.PhaseRunning} },
		Follows:  follows,
		Sentence: func(err error) string { return "sentence: " + err.Error() },
	}, Intervals{Database: 5 * time.Millisecond, Files: 5 * time.Millisecond, Results: 5 * time.Millisecond, Slow: 20 * time.Millisecond})
}

func start(t *testing.T, w *world) *Service {
	t.Helper()
	s := service(w)
	s.Start(t.Context())
	t.Cleanup(s.Stop)
	return s
}

// eventually waits until a feed's newest snapshot is as asked.
func eventually[T any](t *testing.T, f *Feed[T], ok func(T) bool) T {
	t.Helper()
	found := make(chan T, 1)
	stop := f.Subscribe(func(s T) {
		if ok(s) {
			select {
			case found <- s:
			default:
			}
		}
	})
	defer stop()
	select {
	case s := <-found:
		return s
	case <-time.After(10 * time.Second):
		last, _ := f.Latest()
		require.FailNow(t, "the snapshot never came", "last: %+v", last)
		panic("unreachable")
	}
}

func TestStartAndStopInAnyOrder(t *testing.T) {
	w, _ := activeWorld()
	s := service(w)
	lifecycletest.Check(t, s, func() bool { _, read := s.Results.Latest(); return read })
}

func activeWorld() (*world, runs.Run) {
	run := runs.Run{ID: uuid.New(), Status: runs.Running, JobID: "job", PipelineItemID: "item", CreatedAt: noon}
	return &world{
		card:   locking.Card{RunID: run.ID, LockedAt: noon, AsOf: noon},
		runs:   []runs.Run{run},
		events: []runs.Event{{Message: "first"}, {Message: `portal:v1 {"ev":"activities","text":"second","activities":[{"id":"1","name":"Tidy","status":"InProgress","snapshot":"https://app.example/told"}]}`}},
	}, run
}

func TestActiveRunIsOnTheFrameAndMonitor(t *testing.T) {
	w, run := activeWorld()
	s := start(t, w)
	f := eventually(t, &s.Frame, func(f Frame) bool { return f.Active != nil })
	require.Equal(t, run.ID, f.Active.ID)
	require.Equal(t, runs.PhaseRunning, f.Phase.Kind)
	m := eventually(t, &s.Monitor, func(m Monitor) bool { return m.Run != nil && len(m.Activities) == 1 })
	require.Equal(t, "second", runs.HumanMessage(m.Events[0]), "newest first")
	require.Equal(t, "https://app.example/item/job", m.JobPage.URL)
	require.Equal(t, "https://app.example/told", m.NotebookLink)
}

// An event can be written by anybody with the database's password.
func TestAnAddressInAnEventIsNotOpenedAsItStands(t *testing.T) {
	w, _ := activeWorld()
	w.events[1].Message = strings.Replace(w.events[1].Message, "https://app.example/told", "https://evil.example/told\",\"spark\":\"javascript:alert(1)", 1)
	s := start(t, w)
	m := eventually(t, &s.Monitor, func(m Monitor) bool { return len(m.Activities) == 1 })
	require.Equal(t, "https://evil.example/told", m.Activities[0].SnapshotURL)
	require.Empty(t, m.NotebookLink)
	require.Empty(t, m.SparkLink)
}

func TestAnErrorThatIsAnAnswerIsToldFromNone(t *testing.T) {
	s := service(&world{})
	answer := &pipelines.ServiceError{Trouble: troubles.Of(troubles.Answer{Service: troubles.Fabric, Status: 500})}
	for _, step := range []struct {
		err          error
		ok, answered bool
	}{{errors.New("no network"), false, false}, {answer, false, true}, {nil, true, false}, {answer, false, true}} {
		s.FabricAnswered(step.err)
		f, _ := s.Frame.Latest()
		require.Equal(t, []bool{step.ok, step.answered}, []bool{f.Fabric.OK, f.Fabric.Answered})
	}
}

func TestARefusedSecretIsToldFromOtherRefusals(t *testing.T) {
	s := service(&world{})
	for code, secret := range map[string]bool{"AADSTS7000215": true, "AADSTS7000222": true, "invalid_client": true, "AADSTS700016": false} {
		s.FabricAnswered(&artifacts.AccessError{Trouble: troubles.Of(troubles.Answer{Service: troubles.Entra, Status: 401, Code: code})})
		f, _ := s.Frame.Latest()
		require.Equal(t, secret, f.Fabric.Secret, code)
	}
	s.FabricAnswered(&artifacts.AccessError{Sentence: "no answer that the catalogue knows"})
	s.FabricAnswered(nil)
	f, _ := s.Frame.Latest()
	require.False(t, f.Fabric.Secret)
}

func TestFabricIsAskedForActivitiesOnlyOnTheUsersRequest(t *testing.T) {
	w, _ := activeWorld()
	s := start(t, w)
	eventually(t, &s.Monitor, func(m Monitor) bool { return len(m.Activities) == 1 })
	passes := 0
	eventually(t, &s.Monitor, func(Monitor) bool { passes++; return passes > 10 })
	w.set(func(w *world) { require.Zero(t, w.asked, "the events tell of them, however many desktops watch") })
	s.Refresh()
	m := eventually(t, &s.Monitor, func(m Monitor) bool { return len(m.Activities) == 1 && m.Activities[0].Name == "Clean" })
	require.Equal(t, "https://app.example/snapshot", m.NotebookLink)
	w.set(func(w *world) {
		require.Equal(t, 1, w.asked)
		w.runs[0].Status = runs.Succeeded
	})
	eventually(t, &s.Monitor, func(m Monitor) bool { return len(m.Activities) == 1 && m.Activities[0].Name == "Tidy" })
	w.set(func(w *world) { require.Equal(t, 1, w.asked) })
}

func TestWakeUpsAreHeardAtOnce(t *testing.T) {
	w, _ := activeWorld()
	s := New(Sources{
		Database: w, Files: w, Jobs: w, Links: w, Phase: func(runs.Run, []runs.Event, time.Time) runs.Phase { return runs.Phase{} },
		Follows: follows, Sentence: error.Error,
	}, Intervals{Database: time.Hour, Pushed: 2 * time.Hour})
	s.Start(t.Context())
	t.Cleanup(s.Stop)
	eventually(t, &s.Monitor, func(m Monitor) bool { return m.Run != nil && m.Run.Status == runs.Running })
	s.Hearing(Push{OK: true})
	eventually(t, &s.Frame, func(f Frame) bool { return f.Push.OK })
	w.set(func(w *world) { w.runs[0].Status = runs.Succeeded })
	s.Woken()
	eventually(t, &s.Monitor, func(m Monitor) bool { return m.Run.Status == runs.Succeeded })
}

func TestAFrozenDatabaseIsSaidBeforeItsDeadline(t *testing.T) {
	w, _ := activeWorld()
	s := start(t, w)
	eventually(t, &s.Frame, func(f Frame) bool { return f.LockKnown && !f.Database.Slow })
	frozen := make(chan struct{})
	w.frozen.Store(&frozen)
	f := eventually(t, &s.Frame, func(f Frame) bool { return f.Database.Slow })
	require.True(t, f.Database.OK, "nothing has failed yet")
	require.True(t, f.LockKnown)
	w.frozen.Store(nil)
	close(frozen)
	eventually(t, &s.Frame, func(f Frame) bool { return !f.Database.Slow })
}

func TestLostDatabaseKeepsWhatWasSeenAndSaysWhy(t *testing.T) {
	w, run := activeWorld()
	s := start(t, w)
	eventually(t, &s.Monitor, func(m Monitor) bool { return m.Run != nil })
	w.set(func(w *world) { w.dbErr = errors.New("gone") })
	m := eventually(t, &s.Monitor, func(m Monitor) bool { return m.Sentence != "" })
	require.Equal(t, run.ID, m.Run.ID)
	require.Equal(t, "sentence: gone", m.Sentence)
	f := eventually(t, &s.Frame, func(f Frame) bool { return f.Database.Known && !f.Database.OK })
	require.NotNil(t, f.Active, "the lock as it was last seen stays, marked by its age")
	require.False(t, f.AsOf.IsZero())
	w.set(func(w *world) { w.dbErr = nil })
	eventually(t, &s.Frame, func(f Frame) bool { return f.Database.OK && f.Database.Sentence == "" })
	eventually(t, &s.Monitor, func(m Monitor) bool { return m.Sentence == "" })
}

func TestLostFilesKeepTheList(t *testing.T) {
	w := &world{}
	s := start(t, w)
	eventually(t, &s.Import, func(i Import) bool { return len(i.Files) == 1 })
	w.set(func(w *world) { w.filesErr = errors.New("gone") })
	i := eventually(t, &s.Import, func(i Import) bool { return i.Sentence != "" })
	require.Len(t, i.Files, 1)
	eventually(t, &s.Frame, func(f Frame) bool { return f.Files.Known && !f.Files.OK })
}

// TestWhatIsNoDocumentIsNoResult: neither nothing nor a half document is shown as noughts.
func TestWhatIsNoDocumentIsNoResult(t *testing.T) {
	for _, text := range []string{`{}`, `null`, `{"schema_version":2,"orders":3}`, document("kpis", uuid.NewString())[:200]} {
		w := &world{files: map[string]string{"Files/results/current/kpis.json": text}}
		s := start(t, w)
		r := eventually(t, &s.Results, func(r Results) bool { return r.Sentence != "" })
		require.Nil(t, r.KPIs)
		require.Contains(t, r.Sentence, "kpis.json can't be read: it ")
	}
}

func TestArchivePages(t *testing.T) {
	w := &world{}
	for range pageSize + 10 {
		w.runs = append(w.runs, runs.Run{ID: uuid.New(), Status: runs.Failed, CreatedAt: noon})
	}
	s := start(t, w)
	a := eventually(t, &s.Archive, func(a Archive) bool { return a.Loaded })
	require.Len(t, a.Runs, pageSize)
	require.True(t, a.More)
	s.MoreRuns()
	a = eventually(t, &s.Archive, func(a Archive) bool { return !a.More })
	require.Len(t, a.Runs, pageSize+10)
}

func TestFeedHandsEachSubscriberTheNewestAndThenEach(t *testing.T) {
	var f Feed[int]
	f.Publish(1)
	var got []int
	stop := f.Subscribe(func(n int) { got = append(got, n) })
	f.Publish(2)
	stop()
	f.Publish(3)
	require.Equal(t, []int{1, 2}, got)
	latest, ok := f.Latest()
	require.True(t, ok)
	require.Equal(t, 3, latest)
}

// A row may name any item of any workspace: Fabric is asked about the configured ones only, also where the user asks.
func TestARunOfAnotherPipelineIsShownAndFabricIsNotAsked(t *testing.T) {
	w, run := activeWorld()
	w.runs[0].PipelineItemID = "another"
	s := start(t, w)
	eventually(t, &s.Monitor, func(m Monitor) bool { return m.Run != nil })
	s.Refresh()
	passes := 0
	m := eventually(t, &s.Monitor, func(Monitor) bool { passes++; return passes > 5 })
	require.Equal(t, run.ID, m.Run.ID)
	require.Len(t, m.Events, 2)
	require.Empty(t, m.JobPage.URL)
	require.Empty(t, m.NotebookLink)
	w.set(func(w *world) { require.Zero(t, w.asked) })
}

// What an event names as the notebook's page is opened only where it is one.
func TestAnEventNamesNoPageElsewhere(t *testing.T) {
	w, _ := activeWorld()
	w.hidden = 9
	w.events[1].Message = strings.Replace(w.events[1].Message, "https://app.example/told", "https://app.example.evil/told", 1)
	s := start(t, w)
	m := eventually(t, &s.Monitor, func(m Monitor) bool { return m.Run != nil && len(m.Activities) == 1 })
	require.Empty(t, m.NotebookLink)
	require.Equal(t, 9, m.EventsHidden)
}
