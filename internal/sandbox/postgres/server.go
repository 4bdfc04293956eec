// Package postgres runs a private PostgreSQL server that holds the portal's external schema: on the loopback address
// alone, at a random port, over TLS, with random passwords, and gone without a trace when it is stopped or this program ends.
package postgres

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"fabricportal/internal/sandbox/certs"
	"fabricportal/internal/sandbox/process"
)

// The names that the specification and the project fix.
const (
	Host         = "127.0.0.1"
	DatabaseName = "fabric_data_portal"
	AppRole      = "portal_app"    // may only SELECT, INSERT and UPDATE what the product must
	AdminRole    = "sandbox_admin" // superuser; for tests and fixtures
)

// Options say how the server is to be. The zero value is usable once Authority is set.
type Options struct {
	Authority   *certs.Authority // signs the server's certificate
	Dir         string           // where its data folder goes; a temporary folder where empty, or where the server's account can't reach it
	TimestampTZ bool             // whether the schema's times are timestamptz instead of timestamp
	TimeZone    string           // the server's TimeZone, UTC where empty
	Connections int              // how many the server takes, 200 where 0; the product's role may use three quarters of them
	Fetch       bool             // fetch a server even where the machine has one
	RemoveAfter []string         // further folders to remove when the server has ended, however that came about
	Log         func(format string, args ...any)
}

// Server is a running PostgreSQL.
type Server struct {
	Port          int
	AppPassword   string
	AdminPassword string
	CAFile        string // PEM of the authority that signed its certificate
	Binaries      string // folder its programs are in

	process *process.Process
	home    string // holds all its files
	data    string
	log     *logFile
}

// startTimeout bounds the making of a database and the server's start on a slow, busy machine.
const startTimeout = 2 * time.Minute

// Start finds or fetches a server, makes its database with the schema and the roles, and waits until it answers.
func Start(ctx context.Context, o Options) (*Server, error) {
	if o.TimeZone == "" {
		o.TimeZone = "UTC"
	}
	if o.Connections == 0 {
		o.Connections = 200
	}
	if o.Log == nil {
		o.Log = func(string, ...any) {}
	}
	as, err := process.Unprivileged()
	if err != nil {
		return nil, err
	}
	bin, err := binaries(ctx, o, as)
	if err != nil {
		return nil, err
	}
	o.Log("PostgreSQL %d from %s", major(ctx, bin), bin)
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	home, err := homeFolder(o.Dir, as)
	if err != nil {
		return nil, err
	}
	s := &Server{
		AppPassword: rand.Text(), AdminPassword: rand.Text(), Binaries: bin,
		home: home, data: filepath.Join(home, "data"), CAFile: filepath.Join(home, "ca.pem"),
		log: &logFile{path: filepath.Join(home, "postgres.log")},
	}
	if err := s.start(ctx, o, as); err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

func (s *Server) start(ctx context.Context, o Options, as *process.Account) error {
	if err := s.initialise(ctx, o, as); err != nil {
		return err
	}
	// The port is free when it is chosen, but another program may be quicker: then another one is chosen.
	for attempt := 1; ; attempt++ {
		err := s.launch(ctx, o, as)
		if err == nil {
			break
		}
		if attempt == 5 || !strings.Contains(s.log.text(), "could not bind") {
			return err
		}
	}
	if err := s.createDatabase(ctx, o); err != nil {
		return fmt.Errorf("setting up the sandbox's database: %w", err)
	}
	return nil
}

// binaries is the folder of the server's programs.
func binaries(ctx context.Context, o Options, as *process.Account) (string, error) {
	if !o.Fetch {
		bin, err := find(ctx)
		if err == nil {
			err = usable(bin, as != nil)
		}
		if err == nil {
			return bin, nil
		}
		o.Log("%v: fetching PostgreSQL %s, once", err, fetchedVersion)
	}
	cache, err := cacheFolder(as != nil)
	if err != nil {
		return "", err
	}
	return fetch(ctx, cache)
}

// homeFolder makes the folder for the server's files, which belongs to the server's account and lets no one else in.
func homeFolder(dir string, as *process.Account) (string, error) {
	places := []string{dir}
	if dir == "" || usable(dir, as != nil) != nil {
		places = []string{os.TempDir(), "/var/tmp", "/tmp"}
	}
	var errs []error
	for _, place := range places {
		err := usable(place, as != nil)
		var home string
		if err == nil {
			home, err = os.MkdirTemp(place, "portal-sandbox-postgres-")
		}
		if err == nil {
			if err = as.Give(home); err == nil {
				return home, nil
			}
			_ = os.RemoveAll(home)
		}
		errs = append(errs, err)
	}
	return "", fmt.Errorf("making a folder for PostgreSQL's data: %w", errors.Join(errs...))
}

// environment is what the server's programs get of ours: no PG… variable may reach them.
func environment() []string {
	var env []string
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(strings.ToUpper(v), "="); !strings.HasPrefix(name, "PG") && !strings.HasPrefix(name, "LC_") && name != "LANG" && !strings.HasPrefix(name, "PORTAL_") {
			env = append(env, v)
		}
	}
	return append(env, "LC_ALL=C", "TZ=UTC")
}

