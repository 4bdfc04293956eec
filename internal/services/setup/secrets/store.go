package secrets

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/zalando/go-keyring"

	"fabricportal/internal/format"
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

func (n Name) words() *format.Said {
	if n == DatabasePassword {
		return format.Say("the database password")
	}
	return format.Say("the client secret")
}

const (
	service = "fabric-data-portal"
	// A keyring that waits for a person to unlock it blocks without end; the GitHub CLI gives it the same time.
	keyringTimeout = 3 * time.Second
)

// NotFoundError says that neither the environment nor the keyring holds a secret for this configuration.
type NotFoundError struct {
	Name Name
	// Earlier says that an earlier version kept one, which was not bound to all that decides where it is sent.
	Earlier bool
}

func (e *NotFoundError) Error() string { return e.Say(format.English) }

// Say is part of format.Sayer.
func (e *NotFoundError) Say(w format.Writer) string {
	values := []any{"Secret", e.Name.words().Say(w), "Name", string(e.Name), "Variable", e.Name.Variable()}
	if e.Earlier {
		return w.T("{{.Secret}} has to be given once more, as an earlier version kept it without the certificate files by which its server is known: "+
			"keep it with “portal-desktop secret set {{.Name}}”, or set {{.Variable}}", values...)
	}
	return w.T("{{.Secret}} is not set for this configuration: keep it with “portal-desktop secret set {{.Name}}”, or set {{.Variable}} "+
		"(one kept for another server, tenant, user or certificate file is not used)", values...)
}

// UnavailableError says that this computer's keyring can't be used.
type UnavailableError struct {
	Name Name
	Err  error // why; never carries the secret
}

func (e *UnavailableError) Error() string { return e.Say(format.English) }

// Say is part of format.Sayer.
func (e *UnavailableError) Say(w format.Writer) string {
	return w.T("{{.Secret}} can't be read or kept, as {{.Why}}: unlock or install a keyring, or set {{.Variable}} (the window, and subcommands in a terminal, ask for it)",
		"Secret", e.Name.words().Say(w), "Why", why(e.Err).Say(w), "Variable", e.Name.Variable())
}

func (e *UnavailableError) Unwrap() error { return e.Err }

// TooLongError says that the keyring takes no value of this length.
type TooLongError struct{ Name Name }

func (e *TooLongError) Error() string { return e.Say(format.English) }

// Say is part of format.Sayer.
func (e *TooLongError) Say(w format.Writer) string {
	return w.T("{{.Secret}} is too long for this computer's keyring, which takes about 2500 bytes: check that nothing but the secret was given, or set {{.Variable}}",
		"Secret", e.Name.words().Say(w), "Variable", e.Name.Variable())
}

func why(err error) *format.Said {
	var missing *exec.Error
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return format.Say("the keyring did not answer in time (it may be waiting to be unlocked)")
	case errors.Is(err, keyring.ErrUnsupportedPlatform):
		return format.Say("there is no keyring on {{.System}}", "System", runtime.GOOS)
	case errors.As(err, &missing), strings.Contains(err.Error(), "org.freedesktop.secrets"), strings.Contains(err.Error(), "dial unix"):
		return format.Say("there is no keyring service on this computer")
	case strings.Contains(err.Error(), "unlock"):
		return format.Say("the keyring is locked")
	}
	return format.Say("the keyring failed")
}

// Store finds, keeps and removes the secrets of one configuration.
type Store struct {
	cfg     config.Config
	lookup  func(string) (string, bool)
	session *Session
	timeout time.Duration
}

// NewStore serves the given configuration; lookup finds environment variables (os.LookupEnv). session holds what no keyring can;
// nil: nothing does, and nobody is asked.
func NewStore(cfg config.Config, lookup func(string) (string, bool), session *Session) *Store {
	return &Store{cfg: cfg, lookup: lookup, session: session, timeout: keyringTimeout}
}

// Place is where a secret was found, or is kept from now on.
type Place string

// The places.
const (
	Nowhere     Place = ""
	NotNeeded   Place = "not needed" // the configured sign-in sends no client secret
	Environment Place = "environment"
	Memory      Place = "memory" // until the program ends
	InKeyring   Place = "keyring"
)

// Get is Find without the place.
func (s *Store) Get(ctx context.Context, name Name) (Secret, error) {
	value, _, err := s.Find(ctx, name)
	return value, err
}

// Find looks in the environment, then in the session, then in the keyring; where that can't be used, the session asks whoever is there.
// A client secret that the configured sign-in does not send is not looked for: it is empty. Errors: *NotFoundError, *UnavailableError,
// the context's, or that of asking.
func (s *Store) Find(ctx context.Context, name Name) (Secret, Place, error) {
	if name == ClientSecret && !s.cfg.Fabric.NeedsSecret() {
		return Secret{}, NotNeeded, nil
	}
	if v, ok := s.lookup(name.Variable()); ok {
		if v = strings.TrimRight(v, "\r\n"); v != "" {
			return New(v), Environment, nil
		}
	}
	account := s.account(name)
	if value, ok := s.session.held(account); ok {
		return value, Memory, nil
	}
	value, err := s.fromKeyring(ctx, name)
	if err == nil {
		return value, InKeyring, nil
	}
	if _, unusable := errors.AsType[*UnavailableError](err); unusable && s.session.asks() {
		if value, err = s.session.ask(ctx, name, account); err == nil {
			return value, Memory, nil
		}
	}
	return Secret{}, Nowhere, err
}

