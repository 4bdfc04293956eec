// Package entra plays Microsoft Entra's sign-in for one tenant with one application: as the application itself by its secret or
// certificate, and as one of two people, in a browser or by a code.
package entra

import (
	"crypto/x509"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"fabricportal/internal/sandbox/standin/faults"
)

// App is the one application that can sign in.
type App struct {
	TenantID     string
	ClientID     string
	ClientSecret string
}

// Authority is the token endpoint.
type Authority struct {
	Tokens *Tokens
	mu     sync.Mutex
	app    App
	people *signIns

	certificates []*x509.Certificate // of the application
}

// New returns the authority of an app.
func New(app App) *Authority {
	return &Authority{Tokens: NewTokens(), app: app, people: newSignIns()}
}

// ChangeSecret has the app's secret be another one from now on, as when it was renewed.
func (a *Authority) ChangeSecret(secret string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.app.ClientSecret = secret
}

// Handler answers the authority's requests.
func (a *Authority) Handler(f *faults.Set) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{tenant}/v2.0/.well-known/openid-configuration", a.discovery)
	mux.HandleFunc("GET /{tenant}/discovery/v2.0/keys", a.keys)
	mux.HandleFunc("GET /{tenant}/discovery/instance", a.instance)
	mux.HandleFunc("POST /{tenant}/oauth2/v2.0/token", a.token)
	mux.HandleFunc("/{tenant}/oauth2/v2.0/authorize", a.authorize)
	mux.HandleFunc("POST /{tenant}/oauth2/v2.0/devicecode", a.devicecode)
	mux.HandleFunc("/common/oauth2/deviceauth", a.deviceauth)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "not found", http.StatusNotFound)
	})
	class := func(*http.Request) faults.Class { return faults.Token }
	return f.Wrap(class, func(w http.ResponseWriter, r faults.Refusal) {
		refuse(w, r.Status, r.Code, 90033, "A transient error has occurred. "+r.Message)
	}, mux)
}

