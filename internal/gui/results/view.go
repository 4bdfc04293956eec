// Package results is the screen Results: what is published in current/, as figures, charts and rows.
package results

import (
	"strings"
	"time"

	"fabricportal/internal/gui/frame"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/results/dataset"
)

type query = dataset.Query

// Source is the line that says where the figures come from: whose run it was, when, and of which file.
func Source(r feeds.Results, now time.Time) string {
	parts := []string{words.T("What is published")}
	if r.Run != nil {
		when := r.Run.CreatedAt
		if r.Run.FinishedAt != nil {
			when = *r.Run.FinishedAt
		}
		parts[0] = words.T("Published: run by {{.Who}}, {{.When}}", "Who", r.Run.TriggeredBy, "When", words.When(when, now))
	}
	if r.KPIs != nil && r.KPIs.SourceFile != "" {
		parts = append(parts, r.KPIs.SourceFile)
	}
	if r.Restored != nil {
		parts = append(parts, words.T("restored by {{.Who}}, {{.When}}", "Who", r.Restored.RestoredBy, "When", words.When(r.Restored.RestoredAt, now)))
	}
	return strings.Join(parts, " · ")
}

// details are what few ask for of the source: the folder, and the run's ids and versions.
func details(r feeds.Results, now time.Time) []frame.Fact {
	facts := []frame.Fact{{Name: words.T("Folder"), Value: r.Source}}
	switch {
	case r.Run != nil:
		facts = append(facts, frame.RunDetails(*r.Run, now)...)
	case r.KPIs != nil && r.KPIs.RunID != nil:
		facts = append(facts, frame.Fact{Name: words.T("Run"), Value: *r.KPIs.RunID})
	}
	return facts
}

// Stale says as of when the figures are, while no newer ones can be read; "" while they can.
func Stale(r feeds.Results, now time.Time) string {
	if r.Sentence == "" || r.KPIs == nil || r.AsOf.IsZero() {
		return r.Sentence
	}
	return words.T("You see the state of {{.Time}}. {{.Why}}", "Time", words.When(r.AsOf, now), "Why", r.Sentence)
}

// Newer says that a later run failed, so that the results of an earlier one are still published; "" where none did.
func Newer(b Before, now time.Time) string {
	if b.NewerFailed == nil {
		return ""
	}
	f := b.NewerFailed
	when := f.CreatedAt
	if f.FinishedAt != nil {
		when = *f.FinishedAt
	}
	return words.T("A newer run of {{.File}} by {{.Who}} failed {{.When}}, so these results stay published.", "File", f.InputFile, "Who", f.TriggeredBy, "When", words.When(when, now))
}

// Undoable says that the results were restored, and what the restore replaced, where that is known.
func Undoable(r feeds.Results, b Before, now time.Time) string {
	switch {
	case r.Restored == nil:
		return ""
	case b.Replaced == nil:
		return words.T("{{.Who}} restored these results {{.When}}.", "Who", r.Restored.RestoredBy, "When", words.When(r.Restored.RestoredAt, now))
	}
	return words.T("{{.Who}} restored these results {{.When}}. Before, the run of {{.File}} of {{.Then}} was published.",
		"Who", r.Restored.RestoredBy, "When", words.When(r.Restored.RestoredAt, now), "File", b.Replaced.InputFile, "Then", words.When(b.Replaced.CreatedAt, now))
}
