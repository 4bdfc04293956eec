package pipelines

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/fabric/auth"
)

func request() StartRequest {
	return StartRequest{ItemID: item, SendBy: time.Now().Add(time.Minute), Parameters: map[string]any{
		"input_file": "März & <co>.xlsx", "run_id": job2, "requested_by": "ana", "total_visitors": int64(1428571), "converting_visitors": 0,
	}}
}

func TestStartGolden(t *testing.T) {
	f, c := newFabric(t, nil)
	f.handle = func(w http.ResponseWriter, r *http.Request, _ string) {
		w.Header().Set("Location", f.instances()+"/0198C5A2-7C3E-4BB2-A111-00000000000A?x=1")
		w.Header().Set("x-ms-job-id", "0198C5A2-7C3E-4BB2-A111-00000000000A")
		w.Header().Set("Retry-After", "60")
		w.Header().Set("RequestId", "req-9")
		w.WriteHeader(202)
	}
	got, err := c.Start(t.Context(), request())
	require.NoError(t, err)
	assert.Equal(t, Started{JobID: job, JobURL: f.instances() + "/0198C5A2-7C3E-4BB2-A111-00000000000A?x=1", RetryAfter: time.Minute, RequestID: "req-9"}, got)
	require.Len(t, f.seen(), 1)
	s := f.seen()[0]
	assert.Equal(t, "POST", s.method)
	assert.Equal(t, "/v1/workspaces/"+ws+"/items/"+item+"/jobs/instances?jobType=Pipeline", s.uri)
	assert.Equal(t, "Bearer "+token+" https://api.fabric.microsoft.com/.default", s.auth)
	assert.Equal(t, "application/json", s.header.Get("Content-Type"))
	assert.Empty(t, s.header.Get("Idempotency-Key"))
	assert.Equal(t, `{"executionData":{"OwnerUserPrincipalName":"owner@contoso.com","OwnerUserObjectId":"77777777-7777-4777-8777-777777777777",`+
		`"parameters":{"converting_visitors":0,"input_file":"März \u0026 \u003cco\u003e.xlsx","requested_by":"ana","run_id":"`+job2+`","total_visitors":1428571}}}`, s.body)
}

