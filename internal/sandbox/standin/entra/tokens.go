package entra

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// The audiences of the two APIs. Each refuses the other's tokens.
const (
	FabricAudience  = "https://api.fabric.microsoft.com"
	StorageAudience = "https://storage.azure.com"
)

// Why a token is refused.
var (
	ErrMissing  = errors.New("no bearer token")
	ErrInvalid  = errors.New("not a token of this authority")
	ErrExpired  = errors.New("the token has expired")
	ErrAudience = errors.New("the token is for another service")
)

// Tokens issues and checks access tokens. They have the form of Entra's (JSON Web Tokens), but only the stand-in itself can
// make and check them.
type Tokens struct {
	key []byte

	mu       sync.Mutex
	lifetime time.Duration
	notUntil time.Time // tokens from before then are taken for expired
}

// NewTokens returns an issuer of tokens that live for an hour.
func NewTokens() *Tokens {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // it never fails
	return &Tokens{key: key, lifetime: time.Hour}
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
	IssuedNS int64  `json:"xms_ns"` // to the nanosecond, so that ExpireAll is exact
}

func (t *Tokens) issue(audience, issuer, tenant, app string) (token string, lifetime time.Duration) {
	t.mu.Lock()
	lifetime = t.lifetime
	t.mu.Unlock()
	now := time.Now()
	body, _ := json.Marshal(claims{audience, issuer, now.Unix(), now.Add(lifetime).Unix(), app, tenant, rand.Text(), now.UnixNano()})
	text := encode([]byte(`{"typ":"JWT","alg":"HS256"}`)) + "." + encode(body)
	return text + "." + encode(t.sign(text)), lifetime
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
	if err != nil || !hmac.Equal(signature, t.sign(token[:at])) {
		return ErrInvalid
	}
	_, part, _ := strings.Cut(token[:at], ".")
	body, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return ErrInvalid
	}
	var c claims
	if err := json.Unmarshal(body, &c); err != nil {
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

func (t *Tokens) sign(text string) []byte {
	mac := hmac.New(sha256.New, t.key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
