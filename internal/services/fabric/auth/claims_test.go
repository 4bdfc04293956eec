package auth_test

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/fabric/auth"
	"fabricportal/internal/services/setup/config"
)

// signInAs does at the page what the person does, and waits for the sign-in.
func (d *desk) signInAs(t *testing.T, who string) error {
	t.Helper()
	done := d.begin(t.Context(), nil)
	d.click(t, d.page(t), map[string]string{"person": who})
	return (<-done).err
}

// TestASecondFactorThatIsRequiredFromNowOn: the renewal says what is asked for, nothing opens a browser by itself, and the sign-in that the
// person begins asks Entra for just that, so that it is the last one.
func TestASecondFactorThatIsRequiredFromNowOn(t *testing.T) {
	d := newDesk(t, config.SignInUser)
	require.NoError(t, d.signInAs(t, ana))
	d.Entra.Demand("c1")
	const fresh = "https://analysis.windows.net/powerbi/api/.default" // of which no token is kept
	var needed *auth.Error
	for range 2 {
		require.ErrorAs(t, d.ask(t, fresh), &needed)
		assert.Equal(t, auth.SignInNeeded, needed.Kind)
		assert.Equal(t, "AADSTS50076", needed.Code)
		assert.True(t, needed.Trouble.OfSignIn(), "the header has its button")
		assert.NotContains(t, needed.Error(), "acrs")
	}
	assert.NoFileExists(t, d.opened, "nothing opens a browser unasked")
	require.NoError(t, d.signInAs(t, ana))
	require.NoError(t, d.ask(t, fresh), "the page was asked for the second factor")
	d.Entra.Demand("c2")
	require.ErrorAs(t, d.ask(t, "https://management.azure.com/.default"), &needed, "another one")
	require.NoError(t, d.signInAs(t, ana))
	require.NoError(t, d.ask(t, "https://management.azure.com/.default"))
	assert.Equal(t, 3, d.Entra.Pages())
}

// TestAServiceThatAsksForMore answers a good token with 401 and claims (continuous access evaluation): the token is renewed with them without
// a person, and where that is not enough, the next sign-in has them.
func TestAServiceThatAsksForMore(t *testing.T) {
	d := newDesk(t, config.SignInUser)
	require.NoError(t, d.signInAs(t, ana))
	const claims = `{"access_token":{"acrs":{"essential":true,"value":"c1"}}}`
	var asked atomic.Int32
	var first atomic.Value
	service := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		first.CompareAndSwap(nil, r.Header.Get("Authorization"))
		if r.Header.Get("Authorization") == first.Load() {
			w.Header().Set("WWW-Authenticate", `Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", error="insufficient_claims", claims="`+
				base64.StdEncoding.EncodeToString([]byte(claims))+`"`)
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	t.Cleanup(service.Close)
	call := func() error {
		pipeline := runtime.NewPipeline("test", "1", runtime.PipelineOptions{PerRetry: []policy.Policy{runtime.NewBearerTokenPolicy(d.Credential, []string{d.cfg.APIScope}, nil)}},
			&policy.ClientOptions{Transport: service.Client()})
		req, err := runtime.NewRequest(t.Context(), http.MethodGet, service.URL)
		require.NoError(t, err)
		resp, err := pipeline.Do(req)
		if err != nil {
			return err
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return &azcore.ResponseError{StatusCode: resp.StatusCode}
		}
		return nil
	}
	require.NoError(t, call(), "the token is renewed, and the call made again")
	require.EqualValues(t, 2, asked.Load())
	assert.Equal(t, 1, d.Entra.Pages())

	first = atomic.Value{}
	d.Entra.Demand("c1")
	var needed *auth.Error
	require.ErrorAs(t, call(), &needed)
	assert.Equal(t, auth.SignInNeeded, needed.Kind)
	assert.NoFileExists(t, d.opened, "nothing opens a browser unasked")
	require.NoError(t, d.signInAs(t, ana))
	require.NoError(t, call())
	assert.Equal(t, 2, d.Entra.Pages())
}
