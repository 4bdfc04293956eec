package jobs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// ErrNoPython says that no Python can execute notebooks.
var ErrNoPython = errors.New("no Python with papermill and ipykernel was found: " +
	"make one with “python3 -m venv .cache/venv” and “.cache/venv/bin/python -m pip install -r fabric/requirements.txt” in the project's folder, " +
	"or name one with PORTAL_SANDBOX_PYTHON")

// FindPython returns a Python that can execute notebooks: the named one, else that of the environment variable
// PORTAL_SANDBOX_PYTHON, else that of .cache/venv in this folder or one above it, else the PATH's.
func FindPython(ctx context.Context, named string) (string, error) {
	if named == "" {
		named = os.Getenv("PORTAL_SANDBOX_PYTHON")
	}
	if named != "" {
		path, err := exec.LookPath(named)
		if err == nil {
			path, err = filepath.Abs(path)
		}
		if err != nil {
			return "", fmt.Errorf("looking for the Python %s: %w", named, err)
		}
		if !suits(ctx, path, executes) {
			return "", fmt.Errorf("%s has no papermill and ipykernel: install fabric/requirements.txt with its pip", path)
		}
		return path, nil
	}
	if path, err := inProject(ctx, "venv", executes); path != "" || err != nil {
		return path, err
	}
	for _, name := range []string{"python3", "python"} {
		if path, err := exec.LookPath(name); err == nil && suits(ctx, path, executes) {
			return path, nil
		}
	}
	return "", ErrNoPython
}

// The modules that a Python must have.
var (
	executes  = []string{"papermill", "ipykernel"}
	withSpark = append([]string{"pyspark"}, executes...)
)

// ErrNoSpark says that no Python can execute notebooks for Spark.
var ErrNoSpark = errors.New("no Spark is installed here: install it with “sh scripts/spark.sh” in the project's folder, " +
	"or name a Python with pyspark, papermill and ipykernel with PORTAL_SANDBOX_SPARK")

// FindSpark returns a Python that can execute notebooks for Spark: the named one, else that of the environment variable
// PORTAL_SANDBOX_SPARK, else that of .cache/spark in this folder or one above it.
func FindSpark(ctx context.Context, named string) (string, error) {
	if named == "" {
		named = os.Getenv("PORTAL_SANDBOX_SPARK")
	}
	if named != "" {
		if !suits(ctx, named, withSpark) {
			return "", fmt.Errorf("%s has no pyspark, papermill and ipykernel: install fabric/requirements-spark.txt with its pip", named)
		}
		return named, nil
	}
	path, err := inProject(ctx, "spark", withSpark)
	if path == "" && err == nil {
		err = ErrNoSpark
	}
	return path, err
}

// sparkEnvironment lets Spark work on this machine alone, with two cores and its files in the execution's folder.
func sparkEnvironment(python, dir string) []string {
	tmp := filepath.Join(dir, "tmp")
	return []string{
		"PYSPARK_PYTHON=" + python, "SPARK_LOCAL_IP=127.0.0.1", "SPARK_LOCAL_DIRS=" + tmp,
		"PYSPARK_SUBMIT_ARGS=--master local[2] --conf spark.ui.enabled=false --conf spark.driver.host=127.0.0.1 --conf spark.log.level=ERROR pyspark-shell",
	}
}

// inProject looks for the Python of an environment in .cache, in this folder or one above it; "" where none suits.
func inProject(ctx context.Context, environment string, modules []string) (string, error) {
	inside := filepath.Join(".cache", environment, "bin", "python")
	if runtime.GOOS == "windows" {
		inside = filepath.Join(".cache", environment, "Scripts", "python.exe")
	}
	here, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if path := filepath.Join(here, inside); suits(ctx, path, modules) {
			return path, nil
		}
		if here == filepath.Dir(here) {
			return "", nil
		}
		here = filepath.Dir(here)
	}
}

// suits tells whether a Python has the modules.
func suits(ctx context.Context, python string, modules []string) bool {
	if _, err := os.Stat(python); err != nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	const look = `import importlib.util as u, sys; sys.exit(not all(u.find_spec(m) for m in sys.argv[1].split()))`
	return exec.CommandContext(ctx, python, "-c", look, strings.Join(modules, " ")).Run() == nil
}
