package db

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"fabricportal/internal/services/db/rows"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/runs/locking"
)

// read runs one query outside a transaction.
func (d *DB) read(ctx context.Context, doing string, work func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	return d.explain(doing, work(ctx))
}

// list reads all rows of a query; scan reads one.
func list[V any](ctx context.Context, d *DB, doing, sql string, args []any, scan func(row pgx.CollectableRow) (V, error)) ([]V, error) {
	var out []V
	err := d.read(ctx, doing, func(ctx context.Context) error {
		answer, err := d.pool.Query(ctx, sql, args...)
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(answer, scan)
		return err
	})
	return out, err
}

// LockCard reads who holds the lock. A database without the lock's row says that it is free; Create looks after it.
func (d *DB) LockCard(ctx context.Context) (locking.Card, error) {
	var row rows.LockRow
	err := d.read(ctx, "reading the lock", func(ctx context.Context) error {
		return d.pool.QueryRow(ctx, "select "+rows.LockColumns+" from (values (1)) one left join run_lock l on l."+lockKey).Scan(row.Targets()...)
	})
	return row.Card(), err
}

// Active reads the lock, the run that holds it and the run's last intent in one query, so that they belong together.
func (d *DB) Active(ctx context.Context) (runs.Active, error) {
	var a runs.Active
	err := d.read(ctx, "reading the lock", func(ctx context.Context) error {
		var l rows.LockRow
		var intent *uuid.UUID
		var intentAt time.Time
		err := d.pool.QueryRow(ctx, "select "+rows.LockColumns+`, e.id, e.event_time
 from (values (1)) one left join run_lock l on l.`+lockKey+`
 left join lateral (select id, event_time from run_events
   where run_id = l.run_id and event_type = 'LOG' and message like $1 order by event_time desc, id desc limit 1) e on true`,
			runs.IntentPattern).Scan(append(l.Targets(), &intent, rows.Instant{T: &intentAt})...)
		if err != nil {
			return err
		}
		a.Card = l.Card()
		if intent != nil {
			a.Intent = &runs.Event{ID: *intent, RunID: a.Card.RunID, Time: intentAt, Type: runs.Log}
		}
		if !a.Card.Held() {
			return nil
		}
		// The run is read after the lock: a run only ever moves on, and each step taken checks again under row locks.
		run, err := d.run(ctx, a.Card.RunID)
		if _, ok := errors.AsType[*runs.UnknownRunError](err); ok {
			return nil
		}
		a.Run = &run
		return err
	})
	return a, err
}

// Run reads one run with its KPIs; *runs.UnknownRunError when there is none of this id.
func (d *DB) Run(ctx context.Context, id uuid.UUID) (run runs.Run, err error) {
	err = d.read(ctx, "reading a run", func(ctx context.Context) error {
		if run, err = d.run(ctx, id); err != nil {
			return err
		}
		return d.addKPIs(ctx, &run)
	})
	return run, err
}

// run reads one run without its KPIs.
func (d *DB) run(ctx context.Context, id uuid.UUID) (runs.Run, error) {
	var r rows.RunRow
	err := d.pool.QueryRow(ctx, "select "+rows.RunColumns+" from pipeline_runs r where r.run_id = $1", id).Scan(r.Targets()...)
	if errors.Is(err, pgx.ErrNoRows) {
		return runs.Run{}, &runs.UnknownRunError{ID: id}
	}
	return r.Value(), err
}

// addKPIs reads a run's KPIs by a question of their own: what makes the server fail on them, as a number with very many
// digits may, must not hide the run.
func (d *DB) addKPIs(ctx context.Context, run *runs.Run) error {
	var text []byte
	err := d.pool.QueryRow(ctx, `select case when pg_column_size(kpis) <= $2::int and octet_length(kpis::text) <= $2::int then kpis::text
 when kpis is not null then $3::text end from pipeline_runs where run_id = $1`, run.ID, runs.MaxKPIs, rows.TooLarge).Scan(&text)
	if refused, ok := errors.AsType[*pgconn.PgError](err); ok && unwritable(refused.Code) {
		run.KPIsUnread = "the database can't write them out"
		return nil
	}
	if err == nil && text != nil {
		run.KPIs, run.KPIsUnread = rows.Document(text, runs.MaxKPIs)
	}
	return err
}

// unwritable tells whether the server could not make a text of a document: out of memory, beyond a limit, or an error of
// its own, as which it reports a text of more than a gigabyte.
func unwritable(code string) bool {
	return code == "53200" || code == "XX000" || strings.HasPrefix(code, "54")
}

