//go:build linux

package sandbox_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox"
	"fabricportal/internal/sandbox/standin/jobs"
)

// victimEnv makes this test's executable a sandbox with a job that runs for ever.
const victimEnv = "SANDBOX_TEST_VICTIM"

func TestMain(m *testing.M) {
	if os.Getenv(victimEnv) != "" {
		if err := victim(context.Background()); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// endless are the two pipelines, with a notebook that goes on for ever.
func endless() fstest.MapFS {
	source := "import os, pathlib, time\npathlib.Path(lakehouse_root, 'Files', 'running').write_text(str(os.getpid()))\nwhile True: time.sleep(0.1)"
	notebook, _ := json.Marshal(map[string]any{
		"cells": []any{map[string]any{"cell_type": "code", "id": "c", "execution_count": nil, "outputs": []any{},
			"metadata": map[string]any{"tags": []string{"parameters"}}, "source": []string{"lakehouse_root = ''"}},
			map[string]any{"cell_type": "code", "id": "d", "execution_count": nil, "outputs": []any{}, "metadata": map[string]any{}, "source": []string{source}}},
		"metadata": map[string]any{"language_info": map[string]any{"name": "python"}}, "nbformat": 4, "nbformat_minor": 5,
	})
	pipeline := []byte(`{"properties": {"activities": [{"name": "n", "type": "TridentNotebook", "typeProperties": {"notebookId": "0198c5a2-7c3e-4bb2-a111-0000000000ec"}}]}}`)
	return fstest.MapFS{
		"n.Notebook/.platform":                            {Data: []byte(`{"config": {"logicalId": "0198c5a2-7c3e-4bb2-a111-0000000000ec"}}`)},
		"n.Notebook/notebook-content.ipynb":               {Data: notebook},
		"sales_ingest.DataPipeline/.platform":             {Data: []byte(`{}`)},
		"sales_ingest.DataPipeline/pipeline-content.json": {Data: pipeline},
		"restore_run.DataPipeline/.platform":              {Data: []byte(`{}`)},
		"restore_run.DataPipeline/pipeline-content.json":  {Data: pipeline},
	}
}

func victim(ctx context.Context) error {
	s, err := sandbox.Start(ctx, sandbox.Options{Definitions: endless(), QueueTime: -1})
	if err != nil {
		return err
	}
	defer s.Close()
	if _, err := s.StandIn.Jobs.Start(s.StandIn.PipelineIDs["sales_ingest"], jobs.Request{}); err != nil {
		return err
	}
	for {
		if _, err := os.Stat(filepath.Join(s.Lakehouse, "Files", "running")); err == nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	fmt.Println("running", s.Dir, filepath.Dir(s.Database.CAFile))
	select {}
}

// mark is in the environment of every process that a victim has started.
func marked(t *testing.T, mark string) (found []string) {
	t.Helper()
	paths, err := filepath.Glob("/proc/[0-9]*/environ")
	require.NoError(t, err)
	for _, path := range paths {
		if text, err := os.ReadFile(path); err == nil && bytes.Contains(text, []byte(mark)) {
			line, _ := os.ReadFile(filepath.Join(filepath.Dir(path), "cmdline"))
			found = append(found, strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	return found
}

func TestNothingIsLeftWhenASandboxIsKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs a notebook")
	}
	if _, err := jobs.FindPython(t.Context(), ""); errors.Is(err, jobs.ErrNoPython) {
		t.Skip(err)
	}
	for _, signal := range []syscall.Signal{syscall.SIGKILL, syscall.SIGQUIT} {
		t.Run(signal.String(), func(t *testing.T) {
			mark := fmt.Sprintf("SANDBOX_TEST_MARK=%d-%d", os.Getpid(), signal)
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), victimEnv+"=1", mark)
			out, err := cmd.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, cmd.Start())
			line, err := bufio.NewReader(out).ReadString('\n')
			require.NoError(t, err)
			words := strings.Fields(line)
			require.Len(t, words, 3, "the sandbox did not start: %s", line)
			before := strings.Join(marked(t, mark), "\n")
			for _, part := range []string{"postgres", "papermill", "ipykernel"} {
				require.Contains(t, before, part, "it is not what is to be killed")
			}

			require.NoError(t, cmd.Process.Signal(signal))
			_ = cmd.Wait()

			var left []string
			require.Eventually(t, func() bool { left = marked(t, mark); return len(left) == 0 }, 20*time.Second, 50*time.Millisecond, "left: %v", &left)
			for _, dir := range words[1:] {
				require.Eventually(t, func() bool { _, err := os.Stat(dir); return os.IsNotExist(err) }, 5*time.Second, 20*time.Millisecond, "%s is left", dir)
			}
		})
	}
}
