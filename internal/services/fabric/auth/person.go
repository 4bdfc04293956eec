package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"fabricportal/internal/atomicfile"
	"fabricportal/internal/format"
	"fabricportal/internal/services/setup/config"
)

// signInTime bounds how long a person is waited for: Entra's device codes live as long.
const signInTime = 15 * time.Minute

// Code is what a person enters at a page, in any browser, to sign in on this computer.
type Code struct {
	Code string // such as FJ3K-9QXV, to be shown large
	Page string // the address of the page
}

// person signs in the person at this computer. Tokens are kept by the operating system's own means, where it has them; the note
// beside them says who it was, which is no secret.
type person struct {
	cfg    config.Fabric
	note   string // the file that says who signed in; "" for none
	lasts  bool   // tokens outlive this process
	signIn sync.Mutex
	claims atomic.Pointer[string] // what Entra or a service asks of the next sign-in, such as a second factor; nil for nothing
	ask    func(ctx context.Context, o *policy.TokenRequestOptions) (azidentity.AuthenticationRecord, error)
}

func newPerson(cfg config.Fabric, folder string) *person {
	p := &person{cfg: cfg}
	if folder != "" {
		p.note = filepath.Join(folder, "signed-in-"+p.key()+".json")
	}
	return p
}

// key stands for everything that decides whom the tokens are from and for.
func (p *person) key() string {
	sum := sha256.Sum256([]byte(strings.Join([]string{p.cfg.AuthorityURL, p.cfg.TenantID, p.cfg.ClientID}, "\x00")))
	return hex.EncodeToString(sum[:8])
}

// kept is the name under which the operating system keeps the tokens.
func (p *person) kept() string { return "fabric-data-portal-" + p.key() }

func (p *person) credential(options azcore.ClientOptions) (azcore.TokenCredential, error) {
	kept := azidentity.Cache{} // in memory only
	if p.note != "" {
		if c, err := store(p.kept()); err == nil {
			kept, p.lasts = c, true
		}
	}
	record, _ := readNote(p.note)
	if !p.lasts {
		record = azidentity.AuthenticationRecord{} // without its tokens it would be a claim
	}
	alone := !microsoft(p.cfg.AuthorityURL)
	var err error
	if p.cfg.SignIn == config.SignInDeviceCode {
		var c *azidentity.DeviceCodeCredential
		c, err = azidentity.NewDeviceCodeCredential(&azidentity.DeviceCodeCredentialOptions{
			ClientOptions: options, TenantID: p.cfg.TenantID, ClientID: p.cfg.ClientID, Cache: kept, AuthenticationRecord: record,
			DisableAutomaticAuthentication: true, DisableInstanceDiscovery: alone, UserPrompt: prompt,
		})
		if err == nil {
			p.ask = c.Authenticate
			return c, nil
		}
	} else {
		var c *azidentity.InteractiveBrowserCredential
		c, err = azidentity.NewInteractiveBrowserCredential(&azidentity.InteractiveBrowserCredentialOptions{
			ClientOptions: options, TenantID: p.cfg.TenantID, ClientID: p.cfg.ClientID, Cache: kept, AuthenticationRecord: record,
			DisableAutomaticAuthentication: true, DisableInstanceDiscovery: alone, LoginHint: record.Username,
		})
		if err == nil {
			p.ask = c.Authenticate
			return c, nil
		}
	}
	return nil, said(Refused, nil, format.Say("the sign-in could not be prepared: check fabric.tenant_id, fabric.client_id and fabric.authority_url"))
}

type promptKey struct{}

// prompt hands a device's code to whoever asked for the sign-in.
func prompt(ctx context.Context, m azidentity.DeviceCodeMessage) error {
	show, ok := ctx.Value(promptKey{}).(func(Code))
	if !ok {
		return errors.New("nobody is there to be shown the code")
	}
	show(Code{m.UserCode, m.VerificationURL})
	return nil
}

// SignedIn is who signed in on this computer with this configuration, such as ana@contoso.com, as far as a file tells; "" for
// nobody, and where no person signs in.
func SignedIn(cfg config.Fabric, folder string) string {
	if !cfg.ByPerson() || folder == "" {
		return ""
	}
	record, _ := readNote(newPerson(cfg, folder).note)
	return record.Username
}

