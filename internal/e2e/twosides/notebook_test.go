package twosides

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
)

// notebook is a process of Python with the notebook's modules, which answers one file after the other.
type notebook struct {
	in  io.WriteCloser
	out *bufio.Reader
}

// request is a file and how a person says that it is read.
type request struct {
	Path    string `json:"path"`
	Options string `json:"options"`
	Funnel  any    `json:"funnel"`
	Parquet string `json:"parquet"` // where the cleaned rows are written; "" for nowhere
}

// answer is what one side makes of a file: documents as they are written, or why there are none.
type answer struct {
	Profile any     `json:"profile"`
	KPIs    any     `json:"kpis"`
	Rows    any     `json:"rows"`
	Refused *string `json:"refused"`
	Fault   *string `json:"fault"` // an error that no run should end with
}

func root(t testing.TB) string {
	path, err := filepath.Abs(filepath.Join("..", "..", ".."))
	require.NoError(t, err)
	return path
}

// python runs a program of the notebook's tests.
func python(t testing.TB, program string, arguments ...string) *exec.Cmd {
	python := os.Getenv("PORTAL_SANDBOX_PYTHON")
	if python == "" {
		python = filepath.Join(root(t), ".cache", "venv", "bin", "python")
	}
	if _, err := os.Stat(python); err != nil {
		t.Skip("the notebooks' Python environment is not there: run scripts/setup.sh python")
	}
	command := exec.CommandContext(t.Context(), python, append([]string{filepath.Join(root(t), "fabric", "tests", program)}, arguments...)...)
	folders, err := filepath.Glob(filepath.Join(root(t), "fabric", "src", "*"))
	require.NoError(t, err)
	command.Env = append(os.Environ(), "PYTHONPATH="+strings.Join(folders, string(filepath.ListSeparator)))
	command.Stderr = os.Stderr
	return command
}

func openNotebook(t testing.TB) *notebook {
	command := python(t, "answering.py")
	in, err := command.StdinPipe()
	require.NoError(t, err)
	out, err := command.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, command.Start())
	t.Cleanup(func() {
		_ = in.Close()
		_ = command.Wait()
	})
	return &notebook{in: in, out: bufio.NewReaderSize(out, 1<<20)}
}

// ask sends a request; its answer comes with the receive that has as many before it.
func (n *notebook) ask(r request) error {
	line, err := json.Marshal(r)
	if err == nil {
		_, err = n.in.Write(append(line, '\n'))
	}
	return err
}

func (n *notebook) receive() (*answer, error) {
	line, err := n.out.ReadBytes('\n')
	if err != nil {
		return nil, err
	}
	a := &answer{}
	return a, errors.Join(json.Unmarshal(line, a), readable(line))
}

// readable says why the documents in an answer can't be read by this program, as by their schemas.
func readable(answer []byte) error {
	var documents struct {
		Profile json.RawMessage `json:"profile"`
		KPIs    json.RawMessage `json:"kpis"`
	}
	err := json.Unmarshal(answer, &documents)
	if there(documents.Profile) {
		_, unfit := contract.Decode[contract.ImportProfile]("import_profile.json", documents.Profile)
		err = errors.Join(err, unfit)
	}
	if there(documents.KPIs) {
		_, unfit := contract.Decode[contract.KPIs]("kpis.json", documents.KPIs)
		err = errors.Join(err, unfit)
	}
	return err
}

func there(document json.RawMessage) bool { return len(document) > 0 && string(document) != "null" }
