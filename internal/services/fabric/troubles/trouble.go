// Package troubles is the one catalogue of what Microsoft's side says when it does not do what it was asked: Fabric, OneLake, Entra
// and the steps of a run. Each entry is one sentence: what happened, who can change it, and what to ask them for. The services name
// an entry and its values; the words are made where they are shown, so that a window can say them in its language.
package troubles

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"fabricportal/internal/format"
	"fabricportal/internal/plaintext"
	"fabricportal/internal/services/setup/secrets"
)

// Service is who answered.
type Service string

// Those who answer. A step's error stands in the activity runs of a pipeline run.
const (
	Fabric  Service = "Fabric"
	OneLake Service = "OneLake"
	Entra   Service = "Microsoft Entra"
	Step    Service = "a step of the run"
)

// Class says what an answer means for asking again.
type Class int

// The classes. What got no answer at all is no trouble of this catalogue: it is lost.
const (
	Refused Class = iota // an answer, and it stays the same until somebody changes something
	Passing              // an answer that may be another one a little later
)

// Answer is what came instead of what was asked for.
type Answer struct {
	Service   Service
	Doing     Doing
	Status    int           // HTTP's; 0 where none belongs to it, as in a run's steps
	Code      string        // the service's error code
	Message   string        // its own words
	RequestID string        // by which its support finds the request
	At        time.Time     // when the answer came
	Wait      time.Duration // Retry-After; 0 when none was named
	Final     bool          // isRetriable: false was said
	Foreign   bool          // the body is none of the service's: something in between has answered
}

// Trouble is an answer, found in the catalogue, with its texts made fit to be shown.
type Trouble struct {
	ID    string // of the entry, such as capacity_paused
	Class Class
	Answer
	text string
}

// Limits of texts from outside, in characters.
const (
	maxCode    = 200
	maxMessage = 1000
	maxID      = 100
)

// Of finds an answer in the catalogue.
func Of(a Answer) *Trouble {
	inner, code := Innermost(a.Message)
	if code != "" && !strings.Contains(strings.ToLower(inner), strings.ToLower(code)) && !strings.EqualFold(code, a.Code) {
		inner += " [" + code + "]" // the inner code says more than the outer
	}
	a.Code, a.Message, a.RequestID = Clean(a.Code, maxCode), Clean(inner, maxMessage), Clean(a.RequestID, maxID)
	e := find(a, code)
	return &Trouble{ID: e.ID, Class: e.class(a), Answer: a, text: e.Text}
}

// Error is the sentence in English.
func (t *Trouble) Error() string { return t.Say(format.English) }

// Say is the sentence in a writer's language, with what a support case needs behind it.
func (t *Trouble) Say(w format.Writer) string {
	wait := w.T("in a few minutes")
	if t.Wait > 0 {
		wait = w.T("in {{.Time}}", "Time", w.Duration(t.Wait))
	}
	sentence := w.T(t.text, "Service", string(t.Service), "Said", t.said(w), "Words", t.words(), "Wait", wait,
		"Status", strconv.Itoa(t.Status), "Code", t.Code, "Doing", w.T(string(t.Doing)))
	if t.RequestID == "" || t.At.IsZero() {
		return sentence
	}
	return w.T(withRequest, "Sentence", strings.TrimRight(sentence, ". "), "ID", t.RequestID, "Time", format.StampIn(t.At, time.UTC))
}

// Tail is part of format.Tailed: what Made needs to make it again.
func (t *Trouble) Tail() (code string, pairs []any) {
	add := func(name, value string) {
		if value != "" {
			pairs = append(pairs, name, value)
		}
	}
	add("service", string(t.Service))
	add("doing", string(t.Doing))
	add("says", t.Message)
	add("code", t.Code)
	add("request", t.RequestID)
	if t.Status != 0 {
		pairs = append(pairs, "status", t.Status)
	}
	if !t.At.IsZero() {
		pairs = append(pairs, "at", t.At)
	}
	if t.Wait > 0 {
		pairs = append(pairs, "wait", t.Wait)
	}
	if t.Final {
		pairs = append(pairs, "final", 1)
	}
	if t.Foreign {
		pairs = append(pairs, "foreign", 1)
	}
	return tailCode, pairs
}

const tailCode = "trouble"

// Made is a trouble from its tail; false for another's.
func Made(code string, values map[string]any) (format.Sayer, bool) {
	if code != tailCode {
		return nil, false
	}
	text := func(name string) string { s, _ := values[name].(string); return s }
	status, _ := values["status"].(int64)
	at, _ := values["at"].(time.Time)
	wait, _ := values["wait"].(time.Duration)
	return Of(Answer{
		Service: Service(text("service")), Doing: Doing(text("doing")), Status: int(status), Code: text("code"), Message: text("says"), RequestID: text("request"),
		At: at, Wait: wait, Final: values["final"] != nil, Foreign: values["foreign"] != nil,
	}), true
}

// What stands in and behind sentences, of which a part may be missing.
const (
	itSays      = " (it says: {{.Text}})"
	withRequest = "{{.Sentence}} (request {{.ID}}, {{.Time}})" // what to copy for a support case
)

// said repeats the service's own words, in brackets.
func (t *Trouble) said(w format.Writer) string {
	text := strings.TrimRight(t.Message, ". ")
	if t.Code != "" && !strings.Contains(text, t.Code) {
		text = strings.TrimLeft(text+", "+t.Code, ", ")
	}
	if text == "" {
		return ""
	}
	return w.T(itSays, "Text", text)
}

// words are the service's own words as a sentence, else its code.
func (t *Trouble) words() string {
	if t.Message != "" {
		return t.Message
	}
	return t.Code
}

var redactor secrets.Redactor

// Clean makes a text from outside fit for a line: no control characters, no secrets, at most limit characters.
func Clean(text string, limit int) string {
	// Secrets are looked for in what will be seen, so that nothing unseen can hide one.
	return plaintext.Line(redactor.Redact(plaintext.Line(text, 4*limit)), limit)
}

// RetryAfter reads the header, as seconds or as a date; at most an hour.
func RetryAfter(h http.Header, now time.Time) time.Duration {
	text := strings.TrimSpace(h.Get("Retry-After"))
	var d time.Duration
	if s, err := strconv.ParseInt(text, 10, 32); err == nil {
		d = time.Duration(s) * time.Second
	} else if t, err := http.ParseTime(text); err == nil {
		d = t.Sub(now)
	}
	return min(max(d, 0), time.Hour)
}

// OfSecret tells whether the client secret is wrong, expired or missing, so that another one helps.
func (t *Trouble) OfSecret() bool {
	if t == nil {
		return false
	}
	switch t.ID {
	case "entra_wrong_secret", "entra_secret_expired", "entra_no_secret", "entra_client":
		return true
	}
	return false
}

// OfSignIn tells whether a person has to sign in, for the first time or again.
func (t *Trouble) OfSignIn() bool { return t != nil && t.ID == "entra_sign_in" }