// ListRuns returns at most limit runs, latest first: those older than before, or from the latest when it is nil. Their
// KPIs are the totals only; Run has them whole.
func (d *DB) ListRuns(ctx context.Context, before *runs.Run, limit int) ([]runs.Run, error) {
	where, args := "", []any{limit}
	if before != nil {
		where = " where (r.created_at, r.run_id) < ($2, $3::uuid)"
		args = append(args, stamp(before.CreatedAt), before.ID)
	}
	return d.listed(ctx, "listing the runs", where, args)
}

const (
	totalsTime  = 5 * time.Second  // what the server may take for a list's totals
	totalsPause = 10 * time.Minute // without them when that was not enough
)

// listed reads the latest runs, of a condition, with the totals of their KPIs. A document of half a megabyte can unfold into
// a hundred times that on the server: where the totals take it too long, the list comes without them.
func (d *DB) listed(ctx context.Context, doing, where string, args []any) (found []runs.Run, err error) {
	query := func(columns string) string {
		return "select " + columns + " from pipeline_runs r" + where + " order by r.created_at desc, r.run_id desc limit $1"
	}
	if time.Now().UnixNano() >= d.totalsFrom.Load() {
		err = d.read(ctx, doing, func(ctx context.Context) error {
			limited := fmt.Sprintf("begin transaction read only; set local statement_timeout = %d", totalsTime.Milliseconds())
			return pgx.BeginTxFunc(ctx, d.pool, pgx.TxOptions{BeginQuery: limited}, func(tx pgx.Tx) error {
				answer, err := tx.Query(ctx, query(rows.ListColumns), args...)
				if err != nil {
					return err
				}
				found, err = pgx.CollectRows(answer, rows.Listed)
				return err
			})
		})
		refused, ok := errors.AsType[*pgconn.PgError](err)
		if !ok || refused.Code != "57014" && !unwritable(refused.Code) {
			return found, err
		}
		d.totalsFrom.Store(time.Now().Add(totalsPause).UnixNano())
	}
	return list(ctx, d, doing, query(rows.BareColumns), args, rows.Listed)
}

// stamp is a time as text that the server reads as the same instant, for columns with and without time zone.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05.999999+00") }

// searched is what a run is found by: of texts, as much as is shown.
var searched = strings.Join([]string{rows.Cut("r.input_file", runs.MaxName), rows.Cut("r.triggered_by", runs.MaxName), "r.run_id::text", rows.Cut("r.error_message", runs.MaxError)}, ", ")

// escaped is a text as it stands within JSON.
func escaped(text string) string {
	data, err := json.Marshal(text)
	if err != nil { // a string can always be marshalled
		panic(err)
	}
	return string(data[1 : len(data)-1])
}

// SearchRuns is ListRuns for the runs of a selection.
func (d *DB) SearchRuns(ctx context.Context, f runs.Selection, limit int) ([]runs.Run, error) {
	args := []any{limit}
	var where []string
	only := func(condition string, arg any) {
		args = append(args, arg)
		where = append(where, strings.ReplaceAll(condition, "$n", "$"+strconv.Itoa(len(args))))
	}
	if f.By != "" {
		only("r.triggered_by = $n", f.By)
	}
	if f.Statuses != nil {
		statuses := make([]string, len(f.Statuses))
		for i, s := range f.Statuses {
			statuses[i] = string(s)
		}
		only("r.status = any($n::text[])", statuses)
	}
	if f.Text != "" {
		only("(position(lower($n) in lower(concat_ws(chr(10), "+searched+"))) > 0", f.Text)
		only("r.run_id in (select e.run_id from run_events e where e.event_type = 'LOG' and e.message like '"+runs.NotePattern+
			"' and position(lower($n) in lower(substring(left(e.message, "+strconv.Itoa(runs.MaxNote)+") from '"+runs.NoteText+"'))) > 0))", escaped(f.Text))
		where = append(where[:len(where)-2], strings.Join(where[len(where)-2:], " or "))
	}
	if !f.From.IsZero() {
		only("r.created_at >= $n", stamp(f.From))
	}
	if !f.To.IsZero() {
		only("r.created_at < $n", stamp(f.To))
	}
	condition := ""
	if where != nil {
		condition = " where " + strings.Join(where, " and ")
	}
	return d.listed(ctx, "searching the runs", condition, args)
}

// FindRuns returns the ids of at most limit runs whose id begins with prefix.
func (d *DB) FindRuns(ctx context.Context, prefix string, limit int) ([]uuid.UUID, error) {
	return list(ctx, d, "looking for a run", "select run_id from pipeline_runs where starts_with(run_id::text, lower($1)) order by created_at desc limit $2",
		[]any{prefix, limit}, pgx.RowTo[uuid.UUID])
}
