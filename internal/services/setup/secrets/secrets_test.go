package secrets

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/zalando/go-keyring"

	"fabricportal/internal/services/setup/config"
)

const canary = "canary-Tr0ub4dor&3/+"

func TestSecretNeverShowsItself(t *testing.T) {
	s := New(canary)
	type holder struct {
		S Secret
		P *Secret
		M map[string]Secret

		hidden Secret
	}
	h := holder{s, &s, map[string]Secret{"a": s}, s}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T", "%10v"} {
		fmt.Fprintf(&out, verb+"\n", s)
		fmt.Fprintf(&out, verb+"\n", h)
		fmt.Fprintf(&out, verb+"\n", &s)
	}
	require.NoError(t, json.NewEncoder(&out).Encode(h))
	require.NoError(t, xml.NewEncoder(&out).Encode(s))
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "s", s, "h", h)
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "s", s, "h", &h)
	out.WriteString(fmt.Errorf("failed with %v: %w", s, errors.New("x")).Error())
	assert.NotContains(t, out.String(), "canary")
	assert.NotContains(t, out.String(), fmt.Sprintf("%x", canary))
	assert.Contains(t, out.String(), `{"S":"***"`)
	assert.Equal(t, canary, s.Reveal())
}

func none(string) (string, bool) { return "", false }

func testConfig() config.Config {
	c := config.Default()
	c.Fabric.TenantID, c.Fabric.ClientID = "t", "c"
	c.Database.Host, c.Database.User = "db.contoso.com", "portal_app"
	return c
}

// keep keeps a secret in the keyring.
func keep(t *testing.T, s *Store, name Name, value string) {
	t.Helper()
	place, err := s.Set(t.Context(), name, New(value))
	require.NoError(t, err)
	require.Equal(t, InKeyring, place)
}

func TestKeyring(t *testing.T) {
	keyring.MockInit()
	ctx := t.Context()
	s := NewStore(testConfig(), none, nil)

	_, err := s.Get(ctx, ClientSecret)
	var missing *NotFoundError
	require.ErrorAs(t, err, &missing)
	assert.Contains(t, err.Error(), "secret set client_secret")
	assert.Contains(t, err.Error(), "PORTAL_CLIENT_SECRET")

	keep(t, s, ClientSecret, canary)
	keep(t, s, DatabasePassword, "pw-of-the-db")
	got, err := s.Get(ctx, ClientSecret)
	require.NoError(t, err)
	assert.False(t, got.Empty())
	assert.Equal(t, canary, got.Reveal())
	got, err = s.Get(ctx, DatabasePassword)
	require.NoError(t, err)
	assert.Equal(t, "pw-of-the-db", got.Reveal())

	t.Run("the environment comes first", func(t *testing.T) {
		e := NewStore(testConfig(), func(k string) (string, bool) {
			return map[string]string{"PORTAL_CLIENT_SECRET": "from-env\n"}[k], k == "PORTAL_CLIENT_SECRET"
		}, nil)
		got, err := e.Get(ctx, ClientSecret)
		require.NoError(t, err)
		assert.Equal(t, "from-env", got.Reveal())
	})

	t.Run("an edited configuration does not find them", func(t *testing.T) {
		for name, edit := range map[string]func(*config.Config){
			"authority": func(c *config.Config) { c.Fabric.AuthorityURL = "https://login.evil.org" },
			"tenant":    func(c *config.Config) { c.Fabric.TenantID = "t2" },
			"client":    func(c *config.Config) { c.Fabric.ClientID = "c2" },
			"api":       func(c *config.Config) { c.Fabric.APIURL = "https://api.evil.org" },
			"onelake":   func(c *config.Config) { c.Fabric.OneLakeURL = "https://lake.evil.org" },
			"shifted":   func(c *config.Config) { c.Fabric.TenantID, c.Fabric.ClientID = "tc", "" },
		} {
			c := testConfig()
			edit(&c)
			_, err := NewStore(c, none, nil).Get(ctx, ClientSecret)
			assert.ErrorAs(t, err, &missing, name)
		}
		for name, edit := range map[string]func(*config.Config){
			"host": func(c *config.Config) { c.Database.Host = "db.evil.org" },
			"port": func(c *config.Config) { c.Database.Port++ },
			"db":   func(c *config.Config) { c.Database.Name = "x" },
			"user": func(c *config.Config) { c.Database.User = "x" },
		} {
			c := testConfig()
			edit(&c)
			_, err := NewStore(c, none, nil).Get(ctx, DatabasePassword)
			assert.ErrorAs(t, err, &missing, name)
		}
		c := testConfig() // what does not decide where the secret goes does not matter
		c.Name, c.Fabric.PipelineID = "x", "y"
		_, err := NewStore(c, none, nil).Get(ctx, ClientSecret)
		assert.NoError(t, err)
	})

	require.NoError(t, s.Delete(ctx, ClientSecret))
	require.NoError(t, s.Delete(ctx, ClientSecret), "twice is no error")
	_, err = s.Get(ctx, ClientSecret)
	require.ErrorAs(t, err, &missing)
	_, err = s.Get(ctx, DatabasePassword)
	require.NoError(t, err)
	_, err = s.Set(ctx, "pin", New("x"))
	require.Error(t, err)
}

