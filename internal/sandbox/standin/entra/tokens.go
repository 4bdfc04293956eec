package entra

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// The audiences of the APIs. OneLake and Fabric refuse each other's tokens; Fabric takes those for Power BI, whose API it
// grew from, too.
const (
	FabricAudience  = "https://api.fabric.microsoft.com"
	PowerBIAudience = "https://analysis.windows.net/powerbi/api"
	StorageAudience = "https://storage.azure.com"
	AzureAudience   = "https://management.azure.com"
)

var audiences = []string{FabricAudience, PowerBIAudience, StorageAudience, AzureAudience}

// Why a token is refused.
var (
	ErrMissing  = errors.New("no bearer token")
	ErrInvalid  = errors.New("not a token of this authority")
	ErrExpired  = errors.New("the token has expired")
	ErrAudience = errors.New("the token is for another service")
)

// Tokens issues and checks access tokens. They have the form of Entra's (JSON Web Tokens, signed with RS256), and anybody can
// check them with the keys that the authority publishes.
type Tokens struct {
	id string // of this issuer: several share the key

	mu       sync.Mutex
	lifetime time.Duration
	notUntil time.Time // tokens from before then are taken for expired
}

// NewTokens returns an issuer of tokens that live for an hour.
func NewTokens() *Tokens {
	return &Tokens{id: rand.Text(), lifetime: time.Hour}
}

// signer is one key for all issuers of this process, as making one takes long.
var signer = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil { // its size is allowed
		panic(err)
	}
	return key
})

// keys is the published form of the key (a JSON Web Key Set).
func (t *Tokens) keys() map[string]any {
	public := signer().PublicKey
	return map[string]any{"keys": []any{map[string]any{
		"kty": "RSA", "use": "sig", "alg": "RS256", "kid": t.id, "n": encode(public.N.Bytes()), "e": encode(big.NewInt(int64(public.E)).Bytes()),
	}}}
}

// SetLifetime has tokens from now on live this long.
func (t *Tokens) SetLifetime(d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lifetime = d
}

// ExpireAll has all tokens so far count as expired.
func (t *Tokens) ExpireAll() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.notUntil = time.Now()
}

type claims struct {
	Audience string `json:"aud"`
	Issuer   string `json:"iss"`
	Issued   int64  `json:"iat"`
	Expires  int64  `json:"exp"`
	App      string `json:"appid"`
	Tenant   string `json:"tid"`
	ID       string `json:"uti"`
	Version  string `json:"ver"`
	Person   string `json:"upn,omitempty"`
	IssuedNS int64  `json:"xms_ns"`     // to the nanosecond, so that ExpireAll is exact
	By       string `json:"xms_issuer"` // the id of the issuer
}

func (t *Tokens) issue(audience, issuer, tenant, app string) (token string, lifetime time.Duration) {
	return t.issueTo("", audience, issuer, tenant, app)
}

// issueTo is issue for a person; "" for the application itself.
func (t *Tokens) issueTo(person, audience, issuer, tenant, app string) (token string, lifetime time.Duration) {
	t.mu.Lock()
	lifetime = t.lifetime
	t.mu.Unlock()
	now := time.Now()
	body, _ := json.Marshal(claims{audience, issuer, now.Unix(), now.Add(lifetime).Unix(), app, tenant, rand.Text(), "1.0", person, now.UnixNano(), t.id})
	header, _ := json.Marshal(map[string]string{"typ": "JWT", "alg": "RS256", "kid": t.id})
	text := encode(header) + "." + encode(body)
	signature, err := rsa.SignPKCS1v15(nil, signer(), crypto.SHA256, digest(text))
	if err != nil { // the digest has the hash's size
		panic(err)
	}
	return text + "." + encode(signature), lifetime
}

// Check looks at a request's bearer token.
func (t *Tokens) Check(r *http.Request, audiences ...string) error {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || token == "" {
		return ErrMissing
	}
	at := strings.LastIndexByte(token, '.')
	if at < 0 {
		return ErrInvalid
	}
	signature, err := base64.RawURLEncoding.DecodeString(token[at+1:])
	if err != nil || rsa.VerifyPKCS1v15(&signer().PublicKey, crypto.SHA256, digest(token[:at]), signature) != nil {
		return ErrInvalid
	}
	_, part, _ := strings.Cut(token[:at], ".")
	body, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return ErrInvalid
	}
	var c claims
	if err := json.Unmarshal(body, &c); err != nil || c.By != t.id {
		return ErrInvalid
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if time.Now().Unix() >= c.Expires || time.Unix(0, c.IssuedNS).Before(t.notUntil) {
		return ErrExpired
	}
	if !slices.Contains(audiences, c.Audience) {
		return ErrAudience
	}
	return nil
}

func digest(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
