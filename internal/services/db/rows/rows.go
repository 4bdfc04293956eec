// Package rows is what comes out of the tables: everything read from them passes here. It is cut in SQL before it is sent,
// and made fit to be shown as it is scanned. Whatever others put into a row, it takes a bounded place and keeps no other row
// from being read.
package rows

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"fabricportal/internal/services/runs"
)

// Cut is SQL for at most limit characters of a text column, and one more where there are more; null is "".
func Cut(column string, limit int) string {
	return fmt.Sprintf("left(coalesce(%s, ''), %d)", column, limit+1)
}

// Shown scans a text that is only shown.
type Shown struct {
	Text  *string
	Limit int // characters
}

// ScanText is for columns of any textual type.
func (s Shown) ScanText(v pgtype.Text) error {
	*s.Text = runs.Clean(v.String, s.Limit)
	return nil
}

// Exact scans a text that is compared or used again, too: one that is not whole or not clean is never taken for another.
type Exact struct {
	Text  *string
	Limit int // characters
}

// ScanText is for columns of any textual type.
func (e Exact) ScanText(v pgtype.Text) error {
	*e.Text = runs.Exact(v.String, e.Limit)
	return nil
}

// Instant scans a timestamp column with or without time zone into a UTC time; null and the infinities become the zero
// time, and so do times that no calendar of ours writes.
type Instant struct{ T *time.Time }

// ScanTimestamp is for columns without time zone: what they hold is UTC.
func (i Instant) ScanTimestamp(v pgtype.Timestamp) error {
	return i.set(v.Time, v.Valid && v.InfinityModifier == pgtype.Finite)
}

// ScanTimestamptz is for columns with time zone.
func (i Instant) ScanTimestamptz(v pgtype.Timestamptz) error {
	return i.set(v.Time, v.Valid && v.InfinityModifier == pgtype.Finite)
}

func (i Instant) set(t time.Time, ok bool) error {
	*i.T = time.Time{}
	if t = t.UTC(); ok && t.Year() >= 1 && t.Year() <= 9999 {
		*i.T = t
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

// RunColumns are the columns of a run, as r, but for its KPIs. They are scanned into a RunRow.
var RunColumns = strings.Join([]string{
	"r.run_id", "r.created_at", "r.started_at", "r.finished_at", Cut("r.triggered_by", runs.MaxName), Cut("r.input_file", runs.MaxName),
	Cut("r.workspace_id", runs.MaxWord), Cut("r.pipeline_item_id", runs.MaxWord), Cut("r.fabric_job_location_url", runs.MaxAddress),
	Cut("r.fabric_job_id", runs.MaxWord), Cut("r.status", runs.MaxWord), "r.status_last_updated_at", Cut("r.error_message", runs.MaxError),
	Cut("r.notebook_version", runs.MaxWord), Cut("r.app_version", runs.MaxWord),
}, ", ")

// RunRow is where RunColumns are scanned into.
type RunRow struct {
	run               runs.Run
	started, finished time.Time
	status            string
	failure           string
}

// Targets are what the columns are scanned into.
func (r *RunRow) Targets() []any {
	return []any{
		&r.run.ID, Instant{&r.run.CreatedAt}, Instant{&r.started}, Instant{&r.finished}, Shown{&r.run.TriggeredBy, runs.MaxName}, Exact{&r.run.InputFile, runs.MaxName},
		Exact{&r.run.WorkspaceID, runs.MaxWord}, Exact{&r.run.PipelineItemID, runs.MaxWord}, Shown{&r.run.JobURL, runs.MaxAddress},
		Exact{&r.run.JobID, runs.MaxWord}, Exact{&r.status, runs.MaxWord}, Instant{&r.run.StatusUpdatedAt}, Shown{&r.failure, runs.MaxError},
		Shown{&r.run.NotebookVersion, runs.MaxWord}, Shown{&r.run.AppVersion, runs.MaxWord},
	}
}

// Value is the run, when it has been scanned.
func (r *RunRow) Value() runs.Run {
	r.run.StartedAt, r.run.FinishedAt, r.run.Status = maybe(r.started), maybe(r.finished), runs.Status(r.status)
	r.run.SetError(r.failure)
	return r.run
}

// Run scans RunColumns.
func Run(row pgx.CollectableRow) (runs.Run, error) {
	var r RunRow
	err := row.Scan(r.Targets()...)
	return r.Value(), err
}

// Of the KPIs, a list has the totals only: it is read often and by many, and the series and the breakdowns are a hundred
// times as long as all the rest. The first guard looks at the stored size, which costs nothing. The second is there as a
// number of nine characters, such as 1e131071, is written out with as many digits as it says.
var (
	totals = fmt.Sprintf(`, case when pg_column_size(r.kpis) <= %d then
 (select case when pg_column_size(t) <= %[2]d and not jsonb_path_exists(t, '$.** ? (@.type() == "number" && (@ > 1e30 || @ < -1e30))') then left(t::text, %[2]d + 1) else '%[3]s' end
  from (select case when jsonb_typeof(r.kpis) = 'object' then r.kpis - '{time_series,revenue_by_channel,revenue_by_region,revenue_by_product_category}'::text[]
   else r.kpis end as t) one)
 when r.kpis is not null then '%[3]s' end`, 256<<10, runs.MaxTotals, TooLarge)
	// until is the last day of a series by day.
	until = fmt.Sprintf(`, case when pg_column_size(r.kpis) <= %d and r.kpis #>> '{time_series,granularity}' = 'daily' then left(r.kpis #>> '{time_series,points,-1,period}', 11) end`, 256<<10)
	// ListColumns are RunColumns with the totals of the KPIs and the last of their days.
	ListColumns = RunColumns + totals + until
	// BareColumns are scanned as ListColumns are, and leave the server no work with the KPIs.
	BareColumns = RunColumns + ", case when r.kpis is not null then '" + TooLarge + "' end, null::text"
)

// TooLarge stands for KPIs that are not sent; it is no JSON.
const TooLarge = "too large"

// Listed scans ListColumns.
func Listed(row pgx.CollectableRow) (runs.Run, error) {
	var r RunRow
	var kpis []byte
	var until string
	err := row.Scan(append(r.Targets(), &kpis, Exact{&until, len(time.DateOnly)})...)
	run := r.Value()
	if _, none := time.Parse(time.DateOnly, until); none == nil {
		run.Until = until
	}
	if kpis != nil {
		run.KPIs, run.KPIsUnread = Document(kpis, runs.MaxTotals)
	}
	return run, err
}

// Document is KPIs as they were sent, or why they were not.
func Document(text []byte, limit int) (json.RawMessage, string) {
	if len(text) > limit || string(text) == TooLarge {
		return nil, "they are too large"
	}
	return text, ""
}
