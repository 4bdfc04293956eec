// Package auth signs the program in to Microsoft Entra as a service principal and hands out tokens for Fabric and OneLake.
package auth

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	azlog "github.com/Azure/azure-sdk-for-go/sdk/azcore/log"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"fabricportal/internal/services/fabric/transport"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

// Kind says why there is no token.
type Kind int

// The kinds of failure.
const (
	Refused       Kind = iota // Entra refused for another reason
	WrongSecret               // the client secret is wrong or has expired
	UnknownApp                // no application has this client id in the tenant
	UnknownTenant             // there is no such tenant
	WrongScope                // the scope's service is not known in the tenant
	Unreachable               // the sign-in service did not answer, or not as expected
)

// Error says why there is no token, in one sentence. It repeats nothing of what was sent or answered but Entra's error code.
type Error struct {
	Kind     Kind
	Code     string // Entra's, such as AADSTS7000215; "" where none came
	Sentence string
	Err      error // the transport's error; nil where Entra answered
}

func (e *Error) Error() string { return e.Sentence }
func (e *Error) Unwrap() error { return e.Err }

// NonRetriable tells azcore that the sign-in was tried often enough.
func (*Error) NonRetriable() {}

// Credentials tells whether trying again is pointless until somebody changes the configuration.
func (e *Error) Credentials() bool { return e.Kind != Unreachable }

// tokenTimeout bounds one sign-in with its retry.
const tokenTimeout = 30 * time.Second

// Credential gives tokens and keeps them until shortly before they expire. It is an azcore.TokenCredential.
type Credential struct {
	// Granted, when set, is told each token, so that it can be kept out of all texts. Set it before use.
	Granted func(token secrets.Secret)

	inner     azcore.TokenCredential
	authority string
	wire      *wire
}

// silence keeps the libraries from printing their exchanges on standard error, as AZURE_SDK_GO_LOGGING=all has them do: no
// text of this program leaves it but without secrets.
var silence = sync.OnceFunc(func() { azlog.SetListener(nil) })

// New signs in with the client secret at the configured authority, through the given network.
func New(cfg config.Fabric, secret secrets.Secret, network *transport.Network) (*Credential, error) {
	silence()
	w := &wire{client: network.Client(transport.ClientOptions{Hosts: []string{cfg.AuthorityURL}, MaxBody: 1 << 20})}
	inner, err := azidentity.NewClientSecretCredential(cfg.TenantID, cfg.ClientID, secret.Reveal(), &azidentity.ClientSecretCredentialOptions{
		ClientOptions: azcore.ClientOptions{
			// The authority is pinned: without it the variable AZURE_AUTHORITY_HOST would decide where the secret goes.
			Cloud:     cloud.Configuration{ActiveDirectoryAuthorityHost: cfg.AuthorityURL},
			Transport: w,
			Retry:     policy.RetryOptions{MaxRetries: 1, RetryDelay: 500 * time.Millisecond, MaxRetryDelay: 5 * time.Second},
		},
		// Elsewhere than at Microsoft's, Microsoft's own directory of authorities knows nothing and must not be asked.
		DisableInstanceDiscovery: !microsoft(cfg.AuthorityURL),
	})
	if err != nil {
		// The library's message may repeat what it was given.
		return nil, &Error{Kind: Refused, Sentence: "the sign-in could not be prepared: check fabric.tenant_id, fabric.client_id and fabric.authority_url, and that the client secret is not empty"}
	}
	return &Credential{inner: inner, authority: cfg.AuthorityURL, wire: w}, nil
}

// microsoft tells whether an address is one of Microsoft's public sign-in services.
func microsoft(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	switch strings.ToLower(u.Host) {
	case "login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn":
		return true
	}
	return false
}

// GetToken returns a kept token that is valid for some minutes still, or signs in. Errors: *Error, or the context's.
func (c *Credential) GetToken(ctx context.Context, options policy.TokenRequestOptions) (azcore.AccessToken, error) {
	limited, cancel := context.WithTimeout(ctx, tokenTimeout)
	defer cancel()
	token, err := c.inner.GetToken(limited, options)
	if err == nil {
		if c.Granted != nil {
			c.Granted(secrets.New(token.Token))
		}
		return token, nil
	}
	if ctx.Err() != nil {
		return azcore.AccessToken{}, ctx.Err()
	}
	return azcore.AccessToken{}, c.classify(err, limited.Err())
}

// CloseIdleConnections closes what is kept open to the sign-in service.
func (c *Credential) CloseIdleConnections() { c.wire.client.CloseIdleConnections() }

