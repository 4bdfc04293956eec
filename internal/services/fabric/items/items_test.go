package items

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"fabricportal/internal/services/fabric/transport"
	"fabricportal/internal/services/fabric/troubles"
	"fabricportal/internal/services/setup/config"
)

// Nobody waits between two tries.
func init() { retryDelay = time.Millisecond }

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	ws        = "33333333-3333-4333-8333-333333333333"
	item      = "55555555-5555-4555-8555-555555555555"
	operation = "0acd697c-1550-43cd-b998-91bfbfbd47c6"
)

type credential struct{}

func (credential) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: "canary-token", ExpiresOn: time.Now().Add(time.Hour)}, nil
}

// fabric is a server in Fabric's place, and a client of it.
type fabric struct {
	*httptest.Server
	*Client
	mu   sync.Mutex
	seen []string // method, path and body of each request
}

func newFabric(t *testing.T, handle http.HandlerFunc) *fabric {
	t.Helper()
	f := &fabric{}
	f.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		f.mu.Lock()
		f.seen = append(f.seen, r.Method+" "+r.URL.RequestURI()+" "+string(body))
		f.mu.Unlock()
		handle(w, r)
	}))
	path := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: f.Certificate().Raw}), 0o600))
	network, err := transport.New(path)
	require.NoError(t, err)
	f.Client = New(config.Fabric{WorkspaceID: ws, APIURL: f.URL, APIScope: "https://api.fabric.microsoft.com/.default"}, credential{}, network, "1.2.3")
	f.Pause = time.Millisecond
	t.Cleanup(func() {
		f.CloseIdleConnections()
		f.Close()
	})
	return f
}

func (f *fabric) requests() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.seen...)
}

func accepted(w http.ResponseWriter, id string) {
	if id != "" {
		w.Header().Set("x-ms-operation-id", id)
	}
	w.WriteHeader(http.StatusAccepted)
}

