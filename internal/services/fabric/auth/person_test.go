package auth_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"html"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/certs"
	"fabricportal/internal/sandbox/standin"
	"fabricportal/internal/sandbox/standin/entra"
	"fabricportal/internal/sandbox/standin/faults"
	"fabricportal/internal/sandbox/standin/jobs"
	"fabricportal/internal/services/fabric/auth"
	"fabricportal/internal/services/fabric/transport"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

// definitions are those of one item, as a stand-in wants at least one.
var definitions = fstest.MapFS{
	"echo.Notebook/.platform":              {Data: []byte(`{"config": {"logicalId": "0198c5a2-7c3e-4bb2-a111-0000000000ec"}}`)},
	"echo.Notebook/notebook-content.ipynb": {Data: []byte(`{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}`)},
}

// desk is a computer on which a person signs in at the stand-in.
type desk struct {
	*standin.StandIn
	*auth.Credential
	cfg    config.Fabric
	folder string
	ca     string
	trust  *x509.CertPool
	opened string // each line an address that the browser was opened with
	tokens []string
}

func newDesk(t *testing.T, signIn string) *desk {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("the browser is put in place of Linux's xdg-open")
	}
	dir := t.TempDir()
	authority, err := certs.New()
	require.NoError(t, err)
	s, err := standin.Start(t.Context(), standin.Options{
		Authority: authority, LakehouseDir: filepath.Join(dir, "lakehouse"), PendingDir: filepath.Join(dir, "pending"), Definitions: definitions,
		Runner: jobs.RunnerFunc(func(context.Context, jobs.Execution) (jobs.Outcome, error) { return jobs.Outcome{}, nil }),
	})
	require.NoError(t, err)
	t.Cleanup(s.Close)
	d := &desk{StandIn: s, folder: filepath.Join(dir, "state"), ca: filepath.Join(dir, "ca.pem"), trust: x509.NewCertPool(), opened: filepath.Join(dir, "opened")}
	require.NoError(t, os.WriteFile(d.ca, authority.PEM(), 0o600))
	d.trust.AppendCertsFromPEM(authority.PEM())
	d.cfg = config.Default().Fabric
	d.cfg.SignIn, d.cfg.TenantID, d.cfg.ClientID, d.cfg.AuthorityURL = signIn, s.App.TenantID, s.App.ClientID, s.AuthorityURL
	// What azidentity asks to open the browser writes the address down, for the test to go there.
	bin := filepath.Join(dir, "bin")
	require.NoError(t, os.Mkdir(bin, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(bin, "xdg-open"), []byte("#!/bin/sh\necho \"$1\" >>'"+d.opened+"'\n"), 0o755))
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	t.Setenv("XDG_CACHE_HOME", filepath.Join(dir, "cache"))
	d.start(t)
	return d
}

// start is another start of the program on this computer.
func (d *desk) start(t *testing.T) {
	t.Helper()
	network, err := transport.New(d.ca)
	require.NoError(t, err)
	d.Credential, err = auth.New(d.cfg, secrets.Secret{}, network, d.folder)
	require.NoError(t, err)
	t.Cleanup(d.CloseIdleConnections)
}

func (d *desk) ask(t *testing.T, scope string) error {
	t.Helper()
	token, err := d.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{scope}, EnableCAE: true})
	if err == nil {
		require.NotEmpty(t, token.Token)
		d.tokens = append(d.tokens, token.Token)
	}
	return err
}

// page is the address that the browser was opened with.
func (d *desk) page(t *testing.T) string {
	t.Helper()
	var data []byte
	require.Eventually(t, func() bool { data, _ = os.ReadFile(d.opened); return bytes.HasSuffix(data, []byte("\n")) }, 20*time.Second, 10*time.Millisecond)
	require.NoError(t, os.Remove(d.opened))
	return strings.TrimSpace(string(data))
}

var (
	action = regexp.MustCompile(`<form method="post" action="([^"]*)"`)
	hidden = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)
)

// click does at a page what a person does: it sends its form with one more value, and then whatever sends itself.
func (d *desk) click(t *testing.T, address string, more map[string]string) (last string) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: d.trust}, DisableKeepAlives: true}}
	resp, err := client.Get(address)
	require.NoError(t, err)
	for step := 0; ; step++ {
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		_ = resp.Body.Close()
		form := action.FindSubmatch(body)
		if form == nil || step > 2 || strings.HasPrefix(string(body), "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Sign in") && step > 0 {
			return string(body)
		}
		values := url.Values{}
		for _, m := range hidden.FindAllSubmatch(body, -1) {
			values.Set(html.UnescapeString(string(m[1])), html.UnescapeString(string(m[2])))
		}
		if step == 0 {
			for k, v := range more {
				values.Set(k, v)
			}
		}
		at, err := resp.Request.URL.Parse(html.UnescapeString(string(form[1])))
		require.NoError(t, err)
		resp, err = client.PostForm(at.String(), values)
		require.NoError(t, err)
	}
}

