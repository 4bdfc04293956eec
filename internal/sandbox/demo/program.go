// Package demo does the main job on a sandbox, from the outside: it knows the program only as an executable with
// subcommands, and checks each step's outcome by what it prints, by the lakehouse's files and by its exit code.
package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// program is the built portal-desktop with the environment that points it at the sandbox.
type program struct {
	path string
	env  []string
	log  io.Writer // where its standard error goes, indented
}

// result is how one call ended.
type result struct {
	code   int
	out    []byte // standard output
	stderr string
}

// as returns the program as another user would run it.
func (p program) as(user string) program {
	p.env = append(append([]string(nil), p.env...), "PORTAL_USER="+user)
	return p
}

// call runs the program; an exit code other than 0 is no error.
func (p program) call(ctx context.Context, args ...string) (result, error) {
	fmt.Fprintf(p.log, "    $ portal-desktop %s\n", strings.Join(args, " "))
	cmd := exec.CommandContext(ctx, p.path, args...)
	cmd.Env = append(os.Environ(), p.env...)
	var out, stderr bytes.Buffer
	cmd.Stdout = &out
	cmd.Stderr = io.MultiWriter(&stderr, &indenter{to: p.log})
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return result{}, fmt.Errorf("running %s: %w", p.path, err)
	}
	return result{cmd.ProcessState.ExitCode(), out.Bytes(), stderr.String()}, nil
}

// read runs the program, expects exit code 0, and decodes its JSON output into v.
func (p program) read(ctx context.Context, v any, args ...string) error {
	r, err := p.call(ctx, append(args, "--json")...)
	if err != nil {
		return err
	}
	if r.code != 0 {
		return fmt.Errorf("it ended with exit code %d", r.code)
	}
	if err := json.Unmarshal(r.out, v); err != nil {
		return fmt.Errorf("its output is not the JSON that was expected: %w", err)
	}
	return nil
}

// indenter sets each line off from the demo's own.
type indenter struct {
	to  io.Writer
	mid bool // in the middle of a line
}

func (w *indenter) Write(b []byte) (int, error) {
	for _, line := range bytes.SplitAfter(b, []byte("\n")) {
		if len(line) == 0 {
			continue
		}
		if !w.mid {
			if _, err := io.WriteString(w.to, "      "); err != nil {
				return 0, err
			}
		}
		if _, err := w.to.Write(line); err != nil {
			return 0, err
		}
		w.mid = line[len(line)-1] != '\n'
	}
	return len(b), nil
}
