package comparison

import "time"

// Unusual is how a run's duration stands to the others'.
type Unusual int

// The ways.
const (
	Usual Unusual = iota
	Long
	Short
)

// leastDistance keeps a few seconds from being unusual where all runs took almost the same time.
const leastDistance = 10 * time.Second

// Judge tells whether a duration is an outlier by Tukey's rule: beyond the quartiles by more than one and a half times
// the distance between them, and by more than ten seconds. Usual below MinSamples.
func (d Durations) Judge(took time.Duration) Unusual {
	r, ok := d.Expected()
	if !ok {
		return Usual
	}
	distance := max((r.To-r.From)*3/2, leastDistance)
	switch {
	case took > r.To+distance:
		return Long
	case took < r.From-distance:
		return Short
	}
	return Usual
}