// initialise makes the data folder, its certificate and its access rules.
func (s *Server) initialise(ctx context.Context, o Options, as *process.Account) error {
	passwordFile := filepath.Join(s.home, "password")
	if err := os.WriteFile(passwordFile, []byte(s.AdminPassword+"\n"), 0o600); err != nil {
		return err
	}
	defer os.Remove(passwordFile)
	if err := as.Give(passwordFile); err != nil {
		return err
	}
	var out bytes.Buffer
	err := process.Run(ctx, process.Command{
		Path: program(s.Binaries, "initdb"), Dir: s.home, Env: environment(), As: as, Stdout: &out, Stderr: &out,
		Args:        []string{"-D", s.data, "-U", AdminRole, "--pwfile=" + passwordFile, "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"},
		RemoveAfter: append([]string{s.home}, o.RemoveAfter...), // only where it is stopped: then nothing follows
	})
	if err != nil {
		return fmt.Errorf("making PostgreSQL's data folder: %w: %s", err, lastLines(out.String()))
	}
	cert, key, err := o.Authority.Loopback("Fabric Data Portal sandbox database")
	if err != nil {
		return err
	}
	files := map[string][]byte{
		filepath.Join(s.data, "server.crt"):  cert,
		filepath.Join(s.data, "server.key"):  key,
		filepath.Join(s.data, "pg_hba.conf"): []byte("hostssl all all 127.0.0.1/32 scram-sha-256\n"),
		s.CAFile:                             o.Authority.PEM(),
	}
	for path, content := range files {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			return err
		}
		if err := as.Give(path); err != nil {
			return err
		}
	}
	return nil
}

// launch starts the server at a free port and waits until it answers.
func (s *Server) launch(ctx context.Context, o Options, as *process.Account) error {
	port, err := freePort(ctx)
	if err != nil {
		return err
	}
	if err := s.log.open(); err != nil {
		return err
	}
	settings := []string{
		"listen_addresses=" + Host, "port=" + strconv.Itoa(port), "unix_socket_directories=",
		"ssl=on", "ssl_cert_file=server.crt", "ssl_key_file=server.key",
		"timezone=" + o.TimeZone, "log_timezone=UTC", "max_connections=" + strconv.Itoa(o.Connections), "shared_buffers=16MB",
		// Nothing here outlives the sandbox, so nothing has to reach the disk.
		"fsync=off", "synchronous_commit=off", "full_page_writes=off", "logging_collector=off",
	}
	args := []string{"-D", s.data}
	for _, setting := range settings {
		args = append(args, "-c", setting)
	}
	s.process, err = process.Start(process.Command{
		Path: program(s.Binaries, "postgres"), Args: args, Dir: s.home, Env: environment(), As: as, Stdout: s.log.file, Stderr: s.log.file,
		Interrupt: true, // a fast shutdown: it does not wait for its clients
		Grace:     5 * time.Second, RemoveAfter: append([]string{s.home}, o.RemoveAfter...),
	})
	if err != nil {
		s.log.close()
		return err
	}
	s.Port = port
	for {
		attempt, cancel := context.WithTimeout(ctx, 5*time.Second)
		conn, err := pgx.Connect(attempt, s.dsn(AdminRole, s.AdminPassword, "postgres"))
		if err == nil {
			err = conn.Close(attempt)
		}
		cancel()
		if err == nil {
			return nil
		}
		select {
		case <-s.process.Done():
			return fmt.Errorf("PostgreSQL ended as soon as it was started: %w: %s", s.process.Err(), lastLines(s.log.text()))
		case <-ctx.Done():
			return fmt.Errorf("PostgreSQL did not answer in time: %w: %s", err, lastLines(s.log.text()))
		case <-time.After(30 * time.Millisecond):
		}
	}
}

// AdminDSN connects as the superuser, for tests and fixtures.
func (s *Server) AdminDSN() string { return s.dsn(AdminRole, s.AdminPassword, DatabaseName) }

// AppDSN connects as the product's role.
func (s *Server) AppDSN() string { return s.dsn(AppRole, s.AppPassword, DatabaseName) }

func (s *Server) dsn(role, password, database string) string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(role, password), Host: net.JoinHostPort(Host, strconv.Itoa(s.Port)), Path: "/" + database,
		RawQuery: url.Values{"sslmode": {"verify-full"}, "sslrootcert": {s.CAFile}}.Encode(),
	}
	return u.String()
}

// Done is closed when the server has ended.
func (s *Server) Done() <-chan struct{} { return s.process.Done() }

// Stop ends the server, waits for that and removes its files.
func (s *Server) Stop() {
	if s.process != nil {
		s.process.Stop()
	}
	s.log.close()
	_ = os.RemoveAll(s.home)
}

func freePort(ctx context.Context) (int, error) {
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp", Host+":0")
	if err != nil {
		return 0, fmt.Errorf("finding a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// lastLines is the end of a log, for an error message.
func lastLines(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-5):], " | ")
}

// logFile is what the server says about itself.
type logFile struct {
	path string
	file *os.File
}

func (l *logFile) open() (err error) {
	l.close()
	l.file, err = os.OpenFile(l.path, os.O_CREATE|os.O_TRUNC|os.O_RDWR, 0o600)
	return err
}

func (l *logFile) text() string {
	if l.file == nil {
		return ""
	}
	text, _ := io.ReadAll(io.NewSectionReader(l.file, 0, 1<<20))
	return string(text)
}

func (l *logFile) close() {
	if l.file != nil {
		l.file.Close()
		l.file = nil
	}
}