func TestAListIsReadToItsEnd(t *testing.T) {
	f := newFabric(t, func(w http.ResponseWriter, r *http.Request) {
		page := `{"value": [{"id": "` + strings.ToUpper(item) + `", "type": "Notebook", "displayName": "one"}, {"id": "../x", "displayName": "no id"}], "continuationToken": "a%2Bb%3D",
			"continuationUri": "https://evil.example/v1"}`
		if r.URL.Query().Get("continuationToken") != "" {
			page = `{"value": [{"id": "` + operation + `", "type": "DataPipeline", "displayName": "two"}]}`
		}
		_, _ = io.WriteString(w, page)
	})
	all, err := f.List(t.Context(), "")
	require.NoError(t, err)
	require.Equal(t, []Item{{ID: item, Kind: Notebook, Name: "one"}, {ID: operation, Kind: Pipeline, Name: "two"}}, all)
	require.Equal(t, []string{"GET /v1/workspaces/" + ws + "/items ", "GET /v1/workspaces/" + ws + "/items?continuationToken=a%2Bb%3D "}, f.requests())

	endless := newFabric(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"value": [], "continuationToken": "a"}`)
	})
	_, err = endless.List(t.Context(), "")
	require.ErrorContains(t, err, "not understood while listing the workspace's items")
	require.Len(t, endless.requests(), 2)
}

// TestAnOperationIsFollowedByItsID: whatever host its Location names, and however long it takes.
func TestAnOperationIsFollowedByItsID(t *testing.T) {
	other := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Error("a token went to", r.Host) }))
	defer other.Close()
	for name, head := range map[string]http.Header{
		"named":       {"X-Ms-Operation-Id": {operation}, "Location": {other.URL + "/v1/operations/" + item}},
		"by Location": {"Location": {other.URL + "/v1/operations/" + operation + "?x=1"}},
	} {
		t.Run(name, func(t *testing.T) {
			asked := 0
			f := newFabric(t, func(w http.ResponseWriter, r *http.Request) {
				switch r.URL.Path {
				case "/v1/workspaces/" + ws + "/items":
					maps.Copy(w.Header(), head)
					w.WriteHeader(http.StatusAccepted)
				case "/v1/operations/" + operation:
					states := []string{"NotStarted", "Undefined", "Running", "SomethingNew", "Succeeded"}
					_, _ = io.WriteString(w, `{"status": "`+states[min(asked, 4)]+`"}`)
					asked++
				case "/v1/operations/" + operation + "/result":
					_, _ = io.WriteString(w, `{"id": "`+strings.ToUpper(item)+`"}`)
				default:
					http.NotFound(w, r)
				}
			})
			made, err := f.Create(t.Context(), Item{Kind: Notebook, Name: "n", Description: "d"}, Definition{Format: "ipynb", Parts: []Part{{"notebook-content.ipynb", []byte("{}")}}})
			require.NoError(t, err)
			require.Equal(t, Item{ID: item, Kind: Notebook, Name: "n", Description: "d"}, made)
			require.Equal(t, 5, asked)
			var sent map[string]any
			_, body, _ := strings.Cut(f.requests()[0], "items ")
			require.NoError(t, json.Unmarshal([]byte(body), &sent))
			require.Equal(t, map[string]any{"displayName": "n", "description": "d", "type": "Notebook", "definition": map[string]any{
				"format": "ipynb", "parts": []any{map[string]any{"path": "notebook-content.ipynb", "payload": "e30=", "payloadType": "InlineBase64"}},
			}}, sent)
		})
	}
}

func TestADefinitionComesAtOnceOrLater(t *testing.T) {
	body := `{"definition": {"parts": [{"path": ".platform", "payload": "e30=", "payloadType": "InlineBase64"},
		{"path": "pipeline-content.json", "payload": "` + base64.StdEncoding.EncodeToString([]byte("{}")) + `", "payloadType": "InlineBase64"}]}}`
	for _, later := range []bool{false, true} {
		f := newFabric(t, func(w http.ResponseWriter, r *http.Request) {
			switch {
			case strings.HasSuffix(r.URL.Path, "/getDefinition") && later:
				accepted(w, operation)
			case strings.HasSuffix(r.URL.Path, operation):
				_, _ = io.WriteString(w, `{"status": "Succeeded"}`)
			default:
				_, _ = io.WriteString(w, body)
			}
		})
		d, err := f.Definition(t.Context(), item, "")
		require.NoError(t, err)
		require.Equal(t, Definition{Parts: []Part{{"pipeline-content.json", []byte("{}")}}}, d, "without .platform")
	}
}

func TestWhatComesBackMayBeAnything(t *testing.T) {
	redefine := func(f *fabric) error { return f.Redefine(context.Background(), item, Definition{}) }
	create := func(f *fabric) error {
		_, err := f.Create(context.Background(), Item{Kind: Notebook, Name: "n"}, Definition{})
		return err
	}
	read := func(f *fabric) error {
		_, err := f.Definition(context.Background(), item, "")
		return err
	}
	for name, c := range map[string]struct {
		ask    func(*fabric) error
		status int
		body   string
		want   string
	}{
		"garbage for a definition":        {read, 200, "<html>", "not understood while reading the item's definition"},
		"no parts":                        {read, 200, `{"definition": {"parts": []}}`, "not understood"},
		"a part that is no base64":        {read, 200, `{"definition": {"parts": [{"path": "p", "payload": "%%", "payloadType": "InlineBase64"}]}}`, "not understood"},
		"an operation without an id":      {redefine, 202, "", "not understood while changing the item"},
		"an item without an id":           {create, 201, `{"id": "../../x"}`, "not understood while creating the item"},
		"garbage for an item":             {create, 201, `<html>`, "not understood while creating the item"},
		"a web page that refuses":         {create, 403, `<html>Blocked`, "something in between has answered"},
		"an unknown error":                {redefine, 400, `{"errorCode": "Strange", "message": "it\u001b[2J says", "requestId": "abc"}`, "it\ufffd says, Strange"},
		"a redirect":                      {redefine, 307, "", "redirect"},
		"an answer that is much too long": {read, 200, strings.Repeat(" ", maxBody+1), "too large"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFabric(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", "https://evil.example/v1/operations/none")
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
			})
			err := c.ask(f)
			require.ErrorContains(t, err, c.want)
			assert.NotContains(t, err.Error(), "canary")
			if c.status != 200 {
				assert.Len(t, f.requests(), 1, "a change is asked for once")
			}
		})
	}
}

func TestAChangeIsSentAgainOnlyWhereItWasNotLookedAt(t *testing.T) {
	for status, want := range map[int]int{429: 2, 500: 1, 503: 1, 409: 1} {
		tries := 0
		f := newFabric(t, func(w http.ResponseWriter, _ *http.Request) {
			if tries++; tries == 1 {
				w.WriteHeader(status)
			}
		})
		err := f.Describe(t.Context(), item, "d")
		assert.Equal(t, want == 2, err == nil, status)
		assert.Len(t, f.requests(), want, status)
	}
	f := newFabric(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	err := f.Describe(t.Context(), item, "d")
	_, ok := errors.AsType[*UnreachableError](err)
	require.True(t, ok, err)
	require.Len(t, f.requests(), 1)
}

func TestAnOperationThatFailsSaysWhy(t *testing.T) {
	f := newFabric(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			accepted(w, operation)
			return
		}
		_, _ = io.WriteString(w, `{"status": "Failed", "error": {"errorCode": "CorruptedPayload", "message": "The payload is corrupted", "requestId": "req-1"}}`)
	})
	err := f.Redefine(t.Context(), item, Definition{})
	trouble, ok := errors.AsType[*troubles.Trouble](err)
	require.True(t, ok, err)
	require.Equal(t, "definition_refused", trouble.ID)
	require.Equal(t, "req-1", trouble.RequestID)
}

// TestTheCallersEndIsNoFaultOfFabrics: who waits for an operation may stop at any time.
func TestTheCallersEndIsNoFaultOfFabrics(t *testing.T) {
	f := newFabric(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	f.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			w.Header().Set("Retry-After", "3600")
			accepted(w, operation)
			cancel()
		}
	})
	require.ErrorIs(t, f.Redefine(ctx, item, Definition{}), context.Canceled)
}
