package db_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/certs"
	"fabricportal/internal/services/db"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

func TestPingTellsTheDatabasesTime(t *testing.T) {
	h, err := open(t, plain).Ping(t.Context())
	require.NoError(t, err)
	require.WithinDuration(t, time.Now(), h.Now, 10*time.Second)
	require.Equal(t, time.UTC, h.Now.Location())
	require.Less(t, h.Skew.Abs(), 10*time.Second)
	require.True(t, h.Encrypted)
	require.NotEmpty(t, h.ServerVersion)
}

// libpq's environment variables and files must neither weaken the connection nor aim it elsewhere (docs/specification.md §6).
func TestTheEnvironmentChangesNothing(t *testing.T) {
	passwords := filepath.Join(t.TempDir(), "pass")
	require.NoError(t, os.WriteFile(passwords, []byte("*:*:*:*:wrong\n"), 0o600))
	for name, value := range map[string]string{
		"PGHOST": "192.0.2.1", "PGPORT": "1", "PGUSER": "mallory", "PGPASSWORD": "wrong", "PGDATABASE": "other", "PGSSLMODE": "disable",
		"PGSSLROOTCERT": "/nowhere", "PGSERVICE": "nowhere", "PGSERVICEFILE": "/nowhere", "PGPASSFILE": passwords, "PGTZ": "Asia/Tokyo",
		"PGOPTIONS": "-c search_path=nowhere", "PGTARGETSESSIONATTRS": "standby", "PGCONNECT_TIMEOUT": "nonsense", "PGREQUIREAUTH": "none",
	} {
		t.Setenv(name, value)
	}
	h, err := open(t, plain).Ping(t.Context())
	require.NoError(t, err)
	require.True(t, h.Encrypted)
	require.Equal(t, "wrong", os.Getenv("PGPASSWORD"), "the environment must be as it was for other programs")

	d, err := db.Open(t.Context(), settings(plain), secrets.New(""), "")
	require.NoError(t, err)
	defer d.Close()
	_, err = d.Ping(t.Context())
	var access *db.AccessError
	require.ErrorAs(t, err, &access, "a password file must not stand in for a missing password")
}

func TestWhatIsWrongWithTheConfigurationIsSaid(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*config.Database)
		says   string
	}{
		"no host":             {func(c *config.Database) { c.Host = "" }, "database.host” is missing"},
		"port":                {func(c *config.Database) { c.Port = 70000 }, "port"},
		"prefer":              {func(c *config.Database) { c.SSLMode = "prefer" }, "verify-full"},
		"unknown mode":        {func(c *config.Database) { c.SSLMode = "on" }, "verify-full"},
		"require far away":    {func(c *config.Database) { c.SSLMode, c.Host = "require", "db.example.com" }, "this computer's own database only"},
		"plain text far away": {func(c *config.Database) { c.SSLMode, c.Host = "disable", "db.example.com" }, "this computer's own database only"},
		"disguised loopback":  {func(c *config.Database) { c.SSLMode, c.Host = "disable", "localhost.example.com" }, "this computer's own database only"},
		"verify-ca of nobody": {func(c *config.Database) { c.SSLMode, c.SSLRootCert = "verify-ca", "" }, "database.sslrootcert"},
		"no such CA":          {func(c *config.Database) { c.SSLRootCert = "/nowhere.pem" }, "/nowhere.pem does not exist: correct database.sslrootcert"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := settings(plain)
			c.change(&cfg)
			_, err := db.Open(t.Context(), cfg, secrets.New("hunter2-canary"), "")
			require.ErrorContains(t, err, c.says)
			require.NotContains(t, err.Error(), "hunter2-canary")
		})
	}
}

