package comparison

import (
	"time"

	"fabricportal/internal/services/runs"
)

// MinSamples is the number of runs from which on anything is said of how long they take.
const MinSamples = 5

// Range is a span of time, of which half of the samples lie within.
type Range struct {
	From, To time.Duration
	Median   time.Duration
	Samples  int
}

// Durations is how long the succeeded runs of one pipeline took.
type Durations struct {
	sorted []time.Duration
}

// NewDurations takes the succeeded runs of the pipeline out of a history in any order.
func NewDurations(history []runs.Run, pipelineItemID string) Durations { return Durations{} }

// Expected is from the first to the third quartile of all; false below MinSamples.
func (d Durations) Expected() (Range, bool) { return Range{}, false }

// Remaining is from the first to the third quartile of what was left for the runs that lasted at least as long; false
// where fewer than MinSamples did.
func (d Durations) Remaining(elapsed time.Duration) (Range, bool) { return Range{}, false }

// Overdue tells whether a run has lasted longer than is usual: beyond the upper fence, which is the third quartile and
// one and a half times the distance between the quartiles. False below MinSamples.
func (d Durations) Overdue(elapsed time.Duration) bool { return false }

// Unusual is how a run's duration stands to the others'.
type Unusual int

// The ways.
const (
	Usual Unusual = iota
	Long
	Short
)

// Judge tells whether a duration is an outlier: beyond the fences. Usual below MinSamples.
func (d Durations) Judge(took time.Duration) Unusual { return Usual }

// Took is how long an ended run took, from its start in Fabric (else from its submission) to its end; false for others.
func Took(run runs.Run) (time.Duration, bool) { return 0, false }

// Elapsed is how long a run has lasted by the database's clock, counted as Took counts.
func Elapsed(run runs.Run, now time.Time) time.Duration { return 0 }