func (a *Authority) discovery(w http.ResponseWriter, r *http.Request) {
	tenant := r.PathValue("tenant")
	if !a.knows(tenant) {
		refuseTenant(w, tenant)
		return
	}
	base := a.base(r) + "/" + a.tenant() // whatever name of the tenant was asked for
	answer(w, http.StatusOK, map[string]any{
		"issuer":                                base + "/v2.0",
		"authorization_endpoint":                base + "/oauth2/v2.0/authorize",
		"token_endpoint":                        base + "/oauth2/v2.0/token",
		"device_authorization_endpoint":         base + "/oauth2/v2.0/devicecode",
		"jwks_uri":                              base + "/discovery/v2.0/keys",
		"token_endpoint_auth_methods_supported": []string{"client_secret_post", "private_key_jwt", "client_secret_basic"},
		"response_types_supported":              []string{"code", "id_token", "code id_token", "id_token token"},
		"subject_types_supported":               []string{"pairwise"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"scopes_supported":                      []string{"openid", "profile", "email", "offline_access"},
		"tenant_region_scope":                   "EU",
	})
}

// base is the address under which a client reaches the authority: it has several names.
func (a *Authority) base(r *http.Request) string { return "https://" + r.Host }

func (a *Authority) keys(w http.ResponseWriter, r *http.Request) {
	if tenant := r.PathValue("tenant"); tenant != "common" && !a.knows(tenant) {
		refuseTenant(w, tenant)
		return
	}
	answer(w, http.StatusOK, a.Tokens.keys())
}

// instance tells a client which hosts are names of the same authority.
func (a *Authority) instance(w http.ResponseWriter, r *http.Request) {
	answer(w, http.StatusOK, map[string]any{
		"api-version": "1.1", "tenant_discovery_endpoint": a.base(r) + "/" + a.tenant() + "/v2.0/.well-known/openid-configuration",
		"metadata": []any{map[string]any{"preferred_network": r.Host, "preferred_cache": r.Host, "aliases": []string{r.Host}}},
	})
}

func (a *Authority) token(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	app := a.app
	a.mu.Unlock()
	tenant := r.PathValue("tenant")
	if !a.knows(tenant) {
		refuseTenant(w, tenant)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if err := r.ParseForm(); err != nil {
		refuse(w, http.StatusBadRequest, "invalid_request", 900144, "The request body must be a form.")
		return
	}
	form := r.PostForm
	if strings.EqualFold(form.Get("client_id"), app.ClientID) && a.forPerson(w, r, form) {
		return
	}
	client, secret := form.Get("client_id"), form.Get("client_secret")
	if user, password, ok := r.BasicAuth(); ok {
		client, secret = user, password
	}
	switch grant := form.Get("grant_type"); {
	case grant == "":
		refuse(w, http.StatusBadRequest, "invalid_request", 900144, "The request body must contain the following parameter: 'grant_type'.")
		return
	case grant != "client_credentials":
		refuse(w, http.StatusBadRequest, "unsupported_grant_type", 70003, fmt.Sprintf("The app requested an unsupported grant type '%s'.", grant))
		return
	case !strings.EqualFold(client, app.ClientID):
		refuse(w, http.StatusBadRequest, "unauthorized_client", 700016, fmt.Sprintf("Application with identifier '%s' was not found in the directory 'Sandbox'. "+
			"This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. "+
			"You may have sent your authentication request to the wrong tenant.", client))
		return
	case form.Get("client_assertion") != "":
		if !a.proves(form.Get("client_assertion"), client, a.base(r)+"/"+app.TenantID+"/oauth2/v2.0/token") {
			refuse(w, http.StatusUnauthorized, "invalid_client", 700027, "The certificate with identifier used to sign the client assertion is not registered on application.")
			return
		}
	case secret == "":
		refuse(w, http.StatusUnauthorized, "invalid_client", 7000216, "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.")
		return
	case secret != app.ClientSecret:
		refuse(w, http.StatusUnauthorized, "invalid_client", 7000215, fmt.Sprintf("Invalid client secret provided. Ensure the secret being sent in the request is "+
			"the client secret value, not the client secret ID, for a secret added to app '%s'.", app.ClientID))
		return
	}
	// MSAL adds these to every request; Entra passes over them.
	scopes := slices.DeleteFunc(strings.Fields(form.Get("scope")), func(s string) bool {
		return slices.Contains([]string{"openid", "offline_access", "profile", "email"}, s)
	})
	resource, ok := strings.CutSuffix(strings.Join(scopes, " "), "/.default")
	if !ok || strings.Contains(resource, " ") {
		refuse(w, http.StatusBadRequest, "invalid_scope", 1002012, fmt.Sprintf("The provided value for scope %s is not valid. "+
			"Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).", form.Get("scope")))
		return
	}
	resource = strings.TrimSuffix(resource, "/")
	if !slices.Contains(audiences, resource) {
		refuse(w, http.StatusBadRequest, "invalid_resource", 500011, fmt.Sprintf("The resource principal named %s was not found in the tenant named Sandbox. "+
			"This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant.", resource))
		return
	}
	token, lifetime := a.Tokens.issue(resource, a.base(r)+"/"+app.TenantID+"/v2.0", app.TenantID, app.ClientID)
	seconds := int(lifetime / time.Second)
	answer(w, http.StatusOK, map[string]any{"token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds, "access_token": token})
}

// Domain is the tenant's other name.
const Domain = "sandbox.onmicrosoft.com"

func (a *Authority) tenant() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.app.TenantID
}

func (a *Authority) knows(tenant string) bool {
	return strings.EqualFold(tenant, a.tenant()) || strings.EqualFold(tenant, Domain)
}

func refuseTenant(w http.ResponseWriter, tenant string) {
	refuse(w, http.StatusBadRequest, "invalid_request", 90002, fmt.Sprintf("Tenant '%s' not found. Check to make sure you have the correct tenant ID and are signing "+
		"into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.", tenant))
}

// refuse writes an error as Entra words it.
func refuse(w http.ResponseWriter, status int, code string, number int, message string) {
	refuseWith(w, status, code, number, message, nil)
}

// refuseWith is refuse with more to say.
func refuseWith(w http.ResponseWriter, status int, code string, number int, message string, more map[string]any) {
	trace, correlation := uuid.NewString(), uuid.NewString()
	now := time.Now().UTC().Format("2006-01-02 15:04:05Z")
	said := map[string]any{
		"error":             code,
		"error_description": fmt.Sprintf("AADSTS%d: %s Trace ID: %s Correlation ID: %s Timestamp: %s", number, message, trace, correlation, now),
		"error_codes":       []int{number},
		"timestamp":         now,
		"trace_id":          trace,
		"correlation_id":    correlation,
		"error_uri":         fmt.Sprintf("https://login.microsoftonline.com/error?code=%d", number),
	}
	maps.Copy(said, more)
	answer(w, status, said)
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store, no-cache")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
