package db

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"fabricportal/internal/format"
	"fabricportal/internal/services/db/rows"
)

// Difference is one thing in which the live database is not as the program needs it, or the role is not as narrow as it
// should be.
type Difference struct {
	Object   string       // such as pipeline_runs.kpis, or the role
	Said     *format.Said // what is different, and what to ask the database's administrator for
	Blocking bool         // the program can't do all of its work like this
}

// column is what the program needs of one column (docs/specification.md §4).
type column struct {
	name           string
	kinds          []string // accepted types, as format_type words them without lengths
	null           bool     // null is stored
	insert, update bool     // the program writes it
}

var (
	idType     = []string{"uuid"}
	textType   = []string{"text", "character varying"}
	timeType   = []string{"timestamp without time zone", "timestamp with time zone"}
	jsonType   = []string{"jsonb"}
	bigintType = []string{"bigint"}
)

// needs is the schema as the program uses it; database/role.sql grants the same.
var needs = []struct {
	table   string
	columns []column
}{
	{"pipeline_runs", []column{
		{"run_id", idType, false, true, false}, {"created_at", timeType, false, true, false}, {"started_at", timeType, true, false, true},
		{"finished_at", timeType, true, false, true}, {"triggered_by", textType, false, true, false}, {"input_file", textType, false, true, false},
		{"workspace_id", textType, false, true, false}, {"pipeline_item_id", textType, false, true, false},
		{"fabric_job_location_url", textType, false, true, true}, {"fabric_job_id", textType, true, false, true}, {"status", textType, false, true, true},
		{"status_last_updated_at", timeType, false, true, true}, {"error_message", textType, true, false, true}, {"kpis", jsonType, true, false, true},
		{"notebook_version", textType, true, false, true}, {"app_version", textType, true, true, false},
	}},
	{"run_lock", []column{
		{"lock_key", textType, false, false, false}, {"run_id", idType, true, false, true}, {"locked_at", timeType, true, false, true},
		{"locked_by", textType, true, false, true},
	}},
	{"run_events", []column{
		{"id", idType, false, true, false}, {"run_id", idType, false, true, false}, {"event_time", timeType, false, true, false},
		{"event_type", textType, false, true, false}, {"message", textType, false, true, false},
	}},
	{"run_artifacts", []column{
		{"id", idType, false, true, false}, {"run_id", idType, false, true, false}, {"artifact_type", textType, false, true, false},
		{"file_path", textType, false, true, false}, {"file_size", bigintType, true, true, false}, {"created_at", timeType, false, true, false},
	}},
	{"run_restores", []column{
		{"id", idType, false, true, false}, {"restored_at", timeType, false, true, false}, {"restored_by", textType, false, true, false},
		{"source_run_id", idType, false, true, false}, {"target_run_id", idType, true, true, false},
	}},
}

// liveColumn is a column as the database's catalogue shows it to this role.
type liveColumn struct {
	Table, Name, Type              string
	NotNull, HasDefault            bool
	MaySelect, MayInsert, MayWrite bool
}

// liveTable is what the role may do with a table besides.
type liveTable struct {
	Table                   string
	Owner                   bool
	Delete, Truncate, Other bool // Other: TRIGGER or REFERENCES
	Insert                  bool
}

// CheckSchema compares the live schema and this role's rights with what the program needs and with what it must not
// have, and names each difference. It only reads.
func (d *DB) CheckSchema(ctx context.Context) ([]Difference, error) {
	var found []Difference
	err := d.read(ctx, "comparing the tables", func(ctx context.Context) error {
		return pgx.BeginTxFunc(ctx, d.pool, pgx.TxOptions{BeginQuery: "begin transaction read only; set local timezone = 'UTC'"}, func(tx pgx.Tx) error {
			var err error
			found, err = compareSchema(ctx, tx)
			return err
		})
	})
	return found, err
}

func compareSchema(ctx context.Context, tx pgx.Tx) ([]Difference, error) {
	var names []string
	for _, t := range needs {
		names = append(names, t.table)
	}
	rows, err := tx.Query(ctx, `select c.relname, a.attname, format_type(a.atttypid, null), a.attnotnull, a.atthasdef or a.attidentity <> '',
 has_column_privilege(c.oid, a.attnum, 'SELECT'), has_column_privilege(c.oid, a.attnum, 'INSERT'), has_column_privilege(c.oid, a.attnum, 'UPDATE')
 from unnest($1::text[]) n join pg_class c on c.oid = to_regclass(n) join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
 order by c.relname, a.attnum`, names)
	if err != nil {
		return nil, err
	}
	columns, err := pgx.CollectRows(rows, pgx.RowToStructByPos[liveColumn])
	if err != nil {
		return nil, err
	}
	rows, err = tx.Query(ctx, `select c.relname, pg_has_role(c.relowner, 'USAGE'), has_table_privilege(c.oid, 'DELETE'), has_table_privilege(c.oid, 'TRUNCATE'),
 has_table_privilege(c.oid, 'TRIGGER') or has_any_column_privilege(c.oid, 'REFERENCES'), has_any_column_privilege(c.oid, 'INSERT')
 from unnest($1::text[]) n join pg_class c on c.oid = to_regclass(n)`, names)
	if err != nil {
		return nil, err
	}
	tables, err := pgx.CollectRows(rows, pgx.RowToStructByPos[liveTable])
	if err != nil {
		return nil, err
	}
	found := append(missing(columns), excess(columns, tables)...)
	role, err := roleExcess(ctx, tx)
	if err != nil {
		return nil, err
	}
	found = append(found, role...)
	// The rows can be looked at only where the tables are there and may be read.
	if slices.ContainsFunc(found, func(d Difference) bool { return d.Blocking }) {
		return found, nil
	}
	rest, err := rowsAmiss(ctx, tx)
	return append(found, rest...), err
}

