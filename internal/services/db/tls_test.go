package db_test

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/certs"
	"fabricportal/internal/sandbox/postgres"
	"fabricportal/internal/services/db"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

// pingWith asks the real server for its time, over a connection as a configuration wants it.
func pingWith(t *testing.T, cfg config.Database, caFile string) (db.Health, error) {
	t.Helper()
	require.Empty(t, cfg.Faults(), "only what the configuration accepts is tried")
	d, err := db.Open(t.Context(), cfg, secrets.New(plain.AppPassword), caFile)
	require.NoError(t, err)
	defer d.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	return d.Ping(ctx)
}

// Every value of sslmode that the configuration accepts and the wizard offers does what it says with a real server.
func TestEachModeOfEncryption(t *testing.T) {
	other, err := certs.New()
	require.NoError(t, err)
	otherCA := filepath.Join(t.TempDir(), "other.pem")
	require.NoError(t, os.WriteFile(otherCA, other.PEM(), 0o600))
	// The server's certificate is for localhost, 127.0.0.1 and ::1, and not for this address of the same computer.
	const otherName = "127.0.0.2"
	tried := map[string]bool{}
	const none, system = "", config.SystemAuthorities
	for _, c := range []struct {
		mode, host, rootCert, caFile string
		fails                        string // "" where the server is believed
	}{
		{config.VerifyFull, postgres.Host, plain.CAFile, none, ""},
		{config.VerifyFull, "localhost", none, plain.CAFile, ""},
		{"", postgres.Host, plain.CAFile, none, ""}, // the default
		{config.VerifyFull, postgres.Host, none, none, "is not trusted"},
		{config.VerifyFull, postgres.Host, system, plain.CAFile, "is not trusted"},
		{config.VerifyFull, postgres.Host, otherCA, plain.CAFile, "is not trusted"},
		{config.VerifyFull, otherName, plain.CAFile, none, "shows a certificate for another name"},

		{config.VerifyCA, postgres.Host, plain.CAFile, none, ""},
		{config.VerifyCA, otherName, plain.CAFile, none, ""},
		{config.VerifyCA, postgres.Host, otherCA, plain.CAFile, "is not trusted"},

		{config.Require, postgres.Host, none, none, ""},
		{config.Require, otherName, none, none, ""},
		{config.Require, otherName, plain.CAFile, none, ""},
		{config.Require, postgres.Host, otherCA, none, "is not trusted"}, // as libpq does it

		{config.Disable, postgres.Host, none, none, "refused the user or the password"}, // the server insists on TLS
	} {
		name := c.mode + " at " + c.host + " by " + filepath.Base(c.rootCert) + " and " + filepath.Base(c.caFile)
		t.Run(name, func(t *testing.T) {
			tried[c.mode] = true
			cfg := settings(plain)
			cfg.SSLMode, cfg.Host, cfg.SSLRootCert = c.mode, c.host, c.rootCert
			if c.host == otherName {
				cfg.Port = forwarded(t, otherName)
			}
			if c.mode == "" {
				cfg.SSLMode = config.Default().Database.SSLMode
			}
			h, err := pingWith(t, cfg, c.caFile)
			if c.fails != "" {
				require.ErrorContains(t, err, c.fails)
				return
			}
			require.NoError(t, err)
			require.True(t, h.Encrypted)
		})
	}
	for _, mode := range config.SSLModes {
		require.True(t, tried[mode], mode)
	}
}

// forwarded passes connections to an address of this computer on to the server.
func forwarded(t *testing.T, host string) (port int) {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil && runtime.GOOS != "linux" {
		t.Skipf("this system has no further loopback address: %v", err)
	}
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", net.JoinHostPort(postgres.Host, strconv.Itoa(plain.Port)))
			if err != nil {
				in.Close()
				continue
			}
			go func() { _, _ = io.Copy(out, in); out.Close() }()
			go func() { _, _ = io.Copy(in, out); in.Close() }()
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}

// A server that speaks old versions of TLS only is not spoken to, and said to be so.
func TestOldVersionsOfTLS(t *testing.T) {
	authority, err := certs.New()
	require.NoError(t, err)
	server, err := authority.LoopbackTLS("old database")
	require.NoError(t, err)
	server.MinVersion, server.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	ca := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(ca, authority.PEM(), 0o600))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			// The client asks for encryption (PostgreSQL's protocol, SSLRequest), and the server agrees.
			if _, err := io.ReadFull(c, make([]byte, 8)); err == nil {
				_, _ = c.Write([]byte("S"))
				_ = tls.Server(c, server).Handshake()
			}
			c.Close()
		}
	}()
	for _, mode := range []string{config.VerifyFull, config.VerifyCA, config.Require} {
		cfg := settings(plain)
		cfg.SSLMode, cfg.Port, cfg.SSLRootCert = mode, l.Addr().(*net.TCPAddr).Port, ca
		_, err := pingWith(t, cfg, "")
		var unreachable *db.UnreachableError
		require.ErrorAs(t, err, &unreachable, mode)
		require.ErrorContains(t, err, "ask its administrator for TLS 1.2 or later", mode)
	}
}