// Entra's error codes (https://learn.microsoft.com/entra/identity-platform/reference-error-codes), with what to do.
var causes = map[string]struct {
	kind     Kind
	sentence string
}{
	"7000215": {WrongSecret, "Microsoft Entra refused the client secret: it is wrong (the secret's value is needed, not its id); keep the right one with “portal-desktop secret set client_secret”"},
	"7000222": {WrongSecret, "Microsoft Entra refused the client secret: it has expired; have a new one made for the application, and keep it with “portal-desktop secret set client_secret”"},
	"7000216": {WrongSecret, "Microsoft Entra got no client secret: keep it with “portal-desktop secret set client_secret”"},
	"700016":  {UnknownApp, "Microsoft Entra knows no application with the configured fabric.client_id in this tenant: check fabric.client_id and fabric.tenant_id"},
	"7000112": {UnknownApp, "the application of the configured fabric.client_id is disabled: ask an administrator of Microsoft Entra to enable it"},
	"90002":   {UnknownTenant, "Microsoft Entra knows no tenant with the configured fabric.tenant_id: check fabric.tenant_id"},
	"900023":  {UnknownTenant, "Microsoft Entra knows no tenant with the configured fabric.tenant_id: check fabric.tenant_id"},
	"500011":  {WrongScope, "Microsoft Entra does not know the service of the configured scope in this tenant: check fabric.api_scope and fabric.storage_scope"},
	"1002012": {WrongScope, "Microsoft Entra did not accept the configured scope: check fabric.api_scope and fabric.storage_scope"},
	"70011":   {WrongScope, "Microsoft Entra did not accept the configured scope: check fabric.api_scope and fabric.storage_scope"},
	"53003":   {Refused, "Microsoft Entra refused the sign-in by a conditional access rule: ask an administrator to allow this application from this network"},
}

var aadCode = regexp.MustCompile(`AADSTS(\d{4,8})`)

func (c *Credential) classify(err, deadline error) error {
	var failed *azidentity.AuthenticationFailedError
	if !errors.As(err, &failed) || failed.RawResponse == nil {
		cause := c.wire.lastError()
		switch {
		case cause == nil && deadline != nil:
			cause = deadline
		case cause == nil:
			// The answer was not what a sign-in service says, or named an issuer other than the authority.
			host := c.authority
			if u, perr := url.Parse(c.authority); perr == nil {
				host = u.Hostname()
			}
			return &Error{Kind: Unreachable, Sentence: "the sign-in service " + host + " did not answer as one should: check fabric.authority_url, and whether a proxy stands in between"}
		}
		d := transport.Describe(c.authority, cause)
		return &Error{Kind: Unreachable, Sentence: "the sign-in to Microsoft Entra failed, as " + d.Phrase, Err: d}
	}
	var body struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
		Codes       []int  `json:"error_codes"`
	}
	if raw, rerr := io.ReadAll(io.LimitReader(failed.RawResponse.Body, 1<<20)); rerr == nil {
		_ = json.Unmarshal(raw, &body) // what is no JSON has no code
	}
	status := failed.RawResponse.StatusCode
	if m := aadCode.FindStringSubmatch(body.Description); m != nil {
		code := "AADSTS" + m[1]
		if known, ok := causes[m[1]]; ok {
			return &Error{Kind: known.kind, Code: code, Sentence: known.sentence + " (" + code + ")"}
		}
		if status < http.StatusInternalServerError && status != http.StatusTooManyRequests {
			return &Error{Kind: Refused, Code: code, Sentence: "Microsoft Entra refused the sign-in (" + code + "): look the code up at https://login.microsoftonline.com/error, or ask an administrator"}
		}
	}
	switch {
	case status >= http.StatusInternalServerError || status == http.StatusTooManyRequests:
		return &Error{Kind: Unreachable, Sentence: "the sign-in service has a problem or is busy (HTTP " + http.StatusText(status) + "): try again in a minute"}
	case status >= 300 && status < 400:
		return &Error{Kind: Unreachable, Sentence: "the sign-in service answered with a redirect: check fabric.authority_url, and whether the network wants a sign-in of its own"}
	case body.Error == "invalid_client":
		return &Error{Kind: WrongSecret, Sentence: "Microsoft Entra refused the client id or the client secret: check fabric.client_id, and keep the secret with “portal-desktop secret set client_secret”"}
	case body.Error == "invalid_tenant":
		return &Error{Kind: UnknownTenant, Sentence: causes["90002"].sentence}
	case body.Error == "unauthorized_client":
		return &Error{Kind: UnknownApp, Sentence: causes["700016"].sentence}
	case body.Error == "invalid_scope", body.Error == "invalid_resource":
		return &Error{Kind: WrongScope, Sentence: causes["70011"].sentence}
	}
	return &Error{Kind: Refused, Sentence: "Microsoft Entra refused the sign-in (HTTP " + http.StatusText(status) + "): check fabric.tenant_id and fabric.client_id"}
}

// wire remembers why the last exchange failed: the library passes on the text of a failure, but not its kind.
type wire struct {
	client *http.Client

	mu  sync.Mutex
	err error
}

func (w *wire) Do(req *http.Request) (*http.Response, error) {
	resp, err := w.client.Do(req)
	w.mu.Lock()
	w.err = err
	w.mu.Unlock()
	return resp, err
}

func (w *wire) lastError() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}
