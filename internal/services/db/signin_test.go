package db_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/tls"
	"encoding/hex"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/certs"
	"fabricportal/internal/sandbox/postgres"
	"fabricportal/internal/services/db"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

// asking makes a real server ask the program's role for its password in one of the ways of pg_hba.conf.
func asking(t *testing.T, s *postgres.Server, method string) {
	t.Helper()
	root := admin(t, s)
	run := func(sql string) {
		t.Helper()
		_, err := root.Exec(t.Context(), sql, pgx.QueryExecModeSimpleProtocol)
		require.NoError(t, err)
	}
	encryption := "scram-sha-256" // as it is stored; md5 asks for SCRAM where the stored form allows it
	if method == "md5" {
		encryption = "md5"
	}
	run("set password_encryption = '" + encryption + "'; alter role portal_app password '" + s.AppPassword + "'")
	var file string
	var loaded time.Time
	require.NoError(t, root.QueryRow(t.Context(), "select current_setting('hba_file'), pg_conf_load_time()").Scan(&file, &loaded))
	run("copy (select 'host all sandbox_admin 127.0.0.1/32 scram-sha-256' union all select 'host all portal_app 127.0.0.1/32 " + method + "') to '" + file + "'")
	run("select pg_reload_conf()")
	require.Eventually(t, func() bool {
		c, err := pgx.Connect(context.Background(), s.AdminDSN())
		if err != nil {
			return false
		}
		defer c.Close(context.Background())
		var now time.Time
		return c.QueryRow(context.Background(), "select pg_conf_load_time()").Scan(&now) == nil && now.After(loaded)
	}, 20*time.Second, 10*time.Millisecond)
}

// The password is proved by SCRAM and never sent, whatever the server asks for, unless the configuration allows it to be
// sent to a server that was checked.
func TestHowTheServerMayAskForThePassword(t *testing.T) {
	authority, err := certs.New()
	require.NoError(t, err)
	server, err := postgres.Start(t.Context(), postgres.Options{Authority: authority})
	require.NoError(t, err)
	t.Cleanup(server.Stop)
	const notSent, open = "so it was not sent: ask its administrator for scram-sha-256", "lets everybody in without a password"
	for _, c := range []struct{ method, bySCRAM, byPassword string }{ // what is said; "" where the sign-in works
		{"password", notSent, ""},
		{"md5", notSent, ""},
		{"scram-sha-256", "", ""},
		{"trust", open, open},
	} {
		asking(t, server, c.method)
		for _, way := range []struct{ mode, auth, fails string }{
			{config.VerifyFull, "", c.bySCRAM}, {config.VerifyFull, config.AuthSCRAM, c.bySCRAM}, {config.Disable, "", c.bySCRAM},
			{config.Require, config.AuthSCRAM, c.bySCRAM}, {config.VerifyFull, config.AuthPassword, c.byPassword}, {config.VerifyCA, config.AuthPassword, c.byPassword},
		} {
			cfg := settings(server)
			cfg.SSLMode, cfg.Auth = way.mode, way.auth
			d, err := db.Open(t.Context(), cfg, secrets.New(server.AppPassword), "")
			require.NoError(t, err)
			_, err = d.Ping(t.Context())
			d.Close()
			if way.fails == "" {
				require.NoError(t, err, "%s %+v", c.method, way)
				continue
			}
			var access *db.AccessError
			require.ErrorAs(t, err, &access, "%s %+v", c.method, way)
			require.ErrorContains(t, err, way.fails)
		}
	}
}

// impostor is a server that asks for the password as it likes, and keeps what it is sent.
type impostor struct {
	port   int
	tls    *tls.Config // nil: it offers no encryption
	answer func(b *pgproto3.Backend)

	mu   sync.Mutex
	sent bytes.Buffer
}

// hearing keeps what is read from a connection.
type hearing struct {
	net.Conn
	of *impostor
}

func (h hearing) Read(p []byte) (int, error) {
	n, err := h.Conn.Read(p)
	h.of.mu.Lock()
	h.of.sent.Write(p[:n])
	h.of.mu.Unlock()
	return n, err
}

func (i *impostor) start(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	i.port = l.Addr().(*net.TCPAddr).Port
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			i.serve(c)
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
}

