package db

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"fabricportal/internal/services/runs"
)

// Everything read from the tables passes here: it is cut in SQL before it is sent, and made fit to be shown as it is
// scanned. Whatever others put into a row, it takes a bounded place and keeps no other row from being read.

// cut is SQL for at most limit characters of a text column, and one more where there are more; null is "".
func cut(column string, limit int) string {
	return fmt.Sprintf("left(coalesce(%s, ''), %d)", column, limit+1)
}

// shown scans a text that is only shown.
type shown struct {
	text  *string
	limit int // characters
}

// ScanText is for columns of any textual type.
func (s shown) ScanText(v pgtype.Text) error {
	*s.text = runs.Clean(v.String, s.limit)
	return nil
}

// exact scans a text that is compared or used again, too: one that is not whole or not clean is never taken for another.
type exact struct {
	text  *string
	limit int // characters
}

// ScanText is for columns of any textual type.
func (e exact) ScanText(v pgtype.Text) error {
	*e.text = runs.Exact(v.String, e.limit)
	return nil
}

// instant scans a timestamp column with or without time zone into a UTC time; null and the infinities become the zero
// time, and so do times that no calendar of ours writes.
type instant struct{ t *time.Time }

// ScanTimestamp is for columns without time zone: what they hold is UTC.
func (i instant) ScanTimestamp(v pgtype.Timestamp) error {
	return i.set(v.Time, v.Valid && v.InfinityModifier == pgtype.Finite)
}

// ScanTimestamptz is for columns with time zone.
func (i instant) ScanTimestamptz(v pgtype.Timestamptz) error {
	return i.set(v.Time, v.Valid && v.InfinityModifier == pgtype.Finite)
}

func (i instant) set(t time.Time, ok bool) error {
	*i.t = time.Time{}
	if t = t.UTC(); ok && t.Year() >= 1 && t.Year() <= 9999 {
		*i.t = t
	}
	return nil
}

// maybe is nil for the zero time.
func maybe(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// runColumns are the columns of a run but for its KPIs. They are scanned into a runRow.
var runColumns = strings.Join([]string{
	"r.run_id", "r.created_at", "r.started_at", "r.finished_at", cut("r.triggered_by", runs.MaxName), cut("r.input_file", runs.MaxName),
	cut("r.workspace_id", runs.MaxWord), cut("r.pipeline_item_id", runs.MaxWord), cut("r.fabric_job_location_url", runs.MaxAddress),
	cut("r.fabric_job_id", runs.MaxWord), cut("r.status", runs.MaxWord), "r.status_last_updated_at", cut("r.error_message", runs.MaxError),
	cut("r.notebook_version", runs.MaxWord), cut("r.app_version", runs.MaxWord),
}, ", ")

// runRow is where runColumns are scanned into.
type runRow struct {
	run               runs.Run
	started, finished time.Time
	status            string
}

func (r *runRow) targets() []any {
	return []any{
		&r.run.ID, instant{&r.run.CreatedAt}, instant{&r.started}, instant{&r.finished}, shown{&r.run.TriggeredBy, runs.MaxName}, exact{&r.run.InputFile, runs.MaxName},
		exact{&r.run.WorkspaceID, runs.MaxWord}, exact{&r.run.PipelineItemID, runs.MaxWord}, shown{&r.run.JobURL, runs.MaxAddress},
		exact{&r.run.JobID, runs.MaxWord}, exact{&r.status, runs.MaxWord}, instant{&r.run.StatusUpdatedAt}, shown{&r.run.ErrorMessage, runs.MaxError},
		shown{&r.run.NotebookVersion, runs.MaxWord}, shown{&r.run.AppVersion, runs.MaxWord},
	}
}

func (r *runRow) value() runs.Run {
	r.run.StartedAt, r.run.FinishedAt, r.run.Status = maybe(r.started), maybe(r.finished), runs.Status(r.status)
	return r.run
}

func scanRun(row pgx.CollectableRow) (runs.Run, error) {
	var r runRow
	err := row.Scan(r.targets()...)
	return r.value(), err
}

// Of the KPIs, a list has the totals only: it is read often and by many, and the series and the breakdowns are a hundred
// times as long as all the rest. The first guard looks at the stored size, which costs nothing. The second is there as a
// number of nine characters, such as 1e131071, is written out with as many digits as it says.
var (
	totals = fmt.Sprintf(`, case when pg_column_size(r.kpis) <= %d then
 (select case when pg_column_size(t) <= %[2]d and not jsonb_path_exists(t, '$.** ? (@.type() == "number" && (@ > 1e30 || @ < -1e30))') then left(t::text, %[2]d + 1) else '%[3]s' end
  from (select case when jsonb_typeof(r.kpis) = 'object' then r.kpis - '{time_series,revenue_by_channel,revenue_by_region,revenue_by_product_category}'::text[]
   else r.kpis end as t) one)
 when r.kpis is not null then '%[3]s' end`, 512<<10, runs.MaxTotals, tooLarge)
	listColumns = runColumns + totals
)

// tooLarge stands for KPIs that are not sent; it is no JSON.
const tooLarge = "too large"

// scanListed scans listColumns.
func scanListed(row pgx.CollectableRow) (runs.Run, error) {
	var r runRow
	var kpis []byte
	err := row.Scan(append(r.targets(), &kpis)...)
	run := r.value()
	if kpis != nil {
		run.KPIs, run.KPIsUnread = document(kpis, runs.MaxTotals)
	}
	return run, err
}

// document is KPIs as they were sent, or why they were not.
func document(text []byte, limit int) (json.RawMessage, string) {
	if len(text) > limit || string(text) == tooLarge {
		return nil, "they are too large"
	}
	return text, ""
}
