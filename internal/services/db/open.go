// Package db is PostgreSQL: the only place with SQL. Every write is one short transaction. It locks the row of run_lock
// before a run's row, takes its times from the database's clock in UTC, and wakes the other desktops when it commits.
// The package keeps no session state, so it works through a proxy that pools transactions.
package db

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"fabricportal/internal/format"
	"fabricportal/internal/services/db/rows"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
	"fabricportal/internal/tlsconfig"
)

const (
	maxConns       = 4                // of one desktop: many share the server
	connectTimeout = 10 * time.Second // for one connection, TLS and sign-in included
	callTimeout    = 15 * time.Second // for one method, where the caller's context allows more
)

// DB is the database. It is safe for concurrent use.
type DB struct {
	pool  *pgxpool.Pool
	where string // host:port/name, for sentences

	totalsFrom atomic.Int64 // when lists may have totals again, in nanoseconds since 1970

	// Failpoint, when set, is called inside the transactions with a step's name; an error ends the transaction there.
	// For tests.
	Failpoint func(name string) error
	// Redact, when set, takes known secrets out of the texts that are stored, whoever worded them.
	Redact func(text string) string
}

// Open prepares the pool from cfg alone, whose empty SSLMode is verify-full; nothing of libpq's environment variables,
// service files or password files is used. It does not connect: Ping does. password is kept by the pool only. caFile,
// where not empty, is a PEM file with certificate authorities that count besides the system's; cfg.SSLRootCert, where not
// empty, replaces both.
func Open(ctx context.Context, cfg config.Database, password secrets.Secret, caFile string) (*DB, error) {
	pc, err := poolConfig(cfg, password, caFile)
	if err != nil {
		return nil, err
	}
	pool, err := pgxpool.NewWithConfig(ctx, pc)
	if err != nil {
		return nil, fmt.Errorf("preparing the database connection: %w", err)
	}
	return &DB{pool: pool, where: place(cfg)}, nil
}

// Close closes the connections and waits for those in use.
func (d *DB) Close() { d.pool.Close() }

// Reset closes all connections, those in use when they come back: after a sleep they may be dead without knowing.
func (d *DB) Reset() { d.pool.Reset() }

func place(cfg config.Database) string {
	return fmt.Sprintf("%s/%s", net.JoinHostPort(cfg.Host, fmt.Sprint(port(cfg))), cfg.Name)
}

func port(cfg config.Database) int {
	if cfg.Port == 0 {
		return 5432
	}
	return cfg.Port
}

func poolConfig(cfg config.Database, password secrets.Secret, caFile string) (*pgxpool.Config, error) {
	cfg.Port, cfg.SSLMode, cfg.Auth = port(cfg), cmp.Or(cfg.SSLMode, config.VerifyFull), cmp.Or(cfg.Auth, config.AuthSCRAM)
	if faults := cfg.Faults(); len(faults) > 0 {
		return nil, format.Say("the database can't be opened: {{.Why}}", "Why", faults[0].Named())
	}
	pc, err := withoutEnvironment(func() (*pgxpool.Config, error) {
		return pgxpool.ParseConfig("host=127.0.0.1 port=5432 user=x password=x dbname=x sslmode=disable")
	})
	if err != nil {
		return nil, fmt.Errorf("preparing the database connection: %w", err)
	}
	cc := pc.ConnConfig
	cc.Host, cc.Port, cc.Database, cc.User, cc.Password = cfg.Host, uint16(cfg.Port), cfg.Name, cfg.User, password.Reveal() // #nosec G115 -- Faults refuses other ports
	if err := secure(cc, cfg, caFile); err != nil {
		return nil, err
	}
	signIn(cc, cfg)
	cc.ConnectTimeout = connectTimeout
	cc.DialFunc = (&net.Dialer{Timeout: connectTimeout, KeepAlive: 15 * time.Second}).DialContext
	cc.RuntimeParams = map[string]string{"timezone": "UTC", "application_name": "fabric-data-portal"}
	cc.ValidateConnect, cc.OnNotice, cc.OnNotification = nil, nil, nil
	// No prepared statements and no cached descriptions: behind a transaction-pooling proxy the next statement may meet
	// another server connection (docs/run-protocol.md §6).
	cc.DefaultQueryExecMode = pgx.QueryExecModeExec
	cc.StatementCacheCapacity, cc.DescriptionCacheCapacity = 0, 0
	pc.MaxConns, pc.MinConns = maxConns, 0
	pc.MaxConnIdleTime, pc.MaxConnLifetime = 5*time.Minute, 30*time.Minute
	return pc, nil
}

