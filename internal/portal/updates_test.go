package portal

import (
	"encoding/pem"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/desktop/updates"
	"fabricportal/internal/services/fabric/transport"
	"fabricportal/internal/services/setup/policy"
)

// TestNewerVersionsAreAskedForWhereThePolicySaysSo, and nowhere else.
func TestNewerVersionsAreAskedForWhereThePolicySaysSo(t *testing.T) {
	var asked atomic.Int32
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		_, _ = w.Write([]byte(`{"schema_version":1,"version":"9.0.0","note":"In the software centre."}`))
	}))
	defer s.Close()
	folder := t.TempDir()
	ca := filepath.Join(folder, "ca.pem")
	require.NoError(t, os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o600))
	network, err := transport.New(ca)
	require.NoError(t, err)
	p := &Portal{Local: Local{Version: "1.0.0+gabc"}, network: network, log: slog.New(slog.DiscardHandler)}
	for text, want := range map[string]updates.Newer{
		"version = 1\n": {},
		"version = 1\nupdate_url = \"" + s.URL + "/portal.json\"\nupdate_check = false\n": {},
		"version = 1\nupdate_url = \"" + s.URL + "/portal.json\"\n":                       {Version: "9.0.0", Note: "In the software centre."},
		"version = 1\nlater = 1\nupdate_url = \"" + s.URL + "/portal.json\"\n":            {},
	} {
		asked.Store(0)
		require.NoError(t, os.WriteFile(filepath.Join(folder, "policy.toml"), []byte(text), 0o600))
		restore := policy.Pretend(policy.Place{Folder: folder})
		newer, ok := p.Newer(t.Context())
		restore()
		require.Equal(t, want, newer, text)
		require.Equal(t, want != updates.Newer{}, ok)
		require.Equal(t, ok, asked.Load() == 1, "nobody is asked otherwise")
	}
}
