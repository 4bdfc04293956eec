package auth

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net"
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
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

func TestMain(m *testing.M) {
	if address := os.Getenv(signsIn); address != "" {
		os.Exit(signIn(address))
	}
	goleak.VerifyTestMain(m)
}

var _ azcore.TokenCredential = (*Credential)(nil)

const (
	tenant = "11111111-1111-4111-8111-111111111111"
	app    = "22222222-2222-4222-8222-222222222222"
	canary = "canary-s3cret/+"
)

// entra is a sign-in service; token answers the token request.
type entra struct {
	*httptest.Server
	mu    sync.Mutex
	forms []string
	token http.HandlerFunc
	oidc  http.HandlerFunc
}

func newEntra(t *testing.T) *entra {
	t.Helper()
	e := &entra{}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{tenant}/v2.0/.well-known/openid-configuration", func(w http.ResponseWriter, r *http.Request) {
		if e.oidc != nil {
			e.oidc(w, r)
			return
		}
		base := e.URL + "/" + r.PathValue("tenant")
		_ = json.NewEncoder(w).Encode(map[string]string{"authorization_endpoint": base + "/oauth2/v2.0/authorize", "token_endpoint": base + "/oauth2/v2.0/token", "issuer": base + "/v2.0"})
	})
	mux.HandleFunc("POST /{tenant}/oauth2/v2.0/token", func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		e.mu.Lock()
		e.forms = append(e.forms, r.PostForm.Get("scope")+" "+r.PostForm.Get("client_secret"))
		e.mu.Unlock()
		if e.token != nil {
			e.token(w, r)
			return
		}
		_, _ = io.WriteString(w, `{"token_type":"Bearer","expires_in":3600,"access_token":"token-for-`+r.PostForm.Get("scope")+`"}`)
	})
	e.Server = httptest.NewTLSServer(mux)
	t.Cleanup(e.Close)
	return e
}

func (e *entra) credential(t *testing.T) *Credential {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: e.Certificate().Raw}), 0o600))
	network, err := transport.New(path)
	require.NoError(t, err)
	c, err := New(config.Fabric{TenantID: tenant, ClientID: app, AuthorityURL: e.URL}, secrets.New(canary), network, "")
	require.NoError(t, err)
	t.Cleanup(c.CloseIdleConnections)
	return c
}

func ask(t *testing.T, c *Credential) (azcore.AccessToken, error) {
	return c.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{"https://api.fabric.microsoft.com/.default"}, EnableCAE: true})
}

func TestTokenIsKept(t *testing.T) {
	// A stray variable must not redirect the secret.
	t.Setenv("AZURE_AUTHORITY_HOST", "https://login.evil.invalid")
	e := newEntra(t)
	c := e.credential(t)
	for range 3 {
		token, err := ask(t, c)
		require.NoError(t, err)
		assert.Contains(t, token.Token, "token-for-https://api.fabric.microsoft.com/.default")
		assert.WithinDuration(t, time.Now().Add(time.Hour), token.ExpiresOn, time.Minute)
	}
	require.Len(t, e.forms, 1)
	assert.Contains(t, e.forms[0], canary)
	_, err := c.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{"https://storage.azure.com/.default"}, EnableCAE: true})
	require.NoError(t, err)
	assert.Len(t, e.forms, 2, "each scope has a token of its own")
}

