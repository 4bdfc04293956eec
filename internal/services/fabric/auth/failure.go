package auth

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/google/uuid"

	"fabricportal/internal/format"
	"fabricportal/internal/services/fabric/transport"
	"fabricportal/internal/services/fabric/troubles"
	"fabricportal/internal/services/setup/config"
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
	SignInNeeded              // a person has to sign in, for the first time or again
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

// kinds are the entries of the catalogue of which the kind matters; others are Refused, or Unreachable where they pass.
var kinds = map[string]Kind{
	"entra_wrong_secret": WrongSecret, "entra_secret_expired": WrongSecret, "entra_no_secret": WrongSecret, "entra_client": WrongSecret, "entra_certificate": WrongSecret,
	"entra_unknown_app": UnknownApp, "entra_app_disabled": UnknownApp, "entra_app_not_in_tenant": UnknownApp,
	"entra_unknown_tenant": UnknownTenant, "entra_unknown_service": WrongScope, "entra_scope": WrongScope,
}

var (
	aadCode   = regexp.MustCompile(`AADSTS(\d{4,8})`)
	oauthWord = regexp.MustCompile(`^[a-z_]{1,40}$`)
)

func (c *Credential) classify(err, deadline error, x *exchange) error {
	if known, ok := errors.AsType[*Error](err); ok {
		return known
	}
	refused, cause := x.outcome()
	if _, ok := errors.AsType[*azidentity.AuthenticationRequiredError](err); ok {
		return c.required(refused, cause)
	}
	failed, ok := errors.AsType[*azidentity.AuthenticationFailedError](err)
	if missing := c.missing(); missing != nil && (!ok || failed.RawResponse == nil) {
		return missing
	}
	if !ok || failed.RawResponse == nil {
		switch {
		case cause == nil && deadline != nil:
			cause = deadline
		case cause == nil:
			// The answer was not what a sign-in service says, or named an issuer other than the authority.
			host := c.cfg.AuthorityURL
			if u, perr := url.Parse(host); perr == nil {
				host = u.Hostname()
			}
			return said(Unreachable, nil, format.Say("the sign-in service {{.Host}} did not answer as one should: check fabric.authority_url, and whether a proxy stands in between", "Host", host))
		}
		d := transport.Describe(c.cfg.AuthorityURL, cause)
		return said(Unreachable, d, format.Say("the sign-in to Microsoft Entra failed: {{.Why}}", "Why", d))
	}
	body, rerr := io.ReadAll(io.LimitReader(failed.RawResponse.Body, 1<<20))
	if rerr != nil {
		body = nil // the status says enough
	}
	return answered(&refusal{failed.RawResponse.StatusCode, failed.RawResponse.Header, body})
}

// answered finds what Entra refused in the catalogue.
func answered(r *refusal) *Error {
	var body struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
		TraceID     string `json:"trace_id"`
	}
	_ = json.Unmarshal(r.body, &body) // what is no JSON has no code
	now := time.Now()
	a := troubles.Answer{Service: troubles.Entra, Doing: troubles.SigningIn, Status: r.status, At: now, Wait: troubles.RetryAfter(r.header, now)}
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

// others are the refusals of a renewal that another sign-in does not change. After all the rest, such as a renewal that has
// expired or been revoked, it does.
var others = []string{"entra_consent", "entra_conditional_access", "entra_not_assigned", "entra_app_disabled", "entra_app_not_in_tenant",
	"entra_unknown_app", "entra_unknown_tenant", "entra_unknown_service", "entra_scope", "entra_public_client", "entra_clock"}

// required tells why a person's token could not be renewed: the library says that the person has to sign in, whatever it was.
func (c *Credential) required(refused *refusal, cause error) error {
	if cause != nil {
		d := transport.Describe(c.cfg.AuthorityURL, cause)
		return said(Unreachable, d, format.Say("the sign-in to Microsoft Entra failed: {{.Why}}", "Why", d))
	}
	code := ""
	if refused != nil {
		e := answered(refused)
		if e.Kind == Unreachable || slices.Contains(others, e.Trouble.ID) {
			return e
		}
		code = e.Code
	}
	t := troubles.Of(troubles.Answer{Service: troubles.Entra, Doing: troubles.SigningIn, Status: http.StatusUnauthorized, Code: troubles.SignInNeeded})
	return &Error{Kind: SignInNeeded, Code: code, Sentence: t.Error(), Trouble: t}
}

// interactive tells why a sign-in that a person was asked for did not succeed.
func (c *Credential) interactive(err error, x *exchange) error {
	refused, cause := x.outcome()
	switch {
	case cause != nil:
		d := transport.Describe(c.cfg.AuthorityURL, cause)
		return said(Unreachable, d, format.Say("the sign-in to Microsoft Entra failed: {{.Why}}", "Why", d))
	case refused != nil:
		return answered(refused)
	}
	// What the browser brought back: the library has it in its text only.
	text := err.Error()
	a := troubles.Answer{Service: troubles.Entra, Doing: troubles.SigningIn}
	switch m := aadCode.FindString(text); {
	case m != "":
		a.Code = m
	case strings.Contains(text, "access_denied"):
		a.Code = "access_denied"
	default:
		return said(Refused, nil, format.Say("the browser could not be opened, or brought nothing back: use fabric.sign_in = device-code where this computer has no browser"))
	}
	t := troubles.Of(a)
	return &Error{Kind: kinds[t.ID], Code: a.Code, Sentence: t.Error(), Trouble: t}
}

// missing words what this computer lacks for a sign-in that needs something here; nil for those that need nothing.
func (c *Credential) missing() error {
	switch c.cfg.SignIn {
	case config.SignInAzureCLI:
		return said(Refused, nil, format.Say("the Azure CLI gave no token: install it where it is missing, and sign in with “az login --tenant {{.Tenant}}”", "Tenant", c.cfg.TenantID))
	case config.SignInManagedIdentity:
		return said(Refused, nil, format.Say("this computer has no managed identity: fabric.sign_in = managed-identity works on Azure's own computers only"))
	}
	return nil
}