func TestAnEntryIsBoundToTheCertificateFiles(t *testing.T) {
	keyring.MockInit()
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	ours, theirs := file("ours.pem", "ours"), file("theirs.pem", "theirs")
	base := func() config.Config {
		c := testConfig()
		c.CAFile, c.Database.SSLRootCert = ours, ours
		return c
	}
	for _, n := range Names {
		keep(t, NewStore(base(), none, nil), n, canary)
	}
	for name, c := range map[string]struct {
		edit  func(*config.Config)
		found map[Name]bool
	}{
		"nothing":                 {func(*config.Config) {}, map[Name]bool{ClientSecret: true, DatabasePassword: true}},
		"the same file elsewhere": {func(c *config.Config) { c.CAFile = file("moved.pem", "ours") }, map[Name]bool{ClientSecret: true, DatabasePassword: true}},
		"another authority":       {func(c *config.Config) { c.CAFile = theirs }, nil},
		"no authority":            {func(c *config.Config) { c.CAFile = "" }, nil},
		"a file that is away":     {func(c *config.Config) { c.CAFile = filepath.Join(dir, "away.pem") }, nil},
		"another server's":        {func(c *config.Config) { c.Database.SSLRootCert = theirs }, map[Name]bool{ClientSecret: true}},
		"the system's":            {func(c *config.Config) { c.Database.SSLRootCert = config.SystemAuthorities }, map[Name]bool{ClientSecret: true}},
		"whatever the name":       {func(c *config.Config) { c.Database.SSLMode = config.VerifyCA }, map[Name]bool{ClientSecret: true}},
	} {
		cfg := base()
		c.edit(&cfg)
		for _, n := range Names {
			_, err := NewStore(cfg, none, nil).Get(t.Context(), n)
			if c.found[n] {
				require.NoError(t, err, "%s: %s", name, n)
				continue
			}
			var missing *NotFoundError
			require.ErrorAs(t, err, &missing, "%s: %s", name, n)
			require.False(t, missing.Earlier)
			require.ErrorContains(t, err, "certificate file")
		}
	}
	file("ours.pem", "exchanged")
	for _, n := range Names {
		_, err := NewStore(base(), none, nil).Get(t.Context(), n)
		require.Error(t, err)
	}
}

func TestAnEarlierEntryIsAskedForOnceMore(t *testing.T) {
	keyring.MockInit()
	s := NewStore(testConfig(), none, nil)
	for _, n := range Names {
		require.NoError(t, keyring.Set(service, s.earlierAccount(n), canary))
		_, err := s.Get(t.Context(), n)
		var missing *NotFoundError
		require.ErrorAs(t, err, &missing)
		require.True(t, missing.Earlier)
		require.ErrorContains(t, err, "has to be given once more, as an earlier version kept it without the certificate files")
		require.NotContains(t, err.Error(), canary)

		keep(t, s, n, canary)
		_, err = keyring.Get(service, s.earlierAccount(n))
		require.ErrorIs(t, err, keyring.ErrNotFound, "the earlier one is gone")
		_, err = s.Get(t.Context(), n)
		require.NoError(t, err)
	}
	require.NoError(t, keyring.Set(service, s.earlierAccount(ClientSecret), canary))
	require.NoError(t, s.Delete(t.Context(), ClientSecret))
	_, err := keyring.Get(service, s.earlierAccount(ClientSecret))
	require.ErrorIs(t, err, keyring.ErrNotFound)
}

func TestSecretsOfTheEnvironment(t *testing.T) {
	r := NewRedactor(Surrounding([]string{
		"PORTAL_CLIENT_SECRET=first-one\n", "PORTAL_DATABASE_PASSWORD=pa55", "PGPASSWORD=second-one", "AZURE_CLIENT_SECRET=third-one-of-all", "HTTPS_PROXY=http://ana:fourth-one@proxy:3128",
		"MY_TOKEN=1", "HOME=/home/ana", "odd", "=x",
	})...)
	require.Equal(t, "*** *** *** *** *** 1 /home/ana", r.Redact("first-one pa55 second-one third-one-of-all fourth-one 1 /home/ana"))
}

func TestKeyringUnavailable(t *testing.T) {
	for _, tc := range []struct {
		err  error
		want string
	}{
		{&exec.Error{Name: "dbus-launch", Err: exec.ErrNotFound}, "no keyring service"},
		{errors.New("The name org.freedesktop.secrets was not provided by any .service files"), "no keyring service"},
		{errors.New("failed to unlock correct collection '/org/freedesktop/secrets/aliases/default'"), "locked"},
		{keyring.ErrUnsupportedPlatform, "no keyring on"},
		{errors.New("odd"), "the keyring failed"},
	} {
		keyring.MockInitWithError(tc.err)
		_, err := NewStore(testConfig(), none, nil).Get(t.Context(), DatabasePassword)
		var unavailable *UnavailableError
		require.ErrorAs(t, err, &unavailable)
		assert.Contains(t, err.Error(), tc.want)
		assert.Contains(t, err.Error(), "PORTAL_DATABASE_PASSWORD")
	}
	keyring.MockInitWithError(keyring.ErrSetDataTooBig)
	_, err := NewStore(testConfig(), none, nil).Set(t.Context(), ClientSecret, New(canary))
	var long *TooLongError
	require.ErrorAs(t, err, &long)
	assert.NotContains(t, err.Error(), "canary")
}

