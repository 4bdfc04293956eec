package services

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/portal"
	"fabricportal/internal/sandbox"
	"fabricportal/internal/sandbox/sampledata"
	"fabricportal/internal/sandbox/standin/entra"
	"fabricportal/internal/sandbox/standin/jobs"
	"fabricportal/internal/services/desktop/imports"
	"fabricportal/internal/services/runs"
)

// TestAPersonsOwnSignIn is a run by somebody who signed in by a code, on a computer that holds no client secret; the configuration
// claims to be somebody else.
func TestAPersonsOwnSignIn(t *testing.T) {
	box, err := sandbox.Start(t.Context(), sandbox.Options{Log: t.Logf, QueueTime: -1, Runner: jobs.RunnerFunc(func(context.Context, jobs.Execution) (jobs.Outcome, error) {
		return jobs.Outcome{}, nil
	})})
	require.NoError(t, err)
	t.Cleanup(box.Close)
	for _, pair := range [][2]string{
		{sandbox.EnvConfig, box.Config}, {sandbox.EnvDatabasePassword, box.Database.AppPassword}, {"PORTAL_FABRIC_SIGN_IN", "device-code"}, {"PORTAL_USER", "the.boss"},
		{"XDG_CACHE_HOME", t.TempDir()},
	} {
		t.Setenv(pair[0], pair[1])
	}
	p, err := portal.Open(t.Context(), portal.Options{Version: "9.9.9"})
	require.NoError(t, err, "no client secret is asked for")
	t.Cleanup(p.Close)
	require.True(t, p.ByPerson())
	require.False(t, p.SignedIn())
	require.Equal(t, "the.boss", p.User())
	_, err = p.Run(t.Context(), sampledata.FactFile, nil)
	require.ErrorContains(t, err, "not signed in")

	who, lasts, err := p.SignIn(t.Context(), func(code, page string) { enter(t, box.CAFile, page, code) })
	require.NoError(t, err)
	require.Equal(t, entra.People[0].Name, who)
	if lasts { // this computer's own store keeps it for the next start
		require.Equal(t, who, p.User())
		p, err = portal.Open(t.Context(), portal.Options{Version: "9.9.9"})
		require.NoError(t, err)
		t.Cleanup(p.Close)
		require.True(t, p.SignedIn())
	}
	_, err = p.Upload(t.Context(), filepath.Join(samples(t), sampledata.FactFile), imports.How{}, nil)
	require.NoError(t, err, "the one sign-in is good for OneLake")
	run, err := p.Run(t.Context(), sampledata.FactFile, nil)
	require.NoError(t, err, "and for Fabric")
	require.Equal(t, runs.Queued, run.Status)
	if lasts {
		require.Equal(t, who, run.TriggeredBy)
	}
	require.Zero(t, box.StandIn.Entra.Pages(), "no browser was opened")
}

// enter does at the page what the person does.
func enter(t *testing.T, caFile, page, code string) {
	pem, err := os.ReadFile(caFile)
	require.NoError(t, err)
	trust := x509.NewCertPool()
	trust.AppendCertsFromPEM(pem)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trust}, DisableKeepAlives: true}}
	resp, err := client.PostForm(page, url.Values{"user_code": {code}, "person": {entra.People[0].Name}})
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, resp.StatusCode, string(body))
}