// SignIn has the person at this computer sign in, in the system's browser or by a code that show gets, and returns who it was.
// One sign-in serves both Fabric and OneLake. lasts tells whether it outlives the program. It is called because a person asked
// for it, never in the background. Errors: *Error, or the context's.
func (c *Credential) SignIn(ctx context.Context, show func(Code)) (who string, lasts bool, err error) {
	p := c.person
	if p == nil {
		return "", false, said(Refused, nil, format.Say("nobody has to sign in here, as fabric.sign_in is {{.SignIn}}", "SignIn", c.cfg.SignIn))
	}
	p.signIn.Lock()
	defer p.signIn.Unlock()
	limited, cancel := context.WithTimeout(ctx, signInTime)
	defer cancel()
	asked, x := watched(context.WithValue(limited, promptKey{}, show))
	demanded := p.claims.Load()
	options := policy.TokenRequestOptions{Scopes: []string{c.cfg.APIScope}, EnableCAE: true}
	if demanded != nil {
		options.Claims = *demanded
	}
	record, err := p.ask(asked, &options)
	switch {
	case err != nil && ctx.Err() != nil:
		return "", false, ctx.Err()
	case err != nil && limited.Err() != nil:
		return "", false, said(SignInNeeded, nil, format.Say("nobody signed in within {{.Time}}: start again when you are ready", "Time", format.English.Duration(signInTime)))
	case err != nil:
		return "", false, c.interactive(err, x)
	}
	p.claims.CompareAndSwap(demanded, nil) // a later demand stays
	// Without OneLake's token half of the program would stand still and ask for a sign-in again.
	if _, err := c.token(limited, policy.TokenRequestOptions{Scopes: []string{c.cfg.StorageScope}, EnableCAE: true}); err != nil {
		return "", false, err
	}
	return record.Username, p.lasts, p.remember(record)
}

// SignOut forgets who signed in, and removes the tokens from where the operating system keeps them. Entra is not told: a copy of them that
// somebody made would be good until it expires, or the person's sessions are revoked there.
func SignOut(ctx context.Context, cfg config.Fabric, folder string) error {
	if !cfg.ByPerson() || folder == "" {
		return nil
	}
	if err := forget(ctx, newPerson(cfg, folder).kept()); err != nil {
		return said(Refused, err, format.Say("the tokens could not be removed from where this computer keeps them, and stay good for some time: try again, or have your sessions revoked in Entra"))
	}
	if err := os.Remove(newPerson(cfg, folder).note); err != nil && !errors.Is(err, os.ErrNotExist) {
		return said(Refused, err, format.Say("the note of who signed in could not be removed: delete {{.File}}", "File", newPerson(cfg, folder).note))
	}
	return nil
}

// mostClaims bounds what may be asked of a sign-in: it becomes a part of an address.
const mostClaims = 4 << 10

// demand remembers what the next sign-in has to show: what Entra's refusal asks for (OpenID Connect's claims, such as a second factor), else
// what a service asked for. Without it Entra would give what it has given before, and the service would refuse that again.
func (p *person) demand(x *exchange, asked string) {
	var body struct {
		Claims string `json:"claims"`
	}
	if refused, _ := x.outcome(); refused != nil {
		_ = json.Unmarshal(refused.body, &body) // what is no JSON asks for nothing
	}
	for _, claims := range []string{body.Claims, asked} {
		if claims != "" && len(claims) <= mostClaims && json.Valid([]byte(claims)) {
			p.claims.Store(&claims)
			return
		}
	}
}

func (p *person) remember(record azidentity.AuthenticationRecord) error {
	if p.note == "" || !p.lasts {
		return nil
	}
	data, err := json.Marshal(record)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(p.note), 0o700)
	}
	if err == nil {
		err = atomicfile.WriteFile(p.note, data, 0o600)
	}
	if err != nil {
		return said(Refused, err, format.Say("you are signed in until the program ends, as it could not be noted in {{.File}}: check that the folder can be written", "File", p.note))
	}
	return nil
}

// readNote reads who signed in; what can't be read counts as nobody.
func readNote(path string) (azidentity.AuthenticationRecord, error) {
	var record azidentity.AuthenticationRecord
	if path == "" {
		return record, nil
	}
	data, err := atomicfile.Read(path, 64<<10)
	if err == nil {
		err = json.Unmarshal(data, &record)
	}
	if err != nil {
		return azidentity.AuthenticationRecord{}, err
	}
	return record, nil
}
