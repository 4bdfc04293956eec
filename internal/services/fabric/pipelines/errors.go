package pipelines

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"fabricportal/internal/plaintext"
	"fabricportal/internal/services/fabric/auth"
	"fabricportal/internal/services/fabric/transport"
)

// ServiceError says that Fabric answered, but not with what was asked for: nothing is known from it.
type ServiceError struct {
	HTTPStatus int
	Code       string // Fabric's errorCode
	Message    string // Fabric's message
	RequestID  string
	RetryAfter time.Duration // 0 when Fabric named none
	Sentence   string
}

func (e *ServiceError) Error() string { return e.Sentence }

// UnreachableError says that Fabric, or the sign-in service, could not be talked to.
type UnreachableError struct {
	Doing string // such as: asking for the state of a job
	Err   error
}

func (e *UnreachableError) Error() string {
	return "Fabric could not be reached while " + e.Doing + ": " + e.Err.Error()
}

func (e *UnreachableError) Unwrap() error { return e.Err }

// AlreadyEndedError says that a job that was to be cancelled has ended.
type AlreadyEndedError struct{ JobID string }

func (e *AlreadyEndedError) Error() string {
	return "there was nothing to cancel: the job has ended already, and its outcome will show in a moment"
}

// errCallTimeout is the cause of a call's own deadline, to tell it from the caller's.
var errCallTimeout = errors.New("the call took too long")

// failed words a call that got no usable answer.
func (c *Client) failed(ctx context.Context, doing string, err error) error {
	// The caller's own end of waiting is no failure of Fabric's.
	if ctx.Err() != nil && !errors.Is(context.Cause(ctx), errCallTimeout) {
		return context.Cause(ctx)
	}
	if ae, ok := errors.AsType[*auth.Error](err); ok {
		if ae.Credentials() {
			return &UnauthorizedError{HTTPStatus: http.StatusUnauthorized, Code: ae.Code, Sentence: ae.Sentence}
		}
		return &UnreachableError{Doing: doing, Err: ae}
	}
	return &UnreachableError{Doing: doing, Err: transport.Describe(c.cfg.APIURL, err)}
}

// fabricError is the body of Fabric's errors (docs/fabric.md §3.4).
type fabricError struct {
	RequestID string `json:"requestId"`
	Code      string `json:"errorCode"`
	Message   string `json:"message"`
	More      []struct {
		Code    string `json:"errorCode"`
		Message string `json:"message"`
	} `json:"moreDetails"`
}

const maxMessage = 1000 // characters kept of a message of Fabric's

func readFabricError(header http.Header, body []byte) fabricError {
	var e fabricError
	_ = json.Unmarshal(body, &e) // an empty or foreign body has no code
	if e.Code == "" {
		e.Code = header.Get("x-ms-public-api-error-code")
	}
	if e.RequestID == "" {
		e.RequestID = header.Get("RequestId")
	}
	e.Code, e.Message, e.RequestID = clean(e.Code, 200), clean(e.Message, maxMessage), clean(e.RequestID, 100)
	for _, m := range e.More {
		if m.Message = clean(m.Message, maxMessage); m.Message != "" && !strings.Contains(e.Message, m.Message) {
			e.Message = clean(strings.TrimRight(e.Message, ". ")+": "+m.Message, maxMessage)
			break
		}
	}
	return e
}

// refused turns an error answer to a question into *UnauthorizedError or *ServiceError.
func (c *Client) refused(doing string, status int, header http.Header, body []byte) error {
	e := readFabricError(header, body)
	switch status {
	case http.StatusUnauthorized:
		return &UnauthorizedError{HTTPStatus: status, Code: e.Code, Sentence: sentence401}
	case http.StatusForbidden:
		return &UnauthorizedError{HTTPStatus: status, Code: e.Code,
			Sentence: "Fabric refused this program's service principal while " + doing + said(e) + ": ask an administrator of the workspace to give it the Contributor role"}
	}
	return &ServiceError{
		HTTPStatus: status, Code: e.Code, Message: e.Message, RequestID: e.RequestID, RetryAfter: retryAfter(header, time.Now()),
		Sentence: serviceSentence(doing, status, e, retryAfter(header, time.Now())),
	}
}

const sentence401 = "Fabric did not accept this program's sign-in: check fabric.tenant_id, fabric.client_id and fabric.api_scope, and that the tenant lets service principals use Fabric's APIs"

func serviceSentence(doing string, status int, e fabricError, wait time.Duration) string {
	switch {
	case status == http.StatusTooManyRequests:
		return "Fabric is being asked too often" + said(e) + ": it will be asked again " + in(wait)
	case strings.Contains(strings.ToLower(e.Code+e.Message), "capacity"):
		return "Fabric's capacity is not available" + said(e) + ": ask its administrator whether it is paused"
	case status >= 300 && status < 400:
		return "the network answered in Fabric's place with a redirect: check whether it wants a sign-in of its own, and fabric.api_url"
	case status >= 500:
		return fmt.Sprintf("Fabric has a problem of its own while %s (HTTP %d)%s: it will be asked again", doing, status, said(e))
	}
	return fmt.Sprintf("Fabric refused while %s (HTTP %d)%s", doing, status, said(e))
}

// said repeats Fabric's own words, in brackets.
func said(e fabricError) string {
	switch {
	case e.Message != "" && e.Code != "":
		return " (it says: " + strings.TrimRight(e.Message, ". ") + ", " + e.Code + ")"
	case e.Message+e.Code != "":
		return " (it says: " + strings.TrimRight(e.Message+e.Code, ". ") + ")"
	}
	return ""
}

func in(wait time.Duration) string {
	if wait <= 0 {
		return "in a minute"
	}
	return fmt.Sprintf("in %d s", int(wait.Round(time.Second).Seconds()))
}

// notFound makes a 404 about a job a *NotFoundError.
func notFound(err error, jobID string) error {
	if s := (*ServiceError)(nil); errors.As(err, &s) && s.HTTPStatus == http.StatusNotFound {
		return &NotFoundError{JobID: jobID}
	}
	return err
}

// notFoundItem words a 404 about an item, which is a matter of configuration.
func notFoundItem(err error) error {
	if s := (*ServiceError)(nil); errors.As(err, &s) && s.HTTPStatus == http.StatusNotFound {
		s.Sentence = sentence404
	}
	return err
}

const sentence404 = "Fabric does not find the pipeline in the workspace: check fabric.workspace_id, fabric.pipeline_id and fabric.restore_pipeline_id, and that the service principal is a member of the workspace"

// retryAfter reads the header, as seconds or as a date; at most an hour.
func retryAfter(h http.Header, now time.Time) time.Duration {
	text := strings.TrimSpace(h.Get("Retry-After"))
	var d time.Duration
	if s, err := strconv.ParseInt(text, 10, 32); err == nil {
		d = time.Duration(s) * time.Second
	} else if t, err := http.ParseTime(text); err == nil {
		d = t.Sub(now)
	}
	return min(max(d, 0), time.Hour)
}

// clean makes a text from outside fit for a line of at most so many characters. An escape sequence goes as a whole: what is
// left of one would stand within a secret, and keep it from being found.
func clean(s string, limit int) string { return plaintext.Line(s, limit) }

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