type signedIn struct {
	who   string
	lasts bool
	err   error
}

func (d *desk) begin(ctx context.Context, show func(auth.Code)) <-chan signedIn {
	out := make(chan signedIn, 1)
	go func() {
		who, lasts, err := d.SignIn(ctx, show)
		out <- signedIn{who, lasts, err}
	}()
	return out
}

var ana = entra.People[0].Name

func TestAPersonSignsInOnceForBothServices(t *testing.T) {
	d := newDesk(t, config.SignInUser)
	var needed *auth.Error
	for _, scope := range []string{d.cfg.APIScope, d.cfg.StorageScope} {
		require.ErrorAs(t, d.ask(t, scope), &needed)
		assert.Equal(t, auth.SignInNeeded, needed.Kind)
		assert.True(t, needed.Credentials())
		assert.True(t, needed.Trouble.OfSignIn())
		assert.Contains(t, needed.Error(), "signin")
	}
	assert.NoFileExists(t, d.opened, "nothing opens a browser unasked")
	assert.Empty(t, auth.SignedIn(d.cfg, d.folder))

	done := d.begin(t.Context(), nil)
	d.click(t, d.page(t), map[string]string{"person": ana})
	got := <-done
	require.NoError(t, got.err)
	assert.Equal(t, ana, got.who)
	require.NoError(t, d.ask(t, d.cfg.APIScope))
	require.NoError(t, d.ask(t, d.cfg.StorageScope))
	assert.Equal(t, 1, d.Entra.Pages(), "two audiences and one sign-in")
	if got.lasts {
		assert.Equal(t, ana, auth.SignedIn(d.cfg, d.folder))
		d.start(t)
		require.NoError(t, d.ask(t, d.cfg.StorageScope), "the sign-in outlives the program")
		assert.Equal(t, 1, d.Entra.Pages())
		d.noTokenInTheClear(t)
		require.NotEmpty(t, d.keptTokens(t))
		require.NoError(t, auth.SignOut(t.Context(), d.cfg, d.folder))
		require.Empty(t, d.keptTokens(t), "the tokens are removed, and not only forgotten")
		require.NoError(t, auth.SignOut(t.Context(), d.cfg, d.folder), "twice is no error")
		assert.Empty(t, auth.SignedIn(d.cfg, d.folder))
		d.start(t)
		require.ErrorAs(t, d.ask(t, d.cfg.APIScope), &needed)
	} else {
		t.Log("this computer has no store of its own for tokens: they were kept in memory")
		assert.Empty(t, auth.SignedIn(d.cfg, d.folder), "who signed in is not claimed without a token")
		d.start(t)
		require.ErrorAs(t, d.ask(t, d.cfg.APIScope), &needed)
	}
	assert.NoFileExists(t, d.opened)
}

// keptTokens are the files in which Linux keeps tokens, encrypted.
func (d *desk) keptTokens(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(os.Getenv("XDG_CACHE_HOME"), ".IdentityService", "fabric-data-portal-*"))
	require.NoError(t, err)
	return found
}

// noTokenInTheClear looks into every file that the sign-in left.
func (d *desk) noTokenInTheClear(t *testing.T) {
	t.Helper()
	files := 0
	for _, dir := range []string{d.folder, os.Getenv("XDG_CACHE_HOME")} {
		_ = filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			files++
			for _, word := range append([]string{"access_token", "AccessToken", "refresh", "secret"}, d.tokens...) {
				assert.False(t, bytes.Contains(data, []byte(word)), "%s has “%.20s”", path, word)
			}
			return nil
		})
	}
	assert.NotZero(t, files)
}

func TestACodeOnAnotherComputer(t *testing.T) {
	d := newDesk(t, config.SignInDeviceCode)
	codes := make(chan auth.Code, 1)
	done := d.begin(t.Context(), func(c auth.Code) { codes <- c })
	code := <-codes
	assert.NotEmpty(t, code.Code)
	d.click(t, code.Page, map[string]string{"user_code": code.Code, "person": ana})
	got := <-done
	require.NoError(t, got.err)
	assert.Equal(t, ana, got.who)
	require.NoError(t, d.ask(t, d.cfg.StorageScope))

	done = d.begin(t.Context(), func(c auth.Code) { codes <- c })
	code = <-codes
	d.click(t, code.Page, map[string]string{"user_code": code.Code, "person": ""})
	got = <-done
	require.ErrorContains(t, got.err, "nobody signed in")

	// Who gives up waiting is let go at once.
	ctx, cancel := context.WithCancel(t.Context())
	done = d.begin(ctx, func(c auth.Code) { codes <- c })
	<-codes
	cancel()
	assert.ErrorIs(t, (<-done).err, context.Canceled)
}

