package standin_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/standin/faults"
	"fabricportal/internal/sandbox/standin/jobs"
)

func TestFaults(t *testing.T) {
	w := start(t, nil)
	token := w.fabricToken()
	post := func() (answer, error) {
		body := []byte(`{"executionData":{"OwnerUserPrincipalName":"o@example.org","OwnerUserObjectId":"` + uuid.NewString() + `","parameters":{"run_id":"r"}}}`)
		return w.do("POST", w.item()+"/jobs/instances?jobType=Pipeline", token, body, nil)
	}
	accepted := func() int { return len(w.Jobs.Jobs()) }

	for _, status := range []int{400, 401, 403, 404, 429, 500, 503} {
		w.Faults.Next(faults.Start, 1, faults.Fault{Status: status, RetryAfter: "55"})
		a, err := post()
		require.NoError(t, err)
		require.Equal(t, status, a.status)
		require.Equal(t, "55", a.header.Get("Retry-After"))
		require.NotEmpty(t, a.json(t)["errorCode"])
	}
	w.Faults.Next(faults.Start, 1, faults.Fault{Status: 503, EmptyBody: true})
	a, err := post()
	require.NoError(t, err)
	require.Empty(t, a.body)
	w.Faults.Next(faults.Start, 1, faults.Fault{Drop: true})
	_, err = post()
	require.Error(t, err)
	require.Zero(t, accepted(), "nothing was accepted so far")

	w.Faults.Next(faults.Start, 1, faults.Fault{Spoil: faults.DropAnswer})
	_, err = post()
	require.Error(t, err)
	require.Equal(t, 1, accepted())
	for n, c := range map[string]struct {
		spoil    faults.Spoil
		status   int
		location string
	}{
		"500":         {faults.Answer500, 500, ""},
		"no location": {faults.NoLocation, 202, ""},
		"no id":       {faults.LocationWithoutID, 202, w.item() + "/jobs/instances?jobType=Pipeline"},
		"hostile":     {faults.ReplaceLocation, 202, "https://evil.example/x"},
	} {
		w.Faults.Next(faults.Start, 1, faults.Fault{Spoil: c.spoil, Location: "https://evil.example/x", DelayAfter: time.Millisecond})
		before := accepted()
		a, err := post()
		require.NoError(t, err, n)
		require.Equal(t, c.status, a.status, n)
		require.Equal(t, c.location, a.header.Get("Location"), n)
		require.Empty(t, a.header.Get("x-ms-job-id"), n)
		require.Equal(t, before+1, accepted(), n)
	}
	require.NotEmpty(t, w.Jobs.Doubles(), "five jobs were accepted for one run")
	require.Equal(t, []string{"r"}, w.Jobs.Doubles())

	w.Faults.Next(faults.Start, 1, faults.Fault{Deduped: true})
	a, err = post()
	require.NoError(t, err)
	location := a.header.Get("Location")
	require.Equal(t, "Deduped", w.must("GET", location, token, nil, nil).json(t)["status"])

	id := a.header.Get("x-ms-job-id")
	w.Faults.ShowStatus(id, "Dehydrated")
	require.Equal(t, "Dehydrated", w.must("GET", location, token, nil, nil).json(t)["status"])
	w.Faults.Vanish(id)
	require.Equal(t, 404, w.must("GET", location, token, nil, nil).status)
	w.Faults.ListLag(time.Hour)
	require.Empty(t, w.must("GET", w.item()+"/jobs/instances", token, nil, nil).json(t)["value"])
	w.Faults.Next(faults.Get, -1, faults.Fault{Status: 503})
	require.Equal(t, 503, w.must("GET", location, token, nil, nil).status)
	w.Faults.Clear()
	require.Equal(t, 200, w.must("GET", location, token, nil, nil).status)
	require.NotEmpty(t, w.must("GET", w.item()+"/jobs/instances", token, nil, nil).json(t)["value"])
	require.Len(t, w.Faults.Requests(faults.Start), 15)
	require.Equal(t, http.MethodPost, w.Faults.Requests(faults.Start)[0].Method)
	require.Equal(t, 400, w.Faults.Requests(faults.Start)[0].Status)

	w.Faults.Next(faults.Token, 1, faults.Fault{Status: 503})
	_, err = w.credential(nil).GetToken(t.Context(), tokenFor("fabric"))
	require.ErrorContains(t, err, "503")
}

func TestAnAnswerThatComesLateIsForAJobThatExists(t *testing.T) {
	w := start(t, nil)
	token := w.fabricToken()
	w.Faults.Next(faults.Start, 1, faults.Fault{DelayAfter: time.Hour})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		request, err := http.NewRequestWithContext(ctx, "POST", w.item()+"/jobs/Pipeline/instances",
			strings.NewReader(`{"executionData":{"OwnerUserPrincipalName":"o","OwnerUserObjectId":"`+uuid.NewString()+`"}}`))
		if err == nil {
			request.Header.Set("Authorization", "Bearer "+token)
			var response *http.Response
			if response, err = w.client.Do(request); err == nil {
				response.Body.Close()
			}
		}
		done <- err
	}()
	w.wait(func(all []jobs.Job) bool { return len(all) == 1 })
	cancel()
	require.ErrorIs(t, <-done, context.Canceled)
}
