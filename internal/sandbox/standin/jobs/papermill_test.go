package jobs_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/standin/jobs"
)

// notebook is one whose first cell holds the parameters and whose second does the given work.
func notebook(t *testing.T, work string) jobs.Notebook {
	t.Helper()
	cell := func(source string, tags ...string) map[string]any {
		return map[string]any{"cell_type": "code", "id": uuid.NewString()[:8], "execution_count": nil, "outputs": []any{},
			"metadata": map[string]any{"tags": append([]string{}, tags...)}, "source": strings.SplitAfter(source, "\n")}
	}
	content, err := json.Marshal(map[string]any{
		"cells":    []any{cell(`lakehouse_root, run_id, visitors = "/lakehouse/default", "", 0`, "parameters"), cell(work)},
		"metadata": map[string]any{"kernel_info": map[string]any{"name": "jupyter"}, "language_info": map[string]any{"name": "python"}},
		"nbformat": 4, "nbformat_minor": 5,
	})
	require.NoError(t, err)
	return jobs.Notebook{ID: uuid.NewString(), Name: "test", Content: content}
}

func papermill(t *testing.T) jobs.Papermill {
	t.Helper()
	if testing.Short() {
		t.Skip("it runs a notebook")
	}
	python, err := jobs.FindPython(t.Context(), "")
	if errors.Is(err, jobs.ErrNoPython) {
		t.Skip(err)
	}
	require.NoError(t, err)
	return jobs.Papermill{Python: python, Dir: t.TempDir()}
}

func TestPapermillRunsANotebook(t *testing.T) {
	t.Setenv("PORTAL_CLIENT_SECRET", "canary")
	p := papermill(t)
	root := t.TempDir()
	const work = `import json, os, pathlib
pathlib.Path(lakehouse_root, "seen.json").write_text(json.dumps({"run_id": run_id, "visitors": visitors, "secret": os.environ.get("PORTAL_CLIENT_SECRET"), "tmp": __import__("tempfile").gettempdir()}))
import notebookutils
notebookutils.notebook.exit("42 orders")
raise ValueError("not reached")`
	x := jobs.Execution{ID: uuid.NewString(), Notebook: notebook(t, work), Parameters: map[string]any{
		"lakehouse_root": root, "run_id": `quote " colon: # ü`, "visitors": int64(1428571),
	}}
	outcome, err := p.Run(t.Context(), x)
	require.NoError(t, err)
	require.Equal(t, jobs.Outcome{ExitValue: "42 orders", Cores: jobs.DefaultCores}, outcome)
	text, err := os.ReadFile(filepath.Join(root, "seen.json"))
	require.NoError(t, err)
	var seen map[string]any
	require.NoError(t, json.Unmarshal(text, &seen))
	require.Equal(t, map[string]any{"run_id": `quote " colon: # ü`, "visitors": 1428571.0, "secret": nil, "tmp": filepath.Join(p.Dir, x.ID, "tmp")}, seen)
}

func TestPapermillTellsWhyANotebookFailed(t *testing.T) {
	p := papermill(t)
	outcome, err := p.Run(t.Context(), jobs.Execution{ID: uuid.NewString(), Parameters: map[string]any{}, Notebook: notebook(t, `class RunFailed(Exception): pass
raise RunFailed("The column revenue is missing.")`)})
	require.NoError(t, err)
	require.NotNil(t, outcome.Error)
	require.Equal(t, "RunFailed", outcome.Error.Name)
	require.Equal(t, "The column revenue is missing.", outcome.Error.Value)
	require.Contains(t, strings.Join(outcome.Error.Traceback, "\n"), "RunFailed")
	require.Empty(t, outcome.ExitValue)

	_, err = p.Run(t.Context(), jobs.Execution{ID: uuid.NewString(), Parameters: map[string]any{}, Notebook: jobs.Notebook{Content: []byte("no notebook")}})
	require.ErrorContains(t, err, "papermill", "what can't be executed at all is an error of its own")
}

func TestPapermillStopsWithAllItStarted(t *testing.T) {
	p := papermill(t)
	root := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error, 1)
	go func() {
		_, err := p.Run(ctx, jobs.Execution{ID: uuid.NewString(), Parameters: map[string]any{"lakehouse_root": root}, Notebook: notebook(t, `import os, pathlib, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(lakehouse_root, "pid.new").write_text(str(os.getpid()))
os.rename(os.path.join(lakehouse_root, "pid.new"), os.path.join(lakehouse_root, "pid"))
while True:
    time.sleep(0.1)`)})
		done <- err
	}()
	var kernel string
	require.Eventually(t, func() bool {
		text, err := os.ReadFile(filepath.Join(root, "pid"))
		kernel = string(text)
		return err == nil
	}, time.Minute, 20*time.Millisecond, "the kernel did not start")
	cancel()
	require.ErrorIs(t, <-done, context.Canceled)
	if _, err := os.Stat("/proc/self"); err == nil {
		require.NoDirExists(t, filepath.Join("/proc", kernel), "Run returned while the kernel was there")
	}
}

func TestFindPythonSaysWhatToDo(t *testing.T) {
	shell, err := jobs.FindPython(t.Context(), "sh")
	require.Empty(t, shell)
	require.ErrorContains(t, err, "has no papermill and ipykernel")
	t.Chdir(t.TempDir())
	t.Setenv("PATH", t.TempDir())
	t.Setenv("PORTAL_SANDBOX_PYTHON", "")
	_, err = jobs.FindPython(t.Context(), "")
	require.ErrorIs(t, err, jobs.ErrNoPython)
}
