package faults

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
)

// Pick has every request of a class for which no fault was ordered ask pick which one hits it, the zero Fault for none; nil
// ends that. pick is called by one request at a time and may not call the set.
func (s *Set) Pick(class Class, pick func() Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.picks[class] = pick
}

// Reappear has a job be known again after Vanish.
func (s *Set) Reappear(jobID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.vanished, jobID)
}

// Gateway has answers name, in their Location header, the host that the request was made to: clients reach the service
// through gateways of other names, each of which looks like the service itself.
func (s *Set) Gateway(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gateway = on
}

// located is a Location header as the client of r is to see it.
func (s *Set) located(location string, r *http.Request) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := url.Parse(location)
	if err != nil {
		return location
	}
	if s.gateway {
		u.Host = r.Host
	}
	if region, err := url.Parse(s.tenant.Region); err == nil && region.Host != "" {
		u.Scheme, u.Host = region.Scheme, region.Host
	}
	return u.String()
}

// maxHeld bounds what is read of a request that is kept waiting.
const maxHeld = 1 << 20

// hold reads a request that will be carried out later, so that this does not depend on the client still being there then:
// a gateway has taken it over.
func hold(r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxHeld))
	rest := io.Reader(r.Body)
	if err != nil {
		rest = failing{err} // half a request stays half a request
	}
	r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), rest))
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
