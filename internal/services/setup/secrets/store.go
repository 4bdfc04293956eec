package secrets

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/zalando/go-keyring"

	"fabricportal/internal/services/setup/config"
)

// Name is the name of a secret, as “portal-desktop secret set NAME” takes it.
type Name string

// The two secrets.
const (
	ClientSecret     Name = "client_secret"
	DatabasePassword Name = "database_password"
)

// Names are all secrets there are.
var Names = []Name{ClientSecret, DatabasePassword}

// Variable is the environment variable that carries the secret where there is no keyring.
func (n Name) Variable() string { return "PORTAL_" + strings.ToUpper(string(n)) }

func (n Name) words() string {
	if n == DatabasePassword {
		return "the database password"
	}
	return "the client secret"
}

const (
	service = "fabric-data-portal"
	// A keyring that waits for a person to unlock it blocks without end; the GitHub CLI gives it the same time.
	keyringTimeout = 3 * time.Second
)

// NotFoundError says that neither the environment nor the keyring holds a secret for this configuration.
type NotFoundError struct{ Name Name }

func (e *NotFoundError) Error() string {
	return fmt.Sprintf("%s is not set for this configuration: keep it with “portal-desktop secret set %s”, or set %s (one kept for another server, tenant or user is not used)", e.Name.words(), e.Name, e.Name.Variable())
}

// UnavailableError says that this computer's keyring can't be used.
type UnavailableError struct {
	Name Name
	Err  error // why; never carries the secret
}

func (e *UnavailableError) Error() string {
	return fmt.Sprintf("%s can't be read or kept, as %s: unlock or install a keyring, or set %s", e.Name.words(), why(e.Err), e.Name.Variable())
}

func (e *UnavailableError) Unwrap() error { return e.Err }

// TooLongError says that the keyring takes no value of this length.
type TooLongError struct{ Name Name }

func (e *TooLongError) Error() string {
	return fmt.Sprintf("%s is too long for this computer's keyring, which takes about 2500 bytes: check that nothing but the secret was given, or set %s", e.Name.words(), e.Name.Variable())
}

func why(err error) string {
	var missing *exec.Error
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "the keyring did not answer in time (it may be waiting to be unlocked)"
	case errors.Is(err, keyring.ErrUnsupportedPlatform):
		return "there is no keyring on " + runtime.GOOS
	case errors.As(err, &missing), strings.Contains(err.Error(), "org.freedesktop.secrets"), strings.Contains(err.Error(), "dial unix"):
		return "there is no keyring service on this computer"
	case strings.Contains(err.Error(), "unlock"):
		return "the keyring is locked"
	}
	return "the keyring failed"
}

// Store finds, keeps and removes the secrets of one configuration.
type Store struct {
	cfg     config.Config
	lookup  func(string) (string, bool)
	timeout time.Duration
}

// NewStore serves the given configuration; lookup finds environment variables (os.LookupEnv).
func NewStore(cfg config.Config, lookup func(string) (string, bool)) *Store {
	return &Store{cfg: cfg, lookup: lookup, timeout: keyringTimeout}
}

// Get looks in the environment, then in the keyring. Errors: *NotFoundError, *UnavailableError, or the context's.
func (s *Store) Get(ctx context.Context, name Name) (Secret, error) {
	if v, ok := s.lookup(name.Variable()); ok {
		if v = strings.TrimRight(v, "\r\n"); v != "" {
			return New(v), nil
		}
	}
	value, err := s.ask(ctx, name, func(account string) (string, error) { return keyring.Get(service, account) })
	if err == nil && value == "" {
		err = &NotFoundError{name}
	}
	return New(value), err
}

// Set keeps a secret in the keyring. Errors: *UnavailableError, *TooLongError, or the context's.
func (s *Store) Set(ctx context.Context, name Name, value Secret) error {
	_, err := s.ask(ctx, name, func(account string) (string, error) { return "", keyring.Set(service, account, value.Reveal()) })
	return err
}

// Delete removes a secret from the keyring; one that is not there is no error.
func (s *Store) Delete(ctx context.Context, name Name) error {
	_, err := s.ask(ctx, name, func(account string) (string, error) { return "", keyring.Delete(service, account) })
	if _, ok := errors.AsType[*NotFoundError](err); ok {
		return nil
	}
	return err
}

// account binds an entry to everything that decides where the secret will be sent, so that a configuration that was
// edited to name another host or user does not find it.
func (s *Store) account(name Name) string {
	f, d := s.cfg.Fabric, s.cfg.Database
	bound := []string{f.AuthorityURL, f.TenantID, f.ClientID, f.APIURL, f.OneLakeURL}
	if name == DatabasePassword {
		bound = []string{strings.ToLower(d.Host), strconv.Itoa(d.Port), d.Name, d.User}
	}
	sum := sha256.Sum256([]byte(strings.Join(bound, "\x00")))
	return string(name) + " " + hex.EncodeToString(sum[:16])
}

// ask calls the keyring with a time limit. The call itself can't be interrupted: one that waits for a person ends with
// that person's answer, or with the program, and its answer is dropped.
func (s *Store) ask(ctx context.Context, name Name, call func(account string) (string, error)) (string, error) {
	if name != ClientSecret && name != DatabasePassword {
		return "", fmt.Errorf("there is no secret named %q: the names are %s and %s", string(name), ClientSecret, DatabasePassword)
	}
	type answer struct {
		value string
		err   error
	}
	limited, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	answers := make(chan answer, 1)
	go func() {
		v, err := call(s.account(name))
		answers <- answer{v, err}
	}()
	select {
	case a := <-answers:
		switch {
		case a.err == nil:
			return a.value, nil
		case errors.Is(a.err, keyring.ErrNotFound):
			return "", &NotFoundError{name}
		case errors.Is(a.err, keyring.ErrSetDataTooBig):
			return "", &TooLongError{name}
		}
		return "", &UnavailableError{name, a.err}
	case <-limited.Done():
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		return "", &UnavailableError{name, limited.Err()}
	}
}
