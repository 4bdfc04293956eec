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
	"github.com/google/uuid"

	"fabricportal/internal/format"
	"fabricportal/internal/services/fabric/transport"
	"fabricportal/internal/services/fabric/troubles"
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
	Trouble  *troubles.Trouble // the catalogue's entry; nil where Entra did not answer
	Err      error             // the transport's error; nil where Entra answered
}

func (e *Error) Error() string { return e.Sentence }

// said is an error whose sentence is said in other languages by what stands below it.
func said(kind Kind, err error, s *format.Said) *Error {
	return &Error{Kind: kind, Sentence: s.Error(), Err: s.Over(err)}
}

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
		return nil, said(Refused, nil, format.Say("the sign-in could not be prepared: check fabric.tenant_id, fabric.client_id and fabric.authority_url, and that the client secret is not empty"))
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

// kinds are the entries of the catalogue of which the kind matters; others are Refused, or Unreachable where they pass.
var kinds = map[string]Kind{
	"entra_wrong_secret": WrongSecret, "entra_secret_expired": WrongSecret, "entra_no_secret": WrongSecret, "entra_client": WrongSecret,
	"entra_unknown_app": UnknownApp, "entra_app_disabled": UnknownApp, "entra_app_not_in_tenant": UnknownApp,
	"entra_unknown_tenant": UnknownTenant, "entra_unknown_service": WrongScope, "entra_scope": WrongScope,
}

var (
	aadCode   = regexp.MustCompile(`AADSTS(\d{4,8})`)
	oauthWord = regexp.MustCompile(`^[a-z_]{1,40}$`)
)

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
			return said(Unreachable, nil, format.Say("the sign-in service {{.Host}} did not answer as one should: check fabric.authority_url, and whether a proxy stands in between", "Host", host))
		}
		d := transport.Describe(c.authority, cause)
		return said(Unreachable, d, format.Say("the sign-in to Microsoft Entra failed: {{.Why}}", "Why", d))
	}
	var body struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
		TraceID     string `json:"trace_id"`
	}
	if raw, rerr := io.ReadAll(io.LimitReader(failed.RawResponse.Body, 1<<20)); rerr == nil {
		_ = json.Unmarshal(raw, &body) // what is no JSON has no code
	}
	now := time.Now()
	a := troubles.Answer{
		Service: troubles.Entra, Doing: troubles.SigningIn, Status: failed.RawResponse.StatusCode, At: now, Wait: troubles.RetryAfter(failed.RawResponse.Header, now),
	}
	if uuid.Validate(body.TraceID) == nil {
		a.RequestID = body.TraceID
	}
	code := ""
	if oauthWord.MatchString(body.Error) {
		a.Code = body.Error
	}
	if m := aadCode.FindStringSubmatch(body.Description); m != nil {
		code = "AADSTS" + m[1]
		a.Code = code
	}
	t := troubles.Of(a)
	kind := kinds[t.ID]
	if t.Class == troubles.Passing {
		kind = Unreachable
	}
	return &Error{Kind: kind, Code: code, Sentence: t.Error(), Trouble: t}
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
