// Package comparison says how runs compare: how long those of a pipeline take, and whether one takes unusually long.
//
// Compare, PreviewRestore, KPIs and SamePeriod only compute. A Reader reads what they need.
package comparison

import (
	"slices"
	"time"

	"fabricportal/internal/services/runs"
)

// MinSamples is the number of runs from which on anything is said of how long they take.
const MinSamples = 5

// Range is a span of time within which half of the samples lie.
type Range struct {
	From, To time.Duration
	Samples  int
}

// Durations is how long the succeeded runs of one pipeline took.
type Durations struct {
	sorted []time.Duration
}

// NewDurations takes the succeeded runs of the pipeline out of a history in any order.
func NewDurations(history []runs.Run, pipelineItemID string) Durations {
	var d Durations
	for _, r := range history {
		if took, ok := r.Took(); ok && r.Status == runs.Succeeded && r.PipelineItemID == pipelineItemID {
			d.sorted = append(d.sorted, took)
		}
	}
	slices.Sort(d.sorted)
	return d
}

// Expected is from the first to the third quartile of all; false below MinSamples.
func (d Durations) Expected() (Range, bool) { return middle(d.sorted, 0) }

// Remaining is from the first to the third quartile of what was left for the runs that lasted at least as long; false
// where fewer than MinSamples did.
func (d Durations) Remaining(elapsed time.Duration) (Range, bool) {
	i, _ := slices.BinarySearch(d.sorted, elapsed)
	return middle(d.sorted[i:], elapsed)
}

// Overdue tells whether a run has lasted longer than is usual: beyond the third quartile and one and a half times the
// distance between the quartiles (Tukey's fence). False below MinSamples.
func (d Durations) Overdue(elapsed time.Duration) bool {
	r, ok := d.Expected()
	return ok && elapsed > r.To+(r.To-r.From)*3/2
}

// middle is the middle half of sorted durations, less what has passed already.
func middle(sorted []time.Duration, passed time.Duration) (Range, bool) {
	if len(sorted) < MinSamples {
		return Range{}, false
	}
	return Range{From: quantile(sorted, 1) - passed, To: quantile(sorted, 3) - passed, Samples: len(sorted)}, true
}

// quantile is the given quarter of sorted durations, between two of them where it lies so.
func quantile(sorted []time.Duration, quarter int) time.Duration {
	at := quarter * (len(sorted) - 1)
	i, rest := at/4, at%4
	if rest == 0 {
		return sorted[i]
	}
	return sorted[i] + (sorted[i+1]-sorted[i])*time.Duration(rest)/4
}
