package db

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// T is the moment, by the database's clock. As a timestamp in UTC it is right for columns without a zone as it stands;
// for columns with one the server assumes the session's zone, which begin sets to UTC.
const T = "(clock_timestamp() at time zone 'UTC')"

// begin sets for one transaction what must not be left to the server, the role or a proxy. Without synchronous_commit a
// server that crashes loses what it confirmed: the intent before a start request, or the lock.
const begin = "begin isolation level read committed; set local timezone='UTC'; set local lock_timeout='5s'; set local synchronous_commit=on; " +
	"set local statement_timeout='10s'; set local idle_in_transaction_session_timeout='30s'"

// lockKey is the condition on the single row of run_lock.
const lockKey = "lock_key = 'ACTIVE_PIPELINE_RUN'"

// write runs work in one transaction that wakes the other desktops on commit. An error of work, or of the server, means
// that nothing happened; a *commitError that it may have.
func (d *DB) write(ctx context.Context, doing string, work func(ctx context.Context, tx pgx.Tx) error) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	return d.explain(doing, d.transact(ctx, work))
}

func (d *DB) transact(ctx context.Context, work func(ctx context.Context, tx pgx.Tx) error) error {
	conn, err := d.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{BeginQuery: begin})
	if err != nil {
		return err
	}
	if err = work(ctx, tx); err == nil {
		// A wake-up, never data: who hears it reads the tables (docs/run-protocol.md §6).
		_, err = tx.Exec(ctx, "select pg_notify('portal', '')")
	}
	if err != nil {
		// Without the caller's context: it may be what ended the work, and the connection goes back to the pool.
		undo, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = tx.Rollback(undo)
		return err
	}
	err = tx.Commit(ctx)
	if err == nil {
		err = d.at("commit_ack_lost")
	}
	var refused *pgconn.PgError
	if err != nil && !errors.As(err, &refused) && !errors.Is(err, pgx.ErrTxCommitRollback) {
		return &commitError{err}
	}
	return err
}

func (d *DB) at(name string) error {
	if d.Failpoint == nil {
		return nil
	}
	return d.Failpoint(name)
}

// orNull is nil for "", so that it is stored as null.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// seconds is a duration as PostgreSQL's make_interval takes it.
func seconds(d time.Duration) float64 { return d.Seconds() }
