package auth

import (
	"context"
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/fabric/transport"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

// The variables that make this test program a process that signs in, and how.
const (
	signsIn     = "AUTH_TEST_SIGNS_IN"
	withCA      = "AUTH_TEST_CA"
	plainly     = "AUTH_TEST_PLAINLY" // with net/http as it comes
	grantedHere = "granted-t0ken-of-this-test"
)

func signIn(address string) int {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if os.Getenv(plainly) != "" {
		client := http.Client{Transport: &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
		req, _ := http.NewRequestWithContext(ctx, http.MethodPost, address+"/"+tenant+"/oauth2/v2.0/token", strings.NewReader("client_secret="+canary))
		resp, err := client.Do(req)
		if err != nil {
			fmt.Println(err)
			return 1
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		return 0
	}
	network, err := transport.New(os.Getenv(withCA))
	if err != nil {
		fmt.Println(err)
		return 1
	}
	c, err := New(config.Fabric{AuthorityURL: address, TenantID: tenant, ClientID: app}, secrets.New(canary), network, "")
	if err != nil {
		fmt.Println(err)
		return 1
	}
	token, err := c.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{"https://api.fabric.microsoft.com/.default"}})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	client := network.Client(transport.ClientOptions{Hosts: []string{address}})
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, address+"/"+tenant+"/v2.0/.well-known/openid-configuration", nil)
	req.Header.Set("Authorization", "Bearer "+token.Token)
	resp, err := client.Do(req)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	resp.Body.Close()
	fmt.Println("signed in")
	return 0
}

// TestNoSwitchOfALibraryPrintsASecret signs in and asks something in a process that is told to print all of it.
func TestNoSwitchOfALibraryPrintsASecret(t *testing.T) {
	e := newEntra(t)
	e.Close()
	e.token = func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // else the answer may come before the secret is sent, and nothing prints it
		_, _ = io.WriteString(w, `{"token_type":"Bearer","expires_in":3600,"access_token":"`+grantedHere+`"}`)
	}
	s := httptest.NewUnstartedServer(e.Config.Handler)
	s.EnableHTTP2 = true
	s.StartTLS()
	t.Cleanup(s.Close)
	e.URL = s.URL
	ca := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o600))
	run := func(switches ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(append(os.Environ(), signsIn+"="+s.URL, withCA+"="+ca), switches...)
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
		return string(out)
	}
	require.Contains(t, run("GODEBUG=http2debug=2", plainly+"=1"), "canary-s3cret", "net/http as it comes prints what it sends")
	keys := filepath.Join(t.TempDir(), "keys.log")
	for _, level := range []string{"1", "2"} {
		said := run("GODEBUG=http2client=1,http2debug="+level, "AZURE_SDK_GO_LOGGING=all", "SSLKEYLOGFILE="+keys)
		require.Equal(t, "signed in\n", said)
	}
	require.NoFileExists(t, keys, "the keys of TLS stay in the process")
}
