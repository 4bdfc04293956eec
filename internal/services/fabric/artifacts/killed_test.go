package artifacts_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/standin/faults"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/fabric/auth"
	"fabricportal/internal/services/fabric/transport"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

// fetching orders this test's program to be one that downloads, and is killed by the one that runs it.
const fetching = "PORTAL_TEST_FETCHES"

type order struct {
	Fabric            config.Fabric
	Secret, CA, Local string
	Path              string
}

// ordered is what this process is to do, by a variable, and the lakehouse for it. Where there is no such order, the test is left out.
func ordered(t *testing.T, variable string) (o order, lake *artifacts.OneLake) {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		t.Skip("this is what other tests run and kill")
	}
	require.NoError(t, json.Unmarshal([]byte(text), &o))
	network, err := transport.New(o.CA)
	require.NoError(t, err)
	credential, err := auth.New(o.Fabric, secrets.New(o.Secret), network, "")
	require.NoError(t, err)
	t.Cleanup(credential.CloseIdleConnections)
	lake = artifacts.NewOneLake(o.Fabric, credential, network, "1.2.3")
	t.Cleanup(lake.CloseIdleConnections)
	return o, lake
}

// TestFetches is no test of its own: another process that downloads.
func TestFetches(t *testing.T) {
	o, lake := ordered(t, fetching)
	_, err := artifacts.Save(t.Context(), lake, o.Path, o.Local, func(done, _ int64) { fmt.Println("at", done) })
	require.NoError(t, err)
	fmt.Println("whole")
}

// TestADownloadMayBeKilledAtAnyMoment: real processes, from a service that is slow and drops connections. Under the name is what was there
// before, or the whole file; and in the end one goes on to the end of what the others have begun.
func TestADownloadMayBeKilledAtAnyMoment(t *testing.T) {
	s, _, cfg, _, _ := overHTTPS(t)
	const path, ranges = "Files/import/large.csv", 24
	content := make([]byte, ranges*64<<10-77) // of the ranges that tests make do with
	_, _ = rand.NewChaCha8([32]byte{1}).Read(content)
	require.NoError(t, os.WriteFile(filepath.Join(s.dir, filepath.FromSlash(path)), content, 0o600))
	ca, err := filepath.Glob(filepath.Join(filepath.Dir(s.dir), "ca.pem"))
	require.NoError(t, err)
	seed := time.Now().UnixNano()
	chance := rand.New(rand.NewPCG(uint64(seed), 18)) //nolint:gosec // a moment, not a secret
	t.Log("seed", seed)
	s.Faults.SetTenant(faults.Tenant{Latency: 5 * time.Millisecond})
	drops := 0
	s.Faults.Pick(faults.LakeRead, func() faults.Fault {
		drops++
		return faults.Fault{Drop: drops%7 == 0}
	})
	dir := t.TempDir()
	local := filepath.Join(dir, "large.csv")
	before := []byte("what was there before")
	require.NoError(t, os.WriteFile(local, before, 0o600))
	text, err := json.Marshal(order{cfg, s.App.ClientSecret, ca[0], local, path})
	require.NoError(t, err)

	whole := func() bool {
		t.Helper()
		data, err := os.ReadFile(local)
		require.NoError(t, err)
		if !bytes.Equal(data, before) {
			require.True(t, bytes.Equal(data, content), "half a file, or a wrong one")
		}
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		for _, e := range entries {
			require.True(t, e.Name() == "large.csv" || strings.HasPrefix(e.Name(), ".") && strings.Contains(e.Name(), ".kept"), e.Name())
		}
		return bytes.Equal(data, content)
	}
	kept := 0 // ranges that killed processes have left
	for round := 0; ; round++ {
		require.Less(t, round, 40, "no try comes to its end")
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestFetches$", "-test.timeout=60s", "-test.v")
		child.Env = append(os.Environ(), fetching+"="+string(text))
		out, err := child.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, child.Start())
		lines, first, moment := bufio.NewScanner(out), int64(-1), chance.IntN(6)
		if round >= 6 {
			moment = ranges + 2 // it may end
		}
		for said := 0; said <= moment && lines.Scan(); {
			if strings.HasPrefix(lines.Text(), "at ") {
				if said++; first < 0 {
					_, err := fmt.Sscan(lines.Text()[3:], &first)
					require.NoError(t, err)
				}
			}
		}
		if kept > 0 && first >= 0 {
			require.GreaterOrEqual(t, first, int64(kept)*64<<10, "it goes on, and does not begin anew")
		}
		if round < 6 {
			time.Sleep(time.Duration(chance.IntN(4000)) * time.Microsecond) // somewhere between two lines
			require.NoError(t, child.Process.Kill())
		}
		for lines.Scan() {
		}
		_ = child.Wait()
		if first >= 0 {
			kept = max(kept, int(first/(64<<10)))
		}
		if whole() {
			break
		}
	}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1, "nothing is left beside it")
}
