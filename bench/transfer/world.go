package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"fabricportal/internal/sandbox"
	"fabricportal/internal/sandbox/frontdoor"
	"fabricportal/internal/sandbox/standin/jobs"
)

const (
	dfsHost  = "onelake.dfs.fabric.microsoft.com"
	blobHost = "onelake.blob.fabric.microsoft.com"

	source = "large.csv"    // on this machine
	sent   = "large.csv"    // in Files/import
	output = "rows.parquet" // in Files/results/current, and where it is fetched to
)

// world is a sandbox that is reached under Microsoft's host names.
type world struct {
	sandbox *sandbox.Sandbox
	door    *frontdoor.Door
	program string
	dir     string
	size    int64
	env     []string
}

func open(ctx context.Context, program string, size int64) (w *world, err error) {
	w = &world{size: size}
	defer func() {
		if err != nil {
			w.close()
		}
	}()
	if w.program, err = filepath.Abs(program); err != nil {
		return w, err
	}
	none := jobs.RunnerFunc(func(context.Context, jobs.Execution) (jobs.Outcome, error) { return jobs.Outcome{}, nil })
	if w.sandbox, err = sandbox.Start(ctx, sandbox.Options{Runner: none}); err != nil {
		return w, err
	}
	s := w.sandbox.StandIn
	w.door, err = frontdoor.Open(ctx, w.sandbox.Authority, w.sandbox.Authority.Pool(), map[string]string{
		"login.microsoftonline.com": s.AuthorityURL, "login.microsoft.com": s.AuthorityURL, dfsHost: s.OneLakeURL, blobHost: s.BlobURL,
	})
	if err != nil {
		return w, err
	}
	w.dir = filepath.Join(w.sandbox.Dir, "transfer")
	if err := os.MkdirAll(filepath.Join(w.dir, "home"), 0o700); err != nil {
		return w, err
	}
	// The portal goes through the door like the others.
	text, err := w.sandbox.TOML()
	if err != nil {
		return w, err
	}
	config := w.here("portal.toml")
	text = strings.ReplaceAll(text, s.OneLakeURL, "https://"+dfsHost)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return w, err
	}
	w.env = append(w.sandbox.Env(), "PATH="+os.Getenv("PATH"), "HOME="+w.here("home"), "LANG=C.UTF-8", "PORTAL_CONFIG="+config,
		"HTTPS_PROXY="+w.door.URL, "https_proxy="+w.door.URL, "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1",
		"REQUESTS_CA_BUNDLE="+w.sandbox.CAFile, "SSL_CERT_FILE="+w.sandbox.CAFile,
		"TENANT="+s.App.TenantID, "CLIENT="+s.App.ClientID, "SECRET="+s.App.ClientSecret, "WORKSPACE="+s.WorkspaceID, "LAKEHOUSE="+s.LakehouseID,
		"AUTHORITY="+s.AuthorityURL, "CA="+w.sandbox.CAFile)
	if err := w.make(w.here(source)); err != nil {
		return w, err
	}
	if err := os.MkdirAll(filepath.Dir(w.lake(down)), 0o755); err != nil {
		return w, err
	}
	return w, os.Link(w.here(source), w.lake(down))
}

func (w *world) close() {
	if w.door != nil {
		w.door.Close()
	}
	if w.sandbox != nil {
		w.sandbox.Close()
	}
}

// make writes content that no program can shrink.
func (w *world) make(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = io.CopyN(f, rand.NewChaCha8([32]byte{18}), w.size)
	return errors.Join(err, f.Close())
}

// lake is the path on this machine of the lakehouse's file that is transferred.
func (w *world) lake(direction string) string {
	if direction == up {
		return filepath.Join(w.sandbox.Lakehouse, "Files", "import", sent)
	}
	return filepath.Join(w.sandbox.Lakehouse, "Files", "results", "current", output)
}

// arrives is where a transfer puts its file.
func (w *world) arrives(direction string) string {
	if direction == up {
		return w.lake(up)
	}
	return w.here(output)
}

