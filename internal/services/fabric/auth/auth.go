// Package auth signs the program in to Microsoft Entra, as the application itself, as the person at this computer or as the
// computer, and hands out tokens for Fabric and OneLake. Only Credential.SignIn asks a person for anything.
package auth

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	azlog "github.com/Azure/azure-sdk-for-go/sdk/azcore/log"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"fabricportal/internal/services/fabric/transport"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

// tokenTimeout bounds one sign-in with its retry, where no person is asked.
const tokenTimeout = 30 * time.Second

// Credential gives tokens and keeps them until shortly before they expire. It is an azcore.TokenCredential.
type Credential struct {
	// Granted, when set, is told each token, so that it can be kept out of all texts. Set it before use.
	Granted func(token secrets.Secret)

	inner  azcore.TokenCredential
	person *person // nil where nobody has to sign in
	cfg    config.Fabric
	wire   *wire
}

// silence keeps the libraries from printing their exchanges on standard error, as AZURE_SDK_GO_LOGGING=all has them do: no
// text of this program leaves it but without secrets.
var silence = sync.OnceFunc(func() { azlog.SetListener(nil) })

// New makes the credential of the configured sign-in at the configured authority, through the given network. The secret counts
// for config.SignInSecret only; folder is where it is noted who has signed in, "" for nowhere. Nothing is asked of the network.
func New(cfg config.Fabric, secret secrets.Secret, network *transport.Network, folder string) (*Credential, error) {
	silence()
	c := &Credential{cfg: cfg, wire: newWire(cfg, network)}
	var err error
	if cfg.ByPerson() {
		c.person = newPerson(cfg, folder)
		c.inner, err = c.person.credential(c.options())
	} else {
		c.inner, err = application(cfg, secret, c.options())
	}
	if err != nil {
		return nil, err
	}
	return c, nil
}

// options are what all kinds of sign-in have in common.
func (c *Credential) options() azcore.ClientOptions {
	return azcore.ClientOptions{
		// The authority is pinned: without it the variable AZURE_AUTHORITY_HOST would decide where the secret goes.
		Cloud:     authority(c.cfg),
		Transport: c.wire,
		Retry:     policy.RetryOptions{MaxRetries: 1, RetryDelay: 500 * time.Millisecond, MaxRetryDelay: 5 * time.Second},
	}
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

// GetToken returns a kept token that is valid for some minutes still, or signs in as far as nobody has to be asked. Errors:
// *Error, or the context's.
func (c *Credential) GetToken(ctx context.Context, options policy.TokenRequestOptions) (azcore.AccessToken, error) {
	limited, cancel := context.WithTimeout(ctx, tokenTimeout)
	defer cancel()
	token, err := c.token(limited, options)
	if err != nil && ctx.Err() != nil {
		return azcore.AccessToken{}, ctx.Err()
	}
	return token, err
}

func (c *Credential) token(ctx context.Context, options policy.TokenRequestOptions) (azcore.AccessToken, error) {
	ctx, x := watched(ctx)
	token, err := c.inner.GetToken(ctx, options)
	if err != nil {
		err = c.classify(err, ctx.Err(), x)
		if needed, ok := errors.AsType[*Error](err); ok && needed.Kind == SignInNeeded && c.person != nil {
			c.person.demand(x, options.Claims)
		}
		return azcore.AccessToken{}, err
	}
	c.granted(token)
	return token, nil
}

func (c *Credential) granted(token azcore.AccessToken) {
	if c.Granted != nil {
		c.Granted(secrets.New(token.Token))
	}
}

// CloseIdleConnections closes what is kept open to the sign-in service.
func (c *Credential) CloseIdleConnections() { c.wire.client.CloseIdleConnections() }

// wire sends what the libraries say to the sign-in service, and notes in the exchange how it ended: they pass on the text of a
// failure, but not its kind, and say that a person has to sign in where the network is down.
type wire struct{ client *http.Client }

func newWire(cfg config.Fabric, network *transport.Network) *wire {
	return &wire{client: network.Client(transport.ClientOptions{Hosts: []string{cfg.AuthorityURL}, MaxBody: 1 << 20})}
}

// exchange is what came of the last request of one call.
type exchange struct {
	mu      sync.Mutex
	err     error    // no answer came
	refusal *refusal // an answer that is no success
}

// refusal is an answer of Entra's that is no success.
type refusal struct {
	status int
	header http.Header
	body   []byte
}

type exchangeKey struct{}

func watched(ctx context.Context) (context.Context, *exchange) {
	x := &exchange{}
	return context.WithValue(ctx, exchangeKey{}, x), x
}

func (x *exchange) outcome() (*refusal, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.refusal, x.err
}

func (x *exchange) note(resp *http.Response, err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.err, x.refusal = err, nil
	if err != nil || resp.StatusCode < http.StatusMultipleChoices {
		return
	}
	body, rerr := io.ReadAll(resp.Body) // the client bounds it
	_ = resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(body))
	if rerr != nil {
		x.err = rerr
		return
	}
	x.refusal = &refusal{resp.StatusCode, resp.Header, body}
}

// Do is part of policy.Transporter.
func (w *wire) Do(req *http.Request) (*http.Response, error) {
	resp, err := w.client.Do(req) // #nosec G704 -- to Entra; the transport keeps to the configured hosts
	if x, ok := req.Context().Value(exchangeKey{}).(*exchange); ok {
		x.note(resp, err)
	}
	return resp, err
}
