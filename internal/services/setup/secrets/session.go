package secrets

import (
	"context"
	"sync"
)

// Session holds secrets in memory for as long as the program runs, where the keyring can't be used. Each is bound to the
// configuration that it was given for, as an entry of the keyring is. It is safe for use by several goroutines; a nil one holds nothing.
type Session struct {
	// Ask asks whoever is at this computer for a secret; nil: nobody is asked. It is set before the session is used.
	Ask func(ctx context.Context, name Name) (Secret, error)

	redactor *Redactor
	mu       sync.Mutex
	values   map[string]Secret // by the store's account
	asking   sync.Mutex        // a person answers one question at a time
}

// NewSession tells the redactor each secret that it holds.
func NewSession(redactor *Redactor) *Session {
	return &Session{redactor: redactor, values: map[string]Secret{}}
}

func (s *Session) held(account string) (Secret, bool) {
	if s == nil {
		return Secret{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	value, ok := s.values[account]
	return value, ok
}

func (s *Session) hold(account string, value Secret) {
	s.redactor.Add(value)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.values[account] = value
}

func (s *Session) drop(account string) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.values, account)
}

func (s *Session) asks() bool { return s != nil && s.Ask != nil }

// ask has a person give a secret, once for all who wait for the same one.
func (s *Session) ask(ctx context.Context, name Name, account string) (Secret, error) {
	s.asking.Lock()
	defer s.asking.Unlock()
	if value, ok := s.held(account); ok {
		return value, nil
	}
	value, err := s.Ask(ctx, name)
	if err != nil {
		return Secret{}, err
	}
	s.hold(account, value)
	return value, nil
}
