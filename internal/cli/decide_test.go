package cli

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/runs/locking"
)

func (f *fakePortal) Examine(_ context.Context, id uuid.UUID) (runs.Doubt, error) {
	start := noon
	return runs.Doubt{Sentence: "jobs in Fabric could be the run's", Candidates: []runs.Candidate{
		{Job: pipelines.JobInstance{ID: "job-a", Status: pipelines.InProgress, Start: &start}, Matched: true},
		{Job: pipelines.JobInstance{ID: "job-b", Status: pipelines.NotStarted}, Dismissed: true},
	}}, f.runErr
}

func (f *fakePortal) Adopt(_ context.Context, id uuid.UUID, job string) error {
	f.asked = append(f.asked, "adopt "+id.String()+" "+job)
	return f.runErr
}

func (f *fakePortal) Dismiss(_ context.Context, id uuid.UUID, jobs []string, why string) error {
	f.asked = append(f.asked, "dismiss "+id.String()+" "+strings.Join(jobs, ",")+" "+why)
	return f.runErr
}

func (f *fakePortal) Unlock(_ context.Context, id uuid.UUID, confirm, why string) error {
	f.asked = append(f.asked, "unlock "+id.String()+" "+confirm+" "+why)
	return f.runErr
}

func (f *fakePortal) InputFile(context.Context, string) (artifacts.File, error) {
	f.tag += f.tagStep
	return artifacts.File{ETag: f.tag}, nil
}

func opened(f *fakePortal) Program {
	return Program{Open: func(context.Context, string) (Portal, error) { return f, nil }}
}

func TestExamineListsTheCandidates(t *testing.T) {
	f := &fakePortal{}
	got := execute(t, opened(f), "examine", someRun.String())
	require.Equal(t, ExitDone, got.code)
	require.Contains(t, got.out, "job-a")
	require.Contains(t, got.out, "carries the run's id")
	require.Contains(t, got.err, "jobs in Fabric could be the run's")
	var doc struct {
		Candidates []candidateJSON `json:"candidates"`
		CanUnlock  bool            `json:"can_unlock"`
	}
	require.NoError(t, json.Unmarshal([]byte(execute(t, opened(f), "examine", someRun.String(), "--json").out), &doc))
	require.Len(t, doc.Candidates, 2)
	require.Equal(t, "2026-03-01T12:00:00Z", *doc.Candidates[0].StartedAt)
	require.Nil(t, doc.Candidates[1].StartedAt)
}

func TestDecisionsReachTheServices(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"adopt", someRun.String(), "job-a"}, "adopt " + someRun.String() + " job-a"},
		{[]string{"dismiss", someRun.String(), "job-b", "--why", "by hand"}, "dismiss " + someRun.String() + " job-b by hand"},
		{[]string{"unlock", someRun.String(), "--confirm", "018f4e6e-0000", "--why", "lost"}, "unlock " + someRun.String() + " 018f4e6e-0000 lost"},
	} {
		f := &fakePortal{}
		require.Equal(t, ExitDone, execute(t, opened(f), c.args...).code)
		require.Equal(t, []string{c.want}, f.asked)
		f.runErr = &runs.DecisionError{Sentence: "not now: Fabric says that it runs"}
		got := execute(t, opened(f), c.args...)
		require.Equal(t, ExitFailed, got.code)
		require.Contains(t, got.err, "not now: Fabric says that it runs")
	}
}

// busyTwice is a portal whose lock is held for the first two tries.
type busyTwice struct {
	*fakePortal
	tries int
}

func (b *busyTwice) Run(ctx context.Context, input string, how *contract.ReadOptions) (runs.Run, error) {
	b.tries++
	if b.tries <= 2 {
		return runs.Run{}, &locking.BusyError{Card: locking.Card{RunID: someRun, LockedAt: noon, LockedBy: locking.Owner{User: "ben"}}}
	}
	return b.fakePortal.Run(ctx, input, how)
}

func (b *busyTwice) Follow(context.Context, uuid.UUID, func(runs.State)) (runs.Run, error) {
	return runs.Run{}, nil
}

func TestRunWhenFreeWaits(t *testing.T) {
	b := &busyTwice{fakePortal: &fakePortal{run: runs.Run{ID: someRun, Status: runs.Queued}}}
	p := Program{Open: func(context.Context, string) (Portal, error) { return b, nil }}
	got := execute(t, p, "run", "a.xlsx", "--when-free")
	require.Equal(t, ExitDone, got.code, got.err)
	require.Equal(t, 3, b.tries)
	require.Equal(t, 1, strings.Count(got.err, "waiting: ben has been running"), "said once for each run that is in the way")

	b.tries, b.tagStep = 0, "x"
	got = execute(t, p, "run", "a.xlsx", "--when-free")
	require.Equal(t, ExitFailed, got.code)
	require.Contains(t, got.err, "a.xlsx was changed in the lakehouse while the run waited")

	b.tries = 0
	require.Equal(t, ExitLocked, execute(t, p, "run", "a.xlsx").code)
	b.fakePortal.runErr = errors.New("no")
	b.tries, b.tagStep = 5, ""
	require.Equal(t, ExitFailed, execute(t, p, "run", "a.xlsx", "--when-free").code)
}
