package shell

import (
	"time"

	"fabricportal/internal/gui/words"
)

// Pace says how fast something comes, and how long it still takes.
type Pace struct {
	now   func() time.Time
	first int64 // what was there at first: of what an earlier try has brought nothing is known
	since time.Time
}

// NewPace begins with the first thing that is told.
func NewPace(now func() time.Time) *Pace { return &Pace{now: now} }

// settledPace is how long is waited before a pace is told: the first moments say little.
const settledPace = 2 * time.Second

// Text is what stands behind a sentence, such as: · 45 MB/s · 25 s left. It is "" while nothing can be said.
func (p *Pace) Text(done, total int64) string {
	now := p.now()
	if p.since.IsZero() || done < p.first {
		p.since, p.first = now, done
	}
	spent := now.Sub(p.since)
	if spent < settledPace || done <= p.first || total < done {
		return ""
	}
	speed := float64(done-p.first) / spent.Seconds()
	text := " · " + words.T("{{.Size}}/s", "Size", words.Size(int64(speed)))
	if total > done {
		left := time.Duration(float64(total-done) / speed * float64(time.Second))
		text += " · " + words.T("{{.Time}} left", "Time", words.Duration(max(time.Second, left.Round(time.Second))))
	}
	return text
}