func TestEachKindOfFaultIsASentence(t *testing.T) {
	other, err := certs.New()
	require.NoError(t, err)
	otherCA := filepath.Join(t.TempDir(), "other.pem")
	require.NoError(t, os.WriteFile(otherCA, other.PEM(), 0o600))
	const password = "wrong-canary-password"
	ping := func(t *testing.T, change func(*config.Database), pass string) error {
		cfg := settings(plain)
		change(&cfg)
		d, err := db.Open(t.Context(), cfg, secrets.New(pass), "")
		require.NoError(t, err)
		defer d.Close()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		_, err = d.Ping(ctx)
		require.Error(t, err)
		require.NotContains(t, err.Error(), password)
		require.NotContains(t, err.Error(), "\n")
		return err
	}
	var unreachable *db.UnreachableError
	var access *db.AccessError
	var schema *db.SchemaError
	t.Run("wrong password", func(t *testing.T) {
		err := ping(t, func(*config.Database) {}, password)
		require.ErrorAs(t, err, &access)
		require.ErrorContains(t, err, "refused the user or the password")
	})
	t.Run("nobody there", func(t *testing.T) {
		err := ping(t, func(c *config.Database) { c.Port = 1 }, password)
		require.ErrorAs(t, err, &unreachable)
		require.ErrorContains(t, err, "does not answer")
	})
	t.Run("no such database", func(t *testing.T) {
		err := ping(t, func(c *config.Database) { c.Name = "elsewhere" }, plain.AppPassword)
		require.ErrorAs(t, err, &schema)
		require.ErrorContains(t, err, "no database of that name")
	})
	t.Run("certificate of somebody else", func(t *testing.T) {
		err := ping(t, func(c *config.Database) { c.SSLRootCert = otherCA }, plain.AppPassword)
		require.ErrorAs(t, err, &unreachable)
		require.ErrorContains(t, err, "not trusted")
	})
	t.Run("system authorities only", func(t *testing.T) {
		err := ping(t, func(c *config.Database) { c.SSLRootCert = "system" }, plain.AppPassword)
		require.ErrorContains(t, err, "not trusted")
	})
	t.Run("no TLS where the server insists on it", func(t *testing.T) {
		err := ping(t, func(c *config.Database) { c.SSLMode = "disable" }, plain.AppPassword)
		require.ErrorAs(t, err, &access)
	})
}

func TestAFurtherAuthorityCountsBesidesTheSystems(t *testing.T) {
	cfg := settings(plain)
	cfg.SSLRootCert = ""
	d, err := db.Open(t.Context(), cfg, secrets.New(plain.AppPassword), plain.CAFile)
	require.NoError(t, err)
	defer d.Close()
	_, err = d.Ping(t.Context())
	require.NoError(t, err)
}

func TestAMissingTableOrRightIsNamed(t *testing.T) {
	d := fresh(t)
	var schema *db.SchemaError
	for change, undo := range map[string]string{
		"REVOKE INSERT ON run_events FROM portal_app":            "GRANT INSERT (id, run_id, event_time, event_type, message) ON run_events TO portal_app",
		"REVOKE SELECT ON run_lock FROM portal_app":              "GRANT SELECT ON run_lock TO portal_app",
		"ALTER TABLE run_artifacts RENAME TO run_artifacts_gone": "ALTER TABLE run_artifacts_gone RENAME TO run_artifacts",
		"ALTER TABLE pipeline_runs RENAME COLUMN kpis TO k":      "ALTER TABLE pipeline_runs RENAME COLUMN k TO kpis",
		"DELETE FROM run_lock":                                   "INSERT INTO run_lock (lock_key) VALUES ('ACTIVE_PIPELINE_RUN')",
	} {
		t.Run(change, func(t *testing.T) {
			_, err := admin(t, plain).Exec(t.Context(), change)
			require.NoError(t, err)
			defer func() {
				_, err := admin(t, plain).Exec(t.Context(), undo)
				require.NoError(t, err)
			}()
			c := creation()
			err = d.Create(t.Context(), c)
			if err == nil {
				_, err = d.Artifacts(t.Context(), c.Run.ID)
			}
			if err == nil {
				_, err = d.Run(t.Context(), c.Run.ID)
			}
			require.ErrorAs(t, err, &schema)
			require.Contains(t, err.Error(), "administrator")
			require.False(t, strings.Contains(err.Error(), "SQLSTATE"), err.Error())
		})
		require.NoError(t, plain.Reset(t.Context()))
	}
}

func TestACancelledQuestionIsNoFaultOfTheDatabase(t *testing.T) {
	d := fresh(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := d.LockCard(ctx)
	require.ErrorIs(t, err, context.Canceled)
	var unreachable *db.UnreachableError
	require.NotErrorAs(t, err, &unreachable)
	require.Equal(t, "00000000-0000-0000-0000-000000000000", held(t, d).String(), "the pool works on")
}
