package auth

import (
	"context"
	"crypto"
	"crypto/x509"
	"net/http"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"fabricportal/internal/format"
	"fabricportal/internal/services/fabric/transport"
	"fabricportal/internal/services/fabric/troubles"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
	"fabricportal/internal/smallfile"
)

func authority(cfg config.Fabric) cloud.Configuration {
	return cloud.Configuration{ActiveDirectoryAuthorityHost: cfg.AuthorityURL}
}

// application makes the credential of a sign-in that needs no person.
func application(cfg config.Fabric, secret secrets.Secret, options azcore.ClientOptions) (azcore.TokenCredential, error) {
	// Elsewhere than at Microsoft's, Microsoft's own directory of authorities knows nothing and must not be asked.
	alone := !microsoft(cfg.AuthorityURL)
	var made azcore.TokenCredential
	var err error
	switch cfg.SignIn {
	case config.SignInCertificate:
		certificates, key, lerr := certificate(cfg.CertificateFile)
		if lerr != nil {
			return nil, lerr
		}
		made, err = azidentity.NewClientCertificateCredential(cfg.TenantID, cfg.ClientID, certificates, key,
			&azidentity.ClientCertificateCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: alone})
	case config.SignInManagedIdentity:
		options.Transport = &wire{client: transport.ThisMachine()}
		o := &azidentity.ManagedIdentityCredentialOptions{ClientOptions: options}
		if cfg.ClientID != "" {
			o.ID = azidentity.ClientID(cfg.ClientID)
		}
		made, err = azidentity.NewManagedIdentityCredential(o)
	case config.SignInAzureCLI:
		made, err = azidentity.NewAzureCLICredential(&azidentity.AzureCLICredentialOptions{TenantID: cfg.TenantID})
	default:
		made, err = azidentity.NewClientSecretCredential(cfg.TenantID, cfg.ClientID, secret.Reveal(),
			&azidentity.ClientSecretCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: alone})
	}
	if err != nil {
		// The library's message may repeat what it was given.
		return nil, said(Refused, nil, format.Say("the sign-in could not be prepared: check fabric.tenant_id, fabric.client_id and fabric.authority_url, and that the client secret is not empty"))
	}
	return made, nil
}

// WithoutSecret is the credential of a desktop that has no client secret: it works where nothing is asked of Fabric, and says what is
// missing where something is.
func WithoutSecret(cfg config.Fabric, network *transport.Network) *Credential {
	silence()
	return &Credential{cfg: cfg, inner: lacking{}, wire: newWire(cfg, network)}
}

// lacking gives no token.
type lacking struct{}

// GetToken is part of azcore.TokenCredential.
func (lacking) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	t := troubles.Of(troubles.Answer{Service: troubles.Entra, Doing: troubles.SigningIn, Status: http.StatusUnauthorized, Code: "AADSTS7000216"})
	return azcore.AccessToken{}, &Error{Kind: WrongSecret, Sentence: t.Error(), Trouble: t}
}

// maxCertificate is the largest file of a certificate that is read, in bytes.
const maxCertificate = 1 << 20

// certificate reads the certificate and the key that prove the application. No text of the file reaches an error.
func certificate(path string) ([]*x509.Certificate, crypto.PrivateKey, error) {
	data, err := smallfile.Read(format.Say("the certificate of fabric.certificate_file"), path, maxCertificate)
	if err != nil {
		return nil, nil, &Error{Kind: WrongSecret, Sentence: err.Error(), Err: err}
	}
	certificates, key, err := azidentity.ParseCertificates(data, nil)
	if err != nil || len(certificates) == 0 {
		return nil, nil, said(WrongSecret, nil, format.Say("{{.File}} of fabric.certificate_file holds no certificate with its private key: it has to be a PEM file with both, without a password", "File", path))
	}
	if until := certificates[0].NotAfter; time.Now().After(until) {
		return nil, nil, said(WrongSecret, nil, format.Say("the certificate {{.File}} of fabric.certificate_file has expired: have a new one made, and added to the application in Entra", "File", path))
	}
	return certificates, key, nil
}
