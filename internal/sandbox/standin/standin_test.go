package standin_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"fabricportal/internal/sandbox/certs"
	"fabricportal/internal/sandbox/standin"
	"fabricportal/internal/sandbox/standin/entra"
	"fabricportal/internal/sandbox/standin/jobs"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// definitions are a pipeline of one notebook that hands its parameters through.
var definitions = fstest.MapFS{
	"echo.Notebook/.platform":              {Data: []byte(`{"config": {"logicalId": "0198c5a2-7c3e-4bb2-a111-0000000000ec"}}`)},
	"echo.Notebook/notebook-content.ipynb": {Data: []byte(`{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}`)},
	"echo.DataPipeline/pipeline-content.json": {Data: []byte(`{"properties": {
		"activities": [{"name": "call", "type": "TridentNotebook", "dependsOn": [], "policy": {"timeout": "0.02:00:00"},
			"typeProperties": {"notebookId": "0198c5a2-7c3e-4bb2-a111-0000000000ec", "workspaceId": "00000000-0000-0000-0000-000000000000", "parameters": {
				"run_id": {"value": {"value": "@pipeline().parameters.run_id", "type": "Expression"}, "type": "string"},
				"visitors": {"value": "@pipeline().parameters.visitors", "type": "int"}}}}],
		"parameters": {"run_id": {"type": "string", "defaultValue": ""}, "visitors": {"type": "int", "defaultValue": 7}}}}`)},
	"echo.DataPipeline/.platform": {Data: []byte(`{}`)},
}

// world is a stand-in, and a client that signs in at it.
type world struct {
	*standin.StandIn
	t      *testing.T
	client *http.Client
	dir    string
}

func start(t *testing.T, change func(*standin.Options)) *world {
	t.Helper()
	authority, err := certs.New()
	require.NoError(t, err)
	dir := t.TempDir()
	o := standin.Options{
		Authority: authority, LakehouseDir: filepath.Join(dir, "lakehouse"), PendingDir: filepath.Join(dir, "pending"), Definitions: definitions,
		RetryAfter: 3 * time.Second,
		Runner: jobs.RunnerFunc(func(context.Context, jobs.Execution) (jobs.Outcome, error) {
			return jobs.Outcome{ExitValue: "done"}, nil
		}),
	}
	if change != nil {
		change(&o)
	}
	s, err := standin.Start(t.Context(), o)
	require.NoError(t, err)
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig.RootCAs = authority.Pool()
	w := &world{s, t, &http.Client{Transport: transport, Timeout: 20 * time.Second}, o.LakehouseDir}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		s.Close()
	})
	return w
}

func (w *world) credential(change func(*entra.App)) *azidentity.ClientSecretCredential {
	app := w.App
	if change != nil {
		change(&app)
	}
	c, err := azidentity.NewClientSecretCredential(app.TenantID, app.ClientID, app.ClientSecret, &azidentity.ClientSecretCredentialOptions{
		ClientOptions: azcore.ClientOptions{
			Cloud: cloud.Configuration{ActiveDirectoryAuthorityHost: w.AuthorityURL}, Transport: w.client, Retry: policy.RetryOptions{MaxRetries: -1},
		},
		DisableInstanceDiscovery: true,
	})
	require.NoError(w.t, err)
	return c
}

func (w *world) token(scope string) string {
	w.t.Helper()
	token, err := w.credential(nil).GetToken(w.t.Context(), policy.TokenRequestOptions{Scopes: []string{scope}})
	require.NoError(w.t, err)
	return token.Token
}

func (w *world) fabricToken() string  { return w.token(entra.FabricAudience + "/.default") }
func (w *world) storageToken() string { return w.token(entra.StorageAudience + "/.default") }

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) json(t *testing.T) map[string]any {
	t.Helper()
	var v map[string]any
	require.NoError(t, json.Unmarshal(a.body, &v), "%s", a.body)
	return v
}

func (w *world) do(method, url, token string, body []byte, header map[string]string) (answer, error) {
	r, err := http.NewRequestWithContext(w.t.Context(), method, url, bytes.NewReader(body))
	require.NoError(w.t, err)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for name, value := range header {
		r.Header.Set(name, value)
	}
	response, err := w.client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, text}, err
}

func (w *world) must(method, url, token string, body any, header map[string]string) answer {
	w.t.Helper()
	text, ok := body.([]byte)
	if !ok && body != nil {
		var err error
		text, err = json.Marshal(body)
		require.NoError(w.t, err)
	}
	a, err := w.do(method, url, token, text, header)
	require.NoError(w.t, err)
	return a
}