// TestStartIsSentOnce goes through what can become of the request, and counts what Fabric got.
func TestStartIsSentOnce(t *testing.T) {
	var stolen atomic.Int32
	canary := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { stolen.Add(1) }))
	defer canary.Close()
	refused := func(t *testing.T, err error, status int, want string) {
		var e *RefusedError
		require.ErrorAs(t, err, &e)
		assert.Equal(t, status, e.HTTPStatus)
		assert.Contains(t, err.Error(), want)
	}
	inDoubt := func(t *testing.T, err error, accepted bool) {
		var e *InDoubtError
		require.ErrorAs(t, err, &e)
		assert.Equal(t, accepted, e.Accepted)
	}
	accept := func(location, id string) func(*fabric, http.ResponseWriter) {
		return func(f *fabric, w http.ResponseWriter) {
			if location != "" {
				w.Header().Set("Location", location)
			}
			if id != "" {
				w.Header().Set("x-ms-job-id", id)
			}
			w.WriteHeader(202)
		}
	}
	for name, tc := range map[string]struct {
		answer func(*fabric, http.ResponseWriter)
		check  func(*testing.T, error)
	}{
		"400": {func(_ *fabric, w http.ResponseWriter) { fail(w, 400, "InvalidJobType", "no such type\n\u202e") }, func(t *testing.T, err error) {
			refused(t, err, 400, "are data pipelines")
			assert.NotContains(t, err.Error(), "\n")
			assert.NotContains(t, err.Error(), "\u202e")
		}},
		"401": {func(_ *fabric, w http.ResponseWriter) { fail(w, 401, "TokenExpired", "expired") }, func(t *testing.T, err error) { refused(t, err, 401, "fabric.client_id") }},
		"401 with a claims challenge": {func(_ *fabric, w http.ResponseWriter) {
			w.Header().Set("WWW-Authenticate", `Bearer error="insufficient_claims", claims="eyJhIjoxfQ=="`)
			w.WriteHeader(401)
		}, func(t *testing.T, err error) { refused(t, err, 401, "sign-in") }},
		"403": {func(_ *fabric, w http.ResponseWriter) {
			fail(w, 403, "InsufficientPrivileges", "The caller has no rights")
		}, func(t *testing.T, err error) {
			refused(t, err, 403, "Contributor")
			assert.Contains(t, err.Error(), "The caller has no rights")
		}},
		"404": {func(_ *fabric, w http.ResponseWriter) { fail(w, 404, "ItemNotFound", "gone") }, func(t *testing.T, err error) { refused(t, err, 404, "fabric.pipeline_id") }},
		"429": {func(_ *fabric, w http.ResponseWriter) {
			w.Header().Set("Retry-After", "55")
			fail(w, 429, "TooManyRequestsForJobs", "busy")
		}, func(t *testing.T, err error) {
			refused(t, err, 429, "try again in 55 s")
			var e *RefusedError
			require.ErrorAs(t, err, &e)
			assert.Equal(t, 55*time.Second, e.RetryAfter)
			assert.Equal(t, "TooManyRequestsForJobs", e.Code)
		}},
		"429 without a time": {func(_ *fabric, w http.ResponseWriter) { w.WriteHeader(429) }, func(t *testing.T, err error) { refused(t, err, 429, "in a few minutes") }},
		"307":                {func(_ *fabric, w http.ResponseWriter) { w.Header().Set("Location", canary.URL); w.WriteHeader(307) }, func(t *testing.T, err error) { refused(t, err, 307, "redirect") }},
		"302":                {func(_ *fabric, w http.ResponseWriter) { w.Header().Set("Location", canary.URL); w.WriteHeader(302) }, func(t *testing.T, err error) { inDoubt(t, err, false) }},
		"200":                {func(_ *fabric, w http.ResponseWriter) { w.WriteHeader(200) }, func(t *testing.T, err error) { inDoubt(t, err, false) }},
		"408":                {func(_ *fabric, w http.ResponseWriter) { w.WriteHeader(408) }, func(t *testing.T, err error) { inDoubt(t, err, false) }},
		"500":                {func(_ *fabric, w http.ResponseWriter) { w.WriteHeader(500) }, func(t *testing.T, err error) { inDoubt(t, err, false) }},
		"500 for good, of a start alone": {func(_ *fabric, w http.ResponseWriter) { fail(w, 500, "InternalServerError", "x") }, func(t *testing.T, err error) {
			inDoubt(t, err, false)
			assert.NotContains(t, err.Error(), "lost", "it was an answer")
			assert.Equal(t, Passing, MeaningOf(err))
		}},
		"500 as a paused capacity": {func(f *fabric, w http.ResponseWriter) {
			f.question = func(w http.ResponseWriter) { fail(w, 500, "InternalServerError", "x") }
			f.question(w)
		}, func(t *testing.T, err error) { refused(t, err, 500, "resume it") }},
		"500 of a start, and the capacity said to be paused": {func(f *fabric, w http.ResponseWriter) {
			f.question = func(w http.ResponseWriter) { fail(w, 404, "CapacityNotActive", "x") }
			fail(w, 500, "InternalServerError", "x")
		}, func(t *testing.T, err error) { refused(t, err, 500, "resume it") }},
		"503 of a paused capacity": {func(_ *fabric, w http.ResponseWriter) { fail(w, 503, "CapacityNotActive", "x") }, func(t *testing.T, err error) { refused(t, err, 503, "capacity is paused") }},
		"430": {func(_ *fabric, w http.ResponseWriter) {
			w.Header().Set("Retry-After", "20")
			fail(w, 430, "TooManyRequestsForCapacity", "x")
		}, func(t *testing.T, err error) {
			refused(t, err, 430, "try again in 20 s")
			assert.Equal(t, Passing, MeaningOf(err))
		}},
		"403 by the network's policy": {func(_ *fabric, w http.ResponseWriter) {
			fail(w, 403, "RequestDeniedByInboundPolicy", "Request is denied due to inbound communication policy")
		}, func(t *testing.T, err error) { refused(t, err, 403, "VPN") }},
		"403 of a proxy": {func(_ *fabric, w http.ResponseWriter) {
			w.WriteHeader(403)
			_, _ = w.Write([]byte("<html>Blocked by policy"))
		}, func(t *testing.T, err error) {
			refused(t, err, 403, "something in between")
			assert.NotContains(t, err.Error(), "Contributor")
		}},
		"503":     {func(_ *fabric, w http.ResponseWriter) { w.Header().Set("Retry-After", "0"); w.WriteHeader(503) }, func(t *testing.T, err error) { inDoubt(t, err, false) }},
		"dropped": {func(*fabric, http.ResponseWriter) { panic(http.ErrAbortHandler) }, func(t *testing.T, err error) { inDoubt(t, err, false) }},
		"dropped within a refusal": {func(_ *fabric, w http.ResponseWriter) {
			w.Header().Set("Content-Length", "100")
			w.WriteHeader(403)
			_, _ = w.Write([]byte(`{"err`))
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}, func(t *testing.T, err error) { refused(t, err, 403, "Contributor") }},
		"202 without an id":                        {accept("", ""), func(t *testing.T, err error) { inDoubt(t, err, true) }},
		"202 with odd job id header":               {accept("", "../"+job), func(t *testing.T, err error) { inDoubt(t, err, true) }},
		"202 with a Location of another workspace": {accept(canary.URL+"/v1/workspaces/"+job2+"/items/"+item+"/jobs/instances/"+job, ""), func(t *testing.T, err error) { inDoubt(t, err, true) }},
		"202 with a header only":                   {accept("", job), func(t *testing.T, err error) { require.NoError(t, err) }},
		"202 with a Location without an id": {func(f *fabric, w http.ResponseWriter) {
			accept(f.instances()+"?jobType=Execute", job)(f, w)
		}, func(t *testing.T, err error) { require.NoError(t, err) }},
		"202 with two ids": {func(f *fabric, w http.ResponseWriter) { accept(f.instances()+"/"+job, job2)(f, w) }, func(t *testing.T, err error) { inDoubt(t, err, true) }},
		"202 with a broken body": {func(f *fabric, w http.ResponseWriter) {
			w.Header().Set("Content-Length", "100")
			accept(f.instances()+"/"+job, "")(f, w)
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}, func(t *testing.T, err error) { require.NoError(t, err) }},
	} {
		t.Run(name, func(t *testing.T) {
			f, c := newFabric(t, nil)
			posts := 0
			f.handle = func(w http.ResponseWriter, r *http.Request, _ string) {
				if r.Method == http.MethodPost {
					posts++
					tc.answer(f, w)
				} else if f.question != nil {
					f.question(w)
				}
			}
			got, err := c.Start(t.Context(), request())
			tc.check(t, err)
			if err == nil {
				assert.Equal(t, job, got.JobID)
				assert.Equal(t, f.instances()+"/"+job, got.JobURL)
			} else {
				assert.NotContains(t, fmt.Sprintf("%+v", err), "canary")
			}
			assert.Equal(t, 1, posts, "exactly one start request, whatever comes back")
		})
	}
	assert.Zero(t, stolen.Load())
}

