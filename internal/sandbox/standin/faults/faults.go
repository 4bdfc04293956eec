// Package faults makes the stand-in misbehave on request, for tests: answers that never come, come late, come twice as
// often as asked or say something else than they should. It also keeps a record of all requests.
package faults

import (
	"bytes"
	"context"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Class is a kind of request.
type Class string

// The kinds of requests.
const (
	Token        Class = "token"
	Start        Class = "start job"
	Get          Class = "get job"
	List         Class = "list jobs"
	Cancel       Class = "cancel job"
	ActivityRuns Class = "query activity runs"
	Definition   Class = "get definition"
	Items        Class = "items and workspaces"
	Change       Class = "change items" // create, update and delete them
	Operations   Class = "long-running operations"
	LakeList     Class = "list paths"
	LakeRead     Class = "read or stat path"
	LakeWrite    Class = "change path"
)

// Spoil says what happens to the answer after the request has been carried out.
type Spoil int

// What can happen to an answer.
const (
	Nothing           Spoil = iota
	DropAnswer              // the connection is closed
	Answer500               // an internal server error is answered instead
	NoLocation              // without a Location header
	LocationWithoutID       // a Location that names no job, and no x-ms-job-id, as two official examples have it
	ReplaceLocation         // with Fault.Location instead, and no x-ms-job-id
)

// Fault is what is to go wrong. The zero value does nothing.
type Fault struct {
	Delay      time.Duration // before the request is looked at
	Drop       bool          // closes the connection without carrying the request out
	Status     int           // refuses with this HTTP status
	Code       string        // with this error code; a usual one where empty
	Message    string        // with this message
	RetryAfter string        // with this Retry-After header
	EmptyBody  bool          // refuses without a body
	Final      bool          // says that asking again is of no use
	Nested     bool          // says what there is to say as JSON inside of its message, as Fabric hands on another service's answer
	Page       bool          // refuses with a web page, as a proxy in between does
	Deduped    bool          // a started job ends at once as Deduped
	Operation  bool          // a definition comes as a long-running operation
	Fails      string        // that operation, or that of a change, ends as failed with this error code, and Message

	Spoil      Spoil
	Location   string        // for ReplaceLocation
	DelayAfter time.Duration // between carrying out and answering
}

// Request is one request as it came.
type Request struct {
	Time   time.Time
	Class  Class
	Method string
	Path   string // with the query
	Status int    // what was answered; 0 when the connection was closed instead
}

// Set is the faults that are still to happen. It is safe for concurrent use.
type Set struct {
	mu       sync.Mutex
	next     map[Class][]*pending
	picks    map[Class]func() Fault
	gateway  bool
	tenant   Tenant
	statuses map[string]string
	vanished map[string]bool
	listLag  time.Duration
	log      []*Request
	closing  chan struct{}
	closed   bool
}

type pending struct {
	left  int // requests still to be hit; below 0 all of them
	fault Fault
}

// New returns a set of no faults.
func New() *Set {
	return &Set{next: map[Class][]*pending{}, picks: map[Class]func() Fault{}, statuses: map[string]string{}, vanished: map[string]bool{}, closing: make(chan struct{})}
}

// Close ends all delays.
func (s *Set) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.closed = true
		close(s.closing)
	}
}

// Next has the next n requests of a class go wrong, after those that were ordered before; n < 0 all of them until Clear.
func (s *Set) Next(class Class, n int, f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next[class] = append(s.next[class], &pending{n, f})
}

// Clear forgets all faults; how the tenant is, and what was recorded, stays.
func (s *Set) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next, s.statuses, s.vanished, s.listLag = map[Class][]*pending{}, map[string]string{}, map[string]bool{}, 0
	clear(s.picks)
}

// ShowStatus has a job be shown with this status, known to Fabric or not; "" shows the true one again.
func (s *Set) ShowStatus(jobID, status string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.statuses[jobID] = status
}

// Vanish has a job be unknown from now on, as after the time for which Fabric keeps them.
func (s *Set) Vanish(jobID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.vanished[jobID] = true
}

// ListLag has jobs appear in listings only this long after they were accepted.
func (s *Set) ListLag(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listLag = d
}

// Shown is the status with which a job is to be shown, and whether it is to be shown at all.
func (s *Set) Shown(jobID, status string) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if other := s.statuses[jobID]; other != "" {
		status = other
	}
	return status, !s.vanished[jobID]
}

// Listed tells whether a job that was accepted then is listed by now.
func (s *Set) Listed(accepted time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Since(accepted) >= s.listLag
}

// Requests are all requests of a class so far, or of all classes for "".
func (s *Set) Requests(class Class) []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []Request
	for _, r := range s.log {
		if class == "" || r.Class == class {
			found = append(found, *r)
		}
	}
	return found
}

// record keeps a request and returns how to add what was answered.
func (s *Set) record(r *Request) func(status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, r)
	return func(status int) {
		s.mu.Lock()
		defer s.mu.Unlock()
		r.Status = status
	}
}

