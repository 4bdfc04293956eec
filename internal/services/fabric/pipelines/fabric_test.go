package pipelines

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"fabricportal/internal/services/fabric/transport"
	"fabricportal/internal/services/setup/config"
)

// Nobody waits between two tries.
func init() { retryDelay = time.Millisecond }

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	ws    = "33333333-3333-4333-8333-333333333333"
	item  = "55555555-5555-4555-8555-555555555555"
	job   = "0198c5a2-7c3e-4bb2-a111-00000000000a"
	job2  = "0198c5a2-7c3e-4bb2-a111-00000000000b"
	token = "canary-token"
)

type fakeCredential struct {
	err   error
	calls int
	mu    sync.Mutex
}

func (f *fakeCredential) GetToken(_ context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls++
	if f.err != nil {
		return azcore.AccessToken{}, f.err
	}
	return azcore.AccessToken{Token: token + " " + o.Scopes[0], ExpiresOn: time.Now().Add(time.Hour)}, nil
}

// call is a request as the server got it.
type call struct {
	method, uri, auth, body string
	header                  http.Header
}

// fabric is a server in Fabric's place, answering with handle and keeping what it was asked.
type fabric struct {
	*httptest.Server
	mu     sync.Mutex
	calls  []call
	handle func(w http.ResponseWriter, r *http.Request, body string)
	cred   *fakeCredential

	question func(w http.ResponseWriter) // what a start's answer leaves to be asked
}

func newFabric(t *testing.T, handle func(w http.ResponseWriter, r *http.Request, body string)) (*fabric, *Client) {
	t.Helper()
	f := &fabric{handle: handle, cred: &fakeCredential{}}
	f.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		f.mu.Lock()
		f.calls = append(f.calls, call{r.Method, r.URL.RequestURI(), r.Header.Get("Authorization"), string(body), r.Header.Clone()})
		f.mu.Unlock()
		f.handle(w, r, string(body))
	}))
	t.Cleanup(f.Close)
	return f, newClient(t, f)
}

func newClient(t *testing.T, f *fabric) *Client {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: f.Certificate().Raw}), 0o600))
	network, err := transport.New(path)
	require.NoError(t, err)
	c := New(config.Fabric{
		WorkspaceID: ws, PipelineID: item, OwnerPrincipalName: "owner@contoso.com", OwnerObjectID: "77777777-7777-4777-8777-777777777777",
		APIURL: f.URL, PortalURL: "https://app.fabric.microsoft.com", APIScope: "https://api.fabric.microsoft.com/.default",
	}, f.cred, network, "1.2.3")
	t.Cleanup(c.CloseIdleConnections)
	return c
}

func (f *fabric) seen() []call {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]call(nil), f.calls...)
}

func (f *fabric) instances() string {
	return f.URL + "/v1/workspaces/" + ws + "/items/" + item + "/jobs/instances"
}

func fail(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"requestId": "req-1", "errorCode": code, "message": message, "isRetriable": false})
}