func (s *Store) fromKeyring(ctx context.Context, name Name) (Secret, error) {
	value, err := s.ask(ctx, name, func() (string, error) {
		value, err := keyring.Get(service, s.account(name))
		if errors.Is(err, keyring.ErrNotFound) {
			if _, earlier := keyring.Get(service, s.earlierAccount(name)); earlier == nil {
				return "", errEarlier
			}
		}
		return value, err
	})
	if err == nil && value == "" {
		err = &NotFoundError{Name: name}
	}
	return New(value), err
}

// Set keeps a secret in the keyring; where that can't be used or takes none of this length, in the session. Without one, errors are
// *UnavailableError, *TooLongError, or the context's.
func (s *Store) Set(ctx context.Context, name Name, value Secret) (Place, error) {
	err := s.intoKeyring(ctx, name, value)
	if err == nil {
		s.session.drop(s.account(name))
		return InKeyring, nil
	}
	_, unusable := errors.AsType[*UnavailableError](err)
	_, long := errors.AsType[*TooLongError](err)
	if s.session != nil && (unusable || long) {
		s.session.hold(s.account(name), value)
		return Memory, nil
	}
	return Nowhere, err
}

func (s *Store) intoKeyring(ctx context.Context, name Name, value Secret) error {
	_, err := s.ask(ctx, name, func() (string, error) {
		if err := keyring.Set(service, s.account(name), value.Reveal()); err != nil {
			return "", err
		}
		_ = keyring.Delete(service, s.earlierAccount(name)) // there is none, or it is of no use any more
		return "", nil
	})
	return err
}

// Delete removes a secret from the session and the keyring; one that is not there is no error.
func (s *Store) Delete(ctx context.Context, name Name) error {
	s.session.drop(s.account(name))
	_, err := s.ask(ctx, name, func() (string, error) {
		earlier := keyring.Delete(service, s.earlierAccount(name))
		if errors.Is(earlier, keyring.ErrNotFound) {
			earlier = nil
		}
		return "", errors.Join(keyring.Delete(service, s.account(name)), earlier)
	})
	if _, ok := errors.AsType[*NotFoundError](err); ok {
		return nil
	}
	return err
}

// account binds an entry to everything that decides where the secret will be sent and by what the server there is known,
// so that a configuration that was edited to name another host, user or certificate authority does not find it.
func (s *Store) account(name Name) string {
	d := s.cfg.Database
	bound := append(s.servers(name), authorities(s.cfg.CAFile))
	if name == DatabasePassword {
		bound = append(bound, d.SSLMode, strconv.FormatBool(d.SSLRootCert == config.SystemAuthorities), authorities(d.RootCertFile()))
	}
	return string(name) + " 2 " + digest(bound)
}

// earlierAccount is how earlier versions named the entry.
func (s *Store) earlierAccount(name Name) string {
	return string(name) + " " + digest(s.servers(name))
}

func (s *Store) servers(name Name) []string {
	f, d := s.cfg.Fabric, s.cfg.Database
	if name == DatabasePassword {
		return []string{strings.ToLower(d.Host), strconv.Itoa(d.Port), d.Name, d.User}
	}
	return []string{f.AuthorityURL, f.TenantID, f.ClientID, f.APIURL, f.OneLakeURL}
}

func digest(bound []string) string {
	sum := sha256.Sum256([]byte(strings.Join(bound, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// authorities stands for what a file of certificates holds, wherever it lies: a file that was exchanged is another one.
func authorities(path string) string {
	if path == "" {
		return ""
	}
	f, err := os.Open(path)
	if err != nil {
		return "unreadable " + path // nothing is sent with such a file
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, io.LimitReader(f, mostAuthorities)); err != nil {
		return "unreadable " + path
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// mostAuthorities is how much of a file of certificates is read, in bytes; that of a whole operating system has 250 KB.
const mostAuthorities = 16 << 20

// errEarlier says that only an earlier version's entry was found.
var errEarlier = errors.New("kept by an earlier version")

// ask calls the keyring with a time limit. The call itself can't be interrupted: one that waits for a person ends with
// that person's answer, or with the program, and its answer is dropped.
func (s *Store) ask(ctx context.Context, name Name, call func() (string, error)) (string, error) {
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
		v, err := call()
		answers <- answer{v, err}
	}()
	select {
	case a := <-answers:
		switch {
		case a.err == nil:
			return a.value, nil
		case errors.Is(a.err, errEarlier):
			return "", &NotFoundError{Name: name, Earlier: true}
		case errors.Is(a.err, keyring.ErrNotFound):
			return "", &NotFoundError{Name: name}
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