func (s *Set) take(class Class) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	queue := s.next[class]
	for len(queue) > 0 && queue[0].left == 0 {
		queue = queue[1:]
	}
	s.next[class] = queue
	if len(queue) == 0 {
		if pick := s.picks[class]; pick != nil {
			return pick()
		}
		return Fault{}
	}
	if queue[0].left > 0 {
		queue[0].left--
	}
	return queue[0].fault
}

func (s *Set) wait(d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	// The client's leaving does not end it: a real gateway, too, goes on with what it has begun.
	select {
	case <-timer.C:
	case <-s.closing:
	}
}

// Wrap returns a handler that does what next does, unless a fault of the class is due. classify names each request's class.
func (s *Set) Wrap(classify func(*http.Request) Class, refuse Refuse, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		class := classify(r)
		f := s.take(class)
		tenant := s.Tenant()
		if f == (Fault{}) {
			f = tenant.fault(class)
		}
		f.Delay += tenant.Latency
		noted := &noting{ResponseWriter: w, hideJob: tenant.NoJobID}
		if f.Spoil != ReplaceLocation {
			noted.located = func(location string) string { return s.located(location, r) }
		}
		record := s.record(&Request{Time: time.Now(), Class: class, Method: r.Method, Path: r.URL.RequestURI()})
		defer func() { record(noted.status) }()
		if f.Delay > 0 || f.DelayAfter > 0 {
			hold(r)
		}
		s.wait(f.Delay)
		switch {
		case f.Drop:
			panic(http.ErrAbortHandler) // the server closes the connection and says nothing
		case f.Status != 0:
			if f.RetryAfter != "" {
				noted.Header().Set("Retry-After", f.RetryAfter)
			}
			switch {
			case f.EmptyBody:
				noted.WriteHeader(f.Status)
			case f.Page:
				noted.Header().Set("Content-Type", "text/html")
				noted.WriteHeader(f.Status)
				_, _ = noted.Write([]byte("<html><title>Blocked</title><body>This request was blocked.</body></html>"))
			default:
				refuse(noted, f.refusal())
			}
		case f.Spoil != Nothing || f.DelayAfter > 0:
			// The work is finished even when the client leaves meanwhile, as it would be behind a gateway.
			answer := &kept{header: http.Header{}, code: http.StatusOK}
			next.ServeHTTP(answer, r.WithContext(context.WithoutCancel(context.WithValue(r.Context(), key{}, f))))
			s.wait(f.DelayAfter)
			s.spoil(noted, refuse, f, answer)
		default:
			next.ServeHTTP(noted, r.WithContext(context.WithValue(r.Context(), key{}, f)))
		}
	})
}

func (s *Set) spoil(w http.ResponseWriter, refuse Refuse, f Fault, answer *kept) {
	header := answer.header
	switch f.Spoil {
	case DropAnswer:
		panic(http.ErrAbortHandler)
	case Answer500:
		refuse(w, Fault{Status: http.StatusInternalServerError}.refusal())
		return
	case NoLocation:
		header.Del("Location")
		header.Del("x-ms-job-id")
	case LocationWithoutID:
		if at := strings.LastIndex(header.Get("Location"), "/"); at >= 0 {
			header.Set("Location", header.Get("Location")[:at]+"?jobType=Pipeline")
		}
		header.Del("x-ms-job-id")
	case ReplaceLocation:
		header.Set("Location", f.Location)
		header.Del("x-ms-job-id")
	}
	maps.Copy(w.Header(), header)
	w.WriteHeader(answer.code)
	_, _ = answer.body.WriteTo(w)
}

type key struct{}

// Of is the fault that hit a request.
func Of(r *http.Request) Fault {
	f, _ := r.Context().Value(key{}).(Fault)
	return f
}

// kept is an answer that is not sent yet.
type kept struct {
	header http.Header
	code   int
	body   bytes.Buffer
}

func (k *kept) Header() http.Header         { return k.header }
func (k *kept) WriteHeader(code int)        { k.code = code }
func (k *kept) Write(b []byte) (int, error) { return k.body.Write(b) }

// noting remembers the status that was answered.
type noting struct {
	http.ResponseWriter
	status  int
	located func(string) string // rewrites a Location header; nil for as it stands
	hideJob bool                // no x-ms-job-id
}

func (n *noting) WriteHeader(status int) {
	if n.status == 0 {
		n.status = status
		if location := n.Header().Get("Location"); location != "" && n.located != nil {
			n.Header().Set("Location", n.located(location))
		}
		if n.hideJob {
			n.Header().Del("x-ms-job-id")
		}
	}
	n.ResponseWriter.WriteHeader(status)
}

func (n *noting) Write(b []byte) (int, error) {
	if n.status == 0 {
		n.status = http.StatusOK
	}
	return n.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the server's own writer.
func (n *noting) Unwrap() http.ResponseWriter { return n.ResponseWriter }
