// Package foreign lets Microsoft's own clients, as they are published, do a round of work against the stand-in: what they send
// and expect is the best measure of its faithfulness that there is without a tenant. fabric/README.md has the table of what each
// did; scripts/foreign.sh installs them.
package foreign

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/fabric"
	"fabricportal/internal/sandbox/certs"
	"fabricportal/internal/sandbox/frontdoor"
	"fabricportal/internal/sandbox/standin"
	"fabricportal/internal/sandbox/standin/jobs"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/fabric/auth"
	"fabricportal/internal/services/fabric/transport"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

const (
	loginHost = "login.microsoftonline.com"
	apiHost   = "api.fabric.microsoft.com"
	dfsHost   = "onelake.dfs.fabric.microsoft.com"
	blobHost  = "onelake.blob.fabric.microsoft.com"
)

// world is a stand-in that is reached under Microsoft's own host names.
type world struct {
	*standin.StandIn
	door *frontdoor.Door
	env  []string
	dir  string
}

func open(t *testing.T) *world {
	t.Helper()
	if testing.Short() {
		t.Skip("it runs other programs")
	}
	dir := t.TempDir()
	authority, err := certs.New()
	require.NoError(t, err)
	s, err := standin.Start(t.Context(), standin.Options{
		Authority: authority, LakehouseDir: filepath.Join(dir, "lakehouse"), PendingDir: filepath.Join(dir, "pending"), Definitions: fabric.Items,
		RetryAfter: time.Second,
		// A notebook goes on until it is cancelled, so that there is something to cancel; what it does is not the matter here.
		Runner: jobs.RunnerFunc(func(ctx context.Context, x jobs.Execution) (jobs.Outcome, error) {
			if strings.Contains(string(mustJSON(x.Parameters)), "at-once") {
				return jobs.Outcome{ExitValue: "done"}, nil
			}
			<-ctx.Done()
			return jobs.Outcome{}, ctx.Err()
		}),
	})
	require.NoError(t, err)
	t.Cleanup(s.Close)
	s.Faults.Gateway(true) // Location headers name the host that was asked
	door, err := frontdoor.Open(t.Context(), authority, authority.Pool(), map[string]string{
		loginHost: s.AuthorityURL, "login.microsoft.com": s.AuthorityURL, apiHost: s.APIURL, dfsHost: s.OneLakeURL, blobHost: s.BlobURL,
	})
	require.NoError(t, err)
	t.Cleanup(door.Close)
	ca := filepath.Join(dir, "ca.pem")
	require.NoError(t, os.WriteFile(ca, authority.PEM(), 0o600))
	home := filepath.Join(dir, "home")
	require.NoError(t, os.Mkdir(home, 0o700))
	w := &world{StandIn: s, door: door, dir: dir}
	t.Cleanup(func() {
		if t.Failed() {
			w.tell(t)
		}
	})
	w.env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "LANG=C.UTF-8", "COLUMNS=400", "PYTHONDONTWRITEBYTECODE=1",
		"HTTPS_PROXY=" + door.URL, "https_proxy=" + door.URL, "NO_PROXY=", "no_proxy=",
		"REQUESTS_CA_BUNDLE=" + ca, "SSL_CERT_FILE=" + ca,
		"TENANT=" + s.App.TenantID, "CLIENT=" + s.App.ClientID, "SECRET=" + s.App.ClientSecret,
		"WORKSPACE=" + s.WorkspaceID, "LAKEHOUSE=" + s.LakehouseID, "PIPELINE=" + s.PipelineIDs["sales_ingest"],
	}
	return w
}

// installed is the path of a client below .cache, or skips the test with the reason why it is not there.
func installed(t *testing.T, part, program string) string {
	t.Helper()
	cache, err := filepath.Abs(filepath.Join("..", "..", "..", ".cache"))
	require.NoError(t, err)
	if reason, err := os.ReadFile(filepath.Join(cache, part+".missing")); err == nil {
		t.Skipf("%s %s", part, strings.TrimSpace(string(reason)))
	}
	path := filepath.Join(cache, part, filepath.FromSlash(program))
	if _, err := os.Stat(path); err != nil {
		t.Skipf("there is no .cache/%s: scripts/foreign.sh installs it", part)
	}
	return path
}

// run lets a client do its work, and returns what it printed. What the stand-in was asked and answered is told where it fails.
func (w *world) run(t *testing.T, program string, args ...string) string {
	t.Helper()
	text, err := w.try(t, program, args...)
	if err != nil {
		if lines := strings.Split(text, "\n"); len(lines) > 40 {
			text = strings.Join(lines[len(lines)-40:], "\n") // the end of a trace tells most
		}
		require.NoError(t, err, "%s %s\n%s", filepath.Base(program), strings.Join(args, " "), text)
	}
	return text
}

// tell logs what the stand-in was asked last, and what it answered.
func (w *world) tell(t *testing.T) {
	t.Helper()
	all := w.Faults.Requests("")
	for _, r := range all[max(0, len(all)-40):] {
		t.Log(r.Status, r.Method, r.Path)
	}
}

func (w *world) try(t *testing.T, program string, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, program, args...)
	c.Env, c.Dir, c.WaitDelay = w.env, w.dir, 10*time.Second
	var text bytes.Buffer
	c.Stdout, c.Stderr = &text, &text
	err := c.Run()
	return text.String(), err
}

// script runs one of the scripts in testdata.
func (w *world) script(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", name))
	require.NoError(t, err)
	return w.run(t, installed(t, "foreign", "bin/python"), path)
}

// portal is the portal's own client of the same lakehouse.
func (w *world) portal(t *testing.T) *artifacts.OneLake {
	t.Helper()
	network, err := transport.New(filepath.Join(w.dir, "ca.pem"))
	require.NoError(t, err)
	cfg := config.Default().Fabric
	cfg.TenantID, cfg.ClientID, cfg.WorkspaceID, cfg.LakehouseID = w.App.TenantID, w.App.ClientID, w.WorkspaceID, w.LakehouseID
	cfg.AuthorityURL, cfg.OneLakeURL = w.AuthorityURL, w.OneLakeURL
	credential, err := auth.New(cfg, secrets.New(w.App.ClientSecret), network, "")
	require.NoError(t, err)
	t.Cleanup(credential.CloseIdleConnections)
	lake := artifacts.NewOneLake(cfg, credential, network, "1.2.3")
	t.Cleanup(lake.CloseIdleConnections)
	return lake
}

// lake is the path of a file of the lakehouse on this machine.
func (w *world) lake(path string) string {
	return filepath.Join(w.dir, "lakehouse", filepath.FromSlash(path))
}

func mustJSON(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil { // parameters came as JSON
		panic(err)
	}
	return text
}