func (i *impostor) serve(c net.Conn) {
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	if i.tls != nil {
		if m, err := pgproto3.NewBackend(c, c).ReceiveStartupMessage(); err != nil {
			return
		} else if _, ok := m.(*pgproto3.SSLRequest); !ok {
			return
		}
		_, _ = c.Write([]byte("S"))
		c = tls.Server(c, i.tls)
	}
	h := hearing{c, i}
	b := pgproto3.NewBackend(h, h)
	if _, err := b.ReceiveStartupMessage(); err != nil {
		return
	}
	i.answer(b)
	_ = b.Flush()
	buffer := make([]byte, 4096)
	for {
		if _, err := h.Read(buffer); err != nil {
			return
		}
	}
}

func TestAServerThatAsksForThePasswordGetsNothing(t *testing.T) {
	const password = "canary-of-a-password"
	authority, err := certs.New()
	require.NoError(t, err)
	encrypted, err := authority.LoopbackTLS("impostor")
	require.NoError(t, err)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(ca, authority.PEM(), 0o600))
	salt := [4]byte{1, 2, 3, 4}
	hashed := func(text string) string { sum := md5.Sum([]byte(text)); return hex.EncodeToString(sum[:]) }
	forms := []string{password, hashed(password + postgres.AppRole), hashed(hashed(password+postgres.AppRole) + string(salt[:]))}
	for name, ask := range map[string]pgproto3.BackendMessage{
		"in the clear":           &pgproto3.AuthenticationCleartextPassword{},
		"by MD5":                 &pgproto3.AuthenticationMD5Password{Salt: salt},
		"by GSS":                 &pgproto3.AuthenticationGSS{},
		"not at all":             &pgproto3.AuthenticationOk{},
		"by SCRAM":               &pgproto3.AuthenticationSASL{AuthMechanisms: []string{"SCRAM-SHA-256"}},
		"by another SASL":        &pgproto3.AuthenticationSASL{AuthMechanisms: []string{"PLAIN", "OAUTHBEARER"}},
		"with an endless answer": &pgproto3.ErrorResponse{Severity: "FATAL", Code: "28000", Message: strings.Repeat("x", 40<<20)},
	} {
		for _, mode := range []string{config.VerifyFull, config.Disable} {
			i := &impostor{answer: func(b *pgproto3.Backend) { b.Send(ask) }}
			cfg := settings(plain)
			cfg.SSLMode, cfg.SSLRootCert = mode, ca
			if mode == config.VerifyFull {
				i.tls = encrypted
			}
			i.start(t)
			cfg.Port = i.port
			d, err := db.Open(t.Context(), cfg, secrets.New(password), "")
			require.NoError(t, err)
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			if name == "by SCRAM" { // it waits for an answer that never comes
				cancel()
				ctx, cancel = context.WithTimeout(t.Context(), 500*time.Millisecond)
			}
			_, err = d.Ping(ctx)
			cancel()
			d.Close()
			require.Error(t, err, name)
			require.Less(t, len(err.Error()), 500, name)
			i.mu.Lock()
			heard := i.sent.String()
			i.mu.Unlock()
			require.Contains(t, heard, postgres.AppRole, "%s: it was reached", name)
			for _, form := range forms {
				require.NotContains(t, heard, form, "%s, %s", name, mode)
			}
		}
	}
}

// A server that repeats the password in its error has it taken out before anybody reads it.
func TestAServerThatRepeatsThePassword(t *testing.T) {
	const password = "canary-of-a-password"
	redactor := secrets.NewRedactor(secrets.New(password))
	for _, code := range []string{"28P01", "42501", "42P01", "57P03", "99999"} {
		i := &impostor{answer: func(b *pgproto3.Backend) {
			b.Send(&pgproto3.ErrorResponse{Severity: "FATAL", Code: code, Message: "no \x1b[2J\n entry for " + password + "\u202e!" + strings.Repeat(" y", 3000)})
		}}
		i.start(t)
		cfg := settings(plain)
		cfg.SSLMode, cfg.SSLRootCert, cfg.Port = config.Disable, "", i.port
		d, err := db.Open(t.Context(), cfg, secrets.New(password), "")
		require.NoError(t, err)
		d.Redact = redactor.Redact
		_, err = d.Ping(t.Context())
		d.Close()
		require.Error(t, err)
		require.NotContains(t, err.Error(), password, code)
		require.NotContains(t, err.Error(), "\x1b", code)
		require.NotContains(t, err.Error(), "\u202e", code)
		require.NotContains(t, err.Error(), "\n", code)
		require.Less(t, len(err.Error()), 700, code)
	}
}
