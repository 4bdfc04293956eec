package troubles

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// errorJSON is Fabric's form of an error, alone or under "error" (docs/fabric.md §3.4), and OneLake's, which has code for errorCode.
type errorJSON struct {
	RequestID string      `json:"requestId"`
	ErrorCode string      `json:"errorCode"`
	Code      string      `json:"code"`
	Message   string      `json:"message"`
	Retriable *bool       `json:"isRetriable"`
	More      []errorJSON `json:"moreDetails"`
	Details   []errorJSON `json:"details"`
	Inner     *errorJSON  `json:"error"`
}

func (e errorJSON) code() string {
	if e.ErrorCode != "" {
		return e.ErrorCode
	}
	return e.Code
}

// readError reads what can be read: a field of an unexpected type costs that field only.
func readError(body []byte) (e errorJSON, ok bool) {
	return e, readFields(body, &e, 0)
}

func readFields(body []byte, e *errorJSON, depth int) bool {
	var fields map[string]json.RawMessage
	if depth > 4 || json.Unmarshal(body, &fields) != nil || fields == nil {
		return false
	}
	text := func(name string) (s string) {
		_ = json.Unmarshal(fields[name], &s)
		return s
	}
	e.RequestID, e.ErrorCode, e.Code, e.Message = text("requestId"), text("errorCode"), text("code"), text("message")
	_ = json.Unmarshal(fields["isRetriable"], &e.Retriable)
	for name, to := range map[string]*[]errorJSON{"moreDetails": &e.More, "details": &e.Details} {
		var list []json.RawMessage
		_ = json.Unmarshal(fields[name], &list)
		for _, raw := range list[:min(len(list), 20)] {
			var more errorJSON
			if readFields(raw, &more, depth+1) {
				*to = append(*to, more)
			}
		}
	}
	var inner errorJSON
	if readFields(fields["error"], &inner, depth+1) {
		e.Inner = &inner
	}
	return true
}

// FromHTTP reads an error answer of Fabric or OneLake. The body may be empty or anything else.
func FromHTTP(service Service, doing Doing, status int, header http.Header, body []byte, now time.Time) *Trouble {
	e, isJSON := readError(body)
	if e.Inner != nil && e.code() == "" && e.Message == "" {
		id := e.RequestID
		if e = *e.Inner; e.RequestID == "" {
			e.RequestID = id
		}
	}
	a := Answer{
		Service: service, Doing: doing, Status: status, Code: e.code(), Message: e.Message, At: now, Wait: RetryAfter(header, now),
		Final: e.Retriable != nil && !*e.Retriable,
	}
	a.RequestID = first(e.RequestID, header.Get("RequestId"), header.Get("x-ms-request-id"))
	named := first(header.Get("x-ms-public-api-error-code"), header.Get("x-ms-error-code"))
	a.Code = first(a.Code, named)
	a.Foreign = !isJSON && len(bytes.TrimSpace(body)) > 0 && named == "" && a.RequestID == ""
	for _, more := range append(e.More, e.Details...) {
		inner, code := Innermost(more.Message)
		if inner == "" || strings.Contains(a.Message, inner) {
			continue
		}
		a.Message = strings.TrimLeft(strings.TrimRight(a.Message, ". ")+": "+inner, ": ")
		if code = first(code, more.code()); code != "" && !strings.Contains(a.Message, code) && !strings.EqualFold(code, a.Code) {
			a.Message += " [" + code + "]"
		}
		break
	}
	return Of(a)
}

// StepError reads why a job or a step of it failed: an error in Fabric's form, or a text. False where there is none.
func StepError(raw json.RawMessage) (*Trouble, bool) {
	e, ok := readError(raw)
	if !ok {
		_ = json.Unmarshal(raw, &e.Message) // what is no text either says nothing
	}
	if e.code()+e.Message == "" {
		return nil, false
	}
	return Of(Answer{Service: Step, Code: e.code(), Message: e.Message}), true
}

func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// maxNested bounds what is looked at of a message, in bytes, and how often one is taken out of another.
const (
	maxNested = 64 << 10
	maxDepth  = 6
)

// errorPair is how a pipeline tells what a notebook has raised.
var errorPair = regexp.MustCompile(`(?s)Error name - (.{0,200}?), Error value - (.*)$`)

// Innermost is what a message says at last: Fabric puts the answer of one service into the message of the next, as JSON or as a pair
// of Error name and Error value. The code is that of the innermost JSON; "" where there is none.
func Innermost(message string) (text, code string) {
	text = strings.TrimSpace(message[:min(len(message), maxNested)])
	for range maxDepth {
		if m := errorPair.FindStringSubmatch(text); m != nil {
			value := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(m[2]), ":"))
			return Thrown(strings.TrimSpace(m[1]), strings.TrimSpace(strings.TrimSuffix(value, "'"))), code
		}
		inner, innerCode, ok := nested(text)
		if !ok {
			return text, code
		}
		text, code = strings.TrimSpace(inner), first(innerCode, code)
	}
	return text, code
}

// nested takes the next message out of a text: a JSON string, or an object somewhere in it.
func nested(text string) (inner, code string, ok bool) {
	if strings.HasPrefix(text, `"`) && json.Unmarshal([]byte(text), &inner) == nil && inner != text {
		return inner, "", inner != ""
	}
	from := 0
	for range 5 {
		at := strings.IndexByte(text[from:], '{')
		if at < 0 {
			return "", "", false
		}
		from += at
		var object json.RawMessage
		if json.NewDecoder(strings.NewReader(text[from:])).Decode(&object) == nil {
			if inner, code = said(object); inner != "" {
				return inner, code, true
			}
		}
		from++
	}
	return "", "", false
}

func said(object []byte) (text, code string) {
	e, ok := readError(object)
	for deeper := 0; ok && e.Inner != nil && deeper < maxDepth; deeper++ {
		e = *e.Inner
	}
	for _, more := range append(e.More, e.Details...) {
		if more.Message != "" {
			return more.Message, first(more.code(), e.code())
		}
	}
	return e.Message, e.code()
}

// OwnSentence tells whether a notebook has ended by the exception of ours (fabric/src/runs/failure.py). Its message is a whole sentence for
// the analyst, which the name of a class would only spoil.
func OwnSentence(name string) bool { return name == "RunFailed" }

// Thrown is what a notebook has raised, such as: ValueError: no order_id.
func Thrown(name, value string) string {
	if OwnSentence(name) && value != "" {
		return value
	}
	return strings.Trim(name+": "+value, ": ")
}

// Disguised tells whether an answer that claims success is an error in Fabric's form, as what stands in between may make of one. An
// empty list read from it would be taken for evidence.
func Disguised(body []byte) bool {
	var e struct {
		Code string `json:"errorCode"`
	}
	return json.Unmarshal(body, &e) == nil && e.Code != ""
}