func TestKeyringThatBlocks(t *testing.T) {
	release := make(chan struct{})
	finished := make(chan struct{})
	s := NewStore(testConfig(), none, nil)
	s.timeout = 20 * time.Millisecond
	block := func() (string, error) { <-release; close(finished); return canary, nil }
	_, err := s.ask(t.Context(), ClientSecret, block)
	var unavailable *UnavailableError
	require.ErrorAs(t, err, &unavailable)
	assert.Contains(t, err.Error(), "did not answer in time")
	close(release)
	<-finished

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s.timeout = time.Hour
	release2 := make(chan struct{})
	defer close(release2)
	_, err = s.ask(ctx, ClientSecret, func() (string, error) { <-release2; return "", nil })
	require.ErrorIs(t, err, context.Canceled)
}

const jwt = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJjYW5hcnkifQ.c2lnbmF0dXJl-canary_x"

func TestRedact(t *testing.T) {
	r := NewRedactor(New(canary), New("short"), New("abc"))
	for _, text := range []string{
		"it said " + canary + ".", "?client_secret=" + url.QueryEscape(canary), "/p/" + url.PathEscape(canary), `{"x":"canary-Tr0ub4dor\u00263/+"}`,
		"token " + jwt, "Authorization: Bearer " + jwt, "Bearer abc.def.canary", "Basic Y2FuYXJ5OmNhbmFyeQ==canary",
		"postgres://portal:can/ary@p@ss@db:5432/x?sslmode=disable", "https://u:canary@host/x", "postgresql://:canary@h/d",
		"host=db user=u password=canary sslmode=x", "host=db password='can\\' ary' user=x", `password="can ary"`, "Password = canary",
		"https://x/y?sv=1&sig=canary%3D&x=1", "AccountKey=canary==;Endpoint=x", "PORTAL_DATABASE_PASSWORD=canary", "PORTAL_CLIENT_SECRET=canary",
		`{"access_token":"canary","token_type":"Bearer"}`, `{"password" : "can\"ary"}`, `{'client_secret': 'canary'}`, `"Authorization": "Bearer canary12"`,
		`{"m":"password=\"canary\""}`, `password=\\\"canary\\\" x`, `password="can\"ary"`, `{"m":"token=canary\\"}`,
	} {
		got := r.Redact(text)
		assert.NotContains(t, got, "canary", text)
		assert.NotContains(t, got, "ary", text)
		assert.Contains(t, got, "***", text)
	}
	// What surrounds the secret stays readable, and ordinary sentences are left alone.
	assert.Equal(t, "postgres://portal:***@db:5432/x", r.Redact("postgres://portal:secret@db:5432/x"))
	assert.Equal(t, "host=db password=*** user=u", r.Redact("host=db password=x user=u"))
	assert.Equal(t, "a=1&sig=***&b=2", r.Redact("a=1&sig=abc%3D&b=2"))
	for _, text := range []string{
		"the database password is not set: keep it with “portal-desktop secret set database_password”",
		"run 0198c5a2-7c3e-7bb2-a111-000000000001 was started by ana@contoso.com", "design=5", "abc",
		"https://api.fabric.microsoft.com/v1/workspaces/x/items/y/jobs/instances/z", "basic checks passed", "2024-06-22T06:35:00 -> QUEUED",
	} {
		assert.Equal(t, text, r.Redact(text))
	}
	assert.Equal(t, "***", (&Redactor{}).Redact(jwt), "the zero value knows the looks")
}

type leaky struct{ DSN string }

func TestLogHandler(t *testing.T) {
	for name, inner := range map[string]func(*bytes.Buffer) slog.Handler{
		"json": func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
		"text": func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			log := slog.New(NewRedactor(New(canary)).Handler(inner(&out)))
			log = log.With("dsn", "host=canary1", "note", "password=canary2").WithGroup("g").With("h", canary)
			log.Info("sent "+canary, "error", fmt.Errorf("dial postgres://u:canary3@h: %w", errors.New("refused")),
				"authorization", "canary4", "n", 5, slog.Group("deep", "client_secret", "canary5", "ok", "kept", "s", New("canary6")),
				"struct", leaky{"postgres://u:canary7@h/d"}, "stringer", &url.URL{Scheme: "https", User: url.UserPassword("u", "canary8"), Host: "h"})
			log.Debug(canary)
			assert.NotContains(t, out.String(), "canary")
			for _, kept := range []string{"kept", "refused", "5", "sent ***"} {
				assert.Contains(t, out.String(), kept)
			}
			assert.Equal(t, 1, strings.Count(out.String(), "\n"))
		})
	}
}
