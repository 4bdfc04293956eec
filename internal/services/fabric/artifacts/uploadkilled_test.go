package artifacts_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/netfault"
	"fabricportal/internal/sandbox/standin/faults"
	"fabricportal/internal/services/desktop/imports"
)

// uploading orders this test's program to be one that uploads, and is killed by the one that runs it.
const uploading = "PORTAL_TEST_UPLOADS"

// TestUploads is no test of its own: another process that uploads, with what it remembers beside it.
func TestUploads(t *testing.T) {
	o, lake := ordered(t, uploading)
	u := imports.NewUploader(lake, imports.Open(""), imports.OpenPending(o.Path, "lake"), "ana", slog.New(slog.DiscardHandler))
	_, err := u.Upload(t.Context(), o.Local, imports.How{Overwrite: true}, func(sent, _ int64) { fmt.Println("at", sent) })
	if err != nil {
		fmt.Println("ended:", err)
		return
	}
	fmt.Println("whole")
}

// TestAnUploadMayBeKilledAtAnyMoment: real processes, to a service that is slow and drops connections, over a network that goes away. Under
// the name is what was there before, or the whole file; what the lakehouse has made to last is not sent again; and one goes on to the end.
func TestAnUploadMayBeKilledAtAnyMoment(t *testing.T) {
	s, _, cfg, _, _ := overHTTPS(t)
	const pieces = 72
	content := make([]byte, pieces*piece-77)
	_, _ = rand.NewChaCha8([32]byte{3}).Read(content)
	state, local := t.TempDir(), filepath.Join(t.TempDir(), "large.csv")
	require.NoError(t, os.WriteFile(local, content, 0o600))
	folder := filepath.Join(s.dir, "Files", "import")
	target, before := filepath.Join(folder, "large.csv"), []byte("what was there before")
	require.NoError(t, os.WriteFile(target, before, 0o600))

	there, err := url.Parse(cfg.OneLakeURL)
	require.NoError(t, err)
	proxy, err := netfault.Start(t.Context(), there.Host)
	require.NoError(t, err)
	defer proxy.Close()
	there.Host = there.Hostname() + ":" + strconv.Itoa(proxy.Port())
	cfg.OneLakeURL = there.String()
	seed := time.Now().UnixNano()
	chance := rand.New(rand.NewPCG(uint64(seed), 18)) //nolint:gosec // a moment, not a secret
	t.Log("seed", seed)
	s.Faults.SetTenant(faults.Tenant{Latency: 3 * time.Millisecond})
	drops := 0
	s.Faults.Pick(faults.LakeWrite, func() faults.Fault {
		drops++
		return faults.Fault{Drop: drops%11 == 0}
	})
	text, err := json.Marshal(order{cfg, s.App.ClientSecret, filepath.Join(filepath.Dir(s.dir), "ca.pem"), local, state})
	require.NoError(t, err)

	// look tells whether the file has arrived, and how much of it is staged.
	look := func() (whole bool, staged int64) {
		t.Helper()
		data, err := os.ReadFile(target)
		require.NoError(t, err)
		if !bytes.Equal(data, before) {
			require.True(t, bytes.Equal(data, content), "half a file, or a wrong one")
		}
		entries, err := os.ReadDir(folder)
		require.NoError(t, err)
		require.LessOrEqual(t, len(entries), 2, "one upload stages once")
		for _, e := range entries {
			if e.Name() != "large.csv" {
				info, err := e.Info()
				require.NoError(t, err)
				staged = info.Size()
			}
		}
		return bytes.Equal(data, content), staged
	}
	const rounds = 7
	most, ended := int64(0), ""
	for round := 0; ; round++ {
		require.Less(t, round, 30, "no try comes to its end: %s", ended)
		_, staged := look()
		most = max(most, staged)
		kills := round < rounds || most == 0 // until something of a killed one is there to be used
		asked := len(s.Faults.Requests(faults.LakeWrite))
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestUploads$", "-test.timeout=60s", "-test.v")
		child.Env = append(os.Environ(), uploading+"="+string(text))
		out, err := child.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, child.Start())
		lines := bufio.NewScanner(out)
		for said, moment := 0, chance.IntN(40); (said <= moment || !kills) && lines.Scan(); {
			switch {
			case strings.HasPrefix(lines.Text(), "at "):
				said++
			case strings.HasPrefix(lines.Text(), "ended:"):
				ended = lines.Text()
			}
		}
		if kills {
			time.Sleep(time.Duration(chance.IntN(4000)) * time.Microsecond) // somewhere between two lines
			if round%2 == 1 {
				proxy.Set(netfault.Fault{Mode: netfault.Reset}) // it ends by itself, as the network is away
			} else {
				require.NoError(t, child.Process.Kill())
			}
		}
		for lines.Scan() {
			if strings.HasPrefix(lines.Text(), "ended:") {
				ended = lines.Text()
			}
		}
		_ = child.Wait()
		proxy.Set(netfault.Fault{})
		for _, r := range s.Faults.Requests(faults.LakeWrite)[asked:] {
			at, err := url.Parse(r.Path)
			require.NoError(t, err)
			if at.Query().Get("action") == "append" {
				position, err := strconv.ParseInt(at.Query().Get("position"), 10, 64)
				require.NoError(t, err)
				require.GreaterOrEqual(t, position, staged, "what is there is not sent again")
			}
		}
		if whole, _ := look(); whole {
			break
		}
	}
	require.Positive(t, most, "nothing of a killed upload was used")
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Len(t, entries, 1, "nothing is left beside it")
	left, err := os.ReadDir(state)
	require.NoError(t, err)
	for _, e := range left { // a note that was not whole is swept later
		require.True(t, strings.HasPrefix(e.Name(), ".") && strings.HasSuffix(e.Name(), ".part"), "%s is remembered of it", e.Name())
	}
}