func TestSignInsThatFail(t *testing.T) {
	d := newDesk(t, config.SignInUser)
	var failed *auth.Error
	done := d.begin(t.Context(), nil)
	d.click(t, d.page(t), map[string]string{"person": ""})
	got := <-done
	require.ErrorAs(t, got.err, &failed)
	assert.Equal(t, "entra_declined", failed.Trouble.ID)
	assert.NotContains(t, got.err.Error(), "\n")

	// What nobody agreed to for OneLake is said as that, and not as another sign-in that would not help.
	d.Entra.Consented(func(resource string) bool { return resource == entra.FabricAudience })
	done = d.begin(t.Context(), nil)
	d.click(t, d.page(t), map[string]string{"person": ana})
	got = <-done
	require.ErrorAs(t, got.err, &failed)
	assert.Equal(t, "entra_consent", failed.Trouble.ID)
	d.Entra.Consented(nil)

	done = d.begin(t.Context(), nil)
	d.click(t, d.page(t), map[string]string{"person": ana})
	require.NoError(t, (<-done).err)
	// The network is down, or the service busy: that is no reason to sign in again.
	fresh := "https://analysis.windows.net/powerbi/api/.default"
	d.Faults.Next(faults.Token, 2, faults.Fault{Status: 503})
	require.ErrorAs(t, d.ask(t, fresh), &failed)
	assert.Equal(t, auth.Unreachable, failed.Kind, failed)
	assert.False(t, failed.Credentials())
	require.NoError(t, d.ask(t, fresh))
	// All sessions are revoked: the next renewal says that one has to sign in.
	d.Entra.EndSignIns()
	require.ErrorAs(t, d.ask(t, "https://management.azure.com/.default"), &failed)
	assert.Equal(t, auth.SignInNeeded, failed.Kind, failed)
	assert.Equal(t, "AADSTS50173", failed.Code)
	assert.NoFileExists(t, d.opened, "nothing opens a browser unasked")
}

func TestWhatTheOtherSignInsLack(t *testing.T) {
	d := newDesk(t, config.SignInUser)
	network, err := transport.New(d.ca)
	require.NoError(t, err)
	for signIn, want := range map[string]string{config.SignInAzureCLI: "az login", config.SignInManagedIdentity: "no managed identity"} {
		cfg := d.cfg
		cfg.SignIn, cfg.ClientID = signIn, ""
		t.Setenv("PATH", "/nowhere")
		t.Setenv("IDENTITY_ENDPOINT", "http://127.0.0.1:1/")
		t.Setenv("IDENTITY_HEADER", "x")
		c, err := auth.New(cfg, secrets.Secret{}, network, d.folder)
		require.NoError(t, err)
		_, err = c.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{cfg.APIScope}, EnableCAE: true})
		require.ErrorContains(t, err, want)
		_, _, err = c.SignIn(t.Context(), nil)
		require.ErrorContains(t, err, "nobody has to sign in here")
	}
}

// keyPair makes a certificate with its key, in one PEM file.
func keyPair(t *testing.T, until time.Time) (*x509.Certificate, string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: until.Add(-time.Hour), NotAfter: until}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	made, err := x509.ParseCertificate(raw)
	require.NoError(t, err)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	text := append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})...)
	path := filepath.Join(t.TempDir(), "app.pem")
	require.NoError(t, os.WriteFile(path, text, 0o600))
	return made, path
}

func TestTheApplicationByItsCertificate(t *testing.T) {
	d := newDesk(t, config.SignInUser)
	d.cfg.SignIn = config.SignInCertificate
	known, file := keyPair(t, time.Now().Add(time.Hour))
	d.cfg.CertificateFile = file
	d.start(t)
	var failed *auth.Error
	require.ErrorAs(t, d.ask(t, d.cfg.APIScope), &failed)
	assert.Equal(t, "entra_certificate", failed.Trouble.ID)
	assert.Equal(t, auth.WrongSecret, failed.Kind)
	d.Entra.TrustCertificate(known)
	require.NoError(t, d.ask(t, d.cfg.APIScope))
	require.NoError(t, d.ask(t, d.cfg.StorageScope))

	network, err := transport.New(d.ca)
	require.NoError(t, err)
	_, expired := keyPair(t, time.Now().Add(-time.Minute))
	halved := filepath.Join(t.TempDir(), "half.pem")
	require.NoError(t, os.WriteFile(halved, []byte("-----BEGIN CERTIFICATE-----\ncanary"), 0o600))
	for path, want := range map[string]string{expired: "has expired", halved: "no certificate with its private key", filepath.Join(t.TempDir(), "none.pem"): "can't be read", t.TempDir(): "that is a folder"} {
		d.cfg.CertificateFile = path
		_, err := auth.New(d.cfg, secrets.Secret{}, network, d.folder)
		require.ErrorContains(t, err, want)
		assert.NotContains(t, err.Error(), "canary")
	}
}
