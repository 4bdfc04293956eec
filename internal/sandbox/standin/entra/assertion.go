package entra

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// TrustCertificate has the application prove itself by this certificate, too.
func (a *Authority) TrustCertificate(c *x509.Certificate) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.certificates = append(a.certificates, c)
}

// proves tells whether an assertion was signed for this token endpoint with the key of a certificate that is trusted
// (https://learn.microsoft.com/entra/identity-platform/certificate-credentials).
func (a *Authority) proves(assertion, client, endpoint string) bool {
	parts := strings.Split(assertion, ".")
	if len(parts) != 3 {
		return false
	}
	var header struct {
		Alg string `json:"alg"`
		S2  string `json:"x5t#S256"`
	}
	var says struct {
		Audience string  `json:"aud"`
		Issuer   string  `json:"iss"`
		Subject  string  `json:"sub"`
		Expires  float64 `json:"exp"`
	}
	if !decode(parts[0], &header) || !decode(parts[1], &says) {
		return false
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || says.Audience != endpoint || says.Issuer != client || says.Subject != client || float64(time.Now().Unix()) >= says.Expires {
		return false
	}
	sum := digest(parts[0] + "." + parts[1])
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.ContainsFunc(a.certificates, func(c *x509.Certificate) bool {
		key, ok := c.PublicKey.(*rsa.PublicKey)
		thumb := sha256.Sum256(c.Raw)
		if !ok || time.Now().After(c.NotAfter) || strings.NewReplacer("+", "-", "/", "_", "=", "").Replace(header.S2) != encode(thumb[:]) {
			return false
		}
		switch header.Alg {
		case "PS256":
			return rsa.VerifyPSS(key, crypto.SHA256, sum, signature, nil) == nil
		case "RS256":
			return rsa.VerifyPKCS1v15(key, crypto.SHA256, sum, signature) == nil
		}
		return false
	})
}

func decode(part string, into any) bool {
	raw, err := base64.RawURLEncoding.DecodeString(part)
	return err == nil && json.Unmarshal(raw, into) == nil
}
