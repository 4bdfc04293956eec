package postgres

import (
	"context"
	_ "embed"
	"fmt"
	"regexp"

	"github.com/jackc/pgx/v5"

	"fabricportal/database"
)

// schemaSQL is the tables as the database's administrators would have set them up.
//
//go:embed testdata/schema.sql
var schemaSQL string

// timestampType finds the type's name where it stands for a column.
var timestampType = regexp.MustCompile(`(?m)^(    \w+ +)timestamp\b`)

// createDatabase makes the database, its tables and the product's role, the latter by the very file that administrators
// are given, so that whatever is tried here is tried with those rights.
func (s *Server) createDatabase(ctx context.Context, o Options) error {
	if err := execute(ctx, s.dsn(AdminRole, s.AdminPassword, "postgres"), "CREATE DATABASE "+DatabaseName); err != nil {
		return err
	}
	schema := schemaSQL
	if o.TimestampTZ {
		schema = timestampType.ReplaceAllString(schema, "${1}timestamptz")
	}
	// The name is a constant and the password is letters and digits, so that nothing needs quoting.
	password := fmt.Sprintf("ALTER ROLE %s CONNECTION LIMIT %d PASSWORD '%s'", AppRole, o.Connections*3/4, s.AppPassword)
	return execute(ctx, s.AdminDSN(), schema, database.Role, password)
}

// Reset empties the tables and frees the lock, for tests that share a server.
func (s *Server) Reset(ctx context.Context) error {
	return execute(ctx, s.AdminDSN(), `TRUNCATE pipeline_runs, run_events, run_artifacts, run_restores;
		UPDATE run_lock SET run_id = NULL, locked_at = NULL, locked_by = NULL`)
}

// Execute runs statements as the administrator, for fixtures and measurements.
func (s *Server) Execute(ctx context.Context, statements ...string) error {
	return execute(ctx, s.AdminDSN(), statements...)
}

// execute runs statements on a connection of their own.
func execute(ctx context.Context, dsn string, statements ...string) error {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	for _, statement := range statements {
		if _, err := conn.PgConn().Exec(ctx, statement).ReadAll(); err != nil {
			return err
		}
	}
	return nil
}