func (w *world) prepare(direction string) error {
	if err := os.Remove(w.arrives(direction)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// check compares sizes, and a piece here and there.
func (w *world) check(direction string) error {
	info, err := os.Stat(w.arrives(direction))
	if err != nil {
		return err
	}
	if info.Size() != w.size {
		return fmt.Errorf("%d of %d bytes arrived", info.Size(), w.size)
	}
	a, err := os.Open(w.here(source))
	if err != nil {
		return err
	}
	defer a.Close()
	b, err := os.Open(w.arrives(direction))
	if err != nil {
		return err
	}
	defer b.Close()
	x, y := make([]byte, 4096), make([]byte, 4096)
	for at := int64(0); at+4096 <= w.size; at += 1 << 20 {
		if _, err := a.ReadAt(x, at); err != nil {
			return err
		}
		if _, err := b.ReadAt(y, at); err != nil {
			return err
		}
		if !bytes.Equal(x, y) {
			return fmt.Errorf("other bytes arrived at %d", at)
		}
	}
	return nil
}

// command is what is run.
type command struct {
	name string
	args []string
	env  []string
}

func (w *world) idle() command { return command{w.program, []string{"files"}, nil} }

func (w *world) ours(direction string) command {
	if direction == up {
		return command{w.program, []string{"upload", w.here(source)}, nil}
	}
	return command{w.program, []string{"download", "current", output, "-o", w.here(output)}, nil}
}

// oneStream sends and asks for a file by such pieces, one after the other.
func (w *world) oneStream(piece int64) func(direction string) command {
	return func(direction string) command {
		self, _ := os.Executable()
		path, local := "Files/results/current/"+output, w.here(output)
		if direction == up {
			path, local = "Files/import/"+sent, w.here(source)
		}
		return command{self, []string{"-one", direction, "-piece", strconv.FormatInt(piece, 10), path, local}, nil}
	}
}

// through leads all that follows by another proxy.
func (w *world) through(proxy string) {
	w.env = append(w.env, "HTTPS_PROXY="+proxy, "https_proxy="+proxy) // the last one counts
}

// others are Microsoft's clients; those that are not installed are named.
func (w *world) others() []client {
	var all []client
	s := w.sandbox.StandIn
	add := func(name, program string, args func(program, direction string) command) {
		path, err := filepath.Abs(program)
		if err == nil {
			_, err = os.Stat(path)
		}
		if err != nil {
			fmt.Printf("%s is missing: scripts/foreign.sh installs it where it can.\n\n", name)
			return
		}
		all = append(all, client{name, func(direction string) command { return args(path, direction) }})
	}
	add("azcopy", ".cache/azcopy/azcopy", func(program, direction string) command {
		lake, local := "https://"+blobHost+"/"+s.WorkspaceID+"/"+s.LakehouseID+"/", w.here(source)
		from, to := local, lake+"Files/import/"+sent
		if direction == down {
			from, to = lake+"Files/results/current/"+output, w.here(output)
		}
		env := []string{
			"LD_LIBRARY_PATH=" + filepath.Join(filepath.Dir(program), "lib"), "AZCOPY_AUTO_LOGIN_TYPE=SPN", "AZCOPY_SPA_APPLICATION_ID=" + s.App.ClientID,
			"AZCOPY_SPA_CLIENT_SECRET=" + s.App.ClientSecret, "AZCOPY_TENANT_ID=" + s.App.TenantID, "AZCOPY_DISABLE_SYSLOG=true",
		}
		return command{program, []string{"copy", from, to, "--block-size-mb=4", "--trusted-microsoft-suffixes=*.fabric.microsoft.com", "--skip-version-check"}, env}
	})
	add("azure-storage-file-datalake", ".cache/foreign/bin/python", func(program, direction string) command {
		if direction == up {
			return command{program, []string{"bench/transfer/client.py", up, "Files/import/" + sent, w.here(source)}, nil}
		}
		return command{program, []string{"bench/transfer/client.py", down, "Files/results/current/" + output, w.here(output)}, nil}
	})
	return all
}

// cost is what a command took.
type cost struct {
	took time.Duration
	peak int64 // resident bytes
}

var peakLine = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// run runs a command to its end. Its peak is what the system noted of the process itself: what a parent of it had does not count.
func (w *world) run(ctx context.Context, c command) (cost, error) {
	cmd := exec.CommandContext(ctx, c.name, c.args...)
	cmd.Env = append(slices.Clone(w.env), c.env...)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return cost{}, err
	}
	ended, peak := make(chan struct{}), make(chan int64)
	go func() {
		most := int64(0)
		for {
			if text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid)); err == nil {
				if found := peakLine.FindSubmatch(text); found != nil {
					kb, _ := strconv.ParseInt(string(found[1]), 10, 64)
					most = max(most, kb<<10)
				}
			}
			select {
			case <-ended:
				peak <- most
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	err := cmd.Wait()
	took := time.Since(began)
	close(ended)
	most := <-peak
	if err != nil {
		text := said.String()
		return cost{}, fmt.Errorf("%w: %s", err, text[max(0, len(text)-2000):])
	}
	return cost{took, most}, nil
}

func median(of []float64) float64 {
	sorted := slices.Sorted(slices.Values(of))
	return sorted[len(sorted)/2]
}
