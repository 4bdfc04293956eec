package jobs

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"fabricportal/internal/sandbox/process"
)

// Runner executes a notebook.
type Runner interface {
	// Run returns an error where the notebook could not be executed at all; that it failed is in its outcome. When ctx is
	// done, everything that was started must be gone before Run returns.
	Run(ctx context.Context, x Execution) (Outcome, error)
}

// RunnerFunc is a function as a Runner, for tests that need no Python.
type RunnerFunc func(context.Context, Execution) (Outcome, error)

// Run calls the function.
func (f RunnerFunc) Run(ctx context.Context, x Execution) (Outcome, error) { return f(ctx, x) }

// Execution is one notebook to be executed.
type Execution struct {
	ID         string
	JobID      string
	Notebook   Notebook
	Parameters map[string]any // lakehouse_root among them

	KilledAfter int // as in Session
}

// Outcome is how an executed notebook ended.
type Outcome struct {
	ExitValue string         // what it handed to notebookutils.notebook.exit
	Cores     int            // of the node that %%configure asked for; the stand-in has what its machine has
	Error     *NotebookError // nil where it succeeded
}

// NotebookError is what ended a notebook.
type NotebookError struct {
	Name, Value string
	Traceback   []string
}

// Papermill executes notebooks with Python's papermill, as Fabric's engine would: the parameters go into a cell below the one
// that is tagged for them, and the cells run in a kernel of their own.
type Papermill struct {
	Python string // a Python with papermill and ipykernel
	Spark  string // one that has pyspark, too, for notebooks for Spark; looked for when one is to run where ""
	Dir    string // where each execution leaves its files
}

// sitecustomize.py kills a notebook's process where that was ordered.
//
//go:embed python/sitecustomize.py
var sitecustomize []byte

// notebookutils.py stands for Fabric's module of that name.
//
//go:embed python/notebookutils.py
var notebookutils []byte

// Run executes a notebook.
func (p Papermill) Run(ctx context.Context, x Execution) (Outcome, error) {
	dir := filepath.Join(p.Dir, x.ID)
	content, cores, refused := configured(x.Notebook.Content, x.Parameters)
	if refused != nil {
		return Outcome{Error: refused}, nil
	}
	files := map[string][]byte{"input.ipynb": content, filepath.Join("modules", "notebookutils.py"): notebookutils}
	parameters, err := json.Marshal(x.Parameters) // JSON is YAML
	if err != nil {
		return Outcome{}, err
	}
	files["parameters.yaml"] = parameters
	for _, folder := range []string{"modules", "work", "tmp", "jupyter"} {
		if err := os.MkdirAll(filepath.Join(dir, folder), 0o700); err != nil {
			return Outcome{}, err
		}
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			return Outcome{}, err
		}
	}
	python, env := p.Python, p.environment(dir)
	if x.Notebook.forSpark() {
		if python, err = FindSpark(ctx, p.Spark); err != nil {
			return Outcome{}, fmt.Errorf("%s is a notebook for Spark: %w", x.Notebook.Name, err)
		}
		env = append(env, sparkEnvironment(python, dir)...)
	}
	if x.KilledAfter > 0 {
		if err := os.WriteFile(filepath.Join(dir, "modules", "sitecustomize.py"), sitecustomize, 0o600); err != nil {
			return Outcome{}, err
		}
		env = append(env, fmt.Sprintf("PORTAL_SANDBOX_KILLED_AFTER=%d", x.KilledAfter))
	}
	log, err := os.Create(filepath.Join(dir, "papermill.log"))
	if err != nil {
		return Outcome{}, err
	}
	defer log.Close()
	// Papermill would write the whole notebook twice for each of its cells, which took half of a run. It is written at its end, and
	// where a cell fails; where the kernel is killed there is none.
	err = process.Run(ctx, process.Command{
		Path: python, Dir: dir, Env: env, Stdout: log, Stderr: log, Grace: 500 * time.Millisecond,
		Args: []string{"-m", "papermill", "input.ipynb", "output.ipynb", "-f", "parameters.yaml", "-k", "python3", "--cwd", "work", "--no-progress-bar", "--no-request-save-on-cell-execute"},
	})
	if ctx.Err() != nil {
		return Outcome{}, ctx.Err()
	}
	outcome, readErr := readOutcome(filepath.Join(dir, "output.ipynb"))
	outcome.Cores = cores
	if err != nil && outcome.Error == nil {
		if errors.Is(readErr, fs.ErrNotExist) {
			readErr = nil // papermill's own end says it all
		}
		text, _ := os.ReadFile(log.Name())
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		return Outcome{}, fmt.Errorf("papermill: %w: %s", errors.Join(err, readErr), strings.Join(lines[max(0, len(lines)-3):], " | "))
	}
	if value, err := os.ReadFile(filepath.Join(dir, "exit_value")); err == nil {
		outcome.ExitValue = string(value)
	}
	return outcome, readErr
}

// environment is this program's own, without the portal's secrets, and with all that Jupyter writes in the execution's folder.
func (p Papermill) environment(dir string) []string {
	var env []string
	for _, v := range os.Environ() {
		switch name, _, _ := strings.Cut(strings.ToUpper(v), "="); {
		case strings.HasPrefix(name, "PORTAL_"), strings.HasPrefix(name, "JUPYTER"), strings.HasPrefix(name, "PYTHON"), strings.HasPrefix(name, "PG"):
		default:
			env = append(env, v)
		}
	}
	tmp := filepath.Join(dir, "tmp")
	return append(env,
		"PYTHONPATH="+filepath.Join(dir, "modules"), "PYTHONDONTWRITEBYTECODE=1", "PYTHONUTF8=1", "PYDEVD_DISABLE_FILE_VALIDATION=1",
		"JUPYTER_RUNTIME_DIR="+filepath.Join(dir, "jupyter"), "JUPYTER_DATA_DIR="+filepath.Join(dir, "jupyter"), "JUPYTER_CONFIG_DIR="+filepath.Join(dir, "jupyter"),
		"JUPYTER_PLATFORM_DIRS=1", "IPYTHONDIR="+filepath.Join(dir, "jupyter"), "TMPDIR="+tmp, "TMP="+tmp, "TEMP="+tmp,
		"PORTAL_SANDBOX_EXIT_VALUE="+filepath.Join(dir, "exit_value"),
	)
}

// readOutcome looks for the error in an executed notebook.
func readOutcome(path string) (Outcome, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Outcome{}, err
	}
	var notebook struct {
		Cells []struct {
			Outputs []struct {
				Type      string   `json:"output_type"`
				Name      string   `json:"ename"`
				Value     string   `json:"evalue"`
				Traceback []string `json:"traceback"`
			} `json:"outputs"`
		} `json:"cells"`
	}
	if err := json.Unmarshal(text, &notebook); err != nil {
		return Outcome{}, fmt.Errorf("reading the executed notebook: %w", err)
	}
	for _, cell := range notebook.Cells {
		for _, o := range cell.Outputs {
			// notebookutils.notebook.exit ends a notebook by a SystemExit of 0.
			if o.Type == "error" && !(o.Name == "SystemExit" && (o.Value == "" || o.Value == "0")) {
				return Outcome{Error: &NotebookError{o.Name, o.Value, o.Traceback}}, nil
			}
		}
	}
	return Outcome{}, nil
}
