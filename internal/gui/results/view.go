// Package results is the screen Results: what is published in current/, as figures, charts and rows.
package results

import (
	"strings"
	"time"

	"fabricportal/internal/gui/datatable"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/feeds"
)

// Source is the line that says where the figures come from.
func Source(r feeds.Results, now time.Time) string {
	parts := []string{words.T("Source: {{.Folder}}/", "Folder", r.Source)}
	id := ""
	if r.KPIs != nil && r.KPIs.RunID != nil {
		id = *r.KPIs.RunID
	}
	switch {
	case r.Run != nil:
		when := r.Run.CreatedAt
		if r.Run.FinishedAt != nil {
			when = *r.Run.FinishedAt
		}
		parts = append(parts, words.T("run {{.ID}} by {{.Who}}, {{.When}}", "ID", words.ID(r.Run.ID.String()), "Who", r.Run.TriggeredBy, "When", words.When(when, now)))
	case id != "":
		parts = append(parts, words.T("run {{.ID}}", "ID", words.ID(id)))
	}
	if r.KPIs != nil && r.KPIs.SourceFile != "" {
		parts = append(parts, r.KPIs.SourceFile)
	}
	if r.Restored != nil {
		parts = append(parts, words.T("restored by {{.Who}}, {{.When}}", "Who", r.Restored.RestoredBy, "When", words.When(r.Restored.RestoredAt, now)))
	}
	return strings.Join(parts, " · ")
}

// numeric are the columns of the cleaned data that hold numbers.
var numeric = map[string]bool{"quantity": true, "unit_price": true, "discount": true, "revenue": true}

// grid is the preview as a grid. Columns whose cells are all numbers stand to the right.
func grid(p feeds.Preview) datatable.Data {
	d := datatable.Data{Columns: p.Columns, Rows: p.Rows, Right: make([]bool, len(p.Columns))}
	for i, c := range p.Columns {
		d.Right[i] = numeric[c]
	}
	return d
}

// Shown says how many of the rows are shown.
func Shown(p feeds.Preview) string {
	n := words.Count(int64(len(p.Rows)))
	if p.Total > 0 {
		return words.T("The first {{.N}} of {{.All}}", "N", n, "All", words.Counted(p.Total, "row", "rows"))
	}
	return words.T("The first {{.N}} rows", "N", n)
}
