package hostile

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// The runs that are in the tables in each round.
const (
	oldRun    = "0a1da000-0000-4000-8000-000000000001" // ended well long ago
	activeRun = "0ac71e00-0000-4000-8000-000000000002" // holds the lock, where an attack has one
	OldRun    = oldRun
	ActiveRun = activeRun
)

// Planted is how the ids of the runs and events begin that the attacks have put into the tables themselves.
const Planted = "0bad"

// event ids that no desktop makes.
const plantedID = "('" + Planted + "' || substr(md5(random()::text || n::text), 5))::uuid"

// ordinary is what is in the tables where nothing else is.
var ordinary = Attack{Name: "database as usual", Place: Database, fill: func(context.Context, *Outside, pgx.Tx) error { return nil }}

// clear empties the tables and takes away what an attack has made in the database.
func (o *Outside) clear(ctx context.Context) error {
	if o.box == nil {
		return errNoBox
	}
	return pgx.BeginFunc(ctx, o.admin, func(tx pgx.Tx) error {
		for _, table := range []string{"pipeline_runs", "run_events", "run_artifacts", "run_restores", "run_lock"} {
			if _, err := tx.Exec(ctx, "drop trigger if exists hostile on "+table); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `truncate pipeline_runs, run_events, run_artifacts, run_restores;
			update run_lock set run_id = null, locked_at = null, locked_by = null`)
		return err
	})
}

// fill puts one old run into the tables, and what an attack adds.
func (o *Outside) fill(ctx context.Context, a Attack) error {
	return pgx.BeginFunc(ctx, o.admin, func(tx pgx.Tx) error {
		ids := o.box.StandIn
		item := ids.PipelineIDs["sales_ingest"]
		_, err := tx.Exec(ctx, `insert into pipeline_runs (run_id, created_at, started_at, finished_at, triggered_by, input_file, workspace_id, pipeline_item_id,
				fabric_job_location_url, fabric_job_id, status, status_last_updated_at, kpis, notebook_version, app_version)
			values ($1, '2026-01-01 10:00', '2026-01-01 10:01', '2026-01-01 10:05', 'ana', 'sales.csv', $2, $3,
				$4, $6, 'SUCCEEDED', '2026-01-01 10:05', $5, '1', '1')`,
			oldRun, ids.WorkspaceID, item, ids.APIURL+"/v1/workspaces/"+ids.WorkspaceID+"/items/"+item+"/jobs/instances/"+oldRun, kpis(nil), oldRun)
		if err != nil {
			return err
		}
		for _, name := range []string{"sales_cleaned.parquet", "sales_cleaned.csv", "kpis.json", "import_profile.json", "run_metadata.json"} {
			kind := map[string]string{"sales_cleaned.parquet": "parquet", "sales_cleaned.csv": "csv", "kpis.json": "json", "import_profile.json": "profile", "run_metadata.json": "metadata"}[name]
			if err := artifact(ctx, tx, kind, "Files/results/runs/"+oldRun+"/"+name); err != nil {
				return err
			}
		}
		return a.fill(ctx, o, tx)
	})
}

func artifact(ctx context.Context, tx pgx.Tx, kind, path string) error {
	_, err := tx.Exec(ctx, "insert into run_artifacts (id, run_id, artifact_type, file_path, file_size, created_at) values (gen_random_uuid(), $1, $2, $3, $4, now())",
		oldRun, kind, path, int64(-1))
	return err
}

// events adds so many events to the old run; text is an SQL expression of n.
func events(ctx context.Context, tx pgx.Tx, count int, text string, args ...any) error {
	_, err := tx.Exec(ctx, `insert into run_events (id, run_id, event_time, event_type, message)
		select `+plantedID+`, '`+oldRun+`', timestamp '2026-01-01 10:00' + n * interval '1 ms', (array['LOG','WARNING','ERROR','STATUS_CHANGE'])[1 + n % 4], `+text+`
		from generate_series(1, `+fmt.Sprint(count)+`) n`, args...)
	return err
}

// moreRuns adds so many runs that have failed; each text is an SQL expression of n.
func moreRuns(ctx context.Context, tx pgx.Tx, count int, text string, args ...any) error {
	_, err := tx.Exec(ctx, `insert into pipeline_runs (run_id, created_at, started_at, finished_at, triggered_by, input_file, workspace_id, pipeline_item_id,
			fabric_job_location_url, status, status_last_updated_at, error_message, notebook_version, app_version)
		select `+plantedID+`, timestamp '2026-02-01' + n * interval '1 s', timestamp '2026-02-02', timestamp '2026-02-03', t, t, t, t, t, 'FAILED', timestamp '2026-02-03', t, t, t
		from generate_series(1, `+fmt.Sprint(count)+`) n, lateral (select `+text+` as t) as texts`, args...)
	return err
}