func TestStartThatIsNotSent(t *testing.T) {
	f, c := newFabric(t, func(w http.ResponseWriter, _ *http.Request, _ string) { w.WriteHeader(202) })
	var ns *NotSentError

	late := request()
	late.SendBy = time.Now().Add(-time.Millisecond)
	_, err := c.Start(t.Context(), late)
	require.ErrorAs(t, err, &ns)
	assert.True(t, ns.TooLate)
	assert.Equal(t, 1, f.cred.calls, "the token is got before anything else")

	for _, id := range []string{"", "x", "../" + item[3:], "{" + item + "}"} {
		bad := request()
		bad.ItemID = id
		_, err = c.Start(t.Context(), bad)
		require.ErrorAs(t, err, &ns)
	}
	bad := request()
	bad.Parameters["x"] = func() {}
	_, err = c.Start(t.Context(), bad)
	require.ErrorAs(t, err, &ns)

	f.cred.err = &auth.Error{Kind: auth.WrongSecret, Sentence: "the secret is wrong"}
	_, err = c.Start(t.Context(), request())
	require.ErrorAs(t, err, &ns)
	var unauthorized *UnauthorizedError
	require.ErrorAs(t, err, &unauthorized)
	assert.Contains(t, err.Error(), "the secret is wrong")
	require.Error(t, c.PrepareToken(t.Context()))
	f.cred.err = nil
	require.NoError(t, c.PrepareToken(t.Context()))

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = c.Start(ctx, request())
	require.ErrorAs(t, err, &ns)
	require.ErrorIs(t, err, context.Canceled)

	assert.Empty(t, f.seen())
	f.Close()
	_, err = c.Start(t.Context(), request())
	require.ErrorAs(t, err, &ns)
	assert.False(t, ns.TooLate)
	assert.Contains(t, err.Error(), "refused the connection")
}

func TestStartThatIsGivenUpAfterSending(t *testing.T) {
	arrived, release := make(chan struct{}), make(chan struct{})
	f, c := newFabric(t, func(http.ResponseWriter, *http.Request, string) { close(arrived); <-release })
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-arrived; cancel() }()
	_, err := c.Start(ctx, request())
	close(release)
	var doubt *InDoubtError
	require.ErrorAs(t, err, &doubt)
	require.ErrorIs(t, err, context.Canceled)
	assert.Len(t, f.seen(), 1)
}
