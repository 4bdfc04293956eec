// Package tlsconfig says which servers this program trusts: the lowest version of TLS, and the certificate authorities.
// HTTP, the dialer of the start request and the database all take their settings from here.
package tlsconfig

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"strings"

	"fabricportal/internal/format"
)

// minVersion is the lowest version that is spoken; those before it are withdrawn (RFC 8996).
const minVersion = tls.VersionTLS12

// maxFile is how many bytes a file of authorities may have; those of the public web take a quarter of a megabyte.
const maxFile = 4 << 20

// FileError says that a file of certificate authorities can't be used.
type FileError struct {
	Path         string
	Setting      string // of the configuration that names it, such as ca_file
	*format.Said        // what happened and what to do
}

// Authorities are those that may vouch for a server. The zero value is those of the operating system.
type Authorities struct{ pool *x509.CertPool }

// SystemAnd is the operating system's authorities and those of a PEM file; "" for none. setting names the setting that
// the file comes from. Error: *FileError.
func SystemAnd(file, setting string) (Authorities, error) {
	if file == "" {
		return Authorities{}, nil
	}
	// On a system that can't name its authorities the given ones are all there are.
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	return read(pool, file, setting)
}

// Only is the authorities of a PEM file and no others. Error: *FileError.
func Only(file, setting string) (Authorities, error) {
	return read(x509.NewCertPool(), file, setting)
}

func read(pool *x509.CertPool, file, setting string) (Authorities, error) {
	failed := func(err error, said *format.Said) (Authorities, error) {
		return Authorities{}, &FileError{file, setting, said.With("File", file, "Setting", setting).Over(err)}
	}
	pem, err := readFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return failed(err, format.Say("the certificate file {{.File}} does not exist: correct {{.Setting}} in the configuration, or delete the line"))
	case errors.Is(err, errTooLarge):
		return failed(err, format.Say("the certificate file {{.File}} has more than {{.Most}} MB, and those of authorities have a few kilobytes: check {{.Setting}} in the configuration", "Most", maxFile>>20))
	case err != nil:
		return failed(err, format.Say("the certificate file {{.File}} could not be read: check {{.Setting}} in the configuration, and that this user may read the file"))
	}
	if !pool.AppendCertsFromPEM(pem) {
		return failed(nil, format.Say("the certificate file {{.File}} holds no certificate in PEM form (-----BEGIN CERTIFICATE-----): "+
			"export the authority's certificate as PEM or “Base-64 encoded X.509”, and name that file in {{.Setting}}"))
	}
	return Authorities{pool}, nil
}

var errTooLarge = errors.New("the file is too large")

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = errTooLarge
	}
	return data, err
}

// Client checks that a server's certificate comes from the authorities and is for the server's name; "" where the caller
// sets the name, as net/http does.
func (a Authorities) Client(server string) *tls.Config {
	return &tls.Config{MinVersion: minVersion, ServerName: server, RootCAs: a.pool}
}

// AnyName checks that a server's certificate comes from the authorities, but not whose it is (libpq's verify-ca). It is
// for authorities that vouch for this one server only.
func (a Authorities) AnyName(server string) *tls.Config {
	c := Unchecked(server)
	// VerifyConnection is called for resumed sessions, too.
	c.VerifyConnection = func(s tls.ConnectionState) error {
		opts := x509.VerifyOptions{Roots: a.pool, Intermediates: x509.NewCertPool()}
		for _, cert := range s.PeerCertificates[1:] {
			opts.Intermediates.AddCert(cert)
		}
		if _, err := s.PeerCertificates[0].Verify(opts); err != nil {
			return &tls.CertificateVerificationError{UnverifiedCertificates: s.PeerCertificates, Err: err}
		}
		return nil
	}
	return c
}

// Unchecked encrypts, and believes any server (libpq's require). It is for servers on this computer only.
func Unchecked(server string) *tls.Config {
	return &tls.Config{MinVersion: minVersion, ServerName: server, InsecureSkipVerify: true} // #nosec G402 -- see above
}

// TooOld tells whether a handshake failed because the server speaks only versions of TLS that are not safe.
func TooOld(err error) bool {
	// crypto/tls has no types for either: the server's alert (RFC 8446, section 6.2), or an older version in its answer.
	var alert *net.OpError
	return err != nil && (errors.As(err, &alert) && alert.Op == "remote error" && strings.Contains(alert.Err.Error(), "protocol version") ||
		strings.Contains(err.Error(), "tls: server selected unsupported protocol version"))
}