// secure sets how the server is made sure of; nothing falls back to less.
func secure(cc *pgx.ConnConfig, cfg config.Database, caFile string) error {
	cc.TLSConfig, cc.Fallbacks = nil, nil
	file := cfg.RootCertFile()
	switch {
	case cfg.SSLMode == config.Disable:
		return nil
	case cfg.SSLMode == config.Require && file == "":
		cc.TLSConfig = tlsconfig.Unchecked(cfg.Host)
		return nil
	}
	trusted, err := authorities(cfg, caFile)
	if err != nil {
		return err
	}
	cc.TLSConfig = trusted.AnyName(cfg.Host)
	if cfg.SSLMode == config.VerifyFull {
		cc.TLSConfig = trusted.Client(cfg.Host)
	}
	return nil
}

// maxMessage bounds one message of the server's, in bytes: a server that keeps to what it is asked sends a run's KPIs at most.
const maxMessage = runs.MaxKPIs + 8<<20

// signIn sets what the server may ask of the password. By itself pgx gives it away as the server likes: in the clear, as an
// MD5 that can be tried out, or not at all where a server that is none lets everybody in.
func signIn(cc *pgx.ConnConfig, cfg config.Database) {
	cc.RequireAuth, cc.ChannelBinding, cc.MaxProtocolMessageBodyLen = "scram-sha-256", "prefer", maxMessage
	if cfg.Auth == config.AuthPassword {
		cc.RequireAuth = "scram-sha-256,md5,password"
	}
}

func authorities(cfg config.Database, caFile string) (tlsconfig.Authorities, error) {
	if file := cfg.RootCertFile(); file != "" {
		return tlsconfig.Only(file, "database.sslrootcert")
	}
	if cfg.SSLRootCert == config.SystemAuthorities {
		caFile = ""
	}
	return tlsconfig.SystemAnd(caFile, "ca_file")
}

var environment sync.Mutex

// withoutEnvironment calls parse with libpq's environment variables out of sight. pgx offers no parsing without them,
// and one that names a service file which is not there would keep the program from starting.
func withoutEnvironment(parse func() (*pgxpool.Config, error)) (*pgxpool.Config, error) {
	environment.Lock()
	defer environment.Unlock()
	for _, pair := range os.Environ() {
		name, value, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, "PG") {
			continue
		}
		if err := os.Unsetenv(name); err != nil {
			return nil, err
		}
		defer func() { _ = os.Setenv(name, value) }()
	}
	return parse()
}

// Health is how the database answers.
type Health struct {
	Now           time.Time     // the database's clock, UTC
	Skew          time.Duration // how far this computer's clock is ahead of it
	Took          time.Duration // for one question and its answer
	ServerVersion string
	Encrypted     bool // by TLS, from here to the server or the proxy before it
}

// Ping asks the database for its time.
func (d *DB) Ping(ctx context.Context) (Health, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var h Health
	err := d.pool.AcquireFunc(ctx, func(c *pgxpool.Conn) error {
		before := time.Now()
		if err := c.QueryRow(ctx, "select clock_timestamp(), current_setting('server_version')").Scan(rows.Instant{T: &h.Now}, rows.Shown{Text: &h.ServerVersion, Limit: runs.MaxWord}); err != nil {
			return err
		}
		h.Took = time.Since(before)
		h.Skew = before.Add(h.Took / 2).Sub(h.Now)
		h.Encrypted = isTLS(c.Conn().PgConn())
		return nil
	})
	return h, d.explain("asking for the time", err)
}

func isTLS(c *pgconn.PgConn) bool {
	_, ok := c.Conn().(*tls.Conn)
	return ok
}
