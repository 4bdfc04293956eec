package pipelines

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/fabric/auth"
	"fabricportal/internal/services/fabric/troubles"
)

// TestAnAnswerIsToldFromNone goes through what becomes of an error for who waits: whether to ask again, and whether a thing is settled.
func TestAnAnswerIsToldFromNone(t *testing.T) {
	answer := func(status int, body string) error {
		return refused(troubles.FromHTTP(troubles.Fabric, troubles.AskingJob, status, http.Header{}, []byte(body), time.Now()))
	}
	for name, tc := range map[string]struct {
		err              error
		meaning          Meaning
		final, throttled bool
	}{
		"401":                      {answer(401, ""), Refused, false, false},
		"403":                      {answer(403, ""), Refused, false, false},
		"404":                      {answer(404, `{"errorCode":"ItemNotFound"}`), Refused, true, false},
		"404 of a paused capacity": {answer(404, `{"errorCode":"CapacityNotActive"}`), Refused, false, false},
		"404 of a proxy":           {answer(404, "<html>"), Refused, false, false},
		"400":                      {answer(400, `{"errorCode":"InvalidInput"}`), Refused, true, false},
		"409":                      {answer(409, ""), Passing, false, false},
		"429":                      {answer(429, ""), Passing, false, true},
		"430":                      {answer(430, ""), Passing, false, true},
		"500":                      {answer(500, ""), Passing, false, false},
		"500 for good":             {answer(500, `{"errorCode":"InternalServerError","isRetriable":false}`), Refused, false, false},
		"502 of a gateway":         {answer(502, "<html>"), Passing, false, false},
		"garbage":                  {amiss(troubles.AskingJob, 200, ""), Passing, false, false},
		"no trouble, 430":          {&ServiceError{HTTPStatus: 430}, Passing, false, true},
		"no trouble, 400":          {&ServiceError{HTTPStatus: 400}, Refused, true, false},
		"no network":               {&UnreachableError{Err: errors.New("x")}, Lost, false, false},
		"not sent":                 {&NotSentError{Err: errors.New("x")}, Lost, false, false},
		"unknown job":              {&NotFoundError{}, Refused, false, false},
		"ended":                    {&AlreadyEndedError{}, Refused, false, false},
		"lost":                     {&InDoubtError{Err: errors.New("x")}, Lost, false, false},
		"accepted, no id":          {&InDoubtError{Accepted: true}, Passing, false, false},
		"anything":                 {errors.New("x"), Lost, false, false},
	} {
		err := fmt.Errorf("asking: %w", tc.err)
		assert.Equal(t, tc.meaning, MeaningOf(err), name)
		if service := (*ServiceError)(nil); errors.As(err, &service) {
			assert.Equal(t, tc.final, service.Final(), name)
			assert.Equal(t, tc.throttled, service.Throttled(), name)
		}
	}
}

func TestABusySignInServiceHasAnswered(t *testing.T) {
	f, c := newFabric(t, nil)
	f.cred.err = &auth.Error{Kind: auth.Unreachable, Sentence: "busy", Trouble: troubles.Of(troubles.Answer{Service: troubles.Entra, Status: 503})}
	_, err := c.Get(t.Context(), item, job)
	assert.Equal(t, Passing, MeaningOf(err))
	require.ErrorContains(t, err, "the sign-in service has a problem or is busy (HTTP 503)")
	assert.NotContains(t, err.Error(), "reached")
}