func TestAzidentityAndAzcoreWorkWithTheStandIn(t *testing.T) {
	w := start(t, nil)
	client, err := azcore.NewClient("test", "v1.0.0", runtime.PipelineOptions{
		PerRetry: []policy.Policy{runtime.NewBearerTokenPolicy(w.credential(nil), []string{entra.FabricAudience + "/.default"}, nil)},
	}, &policy.ClientOptions{Transport: w.client})
	require.NoError(t, err)
	request, err := runtime.NewRequest(t.Context(), http.MethodGet, w.APIURL+"/v1/workspaces/"+w.WorkspaceID+"/items?type=DataPipeline")
	require.NoError(t, err)
	response, err := client.Pipeline().Do(request)
	require.NoError(t, err)
	var items struct {
		Value []struct{ ID, Type, DisplayName, WorkspaceID string }
	}
	require.NoError(t, runtime.UnmarshalAsJSON(response, &items))
	require.Len(t, items.Value, 1)
	require.Equal(t, w.PipelineIDs["echo"], items.Value[0].ID)
	require.Equal(t, "DataPipeline", items.Value[0].Type)
}

func TestEntraRefusesAsEntraDoes(t *testing.T) {
	w := start(t, nil)
	const zeros = "00000000-0000-0000-0000-000000000000"
	for name, c := range map[string]struct {
		change func(*entra.App)
		scope  string
		status int
		code   string
		number string
	}{
		"wrong secret":   {func(a *entra.App) { a.ClientSecret = "canary" }, entra.FabricAudience + "/.default", 401, "invalid_client", "AADSTS7000215"},
		"unknown client": {func(a *entra.App) { a.ClientID = zeros }, entra.FabricAudience + "/.default", 400, "unauthorized_client", "AADSTS700016"},
		"unknown scope":  {nil, "https://elsewhere.example/.default", 400, "invalid_resource", "AADSTS500011"},
		"no .default":    {nil, entra.FabricAudience + "/Item.Read", 400, "invalid_scope", "AADSTS1002012"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.credential(c.change).GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{c.scope}})
			var failed *azidentity.AuthenticationFailedError
			require.ErrorAs(t, err, &failed)
			require.Equal(t, c.status, failed.RawResponse.StatusCode)
			text, err := io.ReadAll(failed.RawResponse.Body)
			require.NoError(t, err)
			body := answer{body: text}.json(t)
			require.Equal(t, c.code, body["error"])
			require.Contains(t, body["error_description"], c.number)
			require.NotContains(t, string(text), "canary", "a secret must not come back")
		})
	}
	_, err := w.credential(func(a *entra.App) { a.TenantID = zeros }).GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{entra.FabricAudience + "/.default"}})
	require.ErrorContains(t, err, "AADSTS90002")

	w.Entra.ChangeSecret("renewed")
	_, err = w.credential(nil).GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{entra.FabricAudience + "/.default"}})
	require.ErrorContains(t, err, "AADSTS7000215")
}

func TestTokensAreChecked(t *testing.T) {
	w := start(t, nil)
	fabric, storage := w.fabricToken(), w.storageToken()
	items := w.APIURL + "/v1/workspaces/" + w.WorkspaceID + "/items"
	files := fmt.Sprintf("%s/%s?resource=filesystem&recursive=false&directory=%s/Files", w.OneLakeURL, w.WorkspaceID, w.LakehouseID)
	version := map[string]string{"x-ms-version": "2021-06-08"}

	require.Equal(t, 200, w.must("GET", items, fabric, nil, nil).status)
	require.Equal(t, 200, w.must("GET", files, storage, nil, version).status)

	for token, code := range map[string]string{"": "Unauthorized", "x": "InvalidToken", storage: "InvalidToken", fabric[:len(fabric)-3] + "AAA": "InvalidToken"} {
		a := w.must("GET", items, token, nil, nil)
		require.Equal(t, 401, a.status)
		require.Equal(t, code, a.json(t)["errorCode"])
		require.Equal(t, code, a.header.Get("x-ms-public-api-error-code"))
		require.NotEmpty(t, a.json(t)["requestId"])
	}
	a := w.must("GET", files, fabric, nil, version)
	require.Equal(t, 401, a.status)
	require.Equal(t, "InvalidAuthenticationInfo", a.header.Get("x-ms-error-code"))

	w.Tokens.ExpireAll()
	require.Equal(t, "TokenExpired", w.must("GET", items, fabric, nil, nil).json(t)["errorCode"])
	require.Equal(t, 401, w.must("GET", files, storage, nil, version).status)
	require.Equal(t, 200, w.must("GET", items, w.fabricToken(), nil, nil).status)
	w.Tokens.SetLifetime(0)
	require.Equal(t, "TokenExpired", w.must("GET", items, w.fabricToken(), nil, nil).json(t)["errorCode"])
}

func tokenFor(service string) policy.TokenRequestOptions {
	return policy.TokenRequestOptions{Scopes: []string{map[string]string{"fabric": entra.FabricAudience, "storage": entra.StorageAudience}[service] + "/.default"}}
}

// runnerThat is a runner that tells each time it runs.
func runnerThat(runs jobs.Runner, ran chan<- struct{}) jobs.Runner {
	return jobs.RunnerFunc(func(ctx context.Context, x jobs.Execution) (jobs.Outcome, error) {
		ran <- struct{}{}
		return runs.Run(ctx, x)
	})
}
