package db

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"fabricportal/internal/format"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/tlsconfig"
)

// UnreachableError says that the database does not answer, or can't at the moment.
type UnreachableError struct {
	Sentence string
	Err      error
}

func (e *UnreachableError) Error() string { return e.Sentence }
func (e *UnreachableError) Unwrap() error { return e.Err }

// Unreachable tells those that do not know this package that the error may pass.
func (e *UnreachableError) Unreachable() bool { return true }

// AccessError says that the database refused the user or the password.
type AccessError struct {
	Sentence string
	Err      error
}

func (e *AccessError) Error() string { return e.Sentence }
func (e *AccessError) Unwrap() error { return e.Err }

// SchemaError says that the database lacks a table, a column, a row or a right that the program needs.
type SchemaError struct {
	Sentence string
	Err      error
}

func (e *SchemaError) Error() string { return e.Sentence }
func (e *SchemaError) Unwrap() error { return e.Err }

// What stands below the error says its sentence in other languages (format.Writer.Words).
func unreachable(said *format.Said, err error) error {
	return &UnreachableError{said.Error(), said.Over(err)}
}
func noAccess(said *format.Said, err error) error  { return &AccessError{said.Error(), said.Over(err)} }
func badSchema(said *format.Said, err error) error { return &SchemaError{said.Error(), said.Over(err)} }

// commitError says that a COMMIT was sent but not answered: the transaction may or may not have happened.
type commitError struct{ err error }

func (e *commitError) Error() string { return "the answer to COMMIT was lost: " + e.err.Error() }
func (e *commitError) Unwrap() error { return e.err }

// explain turns an error of pgx into one of the typed errors. Errors that are typed already pass through.
func (d *DB) explain(doing string, err error) error {
	if err == nil || typed(err) {
		return err
	}
	wrapped := fmt.Errorf("%s: %w", doing, err)
	if errors.Is(err, context.Canceled) {
		return wrapped
	}
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return d.explainServer(wrapped, pg)
	}
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var verify *tls.CertificateVerificationError
	var long *pgproto3.ExceededMaxBodyLenErr
	switch {
	case errors.As(err, &host):
		return unreachable(format.Say("the server at {{.Where}} shows a certificate for another name: check host under [database] in portal.toml", "Where", d.where), wrapped)
	case errors.As(err, &authority), errors.As(err, &invalid), errors.As(err, &verify):
		return unreachable(format.Say("the certificate of the database at {{.Where}} is not trusted: set sslrootcert under [database] in portal.toml "+
			"to your organisation's certificate authority", "Where", d.where), wrapped)
	case tlsconfig.TooOld(err):
		return unreachable(format.Say("the database at {{.Where}} speaks only versions of TLS that are no longer safe: ask its administrator for TLS 1.2 or later", "Where", d.where), wrapped)
	case errors.As(err, &long):
		return unreachable(format.Say("the database at {{.Where}} sent more than is taken at once: ask its administrator what stands there", "Where", d.where), wrapped)
	case strings.Contains(err.Error(), "server did not complete authentication"):
		return noAccess(format.Say("the database at {{.Where}} lets everybody in without a password, so it may be another one than it says: ask its administrator for scram-sha-256", "Where", d.where), wrapped)
	case strings.Contains(err.Error(), "authentication method requirement"), strings.Contains(err.Error(), "channel binding"):
		return noAccess(format.Say("the database at {{.Where}} asks for the password in a way that would give it away, so it was not sent: ask "+
			"its administrator for scram-sha-256, or see auth under [database] in portal.toml", "Where", d.where), wrapped)
	case strings.Contains(err.Error(), "server refused TLS connection"):
		return unreachable(format.Say("the database at {{.Where}} offers no encryption, and none is not accepted: ask its administrator to turn TLS on", "Where", d.where), wrapped)
	}
	return unreachable(format.Say("the database at {{.Where}} does not answer: check the network, and host and port under [database] in portal.toml", "Where", d.where), wrapped)
}

// typed tells whether the error says what it has to say already: it is one of this package's, or a finding about the run.
func typed(err error) bool {
	var (
		unreachable *UnreachableError
		access      *AccessError
		schema      *SchemaError
		lost        *runs.LostError
		late        *runs.LateError
		unknown     *runs.UnknownRunError
	)
	return errors.Is(err, errUndo) || errors.As(err, &unreachable) || errors.As(err, &access) || errors.As(err, &schema) ||
		errors.As(err, &lost) || errors.As(err, &late) || errors.As(err, &unknown)
}

// said is a message of the server's in a sentence: short, on one line, and without the secrets that this program knows,
// which a server may repeat.
func (d *DB) said(message string) string {
	const beginning, shown = 4000, 300
	if len(message) > beginning {
		message = message[:beginning]
	}
	return runs.Clean(d.redact(message), shown)
}

func (d *DB) explainServer(err error, pg *pgconn.PgError) error {
	message := d.said(pg.Message)
	switch pg.Code {
	case "28P01", "28000":
		return noAccess(format.Say("the database at {{.Where}} refused the user or the password: check user under [database] in portal.toml, and enter the password again", "Where", d.where), err)
	case "25006":
		return noAccess(format.Say("the database at {{.Where}} takes no changes at the moment: ask its administrator", "Where", d.where), err)
	case "3D000":
		return badSchema(format.Say("there is no database of that name at {{.Where}}: check name under [database] in portal.toml", "Where", d.where), err)
	case "42501":
		return badSchema(format.Say("the database user lacks a right that the program needs ({{.Said}}): ask the database's administrator", "Said", message), err)
	case "42P01", "42703", "42804", "42883", "22P02", "23502", "23514":
		return badSchema(format.Say("the database's tables are not as the program expects ({{.Said}}): ask the database's administrator", "Said", message), err)
	case "53300":
		return unreachable(format.Say("the database at {{.Where}} has no free connection: try again in a moment", "Where", d.where), err)
	case "55P03", "57014", "40001", "40P01":
		return unreachable(format.Say("the database at {{.Where}} is busy: try again in a moment", "Where", d.where), err)
	}
	if class := pg.Code[:min(2, len(pg.Code))]; class == "57" || class == "08" || class == "53" || class == "58" {
		return unreachable(format.Say("the database at {{.Where}} is not available at the moment ({{.Said}}): try again in a moment", "Where", d.where, "Said", message), err)
	}
	return badSchema(format.Say("the database did not accept what the program wrote ({{.Said}}): report it with the time it happened", "Said", message), err)
}