// hold puts a run into the tables that holds the lock.
func hold(ctx context.Context, tx pgx.Tx, workspace, item, location, by string, job any) error {
	_, err := tx.Exec(ctx, `insert into pipeline_runs (run_id, created_at, triggered_by, input_file, workspace_id, pipeline_item_id, fabric_job_location_url, fabric_job_id, status, status_last_updated_at)
		values ($1, now() - interval '1 hour', $2, 'sales.csv', $3, $4, $5, $6, 'RUNNING', now() - interval '1 hour')`, activeRun, by, workspace, item, location, job)
	if err == nil {
		_, err = tx.Exec(ctx, "update run_lock set run_id = $1, locked_at = now() - interval '1 hour', locked_by = $2", activeRun, by)
	}
	return err
}

func databaseAttacks() []Attack {
	on := func(name, what string, fill func(ctx context.Context, o *Outside, tx pgx.Tx) error) Attack {
		return Attack{Name: name, Place: Database, What: what, fill: fill}
	}
	return []Attack{
		on("database unbroken events", "10,000 events of 2,000 characters without a place to break them", func(ctx context.Context, o *Outside, tx pgx.Tx) error {
			return events(ctx, tx, 10_000, "repeat('W', 2000)")
		}),
		on("database large events", "a hundred events of a megabyte, ten times as many with each scale", func(ctx context.Context, o *Outside, tx pgx.Tx) error {
			return events(ctx, tx, 100*o.options.Scale, "repeat(md5(n::text), 32768)")
		}),
		on("database large runs", "a thousand runs, all of whose texts have 100,000 characters, one of them a megabyte", func(ctx context.Context, o *Outside, tx pgx.Tx) error {
			return moreRuns(ctx, tx, 1000, "case when n = 1000 then repeat('W', 1048576) else repeat('W ', 50000) end")
		}),
		on("database many runs", "100,000 runs", func(ctx context.Context, o *Outside, tx pgx.Tx) error {
			return moreRuns(ctx, tx, 100_000, "'run ' || n")
		}),
		on("database foreign run", "an active run of another workspace and item, whose job is said to be at the canary", func(ctx context.Context, o *Outside, tx pgx.Tx) error {
			location := fmt.Sprintf("%s/v1/workspaces/%s/items/%s/jobs/instances/%s", o.Canary.HTTPS, foreignIDs[0], foreignIDs[1], foreignIDs[2])
			return hold(ctx, tx, foreignIDs[0], foreignIDs[1], location, "ben@PC-7#4711", foreignIDs[2])
		}),
		on("database foreign item", "an active run of another item of this workspace", func(ctx context.Context, o *Outside, tx pgx.Tx) error {
			ids := o.box.StandIn
			location := fmt.Sprintf("%s/v1/workspaces/%s/items/%s/jobs/instances/%s", ids.APIURL, ids.WorkspaceID, foreignIDs[1], foreignIDs[2])
			return hold(ctx, tx, ids.WorkspaceID, foreignIDs[1], location, "ben@PC-7#4711", foreignIDs[2])
		}),
		on("database paths", "artifacts elsewhere than where runs leave them", func(ctx context.Context, o *Outside, tx pgx.Tx) error {
			paths := []string{
				"../../../../etc/passwd", "Files/results/../../Tables/secret.parquet", "/etc/passwd", `C:\Windows\evil.exe`, `\\evil\share\x.csv`, o.Canary.HTTPS + "/x.csv",
				"Files/results/runs/" + oldRun + "/evil.exe", "Files/results/runs/" + activeRun + "/kpis.json", "Tables/all", "Files/results/runs/" + oldRun + "/%2e%2e/x.csv",
				"Files/results/runs/" + oldRun + "/sales_cleaned.csv:stream", "Files/results/runs/" + oldRun + "/CON.csv", "", unbroken(100 * kilobyte),
			}
			for _, p := range append(paths, texts...) {
				if err := artifact(ctx, tx, "csv", strings.ReplaceAll(p, "\x00", "")); err != nil {
					return err
				}
			}
			return nil
		}),
		on("database texts", "escapes and turned directions in every column, and events as the program itself writes them, but false", func(ctx context.Context, o *Outside, tx pgx.Tx) error {
			forged := []string{`portal:v1 {"ev":"intent"`, `portal:v1 {"ev":"intent","options":{"sheet":"` + strings.Repeat("x", 9000) + `"}}`, "portal:v1 null", `portal:v1 {"ev":"\u001b[31m"}`, "portal:v1 [[[[[[[["}
			all := append(append([]string{}, texts...), forged...)
			if err := events(ctx, tx, 200, "($1::text[])[1 + n % array_length($1::text[], 1)]", all); err != nil {
				return err
			}
			if err := moreRuns(ctx, tx, 100, "($1::text[])[1 + n % array_length($1::text[], 1)]", all); err != nil {
				return err
			}
			return hold(ctx, tx, texts[0], texts[4], texts[6], texts[0]+"@"+texts[4]+"#"+texts[6], texts[1])
		}),
		on("database secrets", "this desktop's secrets in events and errors, in every form", func(ctx context.Context, o *Outside, tx pgx.Tx) error {
			ids := o.box.StandIn
			said := []string{dressedText()}
			for _, f := range forms {
				said = append(said, "it was "+f.of(ids.App.ClientSecret)+".", "it was "+f.of(o.box.Database.AppPassword)+".")
			}
			if err := events(ctx, tx, len(said), "($1::text[])[n]", said); err != nil {
				return err
			}
			return moreRuns(ctx, tx, len(said), "($1::text[])[n]", said)
		}),
		on("database figures", "figures of runs nested ten thousand times, of 20 MB, and of other kinds", func(ctx context.Context, o *Outside, tx pgx.Tx) error {
			if err := moreRuns(ctx, tx, 6, "'figures ' || n"); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `with numbered as (select run_id, row_number() over (order by created_at) as n from pipeline_runs where status = 'FAILED')
				update pipeline_runs r set status = 'SUCCEEDED', error_message = null, kpis = (array[
					(repeat('[', 3000) || repeat(']', 3000))::jsonb, jsonb_build_object('x', repeat('W', 20000000)), 'null', '{}', '"text"', '[1e400]'])[numbered.n]
				from numbered where numbered.run_id = r.run_id`)
			return err
		}),
		on("database times", "times before and after all calendars, and runs that end before they begin", func(ctx context.Context, o *Outside, tx pgx.Tx) error {
			if err := moreRuns(ctx, tx, 4, "'times ' || n"); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `with numbered as (select run_id, row_number() over (order by created_at) as n from pipeline_runs where status = 'FAILED')
				update pipeline_runs r set created_at = a, started_at = b, finished_at = a
				from numbered, lateral (select (array['infinity', '294276-12-31', '4713-01-01 BC', '0001-01-01']::timestamp[])[n] as a,
					(array['-infinity', '4713-01-01 BC', '294276-12-31', '9999-12-31']::timestamp[])[n] as b) as times where numbered.run_id = r.run_id`)
			return err
		}),
		on("database lock of nobody", "a lock of a run that is not there, by somebody with a name of a megabyte", func(ctx context.Context, o *Outside, tx pgx.Tx) error {
			_, err := tx.Exec(ctx, "update run_lock set run_id = gen_random_uuid(), locked_at = 'infinity', locked_by = $1 || repeat('W', 1048576)", texts[0])
			return err
		}),
		on("database repeats", "each change is refused with the secrets, in colours", func(ctx context.Context, o *Outside, tx pgx.Tx) error {
			said := texts[0] + allForms(o.box.Database.AppPassword) + allForms(o.box.StandIn.App.ClientSecret) + dressedText()
			_, err := tx.Exec(ctx, `create or replace function hostile() returns trigger language plpgsql as $f$ begin
				raise notice '%', `+quote(said)+`; raise exception using message = `+quote(said)+`, detail = `+quote(said)+`, hint = `+quote(said)+`; end $f$`)
			for _, table := range []string{"pipeline_runs", "run_events", "run_lock"} {
				if err == nil {
					_, err = tx.Exec(ctx, "create trigger hostile before insert or update on "+table+" for each statement execute function hostile()")
				}
			}
			return err
		}),
		{Name: "database locked", Place: Database, What: "the events are locked by somebody who never ends",
			fill: ordinary.fill, goOn: func(ctx context.Context, o *Outside) (func(), error) {
				conn, err := pgx.Connect(ctx, o.box.AdminDSN())
				if err != nil {
					return nil, err
				}
				if _, err = conn.Exec(ctx, "begin; lock table run_events in access exclusive mode"); err != nil {
					return nil, errors.Join(err, conn.Close(ctx))
				}
				return func() { <-ctx.Done(); _ = conn.Close(context.WithoutCancel(ctx)) }, nil
			}},
		{Name: "database flood", Place: Database, What: "some thousand wake-ups a second, of eight kilobytes each, and some runs with them",
			fill: ordinary.fill, goOn: flood},
	}
}

// flood wakes all desktops up, as fast as the database lets it.
func flood(ctx context.Context, o *Outside) (func(), error) {
	conn, err := pgx.Connect(ctx, o.box.AdminDSN())
	if err != nil {
		return nil, err
	}
	return func() {
		defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
		ticker := time.NewTicker(20 * time.Millisecond)
		defer ticker.Stop()
		for n := 0; ; n++ {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
			// The same words twice in one transaction are told once, so each differs.
			if _, err := conn.Exec(ctx, "select pg_notify('portal', $1::text || n || repeat('W', 7000)) from generate_series(1, 50) n", fmt.Sprintln(texts[0], n)); err != nil {
				return
			}
		}
	}, nil
}

// quote is a text as SQL writes it.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
