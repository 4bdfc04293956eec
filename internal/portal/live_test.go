package portal

import (
	"encoding/json"
	"encoding/pem"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/desktop/waitingrun"
	"fabricportal/internal/services/setup/config"
)

// TestAfterASleepConnectionsAreMadeAnew has one connection each to the sign-in, to Fabric and to OneLake.
func TestAfterASleepConnectionsAreMadeAnew(t *testing.T) {
	for _, source := range []string{config.SourceOneLake, config.SourceArtifacts} {
		t.Run(source, func(t *testing.T) {
			var opened, closed atomic.Int32
			s := httptest.NewUnstartedServer(nil)
			s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				switch {
				case strings.HasSuffix(r.URL.Path, "/openid-configuration"):
					base := "https://" + r.Host + "/" + strings.Split(r.URL.Path, "/")[1]
					_ = json.NewEncoder(w).Encode(map[string]string{
						"token_endpoint": base + "/oauth2/v2.0/token", "authorization_endpoint": base + "/oauth2/v2.0/authorize", "issuer": base + "/v2.0",
					})
				case strings.HasSuffix(r.URL.Path, "/token"):
					_ = json.NewEncoder(w).Encode(map[string]any{"token_type": "Bearer", "access_token": "t", "expires_in": 3600})
				default:
					http.NotFound(w, r)
				}
			})
			s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
				switch state {
				case http.StateNew:
					opened.Add(1)
				case http.StateClosed:
					closed.Add(1)
				default:
				}
			}
			s.StartTLS()
			t.Cleanup(s.Close)
			ca := filepath.Join(t.TempDir(), "ca.pem")
			require.NoError(t, os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o600))

			offline(t) // the variables of a portal; those of the addresses follow
			for name, value := range map[string]string{
				"PORTAL_CA_FILE": ca, "PORTAL_FABRIC_AUTHORITY_URL": s.URL, "PORTAL_FABRIC_API_URL": s.URL, "PORTAL_FABRIC_ONELAKE_URL": s.URL,
				"PORTAL_ARTIFACTS_SOURCE": source,
			} {
				t.Setenv(name, value)
			}
			path := filepath.Join(t.TempDir(), "portal.toml")
			require.NoError(t, os.WriteFile(path, []byte(config.Example()), 0o600))
			p, err := Open(t.Context(), Options{ConfigPath: path})
			require.NoError(t, err)
			t.Cleanup(p.Close)

			_, err = p.jobs.Item(t.Context(), uuid.NewString())
			require.Error(t, err)
			_, err = p.files.Stat(t.Context(), "Files/results/current/kpis.json")
			require.Error(t, err)
			require.EqualValues(t, 3, opened.Load())
			require.Zero(t, closed.Load(), "they are kept")

			p.Live(func(waitingrun.Outcome) {}).woke(time.Hour)
			require.Eventually(t, func() bool { return closed.Load() == 3 }, 5*time.Second, 5*time.Millisecond)
		})
	}
}
