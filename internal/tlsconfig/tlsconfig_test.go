package tlsconfig_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/certs"
	"fabricportal/internal/tlsconfig"
)

func pemFile(t *testing.T, a *certs.Authority) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(path, a.PEM(), 0o600))
	return path
}

func authority(t *testing.T) *certs.Authority {
	t.Helper()
	a, err := certs.New()
	require.NoError(t, err)
	return a
}

// handshake is what a client makes of a server.
func handshake(t *testing.T, client, server *tls.Config) error {
	t.Helper()
	_, err := connect(t, client, server)
	return err
}

func connect(t *testing.T, client, server *tls.Config) (tls.ConnectionState, error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		_ = tls.Server(c, server).HandshakeContext(t.Context())
		c.Close()
	}()
	c, err := net.Dial("tcp", l.Addr().String())
	require.NoError(t, err)
	defer c.Close()
	secure := tls.Client(c, client)
	err = secure.HandshakeContext(t.Context())
	return secure.ConnectionState(), err
}

func TestWhoIsBelieved(t *testing.T) {
	ours, other := authority(t), authority(t)
	server, err := ours.LoopbackTLS("server")
	require.NoError(t, err)
	file, otherFile := pemFile(t, ours), pemFile(t, other)
	only, err := tlsconfig.Only(file, "x")
	require.NoError(t, err)
	others, err := tlsconfig.Only(otherFile, "x")
	require.NoError(t, err)
	and, err := tlsconfig.SystemAnd(file, "x")
	require.NoError(t, err)
	system, err := tlsconfig.SystemAnd("", "x")
	require.NoError(t, err)
	require.Equal(t, tlsconfig.Authorities{}, system)

	var name x509.HostnameError
	var unknown x509.UnknownAuthorityError
	var verify *tls.CertificateVerificationError
	require.NoError(t, handshake(t, only.Client("localhost"), server))
	require.NoError(t, handshake(t, and.Client("127.0.0.1"), server))
	require.ErrorAs(t, handshake(t, only.Client("db.contoso.com"), server), &name)
	require.ErrorAs(t, handshake(t, others.Client("localhost"), server), &unknown)
	require.ErrorAs(t, handshake(t, system.Client("localhost"), server), &verify)

	require.NoError(t, handshake(t, only.AnyName("db.contoso.com"), server))
	err = handshake(t, others.AnyName("localhost"), server)
	require.ErrorAs(t, err, &unknown)
	require.ErrorAs(t, err, &verify, "as the standard check words it")

	require.NoError(t, handshake(t, tlsconfig.Unchecked("db.contoso.com"), server))
}

// A resumed session shows no certificate of its own, but is checked all the same.
func TestAResumedSessionIsCheckedToo(t *testing.T) {
	ours := authority(t)
	server, err := ours.LoopbackTLS("server")
	require.NoError(t, err)
	server.MaxVersion = tls.VersionTLS12 // whose tickets come within the handshake
	trusted, err := tlsconfig.Only(pemFile(t, ours), "x")
	require.NoError(t, err)
	first := trusted.AnyName("localhost")
	first.ClientSessionCache = tls.NewLRUClientSessionCache(1)
	require.NoError(t, handshake(t, first, server))
	again, err := connect(t, first, server)
	require.NoError(t, err)
	require.True(t, again.DidResume)

	others, err := tlsconfig.Only(pemFile(t, authority(t)), "x")
	require.NoError(t, err)
	resuming := others.AnyName("localhost")
	resuming.ClientSessionCache = first.ClientSessionCache
	var unknown x509.UnknownAuthorityError
	state, err := connect(t, resuming, server)
	require.ErrorAs(t, err, &unknown)
	require.True(t, state.DidResume)
}

func TestOldVersionsAreNotSpoken(t *testing.T) {
	ours := authority(t)
	server, err := ours.LoopbackTLS("server")
	require.NoError(t, err)
	server.MinVersion, server.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	trusted, err := tlsconfig.Only(pemFile(t, ours), "x")
	require.NoError(t, err)
	for name, client := range map[string]*tls.Config{"client": trusted.Client("localhost"), "any name": trusted.AnyName("localhost"), "unchecked": tlsconfig.Unchecked("localhost")} {
		err := handshake(t, client, server)
		require.Error(t, err, name)
		require.True(t, tlsconfig.TooOld(err), "%s: %v", name, err)
	}
	server.MaxVersion = tls.VersionTLS12
	require.NoError(t, handshake(t, trusted.Client("localhost"), server))
	require.False(t, tlsconfig.TooOld(nil))
	require.False(t, tlsconfig.TooOld(x509.UnknownAuthorityError{}))
}

func TestFilesThatNameNoAuthority(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, data, 0o600))
		return path
	}
	for path, says := range map[string]string{
		filepath.Join(dir, "gone.pem"): "does not exist: correct database.sslrootcert",
		dir:                            "could not be read: check database.sslrootcert",
		write("empty.pem", nil):        "holds no certificate in PEM form",
		write("der.cer", []byte{0x30, 0x82, 1, 2}):          "name that file in database.sslrootcert",
		write("huge.pem", bytes.Repeat([]byte("x"), 5<<20)): "has more than 4 MB",
	} {
		_, err := tlsconfig.Only(path, "database.sslrootcert")
		var file *tlsconfig.FileError
		require.ErrorAs(t, err, &file, path)
		require.Equal(t, path, file.Path)
		require.Equal(t, "database.sslrootcert", file.Setting)
		require.Contains(t, err.Error(), path+" ")
		require.Contains(t, err.Error(), says)
	}
	_, err := tlsconfig.SystemAnd(filepath.Join(dir, "gone.pem"), "ca_file")
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, "correct ca_file")
}