// missing compares what the program needs with what is there.
func missing(live []liveColumn) (found []Difference) {
	lack := func(object string, said *format.Said) {
		found = append(found, Difference{Object: object, Said: said, Blocking: true})
	}
	for _, t := range needs {
		if !slices.ContainsFunc(live, func(c liveColumn) bool { return c.Table == t.table }) {
			lack(t.table, format.Say("the table {{.Table}} is not there, or not on the role's search path: ask the database's administrator for it", "Table", t.table))
			continue
		}
		for _, want := range t.columns {
			name := t.table + "." + want.name
			i := slices.IndexFunc(live, func(c liveColumn) bool { return c.Table == t.table && c.Name == want.name })
			if i < 0 {
				lack(name, format.Say("the column {{.Column}} is not there: ask the database's administrator for it", "Column", name))
				continue
			}
			c := live[i]
			if !slices.Contains(want.kinds, c.Type) {
				lack(name, format.Say("the column {{.Column}} is {{.Type}}, and should be {{.Wanted}}", "Column", name, "Type", c.Type, "Wanted", strings.Join(want.kinds, " / ")))
			}
			if want.null && c.NotNull {
				lack(name, format.Say("the column {{.Column}} does not take null, which the program stores there", "Column", name))
			}
			for _, right := range []struct {
				word      string
				want, has bool
			}{{"SELECT", true, c.MaySelect}, {"INSERT", want.insert, c.MayInsert}, {"UPDATE", want.update, c.MayWrite}} {
				if right.want && !right.has {
					lack(name, format.Say("the role lacks the right {{.Right}} on {{.Column}}: ask the database's administrator to run database/role.sql", "Right", right.word, "Column", name))
				}
			}
		}
		for _, c := range live {
			known := slices.ContainsFunc(t.columns, func(w column) bool { return w.name == c.Name })
			if c.Table == t.table && !known && c.NotNull && !c.HasDefault && t.table != "run_lock" {
				lack(t.table+"."+c.Name, format.Say("the column {{.Column}} must have a value, and the program does not know it: it needs a default", "Column", t.table+"."+c.Name))
			}
		}
	}
	return found
}

// excess names rights that the role has and the program does not need.
func excess(columns []liveColumn, tables []liveTable) (found []Difference) {
	more := func(object string, said *format.Said) { found = append(found, Difference{Object: object, Said: said}) }
	for _, t := range tables {
		if t.Owner {
			more(t.Table, format.Say("the role owns {{.Table}}, or belongs to its owner, and so may change or drop it", "Table", t.Table))
			continue
		}
		for _, right := range []struct {
			word string
			has  bool
		}{{"DELETE", t.Delete}, {"TRUNCATE", t.Truncate}, {"TRIGGER or REFERENCES", t.Other}, {"INSERT", t.Insert && t.Table == "run_lock"}} {
			if right.has {
				more(t.Table, format.Say("the role has the right {{.Right}} on {{.Table}}, which the program does not need", "Right", right.word, "Table", t.Table))
			}
		}
		for _, n := range needs {
			for _, want := range n.columns {
				i := slices.IndexFunc(columns, func(c liveColumn) bool { return c.Table == t.Table && c.Table == n.table && c.Name == want.name })
				if i >= 0 && columns[i].MayWrite && !want.update {
					more(n.table+"."+want.name, format.Say("the role may UPDATE {{.Column}}, which the program never does", "Column", n.table+"."+want.name))
				}
			}
		}
	}
	return found
}

// roleExcess names attributes of the role that reach beyond the five tables.
func roleExcess(ctx context.Context, tx pgx.Tx) (found []Difference, err error) {
	rows, err := tx.Query(ctx, `select word from pg_roles r, lateral (values ('SUPERUSER', r.rolsuper), ('CREATEDB', r.rolcreatedb), ('CREATEROLE', r.rolcreaterole),
 ('REPLICATION', r.rolreplication), ('BYPASSRLS', r.rolbypassrls),
 ('CREATE on the schema', has_schema_privilege(current_schema(), 'CREATE'))) v(word, has) where r.rolname = current_user and has`)
	if err != nil {
		return nil, err
	}
	words, err := pgx.CollectRows(rows, pgx.RowTo[string])
	for _, w := range words {
		found = append(found, Difference{Object: "the role", Said: format.Say("the role has {{.Right}}, which the program does not need", "Right", w)})
	}
	return found, err
}

// futureLimit is how far in the future a row's time may lie before it is taken for another zone's.
const futureLimit = 5 * time.Minute

// rowsAmiss looks at the lock's row, and for times that another writer stored in another zone.
func rowsAmiss(ctx context.Context, tx pgx.Tx) (found []Difference, err error) {
	var lock bool
	var newest, now time.Time
	err = tx.QueryRow(ctx, "select exists (select from run_lock where "+lockKey+"), max(created_at), "+"clock_timestamp() from pipeline_runs").
		Scan(&lock, rows.Instant{T: &newest}, rows.Instant{T: &now})
	if err != nil {
		return nil, err
	}
	if !lock {
		found = append(found, Difference{Object: "run_lock", Blocking: true,
			Said: format.Say("run_lock lacks its row ACTIVE_PIPELINE_RUN, so that no run can start: ask the database's administrator to insert it")})
	}
	if ahead := newest.Sub(now); ahead > futureLimit {
		found = append(found, Difference{Object: "pipeline_runs.created_at",
			Said: format.Say("the newest run is dated {{.Ahead}} in the future: another program stores times that are not UTC", "Ahead", ahead.Round(time.Minute))})
	}
	return found, nil
}
