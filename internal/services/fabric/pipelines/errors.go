package pipelines

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"fabricportal/internal/format"
	"fabricportal/internal/services/fabric/auth"
	"fabricportal/internal/services/fabric/transport"
	"fabricportal/internal/services/fabric/troubles"
)

// Meaning says what an error of this package means for who waits for an answer.
type Meaning int

// The meanings.
const (
	Lost    Meaning = iota // no answer came: nothing is known
	Passing                // an answer came, and a little later it may be another one
	Refused                // an answer came, and it stays the same until somebody changes something
)

// MeaningOf tells a refusal from an answer that will pass, and both from none. An answer is never “lost contact”.
func MeaningOf(err error) Meaning {
	var (
		refused *RefusedError
		denied  *UnauthorizedError
		gone    *NotFoundError
		ended   *AlreadyEndedError
		service *ServiceError
		doubt   *InDoubtError
	)
	switch {
	case errors.As(err, &refused) && passes(refused.HTTPStatus, refused.Trouble):
		return Passing
	case errors.As(err, &refused), errors.As(err, &denied), errors.As(err, &gone), errors.As(err, &ended):
		return Refused
	case errors.As(err, &service):
		if passes(service.HTTPStatus, service.Trouble) {
			return Passing
		}
		return Refused
	case errors.As(err, &doubt) && (doubt.Accepted || doubt.Trouble != nil):
		return Passing
	}
	return Lost
}

// passes goes by the catalogue, else by the status.
func passes(status int, t *troubles.Trouble) bool {
	if t != nil {
		return t.Class == troubles.Passing
	}
	return status < 400 || status >= 500 || status == http.StatusTooManyRequests || status == statusCapacityFull || status == http.StatusRequestTimeout
}

// statusCapacityFull is Fabric's own: the capacity is in full use.
const statusCapacityFull = 430

// ServiceError says that Fabric answered, but not with what was asked for: nothing is known from it.
type ServiceError struct {
	HTTPStatus int
	Code       string // Fabric's errorCode
	Message    string // Fabric's message
	RequestID  string
	RetryAfter time.Duration // 0 when Fabric named none
	Sentence   string
	Trouble    *troubles.Trouble // the catalogue's entry; nil in errors that were not made from an answer
}

func (e *ServiceError) Error() string { return e.Sentence }

func (e *ServiceError) Unwrap() error { return troubleOf(e.Trouble) }

// Throttled tells whether Fabric asks for fewer questions: this caller's, or all of the capacity.
func (e *ServiceError) Throttled() bool {
	return e.HTTPStatus == http.StatusTooManyRequests || e.HTTPStatus == statusCapacityFull
}

// Final tells whether asking for the same again can't lead to another answer: what was asked for is refused or not there. A capacity
// that is paused, or something in between that answered, says nothing about it.
func (e *ServiceError) Final() bool {
	if passes(e.HTTPStatus, e.Trouble) {
		return false
	}
	return e.HTTPStatus >= 400 && e.HTTPStatus < 500 && !e.aside()
}

// aside tells whether the answer is about something else than what was asked for.
func (e *ServiceError) aside() bool {
	return e.Trouble != nil && slices.Contains([]string{"capacity_paused", "capacity_full", "capacity_unknown", "not_the_service"}, e.Trouble.ID)
}

// troubleOf lets who shows an error find the catalogue's entry below it, which can be said in other languages.
func troubleOf(t *troubles.Trouble) error {
	if t == nil {
		return nil
	}
	return t
}

// UnreachableError says that Fabric, or the sign-in service, could not be talked to.
type UnreachableError struct {
	Doing string // such as: asking for the state of a job
	Err   error
}

func (e *UnreachableError) Error() string { return e.Say(format.English) }

// Say is part of format.Sayer.
func (e *UnreachableError) Say(w format.Writer) string {
	return w.T("Fabric could not be reached while {{.Doing}}: {{.Why}}", "Doing", w.T(e.Doing), "Why", w.Words(e.Err))
}

func (e *UnreachableError) Unwrap() error { return e.Err }

// AlreadyEndedError says that a job that was to be cancelled has ended.
type AlreadyEndedError struct{ JobID string }

func (e *AlreadyEndedError) Error() string { return e.Say(format.English) }

// Say is part of format.Sayer.
func (e *AlreadyEndedError) Say(w format.Writer) string {
	return w.T("there was nothing to cancel: the job has ended already, and its outcome will show in a moment")
}

// errCallTimeout is the cause of a call's own deadline, to tell it from the caller's.
var errCallTimeout = errors.New("the call took too long")

// failed words a call that got no usable answer.
func (c *Client) failed(ctx context.Context, doing troubles.Doing, err error) error {
	// The caller's own end of waiting is no failure of Fabric's.
	if ctx.Err() != nil && !errors.Is(context.Cause(ctx), errCallTimeout) {
		return context.Cause(ctx)
	}
	if ae, ok := errors.AsType[*auth.Error](err); ok {
		if ae.Credentials() {
			return &UnauthorizedError{HTTPStatus: http.StatusUnauthorized, Code: ae.Code, Sentence: ae.Sentence, Trouble: ae.Trouble}
		}
		if ae.Trouble != nil {
			return serviceError(ae.Trouble) // the sign-in service has answered
		}
		return &UnreachableError{Doing: string(doing), Err: ae}
	}
	return &UnreachableError{Doing: string(doing), Err: transport.Describe(c.cfg.APIURL, err)}
}

// refused turns an error answer to a question into *UnauthorizedError or *ServiceError.
func refused(t *troubles.Trouble) error {
	switch t.Status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return &UnauthorizedError{HTTPStatus: t.Status, Code: t.Code, Sentence: t.Error(), Trouble: t}
	}
	return serviceError(t)
}

func serviceError(t *troubles.Trouble) *ServiceError {
	return &ServiceError{
		HTTPStatus: t.Status, Code: t.Code, Message: t.Message, RequestID: t.RequestID, RetryAfter: t.Wait, Sentence: t.Error(), Trouble: t,
	}
}

// amiss is what the program itself finds wrong with an answer; code is one of the catalogue's own, or "".
func amiss(doing troubles.Doing, status int, code string) *ServiceError {
	e := serviceError(troubles.Of(troubles.Answer{Service: troubles.Fabric, Doing: doing, Status: status, Code: code}))
	e.Code = ""
	return e
}

// notFound is err, or *NotFoundError where the answer was 404.
func notFound(err error, jobID string) error {
	if unknown(err) {
		return &NotFoundError{JobID: jobID}
	}
	return err
}

// unknown tells whether Fabric says that it does not know what was asked for: not every 404 says that.
func unknown(err error) bool {
	s, ok := errors.AsType[*ServiceError](err)
	return ok && s.HTTPStatus == http.StatusNotFound && !s.aside()
}

const maxMessage = 1000 // characters kept of a message of Fabric's

// clean makes a text from outside fit for a line: no control or direction characters, no secrets, at most limit characters.
func clean(s string, limit int) string { return troubles.Clean(s, limit) }

// parseTime reads Fabric's times, which carry no zone and are UTC; nil for none.
func parseTime(s string) *time.Time {
	for _, layout := range []string{"2006-01-02T15:04:05", time.RFC3339, "2006-01-02 15:04:05"} { // fractions are accepted after seconds
		if t, err := time.Parse(layout, s); err == nil && t.Year() > 1900 {
			t = t.UTC()
			return &t
		}
	}
	return nil
}
