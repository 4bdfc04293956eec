//go:build unix

// Package pgbouncer puts a PgBouncer that pools transactions in front of a sandbox's PostgreSQL, for tests: each
// transaction of a client may meet another connection of the server. Debian's package is pgbouncer.
package pgbouncer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"fabricportal/internal/sandbox/postgres"
	"fabricportal/internal/sandbox/process"
)

// ErrMissing says why there can be no PgBouncer on this machine.
var ErrMissing = errors.New("PgBouncer is not installed (Debian package pgbouncer)")

// startTimeout bounds its start on a slow, busy machine.
const startTimeout = 20 * time.Second

// Server is a running PgBouncer. Clients connect without TLS, on the loopback address.
type Server struct {
	Addr string // host:port

	process *process.Process
	dir     string
	log     log
}

// Start puts a PgBouncer in front of a database of s, with so many connections to it. The error is ErrMissing where the
// machine has none.
func Start(ctx context.Context, s *postgres.Server, database string, connections int) (*Server, error) {
	path, err := exec.LookPath("pgbouncer")
	if err != nil {
		return nil, ErrMissing
	}
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	b := &Server{Addr: net.JoinHostPort(postgres.Host, strconv.Itoa(port))}
	if b.dir, err = os.MkdirTemp("", "portal-pgbouncer-"); err != nil {
		return nil, fmt.Errorf("making PgBouncer's folder: %w", err)
	}
	path, as, err := b.configure(s, path, database, port, connections)
	if err == nil {
		b.process, err = process.Start(process.Command{
			Path: path, Args: []string{b.file("pgbouncer.ini")}, Dir: b.dir, As: as, Stdout: &b.log, Stderr: &b.log,
			Grace: 2 * time.Second, RemoveAfter: []string{b.dir},
		})
	}
	if err == nil {
		err = b.await(ctx)
	}
	if err != nil {
		b.Stop()
		return nil, err
	}
	return b, nil
}

func (b *Server) file(name string) string { return filepath.Join(b.dir, name) }

// configure writes the files, and says which program is to run as which account: PgBouncer refuses to be root.
func (b *Server) configure(s *postgres.Server, program, database string, port, connections int) (string, *process.Account, error) {
	files := map[string]string{
		"users": fmt.Sprintf("%q %q\n", postgres.AppRole, s.AppPassword),
		"pgbouncer.ini": fmt.Sprintf(`[databases]
%s = host=%s port=%d
[pgbouncer]
listen_addr = %s
listen_port = %d
unix_socket_dir =
auth_type = scram-sha-256
auth_file = %s
pool_mode = transaction
default_pool_size = %d
max_client_conn = 1000
server_tls_sslmode = require
server_login_retry = 1
`, database, postgres.Host, s.Port, postgres.Host, port, b.file("users"), connections),
	}
	for name, content := range files {
		if err := os.WriteFile(b.file(name), []byte(content), 0o600); err != nil {
			return "", nil, err
		}
	}
	as, err := process.Unprivileged()
	if err != nil {
		return "", nil, err
	}
	if as != nil {
		// The account may not reach the folder that the program lies in.
		if program, err = b.copyOf(program); err != nil {
			return "", nil, err
		}
	}
	return program, as, as.Give(b.dir, program, b.file("users"), b.file("pgbouncer.ini"))
}

func (b *Server) copyOf(program string) (string, error) {
	content, err := os.ReadFile(program)
	if err != nil {
		return "", err
	}
	return b.file("pgbouncer"), os.WriteFile(b.file("pgbouncer"), content, 0o700)
}

// await waits until it listens.
func (b *Server) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for {
		var d net.Dialer
		c, err := d.DialContext(ctx, "tcp", b.Addr)
		if err == nil {
			c.Close()
			return nil
		}
		select {
		case <-b.process.Done():
			return fmt.Errorf("PgBouncer ended as soon as it was started: %w: %s", b.process.Err(), b.log.text())
		case <-ctx.Done():
			return fmt.Errorf("PgBouncer did not answer in time: %w: %s", err, b.log.text())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Log is what it has said.
func (b *Server) Log() string { return b.log.text() }

// Stop ends it, waits for that and removes its files.
func (b *Server) Stop() {
	if b.process != nil {
		b.process.Stop()
	}
	_ = os.RemoveAll(b.dir)
}

func freePort(ctx context.Context) (int, error) {
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp", postgres.Host+":0")
	if err != nil {
		return 0, fmt.Errorf("finding a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// log keeps the last of what is written to it.
type log struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

const maxLog = 64 << 10

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.buf.Len() > maxLog {
		l.buf.Reset()
	}
	return l.buf.Write(p)
}

func (l *log) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}