func refuse(status int, code, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"error":%q,"error_description":"%s canary %s","error_codes":[1]}`, code, text, strings.ReplaceAll(canary, "/", "\\/"))
	}
}

func TestRefusals(t *testing.T) {
	for name, tc := range map[string]struct {
		token, oidc http.HandlerFunc
		kind        Kind
		want        string
		posts       int
	}{
		"wrong secret":    {token: refuse(401, "invalid_client", "AADSTS7000215: Invalid client secret provided."), kind: WrongSecret, want: "secret set client_secret", posts: 1},
		"expired secret":  {token: refuse(401, "invalid_client", "AADSTS7000222: keys are expired."), kind: WrongSecret, want: "expired", posts: 1},
		"invalid client":  {token: refuse(401, "invalid_client", ""), kind: WrongSecret, want: "fabric.client_id", posts: 1},
		"unknown app":     {token: refuse(400, "unauthorized_client", "AADSTS700016: Application not found."), kind: UnknownApp, want: "fabric.client_id", posts: 1},
		"unknown tenant":  {oidc: refuse(400, "invalid_tenant", "AADSTS90002: Tenant not found."), kind: UnknownTenant, want: "fabric.tenant_id"},
		"tenant, no code": {oidc: refuse(400, "invalid_tenant", ""), kind: UnknownTenant, want: "fabric.tenant_id"},
		"unknown service": {token: refuse(400, "invalid_resource", "AADSTS500011: not found"), kind: WrongScope, want: "fabric.api_scope", posts: 1},
		"another code":    {token: refuse(400, "x", "AADSTS50999: odd"), kind: Refused, want: "AADSTS50999", posts: 1},
		"no JSON": {token: func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(403)
			_, _ = io.WriteString(w, "<html>canary")
		}, kind: Refused, want: "HTTP 403", posts: 1},
		"server error": {token: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }, kind: Unreachable, want: "try again", posts: 2},
		"redirect": {token: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "https://canary")
			w.WriteHeader(302)
		}, kind: Unreachable, want: "redirect", posts: 1},
		"a web page": {token: func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>canary "+canary) }, kind: Unreachable, want: "did not answer as one should", posts: 1},
		"dropped":    {token: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, kind: Unreachable, want: "broke"},
		"endpoint elsewhere": {oidc: func(w http.ResponseWriter, r *http.Request) {
			base := "https://" + r.Host + "/" + tenant
			_ = json.NewEncoder(w).Encode(map[string]string{"authorization_endpoint": base, "token_endpoint": "https://evil.invalid/token", "issuer": base + "/v2.0"})
		}, kind: Unreachable, want: "only the hosts of its configuration"},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEntra(t)
			e.token, e.oidc = tc.token, tc.oidc
			_, err := ask(t, e.credential(t))
			var ae *Error
			require.ErrorAs(t, err, &ae)
			assert.Equal(t, tc.kind, ae.Kind, err)
			assert.Contains(t, err.Error(), tc.want)
			assert.Equal(t, tc.kind != Unreachable, ae.Credentials())
			for cause := err; cause != nil; {
				assert.NotContains(t, fmt.Sprintf("%v %+v %#v", cause, cause, cause.Error()), "canary")
				u, ok := cause.(interface{ Unwrap() error })
				if !ok {
					break
				}
				cause = u.Unwrap()
			}
			assert.NotContains(t, err.Error(), "\n")
			if tc.posts > 0 {
				assert.Len(t, e.forms, tc.posts)
			}
		})
	}
}

func TestUnreachable(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := "https://" + l.Addr().String()
	l.Close()
	network, _ := transport.New("")
	c, err := New(config.Fabric{TenantID: tenant, ClientID: app, AuthorityURL: address}, secrets.New(canary), network, "")
	require.NoError(t, err)
	_, err = ask(t, c)
	var ae *Error
	require.ErrorAs(t, err, &ae)
	assert.Equal(t, Unreachable, ae.Kind)
	assert.Contains(t, err.Error(), "refused the connection")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = c.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{"x/.default"}})
	require.ErrorIs(t, err, context.Canceled)

	_, err = New(config.Fabric{TenantID: tenant, ClientID: app, AuthorityURL: address}, secrets.Secret{}, network, "")
	require.ErrorAs(t, err, &ae)
	_, err = New(config.Fabric{TenantID: tenant, ClientID: app, AuthorityURL: "http://x"}, secrets.New(canary), network, "")
	require.ErrorAs(t, err, &ae)
	assert.True(t, microsoft("https://login.microsoftonline.com"))
	assert.False(t, microsoft("https://login.microsoftonline.com.evil.org"))
}
